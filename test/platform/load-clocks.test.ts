// What the engine refuses an image for: clocks, their registers, gates and parents.
// This project's own image format, assembly/image.ts.

import { describe, expect, it } from "vitest";
import { Clock, Image, LoadError } from "../../assembly/image.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	clock,
	count,
	engine,
	refuses,
	row,
	word,
} from "../support/image-cases.ts";

const SRAM = 0x0093_f000;
const GPC = 0x303a_0000;

describe("clocks", () => {
	const uart2 = clock("uart2");
	const uart2Root = clock("uart2_root_clk");
	const mux = clock("clkout1_sel");
	const divider = clock("clkout1_div");
	const factor = clock("sys_pll1_133m");
	const pll = clock("gpu_pll");
	const cpu = clock("arm");
	const alias = row(Image.CLOCKS, Clock.SIZE, 66);
	const parents = row(Image.PARENTS, 2);
	const parentOf = (at: number) => parents + 2 * word(at + Clock.PARENTS);
	refuses([
		["an unknown kind", uart2, 10, 1, LoadError.RANGE],
		["kind 255", uart2, 255, 1, LoadError.RANGE],
		[
			"a name outside",
			uart2 + Clock.NAME,
			count(Image.STRINGS),
			4,
			LoadError.REFERENCE,
		],
		[
			"parents outside",
			uart2 + Clock.PARENTS,
			count(Image.PARENTS),
			4,
			LoadError.REFERENCE,
		],
		[
			"parents that wrap around",
			uart2 + Clock.PARENTS,
			0xffff_ffff,
			4,
			LoadError.REFERENCE,
		],
		[
			"a parent that is a hole",
			parentOf(uart2Root),
			15,
			2,
			LoadError.REFERENCE,
		],
		[
			"a parent that is an alias",
			parentOf(uart2Root),
			66,
			2,
			LoadError.REFERENCE,
		],
		[
			"a parent beyond the table",
			parentOf(uart2Root),
			258,
			2,
			LoadError.REFERENCE,
		],
		[
			"a slice with too few parents",
			uart2 + Clock.PARENT_COUNT,
			7,
			1,
			LoadError.RANGE,
		],
		[
			"a mux with too few parents",
			mux + Clock.PARENT_COUNT,
			15,
			1,
			LoadError.RANGE,
		],
		[
			"a gate with two parents",
			uart2Root + Clock.PARENT_COUNT,
			2,
			1,
			LoadError.RANGE,
		],
		[
			"a fixed clock with a parent",
			clock("osc_24m") + Clock.PARENT_COUNT,
			1,
			1,
			LoadError.RANGE,
		],
		["a mux without a field", mux + Clock.WIDTH, 0, 1, LoadError.RANGE],
		["a mux of 8 bits", mux + Clock.WIDTH, 8, 1, LoadError.RANGE],
		["a divider without a field", divider + Clock.WIDTH, 0, 1, LoadError.RANGE],
		["a divider of 9 bits", divider + Clock.WIDTH, 9, 1, LoadError.RANGE],
		["a field beyond bit 31", divider + Clock.SHIFT, 29, 1, LoadError.RANGE],
		["a postdivider of 7 bits", uart2 + Clock.WIDTH, 7, 1, LoadError.RANGE],
		["a factor's divider of 0", factor + Clock.DIV, 0, 4, LoadError.RANGE],
		["a factor's multiplier of 0", factor + Clock.MULT, 0, 4, LoadError.RANGE],
		["a huge factor", factor + Clock.MULT, 0x1_0000, 4, LoadError.RANGE],
		[
			"a register outside",
			uart2 + Clock.REGISTER,
			0x3035_0000,
			4,
			LoadError.ADDRESS,
		],
		[
			"a misaligned register",
			uart2 + Clock.REGISTER,
			0x3038_8002,
			4,
			LoadError.ADDRESS,
		],
		[
			"a mux in plain memory, where nobody notices writes",
			mux + Clock.REGISTER,
			SRAM,
			4,
			LoadError.ADDRESS,
		],
		[
			"a gate among the power controller's registers",
			uart2Root + Clock.GATE_REGISTER,
			GPC,
			4,
			LoadError.ADDRESS,
		],
		[
			"a gate's register outside",
			uart2Root + Clock.GATE_REGISTER,
			4,
			4,
			LoadError.ADDRESS,
		],
		[
			"a gate without bits",
			uart2Root + Clock.GATE_WIDTH,
			0,
			1,
			LoadError.RANGE,
		],
		["a gate of 9 bits", uart2Root + Clock.GATE_WIDTH, 9, 1, LoadError.RANGE],
		[
			"a gate beyond bit 31",
			uart2Root + Clock.GATE_SHIFT,
			31,
			1,
			LoadError.RANGE,
		],
		["an alias of a hole", alias + Clock.TARGET, 15, 2, LoadError.REFERENCE],
		["an alias of an alias", alias + Clock.TARGET, 67, 2, LoadError.REFERENCE],
		[
			"an alias of nothing",
			alias + Clock.TARGET,
			0xffff,
			2,
			LoadError.REFERENCE,
		],
		[
			"a PLL without a row",
			pll + Clock.TARGET,
			count(Image.PLLS),
			2,
			LoadError.REFERENCE,
		],
		[
			"a PLL's row of another clock",
			pll + Clock.TARGET,
			0,
			2,
			LoadError.REFERENCE,
		],
		["a CPU parked on a hole", cpu + Clock.PARK, 15, 2, LoadError.REFERENCE],
		["a CPU parked elsewhere", cpu + Clock.PARK, 2, 2, LoadError.REFERENCE],
		[
			"a CPU's PLL that is no input",
			cpu + Clock.TARGET,
			22,
			2,
			LoadError.REFERENCE,
			cpu + Clock.PARK,
		],
		[
			"a parking input that there is not",
			cpu + Clock.PARK_PARENT,
			8,
			1,
			LoadError.RANGE,
		],
	]);

	it.each([
		["a clock that is its own parent", "uart2_root_clk", "uart2_root_clk"],
		["clocks in a ring", "ipg_root", "uart2_root_clk"],
	])("%s is a cycle", (_, name, parent) => {
		const clocks = IMX8MM.clocks.map((row) =>
			row.name === name && "parent" in row ? { ...row, parent } : row,
		);
		const ring = clocks.map((row) =>
			row.name === "uart2_root_clk" &&
			row.kind === "gate" &&
			name === "ipg_root"
				? { ...row, parent: "ipg_root" }
				: row,
		);
		const { error } = engine.load(compileImage({ ...IMX8MM, clocks: ring }));
		expect(error).toBe(LoadError.CYCLE);
	});

	it.each([
		[60, LoadError.NONE],
		[100, LoadError.CYCLE],
	])("a chain of %i clocks", (length, error) => {
		const chain = Array.from({ length }, (_, i) => ({
			id: 258 + i,
			name: `link-${i}`,
			kind: "fixed-factor" as const,
			parent: i === 0 ? "osc_24m" : `link-${i - 1}`,
			mult: 1,
			div: 1,
		}));
		const platform = { ...IMX8MM, clocks: [...IMX8MM.clocks, ...chain] };
		expect(engine.load(compileImage(platform)).error).toBe(error);
	});
});
