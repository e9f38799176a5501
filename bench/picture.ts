// What the picture shows: messages per second, by message and by how many go in a call.
// Ratios are measured elsewhere, ratios.ts; what a task does: messages.ts.

import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import { figureOf } from "./figures.ts";
import {
	type Group,
	type MeasureOptions,
	measure,
	type Task,
} from "./measure.ts";
import { batching, REQUESTS, type RequestName, trapping } from "./messages.ts";

/** Messages per second, by message and by how many go in a call. */
export interface Throughput {
	message: RequestName;
	/** 0: a trap each, with the request written and the reply read; else entries of the batch in a call, the engine's time. */
	batch: number;
	perSecond: number;
}

const SIZES = [0, 1, 4, 16, 64, 256, 1024];
const MESSAGES = [
	"version",
	"attributes",
	"rate-cached",
	"rate-set",
	"power-state",
] as const satisfies RequestName[];

function groupOf(message: RequestName): Group {
	const engine = createEngine(IMX8MM);
	const request = REQUESTS[message];
	return new Map(
		SIZES.map((size): [string, Task] => {
			const name = `${message} ${size}`;
			const task =
				size === 0
					? trapping(name, request, engine)
					: batching(request, engine, size);
			return [name, task];
		}),
	);
}

export function measureThroughput(options: MeasureOptions): Throughput[] {
	const costs = measure(MESSAGES.map(groupOf), options);
	return MESSAGES.flatMap((message) =>
		SIZES.map((batch) => {
			const { median } = figureOf(costs.get(`${message} ${batch}`) ?? []);
			return { message, batch, perSecond: 1e9 / median };
		}),
	);
}
