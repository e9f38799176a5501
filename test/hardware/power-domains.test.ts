// Power domains through messages: parents, agents, the register sequence's effects, the clocks that a domain holds.
// SCMI 3.2, section 4.3; i.MX 8M Mini reference manual, chapter 5.2 (GPC).

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import {
	disable,
	enable,
	enabled,
	isPowered,
	power,
	setPower,
} from "../support/clock-calls.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	bits,
	DOMAIN_FACTS,
	DOWN_REQUEST,
	type DomainFact,
	HANDSHAKE,
	MAPPING,
	pgcControl,
	pgcStatus,
	UP_REQUEST,
} from "../support/imx8mm-power-facts.ts";
import { Smt, SUCCESS, TX } from "../support/smt.ts";

const [first] = IMX8MM.channels as [(typeof IMX8MM.channels)[number]];
const TEE = { ...TX, address: TX.address + 0x200, functionId: 0xc200_00ff };
const TWO_AGENTS: Platform = {
	...IMX8MM,
	agents: ["linux", "tee"],
	channels: [
		first,
		{
			...first,
			agent: "tee",
			address: TEE.address,
			functionId: TEE.functionId,
		},
	],
};

const CHILDREN = DOMAIN_FACTS.filter(
	(domain): domain is DomainFact & { parent: number } => domain.parent !== null,
);

describe("the platform's domain tables", () => {
	it("are the power controller's facts", () => {
		expect(
			IMX8MM.powerDomains.map((domain) => ({
				id: domain.id,
				name: domain.name,
				parent: domain.parent,
				request: domain.switches.map(({ requestBit }) => requestBit),
				mapping: domain.switches.map(({ mappingBit }) => mappingBit),
				pgc: domain.switches.map(({ pgcIndex }) => pgcIndex),
				handshake: domain.handshakes.map(({ requestBit }) => requestBit),
				acknowledge: domain.handshakes.map(
					({ acknowledgeBit }) => acknowledgeBit,
				),
				clocks: [...domain.clocks],
				keepsClocksOn: domain.keepsClocksOn,
			})),
		).toEqual(DOMAIN_FACTS);
	});
});

describe.each(firmwares)("a domain's registers, $name", ({ create }) => {
	it.each(DOMAIN_FACTS)("$name on and off", (domain) => {
		const smt = new Smt(create());
		const { firmware } = smt;
		const { id, mapping, pgc, handshake, acknowledge } = domain;
		const start = firmware.timeNs;
		power(smt, id, true);
		expect(firmware.timeNs - start).toBeGreaterThan(
			pgc.length > 0 ? 30_000 : 2_000,
		);
		expect(firmware.read32(MAPPING) & bits(...mapping)).toBe(
			bits(...mapping) | 0,
		);
		expect(firmware.read32(UP_REQUEST)).toBe(0);
		for (const index of pgc) {
			expect(firmware.read32(pgcStatus(index)) & 1).toBe(0);
			expect(firmware.read32(pgcControl(index)) & 1).toBe(0);
		}
		const shake = bits(...handshake, ...acknowledge);
		expect((firmware.read32(HANDSHAKE) & shake) >>> 0).toBe(shake);
		power(smt, id, false);
		expect(firmware.read32(HANDSHAKE)).toBe(0);
		expect(firmware.read32(DOWN_REQUEST)).toBe(0);
		for (const { pgc: indexes } of DOMAIN_FACTS) {
			for (const index of indexes)
				expect(firmware.read32(pgcStatus(index)) & 1).toBe(1);
		}
		for (const index of pgc)
			expect(firmware.read32(pgcControl(index)) & 1).toBe(1);
	});

	it("a domain that somebody powered by its registers is on, and can be switched off", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		firmware.write32(MAPPING, bits(4));
		firmware.write32(UP_REQUEST, bits(2));
		firmware.advance(100_000);
		expect(isPowered(smt, 2)).toBe(true);
		power(smt, 2, false);
		expect(isPowered(smt, 2)).toBe(false);
	});

	it("a request by registers that completed meanwhile is not made again", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		firmware.write32(MAPPING, bits(9));
		firmware.write32(UP_REQUEST, bits(7));
		firmware.advance(29_999);
		power(smt, 4, true);
		// The trap's 1000 ns saw it complete; the handshake takes 2000 more.
		expect(firmware.timeNs).toBe(32_999);
	});

	it("a domain that lost its power to a register write comes back when asked again", () => {
		const smt = new Smt(create());
		const { firmware } = smt;
		power(smt, 4, true);
		firmware.write32(pgcControl(23), 1);
		firmware.write32(DOWN_REQUEST, bits(7));
		firmware.advance(100_000);
		expect(firmware.read32(pgcStatus(23)) & 1).toBe(1);
		expect(isPowered(smt, 4)).toBe(false);
		power(smt, 4, true);
		expect(isPowered(smt, 4)).toBe(true);
		power(smt, 4, false);
		expect(isPowered(smt, 4)).toBe(false);
	});
});

