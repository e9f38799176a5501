// The published JSON Schema beside the checker: what the checker takes, the schema takes; what is wrong by its shape, both refuse.
// JSON Schema draft-07, by ajv. `npx vitest run test/simulation/scenario/schema -u` writes the schema anew.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CosimError } from "../../../host/errors.ts";
import { checkScenario } from "../../../host/simulation/scenario/check.ts";
import { COMMANDS } from "../../../host/simulation/scenario/names.ts";
import { scenarioSchema } from "../../../host/simulation/scenario/schema.ts";
import { STEP_KINDS } from "../../../host/simulation/scenario/shape.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const examples = readdirSync(`${root}examples/scenarios`).map((file) =>
	JSON.parse(readFileSync(`${root}examples/scenarios/${file}`, "utf8")),
);
const validate = new Ajv({ allowUnionTypes: true }).compile(
	JSON.parse(readFileSync(`${root}schema/scenario.schema.json`, "utf8")),
);

function checkerTakes(value: unknown): boolean {
	try {
		checkScenario(value);
		return true;
	} catch (error) {
		expect(error).toBeInstanceOf(CosimError);
		return false;
	}
}

it("the published file is made from the tables", async () => {
	const text = `${JSON.stringify(scenarioSchema(), null, "\t")}\n`;
	await expect(text).toMatchFileSnapshot(`${root}schema/scenario.schema.json`);
});

it("takes the examples", () => {
	for (const example of examples) expect(validate(example)).toBe(true);
});

it("no field of a command is called like a key of its step", () => {
	const [message] = STEP_KINDS;
	const keys = message?.keys.map(({ name }) => name) ?? [];
	const fields = COMMANDS.flatMap(({ message }) => message.request);
	expect(keys).toContain("status");
	expect(fields.filter(({ name }) => keys.includes(name))).toEqual([]);
});

const RATE_GET = { agent: "linux", message: "CLOCK_RATE_GET", clock_id: 1 };

describe("wrong by its shape, refused by both", () => {
	it.each<[unknown]>([
		[{}],
		[[]],
		[{ agents: ["linux"] }],
		[{ agents: [], steps: [{ advance: 1 }] }],
		[{ agents: ["a b"], steps: [{ advance: 1 }] }],
		[{ agents: ["linux", "linux"], steps: [{ advance: 1 }] }],
		[{ agents: ["linux"], steps: [] }],
		[{ agents: ["linux"], stops: [], steps: [{ advance: 1 }] }],
		[{ agents: ["linux"], scmi: "scmi-9", steps: [{ advance: 1 }] }],
		[{ agents: ["linux"], permissions: { linux: 1 }, steps: [{ advance: 1 }] }],
		[
			{
				agents: ["linux"],
				permissions: { linux: { denied: ["no"] } },
				steps: [{ advance: 1 }],
			},
		],
	])("%j", (scenario) => {
		expect(checkerTakes(scenario)).toBe(false);
		expect(validate(scenario)).toBe(false);
	});

	it.each<[unknown]>([
		[1],
		[{}],
		[{ agent: "linux" }],
		[{ advance: 1, reset: "linux" }],
		[{ advance: -1 }],
		[{ advance: 600_000_000_001 }],
		[{ advance: "soon" }],
		[{ advance: 1, by: 1 }],
		[{ reset: 1 }],
		[{ write: "0x30388000" }],
		[{ read: "0x30388000", value: 2 ** 32 }],
		[{ ...RATE_GET, message: "NO" }],
		[{ ...RATE_GET, rate: 1 }],
		[{ ...RATE_GET, clock_id: undefined }],
		[{ ...RATE_GET, clock_id: 1.5 }],
		[{ ...RATE_GET, clock_id: -1 }],
		[{ ...RATE_GET, status: "NO" }],
		[{ ...RATE_GET, status: 0 }],
		[{ ...RATE_GET, reply: [] }],
		[{ ...RATE_GET, reply: { no: 1 } }],
		[{ ...RATE_GET, reply: { rate: true } }],
		[{ agent: "linux", message: "PROTOCOL_VERSION" }],
		[{ agent: "linux", notification: "CLOCK_RATE_SET" }],
		[{ agent: "linux", notification: "CLOCK_RATE_CHANGED", no: 1 }],
		[{ agent: "linux", notification: "none", rate: 1 }],
		[{ agent: "linux", response: "CLOCK_RATE_CHANGED" }],
		[{ agent: "linux", response: "CLOCK_RATE_SET_COMPLETE", status: "none" }],
		[{ expect: {} }],
		[{ expect: { clock: "uart4", no: 1 } }],
		[{ expect: { domain: "gpu", rate: 1 } }],
		[{ expect: { clock: "uart4", requests: "linux" } }],
		[{ expect: { clock: "uart4", rate: "fast" } }],
		[{ advance: 1, comment: 1 }],
	])("step %j", (step) => {
		// As a file has it: without what is undefined.
		const scenario = JSON.parse(
			JSON.stringify({ agents: ["linux"], steps: [step] }),
		);
		expect(checkerTakes(scenario)).toBe(false);
		expect(validate(scenario)).toBe(false);
	});
});

/** Somewhere in a value something else. */
function changed(
	value: unknown,
	path: readonly number[],
	other: unknown,
	key: string,
): unknown {
	const [first, ...rest] = path;
	if (first === undefined || typeof value !== "object" || value === null)
		return other;
	const names = Object.keys(value);
	const name = names[first % (names.length + 1)] ?? key;
	const part = (value as Record<string, unknown>)[name];
	const made = changed(part, rest, other, key);
	return Array.isArray(value)
		? value.map((each, i) => (String(i) === name ? made : each))
		: { ...value, [name]: made };
}

it("whatever the checker takes, the schema takes", () => {
	let taken = 0;
	fc.assert(
		fc.property(
			fc.constantFrom(...examples),
			fc.array(fc.nat(12), { maxLength: 4 }),
			fc.oneof(
				fc.constantFrom(
					"uart4",
					"gpu",
					"linux",
					"tee",
					"any",
					"none",
					"DENIED",
				),
				fc.constantFrom(0, 1, "0x10", true, "enable", [], {}, "CLOCK_RATE_GET"),
				fc.jsonValue(),
			),
			fc.constantFrom("rate", "comment", "status", "flags", "reply", "x"),
			(example, path, other, key) => {
				const value = changed(example, path, other, key);
				if (!checkerTakes(value)) return;
				taken++;
				expect(validate(value), JSON.stringify(value)).toBe(true);
			},
		),
		{ numRuns: 600 },
	);
	expect(taken).toBeGreaterThan(20);
});
