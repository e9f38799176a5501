// Random SCMI messages about some clocks and power domains: as agents send them, and wrong ones.
// Message numbers and layouts: SCMI 3.2 (Arm DEN0056E), sections 4.2, 4.3 and 4.6.

import fc from "fast-check";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { clockCount } from "../../host/platform/platform.ts";

/** Clocks and power domains that have to do with each other; a sequence of steps stays with them mostly. */
export interface Theme {
	clocks: readonly number[];
	domains: readonly number[];
}

/** Protocol, message, parameter words. */
export type Message = [protocol: number, message: number, words: number[]];

const BASE = 0x10;
const POWER = 0x11;
const CLOCK = 0x14;

const NAMES: Record<number, readonly [string, Record<number, string>]> = {
	[BASE]: [
		"base",
		{
			3: "DISCOVER_VENDOR",
			4: "DISCOVER_SUB_VENDOR",
			5: "DISCOVER_IMPLEMENTATION_VERSION",
			6: "DISCOVER_LIST_PROTOCOLS",
			7: "DISCOVER_AGENT",
		},
	],
	[POWER]: [
		"power",
		{ 3: "ATTRIBUTES", 4: "STATE_SET", 5: "STATE_GET", 8: "NAME_GET" },
	],
	[CLOCK]: [
		"clock",
		{
			3: "ATTRIBUTES",
			4: "DESCRIBE_RATES",
			5: "RATE_SET",
			6: "RATE_GET",
			7: "CONFIG_SET",
			8: "NAME_GET",
			11: "CONFIG_GET",
			12: "POSSIBLE_PARENTS_GET",
			13: "PARENT_SET",
			14: "PARENT_GET",
			15: "GET_PERMISSIONS",
		},
	],
};
const COMMON: Record<number, string> = {
	0: "PROTOCOL_VERSION",
	1: "PROTOCOL_ATTRIBUTES",
	2: "MESSAGE_ATTRIBUTES",
	16: "NEGOTIATE_PROTOCOL_VERSION",
};

/** For people. */
export function nameOf(protocol: number, message: number): string {
	const [name, messages] = NAMES[protocol] ?? [
		`0x${protocol.toString(16)}`,
		{},
	];
	return `${name} ${messages[message] ?? COMMON[message] ?? message}`;
}

const ON = 0;
const OFF = 1 << 30;

const rates = fc
	.oneof(
		{
			weight: 4,
			arbitrary: fc.constantFrom(
				...[0, 1, 2, 81, 32_768, 12_000_000, 24_000_000, 80_000_000],
				...[133_000_000, 133_333_333, 196_608_000, 200_000_000, 361_267_200],
				...[393_216_000, 400_000_000, 594_000_000, 650_000_000, 800_000_000],
				...[1_000_000_000, 1_039_500_000, 1_200_000_000, 1_800_000_000],
			),
		},
		{ weight: 2, arbitrary: fc.integer({ min: 0, max: 2_000_000_000 }) },
		// What a fractional PLL reaches without relocking.
		{
			weight: 2,
			arbitrary: fc.integer({ min: 648_900_000, max: 651_100_000 }),
		},
		{ weight: 1, arbitrary: fc.maxSafeInteger().map(Math.abs) },
		{
			weight: 1,
			arbitrary: fc.constantFrom(2 ** 32, 2 ** 35, 2 ** 35 + 1, 24_563_988_037),
		},
	)
	.chain((rate) => fc.constantFrom(rate, rate + 1, Math.max(rate - 1, 0)));
const rateFlags = fc.oneof(
	{ weight: 12, arbitrary: fc.constantFrom(0, 4, 8, 12, 2) },
	{ weight: 1, arbitrary: fc.constantFrom(1, 16, 0x8000_0000) },
);
const strangeIds = fc.constantFrom(258, 0xffff, 0x1_0002, 0xffff_ffff);
const versions = fc.constantFrom(
	...[0x10000, 0x20000, 0x20001, 0x30000, 0x30001, 0x30002],
);

/** Messages of one kind, with a weight. */
function kind(
	protocol: number,
	message: number,
	parameters: fc.Arbitrary<number[]>,
	weight = 1,
): { weight: number; arbitrary: fc.Arbitrary<Message> } {
	const arbitrary = parameters.map(
		(words): Message => [protocol, message, words],
	);
	return { weight, arbitrary };
}