describe.each(firmwares)("parents, $name", ({ create }) => {
	it.each(CHILDREN)(
		"$name brings up its mix domain and lets it go",
		({ id, parent }) => {
			const smt = new Smt(create());
			power(smt, id, true);
			expect(isPowered(smt, parent)).toBe(true);
			power(smt, id, false);
			expect(isPowered(smt, id)).toBe(false);
			expect(isPowered(smt, parent)).toBe(false);
		},
	);

	it.each(CHILDREN)(
		"switching off $name's parent drops the request only",
		({ id, parent }) => {
			const smt = new Smt(create());
			power(smt, parent, true);
			power(smt, id, true);
			power(smt, parent, false);
			expect(isPowered(smt, parent)).toBe(true);
			expect(isPowered(smt, id)).toBe(true);
			power(smt, id, false);
			expect(isPowered(smt, parent)).toBe(false);
			expect(isPowered(smt, id)).toBe(false);
		},
	);

	it("a parent that was asked for stays when its children go", () => {
		const smt = new Smt(create());
		power(smt, 7, true);
		power(smt, 6, true);
		power(smt, 7, false);
		expect(isPowered(smt, 6)).toBe(true);
		power(smt, 6, false);
		expect(isPowered(smt, 6)).toBe(false);
	});

	it("a parent that nobody asked for is not switched off under its child", () => {
		const smt = new Smt(create());
		power(smt, 11, true);
		power(smt, 10, false);
		expect(isPowered(smt, 10)).toBe(true);
		expect(isPowered(smt, 11)).toBe(true);
	});
});

describe.each(firmwares)("a domain's clocks, $name", ({ create }) => {
	const withClocks = DOMAIN_FACTS.filter(({ clocks }) => clocks.length > 0);

	it.each(withClocks)(
		"$name: run as long as it is on, or while it is switched",
		(domain) => {
			const smt = new Smt(create());
			const held = new Set(domain.keepsClocksOn ? domain.clocks : []);
			const above = DOMAIN_FACTS.find(({ id }) => id === domain.parent);
			for (const clock of above?.clocks ?? []) held.add(clock);
			power(smt, domain.id, true);
			for (const clock of held) expect(enabled(smt, clock)).toBe(true);
			for (const clock of domain.clocks)
				expect(enabled(smt, clock)).toBe(held.has(clock));
			power(smt, domain.id, false);
			for (const clock of domain.clocks)
				expect(enabled(smt, clock)).toBe(false);
		},
	);

	it("an agent cannot stop what a domain holds", () => {
		const smt = new Smt(create());
		power(smt, 6, true);
		enable(smt, "vpu_dec_root_clk");
		disable(smt, "vpu_dec_root_clk");
		disable(smt, "vpu_dec_root_clk");
		expect(enabled(smt, "vpu_dec_root_clk")).toBe(true);
		power(smt, 6, false);
		expect(enabled(smt, "vpu_dec_root_clk")).toBe(false);
	});

	it("a domain does not stop what an agent asked for", () => {
		const smt = new Smt(create());
		enable(smt, "vpu_dec_root_clk");
		power(smt, 6, true);
		power(smt, 6, false);
		expect(enabled(smt, "vpu_dec_root_clk")).toBe(true);
	});
});

describe.each(firmwares)("two agents, $name", ({ create }) => {
	it("a domain is on while one of them wants it", () => {
		const firmware = create(TWO_AGENTS);
		const linux = new Smt(firmware);
		const tee = new Smt(firmware, TEE);
		power(linux, 5, true);
		power(tee, 5, true);
		power(linux, 5, false);
		power(linux, 5, false);
		power(linux, 4, false);
		expect(isPowered(linux, 5)).toBe(true);
		power(tee, 5, false);
		expect(isPowered(tee, 5)).toBe(false);
		expect(isPowered(tee, 4)).toBe(false);
	});

	it("whatever they do: what somebody wants is on with its parents, everything else is off", () => {
		const step = fc.tuple(
			fc.integer({ min: 0, max: 11 }),
			fc.boolean(),
			fc.boolean(),
		);
		fc.assert(
			fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
				const firmware = create(TWO_AGENTS);
				const agents = [new Smt(firmware), new Smt(firmware, TEE)] as const;
				const wanted = [new Set<number>(), new Set<number>()] as const;
				for (const [id, second, on] of steps) {
					const i = second ? 1 : 0;
					expect(setPower(agents[i], id, on)).toBe(SUCCESS);
					if (on) wanted[i].add(id);
					else wanted[i].delete(id);
					const expected = new Set<number>();
					for (const root of [...wanted[0], ...wanted[1]]) {
						for (
							let at: number | null | undefined = root;
							at !== null && at !== undefined;
							at = DOMAIN_FACTS[at]?.parent
						)
							expected.add(at);
					}
					for (const { id: other } of DOMAIN_FACTS)
						expect(isPowered(agents[i], other)).toBe(expected.has(other));
					for (const domain of DOMAIN_FACTS) {
						if (!domain.keepsClocksOn || !expected.has(domain.id)) continue;
						for (const clock of domain.clocks)
							expect(enabled(agents[i], clock)).toBe(true);
					}
				}
			}),
			{ numRuns: 40 },
		);
	});
});
