// The system reset controller: which bits each line moves, and what they are when the firmware starts.
// Linux drivers/reset/reset-imx7.c for bits and polarity.

import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { RESET_FACTS } from "../support/imx8mm-resets.ts";
import { DENIED, RESET, Smt, u32 } from "../support/smt.ts";

const DEASSERT = 0;
const AUTONOMOUS = 1;
const ASSERT = 2;
const REGISTERS = [...new Set(RESET_FACTS.map(({ address }) => address))];

/** Lines that nobody has released when a kernel starts. */
const ASSERTED_AT_LOAD = [
	"sw-non-sclr-m4c-rst",
	"mipi-dsi-reset-byte-n",
	"mipi-dsi-reset-n",
	"mipi-dsi-dpi-reset-n",
	"mipi-dsi-esc-reset-n",
	"mipi-dsi-pclk-reset-n",
	"pciephy",
	"pciephy-perst",
	"pcie-ctrl-apps-en",
	"m4-enable",
];

function registers(engine: ReturnType<typeof createEngine>): number[] {
	return REGISTERS.map((address) => engine.read32(address));
}

it("at load the cores, the memory, GPU, VPU and USB run; PCIe, DSI and the M4 wait for somebody", () => {
	const engine = createEngine();
	const asserted = RESET_FACTS.filter(
		({ address, mask, asserted }) =>
			(engine.read32(address) & mask) === asserted,
	).map(({ name }) => name);
	expect(asserted).toEqual(ASSERTED_AT_LOAD);
});

describe.each(RESET_FACTS.filter(({ denied }) => !denied))(
	"$name",
	({ id, address, mask, asserted }) => {
		const released = mask & ~asserted;

		it.each([0, 0xffff_ffff])(
			"moves its own bits only, among others that are all in %i",
			(others) => {
				const engine = createEngine();
				const smt = new Smt(engine);
				for (const register of REGISTERS) engine.write32(register, others);
				const expected = (bits: number) =>
					REGISTERS.map((register) =>
						register === address ? ((others & ~mask) | bits) >>> 0 : others,
					);
				smt.expect(RESET, 0x4, u32(id, ASSERT, 0), []);
				expect(registers(engine)).toEqual(expected(asserted));
				smt.expect(RESET, 0x4, u32(id, DEASSERT, 0), []);
				expect(registers(engine)).toEqual(expected(released));
				smt.expect(RESET, 0x4, u32(id, AUTONOMOUS, 0), []);
				expect(registers(engine)).toEqual(expected(released));
			},
		);
	},
);

it("what the callers run on stays as it is", () => {
	const engine = createEngine();
	const smt = new Smt(engine);
	const before = registers(engine);
	const denied = RESET_FACTS.filter(
		({ id }) => smt.status(RESET, 0x4, u32(id, ASSERT, 0)) === DENIED,
	);
	expect(denied).toHaveLength(12);
	for (const { id } of denied)
		expect(smt.status(RESET, 0x4, u32(id, AUTONOMOUS, 0))).toBe(DENIED);
	const others = RESET_FACTS.filter((fact) => !denied.includes(fact));
	for (const { id, address, mask, asserted } of others) {
		const i = REGISTERS.indexOf(address);
		before[i] = (((before[i] as number) & ~mask) | asserted) >>> 0;
		expect((engine.read32(address) & mask) >>> 0).toBe(asserted);
		smt.expect(RESET, 0x4, u32(id, ASSERT, 0), []);
	}
	expect(registers(engine)).toEqual(before);
});

it("a line moves by whoever writes the register", () => {
	const engine = createEngine();
	const smt = new Smt(engine);
	engine.write32(0x3039_0040, 1);
	smt.expect(RESET, 0x4, u32(32, DEASSERT, 0), []);
	expect(engine.read32(0x3039_0040)).toBe(0);
});
