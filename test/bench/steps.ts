// Random steps for two firmwares at once: SCMI messages right and wrong, raw register writes, time.
// Values are drawn from what has effects: IDs of the platform and holes beside them, register fields, rates at boundaries.

import fc from "fast-check";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	clockCount,
	type Platform,
	VERSION_SETS,
} from "../../host/platform/platform.ts";

/** One thing done to a firmware. */
export type Step =
	| {
			do: "send";
			/** Index into the platform's channels. */
			channel: number;
			/** Names for people: protocol and message. */
			message: string;
			header: number;
			words: number[];
			/** SMT length where it is not that of the words; SMT status where it is not busy. */
			length?: number;
			status?: number;
	  }
	| { do: "trap"; method: "smc" | "hvc"; x0: number; x1: number }
	| { do: "write"; address: string; value: string }
	| { do: "read"; address: string }
	| { do: "advance"; ns: number };

const NAMES: Record<number, readonly [string, Record<number, string>]> = {
	16: [
		"base",
		{
			3: "DISCOVER_VENDOR",
			4: "DISCOVER_SUB_VENDOR",
			5: "DISCOVER_IMPLEMENTATION_VERSION",
			6: "DISCOVER_LIST_PROTOCOLS",
			7: "DISCOVER_AGENT",
		},
	],
	17: [
		"power",
		{ 3: "ATTRIBUTES", 4: "STATE_SET", 5: "STATE_GET", 8: "NAME_GET" },
	],
	20: [
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

function nameOf(protocol: number, message: number): string {
	const [name, messages] = NAMES[protocol] ?? [
		`0x${protocol.toString(16)}`,
		{},
	];
	return `${name} ${messages[message] ?? COMMON[message] ?? message}`;
}

function hex(value: number): string {
	return `0x${(value >>> 0).toString(16)}`;
}

/** Two agents, and a function ID with two areas, one of them the second agent's. */
const CHANNELS: Platform["channels"] = [
	...IMX8MM.channels,
	{ ...channel(0), functionId: 0xc200_00fc, address: 0x93_f800 },
	{ ...channel(0), functionId: 0xc200_00fc, address: 0x93_fa00, agent: "tee" },
	{ ...channel(0), functionId: 0xc200_00fd, address: 0x93_fc00, agent: "tee" },
];

function channel(index: number): Platform["channels"][number] {
	return IMX8MM.channels[index] as Platform["channels"][number];
}

/** What differs between the platforms under test. */
export interface Variant {
	versions: keyof typeof VERSION_SETS;
	maxMessageSize: number;
	hypervisorPassesOn: boolean;
}

export const variants: fc.Arbitrary<Variant> = fc.record({
	versions: fc.constantFrom("scmi-3.2", "scmi-3.1", "scmi-2.0", "scmi-1.0"),
	maxMessageSize: fc.constantFrom(128, 76, 100),
	hypervisorPassesOn: fc.boolean(),
});

export function platformOf({ versions, ...rest }: Variant): Platform {
	return {
		...IMX8MM,
		...rest,
		protocols: VERSION_SETS[versions],
		agents: ["linux", "tee"],
		channels: CHANNELS,
	};
}

const clockIds = fc.oneof(
	{ weight: 12, arbitrary: fc.nat(clockCount(IMX8MM) - 1) },
	// PLLs with all that hangs on them, what has dividers, what is shared, and the cluster.
	{ weight: 6, arbitrary: fc.integer({ min: 8, max: 47 }) },
	{ weight: 4, arbitrary: fc.constantFrom(95, 96, 215, 220, 221, 251) },
	{ weight: 4, arbitrary: fc.integer({ min: 252, max: 257 }) },
	{ weight: 4, arbitrary: fc.constantFrom(175, 222, 204, 205, 206, 207) },
	{ weight: 1, arbitrary: fc.constantFrom(258, 0xffff, 0x1_0002, 0xffff_ffff) },
);
const domainIds = fc.oneof(
	{ weight: 9, arbitrary: fc.nat(11) },
	{ weight: 1, arbitrary: fc.constantFrom(12, 0xffff, 0xffff_ffff) },
);
const words = fc.oneof(
	fc.nat(20),
	fc.constantFrom(0x10000, 0x20000, 0x20001, 0x30000, 0x30001, 0x30002),
	fc.integer({ min: 0, max: 31 }).map((bit) => (1 << bit) >>> 0),
	fc.constantFrom(0x4000_0000, 0xffff_ffff, 24_000_000),
	clockIds,
);
const rates = fc
	.oneof(
		{
			weight: 4,
			arbitrary: fc.constantFrom(
				...[
					0, 1, 2, 32_768, 81, 12_000_000, 24_000_000, 80_000_000, 133_000_000,
				],
				...[133_333_333, 196_608_000, 200_000_000, 361_267_200, 393_216_000],
				...[400_000_000, 594_000_000, 650_000_000, 800_000_000, 1_000_000_000],
				...[1_039_500_000, 1_200_000_000, 1_800_000_000, 2_000_000_000],
			),
		},
		{ weight: 3, arbitrary: fc.integer({ min: 0, max: 2_000_000_000 }) },
		{ weight: 1, arbitrary: fc.maxSafeInteger().map(Math.abs) },
		{
			weight: 1,
			arbitrary: fc.constantFrom(2 ** 32, 2 ** 35, 2 ** 35 + 1, 24_563_988_037),
		},
	)
	.chain((rate) => fc.constantFrom(rate, rate + 1, Math.max(rate - 1, 0)));
const flags = fc.oneof(
	{ weight: 8, arbitrary: fc.constantFrom(0, 4, 8, 12, 2) },
	{ weight: 1, arbitrary: fc.constantFrom(1, 16, 0x8000_0000) },
);

function send(
	protocol: number,
	message: number,
	parameters: fc.Arbitrary<number[]>,
	weight = 1,
): { weight: number; arbitrary: fc.Arbitrary<[number, number, number[]]> } {
	return {
		weight,
		arbitrary: parameters.map((list) => [protocol, message, list]),
	};
}

/** Messages as agents send them. */
const proper = fc.oneof(
	send(
		20,
		5,
		fc
			.tuple(flags, clockIds, rates)
			.map(([f, id, rate]) => [f, id, rate >>> 0, Math.floor(rate / 2 ** 32)]),
		12,
	),
	send(
		20,
		6,
		clockIds.map((id) => [id]),
		4,
	),
	send(
		20,
		7,
		fc.tuple(
			clockIds,
			fc.constantFrom(0, 1, 0, 1, 2),
			fc.constantFrom(0, 0, 1),
		),
		8,
	),
	send(20, 7, fc.tuple(clockIds, fc.constantFrom(0, 1)), 4),
	send(20, 4, fc.tuple(clockIds, fc.constantFrom(0, 0, 0, 1, 14, 16)), 3),
	send(20, 12, fc.tuple(clockIds, fc.constantFrom(0, 0, 1, 8, 9, 16))),
	send(20, 13, fc.tuple(clockIds, clockIds), 2),
	...[3, 8, 14, 15].map((id) =>
		send(
			20,
			id,
			clockIds.map((clock) => [clock]),
		),
	),
	send(20, 11, fc.tuple(clockIds, fc.constantFrom(0, 0, 1))),
	send(
		17,
		4,
		fc.tuple(
			fc.constantFrom(0, 0, 0, 0, 1, 2),
			domainIds,
			fc.constantFrom(0, 1 << 30, 0, 1 << 30, 1),
		),
		10,
	),
	send(
		17,
		5,
		domainIds.map((id) => [id]),
		4,
	),
	...[3, 8].map((id) =>
		send(
			17,
			id,
			domainIds.map((domain) => [domain]),
		),
	),
	...[16, 17, 20].flatMap((protocol) => [
		send(
			protocol,
			16,
			fc
				.constantFrom(0x10000, 0x20000, 0x20001, 0x30000, 0x30001)
				.map((version) => [version]),
		),
		send(
			protocol,
			2,
			fc.nat(17).map((id) => [id]),
		),
		...[0, 1].map((id) => send(protocol, id, fc.constant([]))),
	]),
	...[3, 4, 5].map((id) => send(16, id, fc.constant([]))),
	send(
		16,
		6,
		fc.nat(4).map((skip) => [skip]),
	),
	send(
		16,
		7,
		fc.constantFrom(0, 1, 2, 3, 0xffff_ffff).map((id) => [id]),
	),
);

/** Anything at all. */
const junk = fc.tuple(
	fc.constantFrom(16, 17, 20, 16, 17, 20, 15, 18, 19, 21, 23, 24, 0, 255),
	fc.oneof(fc.nat(17), fc.constantFrom(31, 32, 255)),
	fc.array(words, { maxLength: 5 }),
);

/** Mostly nothing, seldom a value. */
function seldom<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
	return fc.option(values, { nil: undefined, freq: 30 });
}

const sends: fc.Arbitrary<Step> = fc
	.tuple(
		fc.oneof({ weight: 6, arbitrary: proper }, { weight: 1, arbitrary: junk }),
		fc.oneof(
			{ weight: 3, arbitrary: fc.constant(0) },
			{ weight: 2, arbitrary: fc.nat(CHANNELS.length - 1) },
		),
		fc.nat(1023),
		seldom(fc.integer({ min: 1, max: 3 })),
		seldom(fc.oneof(fc.nat(32), fc.constantFrom(0x1e8, 0x1e9, 0xffff_ffff))),
		seldom(fc.constantFrom(1, 2, 3, 0xffff_fffe)),
	)
	.map(([[protocol, id, list], index, token, type = 0, length, status]) => ({
		do: "send",
		channel: index,
		message: nameOf(protocol, id) + (type === 0 ? "" : ` of type ${type}`),
		header: (token << 18) | (protocol << 10) | (type << 8) | id,
		words: list,
		...(length === undefined ? {} : { length }),
		...(status === undefined ? {} : { status }),
	}));

const functionIds = [
	...IMX8MM.services.map(({ functionId }) => functionId),
	...CHANNELS.map(({ functionId }) => functionId),
];
const traps: fc.Arbitrary<Step> = fc
	.tuple(
		fc.constantFrom("smc" as const, "hvc" as const),
		fc.constantFrom(...functionIds, 0x8400_0001, 0xc400_0003, 0),
		fc.constantFrom(...functionIds, 0x8400_0001, 0x8000_8000, 0),
		fc.constantFrom(0, 0, 0, 1 << 16, 1 << 17, 1 << 23, 1 << 30),
	)
	.map(([method, x0, x1, flip]) => ({
		do: "trap",
		method,
		x0: (x0 ^ flip) >>> 0,
		x1,
	}));

const roots = IMX8MM.clocks.flatMap((clock) =>
	clock.kind === "composite" ? [clock.address] : [],
);
const plls = IMX8MM.clocks.flatMap((clock) =>
	clock.kind === "pll" ? [clock.address] : [],
);
const gates = IMX8MM.clocks.flatMap((clock) =>
	clock.gate === undefined || clock.kind === "composite"
		? []
		: [clock.gate.address],
);
const fields = IMX8MM.clocks.flatMap((clock) =>
	"field" in clock ? [clock.field.address] : [],
);
/** Every register of clocks that has a meaning; reading them has no effects. */
export const clockRegisters: readonly number[] = [
	...new Set([
		...[...roots, ...gates, ...fields],
		...plls.flatMap((address) => [address, address + 4, address + 8]),
	]),
];
const power = IMX8MM.powerController as NonNullable<
	Platform["powerController"]
>;
const controls = IMX8MM.powerDomains.flatMap(({ switches }) =>
	switches.map(({ pgcIndex }) => power.pgcBase + pgcIndex * 0x40),
);
/** Those of the power controller; a read lets happen what is due. */
export const powerRegisters: readonly number[] = [
	...[power.upRequest, power.downRequest, power.mapping, power.handshake],
	...controls.flatMap((address) => [address, address + 0xc]),
];

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });

function write(
	addresses: readonly number[],
	values: fc.Arbitrary<number>,
	weight = 1,
): { weight: number; arbitrary: fc.Arbitrary<Step> } {
	const arbitrary = fc.tuple(fc.constantFrom(...addresses), values).map(
		([address, value]): Step => ({
			do: "write",
			address: hex(address),
			value: hex(value),
		}),
	);
	return { weight, arbitrary };
}

/** A register in the CCM with its SET, CLR and TOG aliases. */
function aliased(addresses: readonly number[]): number[] {
	return addresses.flatMap((address) =>
		address >= 0x3038_0000
			? [0, 4, 8, 12].map((to) => address + to)
			: [address],
	);
}

const controlWords = fc
	.tuple(fc.subarray([0, 1, 4, 9, 9, 9, 11, 13, 16, 28, 31]), fc.boolean())
	.map(([bits, divided]) =>
		bits.reduce((word, bit) => word | (1 << bit), divided ? 0x0aaa_a000 : 0),
	);
const dividerWords = fc
	.tuple(
		fc.oneof(fc.integer({ min: 60, max: 400 }), fc.nat(1023)),
		fc.oneof(fc.integer({ min: 1, max: 6 }), fc.nat(63)),
		fc.nat(7),
	)
	.map(([m, p, s]) => (m << 12) | (p << 4) | s);
