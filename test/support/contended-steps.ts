// What agents may do to each other: few resources, and every message that changes one of them, right or wrong.
// SCMI 3.2 (Arm DEN0056E), section 4; bytes are written out here, nothing of the product's encoder.

import { IMX8MM_DEVICES } from "../../host/platform/imx8mm/devices.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { headerOf } from "./smt.ts";

/** A step as a scenario file has it. */
export type ScenarioStep = Readonly<Record<string, string | number>>;

/** A step, with the words that it comes down to. */
export interface Step {
	scenario: ScenarioStep;
	/** The agent that sends; undefined when it is no message. */
	agent?: string;
	header: number;
	words: readonly number[];
	/** The area's length word, where it is not what the words take. */
	length?: number;
	reset?: string;
	advance?: number;
}

const BASE = 0x10;
const POWER = 0x11;
const PERFORMANCE = 0x13;
const CLOCK = 0x14;
const RESET = 0x16;
const VOLTAGE = 0x17;

const OFF = 1 << 30;

/** Clocks that depend on each other, share gates, or are the platform's. */
const CLOCKS = [
	"uart2",
	"uart2_root_clk",
	"uart4",
	"uart4_root_clk",
	"gpu3d_core",
	"gpu3d_root_clk",
	"gpu_pll",
	"gpu_pll_out",
	"sai1_root_clk",
	"sai1_ipg_clk",
	"disp_axi_root_clk",
	"disp_apb_root_clk",
	"nand_root_clk",
	"audio_pll1",
	"audio_pll1_out",
	"arm_pll_out",
	"arm_a53_div",
	"arm",
	"ahb",
	"ipg_root",
	"m4_div",
	"sys_pll1_out",
] as const;

const RATES: readonly (readonly [string, number])[] = [
	["uart2", 12_000_000],
	["uart2_root_clk", 24_000_000],
	["uart4", 8_000_000],
	["gpu3d_core", 400_000_000],
	["gpu_pll_out", 600_000_000],
	["gpu_pll", 800_000_000],
	["audio_pll1", 393_216_000],
	["audio_pll1_out", 650_000_000],
	["arm", 1_600_000_000],
	["arm", 1_200_000_000],
	["ipg_root", 66_000_000],
	["disp_axi_root_clk", 12_000_000],
	["uart2", 1],
];

const PARENTS: readonly (readonly [string, string])[] = [
	["uart2", "osc_24m"],
	["uart2", "sys_pll1_80m"],
	["gpu3d_core", "gpu_pll_out"],
	["gpu3d_core", "osc_24m"],
	["disp_axi", "audio_pll2_out"],
	["disp_axi", "osc_24m"],
	["sai1", "audio_pll1_out"],
	["sai1", "osc_24m"],
	["arm_a53_div", "osc_24m"],
	["uart2", "gpu_pll"],
];

const DOMAINS = [
	"hsiomix",
	"pcie",
	"usb-otg1",
	"gpumix",
	"gpu",
	"vpumix",
	"vpu-g1",
	"dispmix",
	"mipi",
] as const;
const LINES = ["gpu-reset", "vpu-reset", "mipi-dsi-reset-n"] as const;
const DEVICES = ["gpu", "vpu", "uart4", "a53"] as const;

function idIn(rows: readonly { id: number; name: string }[], name: string) {
	const row = rows.find((each) => each.name === name);
	if (row === undefined) throw new Error(`there is no ${name}`);
	return row.id;
}

const clock = (name: string) => idIn(IMX8MM.clocks, name);
const domain = (name: string) => idIn(IMX8MM.powerDomains, name);

/** Fields in the order of the specification; a name stands for the ID next to it. */
type Fields = readonly (readonly [
	name: string,
	word: number,
	text?: string | number,
])[];

function message(
	agent: string,
	name: string,
	protocol: number,
	id: number,
	fields: Fields,
): Step {
	const scenario = Object.fromEntries(
		fields
			.filter(([name]) => name !== "")
			.map(([name, word, text]) => [name, text ?? word]),
	);
	return {
		scenario: { agent, message: name, ...scenario, status: "any" },
		agent,
		header: headerOf(protocol, id),
		words: fields.map(([, word]) => word),
	};
}

function clockSteps(agent: string): Step[] {
	const send = (name: string, id: number, fields: Fields) =>
		message(agent, name, CLOCK, id, fields);
	return [
		...CLOCKS.flatMap((name) =>
			[1, 0].map((on) =>
				send("CLOCK_CONFIG_SET", 0x7, [
					["clock_id", clock(name), name],
					["attributes", on],
					["extended_config_val", 0],
				]),
			),
		),
		...RATES.flatMap(([name, rate]) =>
			[0, 1, 2].map((flags) =>
				send("CLOCK_RATE_SET", 0x5, [
					["flags", flags === 2 ? 8 : flags],
					["clock_id", clock(name), name],
					["rate", rate],
					["", 0],
				]),
			),
		),
		...PARENTS.map(([name, parent]) =>
			send("CLOCK_PARENT_SET", 0xd, [
				["clock_id", clock(name), name],
				["parent_id", clock(parent), parent],
			]),
		),
		...CLOCKS.map((name) =>
			send("CLOCK_RATE_GET", 0x6, [["clock_id", clock(name), name]]),
		),
		send("CLOCK_CONFIG_SET", 0x7, [
			["clock_id", 0xffff],
			["attributes", 1],
			["extended_config_val", 0],
		]),
	];
}

