// A trap of a guest: which function IDs the hypervisor serves, which it passes on to the firmware, and which there are not.
// SMCCC 1.4 (Arm DEN0028), sections 2.5 (function IDs), 6 (ranges) and 7; PSCI 1.1 (Arm DEN0022).

import type { Firmware } from "../../firmware.ts";
import type { Service } from "../../platform/platform.ts";
import { PSCI_SYSTEM_OFF, PSCI_SYSTEM_RESET } from "./guest-platform.ts";
import type { Policy } from "./policy.ts";
import {
	callFirmware,
	clientWord,
	REGISTER_WORDS,
	setResult,
	X7,
} from "./smc.ts";

const SUCCESS = 0;
const NOT_SUPPORTED = -1;

/** Fields of a function ID. */
const FAST = 0x8000_0000;
const SVE_HINT = 0x0001_0000;
/** Bits 23:17 must be zero in fast calls. */
const FAST_RESERVED = 0x00fe_0000;
const OWNER_MASK = 0x3f00_0000;
const OWNER_ARCH = 0x0000_0000;
const OWNER_STANDARD_SECURE = 0x0400_0000;
const OWNER_STANDARD_HYPERVISOR = 0x0500_0000;
const OWNER_VENDOR_HYPERVISOR = 0x0600_0000;
const PSCI_LAST_NUMBER = 0x1f;
const SMCCC_VERSION = 0x8000_0000;
const ARCH_FEATURES = 0x8000_0001;

/** A function ID without its hint, which changes no service. */
export function plainFunctionId(word: number): number {
	return (word & ~SVE_HINT) >>> 0;
}

function ownerOf(functionId: number): number {
	return functionId & OWNER_MASK;
}

function isFast(functionId: number): boolean {
	return (functionId & FAST) !== 0;
}

function isPsci(functionId: number): boolean {
	return (
		isFast(functionId) &&
		ownerOf(functionId) === OWNER_STANDARD_SECURE &&
		(functionId & 0xffff) <= PSCI_LAST_NUMBER
	);
}

interface Parts {
	firmware: Firmware;
	policy: Policy;
	/** SMCCC client ID; 0 is the hypervisor itself. */
	clientId: number;
	services: readonly Service[];
	/** Serves a channel; undefined for a function ID that is none's. */
	channel: (functionId: number, cpu: number) => number | undefined;
	/** Function IDs that there are not for this caller, whatever the firmware has. */
	foreign: ReadonlySet<number>;
	/** Serves PSCI SYSTEM_OFF and SYSTEM_RESET; absent for a caller whose PSCI is the firmware's. */
	stop?: (how: "off" | "reset", cpu: number) => void;
}

export class GuestCalls {
	readonly #parts: Parts;
	readonly #services: ReadonlyMap<number, Service>;

	constructor(parts: Parts) {
		this.#parts = parts;
		this.#services = new Map(
			parts.services.map((service) => [service.functionId, service]),
		);
	}

	/** Serves the call in the registers of a CPU. Returns the low word of x0. */
	serve(cpu: number, registers: Uint32Array): number {
		const functionId = plainFunctionId(registers[0] as number);
		const result = this.#serve(functionId, cpu, registers);
		if (result === undefined) return this.#pass(functionId, cpu, registers);
		setResult(registers, result);
		return result;
	}

	/** The result in x0; undefined for a call that goes on to the firmware. */
	#serve(
		functionId: number,
		cpu: number,
		registers: Uint32Array,
	): number | undefined {
		if (isFast(functionId) && (functionId & FAST_RESERVED) !== 0)
			return NOT_SUPPORTED;
		const served = this.#parts.channel(functionId, cpu);
		if (served !== undefined) return served;
		const { stop } = this.#parts;
		if (stop !== undefined && isPowerCall(functionId)) {
			stop(functionId === PSCI_SYSTEM_OFF ? "off" : "reset", cpu);
			return NOT_SUPPORTED;
		}
		const service = this.#services.get(functionId);
		if (service === undefined)
			return this.#isPassedOn(functionId) ? undefined : NOT_SUPPORTED;
		const asked = plainFunctionId(registers[2] as number);
		if (service.answer === "psci-features") return this.#psciFeatures(asked);
		if (service.answer === "arch-features") return this.#archFeatures(asked);
		const [result = SUCCESS, ...more] = service.answer;
		for (const [i, word] of more.entries()) {
			registers[2 * i + 2] = word;
			registers[2 * i + 3] = 0;
		}
		return result | 0;
	}

	/** Undefined: whether the firmware has a workaround, only it knows. */
	#archFeatures(functionId: number): number | undefined {
		if (functionId === SMCCC_VERSION || functionId === ARCH_FEATURES)
			return SUCCESS;
		const passes =
			ownerOf(functionId) === OWNER_ARCH && this.#isPassedOn(functionId);
		return passes ? undefined : NOT_SUPPORTED;
	}

	#psciFeatures(functionId: number): number | undefined {
		const { stop } = this.#parts;
		const own =
			functionId === SMCCC_VERSION ||
			(isPsci(functionId) && this.#services.has(functionId)) ||
			(stop !== undefined && isPowerCall(functionId));
		if (own) return SUCCESS;
		return stop === undefined ? undefined : NOT_SUPPORTED;
	}

	/** CPUs, power and the hypervisor's own ranges end here, and so does what is not the caller's. */
	#isPassedOn(functionId: number): boolean {
		const { foreign, stop } = this.#parts;
		if (foreign.has(functionId)) return false;
		if (isPsci(functionId) && stop !== undefined) return false;
		const owner = ownerOf(functionId);
		const ends =
			isFast(functionId) &&
			(owner === OWNER_STANDARD_HYPERVISOR ||
				owner === OWNER_VENDOR_HYPERVISOR);
		return !ends && this.#parts.policy.passesOn(functionId);
	}

	#pass(functionId: number, cpu: number, registers: Uint32Array): number {
		const { firmware, clientId } = this.#parts;
		const words = registers.slice(0, REGISTER_WORDS);
		words[0] = functionId;
		const client = clientWord(clientId, registers[X7] as number);
		words[X7] = client;
		words[X7 + 1] = 0;
		const result = callFirmware(firmware, cpu, words);
		// The guest gets its own x7 back, unless the firmware has answered in it.
		if (words[X7] === client && words[X7 + 1] === 0)
			words.set(registers.subarray(X7, X7 + 2), X7);
		registers.set(words);
		return result;
	}
}

function isPowerCall(functionId: number): boolean {
	return functionId === PSCI_SYSTEM_OFF || functionId === PSCI_SYSTEM_RESET;
}
