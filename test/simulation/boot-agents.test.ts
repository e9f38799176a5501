// Several agents boot: what the TEE needs is on in the end, what nobody needs is off, and the report tells on whose account.
// What is on is read from registers at the addresses of the tests' own tables, not from the report alone.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { readFdt } from "../../host/devicetree/fdt.ts";
import type { DeviceTree, DtNode } from "../../host/devicetree/tree.ts";
import { Engine } from "../../host/engine.ts";
import { engineModule } from "../../host/node.ts";
import { imx8mmWith } from "../../host/platform/imx8mm/agents.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { VERSION_SETS } from "../../host/platform/platform.ts";
import { openBoard, platformFor } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import {
	type AgentsReport,
	bootAgents,
} from "../../host/simulation/boot-agents.ts";
import type { Survivor } from "../../host/simulation/survivors.ts";
import { debianBoards } from "../support/debian-dtbs.ts";
import { clockFact } from "../support/imx8mm-facts.ts";
import { DOMAIN_FACTS, pgcStatus } from "../support/imx8mm-power-facts.ts";
import { type Mutation, mutatedEngine } from "../support/mutated-engine.ts";
import { PMIC } from "../support/pmic-facts.ts";

interface Booted {
	engine: Engine;
	report: AgentsReport;
}

async function bootWith(
	names: readonly string[],
	tree: DeviceTree = imx8mmBoard(),
	given: {
		module?: WebAssembly.Module;
		teeDevices?: readonly string[];
		set?: keyof typeof VERSION_SETS;
	} = {},
): Promise<Booted> {
	const { module = engineModule(), teeDevices, set = "scmi-3.2" } = given;
	const served = { ...imx8mmWith(names), protocols: VERSION_SETS[set] };
	const engine = new Engine(module, platformFor(tree, served));
	const board = openBoard(tree, engine);
	return { engine, report: await bootAgents(board, engine, teeDevices) };
}

/** Whether a clock's own gate is open, by its register: a CCGR, or bit 28 of a slice. */
function gateIsOpen(engine: Engine, name: string): boolean {
	const { kind, columns } = clockFact(name);
	const slice = kind !== "gate";
	const [register, shift, width] = slice
		? [columns[0], 28, 1]
		: [columns[0], Number(columns[1]), Number(columns[2])];
	const word = engine.read32(Number(register)) >>> shift;
	return (word & (2 ** width - 1)) !== 0;
}

/** Whether all regions of a domain have power, by the status of their PGCs. */
function hasPower(engine: Engine, name: string): boolean {
	const { pgc } = DOMAIN_FACTS.find((row) => row.name === name) as {
		pgc: number[];
	};
	return pgc.every((index) => (engine.read32(pgcStatus(index)) & 1) === 0);
}

function agentOf({ report }: Booted, name: string) {
	return report.agents.find((agent) => agent.name === name);
}

function survivor(rows: readonly Survivor[], name: string) {
	const row = rows.find((other) => other.name === name);
	return row && [row.requestedBy, row.neededBy];
}

/** What the built-in board's secure console, secure element and secure watchdog need: gates and the slices before them. */
const TEE_ALONE = ["uart4_root_clk", "i2c4_root_clk", "wdog2_root_clk"];
const SLICES_BEFORE = ["uart4", "i2c4", "wdog"];
/** What the display needs, which both worlds use. */
const SHARED = ["disp_axi_root_clk", "disp_apb_root_clk", "lcdif_pixel"];
/** Open at reset, and nobody's: an unused slice of each kind, and gates that the loader left open. */
const NOBODYS = ["spdif1", "pwm4", "disp_rtrm", "ecspi3", "snvs_root_clk"];

/** A board whose display is the TEE's alone. */
function secureDisplay(): DeviceTree {
	const tree = imx8mmBoard();
	for (const path of [
		"lcdif@32e00000",
		"dsi@32e10000",
		"csi@32e20000",
		"mipi-csi@32e30000",
	])
		(tree.node(`/soc@0/bus@32c00000/${path}`) as DtNode).set(
			"status",
			"disabled",
		);
	return tree;
}