function otherSteps(agent: string): Step[] {
	return [
		...DOMAINS.flatMap((name) =>
			[0, OFF].flatMap((state) =>
				[0, 1].map((flags) =>
					message(agent, "POWER_STATE_SET", POWER, 0x4, [
						["flags", flags],
						["domain_id", domain(name), name],
						["power_state", state],
					]),
				),
			),
		),
		...LINES.flatMap((name) =>
			[1, 2, 0, 5].map((flags) =>
				message(agent, "RESET", RESET, 0x4, [
					["domain_id", idIn(IMX8MM.resets, name), name],
					["flags", flags],
					["reset_state", 0],
				]),
			),
		),
		...[1, 2, 3].map((level) =>
			message(agent, "PERFORMANCE_LEVEL_SET", PERFORMANCE, 0x7, [
				["domain_id", 0, "a53"],
				["performance_level", level],
			]),
		),
		...[
			[3, 1],
			[2, 1],
			[3, 3],
		].map(([highest = 0, lowest = 0]) =>
			message(agent, "PERFORMANCE_LIMITS_SET", PERFORMANCE, 0x5, [
				["domain_id", 0, "a53"],
				["range_max", highest],
				["range_min", lowest],
			]),
		),
		...(["LDO5", "BUCK2"] as const).flatMap((name) =>
			[7, 0].map((mode) =>
				message(agent, "VOLTAGE_CONFIG_SET", VOLTAGE, 0x5, [
					["domain_id", idIn(IMX8MM.rails, name), name],
					["config", mode],
				]),
			),
		),
		...(
			[
				["LDO5", 800_000],
				["LDO5", 1_800_000],
				["BUCK2", 850_000],
				["BUCK2", 1_000_000],
			] as const
		).flatMap(([name, level]) =>
			[0, 1].map((flags) =>
				message(agent, "VOLTAGE_LEVEL_SET", VOLTAGE, 0x7, [
					["domain_id", idIn(IMX8MM.rails, name), name],
					["flags", flags],
					["voltage_level", level],
				]),
			),
		),
	];
}

function managementSteps(agent: string, agents: readonly string[]): Step[] {
	const ids = agents.map((name, i) => [name, i + 1] as const);
	return ids.flatMap(([name, id]) => [
		...DEVICES.flatMap((device) =>
			[1, 0].flatMap((flags) => [
				message(agent, "BASE_SET_DEVICE_PERMISSIONS", BASE, 0x9, [
					["agent_id", id, name],
					["device_id", idIn(IMX8MM_DEVICES, device), device],
					["flags", flags],
				]),
				message(agent, "BASE_SET_PROTOCOL_PERMISSIONS", BASE, 0xa, [
					["agent_id", id, name],
					["device_id", idIn(IMX8MM_DEVICES, device), device],
					["command_id", device === "gpu" ? CLOCK : POWER],
					["flags", flags],
				]),
			]),
		),
		...[0, 1].map((flags) =>
			message(agent, "BASE_RESET_AGENT_CONFIGURATION", BASE, 0xb, [
				["agent_id", id, name],
				["flags", flags],
			]),
		),
	]);
}

/** Lengths that are none, a header of a message that nobody serves, parameters that are too few or too many. */
function hostileSteps(agent: string): Step[] {
	const enable = message(agent, "CLOCK_CONFIG_SET", CLOCK, 0x7, [
		["clock_id", clock("uart2"), "uart2"],
		["attributes", 1],
		["extended_config_val", 0],
	]);
	return [
		...[0, 3, 4, 12, 20, 0x200, 0xffff_ffff].map((length) => ({
			...enable,
			length,
			scenario: { ...enable.scenario, length },
		})),
		message(agent, "0x1f", CLOCK, 0x1f, []),
		message(agent, "0x03", 0x1e, 0x3, []),
	];
}

/** Everything that some agents may do, what is simplest first. */
export function stepsOf(agents: readonly string[]): Step[] {
	return [
		...agents.flatMap(clockSteps),
		...agents.flatMap(otherSteps),
		...agents.flatMap((agent) => managementSteps(agent, agents)),
		...agents.map((reset) => ({
			scenario: { reset },
			reset,
			header: 0,
			words: [],
		})),
		...[1_000, 20_000, 1_000_000].map((advance) => ({
			scenario: { advance },
			advance,
			header: 0,
			words: [],
		})),
		...agents.flatMap(hostileSteps),
	];
}
