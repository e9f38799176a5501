// Bad scenarios: every one is refused with file, line, column and JSON pointer, and the nearest known name where there is one.
// RFC 8259 (JSON), RFC 6901 (JSON pointer); names: SCMI 3.2 (Arm DEN0056E), chapter 4, and fsl,imx8mm-ccm.

import { describe, expect, it } from "vitest";
import { runScenario } from "../../../host/node.ts";
import type { Scenario } from "../../../host/simulation/scenario/scenario.ts";
import { RATE_GET, refusal, withStep } from "./support.ts";

describe("text that is no JSON", () => {
	it.each([
		["", "a.json:1:1: not JSON: expected a value"],
		["[1", "a.json:1:3: not JSON: expected ] or a comma"],
		['{"agents": []', "a.json:1:14: not JSON: expected } or a comma"],
		['{\n\t"agents" []}', "a.json:2:11: not JSON: expected a colon"],
		['{"a": 1 "b": 2}', "a.json:1:9: not JSON: expected a comma"],
		['{"a": 1,}', "a.json:1:9: not JSON: expected a key in double quotes"],
		["[1,]", "a.json:1:4: not JSON: expected a value"],
		["{'a': 1}", "a.json:1:2: not JSON: no value begins like this"],
		["{} {}", "a.json:1:4: not JSON: expected nothing more"],
		["{ // why\n}", "a.json:1:3: not JSON: there are no comments in JSON"],
		['{"a": "b\n"}', "a.json:1:7: not JSON: the text does not end on its line"],
		['{"a": "\\x"}', "a.json:1:7: not JSON: an unknown escape sequence"],
		['{"a": "\\u12"}', "a.json:1:7: not JSON: \\u needs four"],
		['{"a": "\u0001"}', "a.json:1:7: not JSON: a control character in a text"],
		['{"a": 1.}', "a.json:1:7: not JSON: the number ends too soon"],
		["nul", "a.json:1:1: not JSON: no value begins like this"],
	])("%j", (text, message) => {
		expect(refusal(text)).toContain(message);
	});

	it("counts lines by every kind of line end, and passes over a byte order mark", () => {
		expect(refusal('\ufeff{\r\n"a"\r1')).toContain("a.json:3:1: not JSON");
		expect(refusal('\ufeff{"agent": 1}')).toContain("a.json:1:2: /agent");
	});

	it("that would lose digits, keys or the stack", () => {
		expect(refusal('{"a":\n 9007199254740993}')).toBe(
			'a.json:2:2: a number beyond 2^53 - 1 loses digits, write it as text: "9007199254740993"',
		);
		expect(refusal('{"agents": ["linux"],\n "agents": ["tee"]}')).toBe(
			'a.json:2:2: "agents" for the second time',
		);
		expect(refusal("[".repeat(1_000_000))).toBe(
			"a.json:1:17: nested too deeply, expected at most 16 levels",
		);
		expect(refusal(`"${"x".repeat(1 << 20)}"`)).toBe(
			"a.json: 1048578 characters, expected at most 1048576",
		);
	});
});