describe("linux and a TEE", () => {
	let booted: Booted;
	beforeAll(async () => {
		booted = await bootWith(["linux", "tee"]);
	});

	it("boot without errors, the TEE first, from the secure world", () => {
		const { agents } = booted.report;
		expect(agents.map(({ name, id, secure }) => [name, id, secure])).toEqual([
			["tee", 2, true],
			["linux", 1, false],
		]);
		expect(agents.flatMap(({ errors }) => errors)).toEqual([]);
	});

	it("the TEE probes what secure-status gives it, and the power providers before", () => {
		const devices = agentOf(booted, "tee")?.probed.map(({ device }) =>
			device.split("/").at(-1),
		);
		expect(devices?.slice().sort()).toEqual([
			"blk-ctrl@32e28000",
			"crypto@30900000",
			"i2c@30a50000",
			"lcdif@32e00000",
			"power-domain@a",
			"power-domain@b",
			"serial@30a60000",
			"watchdog@30290000",
		]);
		expect(devices?.at(-1)).toBe("lcdif@32e00000");
	});

	it("all that the TEE needs is on in the end, by the registers", () => {
		const { engine } = booted;
		for (const name of [...TEE_ALONE, ...SLICES_BEFORE, ...SHARED])
			expect(gateIsOpen(engine, name), name).toBe(true);
		expect(hasPower(engine, "dispmix")).toBe(true);
		// The console runs from SYS_PLL1_80M: input 1 of its slice.
		expect((engine.read32(0x3038_b080) >>> 24) & 7).toBe(1);
		for (const { lost } of booted.report.agents)
			expect(Object.values(lost).flat()).toEqual([]);
	});

	it("what nobody needs was on and is off", () => {
		const { engine, report } = booted;
		const fresh = new Engine(engineModule(), engine.platform);
		for (const name of NOBODYS) {
			expect(gateIsOpen(fresh, name), name).toBe(true);
			expect(gateIsOpen(engine, name), name).toBe(false);
		}
		expect(report.turnedOff.clocks).toEqual(expect.arrayContaining(NOBODYS));
		// Whatever is still on is on somebody's account.
		const { clocks, powerDomains, rails } = report.survived;
		for (const { name, neededBy } of [...clocks, ...powerDomains, ...rails])
			expect(neededBy, name).not.toEqual([]);
	});

	it("tells on whose account things survived", () => {
		const { clocks, powerDomains, rails, resets } = booted.report.survived;
		const of = (name: string) => survivor(clocks, name);
		expect(of("uart4_root_clk")).toEqual([["tee"], ["tee"]]);
		expect(of("uart4")).toEqual([[], ["tee"]]);
		expect(of("uart2_root_clk")).toEqual([["linux"], ["linux"]]);
		expect(of("sys_pll1_80m")).toEqual([[], ["linux", "tee"]]);
		expect(of("lcdif_pixel")).toEqual([
			["linux", "tee"],
			["linux", "tee"],
		]);
		expect(of("noc")).toEqual([["platform"], ["platform"]]);
		expect(of("sys_pll3")).toEqual([[], ["platform"]]);
		// Held by its power domain alone.
		expect(of("vpu_dec_root_clk")).toEqual([[], ["linux"]]);
		expect(survivor(powerDomains, "dispmix")?.[0]).toEqual(["linux", "tee"]);
		expect(survivor(powerDomains, "gpu")?.[0]).toEqual(["linux"]);
		expect(survivor(rails, "BUCK1")?.[0]).toEqual(["platform"]);
		expect(survivor(resets, "gpu-reset")?.[0]).toEqual(["linux"]);
		expect(survivor(resets, "a53-l2reset")).toEqual([[], []]);
	});

	it("linux may not ask for the TEE's own devices; what it asks for beyond is kept", () => {
		const { forbidden, kept, refused } = booted.report;
		expect(agentOf(booted, "tee")?.reserved).toEqual(["uart4", "i2c4"]);
		expect(forbidden.clocks).toEqual(
			expect.arrayContaining(["uart4", "uart4_root_clk", "i2c4_root_clk"]),
		);
		expect(kept.clocks).toContain("wdog2_root_clk");
		expect(refused.clocks).toEqual([]);
	});

	it("without the TEE its clocks are turned off", async () => {
		const { engine, report } = await bootWith(["linux"]);
		for (const name of [...TEE_ALONE, "uart4", "i2c4"])
			expect(gateIsOpen(engine, name), name).toBe(false);
		expect(report.turnedOff.clocks).toEqual(
			expect.arrayContaining(["uart4", "i2c4"]),
		);
	});

	it("linux probes as it does alone", async () => {
		const alone = await boot(
			openBoard(
				imx8mmBoard(),
				new Engine(engineModule(), imx8mmWith(["linux"])),
			),
		);
		expect(
			agentOf(booted, "linux")?.probed.map(({ device }) => device),
		).toEqual(alone.probed.map(({ device }) => device));
	});
});

