// Recordings: what was done to a firmware as bytes, and the replies of a replay as bytes, the same wherever it is replayed.
// This project's own format. Imports nothing from Node: Node, browsers and test/bridge/c/replay.c replay the same recording.
//
// All numbers are little-endian. A recording is a head, chunks, and a u32 0:
//   head   8 bytes "SCMIREC1", u32 ABI version, u32 length of the platform image, the image
//   chunk  u32 length of its operations, the operations
// The replies are for each chunk a u32 length and what its operations reply, one behind the other. An operation is a u8
// Operation and its fields; what it does is said there.

import { Abi, Address, Cpu, State } from "../../assembly/layout.ts";

export const MAGIC = "SCMIREC1";

export const Operation = {
	/**
	 * u8 CPU, u8 conduit (2 HVC, 3 SMC), u32 function ID, u32 area, u16 its size, u16 n, n bytes: copies them to the
	 * beginning of the area and traps with the function ID in x0 and 0 in x1 to x3.
	 * Replies u64 x0, u16 m, m bytes of the area, as far as the length at 0x14 says.
	 */
	MESSAGE: 1,
	/** u8 CPU, u8 conduit, u64 x0 to x3: traps. Replies u64 x0 to x3. */
	TRAP: 2,
	/** u32 physical address. Replies u8 1 and the u32 there, or u8 0 and u32 0 when nothing answers. */
	READ: 3,
	/** u32 physical address, u32 value. Replies u8 1, or 0 when nothing answers. */
	WRITE: 4,
	/** u64 ns. Replies u64 virtual time. */
	ADVANCE: 5,
	/** u8 CPU, u8 1 for the secure world. Replies nothing. */
	SECURE: 6,
	/** u8 agent, u8 permissions. Replies u8 1, or 0 when there is no such agent. */
	RESET_AGENT: 7,
	/** Loads the image again. Replies nothing. */
	RESET: 8,
	/** u32 area, u16 its size: frees the area. Replies u16 m, m bytes of the area as above, none when it was free. */
	RECEIVE: 9,
	/**
	 * Replies u64 virtual time, u64 time of the next event, u32 interrupts, u32 stop, u32 hash of all memory in use:
	 * FNV-1a over its u32 words.
	 */
	CHECK: 10,
} as const;

/** Offsets in an area: SCMI 3.2 (Arm DEN0056E), section 5.1.2. */
const STATUS = 0x04;
const LENGTH = 0x14;
const HEADER = 0x18;
const PAYLOAD = 0x1c;
const FREE = 1;

const FNV_START = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** The module's exports that a replay uses. */
interface Exports {
	memory: WebAssembly.Memory;
	reserve(length: number): number;
	loadImage(length: number): number;
	trap(cpu: number, level: number): number;
	advance(low: number, high: number): void;
	busHas(address: number): number;
	read32(address: number): number;
	write32(address: number, value: number): void;
	resetAgent(agent: number, permissions: number): number;
	linear(address: number, length: number): number;
	memoryEnd(): number;
}

/** The head of a recording of a platform image. */
export function headOf(image: Uint8Array): Uint8Array {
	const head = new Uint8Array(MAGIC.length + 8 + image.length);
	head.set(new TextEncoder().encode(MAGIC));
	const view = new DataView(head.buffer);
	view.setUint32(MAGIC.length, Abi.VERSION, true);
	view.setUint32(MAGIC.length + 4, image.length, true);
	head.set(image, MAGIC.length + 8);
	return head;
}

/** A chunk, or the replies to one, with its length in front. */
export function framed(bytes: Uint8Array): Uint8Array {
	const frame = new Uint8Array(4 + bytes.length);
	new DataView(frame.buffer).setUint32(0, bytes.length, true);
	frame.set(bytes, 4);
	return frame;
}

/** Bytes that grow: numbers are appended. */
export class Bytes {
	#view = new DataView(new ArrayBuffer(1 << 10));
	#length = 0;

	get length(): number {
		return this.#length;
	}

