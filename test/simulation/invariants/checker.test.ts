// Each invariant, broken on purpose: register by register, at addresses written out here, and what is told of it.
// i.MX 8M Mini reference manual, chapters 5.1 (CCM) and 5.2 (GPC); SCMI 3.2 (Arm DEN0056E), sections 4.3 and 4.6.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { CosimError } from "../../../host/errors.ts";
import { createEngine, createFirmware } from "../../../host/node.ts";
import { imx8mmWith } from "../../../host/platform/imx8mm/agents.ts";
import { imx8mmBoard } from "../../../host/platform/imx8mm/devicetree.ts";
import { openBoard } from "../../../host/simulation/board.ts";
import { boot } from "../../../host/simulation/boot.ts";
import {
	INVARIANTS,
	type Violation,
	violationText,
	watchInvariants,
} from "../../../host/simulation/invariants/index.ts";
import { disable, enable } from "../../support/clock-calls.ts";
import { stepsOf } from "../../support/contended-steps.ts";
import { Contention } from "../../support/contention.ts";
import { POWER, Smt, u32 } from "../../support/smt.ts";

/** CCM_CCGR of UART2, CCM_TARGET_ROOT of its slice, of the AHB bus. */
const UART2_CCGR = 0x3038_44a0;
const UART2_ROOT = 0x3038_af80;
const AHB_ROOT = 0x3038_9000;
const SLICE_ENABLE = 0x1000_0000;
const VPU_BLK_CTRL = 0x3833_0000;
const VPUMIX = 6;
const OFF = 1 << 30;

function watch() {
	const watched = watchInvariants(createEngine());
	const smt = new Smt(watched);
	const names = () => watched.violations.map(({ invariant }) => invariant);
	return { watched, smt, names };
}

describe("clocks", () => {
	it("a gate closed from outside under a clock in use", () => {
		const { watched, smt } = watch();
		enable(smt, "uart2_root_clk");
		expect(watched.violations).toEqual([]);
		watched.write32(UART2_CCGR, 0);
		const [violation] = watched.violations as readonly [Violation];
		expect(violation).toEqual({
			invariant: "clock-gated-in-use",
			what: "clock uart2_root_clk, wanted by linux",
			where: UART2_CCGR,
			expected: "a bit of 0x00000003 set",
			found: "0x00000000",
			message: {
				agent: null,
				name: "write to 0x303844a0",
				fields: {},
				status: null,
			},
		});
		expect(violationText(violation)).toBe(
			"clock-gated-in-use: clock uart2_root_clk, wanted by linux at 0x303844a0: expected a bit of 0x00000003 set, " +
				"found 0x00000000, after write to 0x303844a0",
		);
		// It is told once, and again only when it was right meanwhile.
		watched.advance(1000);
		expect(watched.violations).toHaveLength(1);
		enable(smt, "uart2_root_clk");
		watched.write32(UART2_CCGR, 0);
		expect(watched.violations).toHaveLength(2);
	});

	it("an enabled clock under a parent that is gated", () => {
		const { watched, smt, names } = watch();
		enable(smt, "uart2_root_clk");
		watched.write32(UART2_ROOT + 8, SLICE_ENABLE);
		expect(names()).toEqual(["clock-gated-in-use", "clock-under-gated-parent"]);
		expect(watched.violations[1]).toMatchObject({
			what: "clock uart2_root_clk, wanted by linux, under uart2",
			where: UART2_ROOT,
		});
	});

	it("a critical clock", () => {
		const { watched, names } = watch();
		watched.write32(AHB_ROOT + 8, SLICE_ENABLE);
		expect(names()).toContain("critical-clock-off");
		expect(watched.violations[0]).toMatchObject({ where: AHB_ROOT });
	});

	it("what a loader left on is nobody's, also under a parent that goes off", () => {
		const { watched, smt } = watch();
		expect(watched.read32(UART2_CCGR)).toBe(3);
		enable(smt, "uart2");
		disable(smt, "uart2");
		expect(watched.read32(UART2_ROOT) & SLICE_ENABLE).toBe(0);
		expect(watched.read32(UART2_CCGR)).toBe(3);
		expect(watched.violations).toEqual([]);
	});
});

