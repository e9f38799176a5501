// What a hypervisor lets a guest do with what it has, beyond what the firmware below lets its agent do.
// SCMI 3.2 (Arm DEN0056E), section 4.1.4: DENIED is the status of a caller that may not.

import { CosimError } from "../../errors.ts";
import type { Platform } from "../../platform/platform.ts";
import { protocols } from "../../scmi/messages.ts";
import { nearest } from "../../scmi/nearest.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import { type GuestResources, KINDS, resourceId } from "./id-map.ts";

/** A command of a guest, before anything is done about it. */
export interface GuestCommand {
	/** The guest's name. */
	guest: string;
	/** Name of the command in the specification, such as CLOCK_RATE_SET. */
	message: string;
	/** Name of the resource that it is about, in the platform's tables; null for none. */
	resource: string | null;
	/** A copy of the bytes behind the header, with the guest's own IDs. */
	payload: Uint8Array;
}

/** What a guest may not. Everything else it may. */
export interface GuestPolicy {
	/** Resources that it may look at, but not change: DENIED, and its attributes say so where they can. */
	readonly readOnly?: GuestResources;
	/**
	 * Rates in Hz that it may ask for, by the clock's name: others are DENIED and not described, and so is another parent.
	 * It is the rate asked for that counts; the rounding is the firmware's.
	 */
	readonly rates?: Readonly<Record<string, { min?: number; max?: number }>>;
	/** Commands that are DENIED, by their names in the specification. */
	readonly refused?: readonly string[];
	/** Looks at every command first; any status but undefined is the answer to it. */
	readonly refuse?: (command: GuestCommand) => number | undefined;
	/** Whether a call that is not the hypervisor's is passed on to the firmware; all of them when left out. */
	readonly passSmc?: (functionId: number) => boolean;
}

/** A clock's limits in Hz. */
export interface RateLimits {
	min: bigint;
	max: bigint;
}

const NO_MAXIMUM = 2n ** 64n - 1n;

export class Policy {
	readonly #policy: GuestPolicy;
	readonly #guest: string;
	/** Protocol and platform's ID. */
	readonly #readOnly = new Set<string>();
	readonly #rates = new Map<number, RateLimits>();
	readonly #refused: ReadonlySet<string>;

	/** @throws CosimError UNKNOWN_NAME for a resource or a command that there is none of, USAGE for limits that are none */
	constructor(platform: Platform, policy: GuestPolicy, guest: string) {
		const whose = `policy of guest ${guest}`;
		this.#policy = policy;
		this.#guest = guest;
		for (const { kind, protocol } of KINDS) {
			for (const name of policy.readOnly?.[kind] ?? []) {
				if (name === null) continue;
				const id = resourceId(platform, kind, name, whose);
				this.#readOnly.add(`${protocol} ${id}`);
			}
		}
		for (const [name, limits] of Object.entries(policy.rates ?? {})) {
			const id = resourceId(platform, "clocks", name, whose);
			this.#rates.set(id, readLimits(limits, name, whose));
		}
		this.#refused = new Set(policy.refused);
		for (const name of this.#refused) checkCommand(name, whose);
	}

	isReadOnly(protocol: number, platformId: number): boolean {
		return this.#readOnly.has(`${protocol} ${platformId}`);
	}

	/** The limits of a clock by the platform's ID. */
	rates(platformId: number): RateLimits | undefined {
		return this.#rates.get(platformId);
	}

	/** The status that a command is refused with; SUCCESS when it is not. */
	refusal(
		message: string,
		resource: string | null,
		payload: Uint8Array,
	): number {
		if (this.#refused.has(message)) return ScmiStatus.DENIED;
		const { refuse } = this.#policy;
		if (refuse === undefined) return ScmiStatus.SUCCESS;
		const guest = this.#guest;
		const command = { guest, message, resource, payload: payload.slice() };
		return refuse(command) ?? ScmiStatus.SUCCESS;
	}

	passesOn(functionId: number): boolean {
		return this.#policy.passSmc?.(functionId) ?? true;
	}
}

function readLimits(
	{ min = 0, max }: { min?: number; max?: number },
	name: string,
	whose: string,
): RateLimits {
	for (const rate of [min, max ?? min]) {
		if (!Number.isSafeInteger(rate) || rate < 0 || rate < min)
			throw new CosimError(
				"USAGE",
				`${whose}: clock ${name} from ${min} to ${max} Hz, expected whole numbers, the lowest first`,
			);
	}
	return {
		min: BigInt(min),
		max: max === undefined ? NO_MAXIMUM : BigInt(max),
	};
}

function checkCommand(name: string, whose: string): void {
	const known = protocols.flatMap(({ messages }) =>
		Object.values(messages).map((message) => message.name),
	);
	if (known.includes(name)) return;
	const guess = nearest(name, known);
	const hint = guess === undefined ? "" : `; is it ${guess}?`;
	throw new CosimError(
		"UNKNOWN_NAME",
		`${whose}: there is no command ${name}${hint}`,
	);
}
