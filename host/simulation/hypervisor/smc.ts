// An SMC of the hypervisor's own: registers in, the firmware's answer out, and the CPU's registers as they were before.
// SMCCC 1.4 (Arm DEN0028), section 2: x0 to x17; w7 has the client ID in bits 15:0 and the secure OS ID in bits 31:16.

import type { Firmware } from "../../firmware.ts";

/** x0 to x17, two 32-bit words each, low word first. */
export const REGISTER_WORDS = 36;
/** The words of x7. */
export const X7 = 14;
const SECURE_OS_MASK = 0xffff_0000;
const NOT_SUPPORTED = -1;

/** w7 of a call that is made for a client; the secure OS that it is meant for is the caller's to say. */
export function clientWord(clientId: number, w7 = 0): number {
	return ((w7 & SECURE_OS_MASK) | clientId) >>> 0;
}

/**
 * Executes an SMC on a CPU.
 * @param words x0 to x17 of the call; the answer overwrites them
 * @returns the low word of x0, signed
 */
export function callFirmware(
	firmware: Firmware,
	cpu: number,
	words: Uint32Array,
): number {
	const registers = firmware.registers(cpu);
	const before = registers.slice();
	registers.set(words);
	let result = firmware.trap(cpu, "smc");
	words.set(registers.subarray(0, REGISTER_WORDS));
	registers.set(before);
	// Whoever stops the system, or finds it stopped, has no answer.
	if (firmware.stopped) {
		result = NOT_SUPPORTED;
		setResult(words, result);
	}
	return result;
}

/** Writes x0, sign-extended: 32-bit callers look at w0, 64-bit ones at x0. */
export function setResult(registers: Uint32Array, result: number): void {
	registers[0] = result;
	registers[1] = result < 0 ? -1 : 0;
}
