// Platforms to prove things of clocks on: the i.MX8MM with two agents, and random small trees whose clocks share registers.
// The platform's tables: host/platform/platform.ts.

import fc from "fast-check";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Clock, Field, Platform } from "../../host/platform/platform.ts";
import { TWO_AGENTS } from "./inbox.ts";

/** Agents linux, and tee that may change permissions. Devices share clocks. */
export const IMX8MM_CLOCKS: Platform = {
	...TWO_AGENTS,
	agentRights: { tee: { trusted: true }, linux: { denied: ["codec"] } },
	devices: [
		{ id: 0, name: "uart", clocks: ["uart2", "uart2_root_clk", "audio_ahb"] },
		{ id: 1, name: "gpu", clocks: ["gpu3d_core", "gpu_pll"] },
		{ id: 2, name: "codec", clocks: ["audio_ahb", "sai1_ipg_clk"] },
	],
};

const ALIASED = 0x3038_0000;
const PLAIN = 0x3039_0000;
const PLLS = 0x3036_0000;

/** Few registers, in every kind of block, among them the words of the PLLs. */
const REGISTERS = [
	...[ALIASED, ALIASED + 0x10, ALIASED + 0x20],
	...[PLAIN, PLAIN + 4],
	...[PLLS, PLLS + 4, PLLS + 8, PLLS + 0x14, PLLS + 0x18],
];
/** The second shares a word with the first. */
const PLL_ADDRESSES = [PLLS, PLLS + 8, PLLS + 0x14];

const field = (width: number): fc.Arbitrary<Field> =>
	fc.record({
		address: fc.constantFrom(...REGISTERS),
		shift: fc.oneof(fc.nat(6), fc.nat(32 - width)),
		width: fc.constant(width),
	});
const anyField = fc.integer({ min: 1, max: 2 }).chain(field);

/** A clock whose parents are told by numbers, of which those above it are made. */
interface Plan {
	kind: Exclude<Clock["kind"], "alias" | "cpu">;
	parents: number[];
	field: Field;
	gate: Field | undefined;
	/** Any two sides of a clock of this kind. */
	flags: [boolean, boolean];
	factor: [number, number];
	longName: boolean;
}

const plan: fc.Arbitrary<Plan> = fc.record({
	kind: fc.constantFrom(
		...(["gate", "mux", "divider", "composite", "pll"] as const),
		...(["fixed-factor", "fixed"] as const),
	),
	parents: fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
	field: anyField,
	gate: fc.option(anyField, { nil: undefined }),
	flags: fc.tuple(fc.boolean(), fc.boolean()),
	factor: fc.tuple(
		fc.integer({ min: 1, max: 9 }),
		fc.integer({ min: 1, max: 9 }),
	),
	longName: fc.boolean(),
});

const nameOf = (i: number, plans: readonly Plan[]) =>
	plans[i]?.longName ? `a-clock-with-a-long-name-${i}` : `clock${i}`;

function made(i: number, plans: readonly Plan[], id: number): Clock {
	const { kind, parents, field, gate, flags, factor } = plans[i] as Plan;
	const names = parents.map((n) => nameOf(n % i, plans));
	const [parent] = names as [string];
	const base = {
		...{ id, name: nameOf(i, plans), critical: factor[0] === 1 },
		...(gate === undefined || kind === "pll" ? {} : { gate }),
	};
	switch (i === 0 ? "fixed" : kind) {
		case "mux": {
			const count = 2 ** field.width;
			const inputs = names.slice(0, count);
			return {
				...base,
				...{ kind: "mux", parents: inputs, field, forwardsRate: flags[0] },
			};
		}
		case "divider":
			return { ...base, kind: "divider", parent, field };
		case "composite": {
			const { address, width } = field;
			const [prediv] = flags;
			return {
				...base,
				...{ kind: "composite", parents: names, address, prediv },
				postdivWidth: width,
			};
		}
		case "pll":
			return {
				...base,
				kind: "pll",
				parent,
				address: PLL_ADDRESSES[factor[0] % PLL_ADDRESSES.length] as number,
				fractional: flags[0],
				rates: [{ rate: 800_000_000, mdiv: 200, pdiv: 3, sdiv: 1 }],
				lockCycles: 270,
				fixedRate: flags[1],
			};
		case "fixed-factor": {
			const [mult, div] = factor;
			return {
				...base,
				...{ kind: "fixed-factor", parent, div, mult: flags[0] ? mult : 1 },
			};
		}
		case "fixed":
			return { ...base, kind: "fixed", rate: 1_000_000 * (i + 1) + 7 };
		default:
			return { ...base, kind: "gate", parent };
	}
}

/** Such a platform, told in few words: clocks, their IDs, and what the registers hold at load. */
export interface Recipe {
	plans: Plan[];
	ids: number[];
	words: number[];
}

export function platformOf({ plans, ids, words }: Recipe): Platform {
	const clocks = plans.map((_, i) => made(i, plans, ids[i] as number));
	const names = clocks.map(({ name }) => name);
	const [last] = names.slice(-1) as [string];
	const [bottom] = clocks.slice(-1) as [Clock];
	const half = names.slice(0, names.length / 2);
	return {
		...IMX8MM_CLOCKS,
		blocks: [
			...IMX8MM.blocks.filter(({ kind }) => kind === "ram"),
			{
				name: "aliased",
				address: ALIASED,
				size: 0x40,
				kind: "set-clear-toggle",
			},
			{ name: "plain", address: PLAIN, size: 0x10, kind: "registers" },
			{ name: "plls", address: PLLS, size: 0x40, kind: "pll" },
		],
		// Other IDs than the first ones are holes; one is another name of the last clock.
		clocks: [
			...clocks,
			{ id: 100, name: "alias", kind: "alias", of: bottom.id },
		],
		registers: REGISTERS.map((address, i) => [address, words[i] as number]),
		devices: [
			{ id: 0, name: "codec", clocks: [last] },
			{ id: 1, name: "uart", clocks: half },
		],
		powerController: null,
		powerDomains: [],
		resets: [],
		rails: [],
		performanceDomains: [],
		sensors: [],
		thermal: null,
		system: null,
		protocols: { base: 0x20001, powerDomain: 0x30001, clock: 0x30000 },
	};
}

export const recipe: fc.Arbitrary<Recipe> = fc.record({
	plans: fc.array(plan, { minLength: 2, maxLength: 14, size: "max" }),
	ids: fc.shuffledSubarray(
		Array.from({ length: 20 }, (_, id) => id),
		{ minLength: 14 },
	),
	words: fc.array(fc.nat(0xffff_ffff), {
		minLength: REGISTERS.length,
		maxLength: REGISTERS.length,
	}),
});
