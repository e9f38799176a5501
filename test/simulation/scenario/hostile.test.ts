// Hostile scenarios: whatever the text or the object is, it is run or refused with a CosimError, and never anything else.
// RFC 8259 (JSON) decides what is JSON: JSON.parse is the oracle.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { expect, it } from "vitest";
import { CosimError } from "../../../host/errors.ts";
import { parseScenario, runScenario } from "../../../host/node.ts";
import { COMMANDS } from "../../../host/simulation/scenario/names.ts";
import type { Scenario } from "../../../host/simulation/scenario/scenario.ts";
import { readJson } from "../../../host/simulation/scenario/text.ts";

const folder = fileURLToPath(
	new URL("../../../examples/scenarios/", import.meta.url),
);
const texts = readdirSync(folder).map((file) =>
	readFileSync(folder + file, "utf8"),
);

/** What a call returns; undefined when it was refused in words of one line. */
function unlessRefused<T>(call: () => T): T | undefined {
	try {
		return call();
	} catch (error) {
		expect(error).toBeInstanceOf(CosimError);
		expect((error as Error).message).toMatch(/^[^\n]{1,2000}$/);
		return undefined;
	}
}

/** The value of a text, undefined when it is no JSON. */
function parsed(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}

it("any JSON is read as JSON.parse reads it", () => {
	fc.assert(
		fc.property(
			fc.jsonValue({ maxDepth: 8 }),
			fc.constantFrom(0, 1),
			(value, indent) => {
				const text = JSON.stringify(value, null, indent);
				const found = unlessRefused(() => readJson(text, "a.json"));
				// Numbers that lose digits are refused; everything else is the same value.
				if (found === undefined) expect(text).toMatch(/\d{16}|e\+/);
				else expect(found.value).toEqual(JSON.parse(text));
			},
		),
		{ numRuns: 500 },
	);
});

it("a text with a few characters changed is JSON for both or for neither", () => {
	fc.assert(
		fc.property(
			fc.constantFrom(...texts),
			fc.array(
				fc.tuple(
					fc.nat(),
					fc.constantFrom(
						..."{}[]\",:\\ \n\u0000\ufeff/*-1.eEtfnu\u00a0\u2028'",
					),
				),
				{ minLength: 1, maxLength: 3 },
			),
			(text, changes) => {
				let changed = text;
				for (const [at, character] of changes) {
					const i = at % changed.length;
					changed = changed.slice(0, i) + character + changed.slice(i + 1);
				}
				const found = unlessRefused(() => readJson(changed, "a.json"));
				if (parsed(changed) === undefined) expect(found).toBeUndefined();
				unlessRefused(() => parseScenario(changed, "a.json"));
			},
		),
		{ numRuns: 500 },
	);
});

it("any value is run or refused", () => {
	fc.assert(
		fc.property(
			fc.anything({ withBigInt: true, withNullPrototype: true }),
			(value) => {
				unlessRefused(() => runScenario(value as Scenario));
				const steps = [value];
				unlessRefused(() =>
					runScenario({ agents: ["linux"], steps } as Scenario),
				);
			},
		),
		{ numRuns: 200 },
	);
});

it("any command with any numbers runs, whatever it is answered", () => {
	let replies = 0;
	const known = fc.constantFrom(...COMMANDS);
	const value = fc.oneof(
		fc.integer({ min: 0, max: 0xffff_ffff }),
		fc.nat(300),
		fc.constantFrom(0, 1, 2),
	);
	const step = fc
		.tuple(
			known,
			fc.constantFrom("tee", "linux", "guest"),
			fc.array(value, { minLength: 8, maxLength: 8 }),
		)
		.map(([{ protocol, message }, agent, values]) => ({
			agent,
			message: message.name,
			protocol: protocol.name,
			status: "any",
			...Object.fromEntries(
				message.request
					.filter(({ until }) => until === undefined)
					.map(({ name, kind }, i) => {
						const word = values[i] as number;
						return [name, kind.startsWith("i") ? word | 0 : word];
					}),
			),
		}));
	const time = fc.record({ advance: fc.nat(10_000_000) });
	const dead = fc.record({ reset: fc.constantFrom("tee", "linux", "guest") });
	fc.assert(
		fc.property(
			fc.array(fc.oneof({ weight: 8, arbitrary: step }, time, dead), {
				minLength: 1,
				maxLength: 20,
			}),
			(steps) => {
				const agents = ["tee", "linux", "guest"];
				const { failures, steps: reports } = runScenario({
					agents,
					steps,
				} as Scenario);
				expect(
					failures.filter(
						({ found }) =>
							!/^no reply, the system (is off|was reset)$/.test(found),
					),
				).toEqual([]);
				replies += reports.filter(({ reply }) => reply !== undefined).length;
			},
		),
		{ numRuns: 30 },
	);
	expect(replies).toBeGreaterThan(100);
});
