// The SMC and HVC conduits as a mailbox controller sees them: registers in, a trap, registers out.
// Follows SMCCC 1.4 (Arm DEN0028), section 2.

/** Which instruction traps: SMC into EL3, HVC into EL2. The words of the devicetree property `method`. */
export type Method = "smc" | "hvc";

/** The exception level that each of them traps into. */
export const LEVEL_OF = { hvc: 2, smc: 3 } as const satisfies Record<
	Method,
	number
>;

/** How a firmware has ended by a mistake of its own. */
export interface FirmwareStop {
	/** A call that never returns; the monitor's panic; a read behind the end of a table, which may bring anything. */
	reason: "hang" | "panic" | "out-of-bounds";
	/** One line for people. */
	message: string;
	/** Physical address of the register that led there, if one did. */
	address?: number;
}

/**
 * Why a system answers no more: it is off, or was reset and has not begun again, or its firmware has ended. Null while it
 * runs.
 */
export type Stopped = "off" | "reset" | FirmwareStop | null;

/** Something that answers SMC and HVC: the engine, or a test's own firmware. */
export interface Conduit {
	/** Number of CPUs, each with its own registers. */
	readonly cpus: number;
	/**
	 * Registers x0..x17 of a CPU, two 32-bit words each, low word first. The same view on every call:
	 * the caller writes x0..x7 into it before the trap and reads x0..x3 from it afterwards.
	 * @param cpu CPU index, 0 to `cpus` - 1
	 */
	registers(cpu: number): Uint32Array;
	/**
	 * Executes SMC or HVC on a CPU and returns when the firmware does.
	 * @returns the low word of x0 as a signed 32-bit number
	 */
	trap(cpu: number, method: Method): number;
	/**
	 * Puts a CPU into the secure state, or back into the normal world, where it begins; its traps come from there.
	 * Absent where there is one world only.
	 */
	setSecure?(cpu: number, secure: boolean): void;
	/** Absent where a system always runs. */
	readonly stopped?: Stopped;
}
