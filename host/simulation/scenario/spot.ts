// A value of a scenario with the place where it stands, so that whatever is wrong with it can be told with file, line and column.
// Places follow RFC 6901 (JSON pointer).

import { CosimError } from "../../errors.ts";
import { nearest } from "../../scmi/nearest.ts";
import { type Key, NUMBER_TEXT } from "./shape.ts";

/** Says where the value behind a pointer stands, or the key in front of it. */
export type PlaceOf = (pointer: string, key?: boolean) => string;

/** Where a value that came from no file stands. */
export const pointerOf: PlaceOf = (pointer) =>
	pointerText(pointer) || "the scenario";

/** Names that a message can list without being a page. */
const MOST_LISTED = 12;
const LONGEST_SHOWN = 40;
const LONGEST_POINTER = 120;

export class Spot {
	readonly value: unknown;
	readonly pointer: string;
	readonly #placeOf: PlaceOf;

	constructor(value: unknown, placeOf: PlaceOf, pointer = "") {
		this.value = value;
		this.pointer = pointer;
		this.#placeOf = placeOf;
	}

	/** What is wrong here. */
	refused(problem: string): CosimError {
		return this.#refused(this.pointer, false, problem);
	}

	/** What is wrong with a key of this object. */
	keyRefused(key: string, problem: string): CosimError {
		return this.#refused(below(this.pointer, key), true, problem);
	}

	#refused(pointer: string, key: boolean, problem: string): CosimError {
		const place = this.#placeOf(pointer, key);
		return new CosimError("SCENARIO_INVALID", `${place}: ${problem}`);
	}

	/** The value is this, not that. */
	expected(what: string): CosimError {
		return this.refused(`${shown(this.value)}, expected ${what}`);
	}

	/** The keys of an object. */
	names(what: string): string[] {
		const { value } = this;
		if (typeof value !== "object" || value === null || Array.isArray(value))
			throw this.expected(what);
		return Object.keys(value);
	}

	/** Whether an object has a key; undefined counts as absent. */
	has(key: string): boolean {
		return this.member(key).value !== undefined;
	}

	/** What is behind a key, undefined when there is none. */
	member(key: string): Spot {
		const object = this.value as Record<string, unknown>;
		const value = Object.hasOwn(object, key) ? object[key] : undefined;
		return new Spot(value, this.#placeOf, below(this.pointer, key));
	}

	/** An object of these keys. Refuses those that are unknown, and missing ones. */
	object(what: string, keys: readonly Key[]): void {
		const known = keys.map(({ name }) => name);
		for (const name of this.names(what)) {
			if (!known.includes(name))
				throw this.keyRefused(name, unknownName(`key`, name, known));
		}
		for (const { name, required } of keys) {
			if (required && !this.has(name))
				throw this.refused(`${what} needs the key "${name}"`);
		}
	}

	list(what: string, least: number, most: number): Spot[] {
		const { value } = this;
		if (!Array.isArray(value)) throw this.expected(what);
		if (value.length < least || value.length > most)
			throw this.refused(
				`${value.length} entries, expected ${what}, ${least} to ${most} of them`,
			);
		return Array.from(
			value,
			(each, i) => new Spot(each, this.#placeOf, below(this.pointer, i)),
		);
	}

	text(): string {
		if (typeof this.value !== "string") throw this.expected("a text");
		return this.value;
	}

	boolean(): boolean {
		if (typeof this.value !== "boolean") throw this.expected("true or false");
		return this.value;
	}

	/** One of the names that there are. */
	name<const N extends string>(what: string, known: readonly N[]): N {
		const { value } = this;
		if (typeof value !== "string")
			throw this.expected(`a text, the ${what}'s name`);
		const found = known.find((name) => name === value);
		if (found === undefined)
			throw this.refused(unknownName(what, value, known));
		return found;
	}

	/** A whole number of a range, as a number or as text. */
	integer(least: number, most: number): number {
		const { value } = this;
		const given =
			typeof value === "string" && NUMBER_TEXT.test(value)
				? numberOf(value)
				: value;
		if (!Number.isInteger(given) || !inRange(given as number, least, most))
			throw this.expected(`a whole number of ${least} to ${most}`);
		return given as number;
	}
}

function inRange(value: number, least: number, most: number): boolean {
	return value >= least && value <= most;
}

/** Number() knows no negative hexadecimal. */
function numberOf(text: string): number {
	return text.startsWith("-") ? -Number(text.slice(1)) : Number(text);
}

/** The pointer of what is behind a key or an index. */
export function below(pointer: string, key: string | number): string {
	const word = String(key).replaceAll("~", "~0").replaceAll("/", "~1");
	return `${pointer}/${word}`;
}

/** A pointer in a message: on one line, whatever keys there are, and not without end. */
export function pointerText(pointer: string): string {
	const text = JSON.stringify(pointer).slice(1, -1);
	return text.length <= LONGEST_POINTER
		? text
		: `${text.slice(0, LONGEST_POINTER)}...`;
}

/** That there is no such name, and which one was meant, or which ones there are. */
export function unknownName(
	what: string,
	word: string,
	known: readonly string[],
): string {
	const guess = nearest(word.slice(0, LONGEST_SHOWN), known);
	const list =
		known.length <= MOST_LISTED
			? `, expected ${known.length > 1 ? "one of " : ""}${known.join(", ")}`
			: "";
	return `there is no ${what} ${shown(word)}${guess === undefined ? list : `, did you mean ${guess}?`}`;
}

/** A value in a message: short, on one line, whatever it is. */
export function shown(value: unknown): string {
	if (typeof value === "string") {
		const whole = value.length <= LONGEST_SHOWN;
		return JSON.stringify(
			whole ? value : `${value.slice(0, LONGEST_SHOWN)}...`,
		);
	}
	if (value === null || typeof value === "number" || typeof value === "boolean")
		return String(value);
	if (value === undefined) return "nothing";
	if (Array.isArray(value)) return "a list";
	return typeof value === "object" ? "an object" : `a ${typeof value}`;
}
