// The engine and the plain TypeScript server are written apart and must not be told apart: same calls, same answers.
// Follows no specification; where they differ, one of them breaks the one that the other tests name.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Firmware } from "../host/firmware.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import type { Platform } from "../host/platform/platform.ts";
import { firmwares } from "./support/firmwares.ts";
import { REAL_CLOCKS } from "./support/imx8mm-facts.ts";
import {
	bits,
	DOMAIN_FACTS,
	DOWN_REQUEST,
	HANDSHAKE,
	MAPPING,
	pgcControl,
	pgcStatus,
	UP_REQUEST,
} from "./support/imx8mm-power-facts.ts";
import {
	BASE,
	CLOCK,
	headerOf,
	POWER,
	Smt,
	TX,
	u32,
	u64,
} from "./support/smt.ts";

const [first] = IMX8MM.channels as [(typeof IMX8MM.channels)[number]];
const TEE = { ...TX, address: TX.address + 0x200, functionId: 0xc200_00ff };
const PLATFORM: Platform = {
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

type Step =
	| { what: "message"; second: boolean; header: number; payload: number[] }
	| { what: "write"; address: number; value: number }
	| { what: "advance"; ns: number };

const POWER_REGISTERS = [
	UP_REQUEST,
	DOWN_REQUEST,
	HANDSHAKE,
	MAPPING,
	...DOMAIN_FACTS.flatMap(({ pgc }) =>
		pgc.flatMap((index) => [pgcControl(index), pgcStatus(index)]),
	),
];
const CLOCK_REGISTERS = [
	...new Set(
		REAL_CLOCKS.flatMap(({ kind, columns }) => {
			if (["fixed", "cpu", "factor"].includes(kind)) return [];
			const address = Number(columns[0]);
			return kind.startsWith("pll")
				? [address, address + 4, address + 8]
				: [address];
		}),
	),
];

const clockId = fc.oneof(
	{ weight: 9, arbitrary: fc.constantFrom(...REAL_CLOCKS.map(({ id }) => id)) },
	{ weight: 1, arbitrary: fc.nat(260) },
);
const hz = fc.oneof(
	fc.bigInt(0n, 2_000_000_000n),
	fc.bigInt(0n, 30_000_000n),
	fc.constantFrom(
		0n,
		393_216_000n,
		594_000_000n,
		1_000_000_000n,
		2n ** 64n - 1n,
	),
);

function message(
	protocol: number,
	id: number,
	payload: fc.Arbitrary<number[]>,
): fc.Arbitrary<Step> {
	return fc.tuple(fc.boolean(), payload).map(([second, bytes]) => ({
		what: "message" as const,
		second,
		header: headerOf(protocol, id),
		payload: bytes,
	}));
}

const ids = (...parts: fc.Arbitrary<number>[]) =>
	fc.tuple(...parts).map((words) => u32(...words));
const domain = fc.nat(12);

/** Words that mean something to the power controller. */
const powerWord: fc.Arbitrary<Step> = fc
	.oneof(
		fc.tuple(
			fc.constantFrom(UP_REQUEST, DOWN_REQUEST),
			fc.constantFrom(...DOMAIN_FACTS.map(({ request }) => bits(...request))),
		),
		fc.tuple(fc.constant(MAPPING), fc.constantFrom(0xffff, bits(9), 0)),
		fc.tuple(fc.constant(HANDSHAKE), fc.constantFrom(0, 0xfe0, bits(11))),
		fc.tuple(
			fc.constantFrom(
				...DOMAIN_FACTS.flatMap(({ pgc }) => pgc).map(pgcControl),
			),
			fc.nat(1),
		),
	)
	.map(([address, value]) => ({ what: "write" as const, address, value }));

const advance: fc.Arbitrary<Step> = fc
	.oneof(fc.nat(100_000), fc.constantFrom(1_999, 2_000, 29_999, 30_000, 32_000))
	.map((ns) => ({ what: "advance" as const, ns }));

const powerStep: fc.Arbitrary<Step> = fc.oneof(
	powerWord,
	advance,
	message(
		POWER,
		0x4,
		ids(fc.constant(0), domain, fc.constantFrom(0, 0x4000_0000)),
	),
	message(POWER, 0x5, ids(domain)),
);

const step: fc.Arbitrary<Step> = fc.oneof(
	message(CLOCK, 0x3, ids(clockId)),
	message(CLOCK, 0x4, ids(clockId, fc.nat(3))),
	message(
		CLOCK,
		0x5,
		fc
			.tuple(fc.constantFrom(0, 4, 8), clockId, hz)
			.map(([flags, id, rate]) => [...u32(flags, id), ...u64(rate)]),
	),
	message(CLOCK, 0x6, ids(clockId)),
	message(CLOCK, 0x7, ids(clockId, fc.nat(2), fc.constant(0))),
	message(CLOCK, 0xb, ids(clockId, fc.constant(0))),
	message(CLOCK, 0xc, ids(clockId, fc.nat(10))),
	message(
		CLOCK,
		0xd,
		ids(clockId, fc.constantFrom(2, 38, 44, 47, 49, 56, 57, 64, 65)),
	),
	message(CLOCK, 0xe, ids(clockId)),
	message(CLOCK, 0xf, ids(clockId)),
	message(CLOCK, 0x10, ids(fc.constantFrom(0x10000, 0x20000, 0x30000))),
	message(
		POWER,
		0x4,
		ids(fc.constant(0), domain, fc.constantFrom(0, 0x4000_0000)),
	),
	message(
		POWER,
		0x4,
		ids(fc.constant(0), domain, fc.constantFrom(0, 0x4000_0000)),
	),
	message(POWER, 0x5, ids(domain)),
	message(BASE, 0x7, ids(fc.nat(3))),
	fc
		.tuple(
			fc.constantFrom(...CLOCK_REGISTERS),
			fc.nat(0xffff_ffff),
			fc.constantFrom(0, 4, 8, 12),
		)
		.map(([address, value, alias]) => ({
			what: "write" as const,
			address: address >= 0x3038_0000 ? address + alias : address,
			value,
		})),
	fc
		.tuple(fc.constantFrom(...POWER_REGISTERS), fc.nat(0xffff_ffff))
		.map(([address, value]) => ({ what: "write" as const, address, value })),
	powerWord,
	advance,
);

/** Everything that a step leaves to be seen, as far as it is cheap. */
function run(
	firmware: Firmware,
	agents: readonly [Smt, Smt],
	step: Step,
): unknown {
	if (step.what === "advance") {
		firmware.advance(step.ns);
		return firmware.timeNs;
	}
	if (step.what === "write") {
		firmware.write32(step.address, step.value);
		return firmware.read32(step.address);
	}
	return agents[step.second ? 1 : 0].send(step.header, step.payload);
}

describe("engine and plain server", () => {
	it.each([
		["is sent, written and waited for", step, 100],
		["happens to power domains", powerStep, 150],
	])("answer alike whatever %s", (_, any, numRuns) => {
		fc.assert(
			fc.property(fc.array(any, { minLength: 1, maxLength: 60 }), (steps) => {
				const both = firmwares.map(({ create }) => {
					const firmware = create(PLATFORM);
					return {
						firmware,
						agents: [new Smt(firmware), new Smt(firmware, TEE)] as const,
					};
				});
				for (const step of steps) {
					const [one, other] = both.map(({ firmware, agents }) =>
						run(firmware, agents, step),
					);
					expect(one).toEqual(other);
				}
				const [one, other] = both.map(({ firmware }) => [
					firmware.timeNs,
					...[...CLOCK_REGISTERS, ...POWER_REGISTERS].map((address) =>
						firmware.read32(address),
					),
				]);
				expect(one).toEqual(other);
			}),
			{ numRuns },
		);
	});

	it("start with the same registers", () => {
		const [one, other] = firmwares.map(({ create }) => {
			const firmware = create();
			return [...CLOCK_REGISTERS, ...POWER_REGISTERS].map((address) =>
				firmware.read32(address),
			);
		});
		expect(one).toEqual(other);
	});
});
