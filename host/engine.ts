// The engine: loads the WebAssembly module, checks its ABI version, loads a platform, and owns the typed views.
// Exports and memory map: assembly/index.ts and assembly/layout.ts.

import { instantiateSync } from "@assemblyscript/loader";
import {
	Clock,
	Domain,
	Image,
	type LoadError,
	Rail,
} from "../assembly/image.ts";
import { Abi, Address, Caller, Cpu, State, Stop } from "../assembly/layout.ts";
import { Batch, type BatchOptions } from "./batch.ts";
import { CosimError } from "./errors.ts";
import type { Firmware } from "./firmware.ts";
import { Interrupts } from "./interrupts.ts";
import { LEVEL_OF, type Method, type Stopped } from "./mailbox/conduit.ts";
import { compileImage, placeInImage } from "./platform/image.ts";
import type { Platform } from "./platform/platform.ts";

/** The module's functions, as assembly/index.ts declares them. */
interface Exports extends Record<string, unknown> {
	memory: WebAssembly.Memory;
	abiVersion(): number;
	reserve(length: number): number;
	loadImage(length: number): number;
	trap(cpu: number, level: number): number;
	call(functionId: number, caller: number): number;
	reserveBatch(count: number): number;
	batch(cpu: number, level: number, first: number, count: number): number;
	advance(low: number, high: number): void;
	busHas(address: number): number;
	read32(address: number): number;
	write32(address: number, value: number): void;
	resetAgent(agent: number, permissions: number): number;
	linear(address: number, length: number): number;
	memoryEnd(): number;
	/** The threaded build's own, assembly/threads-index.ts. */
	suspend?(): void;
	resume?(): void;
}

const EXPORTS = [
	"abiVersion",
	"reserve",
	"loadImage",
	"trap",
	"call",
	"reserveBatch",
	"batch",
	"advance",
	"busHas",
	"read32",
	"write32",
	"resetAgent",
	"linear",
	"memoryEnd",
] as const;

const LOAD_ERRORS: Record<LoadError, string> = {
	0: "no error",
	1: "no magic number",
	2: "an image of another format version",
	3: "a length that is not the image's",
	4: "a section outside the image",
	5: "a value out of range",
	6: "a reference to a row that does not exist",
	7: "a physical address that no block covers, or none of a kind that does for it",
	8: "a clock or power domain that is its own ancestor, or nested too deeply",
	9: "a duplicate",
	10: "a protocol or version that the engine does not have",
	11: "more memory than there is",
};

/** Entries of the batch unless told otherwise. */
const BATCH_ENTRIES = 1024;

/** The high word of a time that never comes. */
const NEVER = 0xffff_ffff;

export interface EngineOptions {
	/** Entries of the batch: 1024 unless told otherwise. Each takes a little more than the platform's maxMessageSize in bytes. */
	batch?: number;
	/** The platform's image, when it is at hand: it is compiled from the tables otherwise. */
	image?: Uint8Array<ArrayBuffer>;
	/** The threaded module only. The memory of an engine in another thread, whose firmware and hardware this one joins as they are. */
	memory?: WebAssembly.Memory;
	/** The threaded module only. The one CPU whose registers this thread may touch; all of them unless told otherwise. */
	cpu?: number;
}

/**
 * Who calls, for {@link Engine.rawCall}.
 * @param cpu the CPU's index
 * @param secure from the secure world
 */
export function callerOf(cpu: number, method: Method, secure = false): number {
	return (
		(cpu << Caller.CPU_SHIFT) | (secure ? Caller.SECURE : 0) | LEVEL_OF[method]
	);
}

/**
 * A firmware with its hardware: one WebAssembly instance with one platform. Answers SMC and HVC, and the bus.
 * Several engines in one process are independent.
 */
