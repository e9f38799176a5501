// The commands whose delayed response is to come: matched by header, waited for, given up.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1.3: protocol, message and token are the command's.

import { CosimError } from "../errors.ts";
import type { Timers } from "../mailbox/framework.ts";
import { type Command, describeCall } from "./command.ts";
import { fixedSize, NEWEST } from "./layout.ts";
import { payloadOf } from "./notification.ts";
import { ScmiError } from "./status.ts";

type AnyCommand = Command<readonly unknown[], unknown, unknown>;

const TOKEN_SHIFT = 18;

/** A command that was sent, and what waits for its delayed response. */
export class DelayedResponse {
	readonly command: AnyCommand;
	/** Of the layout. */
	readonly version: number;
	readonly args: readonly unknown[];
	/** "event": nobody waits, it was a direct call. "given up": nobody waits any more. */
	state: "awaited" | "event" | "given up";
	/** Settles with what the delayed response says. */
	readonly promise: Promise<unknown>;
	#resolve: (value: unknown) => void = () => {};
	#reject: (error: unknown) => void = () => {};
	#cancel: () => void = () => {};
	#settled = false;

	constructor(
		command: AnyCommand,
		version: number,
		args: readonly unknown[],
		awaited: boolean,
	) {
		this.command = command;
		this.version = command.versionFrom ? version : NEWEST;
		this.args = args;
		this.state = awaited ? "awaited" : "event";
		this.promise = new Promise((resolve, reject) => {
			this.#resolve = resolve;
			this.#reject = reject;
		});
	}

	/** The command was accepted: from now on the platform has `timeout` ms, unless it was faster still. */
	accepted(timers: Timers, timeout: number): void {
		if (this.#settled) return;
		this.#cancel = timers.after(timeout, () =>
			this.giveUp(
				new CosimError(
					"MBOX_TIMEOUT",
					`${this.#call()}: no delayed response within ${timeout} ms; where time is virtual, it may have to be advanced`,
				),
			),
		);
	}

	giveUp(error: CosimError): void {
		this.#cancel();
		this.state = "given up";
		this.#reject(error);
	}

	/** The delayed response is here: header and payload. */
	settle(message: Uint8Array): void {
		this.#cancel();
		this.#settled = true;
		const { command, version } = this;
		const payload = payloadOf(message);
		const size = message.length - 4;
		const status = size < 4 ? 0 : payload.u32(0) | 0;
		const needed = fixedSize(command.message.delayed ?? [], version);
		if (status !== 0) {
			this.#reject(new ScmiError(this.#call(), status));
		} else if (size < needed) {
			this.#reject(
				new CosimError(
					"SCMI_LENGTH",
					`${this.#call()}: a delayed response of ${size} payload bytes, expected ${needed}`,
				),
			);
		} else {
			try {
				this.#resolve(command.delayed?.(payload, version, size));
			} catch (error) {
				this.#reject(error);
			}
		}
	}

	#call(): string {
		return describeCall(this.command, this.version, this.args);
	}
}

/** All of an agent's. */
export class DelayedResponses {
	/** By header of the command. */
	readonly #pending = new Map<number, DelayedResponse>();

	/** Whether a token belongs to a command whose delayed response may still come. */
	has(token: number): boolean {
		if (this.#pending.size === 0) return false;
		for (const header of this.#pending.keys()) {
			if (header >>> TOKEN_SHIFT === token) return true;
		}
		return false;
	}

	/** A command goes out that will have one. */
	expect(header: number, response: DelayedResponse): void {
		this.#pending.set(header, response);
	}

	/** What waits for the delayed response to a command, and does so no longer: it is here, or will not come. */
	take(header: number): DelayedResponse | undefined {
		const response = this.#pending.get(header);
		this.#pending.delete(header);
		return response;
	}

	/** The agent is closed: nothing will come. */
	close(): void {
		for (const response of this.#pending.values()) {
			if (response.state !== "awaited") continue;
			const { name } = response.command.message;
			response.giveUp(
				new CosimError(
					"MBOX_INVALID",
					`${name}: the agent was closed before the delayed response came`,
				),
			);
		}
		this.#pending.clear();
	}
}
