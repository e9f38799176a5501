// Whatever several agents do to each other, in whatever order, no invariant breaks: more than a million messages of it.
// SCMI 3.2 (Arm DEN0056E), chapter 4. INVARIANTS_SEED repeats other runs than the usual ones.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../../host/node.ts";
import { imx8mmWith } from "../../../host/platform/imx8mm/agents.ts";
import { type Step, stepsOf } from "../../support/contended-steps.ts";
import { Contention } from "../../support/contention.ts";

const SEED = Number(process.env.INVARIANTS_SEED ?? 20_241_003);
const MESSAGES = 1_000_000;
const LONGEST = 4_000;

describe("random interleavings keep every invariant", () => {
	it.each([
		{ agents: ["linux", "tee"], messages: 300_000 },
		{ agents: ["linux", "tee", "guest"], messages: MESSAGES - 300_000 },
	])(
		"$agents, $messages messages",
		({ agents, messages }) => {
			const contention = new Contention(createEngine(imx8mmWith(agents)));
			const steps = fc.array(fc.constantFrom(...stepsOf(agents)), {
				minLength: LONGEST / 2,
				maxLength: LONGEST,
			});
			for (let seed = SEED; contention.messages < messages; seed++) {
				const { counterexample } = fc.check(
					fc.property(steps, (tried) => contention.run(tried) < 0),
					{ seed, numRuns: 50, endOnFailure: true },
				);
				if (counterexample === null) continue;
				const fewest = contention.fewest(counterexample[0] as Step[]);
				expect.fail(`seed ${seed}: ${contention.report(fewest)}`);
			}
			expect(contention.messages).toBeGreaterThanOrEqual(messages);
			expect(contention.watched.checker.messages).toBe(contention.messages);
			expect(contention.watched.checker.checkAll()).toEqual([]);
		},
		300_000,
	);
});
