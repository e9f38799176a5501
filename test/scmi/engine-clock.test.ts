// The clock protocol as the firmware serves it: sizes, IDs, attributes and names of every clock, in each version.
// SCMI 3.2 (Arm DEN0056E), section 4.6; versions 1.0 and 2.0 as in SCMI 2.0 and 3.1.

import { describe, expect, it } from "vitest";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { evaluate } from "../support/clock-oracle.ts";
import { firmwares } from "../support/firmwares.ts";
import {
	ALIASES,
	type ClockFact,
	CRITICAL,
	clockFact,
	HOLES,
	parentNames,
	REAL_CLOCKS,
} from "../support/imx8mm-facts.ts";
import {
	CLOCK,
	NOT_FOUND,
	NOT_SUPPORTED,
	PROTOCOL_ERROR,
	Smt,
	text,
	u32,
	u64,
} from "../support/smt.ts";

const V1 = 0x10000;
const V2 = 0x20000;
const V3 = 0x30000;

const NO_CLOCKS = [
	...HOLES,
	258,
	259,
	0xffff,
	0x10002,
	0x8000_0002,
	0xffff_ffff,
];

/** Request sizes by message, in bytes. */
const SIZES: Record<
	number,
	readonly (readonly [message: number, size: number])[]
> = {
	[V1]: [
		[0x0, 0],
		[0x1, 0],
		[0x2, 4],
		[0x3, 4],
		[0x4, 8],
		[0x5, 16],
		[0x6, 4],
		[0x7, 8],
	],
	[V2]: [
		[0x0, 0],
		[0x1, 0],
		[0x2, 4],
		[0x3, 4],
		[0x4, 8],
		[0x5, 16],
		[0x6, 4],
		[0x7, 8],
		[0x8, 4],
	],
	[V3]: [
		[0x0, 0],
		[0x1, 0],
		[0x2, 4],
		[0x3, 4],
		[0x4, 8],
		[0x5, 16],
		[0x6, 4],
		[0x7, 12],
		[0x8, 4],
		[0xb, 8],
		[0xc, 8],
		[0xd, 8],
		[0xe, 4],
		[0xf, 4],
		[0x10, 4],
	],
};

/** Names of further IDs: the binding's symbols. */
const ALIAS_NAMES: Record<number, string> = {
	66: "a53_src",
	67: "m4_src",
	68: "vpu_src",
	69: "gpu3d_src",
	70: "gpu2d_src",
	71: "a53_cg",
	72: "m4_cg",
	73: "vpu_cg",
	74: "gpu3d_cg",
	75: "gpu2d_cg",
	77: "m4_div",
	78: "vpu_div",
	79: "gpu3d_div",
	80: "gpu2d_div",
};

function pinned(clock: number): Platform {
	return { ...IMX8MM, protocols: { ...IMX8MM.protocols, clock } };
}

/** What RATE_SET can change something of: PLLs of the operating system, dividers, and what forwards to them. */
function isSettable(fact: ClockFact): boolean {
	if (fact.name === "sys_pll1" || fact.name === "sys_pll2") return false;
	if (fact.kind === "fixed") return false;
	if (fact.kind === "mux" && !fact.name.endsWith("_bypass")) return false;
	if (["gate", "factor", "mux"].includes(fact.kind))
		return isSettable(clockFact(parentNames(fact)[0] as string));
	return true;
}

/** Bit 31 state, bit 30 parent, bit 29 rate. */
function permissions(fact: ClockFact): number {
	return (
		((CRITICAL.includes(fact.name) ? 0 : 0x8000_0000) |
			(parentNames(fact).length > 1 ? 0x4000_0000 : 0) |
			(isSettable(fact) ? 0x2000_0000 : 0)) >>>
		0
	);
}

