// Random steps for two firmwares at once: SCMI messages right and wrong, traps, raw register writes, time.
// A sequence has a theme, clocks and domains that depend on each other, so that its steps meet.

import fc from "fast-check";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { type Platform, VERSION_SETS } from "../../host/platform/platform.ts";
import { withoutPlatformMessages } from "../support/firmwares.ts";
import { messagesOn, nameOf, type Theme } from "./messages.ts";
import { clockRegisters, powerRegisters, writesOn } from "./writes.ts";

/** One thing done to a firmware. */
export type Step =
	| {
			do: "send";
			/** Index into the platform's channels. */
			channel: number;
			/** Protocol and message, for people. */
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

/** What differs between the platforms under test. */
export interface Variant {
	versions: keyof typeof VERSION_SETS;
	maxMessageSize: number;
	hypervisorPassesOn: boolean;
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

export const variants: fc.Arbitrary<Variant> = fc.record({
	versions: fc.constantFrom("scmi-3.2", "scmi-3.1", "scmi-2.0", "scmi-1.0"),
	maxMessageSize: fc.constantFrom(128, 76, 100),
	hypervisorPassesOn: fc.boolean(),
});

export function platformOf({ versions, ...rest }: Variant): Platform {
	return withoutPlatformMessages({
		...IMX8MM,
		...rest,
		protocols: VERSION_SETS[versions],
		agents: ["linux", "tee"],
		channels: CHANNELS,
	});
}

/** The two agents' areas, one of each alone behind its function ID. */
const LINUX = 0;
const TEE = CHANNELS.length - 1;

const THEMES: readonly Theme[] = [
	// audio_pll1 up to its gate, slices on it, gates that they share
	{ clocks: [8, 18, 28, 38, 108, 109, 176, 177, 96, 94], domains: [10, 11] },
	// video_pll1, and outputs with a mux and a divider on it
	{ clocks: [10, 20, 30, 40, 252, 253, 254, 255, 256, 257], domains: [10] },
	// the CPU cluster: its PLL, its parking slice, its mux
	{ clocks: [14, 24, 34, 44, 76, 66, 215, 251], domains: [0, 1] },
	// the GPU's clocks and domains
	{ clocks: [12, 22, 32, 42, 89, 90, 193, 200, 217, 248], domains: [4, 5] },
	// display clocks that share one gate, and their domains
	{ clocks: [85, 86, 87, 101, 204, 205, 206, 207], domains: [10, 11] },
	// what the search for PLL settings and a factor over a slice come down to
	{ clocks: [18, 38, 97, 221], domains: [9] },
	// memory: factor and mux over a slice; a divider over a slice
	{ clocks: [97, 220, 221, 11, 41, 93, 95, 168, 175, 222], domains: [2, 3] },
	// the system PLLs with all that depends on them
	{ clocks: [25, 26, 45, 46, 55, 63, 81, 92, 91, 229], domains: [6, 7, 8] },
	{ clocks: IMX8MM.clocks.map(({ id }) => id), domains: [...Array(12).keys()] },
];

function hex(value: number): string {
	return `0x${(value >>> 0).toString(16)}`;
}

/** Mostly nothing, seldom a value. */
function seldom<T>(values: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> {
	return fc.oneof(
		{ weight: 29, arbitrary: fc.constant(undefined) },
		{ weight: 1, arbitrary: values },
	);
}

function sendsOn(theme: Theme): fc.Arbitrary<Step> {
	return fc
		.tuple(
			messagesOn(theme),
			fc.oneof(
				{ weight: 3, arbitrary: fc.constant(LINUX) },
				{ weight: 2, arbitrary: fc.constant(TEE) },
				{ weight: 1, arbitrary: fc.nat(CHANNELS.length - 1) },
			),
			fc.nat(1023),
			seldom(fc.integer({ min: 1, max: 3 })),
			seldom(fc.oneof(fc.nat(32), fc.constantFrom(0x1e8, 0x1e9, 0xffff_ffff))),
			seldom(fc.constantFrom(1, 2, 3, 0xffff_fffe)),
		)
		.map(([message, channel, token, type = 0, length, status]) => {
			const [protocol, id, words] = message;
			return {
				do: "send",
				channel,
				message: nameOf(protocol, id) + (type === 0 ? "" : ` of type ${type}`),
				header: (token << 18) | (protocol << 10) | (type << 8) | id,
				words,
				...(length === undefined ? {} : { length }),
				...(status === undefined ? {} : { status }),
			};
		});
}

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

/** A sequence of steps. */
export function sequences(longest: number): fc.Arbitrary<Step[]> {
	return fc.oneof(
		...THEMES.map((theme) => {
			const writes = writesOn(theme).map(
				([address, value]): Step => ({
					do: "write",
					address: hex(address),
					value: hex(value),
				}),
			);
			const steps = fc.oneof(
				{ weight: 24, arbitrary: sendsOn(theme) },
				{ weight: 5, arbitrary: writes },
				{ weight: 2, arbitrary: advances },
				{ weight: 1, arbitrary: reads },
				{ weight: 1, arbitrary: traps },
			);
			return fc.array(steps, { minLength: 1, maxLength: longest, size: "max" });
		}),
	);
}
