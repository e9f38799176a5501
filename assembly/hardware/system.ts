// Off and reset: the registers that end everything, and how the firmware writes them.
// i.MX 8M Mini reference manual, chapters 6.4 (SNVS_LPCR) and 6.6 (WDOG_WCR); order of the bits as TF-A's imx_system_off and imx_wdog_restart.

import { System } from "../image";
import { Address, State, Stop } from "../layout";
import { callAttention } from "../sim/time";
import { write } from "./registers";

/** The bus writes a word of a block with such registers. */
export function writeSystemWord(register: usize, value: u32): void {
	write(register, value);
	const system = load<u32>(Address.STATE, State.SYSTEM);
	if (system === 0) return;
	const off = load<u32>(system, System.OFF_BITS);
	if (register === <usize>load<u32>(system, System.OFF)) {
		if ((value & off) === off) stop(Stop.OFF);
	} else if (register === <usize>load<u32>(system, System.RESET)) {
		if (~value & load<u32>(system, System.RESET_LINES)) stop(Stop.RESET);
	}
}

/** From now on there is no CPU whose calls are served. */
function stop(why: u32): void {
	store<u32>(Address.STATE, why, State.STOP);
	store<u32>(Address.STATE, 0, State.CPUS);
	// The register may have had that value before.
	callAttention();
}

/** Turns power off. */
export function powerOff(system: usize): void {
	const register: usize = load<u32>(system, System.OFF);
	const bits = load<u32>(system, System.OFF_BITS);
	writeSystemWord(register, load<u32>(register) | bits);
}

/** Resets everything: `how` is System.COLD or System.WARM. */
export function restart(system: usize, how: u32): void {
	const register: usize = load<u32>(system, System.RESET);
	const kept = load<u32>(register) & load<u32>(system, System.RESET_KEEP);
	writeSystemWord(register, kept | load<u32>(system + how));
}
