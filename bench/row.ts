// A row of the results: one figure, mostly a ratio, and the goal that it is held against.
// Names of rows stay what they are, since results of different versions are compared by them.

import { figureOf } from "./figures.ts";

export type Direction = "at most" | "at least";

/** "times" is a ratio; the other units are those of figures that have nothing to be held against. */
export type Unit = "times" | "KiB" | "ms" | "bytes" | "collections";

/** A row before it is measured. */
export interface Question {
	/** Group and member, such as `trap/version`. */
	name: string;
	/** For people: what is divided by what. */
	what: string;
	unit: Unit;
	/** null when the figure is only told. */
	goal: number | null;
	/** On which side of the goal it should be, or which way is better where there is none. */
	direction: Direction;
}

export interface Row extends Question {
	/** The median; null when it could not be measured. */
	ratio: number | null;
	/** The spread: four fifths of the measurements lie between. */
	low: number | null;
	high: number | null;
	/** The measurements, mostly one of each process that measured; empty when it could not be measured. */
	samples: readonly number[];
	/** Whether the ratio is on the right side of the goal; null where there is none, or it cannot be told here. */
	holds: boolean | null;
	/** Why it cannot be told, or what else is to be known; null when there is nothing to say. */
	note: string | null;
}

/** A row that was measured. */
export function answered(
	question: Question,
	samples: readonly number[],
	note: string | null = null,
): Row {
	const { median, low, high } = figureOf(samples);
	const { goal, direction } = question;
	const holds =
		goal === null
			? null
			: direction === "at most"
				? median <= goal
				: median >= goal;
	return { ...question, ratio: median, low, high, samples, holds, note };
}

/** A row that could not be measured, and why. */
export function unanswered(question: Question, note: string): Row {
	return {
		...question,
		ratio: null,
		low: null,
		high: null,
		samples: [],
		holds: null,
		note,
	};
}
