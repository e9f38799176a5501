// The properties of clock-cache.test.ts can fail: engines that forget too little or too much, or lose a list, break them.
// All that can go wrong is compiled into one engine, from a copy of assembly/ in memory; a word says what does.

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { Engine } from "../../host/engine.ts";
import { CacheDriver, run, steps } from "../support/clock-cache.ts";
import { platformOf, recipe } from "../support/clock-platforms.ts";
import { mutatedEngine } from "../support/mutated-engine.ts";

/** Memory that nobody uses, below the engine's state: what goes wrong, 0 for nothing. */
const WRONG = 0x1ff0;

const CACHE = "hardware/clock-cache.ts";
const CHAINS = "hardware/clock-registers.ts";
const PLL = "hardware/pll.ts";
const REGISTERS = "hardware/registers.ts";
const PERMISSIONS = "scmi/permissions.ts";

// Those that stand in the engine, and others that read the same.
const BOTH = "forget(clock, ClockState.RATES | ClockState.STATES);";
const RATES = "forget(clock, ClockState.RATES);";
const STATES = "forget(clock, ClockState.STATES);";
const ONLY_RATES = "forget(clock, <u32>ClockState.RATES);";
const ALL = "forget(clock, <u32>ClockState.RATES | ClockState.STATES);";

/** A statement of the engine, and what is done instead. */
const MUTANTS: readonly (readonly [
	what: string,
	file: string,
	right: string,
	wrong: string,
])[] = [
	["a mux forgets nothing", CHAINS, BOTH, ""],
	["a mux forgets rates only", CHAINS, BOTH, ONLY_RATES],
	["a mux turns without leaving its list", CHAINS, "leave(clock);", ""],
	["a divider forgets nothing", CHAINS, RATES, ""],
	["a divider forgets states, too", CHAINS, RATES, ALL],
	["a gate forgets nothing", CHAINS, STATES, ""],
	["a gate forgets rates, too", CHAINS, STATES, ALL],
	[
		"any bit of the register is one of the field",
		CHAINS,
		"return mask(load<u8>(clock, Clock.SHIFT), load<u8>(clock, Clock.WIDTH));",
		"return u32.MAX_VALUE;",
	],
	[
		"a clock with a field is not found by its gate elsewhere",
		CHAINS,
		"if (isChainedByField(slot, clock)) return;",
		"if (hasField(clock)) return;",
	],
	[
		"DIV_CTL1 is none of a PLL's registers",
		PLL,
		"if (offset > <u32>Offset.DIV_CTL1) continue;",
		"if (offset > <u32>Offset.DIV_CTL0) continue;",
	],
	[
		"a PLL runs whatever its reset says",
		PLL,
		"if (offset === 0 && changed & Gnrl.RESET_N) lost |= ClockState.STATES;",
		"",
	],
	[
		"a bypass changes nothing",
		PLL,
		"if (offset !== 0 || changed & Gnrl.BYPASS) lost |= ClockState.RATES;",
		"if (offset !== 0) lost |= ClockState.RATES;",
	],
	[
		"only writes to PLLs themselves are noticed",
		REGISTERS,
		"forgetPlls(register, changed);",
		"",
	],
	["forgetting does not go down", CACHE, "forget(row, lost);", ""],
	[
		"forgetting goes down one side only",
		CACHE,
		"child = load<u16>(row, Clock.NEXT_CHILD);",
		"child = 0;",
	],
	[
		"nobody tells the parent that something is known below",
		CACHE,
		"if (!knows(parent, ClockState.BELOW)) learn(parent, ClockState.BELOW);",
		"",
	],
	[
		"a clock is entered again and again",
		CACHE,
		"if (!knows(clock, ClockState.ENTERED)) enterIn(parent, clock);",
		"if (parent !== 0) enterIn(parent, clock);",
	],
	[
		"who leaves takes those behind along",
		CACHE,
		"store<u16>(at, load<u16>(clock, Clock.NEXT_CHILD));",
		"store<u16>(at, 0);",
	],
	["permissions change unnoticed", PERMISSIONS, "forgetClocks();", ""],
	[
		"permissions forget rates",
		PERMISSIONS,
		"forget(clockRow(id), ClockState.STATES);",
		"forget(clockRow(id), ClockState.STATES | ClockState.RATES);",
	],
	[
		"a trap tells a denied agent what others are told",
		"trap.ts",
		"if (attributes & AttributesFor.MORE) return callInFull(functionId, caller);",
		"if (!(<u32>words & ClockState.KNOWN)) return callInFull(functionId, caller);",
	],
	[
		"a batch does",
		"batch.ts",
		"if (attributes & AttributesFor.MORE) break;",
		"if (!(<u32>words & ClockState.KNOWN)) break;",
	],
	[
		"a batch tells rates that are not known",
		"batch.ts",
		"if (!(<u32>clockWords(id) & ClockState.RATE)) break;",
		"",
	],
];

describe("an engine in which", () => {
	let module: WebAssembly.Module;
	beforeAll(async () => {
		const mutations = new Map<
			string,
			{ file: string; from: string; to: string }
		>();
		for (const [i, [, file, right, wrong]] of MUTANTS.entries()) {
			const known = mutations.get(right) ?? { file, from: right, to: right };
			const to = `if (load<u32>(${WRONG}) === ${i + 1}) { ${wrong} } else { ${known.to} }`;
			mutations.set(right, { ...known, to });
		}
		module = await mutatedEngine(...mutations.values());
	}, 120_000);

	/** Whether sequences on random platforms show that something is wrong. */
	function fails(wrong: number, numRuns = 300): boolean {
		const property = fc.property(recipe, steps(40), (clocks, list) => {
			const engine = new Engine(module, platformOf(clocks), { batch: 300 });
			new DataView(engine.buffer).setUint32(WRONG, wrong, true);
			run(new CacheDriver(engine), list);
		});
		const options = { seed: 1, numRuns, endOnFailure: true };
		return fc.check(property, options).failed;
	}

	it("nothing is wrong", () => expect(fails(0, 40)).toBe(false), 60_000);

	it.each(MUTANTS.map(([what], i) => [what, i + 1] as const))(
		"%s",
		(_, wrong) => expect(fails(wrong)).toBe(true),
		60_000,
	);
});