/** Settings that a PLL may have already, with bits around their fields. */
const reservedDividerBits = fc
	.tuple(fc.constantFrom(0x0014_5032, 0x000c_8031, 0x000f_a022), u32)
	.map(([word, others]) => word | (others & 0xffc0_000f));
const bits32 = fc.oneof(
	fc.constantFrom(0, 0xffff_ffff, 1, 3),
	fc
		.subarray([...Array(32).keys()], { maxLength: 8 })
		.map((bits) => bits.reduce((word, bit) => word | (1 << bit), 0)),
);

const writes: fc.Arbitrary<Step> = fc.oneof(
	write(aliased(roots), u32, 2),
	write(
		aliased(roots),
		fc
			.tuple(fc.nat(7), fc.nat(7), fc.nat(63))
			.map(
				([mux, pre, post]) => 0x1000_0000 | (mux << 24) | (pre << 16) | post,
			),
		2,
	),
	write(aliased(gates), bits32, 2),
	write(aliased(fields), u32),
	write(plls, controlWords, 4),
	write(
		plls.map((address) => address + 4),
		dividerWords,
		4,
	),
	write(
		plls.map((address) => address + 8),
		u32,
	),
	write(
		plls.map((address) => address + 4),
		fc.oneof(u32, reservedDividerBits),
	),
	write(powerRegisters, bits32),
	write([power.mapping], fc.constantFrom(0xffff_ffff, 0xffff_ffff, 0), 2),
	write([power.upRequest, power.downRequest], bits32, 4),
	write([power.handshake], bits32, 3),
	write(controls, fc.constantFrom(0, 1), 2),
);

const reads: fc.Arbitrary<Step> = fc
	.constantFrom(...clockRegisters, ...powerRegisters, ...powerRegisters)
	.map((address) => ({ do: "read", address: hex(address) }));

const advances: fc.Arbitrary<Step> = fc
	.oneof(
		fc.constantFrom(
			0,
			1,
			1_999,
			2_000,
			2_001,
			30_000,
			29_999,
			32_000,
			10_000_000,
		),
		fc.nat(40_000),
		fc.nat(1_000_000_000),
	)
	.map((ns) => ({ do: "advance", ns }));

export const steps: fc.Arbitrary<Step> = fc.oneof(
	{ weight: 12, arbitrary: sends },
	{ weight: 5, arbitrary: writes },
	{ weight: 2, arbitrary: advances },
	{ weight: 1, arbitrary: reads },
	{ weight: 1, arbitrary: traps },
);