export class Engine implements Firmware {
	readonly platform: Platform;
	readonly cpus: number;
	/** The linear memory, of fixed size from now on; the map is assembly/layout.ts. */
	readonly buffer: ArrayBuffer;
	/** Executes a trap: CPU, exception level 2 or 3. The raw export, for tight loops: interrupts wait for the next call. */
	readonly rawTrap: (cpu: number, level: number) => number;
	/**
	 * The same for the shortest way in: function ID and caller, see {@link callerOf}. Returns the low word of x0; the CPU's own x0
	 * is neither read nor written, and the world that {@link setSecure} has put it in does not count.
	 */
	readonly rawCall: (functionId: number, caller: number) => number;
	/** Executes entries of the batch: CPU, exception level, first entry, how many. The raw export, as above. */
	readonly rawBatch: (
		cpu: number,
		level: number,
		first: number,
		count: number,
	) => number;
	/** The memory behind `buffer`. */
	readonly memory: WebAssembly.Memory;
	readonly #exports: Exports;
	/** The compiled platform. */
	readonly #image: Uint8Array<ArrayBuffer>;
	readonly #stop: Uint32Array;
	readonly #registers: Uint32Array[];
	readonly #time: Uint32Array;
	readonly #due: Uint32Array;
	readonly #interrupts: Interrupts;
	readonly #batchEntries: number;

