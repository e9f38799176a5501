// Platforms of other sizes than the i.MX8MM: more clocks, more channels.
// The platform's tables: host/platform/platform.ts.

import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import type { Channel, Clock, Platform } from "../host/platform/platform.ts";

export const FEWEST_CLOCKS = 250;
export const MOST_CLOCKS = 65_535;
export const MOST_CHANNELS = 4096;

/** Where the areas of the channels lie: DRAM. */
const AREAS = 0x4000_0000;
const AREA_SIZE = 256;
/** SMC64, fast, SiP service. */
const FUNCTION_IDS = 0xc200_1000;

function crystal(id: number): Clock {
	return { id, name: `crystal${id}`, kind: "fixed", rate: 24_000_000 };
}

/** A platform with nothing but clocks, and one channel. */
function bare(): Platform {
	return {
		...IMX8MM,
		channels: IMX8MM.channels.slice(0, 1),
		clocks: [crystal(0)],
		powerController: null,
		powerDomains: [],
		resets: [],
		rails: [],
		performanceDomains: [],
		sensors: [],
		thermal: null,
		registers: [],
	};
}

/** A crystal and gates below it, IDs 0 to `count` - 1. */
export function withClocks(count: number): Platform {
	const gates = Array.from(
		{ length: count - 1 },
		(_, i): Clock => ({
			id: i + 1,
			name: `gate${i + 1}`,
			kind: "gate",
			parent: "crystal0",
		}),
	);
	return { ...bare(), clocks: [crystal(0), ...gates] };
}

/** Channels with a function ID and an area each. */
export function withChannels(count: number): Platform {
	const platform = bare();
	const channels = Array.from(
		{ length: count },
		(_, i): Channel => ({
			functionId: FUNCTION_IDS + i,
			exceptionLevel: 3,
			agent: "linux",
			address: AREAS + i * AREA_SIZE,
			size: AREA_SIZE,
		}),
	);
	const areas = {
		name: "areas",
		address: AREAS,
		size: count * AREA_SIZE,
		kind: "ram",
	} as const;
	return { ...platform, channels, blocks: [...platform.blocks, areas] };
}
