// The property can fail: engines with one thing wrong break an invariant, and few steps show it.
// Each is built from a copy of assembly/ in memory, with a line changed; permissions are also tampered with at run time.

import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	Clock,
	Domain,
	Performance,
	Rail,
	Reset,
} from "../../../assembly/image.ts";
import { Address, State } from "../../../assembly/layout.ts";
import { Engine } from "../../../host/engine.ts";
import { createEngine } from "../../../host/node.ts";
import { imx8mmWith } from "../../../host/platform/imx8mm/agents.ts";
import { type Step, stepsOf } from "../../support/contended-steps.ts";
import { Contention, type RunOptions } from "../../support/contention.ts";

const AGENTS = ["linux", "tee", "guest"];
const ROOT = fileURLToPath(new URL("../../..", import.meta.url));
const BUILD_MS = 120_000;

/** The steps that break an invariant, as few as there can be, and which one. */
function counterexample(
	engine: Engine,
	options?: RunOptions,
): { steps: Step[]; invariant: string; contention: Contention } {
	const contention = new Contention(engine);
	const steps = fc.array(fc.constantFrom(...stepsOf(AGENTS)), {
		minLength: 1000,
		maxLength: 2000,
	});
	const { counterexample } = fc.check(
		fc.property(steps, (tried) => contention.run(tried, options) < 0),
		{ seed: 1, numRuns: 20, endOnFailure: true },
	);
	if (counterexample === null) throw new Error("nothing breaks");
	const fewest = contention.fewest(counterexample[0], options);
	const [violation] = contention.watched.violations;
	return { steps: fewest, invariant: violation?.invariant ?? "", contention };
}

/** The engine with one piece of its source text replaced. */
async function mutated(file: string, old: string, by: string): Promise<Engine> {
	let replaced = 0;
	let binary: Uint8Array | undefined;
	const { error, stderr } = await asc.main(
		[
			...["assembly/index.ts", "--outFile", "mutated.wasm"],
			...["--runtime", "stub", "--noAssert", "--use", "abort="],
			...["--initialMemory", "1", "--optimizeLevel", "0"],
		],
		{
			readFile: (name) => {
				const path = `${ROOT}${name}`;
				if (!existsSync(path)) return null;
				const text = readFileSync(path, "utf8");
				if (name !== `assembly/${file}`) return text;
				replaced += text.split(old).length - 1;
				return text.replaceAll(old, by);
			},
			writeFile: (_, contents) => {
				if (typeof contents !== "string") binary = contents;
			},
			listFiles: () => [],
		},
	);
	if (error) throw new Error(`${error.message}\n${stderr.toString()}`);
	expect(replaced).toBeGreaterThan(0);
	const module = new WebAssembly.Module(new Uint8Array(binary as Uint8Array));
	return new Engine(module, imx8mmWith(AGENTS));
}

/** Clears who must not change what, in every row of a table. */
function allowAll(engine: Engine): void {
	const words = new Uint32Array(engine.buffer);
	for (const [table, size, field] of [
		[State.CLOCKS, Clock.SIZE, Clock.DENIED_TO],
		[State.DOMAINS, Domain.SIZE, Domain.DENIED_TO],
		[State.RESETS, Reset.SIZE, Reset.DENIED_TO],
		[State.RAILS, Rail.SIZE, Rail.DENIED_TO],
		[State.PERFORMANCE, Performance.SIZE, Performance.DENIED_TO],
	] as const) {
		const at = (Address.STATE + table) >> 2;
		const rows = words[at] as number;
		for (let i = 0; i < (words[at + 1] as number); i++)
			words[(rows + i * size + field) >> 2] = 0;
	}
}

describe("an engine that is wrong breaks an invariant", () => {
	it.each([
		[
			"the permission check for a clock's state left out",
			"scmi/clock.ts",
			"if (isDenied(agent, clock + Clock.DENIED_TO)) return Status.DENIED;\n\trequestClock",
			"requestClock",
			["permission"],
		],
		[
			"permissions never denied",
			"scmi/permissions.ts",
			"return agents !== 0 && (agents & (1 << agentId(agent))) !== 0;",
			"return false;",
			["permission"],
		],
		[
			"whoever asks is trusted",
			"scmi/base-permissions.ts",
			"return load<u32>(agent, Agent.TRUSTED) !== 0;",
			"return true;",
			["permission"],
		],
		[
			"clocks that others hold retuned",
			"hardware/clock-holds.ts",
			"if (dependsOn(other, clock)) return true;",
			"",
			["held-by-other"],
		],
		[
			"rails that others hold set",
			"scmi/voltage.ts",
			"return (holders(rail) & ~(1 << agent)) !== 0 && railLevel(rail) !== level;",
			"return false;",
			["held-by-other"],
		],
		[
			"devices reset that others use",
			"scmi/reset-holds.ts",
			"if (hasLine(device, id) && users(device) & ~mine) return true;",
			"",
			["held-by-other"],
		],
		[
			"a shared gate closed by the first who lets go",
			"hardware/clock-gates.ts",
			"if (gate === 0 || gateIsShared(clock)) return;",
			"if (gate === 0) return;",
			["clock-gated-in-use"],
		],
		[
			"parents not held",
			"hardware/clock-gates.ts",
			"holdClock(parentAt(clock, position));\n\t}\n\topenGate",
			"}\n\topenGate",
			["use-count"],
		],
		[
			"a clock stopped for all by one of its users",
			"hardware/clock-gates.ts",
			"store<u32>(clock, requests & ~bit, Clock.REQUESTS);",
			"store<u32>(clock, 0, Clock.REQUESTS);",
			["requests"],
		],
		[
			"critical clocks stopped",
			"scmi/clock.ts",
			"if (config === Config.DISABLE && isCritical(clock)) return Status.DENIED;",
			"if (isCritical(clock)) requestClock(clock, 0, false);",
			["critical-clock-off", "requests"],
		],
		[
			"a domain switched off with its children on",
			"hardware/power-domains.ts",
			"load<u32>(domain, Domain.USE_COUNT) !== 0 ||\n\t\t!domainIsOn",
			"!domainIsOn",
			["domain-off-in-use", "clock-gated-in-use"],
		],
		[
			"a domain left on",
			"hardware/power-domains.ts",
			"const off = switchOff(domain);",
			"const off = true;",
			["domain-left-on", "clock-left-on", "use-count"],
		],
		[
			"another reset line moved, too",
			"hardware/resets.ts",
			"const others = load<u32>(register) & ~bits;",
			"const others = load<u32>(register) ^ 0x80000000;",
			["register-changed"],
		],
		[
			"requests of a dead agent kept",
			"scmi/agent-reset.ts",
			"dropClocks(id);",
			"",
			["requests"],
		],
	])(
		"%s",
		async (_, file, old, by, invariants) => {
			const engine = await mutated(file, old, by);
			const { steps, invariant, contention } = counterexample(engine);
			expect(invariants).toContain(invariant);
			expect(steps.length).toBeLessThanOrEqual(6);
			const [, ...json] = contention.report(steps).split("\n");
			expect(JSON.parse(json.join("\n"))).toMatchObject({ agents: AGENTS });
		},
		BUILD_MS,
	);

	it("permissions taken out of the engine's memory", () => {
		const engine = createEngine(imx8mmWith(AGENTS));
		const { steps, invariant } = counterexample(engine, { tamper: allowAll });
		expect(invariant).toBe("permission");
		// The TEE denies somebody a device, and that one uses it.
		expect(steps).toHaveLength(2);
		expect(steps[0]?.scenario).toMatchObject({ agent: "tee", flags: 0 });
	});
});
