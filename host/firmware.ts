// A firmware with its hardware, as agents, mailboxes and tools see it: traps, memory, registers, time.
// The engine is one; anything else that answers alike can stand in for it.

import type { Conduit } from "./mailbox/conduit.ts";
import type { Platform } from "./platform/platform.ts";

export interface Firmware extends Conduit {
	readonly platform: Platform;
	/** The memory that shared-memory areas lie in, of fixed size. */
	readonly buffer: ArrayBuffer;
	/**
	 * The byte offset in `buffer` of `size` bytes of plain memory at a physical address.
	 * Throws BUS_ERROR unless one memory of the platform covers them all.
	 */
	memoryAt(address: number, size: number): number;
	/** Reads the 32-bit register or memory word at a physical address. Throws BUS_ERROR where nothing answers. */
	read32(address: number): number;
	/** Writes it, with the effects that the hardware has. Throws BUS_ERROR where nothing answers. */
	write32(address: number, value: number): void;
	/** Virtual time in ns since load. Exact below 2^53 ns, 104 days. */
	readonly timeNs: number;
	/** Lets `ns` nanoseconds of virtual time pass; a whole number, 0 to 2^53 - 1. */
	advance(ns: number): void;
	/** Virtual time in ns at which something happens by itself next; null when nothing is to come. */
	readonly nextEventNs?: number | null;
	/**
	 * Calls a handler for each interrupt of that number, a `interrupt` of the platform's channels: inside the trap, write
	 * or advance that raised it, before that returns. Handlers find the CPUs' registers as the trap left them, may trap
	 * themselves, and leave them as they were; they are not interrupted in turn. Absent when the firmware raises none.
	 * @returns a function that takes the handler back
	 */
	onInterrupt?(interrupt: number, handler: () => void): () => void;
	/**
	 * Takes back everything that an agent has asked for, as when it has died. Absent where agents leave nothing behind.
	 * @throws CosimError UNKNOWN_NAME when there is no such agent
	 */
	resetAgent?(name: string): void;
	/** Begins again, as at load. Absent where that takes a new firmware. */
	reset?(): void;
}