function one(values: fc.Arbitrary<number>): fc.Arbitrary<number[]> {
	return values.map((value) => [value]);
}

function clockMessages(clocks: fc.Arbitrary<number>) {
	const zeros = fc.constantFrom(0, 0, 0, 0, 1);
	return [
		kind(
			CLOCK,
			5,
			fc
				.tuple(rateFlags, clocks, rates)
				.map(([flags, id, rate]) => [
					...[flags, id, rate >>> 0],
					Math.floor(rate / 2 ** 32),
				]),
			12,
		),
		kind(CLOCK, 6, one(clocks), 4),
		// CONFIG_SET as in version 3.0 and before.
		kind(CLOCK, 7, fc.tuple(clocks, fc.constantFrom(0, 1, 0, 1, 2), zeros), 10),
		kind(CLOCK, 7, fc.tuple(clocks, fc.constantFrom(0, 1)), 5),
		kind(CLOCK, 4, fc.tuple(clocks, fc.constantFrom(0, 0, 0, 1, 14, 16)), 3),
		kind(CLOCK, 11, fc.tuple(clocks, zeros)),
		kind(CLOCK, 12, fc.tuple(clocks, fc.constantFrom(0, 0, 1, 8, 9, 16))),
		kind(CLOCK, 13, fc.tuple(clocks, clocks), 4),
		// PARENT_SET to a parent that the clock has.
		kind(
			CLOCK,
			13,
			fc.tuple(clocks, fc.nat(15)).map(([id, position]) => {
				const clock = IMX8MM.clocks.find((each) => each.id === id);
				const parents = clock && "parents" in clock ? clock.parents : [];
				const name = parents[position % parents.length];
				const parent = IMX8MM.clocks.find((each) => each.name === name);
				return [id, parent?.id ?? 0];
			}),
			6,
		),
		...[3, 8, 14, 15].map((message) => kind(CLOCK, message, one(clocks))),
	];
}

function powerMessages(domains: fc.Arbitrary<number>) {
	const flags = fc.constantFrom(0, 0, 0, 0, 0, 0, 1, 2);
	const states = fc.constantFrom(ON, OFF, ON, OFF, ON, OFF, 1);
	return [
		kind(POWER, 4, fc.tuple(flags, domains, states), 12),
		kind(POWER, 5, one(domains), 4),
		...[3, 8].map((message) => kind(POWER, message, one(domains))),
	];
}

function otherMessages() {
	return [
		...[BASE, POWER, CLOCK].flatMap((protocol) => [
			kind(protocol, 16, one(versions)),
			kind(protocol, 2, one(fc.nat(17))),
			...[0, 1].map((message) => kind(protocol, message, fc.constant([]))),
		]),
		...[3, 4, 5].map((message) => kind(BASE, message, fc.constant([]))),
		kind(BASE, 6, one(fc.nat(4))),
		kind(BASE, 7, one(fc.constantFrom(0, 1, 2, 3, 0xffff_ffff))),
	];
}

/** Messages that keep to a theme mostly. */
export function messagesOn(theme: Theme): fc.Arbitrary<Message> {
	const clocks = fc.oneof(
		{ weight: 16, arbitrary: fc.constantFrom(...theme.clocks) },
		{ weight: 3, arbitrary: fc.nat(clockCount(IMX8MM) - 1) },
		{ weight: 1, arbitrary: strangeIds },
	);
	const domains = fc.oneof(
		{ weight: 16, arbitrary: fc.constantFrom(...theme.domains) },
		{ weight: 3, arbitrary: fc.nat(IMX8MM.powerDomains.length) },
		{ weight: 1, arbitrary: strangeIds },
	);
	const proper = fc.oneof(
		...clockMessages(clocks),
		...powerMessages(domains),
		...otherMessages(),
	);
	const words = fc.oneof(
		...[fc.nat(20), clocks, versions],
		fc.constantFrom(OFF, 0x8000_0000, 0xffff_ffff, 24_000_000),
	);
	const junk: fc.Arbitrary<Message> = fc.tuple(
		fc.constantFrom(BASE, POWER, CLOCK, 15, 18, 19, 21, 23, 24, 0, 255),
		fc.oneof(fc.nat(17), fc.constantFrom(31, 32, 255)),
		fc.array(words, { maxLength: 5 }),
	);
	return fc.oneof(
		{ weight: 9, arbitrary: proper },
		{ weight: 1, arbitrary: junk },
	);
}
