// The ABI: every export of the module, and nothing else. The memory map is layout.ts.
// Numbers only cross the border; everything else lies in linear memory.

import { executeEntries, reserveEntries } from "./batch";
import { accessible, busRead, busWrite, linearAddress } from "./hardware/bus";
import { PLATFORM } from "./hardware/clock-gates";
import { Abi, Address, State } from "./layout";
import { loadPlatform, reserveImage } from "./platform/load";
import { resetAgent as reset } from "./scmi/agent-reset";
import { agentRow } from "./scmi/agents";
import { notifyChanges } from "./scmi/watches";
import { run } from "./sim/events";
import { hold, letGo, NO_CPU, sharedBatch } from "./threads";

/** The version of exports, memory map and image format. A host refuses every other one. */
export function abiVersion(): u32 {
	return Abi.VERSION;
}

/** Makes room for a platform image of `length` bytes. Returns the address to write it to, 0 when memory cannot grow. */
export function reserve(length: u32): u32 {
	return <u32>reserveImage(length);
}

/**
 * Checks and loads the image of `length` bytes at that address: registers get their values, critical clocks are held,
 * channels are free, virtual time is 0. Returns a LoadError, 0 for success; State.LOAD_ERROR_AT has the place.
 * Memory may grow: views made before are stale.
 */
export function loadImage(length: u32): u32 {
	return loadPlatform(length);
}

export { call, trap } from "./trap";

/**
 * Makes room for a batch of `count` entries of the loaded platform, see BatchEntry and State.BATCH_STRIDE. Returns the first
 * one's address, 0 when no platform is loaded or memory cannot grow. Once for each load; memory may grow: views made before are stale.
 */
export function reserveBatch(count: u32): u32 {
	return reserveEntries(count);
}

/**
 * Executes `count` entries of the batch from entry `first` on, as traps in their order, with results and replies in place.
 * Returns how many were executed: fewer when one of them stops the system, those behind it stay as they are; none when the batch
 * has no such entries or there is no such CPU. The CPU's x0 is then the last one's.
 */
export function batch(cpu: u32, level: u32, first: u32, count: u32): u32 {
	return ASC_FEATURE_THREADS
		? sharedBatch(cpu, level, first, count)
		: executeEntries(cpu, level, first, count);
}

/**
 * Lets virtual time pass, with everything that happens meanwhile: `low` + `high` * 2^32 ns, and more when the firmware
 * is still waiting for hardware then. The time is the u64 at Address.STATE + State.TIME.
 */
export function advance(low: u32, high: u32): void {
	if (ASC_FEATURE_THREADS) hold();
	run(((<u64>high) << 32) | low);
	if (ASC_FEATURE_THREADS) letGo(NO_CPU);
}

/** Whether a 32-bit access to a physical address is answered: aligned and covered by a block. */
export function busHas(address: u32): bool {
	return accessible(address);
}

/** Reads the register or memory word at a physical address; 0 where nothing answers. */
export function read32(address: u32): u32 {
	if (ASC_FEATURE_THREADS) hold();
	const value = busRead(address);
	if (ASC_FEATURE_THREADS) letGo(NO_CPU);
	return value;
}

/** Writes it, with the effects that the hardware has; nothing happens where nothing answers. */
export function write32(address: u32, value: u32): void {
	if (ASC_FEATURE_THREADS) hold();
	writeAndTell(address, value);
	if (ASC_FEATURE_THREADS) letGo(NO_CPU);
}

function writeAndTell(address: u32, value: u32): void {
	busWrite(address, value);
	if (load<u32>(Address.STATE, State.STOP)) return;
	if (load<u32>(Address.STATE, State.WATCHES)) notifyChanges(PLATFORM);
}

/**
 * Takes back everything that an agent has asked for, as when it has died: requests, limits, subscriptions, what is pending,
 * messages under way in either direction; with `permissions` those that it was given or denied since load. Returns false
 * when there is no such agent, or when it is the platform.
 */
export function resetAgent(agent: u32, permissions: bool): bool {
	if (agent === PLATFORM) return false;
	if (agent >= load<u32>(Address.STATE, State.AGENT_COUNT)) return false;
	if (load<u32>(Address.STATE, State.STOP)) return true;
	if (ASC_FEATURE_THREADS) hold();
	const watched = load<u32>(Address.STATE, State.WATCHES) !== 0;
	if (watched) notifyChanges(PLATFORM);
	reset(agentRow(agent), permissions, false);
	if (load<u32>(Address.STATE, State.WATCHES)) notifyChanges(agent);
	if (ASC_FEATURE_THREADS) letGo(NO_CPU);
	return true;
}

/** The address in linear memory of `length` bytes of a block; 0 when no block covers them all. For plain memory. */
export function linear(address: u32, length: u32): u32 {
	return <u32>linearAddress(address, length);
}

/** End of the linear memory in use, in bytes: what a snapshot has to copy. */
export function memoryEnd(): u32 {
	return load<u32>(Address.STATE, State.END);
}
