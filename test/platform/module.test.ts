// The module: what it imports and exports, where its static data lie, that its memory never grows while it serves.
// The ABI: assembly/index.ts and assembly/layout.ts.

import { describe, expect, it } from "vitest";
import { Abi, Address } from "../../assembly/layout.ts";
import { Engine } from "../../host/engine.ts";
import { compileModule, createEngine, engineModule } from "../../host/node.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { RawEngine } from "../support/raw-engine.ts";
import { CLOCK, headerOf, POWER, Smt, u32, u64 } from "../support/smt.ts";

const FUNCTIONS = [
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
];

/** A length in LEB128, for sections and strings shorter than 16384 bytes. */
function leb(value: number): number[] {
	return value < 128 ? [value] : [(value & 127) | 128, value >> 7];
}

function section(id: number, items: readonly number[][]): number[] {
	const body = [...leb(items.length), ...items.flat()];
	return [id, ...leb(body.length), ...body];
}

/** A module with these functions, all returning `version`, and a memory when asked for. */
function fakeModule(
	names: readonly string[],
	memory: boolean,
	version: number,
): WebAssembly.Module {
	const name = (text: string) => [
		...leb(text.length),
		...new TextEncoder().encode(text),
	];
	const exports = names.map((text) => [...name(text), 0, 0]);
	if (memory) exports.push([...name("memory"), 2, 0]);
	const bytes = [
		...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
		...section(1, [[0x60, 0, 1, 0x7f]]),
		...section(3, [[0]]),
		...section(5, [[0, 1]]),
		...section(7, exports),
		...section(10, [[4, 0, 0x41, version, 0x0b]]),
	];
	return compileModule(new Uint8Array(bytes), "fake");
}

const engineAbi = (message: RegExp) =>
	expect.objectContaining({
		code: "ENGINE_ABI",
		message: expect.stringMatching(message),
	});

describe("the engine's module", () => {
	it("imports nothing", () => {
		expect(WebAssembly.Module.imports(engineModule())).toEqual([]);
	});

	it("exports its functions and its memory", () => {
		const exports = WebAssembly.Module.exports(engineModule());
		expect(exports).toEqual(
			expect.arrayContaining([
				{ name: "memory", kind: "memory" },
				...FUNCTIONS.map((name) => ({ name, kind: "function" })),
			]),
		);
		const functions = exports.filter(({ kind }) => kind === "function");
		expect(functions.map(({ name }) => name).sort()).toEqual(
			FUNCTIONS.toSorted(),
		);
	});

	it("has no mutable globals to keep state in", () => {
		for (const { kind, name } of WebAssembly.Module.exports(engineModule()))
			expect(kind, name).not.toBe("global");
	});

	it("keeps its static data below the memory map", () => {
		const { memory } = new RawEngine().exports;
		const bytes = new Uint8Array(memory.buffer);
		expect(bytes.subarray(Address.STATIC_DATA_END).every((b) => b === 0)).toBe(
			true,
		);
		expect(new RawEngine().exports.abiVersion()).toBe(Abi.VERSION);
	});

	it("answers nothing before a platform is loaded, and does not trap", () => {
		const engine = new RawEngine();
		expect(engine.trap(0x8000_0000, 3)).toBe(-1);
		engine.exports.advance(0xffff_ffff, 0xffff_ffff);
		expect(engine.exports.busHas(0x3038_0000)).toBe(0);
		expect(engine.exports.read32(0x3038_0000)).toBe(0);
		engine.exports.write32(0x3038_0000, 1);
		expect(engine.exports.linear(0x0093_f000, 4)).toBe(0);
	});

	it("has no room for an image of 4 GiB", () => {
		expect(new RawEngine().exports.reserve(0xffff_ffff)).toBe(0);
	});
});