describe("devices", () => {
	it("a block in a power domain that is off", () => {
		const { watched, smt } = watch();
		watched.read32(VPU_BLK_CTRL);
		expect(watched.violations).toMatchObject([
			{
				invariant: "device-in-off-domain",
				what: "vpu-blk-ctrl, in power domain vpumix",
				where: VPU_BLK_CTRL,
				expected: "vpumix on",
				found: "off",
				message: { name: "read of 0x38330000" },
			},
		]);
		smt.expect(POWER, 0x4, u32(0, VPUMIX, 0), []);
		watched.write32(VPU_BLK_CTRL, 1);
		expect(watched.violations).toHaveLength(1);
		smt.expect(POWER, 0x4, u32(0, VPUMIX, OFF), []);
		watched.write32(VPU_BLK_CTRL, 1);
		expect(watched.violations).toHaveLength(2);
	});
});

describe("the firmware", () => {
	it("a register that no table names, found by the look at everything", () => {
		const { watched } = watch();
		const engine = createEngine();
		const other = watchInvariants(engine);
		const at = engine.storedAt(0x3039_0050, 4);
		new Uint32Array(engine.buffer)[at / 4] = 1;
		expect(other.checker.checkAll()).toMatchObject([
			{ invariant: "register-changed", where: 0x3039_0050 },
		]);
		expect(other.violations).toHaveLength(1);
		expect(watched.checker.checkAll()).toEqual([]);
	});

	it("throws at once where that is wanted", () => {
		const watched = watchInvariants(createEngine(), { throws: true });
		const error = (() => {
			try {
				watched.read32(VPU_BLK_CTRL);
			} catch (error) {
				return error;
			}
		})();
		expect(error).toBeInstanceOf(CosimError);
		expect(error).toMatchObject({ code: "INVARIANT" });
	});

	it("a whole boot breaks nothing", async () => {
		const watched = watchInvariants(createEngine());
		const report = await boot(openBoard(imx8mmBoard(), watched));
		expect(report.errors).toEqual([]);
		expect(watched.checker.messages).toBe(report.messages);
		expect(watched.violations).toEqual([]);
		expect(watched.checker.checkAll()).toEqual([]);
	});

	it("the draft of 2019 lets devices be used without power", async () => {
		const watched = watchInvariants(createFirmware("imx8mm-draft"));
		await boot(openBoard(imx8mmBoard(), watched));
		expect(watched.violations.map(({ invariant }) => invariant)).toContain(
			"device-in-off-domain",
		);
	});
});

it("the look after each message finds what the look at everything finds", () => {
	const agents = ["linux", "tee", "guest"];
	const contention = new Contention(createEngine(imx8mmWith(agents)));
	const { watched } = contention;
	const words = [UART2_ROOT, UART2_CCGR, AHB_ROOT, 0x3036_0094, 0x3036_0064];
	const write = fc.record({
		address: fc.constantFrom(...words),
		value: fc.constantFrom(0, SLICE_ENABLE, 3, 0xffff_ffff),
	});
	let broken = 0;
	fc.assert(
		fc.property(
			fc.array(fc.constantFrom(...stepsOf(agents)), { maxLength: 60 }),
			fc.array(write, { maxLength: 3 }),
			(steps, writes) => {
				contention.run(steps);
				for (const { address, value } of writes)
					watched.write32(address, value);
				const told = watched.violations.length;
				const all = watched.checker.checkAll();
				// Nothing new, and what stands now was told when it came.
				expect(watched.violations).toHaveLength(told);
				const known = watched.violations.map(violationText).join("\n");
				for (const { invariant, what } of all)
					expect(known).toContain(`${invariant}: ${what}`);
				broken += all.length;
			},
		),
		{ seed: 1, numRuns: 300 },
	);
	expect(broken).toBeGreaterThan(100);
});

it("every invariant has a sentence", () => {
	expect(Object.keys(INVARIANTS)).toHaveLength(13);
});