	/**
	 * @param module the compiled engine, `scmi.wasm`
	 * @param platform tables of the platform to be
	 * @throws CosimError ENGINE_ABI for another module or version, PLATFORM_INVALID for tables that do not hold together,
	 * or are not those of the memory to join, USAGE for a batch that does not fit into memory
	 */
	constructor(
		module: WebAssembly.Module,
		platform: Platform,
		{
			batch = BATCH_ENTRIES,
			image = compileImage(platform),
			memory: joined,
			cpu,
		}: EngineOptions = {},
	) {
		this.platform = platform;
		this.#exports = instantiate(module, joined);
		this.#image = image;
		this.#batchEntries = batch;
		if (joined === undefined) this.#load();
		else checkJoined(joined, platform, this.#image);
		const { memory, trap, call, batch: executeBatch } = this.#exports;
		this.memory = memory;
		this.buffer = memory.buffer as ArrayBuffer;
		this.rawTrap = trap;
		this.rawCall = call;
		this.rawBatch = executeBatch;
		this.cpus = platform.cpus;
		this.#registers = Array.from(
			{ length: this.cpus },
			(_, cpu) =>
				new Uint32Array(
					this.buffer,
					Address.CPU + cpu * Address.CPU_STRIDE,
					Cpu.REGISTERS * 2,
				),
		);
		this.#time = new Uint32Array(this.buffer, Address.STATE + State.TIME, 2);
		this.#due = new Uint32Array(this.buffer, Address.STATE + State.DUE, 2);
		this.#interrupts = new Interrupts(
			this.buffer,
			platform,
			new Map(
				[...this.#registers.entries()].filter(
					([each]) => cpu === undefined || each === cpu,
				),
			),
			cpu !== undefined,
		);
		this.#stop = new Uint32Array(this.buffer, Address.STATE + State.STOP, 1);
	}

	/**
	 * Why the system no longer runs: somebody has turned it off or reset it, by message or by register. Nothing happens
	 * then, traps return NOT_SUPPORTED, until {@link reset}. Null while it runs.
	 */
	get stopped(): Stopped {
		switch (this.#stop[0]) {
			case Stop.OFF:
				return "off";
			case Stop.RESET:
				return "reset";
			default:
				return null;
		}
	}

	/**
	 * Begins again: CPUs in the normal world, registers at their load values, memory empty, nobody's requests or subscriptions, virtual time 0.
	 * Buffer and views stay as they are. Also turns on a system that is off; at any time.
	 */
	reset(): void {
		this.#load();
	}

	#load(): void {
		this.alone(() => this.#loadAlone());
	}

	/**
	 * Does something while no other thread is in the engine: takes or restores a snapshot, reads several words that belong
	 * together. Without threads it is just done. Not to be nested, and no call of the engine may be made meanwhile.
	 */
	alone<Result>(action: () => Result): Result {
		this.#exports.suspend?.();
		try {
			return action();
		} finally {
			this.#exports.resume?.();
		}
	}

	#loadAlone(): void {
		loadPlatform(this.#exports, this.platform, this.#image);
		const entries = this.#batchEntries;
		const fits =
			Number.isInteger(entries) &&
			entries >= 0 &&
			entries <= 0xffff_ffff &&
			this.#exports.reserveBatch(entries) !== 0;
		if (!fits)
			throw new CosimError(
				"USAGE",
				`a batch of ${entries} entries: expected a whole number that fits into ${Abi.MAX_MEMORY} bytes of memory`,
			);
	}

	registers(cpu: number): Uint32Array {
		const view = this.#registers[cpu];
		if (view === undefined) {
			throw new CosimError(
				"UNKNOWN_NAME",
				`CPU ${cpu}: ${this.platform.name} has CPUs 0 to ${this.cpus - 1}`,
			);
		}
		return view;
	}

	setSecure(cpu: number, secure: boolean): void {
		this.registers(cpu);
		const at = Address.CPU + cpu * Address.CPU_STRIDE + Cpu.SECURE;
		new DataView(this.buffer).setUint32(at, secure ? 1 : 0, true);
	}

	trap(cpu: number, method: Method): number {
		const result = this.rawTrap(cpu, LEVEL_OF[method]);
		this.#interrupts.take();
		return result;
	}

	/**
	 * The batch: many messages in one call, see {@link Batch}. Make it once: its views stay valid.
	 * @throws CosimError UNKNOWN_NAME for a CPU that the platform does not have
	 */
	batch(options?: BatchOptions): Batch {
		const execute = (
			cpu: number,
			level: number,
			first: number,
			count: number,
		) => {
			const executed = this.rawBatch(cpu, level, first, count);
			this.#interrupts.take();
			return executed;
		};
		return new Batch(
			{ buffer: this.buffer, cpus: this.cpus, execute },
			options,
		);
	}

	onInterrupt(interrupt: number, handler: () => void): () => void {
		return this.#interrupts.subscribe(interrupt, handler);
	}

	/** Virtual time in ns since load. Exact below 2^53 ns, 104 days. */
	get timeNs(): number {
		const counted =
			(this.#time[0] as number) + (this.#time[1] as number) * 2 ** 32;
		return this.#exports.suspend === undefined
			? counted
			: counted + this.#uncountedTraps() * this.platform.trapNs;
	}

	/** Traps that CPUs have made without the lock, see assembly/threads.ts. */
	#uncountedTraps(): number {
		let traps = 0;
		for (const registers of this.#registers) {
			const words = new Uint32Array(
				this.buffer,
				registers.byteOffset + Cpu.LEASE,
				2,
			);
			traps += (words[1] as number) - (words[0] as number);
		}
		return traps;
	}

	/** Virtual time in ns at which something happens by itself next; null when nothing is to come. */
	get nextEventNs(): number | null {
		const high = this.#due[1] as number;
		return high === NEVER ? null : (this.#due[0] as number) + high * 2 ** 32;
	}

	/** Lets `ns` nanoseconds of virtual time pass; a whole number, 0 to 2^53 - 1. */
	advance(ns: number): void {
		if (!Number.isSafeInteger(ns) || ns < 0) {
			throw new CosimError(
				"USAGE",
				`advance by ${ns}: expected whole nanoseconds, 0 to 2^53 - 1`,
			);
		}
		let left = ns;
		// From event to event, so that an interrupt is handed on at its own time. Handlers that call take time themselves.
		while (this.#interrupts.watched && this.stopped === null) {
			const now = this.timeNs;
			const next = this.nextEventNs;
			if (next === null || next >= now + left) break;
			this.#pass(Math.max(next - now, 0));
			left = Math.max(left - (this.timeNs - now), 0);
		}
		this.#pass(left);
	}

	#pass(ns: number): void {
		this.#exports.advance(ns >>> 0, Math.floor(ns / 2 ** 32));
		this.#interrupts.take();
	}

	/** Reads the 32-bit register or memory word at a physical address. Throws BUS_ERROR where nothing answers. */
	read32(address: number): number {
		this.#checkAddress(address, "read");
		return this.#exports.read32(address) >>> 0;
	}

	/** Writes it, with the effects that the hardware has. Throws BUS_ERROR where nothing answers. */
	write32(address: number, value: number): void {
		this.#checkAddress(address, "write");
		if (!Number.isInteger(value) || value < -(2 ** 31) || value > 0xffff_ffff) {
			throw new CosimError(
				"USAGE",
				`write of ${value} to 0x${address.toString(16)}: expected a 32-bit number`,
			);
		}
		this.#exports.write32(address, value);
		this.#interrupts.take();
	}

	#checkAddress(address: number, what: string): void {
		const inRange =
			Number.isInteger(address) && address >= 0 && address <= 0xffff_ffff;
		if (inRange && this.#exports.busHas(address) !== 0) return;
		const blocks = this.platform.blocks
			.map((block) => `${block.name} at 0x${block.address.toString(16)}`)
			.join(", ");
		throw new CosimError(
			"BUS_ERROR",
			`${what} of 0x${address.toString(16)}: expected a multiple of 4 in one of ${blocks}`,
		);
	}

	/**
	 * The byte offset in `buffer` of `size` bytes of plain memory at a physical address.
	 * Throws BUS_ERROR unless one memory of the platform covers them all.
	 */
	memoryAt(address: number, size: number): number {
		const memory = this.platform.blocks.find(
			(block) =>
				block.kind === "ram" &&
				address >= block.address &&
				address + size <= block.address + block.size,
		);
		if (memory === undefined) {
			throw new CosimError(
				"BUS_ERROR",
				`memory at 0x${address.toString(16)}, ${size} bytes: ${this.platform.name} has no memory that covers it`,
			);
		}
		return this.#exports.linear(address, size);
	}

	/**
	 * The byte offset in `buffer` of `size` bytes of registers or memory at a physical address, as they are stored: what
	 * only a read by the bus works out, such as a PLL's LOCK, is not in there. Throws BUS_ERROR unless one block covers them.
	 */
	storedAt(address: number, size: number): number {
		this.#checkAddress(address, "look");
		const offset = this.#exports.linear(address, size);
		if (offset !== 0) return offset;
		throw new CosimError(
			"BUS_ERROR",
			`look at ${size} bytes from 0x${address.toString(16)}: expected one block that covers them`,
		);
	}

	/**
	 * Takes back everything that an agent has asked for, as when it has died or was reset: its requests, limits and
	 * subscriptions, what it has pending, messages under way to and from it. What hardware was set to stays.
	 * @param name the agent's name
	 * @param permissions it gets the permissions that it has at load, too
	 * @throws CosimError UNKNOWN_NAME when there is no such agent
	 */
	resetAgent(name: string, permissions = false): void {
		const id = this.platform.agents.indexOf(name) + 1;
		if (id === 0) {
			throw new CosimError(
				"UNKNOWN_NAME",
				`agent ${name}: ${this.platform.name} has ${this.platform.agents.join(", ")}`,
			);
		}
		this.#exports.resetAgent(id, permissions ? 1 : 0);
		this.#interrupts.take();
	}

	/**
	 * Who wants a clock on: one bit for each agent by its ID, bit 0 is the platform itself. Aliases share those of
	 * their target. 0 for an ID that the platform does not have.
	 */
	clockRequests(id: number): number {
		const clock = this.platform.clocks.find((row) => row.id === id);
		if (clock === undefined) return 0;
		const row = clock.kind === "alias" ? clock.of : id;
		return this.#row(State.CLOCKS, Clock.SIZE, row, Clock.REQUESTS);
	}

	/** The same for a power domain. */
	powerDomainRequests(id: number): number {
		if (!this.platform.powerDomains.some((row) => row.id === id)) return 0;
		return this.#row(State.DOMAINS, Domain.SIZE, id, Domain.REQUESTS);
	}

	/** Who holds a rail: agents that have switched it on or set its level, until they let go; never the platform. */
	railRequests(id: number): number {
		if (!this.platform.rails.some((row) => row.id === id)) return 0;
		return (
			this.#row(State.RAILS, Rail.SIZE, id, Rail.ON_FOR) |
			this.#row(State.RAILS, Rail.SIZE, id, Rail.LEVEL_FOR)
		);
	}

	#row(table: number, size: number, index: number, field: number): number {
		const view = new DataView(this.buffer);
		const rows = view.getUint32(Address.STATE + table, true);
		return view.getUint32(rows + index * size + field, true);
	}

	/** Bytes of linear memory in use: a copy of them is a snapshot of firmware and hardware. */
	get memoryEnd(): number {
		return this.#exports.memoryEnd();
	}
}