	#room(size: number): number {
		const at = this.#length;
		this.#length += size;
		if (this.#length > this.#view.byteLength) {
			const larger = new Uint8Array(2 * this.#length);
			larger.set(new Uint8Array(this.#view.buffer));
			this.#view = new DataView(larger.buffer);
		}
		return at;
	}

	u8(value: number): this {
		const at = this.#room(1);
		this.#view.setUint8(at, value);
		return this;
	}

	u16(value: number): this {
		const at = this.#room(2);
		this.#view.setUint16(at, value, true);
		return this;
	}

	u32(value: number): this {
		const at = this.#room(4);
		this.#view.setUint32(at, value, true);
		return this;
	}

	/** A u64 of two words. */
	u64(low: number, high = 0): this {
		return this.u32(low).u32(high);
	}

	bytes(values: Uint8Array): this {
		const at = this.#room(values.length);
		new Uint8Array(this.#view.buffer).set(values, at);
		return this;
	}

	/** A copy of everything up to now; begins again. */
	take(): Uint8Array {
		const taken = new Uint8Array(this.#view.buffer).slice(0, this.#length);
		this.#length = 0;
		return taken;
	}
}

/** What a message came to: where its reply begins among the chunk's, its header and the word behind the reply's. */
export interface Replied {
	replyAt: number;
	header: number;
	status: number;
}

/** A firmware that recordings are replayed on. */
export class Replayer {
	readonly #exports: Exports;
	readonly #image: Uint8Array;
	#memory: DataView;

	/** @param module the engine, `scmi.wasm`; with its platform's image */
	constructor(module: WebAssembly.Module, image: Uint8Array) {
		const { exports } = new WebAssembly.Instance(module, {});
		this.#exports = exports as unknown as Exports;
		this.#image = image;
		this.#memory = this.#load();
	}

	#load(): DataView {
		const address = this.#exports.reserve(this.#image.length);
		const { memory } = this.#exports;
		new Uint8Array(memory.buffer).set(this.#image, address);
		const error = this.#exports.loadImage(this.#image.length);
		if (error !== 0) throw new Error(`load error ${error}`);
		return new DataView(memory.buffer);
	}

	/** Does what a chunk's operations say. Returns their replies. */
	replay(chunk: Uint8Array, onMessage?: (message: Replied) => void) {
		const input = new DataView(chunk.buffer, chunk.byteOffset, chunk.length);
		const out = new Bytes();
		let at = 0;
		const u8 = () => input.getUint8(at++);
		const u16 = () => {
			at += 2;
			return input.getUint16(at - 2, true);
		};
		const u32 = () => {
			at += 4;
			return input.getUint32(at - 4, true);
		};
		while (at < chunk.length) {
			const operation = u8();
			switch (operation) {
				case Operation.MESSAGE: {
					const [cpu, conduit, functionId] = [u8(), u8(), u32()];
					const [address, size, n] = [u32(), u16(), u16()];
					const area = this.#exports.linear(address, size);
					new Uint8Array(this.#memory.buffer).set(
						chunk.subarray(at, at + n),
						area,
					);
					at += n;
					const header = this.#memory.getUint32(area + HEADER, true);
					this.#trap(cpu, conduit, [functionId, 0, 0, 0, 0, 0, 0, 0]);
					const replyAt = out.length;
					this.#writeRegisters(out, cpu, 1);
					this.#writeArea(out, area, size);
					const status = this.#memory.getInt32(area + PAYLOAD, true);
					onMessage?.({ replyAt, header, status });
					break;
				}
				case Operation.TRAP: {
					const [cpu, conduit] = [u8(), u8()];
					this.#trap(cpu, conduit, Array.from({ length: 8 }, u32));
					this.#writeRegisters(out, cpu, 4);
					break;
				}
				case Operation.READ: {
					const address = u32();
					out.u8(this.#exports.busHas(address));
					out.u32(this.#exports.read32(address));
					break;
				}
				case Operation.WRITE: {
					const [address, value] = [u32(), u32()];
					out.u8(this.#exports.busHas(address));
					this.#exports.write32(address, value);
					break;
				}
				case Operation.ADVANCE:
					this.#exports.advance(u32(), u32());
					this.#writeState(out, State.TIME, 2);
					break;
				case Operation.SECURE: {
					const cpu = Address.CPU + u8() * Address.CPU_STRIDE;
					this.#memory.setUint32(cpu + Cpu.SECURE, u8(), true);
					break;
				}
				case Operation.RESET_AGENT:
					out.u8(this.#exports.resetAgent(u8(), u8()));
					break;
				case Operation.RESET:
					this.#load();
					break;
				case Operation.RECEIVE: {
					const [address, size] = [u32(), u16()];
					const area = this.#exports.linear(address, size);
					const free = this.#memory.getUint32(area + STATUS, true) & FREE;
					if (free) out.u16(0);
					else this.#writeArea(out, area, size);
					this.#memory.setUint32(area + STATUS, FREE, true);
					break;
				}
				case Operation.CHECK:
					this.#writeState(out, State.TIME, 2);
					this.#writeState(out, State.DUE, 2);
					this.#writeState(out, State.INTERRUPTS, 1);
					this.#writeState(out, State.STOP, 1);
					out.u32(this.#hash());
					break;
				default:
					throw new Error(`operation ${operation} at ${at - 1}`);
			}
		}
		return out.take();
	}

	/** @param words x0 to x3, two words each */
	#trap(cpu: number, conduit: number, words: readonly number[]): void {
		const registers = Address.CPU + cpu * Address.CPU_STRIDE;
		for (const [i, word] of words.entries())
			this.#memory.setUint32(registers + 4 * i, word, true);
		this.#exports.trap(cpu, conduit);
	}

	#writeRegisters(out: Bytes, cpu: number, count: number): void {
		const registers = Address.CPU + cpu * Address.CPU_STRIDE;
		for (let at = 0; at < 8 * count; at += 4)
			out.u32(this.#memory.getUint32(registers + at, true));
	}

	#writeArea(out: Bytes, area: number, size: number): void {
		const length = this.#memory.getUint32(area + LENGTH, true);
		const used = Math.min(Math.max(HEADER + length, PAYLOAD), size);
		out.u16(used).bytes(new Uint8Array(this.#memory.buffer, area, used));
	}

	#writeState(out: Bytes, field: number, words: number): void {
		for (let i = 0; i < words; i++)
			out.u32(this.#memory.getUint32(Address.STATE + field + 4 * i, true));
	}

	#hash(): number {
		const words = new Uint32Array(
			this.#memory.buffer,
			0,
			this.#exports.memoryEnd() >>> 2,
		);
		let hash = FNV_START;
		for (let i = 0; i < words.length; i++)
			hash = Math.imul(hash ^ (words[i] as number), FNV_PRIME);
		return hash >>> 0;
	}
}