describe("a power domain of the TEE's alone", () => {
	it("stays on: linux is denied, since nothing of the display is its own", async () => {
		const booted = await bootWith(["linux", "tee"], secureDisplay());
		expect(hasPower(booted.engine, "dispmix")).toBe(true);
		expect(booted.report.refused.powerDomains).toEqual(["dispmix"]);
		expect(agentOf(booted, "tee")?.reserved).toContain("display");
	});

	it("stays on where linux may ask: the request is dropped", async () => {
		// VPU G1 for the TEE, G2 and H1 for nobody. Version 1.0 has no permissions: linux may ask for all of them.
		const tree = imx8mmBoard();
		for (const codec of [
			"video-codec@38300000",
			"video-codec@38310000",
			"video-codec@38320000",
		])
			(tree.node(`/soc@0/${codec}`) as DtNode).set("status", "disabled");
		const { engine, report } = await bootWith(["linux", "tee"], tree, {
			teeDevices: ["vpu_g1"],
			set: "scmi-1.0",
		});
		expect(hasPower(engine, "vpu-g1")).toBe(true);
		expect(hasPower(engine, "vpumix")).toBe(true);
		expect(hasPower(engine, "vpu-g2")).toBe(false);
		expect(report.kept.powerDomains).toEqual(["vpumix", "vpu-g1"]);
	});

	it("is off without it", async () => {
		const { engine } = await bootWith(["linux"], secureDisplay());
		expect(hasPower(engine, "dispmix")).toBe(false);
	});
});

describe("a rail that is to be on at boot", () => {
	const LDO5 = "LDO5";
	/** LDO5, off at reset, as the board's tree may have it; the secure console may be supplied by it. */
	const withRail = (supply: boolean) => {
		const tree = imx8mmBoard();
		const [chip] = tree.compatible("rohm,bd71847") as [DtNode];
		const rail = chip.ensureChild("regulators").addChild(LDO5);
		rail.set("regulator-boot-on", []);
		if (supply)
			tree.byLabel("uart4")?.set("vcc-supply", [tree.phandleOf(rail)]);
		return tree;
	};
	/** LDO5_VOLT of the BD71847, register 0x1c, one in each word of the window: bit 6 enables. */
	const isOn = (engine: Engine) =>
		(engine.read32(PMIC + 4 * 0x1c) & 0x40) !== 0;

	it("is turned off without a user", async () => {
		const { engine, report } = await bootWith(
			["linux", "tee"],
			withRail(false),
		);
		expect(isOn(engine)).toBe(false);
		expect(report.turnedOff.rails).toEqual([LDO5]);
	});

	it("stays on while the TEE uses it: linux is refused", async () => {
		const { engine, report } = await bootWith(["linux", "tee"], withRail(true));
		expect(isOn(engine)).toBe(true);
		expect(survivor(report.survived.rails, LDO5)).toEqual([["tee"], ["tee"]]);
		expect(report.agents.flatMap(({ errors }) => errors)).toEqual([]);
	});
});

describe("guests", () => {
	it("discover the firmware and use nothing", async () => {
		const booted = await bootWith(["guest", "tee", "linux", "rtos"]);
		expect(booted.report.agents.map(({ name, id }) => [name, id])).toEqual([
			["tee", 2],
			["linux", 3],
			["guest", 1],
			["rtos", 4],
		]);
		for (const name of ["guest", "rtos"]) {
			const guest = agentOf(booted, name);
			expect(guest).toMatchObject({ devices: 0, errors: [], secure: false });
			expect(guest?.messages).toBeGreaterThan(10);
		}
		for (const name of [...TEE_ALONE, ...SHARED])
			expect(gateIsOpen(booted.engine, name), name).toBe(true);
		const clocks = booted.report.survived.clocks;
		expect(survivor(clocks, "uart4_root_clk")).toEqual([["tee"], ["tee"]]);
	});

	it("do not stand in for linux", async () => {
		const engine = new Engine(engineModule(), {
			...IMX8MM,
			agents: ["tee", "guest"],
			channels: [],
			performanceDomains: [],
		});
		const board = openBoard(imx8mmBoard(), new Engine(engineModule(), IMX8MM));
		await expect(bootAgents(board, engine)).rejects.toMatchObject({
			code: "USAGE",
			message:
				"agents tee, guest: expected linux among them, whose board it is",
		});
	});
});

describe("older protocol versions", () => {
	it.each(["scmi-1.0", "scmi-2.0", "scmi-3.1"] as const)(
		"%s keeps what the TEE needs",
		async (set) => {
			const booted = await bootWith(["linux", "tee"], imx8mmBoard(), { set });
			const { agents } = booted.report;
			expect(agents.flatMap(({ errors }) => errors)).toEqual([]);
			for (const name of [...TEE_ALONE, ...SLICES_BEFORE, ...SHARED])
				expect(gateIsOpen(booted.engine, name), name).toBe(true);
			for (const name of NOBODYS)
				expect(gateIsOpen(booted.engine, name), name).toBe(false);
		},
	);
});