describe("a scenario", () => {
	it.each([
		["[]", "a.json:1:1: a list, expected a scenario"],
		["null", "a.json:1:1: null, expected a scenario"],
		["{}", 'a.json:1:1: a scenario needs the key "agents"'],
		['{"agents": ["linux"]}', 'a.json:1:1: a scenario needs the key "steps"'],
		[
			'{"agnets": []}',
			'a.json:1:2: /agnets: there is no key "agnets", did you mean agents?',
		],
		[
			'{"__proto__": {"agents": []}}',
			'a.json:1:2: /__proto__: there is no key "__proto__"',
		],
		[
			'{"agents": [], "steps": []}',
			"a.json:1:12: /agents: 0 entries, expected names of agents, 1 to 6 of them",
		],
		[
			'{"agents": "linux", "steps": []}',
			'a.json:1:12: /agents: "linux", expected names of agents',
		],
		[
			'{"agents": [1], "steps": []}',
			"a.json:1:13: /agents/0: 1, expected a text",
		],
		[
			'{"agents": ["a b"], "steps": []}',
			`a.json:1:13: /agents/0: "a b", expected an agent's name`,
		],
		[
			'{"agents": ["platform"], "steps": []}',
			'/agents/0: "platform", expected an agent\'s name',
		],
		[
			'{"agents": ["tee", "tee"], "steps": []}',
			'a.json:1:20: /agents/1: agent "tee" for the second time',
		],
		[
			'{"agents": ["a", "b", "c", "d", "e"], "steps": []}',
			"a.json:1:12: /agents: agents a, b, c, d, e: expected different names, linux among them, tee if wanted, and at most 4 others",
		],
		[
			'{"agents": ["linux"], "steps": []}',
			"a.json:1:32: /steps: 0 entries, expected steps, 1 to 10000 of them",
		],
		[
			'{"agents": ["linux"], "description": 1, "steps": []}',
			"a.json:1:38: /description: 1, expected a text",
		],
		[
			'{"agents": ["linux"], "scmi": "scmi-3.3", "steps": []}',
			'a.json:1:31: /scmi: there is no set of protocol versions "scmi-3.3", did you mean scmi-3.2?',
		],
		[
			'{"agents": ["linux"], "permissions": {"tee": {}}, "steps": []}',
			'a.json:1:39: /permissions/tee: there is no agent "tee", expected linux',
		],
		[
			'{"agents": ["linux"], "permissions": {"linux": {"denied": ["uart44"]}}, "steps": []}',
			'a.json:1:60: /permissions/linux/denied/0: there is no device "uart44", did you mean uart4?',
		],
		[
			'{"agents": ["linux"], "permissions": {"linux": {"trusted": 1}}, "steps": []}',
			"/permissions/linux/trusted: 1, expected true or false",
		],
		[
			'{"agents": ["linux"], "permissions": {"linux": {"denies": []}}, "steps": []}',
			'a.json:1:49: /permissions/linux/denies: there is no key "denies", did you mean denied?',
		],
	])("%s", (text, message) => {
		expect(refusal(text)).toContain(message);
	});
});

