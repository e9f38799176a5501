// One suite of an agent's calls over SMC, HVC, a hypervisor, and the doorbells of a messaging unit: only the devicetree differs.
// SCMI 3.2 (Arm DEN0056E), chapters 4 and 5.1: a transport changes no result and no state.

import { describe, expect, it } from "vitest";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import type { Announcement } from "../../host/devicetree/scmi-transport.ts";
import type { Firmware } from "../../host/firmware.ts";
import { createEngine } from "../../host/node.ts";
import { imx8mmGuestChannels } from "../../host/platform/imx8mm/agents.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import type { ScmiAgent } from "../../host/scmi/agent.ts";
import { type Board, openBoard } from "../../host/simulation/board.ts";
import { boot } from "../../host/simulation/boot.ts";
import { Hypervisor } from "../../host/simulation/hypervisor/hypervisor.ts";
import { allResources } from "../../host/simulation/hypervisor/id-map.ts";
import { ManagedFirmware } from "../../host/simulation/managed-firmware.ts";
import { setMailbox } from "../../host/simulation/platform-nodes.ts";
import { clockId } from "../support/imx8mm-facts.ts";

/** "hypervisor" is HVC to a guest's own firmware, which passes everything on. */
const MAILBOXES = ["smc", "hvc", "doorbell", "hypervisor"] as const;
type Mailbox = (typeof MAILBOXES)[number];

/** Fast channels are what no hypervisor passes on: without them the platforms are alike. */
const PLATFORM: Platform = {
	...IMX8MM,
	performanceDomains: IMX8MM.performanceDomains.map((domain) => ({
		...domain,
		fastChannels: null,
	})),
};

function announced(mailbox: Mailbox): Announcement {
	return mailbox === "hypervisor" ? "hvc" : mailbox;
}

/** The firmware as the board's agent reaches it. */
function firmwareFor(mailbox: Mailbox): Firmware {
	const engine = createEngine(PLATFORM);
	if (mailbox !== "hypervisor") return engine;
	const { tx, rx } = imx8mmGuestChannels(0);
	const hypervisor = new Hypervisor(engine, {
		subVendor: PLATFORM.subVendor,
		guests: [
			{
				name: "linux",
				channels: {
					tx: { ...tx, physical: 0x0093_fa00 },
					rx: { ...rx, physical: 0x0093_fc00 },
				},
				blocks: PLATFORM.blocks
					.filter(({ kind }) => kind !== "ram")
					.map(({ name }) => name),
				...allResources(PLATFORM),
			},
		],
	});
	return hypervisor.guest("linux");
}

const GPU = 5;
const GPU_PLL_OUT = 42;
const UART2 = 128;
const BUCK2 = 1;
const TEMPERATURE = 0;
const SENSOR = 1;
const UNKNOWN = 0x7fff;

function boardOver(mailbox: Mailbox): Board {
	const tree = imx8mmBoard();
	const firmware = firmwareFor(mailbox);
	setMailbox(tree, firmware.platform, announced(mailbox));
	return openBoard(readFdt(writeFdt(tree)), firmware);
}

/** What direct and awaited calls have in common. */
type Calls = Pick<
	ScmiAgent,
	| "base"
	| "power"
	| "system"
	| "performance"
	| "clock"
	| "sensor"
	| "reset"
	| "voltage"
>;

type Step = [name: string, call: (calls: Calls) => unknown];