describe("memory", () => {
	it("does not grow while 100000 messages are served, and static data stay as they are", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		const { buffer, memoryEnd } = engine;
		const size = buffer.byteLength;
		const statics = new Uint8Array(buffer.slice(0, Address.STATIC_DATA_END));
		const messages = [
			[headerOf(CLOCK, 0x6), u32(189)],
			[headerOf(CLOCK, 0x5), [...u32(8, 128), ...u64(10_000_000n)]],
			[headerOf(CLOCK, 0x4), u32(42, 0)],
			[headerOf(CLOCK, 0x7), u32(193, 1, 0)],
			[headerOf(CLOCK, 0x7), u32(193, 0, 0)],
			[headerOf(CLOCK, 0xd), u32(128, 49)],
			[headerOf(POWER, 0x4), u32(0, 5, 0)],
			[headerOf(POWER, 0x4), u32(0, 5, 0x4000_0000)],
			[headerOf(0x10, 0x7), u32(1)],
			[headerOf(0x7f, 0x3), u32(1)],
		] as const;
		const registers = engine.registers(0);
		for (let i = 0; i < 100_000; i++) {
			const [header, payload] = messages[
				i % messages.length
			] as (typeof messages)[number];
			smt.write(header, payload);
			registers[0] = 0xc200_00fe;
			engine.rawTrap(0, 3);
		}
		// A memory that had grown would have detached this buffer.
		expect(buffer.byteLength).toBe(size);
		expect(engine.memoryEnd).toBe(memoryEnd);
		expect(memoryEnd).toBeLessThanOrEqual(size);
		expect(new Uint8Array(buffer, 0, Address.STATIC_DATA_END)).toEqual(statics);
	});

	it("is a snapshot: copied back, everything is as it was", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		const memory = new Uint8Array(engine.buffer, 0, engine.memoryEnd);
		const snapshot = memory.slice();
		const run = () => {
			smt.call(CLOCK, 0x5, [...u32(0, 18), ...u64(393_216_000n)]);
			smt.call(POWER, 0x4, u32(0, 1, 0));
			smt.call(CLOCK, 0x7, u32(194, 1, 0));
			return [smt.call(CLOCK, 0x6, u32(38)), engine.timeNs];
		};
		const once = run();
		memory.set(snapshot);
		expect(engine.timeNs).toBe(0);
		expect(run()).toEqual(once);
	});

	it("of one engine is not another's", () => {
		const [one, other] = [createEngine(), createEngine()];
		new Smt(one).call(CLOCK, 0x7, u32(194, 1, 0));
		one.advance(1000);
		expect(one.read32(0x3038_4510)).toBe(3);
		expect(other.read32(0x3038_4510)).toBe(0);
		expect(other.timeNs).toBe(0);
	});
});

describe("another module", () => {
	it("that is no module is refused", () => {
		for (const bytes of [
			[],
			[0x7f, 0x45, 0x4c, 0x46],
			[0x00, 0x61, 0x73, 0x6d],
		])
			expect(() => compileModule(new Uint8Array(bytes), "some.wasm")).toThrow(
				engineAbi(/^some\.wasm: not a WebAssembly module$/),
			);
	});

	it.each(FUNCTIONS)("without %s is refused", (missing) => {
		const names = FUNCTIONS.filter((name) => name !== missing);
		expect(
			() => new Engine(fakeModule(names, true, Abi.VERSION), IMX8MM),
		).toThrow(engineAbi(new RegExp(`export ${missing} is missing`)));
	});

	it("without a memory is refused", () => {
		expect(
			() => new Engine(fakeModule(FUNCTIONS, false, Abi.VERSION), IMX8MM),
		).toThrow(engineAbi(/export memory is missing/));
	});

	it("with imports is refused", () => {
		// (module (import "env" "f" (func)))
		const bytes = [
			0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 4, 1, 0x60, 0, 0, 2, 9, 1, 3, 0x65,
			0x6e, 0x76, 1, 0x66, 0, 0,
		];
		const module = compileModule(new Uint8Array(bytes), "imports");
		expect(() => new Engine(module, IMX8MM)).toThrow(engineAbi(/missing/));
	});

	it.each([0, Abi.VERSION + 1, 63])(
		"with ABI version %i is refused",
		(version) => {
			expect(
				() => new Engine(fakeModule(FUNCTIONS, true, version), IMX8MM),
			).toThrow(
				engineAbi(
					new RegExp(`version ${version}: this host expects ${Abi.VERSION}$`),
				),
			);
		},
	);
});