describe("a step", () => {
	it.each([
		[7, "/steps/0: 7, expected a step: message, notification, response"],
		[{}, "/steps/0: expected one of the keys message, notification"],
		[{ agent: "linux" }, "/steps/0: expected one of the keys message"],
		[
			{ agent: "linux", mesage: "X" },
			'/steps/0/mesage: there is no key "mesage", did you mean message?',
		],
		[
			{ reset: "tee", advance: 1 },
			"/steps/0: both reset and advance, expected one of them",
		],
		[
			{ message: "CLOCK_RATE_GET" },
			'/steps/0: a message needs the key "agent"',
		],
		[
			{ ...RATE_GET, agent: "linus" },
			'/steps/0/agent: there is no agent "linus", did you mean linux?',
		],
		[
			{ ...RATE_GET, message: "CLOCK_RATE_GOT" },
			'/steps/0/message: there is no command "CLOCK_RATE_GOT", did you mean CLOCK_RATE_GET?',
		],
		[
			{ agent: "linux", message: "PROTOCOL_VERSION" },
			'/steps/0/message: every protocol has PROTOCOL_VERSION: the key "protocol" must tell which one is meant',
		],
		[
			{ agent: "linux", message: "PROTOCOL_VERSION", protocol: "clocks" },
			'/steps/0/protocol: there is no protocol "clocks", did you mean clock?',
		],
		[
			{ ...RATE_GET, protocol: "power" },
			"/steps/0/message: the power protocol has no CLOCK_RATE_GET",
		],
		[
			{ ...RATE_GET, clock: 1 },
			'/steps/0/clock: CLOCK_RATE_GET: there is no field "clock"',
		],
		[
			{ ...RATE_GET, clock_ids: 1 },
			'there is no field "clock_ids", did you mean clock_id?',
		],
		[
			{ agent: "linux", message: "CLOCK_RATE_GET" },
			'/steps/0: CLOCK_RATE_GET needs the field "clock_id"',
		],
		[
			{ ...RATE_GET, clock_id: "uart44" },
			'/steps/0/clock_id: there is no clock "uart44", did you mean uart4?',
		],
		[
			{ ...RATE_GET, clock_id: -1 },
			'/steps/0/clock_id: CLOCK_RATE_GET: clock_id is "-1", expected a number of 0 to 4294967295',
		],
		[
			{ ...RATE_GET, clock_id: 1.5 },
			'clock_id is "1.5", expected a number of 0 to 4294967295',
		],
		[{ ...RATE_GET, clock_id: [1] }, "/steps/0/clock_id: a list, expected"],
		[
			{
				agent: "linux",
				message: "CLOCK_RATE_SET",
				clock_id: 1,
				rate: "18446744073709551616",
			},
			'/steps/0/rate: CLOCK_RATE_SET: rate is "18446744073709551616", expected a number of 0 to 18446744073709551615',
		],
		[
			{ agent: "linux", message: "POWER_STATE_GET", domain_id: "gpuu" },
			'/steps/0/domain_id: there is no power domain "gpuu", did you mean gpu?',
		],
		[
			{
				agent: "linux",
				message: "BASE_SET_DEVICE_PERMISSIONS",
				agent_id: "te",
				device_id: 0,
				flags: 0,
			},
			'/steps/0/agent_id: there is no agent "te", did you mean tee?',
		],
		[
			{
				agent: "linux",
				message: "BASE_SET_DEVICE_PERMISSIONS",
				agent_id: "tee",
				device_id: "gpuu",
				flags: 0,
			},
			'/steps/0/device_id: there is no device "gpuu", did you mean gpu?',
		],
		[
			{
				agent: "linux",
				message: "POWER_STATE_SET",
				domain_id: "gpu",
				power_state: "ONN",
			},
			'/steps/0/power_state: POWER_STATE_SET: power_state is "ONN", expected a number of 0 to 4294967295 or ON, OFF',
		],
		[
			{ ...RATE_GET, status: "DENYED" },
			'/steps/0/status: there is no status "DENYED", did you mean DENIED?',
		],
		[{ ...RATE_GET, status: -3 }, "/steps/0/status: -3, expected the name"],
		[
			{ ...RATE_GET, reply: { rates: 1 } },
			'/steps/0/reply/rates: CLOCK_RATE_GET: there is no field "rates", did you mean rate?',
		],
		[
			{ ...RATE_GET, reply: { rate: true } },
			"/steps/0/reply/rate: true, expected a number or a text",
		],
		[
			{ ...RATE_GET, status: "DENIED", reply: { rate: 1 } },
			"/steps/0/reply: a command that is refused has no fields in its reply",
		],
		[
			{
				agent: "linux",
				message: "CLOCK_ATTRIBUTES",
				clock_id: 1,
				reply: { enabled: 2 },
			},
			"/steps/0/reply/enabled: 2, expected a whole number of 0 to 1",
		],
		[
			{ agent: "linux", notification: "CLOCK_RATE_CHANGD" },
			'there is no notification "CLOCK_RATE_CHANGD", did you mean CLOCK_RATE_CHANGED?',
		],
		[
			{ agent: "linux", notification: "none", rate: 1 },
			"/steps/0/rate: where nothing is told there are no fields",
		],
		[
			{ agent: "linux", response: "CLOCK_RATE_SET" },
			'there is no delayed response "CLOCK_RATE_SET"',
		],
		[
			{ agent: "linux", response: "CLOCK_RATE_SET_COMPLETE", clock: 1 },
			'/steps/0/clock: CLOCK_RATE_SET_COMPLETE: there is no field "clock"',
		],
		[{ reset: "guest" }, '/steps/0/reset: there is no agent "guest"'],
		[
			{ advance: -1 },
			"/steps/0/advance: -1, expected a whole number of 0 to 600000000000",
		],
		[{ advance: "soon" }, '/steps/0/advance: "soon", expected a whole number'],
		[{ advance: 1, by: 2 }, '/steps/0/by: there is no key "by"'],
		[
			{ write: "0x30388000" },
			'/steps/0: a step with write needs the key "value"',
		],
		[
			{ write: "0x30388002", value: 0 },
			'/steps/0/write: "0x30388002", expected a multiple of 4 in one of',
		],
		[
			{ read: "0x10000000" },
			'/steps/0/read: "0x10000000", expected a multiple of 4 in one of',
		],
		[
			{ read: "0x30388000", value: 4294967296 },
			"/steps/0/value: 4294967296, expected a whole number of 0 to 4294967295",
		],
		[{ expect: 1 }, "/steps/0/expect: 1, expected a clock or a domain"],
		[
			{ expect: { on: true } },
			'/steps/0/expect: what is expected of a clock needs the key "clock"',
		],
		[
			{ expect: { clock: "uart44" } },
			'/steps/0/expect/clock: there is no clock "uart44", did you mean uart4?',
		],
		[
			{ expect: { domain: "gppu" } },
			'there is no power domain "gppu", did you mean gpu?',
		],
		[
			{ expect: { domain: "gpu", rate: 1 } },
			'/steps/0/expect/rate: there is no key "rate"',
		],
		[
			{ expect: { clock: "uart4", on: "yes" } },
			'/steps/0/expect/on: "yes", expected true or false',
		],
		[
			{ expect: { clock: "uart4", requests: ["te"] } },
			'/steps/0/expect/requests/0: there is no agent "te", did you mean tee?',
		],
		[{ advance: 1, comment: 1 }, "/steps/0/comment: 1, expected a text"],
	])("%j", (step, message) => {
		const text = withStep(step);
		const found = refusal(text);
		expect(found).toMatch(/^a\.json:1:\d+: \/steps\/0/);
		expect(found).toContain(message);
	});

	it("keys of any length and with any characters are told on one short line", () => {
		const long = { ...RATE_GET, [`${"x".repeat(5000)}\n`]: 1 };
		expect(refusal(withStep(long)).length).toBeLessThan(400);
		expect(refusal(withStep({ ...RATE_GET, "a/b~\nc": 1 }))).toContain(
			'/steps/0/a~1b~0\\nc: CLOCK_RATE_GET: there is no field "a/b~\\nc"',
		);
	});

	it("columns are those of the value, or of the key where that is wrong", () => {
		const text = '{"agents": ["linux"],\n"steps": [\n{"advance": -1}]}';
		expect(refusal(text)).toContain("a.json:3:13: /steps/0/advance: -1");
		const key = '{"agents": ["linux"],\n"steps": [\n{"advance": 1, "by": 2}]}';
		expect(refusal(key)).toContain("a.json:3:16: /steps/0/by");
	});

	it("more time than there is, in all steps together", () => {
		const steps = [{ advance: 600_000_000_000 }, { reset: "linux" }];
		const text = JSON.stringify({
			agents: ["linux"],
			steps: [...steps, { advance: 0 }, { advance: "1" }],
		});
		expect(refusal(text)).toContain(
			"/steps/3/advance: 600000000001 ns in all steps up to here, expected at most 600000000000",
		);
	});

	it("a field of another version", () => {
		const step = {
			agent: "linux",
			message: "CLOCK_CONFIG_SET",
			clock_id: 1,
			attributes: 1,
			extended_config_val: 1,
		};
		expect(refusal(withStep(step, { scmi: "scmi-3.1" }))).toContain(
			"/steps/0/extended_config_val: CLOCK_CONFIG_SET of the clock protocol's version 0x20000 has no extended_config_val, it is there from 0x30000 on",
		);
		const negotiated = JSON.stringify({
			agents: ["linux"],
			steps: [
				step,
				{
					agent: "linux",
					message: "NEGOTIATE_PROTOCOL_VERSION",
					protocol: "clock",
					version: "0x20000",
				},
				step,
			],
		});
		expect(refusal(negotiated)).toContain("/steps/2/extended_config_val");
	});
});

it("objects from a program are refused alike, by their JSON pointers", () => {
	const wrong: unknown[] = [
		undefined,
		{ agents: ["linux"], steps: [{ advance: 10n }] },
		{ agents: ["linux"], steps: [{ advance: Number.NaN }] },
		{ agents: ["linux"], steps: [{ reset: () => "linux" }] },
	];
	const messages = wrong.map((scenario) => {
		try {
			runScenario(scenario as Scenario);
			return "taken";
		} catch (error) {
			return (error as Error).message;
		}
	});
	expect(messages).toEqual([
		"the scenario: nothing, expected a scenario",
		"/steps/0/advance: a bigint, expected a whole number of 0 to 600000000000",
		"/steps/0/advance: NaN, expected a whole number of 0 to 600000000000",
		"/steps/0/reset: a function, expected a text, the agent's name",
	]);
});