function instantiate(
	module: WebAssembly.Module,
	joined: WebAssembly.Memory | undefined,
): Exports {
	const names = new Map(
		WebAssembly.Module.exports(module).map(({ name, kind }) => [name, kind]),
	);
	const missing = EXPORTS.find((name) => names.get(name) !== "function");
	if (missing !== undefined || names.get("memory") !== "memory") {
		throw new CosimError(
			"ENGINE_ABI",
			`not an scmi-cosim engine: export ${missing ?? "memory"} is missing`,
		);
	}
	// The raw exports: the loader's wrapped ones cost a call more.
	const exports = instantiateSync<Exports>(module, importsOf(module, joined))
		.instance.exports as unknown as Exports;
	const version = exports.abiVersion();
	if (version !== Abi.VERSION) {
		throw new CosimError(
			"ENGINE_ABI",
			`engine with ABI version ${version}: this host expects ${Abi.VERSION}`,
		);
	}
	return exports;
}

/** The single-threaded module imports nothing, the threaded one its memory. */
function importsOf(
	module: WebAssembly.Module,
	joined: WebAssembly.Memory | undefined,
): { env?: { memory: WebAssembly.Memory } } {
	const imports = WebAssembly.Module.imports(module);
	const threaded = imports.length === 1 && imports[0]?.kind === "memory";
	if (imports.length !== 0 && !threaded)
		throw new CosimError(
			"ENGINE_ABI",
			`not an scmi-cosim engine: it imports ${imports.map(({ name }) => name).join(", ")}`,
		);
	if (threaded) return { env: { memory: joined ?? sharedMemory() } };
	if (joined !== undefined)
		throw new CosimError(
			"ENGINE_ABI",
			"an engine for one thread: expected the threaded one, scmi-threads.wasm, to join a memory",
		);
	return {};
}

