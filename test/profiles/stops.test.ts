// Where the draft firmware ends for good, what is left then, and what it leaves to the hardware's other services.
// Function IDs: SMCCC 1.4 (Arm DEN0028); the rest follows the observed behaviour of the i.MX8MM SCMI draft of 2019.

import { describe, expect, it } from "vitest";
import { Engine } from "../../host/engine.ts";
import { CosimError } from "../../host/errors.ts";
import type { Method } from "../../host/mailbox/conduit.ts";
import { createFirmware } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { findProfile, PROFILES } from "../../host/profiles/index.ts";
import type { ProfileName } from "../../host/profiles/profile.ts";
import { openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import { CLOCK, POWER, u32 } from "../support/smt.ts";
import { DraftArea, Ended, HANGING, SERVED } from "./area.ts";

const PSCI_VERSION = 0x8400_0000;
const NOT_SUPPORTED = -1;

function code(run: () => unknown): string {
	try {
		run();
	} catch (error) {
		if (error instanceof CosimError) return error.code;
		throw error;
	}
	return "no error";
}

describe("stops", () => {
	it("the second function ID never returns", () => {
		const area = new DraftArea();
		const call = () => area.call({ functionId: HANGING });
		expect(area.expectStop("hang", call).message).toContain("0xc20000ff");
	});

	it("disabling a clock that nobody uses panics", () => {
		const area = new DraftArea();
		area.expectStop("panic", () => area.send(CLOCK, 7, u32(18, 0)));
		expect(area.firmware.stopped).toEqual({
			reason: "panic",
			message: expect.stringContaining("audio_pll1_out1"),
			address: 0x3036_0000,
		});
	});

	it.each([11, 12, 255, 0x1_0000, 0xffff_ffff])(
		"the state of domain %i is read past the end of the table",
		(id) => {
			const area = new DraftArea();
			const call = () => area.send(POWER, 5, u32(id));
			const { message } = area.expectStop("out-of-bounds", call);
			expect(message).toContain(`${id}`);
		},
	);

	it("the call does not answer: the channel stays busy", () => {
		const area = new DraftArea();
		area.expectStop("panic", () => area.send(CLOCK, 7, u32(18, 0)));
		expect(area.view.getUint32(0x04, true)).toBe(0);
		expect(area.view.getUint32(0x14, true)).toBe(12);
		expect(area.bytes(8)).toEqual(u32(18, 0));
	});

	it("no trap is served any more; registers and time go on", () => {
		const area = new DraftArea();
		const { firmware } = area;
		area.expectStop("hang", () => area.call({ functionId: HANGING }));
		const why = firmware.stopped;
		for (const functionId of [SERVED, HANGING, PSCI_VERSION])
			for (const cpu of [0, 3])
				expect(() => area.call({ functionId, cpu })).toThrow(Ended);
		expect(firmware.stopped).toBe(why);
		firmware.write32(0x3038_8900, 0x1200_0000);
		expect(firmware.read32(0x3038_8900)).toBe(0x1200_0000);
		const before = firmware.timeNs;
		firmware.advance(1_000);
		expect(firmware.timeNs).toBe(before + 1_000);
	});

	it("an agent's call fails, direct or awaited, and so does every one after it", async () => {
		const { agent, firmware } = openBoard(
			imx8mmBoard(),
			createFirmware("imx8mm-draft"),
		);
		expect(agent.sync.clock.rateGet(145)).toBe(200_000_000);
		expect(code(() => agent.sync.clock.disable(145))).toBe("FIRMWARE_STOPPED");
		await expect(agent.clock.rateGet(145)).rejects.toMatchObject({
			code: "FIRMWARE_STOPPED",
			message: expect.stringContaining("panic"),
		});
		expect(firmware.read32(0x3038_bc80)).toBe(0x1100_0001);
	});
});

describe("calls that are not the draft's", () => {
	it.each<[string, number, Method, number]>([
		["PSCI_VERSION", PSCI_VERSION, "smc", 0x1_0001],
		["SMCCC_VERSION", 0x8000_0000, "smc", 0x1_0004],
		["an unknown SiP call", 0xc200_00fd, "smc", NOT_SUPPORTED],
		["a hypervisor's channel", 0xc600_00fe, "hvc", NOT_SUPPORTED],
		["the other one", 0xc600_00ff, "hvc", NOT_SUPPORTED],
	])("%s", (_, functionId, method, x0) => {
		const area = new DraftArea();
		area.view.setUint32(0x04, 0, true);
		area.call({ functionId, method });
		expect((area.firmware.registers(0)[0] as number) | 0).toBe(x0);
		// Nobody has served the area.
		expect(area.view.getUint32(0x04, true)).toBe(0);
	});

	it("a hypervisor passes the draft's own on", () => {
		const area = new DraftArea();
		const version = { status: 0, bytes: u32(0x10000), length: 12 };
		area.expect(CLOCK, 0, [], version, { method: "hvc" });
		area.expectStop("hang", () =>
			area.call({ functionId: HANGING, method: "hvc" }),
		);
	});

	it("unless it passes nothing on", () => {
		const platform = { ...IMX8MM, hypervisorPassesOn: false };
		const area = new DraftArea(createFirmware("imx8mm-draft", platform));
		area.call({ functionId: HANGING, method: "hvc" });
		expect(area.firmware.registers(0)[0]).toBe(0xffff_ffff);
		expect(area.firmware.stopped).toBeNull();
	});

	it("each call takes the platform's time for a trap", () => {
		const area = new DraftArea();
		area.call();
		expect(area.firmware.timeNs).toBe(IMX8MM.trapNs);
	});
});

describe("profiles", () => {
	it("spec is the engine, and the default", () => {
		expect(createFirmware()).toBeInstanceOf(Engine);
		expect(createFirmware("spec")).toBeInstanceOf(Engine);
		expect(PROFILES.map(({ name }) => name)).toEqual(["spec", "imx8mm-draft"]);
	});

	it.each([
		["imx8mm-drift", /did you mean imx8mm-draft\?/],
		["SPEC", /did you mean spec\?/],
		["qemu", /expected spec or imx8mm-draft/],
	])("%s is none", (name, message) => {
		expect(() => findProfile(name)).toThrow(message);
		expect(code(() => createFirmware(name as ProfileName))).toBe(
			"UNKNOWN_NAME",
		);
	});

	it.each([
		["sram", /memory at 0x93f000/],
		["ccm", /0x30388900/],
		["anatop", /0x30360000/],
	])("the draft needs %s", (missing, message) => {
		const platform = {
			...IMX8MM,
			blocks: IMX8MM.blocks.filter(({ name }) => name !== missing),
			clocks: [],
			powerController: null,
			powerDomains: [],
			resets: [],
			rails: [],
			performanceDomains: [],
			sensors: [],
			system: null,
			thermal: null,
			registers: [],
		};
		const create = () => createFirmware("imx8mm-draft", platform);
		expect(code(create)).toBe("BUS_ERROR");
		expect(create).toThrow(message);
	});

	it("boot tells of what the draft cannot, and ends", async () => {
		const board = openBoard(imx8mmBoard(), createFirmware("imx8mm-draft"));
		const report = await boot(board);
		const messages = report.errors.map(({ message }) => message).join("\n");
		expect(messages).toMatch(/BASE_DISCOVER_VENDOR: a reply of 2 bytes/);
		expect(messages).toMatch(/POWER_DOMAIN_ATTRIBUTES.*NOT_SUPPORTED/);
		expect(report.devices).toBeGreaterThan(60);
		expect(report.clocks).toEqual([]);
	});
});