/** CLOCK_ATTRIBUTES' word of a clock under a name. */
function attributes(
	smt: Smt,
	version: number,
	fact: ClockFact,
	name: string,
): number {
	const read = (address: number) => smt.firmware.read32(address);
	let bits = evaluate(fact.name, read).running ? 1 : 0;
	if (version >= V2 && name.length > 15) bits |= 1 << 29;
	if (version >= V3) {
		if (parentNames(fact).length > 0) bits |= 1 << 28;
		if (permissions(fact) !== 0xe000_0000) bits |= 1 << 1;
	}
	return bits >>> 0;
}

describe.each(firmwares)("clock protocol, $name", ({ create }) => {
	describe.each([V1, V2, V3])("version %i", (version) => {
		const smt = new Smt(create(pinned(version)));
		const sizes = SIZES[version] as readonly (readonly [number, number])[];
		const delay = version >= V2 ? u32(0) : [];

		it("PROTOCOL_VERSION and PROTOCOL_ATTRIBUTES: 258 clocks, no pending rate changes", () => {
			smt.expect(CLOCK, 0x0, [], u32(version));
			smt.expect(CLOCK, 0x1, [], u32(258));
		});

		it("PROTOCOL_MESSAGE_ATTRIBUTES: 0 for messages served, else NOT_FOUND", () => {
			const served = sizes.map(([message]) => message);
			for (const message of [...Array(64).keys(), 0xff, 0x100, 0x8000_0003]) {
				if (served.includes(message))
					smt.expect(CLOCK, 0x2, u32(message), u32(0));
				else smt.refuse(CLOCK, 0x2, u32(message), NOT_FOUND);
			}
		});

		it("messages that this version does not have: NOT_SUPPORTED", () => {
			const served = sizes.map(([message]) => message);
			for (let message = 0; message < 0x20; message++) {
				if (served.includes(message)) continue;
				for (const payload of [[], u32(2), u32(2, 0), u32(2, 0, 0)])
					smt.refuse(CLOCK, message, payload, NOT_SUPPORTED);
			}
		});

		it("wrong sizes: PROTOCOL_ERROR, before anything else is looked at", () => {
			for (const [message, size] of sizes) {
				for (const wrong of [
					0, 1, 3, 4, 5, 7, 8, 9, 11, 12, 13, 15, 16, 17, 20, 100,
				]) {
					if (wrong === size) continue;
					smt.refuse(
						CLOCK,
						message,
						new Array<number>(wrong).fill(0xff),
						PROTOCOL_ERROR,
					);
				}
			}
		});

		it("no such clock: NOT_FOUND, also in the binding's holes", () => {
			for (const [message, size] of sizes) {
				if (message < 3 || message === 0x10) continue;
				for (const id of NO_CLOCKS) {
					const payload = [
						...(message === 0x5 ? u32(0, id) : u32(id)),
						...new Array<number>(16).fill(0),
					].slice(0, size);
					smt.refuse(CLOCK, message, payload, NOT_FOUND);
				}
			}
		});

		it("CLOCK_ATTRIBUTES of every clock", () => {
			for (const fact of REAL_CLOCKS)
				smt.expect(CLOCK, 0x3, u32(fact.id), [
					...u32(attributes(smt, version, fact, fact.name)),
					...text(fact.name, 16),
					...delay,
				]);
		});

		it("CLOCK_ATTRIBUTES of further IDs: the clock's state under a name of its own", () => {
			expect(ALIASES.map(({ id }) => id)).toEqual(
				Object.keys(ALIAS_NAMES).map(Number),
			);
			for (const { id, columns } of ALIASES) {
				const target = REAL_CLOCKS.find(
					(fact) => fact.id === Number(columns[0]),
				) as ClockFact;
				const name = ALIAS_NAMES[id] as string;
				smt.expect(CLOCK, 0x3, u32(id), [
					...u32(attributes(smt, version, target, name)),
					...text(name, 16),
					...delay,
				]);
			}
		});

		it("RATE_GET of every clock and further ID", () => {
			const read = (address: number) => smt.firmware.read32(address);
			for (const fact of REAL_CLOCKS)
				smt.expect(
					CLOCK,
					0x6,
					u32(fact.id),
					u64(evaluate(fact.name, read).rate),
				);
			for (const { id, columns } of ALIASES) {
				const [low, high] = smt.words(CLOCK, 0x6, u32(Number(columns[0])));
				smt.expect(CLOCK, 0x6, u32(id), u32(low as number, high as number));
			}
		});
	});

	it.each([V2, V3])(
		"NAME_GET of every clock and further ID, version %i",
		(version) => {
			const smt = new Smt(create(pinned(version)));
			for (const { id, name } of REAL_CLOCKS)
				smt.expect(CLOCK, 0x8, u32(id), [...u32(0), ...text(name, 64)]);
			for (const [id, name] of Object.entries(ALIAS_NAMES))
				smt.expect(CLOCK, 0x8, u32(Number(id)), [...u32(0), ...text(name, 64)]);
		},
	);

	it("has one name for each ID", () => {
		const smt = new Smt(create());
		const names = new Set<string>();
		for (let id = 0; id < 258; id++) {
			if (!HOLES.includes(id))
				names.add(smt.call(CLOCK, 0x8, u32(id)).join(" "));
		}
		expect(names.size).toBe(258 - HOLES.length);
	});

	it("long names: audio_pll1_ref_sel has bit 29, 15 characters and NAME_GET", () => {
		const smt = new Smt(create());
		smt.expect(CLOCK, 0x3, u32(8), [
			// Running, extended name, parents; only its parent can be changed, and its state.
			...u32(0x3000_0003),
			...text("audio_pll1_ref_", 16),
			...u32(0),
		]);
		smt.expect(CLOCK, 0x8, u32(8), [
			...u32(0),
			...text("audio_pll1_ref_sel", 64),
		]);
		// 15 and 16 characters, the edge.
		expect(smt.words(CLOCK, 0x3, u32(163))[0]).toBe(0x1000_0002);
		smt.expect(CLOCK, 0x8, u32(205), [
			...u32(0),
			...text("disp_axi_root_clk", 64),
		]);
	});

	it("the edge of long names: 15 characters fit, 16 do not", () => {
		const rename =
			(id: number, name: string) => (clock: (typeof IMX8MM.clocks)[number]) =>
				clock.id === id ? { ...clock, name } : clock;
		const smt = new Smt(
			create({
				...IMX8MM,
				clocks: IMX8MM.clocks
					.map(rename(190, "fifteen-letters"))
					.map(rename(191, "sixteen-letters!")),
			}),
		);
		const bits = (id: number) => smt.words(CLOCK, 0x3, u32(id))[0] as number;
		expect(bits(190) & (1 << 29)).toBe(0);
		expect(bits(191) & (1 << 29)).toBe(1 << 29);
		expect(smt.call(CLOCK, 0x3, u32(190)).slice(8, 24)).toEqual(
			text("fifteen-letters", 16),
		);
		expect(smt.call(CLOCK, 0x3, u32(191)).slice(8, 24)).toEqual(
			text("sixteen-letters", 16),
		);
	});

	it("tells the enable delay from version 2.0 on", () => {
		const clocks = IMX8MM.clocks.map((clock) =>
			clock.name === "uart2" ? { ...clock, enableDelay: 0xfedc } : clock,
		);
		for (const version of [V2, V3]) {
			const smt = new Smt(create({ ...pinned(version), clocks }));
			expect(smt.call(CLOCK, 0x3, u32(128)).slice(24)).toEqual(u32(0xfedc));
		}
	});

	it("GET_PERMISSIONS: no state of critical clocks, no parent of those with one, no fixed rate", () => {
		const smt = new Smt(create());
		for (const fact of REAL_CLOCKS)
			smt.expect(CLOCK, 0xf, u32(fact.id), u32(permissions(fact)));
		smt.expect(CLOCK, 0xf, u32(66), u32(0xe000_0000));
		smt.expect(CLOCK, 0xf, u32(2), u32(0x8000_0000));
	});
});