function sharedMemory(): WebAssembly.Memory {
	const maximum = Abi.MAX_MEMORY / Abi.WASM_PAGE;
	return new WebAssembly.Memory({ initial: 1, maximum, shared: true });
}

/** Checks that a memory has this platform: rows may have changed, the image's header stays what it is. */
function checkJoined(
	memory: WebAssembly.Memory,
	platform: Platform,
	image: Uint8Array<ArrayBuffer>,
): void {
	const theirs = new Uint8Array(memory.buffer);
	const state = new DataView(memory.buffer, Address.STATE);
	const same =
		state.getUint32(State.IMAGE_LENGTH, true) === image.length &&
		image
			.subarray(0, Image.POWER)
			.every((byte, i) => byte === theirs[Address.IMAGE + i]);
	if (same) return;
	throw new CosimError(
		"PLATFORM_INVALID",
		`platform ${platform.name}: the memory to join has another one, or none`,
	);
}

function loadPlatform(
	exports: Exports,
	platform: Platform,
	image: Uint8Array<ArrayBuffer>,
): void {
	const address = exports.reserve(image.length);
	if (address === 0) {
		throw new CosimError(
			"PLATFORM_INVALID",
			`platform ${platform.name}: image of ${image.length} bytes does not fit`,
		);
	}
	new Uint8Array(exports.memory.buffer).set(image, address);
	const error = exports.loadImage(image.length) as LoadError;
	if (error === 0) return;
	const at = new DataView(exports.memory.buffer).getUint32(
		Address.STATE + State.LOAD_ERROR_AT,
		true,
	);
	throw new CosimError(
		"PLATFORM_INVALID",
		`platform ${platform.name}: ${LOAD_ERRORS[error]}, in ${placeInImage(image, at)}`,
	);
}