describe("the TEE's devices by name", () => {
	it.each([
		["uart3", ["uart3_root_clk"]],
		["serial@30a60000", ["uart4_root_clk"]],
		["serial3", ["uart4_root_clk"]],
		["/soc@0/bus@30800000/i2c@30a50000", ["i2c4_root_clk"]],
	])("%s", async (name, clocks) => {
		const teeDevices = [name, name];
		const booted = await bootWith(["linux", "tee"], imx8mmBoard(), {
			teeDevices,
		});
		const asked = booted.report.survived.clocks
			.filter(({ requestedBy }) => requestedBy.includes("tee"))
			.map((row) => row.name);
		expect(asked).toEqual(clocks);
		expect(agentOf(booted, "tee")?.devices).toBe(1);
	});

	it.each([
		["uart44", "did you mean uart4?"],
		["/soc@0/bus@30800000/serial@30a6", "did you mean /soc@0/bus@30800000/"],
		["", "no such path"],
		["/", "uses no clock"],
		["pgc_gpu", "uses no clock"],
		["chosen", "uses no clock"],
	])("%j is refused", async (name, message) => {
		const teeDevices = [name];
		await expect(
			bootWith(["linux", "tee"], imx8mmBoard(), { teeDevices }),
		).rejects.toThrow(message);
	});
});

describe("boards of Debian's kernel package", () => {
	it("all boot with a TEE, which keeps what it needs", {
		timeout: 300_000,
	}, async () => {
		const boards = await debianBoards();
		expect(boards.length).toBeGreaterThan(10);
		for (const { name, file } of boards) {
			const tree = readFdt(new Uint8Array(readFileSync(file)));
			const { engine, report } = await bootWith(["linux", "tee"], tree);
			const [tee] = report.agents;
			for (const { errors, lost } of report.agents) {
				expect(errors, name).toEqual([]);
				expect(Object.values(lost).flat(), name).toEqual([]);
			}
			expect(tee?.devices, name).toBeGreaterThanOrEqual(3);
			for (const clock of ["uart4_root_clk", "wdog2_root_clk", "uart4", "ahb"])
				expect(gateIsOpen(engine, clock), `${name}: ${clock}`).toBe(true);
			expect(report.turnedOff.clocks.length, name).toBeGreaterThan(20);
		}
	});
});

describe("a firmware with a hole", () => {
	/** Nobody is denied anything. */
	const noPermissions: Mutation = {
		file: "scmi/permissions.ts",
		from: "return agents !== 0 && (agents & (1 << agentId(agent))) !== 0;",
		to: "return false;",
	};
	/** Who has not asked for a clock closes it all the same, whoever uses it. */
	const noUseCounts: Mutation = {
		file: "hardware/clock-gates.ts",
		from: "} else if (load<u32>(clock, Clock.USE_COUNT) === 0) {",
		to: "} else {",
	};
	const bootOn = async (...mutations: Mutation[]) => {
		const module = await mutatedEngine(...mutations);
		return bootWith(["linux", "tee"], imx8mmBoard(), { module });
	};

	it("none: the compiler's options make no difference", {
		timeout: 60_000,
	}, async () => {
		const { report } = await bootOn();
		expect(report).toEqual((await bootWith(["linux", "tee"])).report);
	});

	it("in its permissions: linux may ask for the TEE's clocks", {
		timeout: 60_000,
	}, async () => {
		const { report } = await bootOn(noPermissions);
		expect(report.forbidden.clocks).not.toContain("uart4_root_clk");
		expect(report.kept.clocks).toContain("uart4_root_clk");
	});

	it("in its use counts: the TEE loses what permissions do not cover", {
		timeout: 60_000,
	}, async () => {
		const booted = await bootOn(noUseCounts);
		expect(gateIsOpen(booted.engine, "wdog2_root_clk")).toBe(false);
		expect(agentOf(booted, "tee")?.lost.clocks).toContain("wdog2_root_clk");
		expect(gateIsOpen(booted.engine, "uart4_root_clk")).toBe(true);
	});

	it("in both: it loses its console, too", { timeout: 60_000 }, async () => {
		const booted = await bootOn(noUseCounts, noPermissions);
		for (const name of TEE_ALONE) {
			expect(gateIsOpen(booted.engine, name), name).toBe(false);
			expect(agentOf(booted, "tee")?.lost.clocks, name).toContain(name);
		}
	});
});