/** Every family once and more: what is read, set, refused, listed over pages. Nothing whose result depends on the time. */
const FAMILIES: Record<string, Step[]> = {
	base: [
		["version", ({ base }) => base.protocolVersion()],
		["attributes", ({ base }) => base.protocolAttributes()],
		["vendor", ({ base }) => base.discoverVendor()],
		["sub-vendor", ({ base }) => base.discoverSubVendor()],
		["implementation", ({ base }) => base.discoverImplementationVersion()],
		["protocols", ({ base }) => base.listProtocols()],
		["errors", ({ base }) => base.notifyErrors(true)],
		["too new a version", ({ base }) => base.negotiate(0x7fff0000)],
	],
	power: [
		["attributes", ({ power }) => power.protocolAttributes()],
		["name", ({ power }) => power.name(GPU)],
		["on", ({ power }) => power.on(GPU)],
		["state", ({ power }) => power.stateGet(GPU)],
		["off", ({ power }) => power.off(GPU)],
		["state again", ({ power }) => power.stateGet(GPU)],
		["unknown", ({ power }) => power.on(UNKNOWN)],
	],
	clock: [
		["attributes", ({ clock }) => clock.attributes(UART2)],
		["enable", ({ clock }) => clock.enable(UART2)],
		["parents", ({ clock }) => clock.possibleParents(UART2)],
		["parent", ({ clock }) => clock.parentSet(UART2, 2)],
		["rates", ({ clock }) => clock.describeRates(GPU_PLL_OUT)],
		["rate", ({ clock }) => clock.rateSet(GPU_PLL_OUT, 1_000_000_000)],
		["rate read", ({ clock }) => clock.rateGet(GPU_PLL_OUT)],
		["impossible rate", ({ clock }) => clock.rateSet(UART2, 1)],
		["unknown", ({ clock }) => clock.rateGet(UNKNOWN)],
	],
	performance: [
		["attributes", ({ performance }) => performance.domainAttributes(0)],
		["levels", ({ performance }) => performance.describeLevels(0)],
		["level", ({ performance }) => performance.levelGet(0)],
		["limits", ({ performance }) => performance.limitsGet(0)],
		["unknown", ({ performance }) => performance.levelGet(UNKNOWN)],
	],
	sensor: [
		["attributes", ({ sensor }) => sensor.protocolAttributes()],
		["list", ({ sensor }) => sensor.sensors()],
		["configuration", ({ sensor }) => sensor.configGet(SENSOR)],
		[
			"trip point",
			({ sensor }) => sensor.tripPointConfig(SENSOR, 0, 900_000, "both"),
		],
		["unknown", ({ sensor }) => sensor.readingGet(UNKNOWN)],
	],
	reset: [
		["attributes", ({ reset }) => reset.protocolAttributes()],
		["name", ({ reset }) => reset.name(28)],
		["assert", ({ reset }) => reset.assert(28)],
		["release", ({ reset }) => reset.deassert(28)],
		["unknown", ({ reset }) => reset.assert(UNKNOWN)],
	],
	voltage: [
		["attributes", ({ voltage }) => voltage.protocolAttributes()],
		["levels", ({ voltage }) => voltage.describeLevels(BUCK2)],
		["level", ({ voltage }) => voltage.levelSet(BUCK2, 900_000)],
		["level read", ({ voltage }) => voltage.levelGet(BUCK2)],
		["unknown", ({ voltage }) => voltage.levelGet(UNKNOWN)],
	],
	system: [
		["attributes", ({ system }) => system.protocolAttributes()],
		["notify", ({ system }) => system.stateNotify(true)],
	],
};

/** The result, or the error as a program sees it. */
async function outcome(call: () => unknown): Promise<unknown> {
	try {
		return await call();
	} catch (error) {
		const { code, message } = error as { code?: string; message: string };
		return { code, message };
	}
}

async function runFamily(calls: Calls, family: string) {
	const results: Record<string, unknown> = {};
	for (const [name, call] of FAMILIES[family] as Step[])
		results[name] = await outcome(() => call(calls));
	return results;
}

/** Every register of the platform but the thermal unit's, which follow the time. */
function registers({ firmware }: Board): Map<string, number> {
	const words = new Map<string, number>();
	for (const { name, kind, address, size } of IMX8MM.blocks) {
		if (kind === "ram" || kind === "thermal") continue;
		for (let at = address; at < address + size; at += 4) {
			const word = firmware.read32(at);
			if (word !== 0) words.set(`${name} ${at.toString(16)}`, word);
		}
	}
	return words;
}

/** Lets time pass until a promise is settled. */
async function settled<T>(
	{ firmware }: Board,
	promise: Promise<T>,
): Promise<T> {
	let open = true;
	const end = () => {
		open = false;
	};
	promise.then(end, end);
	for (;;) {
		await new Promise((resolve) => setTimeout(resolve));
		if (!open) return promise;
		const next = firmware.nextEventNs ?? firmware.timeNs;
		firmware.advance(next - firmware.timeNs);
	}
}

const cases = Object.keys(FAMILIES).flatMap((family) =>
	(["direct", "awaited"] as const).map((way) => ({ family, way })),
);

describe.each(cases)("$family, $way", ({ family, way }) => {
	it("has the same results and leaves the same registers", async () => {
		const runs = [];
		for (const mailbox of MAILBOXES) {
			const board = boardOver(mailbox);
			const { agent } = board;
			const calls = (way === "direct" ? agent.sync : agent) as Calls;
			const results = await runFamily(calls, family);
			runs.push({ results, registers: registers(board) });
		}
		const [smc, ...others] = runs;
		for (const other of others) expect(other).toEqual(smc);
		// Refused is what says so, and nothing else.
		for (const [name, result] of Object.entries(smc?.results ?? {})) {
			const refused = (result as { code?: string } | undefined)?.code;
			expect(refused !== undefined, `${name}: ${refused}`).toBe(
				/unknown|impossible|too new/.test(name),
			);
		}
	});
});

