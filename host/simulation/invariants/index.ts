// Invariants: a firmware that is watched, message by message, access by access, whoever its agents are.
// Shared memory: SCMI 3.2 (Arm DEN0056E), section 5.1.2; function IDs: SMCCC 1.4 (Arm DEN0028), section 2.

import { Engine } from "../../engine.ts";
import { CosimError } from "../../errors.ts";
import type { Firmware } from "../../firmware.ts";
import type { Method, Stopped } from "../../mailbox/conduit.ts";
import type { Channel, Platform } from "../../platform/platform.ts";
import { KEPT_WORDS } from "./cause.ts";
import { type CheckerOptions, InvariantChecker } from "./checker.ts";
import { type Violation, violationText } from "./violation.ts";

export type { CheckerOptions } from "./checker.ts";
export { InvariantChecker } from "./checker.ts";
export {
	type Cause,
	type Finding,
	INVARIANTS,
	type InvariantName,
	type Violation,
	violationText,
} from "./violation.ts";

/** Words of an area. */
const STATUS = 0x04 >> 2;
const LENGTH = 0x14 >> 2;
const HEADER = 0x18 >> 2;
const FREE = 1;

/** An area through which an agent sends commands. */
interface Area {
	agent: number;
	words: Uint32Array;
	/** The command that lies there, while a trap is under way; `size` is 0 when there is none. */
	request: Uint32Array;
	size: number;
}

export interface WatchOptions extends CheckerOptions {
	/** Throw INVARIANT at the first violation instead of collecting them. */
	throws?: boolean;
}

/**
 * A firmware like the one inside, every message, access and passing of time through it checked: give it to openBoard, or to
 * mailboxes and agents, in the other one's place.
 */
export class WatchedFirmware implements Firmware {
	readonly firmware: Firmware;
	readonly checker: InvariantChecker;
	readonly #areas = new Map<number, Area[]>();

	constructor(firmware: Firmware, options: WatchOptions = {}) {
		this.firmware = firmware;
		const { throws = false, onViolation } = options;
		this.checker = new InvariantChecker(firmware, {
			onViolation: (violation) => {
				onViolation?.(violation);
				if (throws) throw new CosimError("INVARIANT", violationText(violation));
			},
		});
		for (const channel of firmware.platform.channels) this.#addArea(channel);
	}

	#addArea({ functionId, agent, address, size, fromPlatform }: Channel): void {
		if (fromPlatform) return;
		const areas = this.#areas.get(functionId) ?? [];
		this.#areas.set(functionId, areas);
		const { platform, buffer } = this.firmware;
		const at = this.firmware.memoryAt(address, size);
		areas.push({
			agent: platform.agents.indexOf(agent) + 1,
			words: new Uint32Array(buffer, at, size / 4),
			request: new Uint32Array(KEPT_WORDS),
			size: 0,
		});
	}

	/** What has been found so far. */
	get violations(): readonly Violation[] {
		return this.checker.violations;
	}

	trap(cpu: number, method: Method): number {
		const functionId = this.firmware.registers(cpu)[0] as number;
		const areas = this.#areas.get(functionId);
		if (areas === undefined) {
			const result = this.firmware.trap(cpu, method);
			this.checker.look();
			return result;
		}
		for (const area of areas) keep(area);
		const result = this.firmware.trap(cpu, method);
		this.#lookAt(areas);
		// What was not served lies there still: by another level or world, or by a system that has stopped.
		for (const area of areas) area.size = 0;
		return result;
	}

	/** Checks the commands that have been answered. */
	#lookAt(areas: Iterable<Area>): void {
		for (const area of areas) {
			const { agent, words, request, size } = area;
			if (size === 0 || ((words[STATUS] as number) & FREE) === 0) continue;
			area.size = 0;
			const answered = (words[LENGTH] as number) >= 8;
			const status = answered ? (words[HEADER + 1] as number) | 0 : null;
			this.checker.record(agent, request.slice(), size, status);
		}
		this.checker.look();
	}

	read32(address: number): number {
		const value = this.firmware.read32(address);
		this.checker.access(address, "read of");
		return value;
	}

	write32(address: number, value: number): void {
		this.checker.access(address, "write to");
		this.firmware.write32(address, value);
		this.checker.afterWrite(address);
	}

	advance(ns: number): void {
		this.firmware.advance(ns);
		this.checker.recordTime(ns);
		this.checker.look();
	}

	/** See {@link Engine.resetAgent}. */
	resetAgent(name: string, permissions = false): void {
		this.#engine.resetAgent(name, permissions);
		this.checker.recordReset(name, permissions);
		this.checker.look();
	}

	/** See {@link Engine.reset}. Violations found so far stay. */
	reset(): void {
		this.#engine.reset();
		this.checker.restart();
	}

	get #engine(): Engine {
		if (this.firmware instanceof Engine) return this.firmware;
		throw new CosimError("USAGE", "only an engine can be reset");
	}

	get platform(): Platform {
		return this.firmware.platform;
	}

	get cpus(): number {
		return this.firmware.cpus;
	}

	get buffer(): ArrayBuffer {
		return this.firmware.buffer;
	}

	get stopped(): Stopped {
		return this.firmware.stopped ?? null;
	}

	get timeNs(): number {
		return this.firmware.timeNs;
	}

	get nextEventNs(): number | null {
		return this.firmware.nextEventNs ?? null;
	}

	registers(cpu: number): Uint32Array {
		return this.firmware.registers(cpu);
	}

	setSecure(cpu: number, secure: boolean): void {
		this.firmware.setSecure?.(cpu, secure);
	}

	memoryAt(address: number, size: number): number {
		return this.firmware.memoryAt(address, size);
	}

	onInterrupt(interrupt: number, handler: () => void): () => void {
		// Handlers run when the trap has done its work: what they do comes after that.
		const behind = () => {
			this.#lookAt([...this.#areas.values()].flat());
			handler();
		};
		return this.firmware.onInterrupt?.(interrupt, behind) ?? (() => {});
	}
}

/** Keeps the command in an area before it is served. */
function keep(area: Area): void {
	const { words, request } = area;
	const length = words[LENGTH] as number;
	const room = words.length - HEADER;
	const busy = ((words[STATUS] as number) & FREE) === 0;
	area.size = !busy ? 0 : length < 4 || length > 4 * room ? 1 : length;
	if (!busy) return;
	for (let i = 0; i < KEPT_WORDS; i++)
		request[i] = i < room ? (words[HEADER + i] as number) : 0;
}

/**
 * Watches a firmware: after each message, and after each register access and advance through what is returned, all
 * invariants are checked.
 * @param firmware from its present state on
 */
export function watchInvariants(
	firmware: Firmware,
	options: WatchOptions = {},
): WatchedFirmware {
	return new WatchedFirmware(firmware, options);
}
