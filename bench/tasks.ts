// The tasks that are measured against one another, in groups; each is made when it is needed.
// What a task does: messages.ts. Which rows divide what: ratios.ts.

import type { Engine } from "../host/engine.ts";
import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { searching, settingRate } from "./all-pairs.ts";
import type { Group, Task } from "./measure.ts";
import {
	batching,
	CLOCK,
	callingNothing,
	firstChannel,
	idsBelow,
	RATE_GET,
	REQUESTS,
	type RequestName,
	trapping,
	trappingPlain,
} from "./messages.ts";
import { PlainServer } from "./plain-server.ts";
import {
	FEWEST_CLOCKS,
	MOST_CHANNELS,
	MOST_CLOCKS,
	withChannels,
	withClocks,
} from "./platforms.ts";

export const NAMES = Object.keys(REQUESTS) as RequestName[];
/** Entries of the batches in rows. */
export const BATCH = 1024;

function askingForClocks(name: string, count: number): Task {
	const engine = createEngine(withClocks(count));
	const ids = idsBelow(count);
	const rate = { protocol: CLOCK, message: RATE_GET, words: [0], ids };
	return trapping(name, rate, engine);
}

function askingOnChannel(name: string, count: number): Task {
	const engine = createEngine(withChannels(count));
	const channel = engine.platform.channels[count - 1];
	const rate = { protocol: CLOCK, message: RATE_GET, words: [0] };
	return trapping(name, rate, engine, channel ?? firstChannel(IMX8MM));
}

/** Tasks of a group, made when they are needed. */
type Makers = Readonly<Record<string, (name: string) => Task>>;

/** What is done with one message. */
function sendingOf(message: RequestName): Makers {
	const request = REQUESTS[message];
	let opened: Engine | undefined;
	const engine = () => {
		opened ??= createEngine(IMX8MM);
		return opened;
	};
	return {
		[`empty call ${message}`]: callingNothing,
		[`trap ${message}`]: (name) => trapping(name, request, engine()),
		[`plain ${message}`]: (name) =>
			trappingPlain(name, request, new PlainServer(IMX8MM)),
		[`batch ${BATCH} ${message}`]: () => batching(request, engine(), BATCH),
	};
}

const GROUPS: readonly Makers[] = [
	...NAMES.map(sendingOf),
	{ "all pairs": searching, "rate set beside them": settingRate },
	{
		[`clocks ${MOST_CLOCKS}`]: (name) => askingForClocks(name, MOST_CLOCKS),
		[`clocks ${FEWEST_CLOCKS}`]: (name) => askingForClocks(name, FEWEST_CLOCKS),
	},
	{
		[`channels ${MOST_CHANNELS}`]: (name) =>
			askingOnChannel(name, MOST_CHANNELS),
		"channels 1": (name) => askingOnChannel(name, 1),
	},
];

/** Those of the tasks, group by group. */
export function makeGroups(names: readonly string[]): Group[] {
	return GROUPS.map(
		(makers): Group =>
			new Map(
				Object.entries(makers)
					.filter(([name]) => names.includes(name))
					.map(([name, make]) => [name, make(name)]),
			),
	).filter(({ size }) => size > 0);
}