describe.each(MAILBOXES)("over %s", (mailbox) => {
	it("the tree is sound, and names this mailbox", () => {
		const { tree, channel } = boardOver(mailbox);
		expect(checkBindings(tree)).toEqual([]);
		expect(channel.conduit).toBe(announced(mailbox));
	});

	it("notifications come, direct and awaited, each once", async () => {
		const board = boardOver(mailbox);
		const { agent } = board;
		expect(agent.receives).toBe(true);
		const states: unknown[] = [];
		agent.onNotification({ name: "POWER_STATE_CHANGED" }, (notification) =>
			states.push(notification),
		);
		agent.sync.power.stateNotify(GPU, true);
		agent.sync.power.on(GPU);
		await agent.power.off(GPU);
		await settled(board, agent.power.on(GPU));
		board.firmware.advance(1_000_000);
		await Promise.resolve();
		const told = (powerState: number) => ({
			protocol: "power",
			name: "POWER_STATE_CHANGED",
			agentId: 1,
			domainId: GPU,
			powerState,
		});
		expect(states).toEqual([told(0), told(0x4000_0000), told(0)]);
	});

	it("more notifications than the area holds come one after the other", async () => {
		const board = boardOver(mailbox);
		const { agent } = board;
		// One command retunes the PLL, and all of these with it.
		for (const name of ["gpu_pll", "gpu_pll_bypass", "gpu_pll_out"])
			agent.sync.clock.rateNotify(clockId(name), true);
		agent.sync.clock.rateSet(GPU_PLL_OUT, 1_000_000_000);
		board.firmware.advance(1_000_000);
		expect(agent.received).toEqual({
			notifications: 3,
			delayedResponses: 0,
			refused: 0,
		});
	});

	it("asynchronous commands are done later, in the order of their times", async () => {
		const board = boardOver(mailbox);
		const { agent } = board;
		const order: string[] = [];
		const rate = agent.clock
			.rateSet(GPU_PLL_OUT, 1_000_000_000, { async: true })
			.then((result) => {
				order.push("rate");
				return result;
			});
		const reading = agent.sensor.readingGetAsync(TEMPERATURE).then((result) => {
			order.push("reading");
			return result;
		});
		const both = await settled(board, Promise.all([rate, reading]));
		expect(both).toMatchObject([
			{ clockId: GPU_PLL_OUT, rate: 1_000_000_000 },
			[{ value: expect.any(Number) }],
		]);
		expect(order).toHaveLength(2);
		expect(agent.received).toMatchObject({ delayedResponses: 2, refused: 0 });
	});

	it("calls that were made at once are answered in their order", async () => {
		const { agent } = boardOver(mailbox);
		const rates = await Promise.all(
			[GPU_PLL_OUT, 2, GPU_PLL_OUT].map((id) => agent.clock.rateGet(id)),
		);
		expect(rates).toEqual([800_000_000, 24_000_000, 800_000_000]);
	});

	it("another agent takes over after the first has closed", async () => {
		const { agent, tree, firmware } = boardOver(mailbox);
		expect(await agent.clock.rateGet(2)).toBe(24_000_000);
		agent.close();
		const second = openBoard(tree, firmware).agent;
		expect(await second.clock.rateGet(2)).toBe(24_000_000);
		expect(second.sync.clock.rateGet(2)).toBe(24_000_000);
	});

	it("a shutdown never returns", () => {
		const { agent, firmware } = boardOver(mailbox);
		const off = expect.objectContaining({ code: "SYSTEM_STOPPED" });
		expect(() => agent.sync.system.shutdown()).toThrow(off);
		expect(firmware.stopped).toBe("off");
		firmware.advance(1_000_000);
		expect(() => agent.sync.clock.rateGet(2)).toThrow();
	});
});

it("the whole board boots over each, with the same messages and states", async () => {
	const reports = [];
	for (const mailbox of MAILBOXES) {
		const board = boardOver(mailbox);
		expect(board.firmware instanceof ManagedFirmware).toBe(
			mailbox === "doorbell",
		);
		const { virtualTimeNs, ...report } = await boot(board);
		expect(report.errors).toEqual([]);
		expect(virtualTimeNs).toBeGreaterThan(0);
		reports.push({ report, registers: registers(board) });
	}
	const [smc, ...others] = reports;
	for (const other of others) expect(other).toEqual(smc);
});
