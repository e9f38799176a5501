// The engine's module by its raw exports: images loaded as bytes, right or wrong, and messages to whatever came of them.
// Exports: assembly/index.ts; memory map: assembly/layout.ts.

import { Channel, Service } from "../../assembly/image.ts";
import { Address, State } from "../../assembly/layout.ts";
import { engineModule } from "../../host/node.ts";

export interface RawExports extends WebAssembly.Exports {
	memory: WebAssembly.Memory;
	abiVersion(): number;
	reserve(length: number): number;
	loadImage(length: number): number;
	trap(cpu: number, level: number): number;
	reserveBatch(count: number): number;
	batch(cpu: number, level: number, first: number, count: number): number;
	advance(low: number, high: number): void;
	busHas(address: number): number;
	read32(address: number): number;
	write32(address: number, value: number): void;
	resetAgent(agent: number, permissions: number): number;
	linear(address: number, length: number): number;
	memoryEnd(): number;
}

/** What loadImage said: a LoadError, and the offset in the image. */
export interface Loaded {
	error: number;
	at: number;
}

export class RawEngine {
	readonly exports: RawExports;

	constructor() {
		const module = engineModule();
		// The threaded build imports its memory.
		const threaded = WebAssembly.Module.imports(module).length !== 0;
		const memory = threaded
			? new WebAssembly.Memory({ initial: 1, maximum: 4096, shared: true })
			: undefined;
		const imports = memory === undefined ? {} : { env: { memory } };
		const { exports } = new WebAssembly.Instance(module, imports);
		this.exports = exports as RawExports;
	}

	get view(): DataView {
		return new DataView(this.exports.memory.buffer);
	}

	/** Writes an image and loads `length` bytes of it. */
	load(image: Uint8Array, length = image.length): Loaded {
		const address = this.exports.reserve(image.length);
		new Uint8Array(this.exports.memory.buffer).set(image, address);
		const error = this.exports.loadImage(length);
		return { error, at: this.state(State.LOAD_ERROR_AT) };
	}

	/** A word of the engine's own state. */
	state(field: number): number {
		return this.view.getUint32(Address.STATE + field, true);
	}

	/** Linear addresses of all shared-memory areas. */
	areas(): number[] {
		const rows = this.state(State.CHANNELS);
		return Array.from({ length: this.state(State.CHANNEL_COUNT) }, (_, i) =>
			this.view.getUint32(rows + i * Channel.SIZE + Channel.LINEAR, true),
		);
	}

	/** Every function ID that the image's services have; `services` is the section's offset and count. */
	functionIds(offset: number, count: number): number[] {
		return Array.from({ length: count }, (_, i) =>
			this.view.getUint32(
				Address.IMAGE + offset + i * Service.SIZE + Service.FUNCTION_ID,
				true,
			),
		);
	}

	/** Traps with a function ID in x0. */
	trap(functionId: number, level: number, x1 = 0): number {
		this.view.setUint32(Address.CPU, functionId, true);
		this.view.setUint32(Address.CPU + 8, x1, true);
		return this.exports.trap(0, level);
	}
}
