// What a boot has to tell of: steps that failed, and references that the firmware does not serve.
// Follows no specification; errors of this package are told, a channel that no longer works ends the boot.

import type { DtNode } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";

/** A step that failed: the firmware refused it, or the devicetree cannot be read there. */
export interface BootError {
	/** Path of the device, or of the protocol's node. */
	device: string;
	step: string;
	message: string;
}

/** A reference that the firmware does not serve: to another controller, or to a parent clock in a version without them. */
export interface Unserved {
	device: string;
	property: string;
	/** Path of the other controller. */
	provider: string;
}

const DEAD_CHANNEL: ReadonlySet<string> = new Set([
	"CHANNEL_BUSY",
	"CHANNEL_ERROR",
	"FIRMWARE_STOPPED",
	"SMC_RESULT",
	"SYSTEM_STOPPED",
	"MBOX_TIMEOUT",
]);

export class Findings {
	readonly errors: BootError[] = [];
	readonly unserved: Unserved[] = [];

	/** Runs a step of a device; what goes wrong with it is an error of that device. */
	async attempt(
		device: DtNode,
		step: string,
		action: () => Promise<unknown>,
	): Promise<void> {
		try {
			await action();
		} catch (error) {
			this.failWith(device, step, error);
		}
	}

	/** Errors of this package are the device's; a channel that no longer works, and bugs, end the boot. */
	failWith(device: DtNode, step: string, error: unknown): void {
		const ours = error instanceof CosimError && !DEAD_CHANNEL.has(error.code);
		if (!ours) throw error;
		this.fail(device, step, withoutPlace(error.message, device.path, step));
	}

	fail(device: DtNode, step: string, message: string): void {
		this.errors.push({ device: device.path, step, message });
	}

	/** Lists a reference once, however often the property has it. */
	unserve(device: DtNode, property: string, provider: string): void {
		const known = this.unserved.some(
			(other) =>
				other.device === device.path &&
				other.property === property &&
				other.provider === provider,
		);
		if (!known) this.unserved.push({ device: device.path, property, provider });
	}
}

/** A message without the device and the property at its beginning, which the report has in fields of their own. */
function withoutPlace(message: string, path: string, step: string): string {
	if (!message.startsWith(`${path}: `)) return message;
	const rest = message.slice(path.length + 2);
	return rest.startsWith(`${step} `) ? rest.slice(step.length + 1) : rest;
}
