// The physical address space: blocks of memory and registers, and devices that watch over some of them.
// Alias semantics: i.MX 8M Mini reference manual, chapter 5.1.7 (SET, CLR and TOG registers).

import { CosimError } from "../../host/errors.ts";
import type { Block, Platform } from "../../host/platform/platform.ts";

/** One 32-bit register. */
export class Register {
	readonly #words: Uint32Array;
	readonly #index: number;

	constructor(words: Uint32Array, index: number) {
		this.#words = words;
		this.#index = index;
	}

	get value(): number {
		return this.#words[this.#index] as number;
	}

	set value(value: number) {
		this.#words[this.#index] = value;
	}

	has(bits: number): boolean {
		return (this.value & bits) !== 0;
	}

	set(bits: number): void {
		this.value |= bits;
	}

	clear(bits: number): void {
		this.value &= ~bits;
	}
}

/** A bit field of a register. */
export class Field {
	readonly #register: Register;
	readonly #shift: number;
	/** The largest value. */
	readonly max: number;

	constructor(register: Register, shift: number, width: number) {
		this.#register = register;
		this.#shift = shift;
		this.max = 2 ** width - 1;
	}

	get value(): number {
		return (this.#register.value >>> this.#shift) & this.max;
	}

	set value(value: number) {
		const others = this.#register.value & ~(this.max << this.#shift);
		this.#register.value = others | (value << this.#shift);
	}
}

/** Hardware whose registers do more than keep values. */
export interface Device {
	read(address: number, register: Register): number;
	write(address: number, register: Register, value: number): void;
}

interface BackedBlock extends Block {
	words: Uint32Array;
}

export class Bus {
	/** All plain memory, block behind block. */
	readonly ram: ArrayBuffer;
	readonly #platform: string;
	readonly #blocks: readonly BackedBlock[];
	readonly #devices = new Map<Block["kind"], Device>();

	constructor(platform: Platform) {
		this.#platform = platform.name;
		const bytes = platform.blocks
			.filter(({ kind }) => kind === "ram")
			.reduce((sum, { size }) => sum + size, 0);
		this.ram = new ArrayBuffer(bytes);
		let at = 0;
		this.#blocks = platform.blocks.map((block) => {
			if (block.kind !== "ram")
				return { ...block, words: new Uint32Array(block.size / 4) };
			const words = new Uint32Array(this.ram, at, block.size / 4);
			at += block.size;
			return { ...block, words };
		});
		for (const [address, value] of platform.registers)
			this.register(address).value = value;
	}

	/** Lets a device answer for all blocks of a kind. */
	attach(kind: Block["kind"], device: Device): void {
		this.#devices.set(kind, device);
	}

	/** The register at an address, without any effects. */
	register(address: number): Register {
		const block = this.#blockAt(address, 4, "register");
		return new Register(block.words, (address - block.address) >>> 2);
	}

	/** Where `size` bytes of plain memory lie in `ram`. */
	memoryAt(address: number, size: number): number {
		const block = this.#find(address, size);
		if (block === undefined || block.kind !== "ram") {
			throw new CosimError(
				"BUS_ERROR",
				`memory at 0x${address.toString(16)}, ${size} bytes: ${this.#platform} has no memory that covers it`,
			);
		}
		return block.words.byteOffset + address - block.address;
	}

	read32(address: number): number {
		const block = this.#blockAt(address, 4, "read");
		const register = registerOf(block, address);
		const device = this.#devices.get(block.kind);
		return device?.read(address, register) ?? register.value;
	}

	write32(address: number, value: number): void {
		const block = this.#blockAt(address, 4, "write");
		const register = registerOf(block, address);
		const device = this.#devices.get(block.kind);
		if (device !== undefined) device.write(address, register, value >>> 0);
		else if (block.kind === "set-clear-toggle")
			writeAliased(register, address & 0xf, value);
		else register.value = value;
	}

	#find(address: number, size: number): BackedBlock | undefined {
		return this.#blocks.find(
			(block) =>
				address >= block.address &&
				address + size <= block.address + block.size,
		);
	}

	#blockAt(address: number, size: number, what: string): BackedBlock {
		const block = address % 4 === 0 ? this.#find(address, size) : undefined;
		if (block !== undefined) return block;
		const blocks = this.#blocks
			.map((each) => `${each.name} at 0x${each.address.toString(16)}`)
			.join(", ");
		throw new CosimError(
			"BUS_ERROR",
			`${what} of 0x${address.toString(16)}: expected a multiple of 4 in one of ${blocks}`,
		);
	}
}

function registerOf(block: BackedBlock, address: number): Register {
	const offset = address - block.address;
	const start =
		block.kind === "set-clear-toggle" ? offset - (offset % 16) : offset;
	return new Register(block.words, start / 4);
}

function writeAliased(register: Register, alias: number, value: number): void {
	if (alias === 0) register.value = value;
	else if (alias === 4) register.set(value);
	else if (alias === 8) register.clear(value);
	else register.value ^= value;
}
