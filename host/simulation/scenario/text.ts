// A scenario's text to values, each with its line and column. What JSON.parse takes is taken, but for what would be lost or guessed:
// keys given twice, and numbers that lose digits. Follows RFC 8259 (JSON); jsonc-parser finds the places.

import { createRequire } from "node:module";
import type { Node, ParseError } from "jsonc-parser";
import { CosimError } from "../../errors.ts";
import { MOST_TEXT } from "./shape.ts";
import { below, type PlaceOf, pointerText, shown } from "./spot.ts";

/** What a scenario needs, and more. */
const DEEPEST = 16;

/** What the parser's codes mean. */
const PROBLEMS: Readonly<Record<string, string>> = {
	InvalidSymbol: "no value begins like this",
	InvalidNumberFormat: "this is no number",
	PropertyNameExpected: "expected a key in double quotes",
	ValueExpected: "expected a value",
	ColonExpected: "expected a colon",
	CommaExpected: "expected a comma",
	CloseBraceExpected: "expected } or a comma",
	CloseBracketExpected: "expected ] or a comma",
	EndOfFileExpected: "expected nothing more",
	InvalidCommentToken: "there are no comments in JSON, use the key comment",
	UnexpectedEndOfComment: "there are no comments in JSON, use the key comment",
	UnexpectedEndOfString: "the text does not end on its line",
	UnexpectedEndOfNumber: "the number ends too soon",
	InvalidUnicode: "\\u needs four hexadecimal digits",
	InvalidEscapeCharacter: "an unknown escape sequence",
	InvalidCharacter: "a control character in a text",
};

/** Values of a text, and where each stands. */
export interface Located {
	value: unknown;
	placeOf: PlaceOf;
}

/**
 * Reads a text.
 * @param name the file's, for places
 * @throws CosimError SCENARIO_INVALID with name, line and column
 */
export function readJson(text: string, name: string): Located {
	// Some editors put a byte order mark in front.
	const json = text.replace(/^\ufeff/, "");
	const at = linesOf(json.slice(0, MOST_TEXT));
	const refuse = (offset: number, problem: string): never => {
		throw new CosimError(
			"SCENARIO_INVALID",
			`${name}:${at(offset)}: ${problem}`,
		);
	};
	if (json.length > MOST_TEXT)
		throw new CosimError(
			"SCENARIO_INVALID",
			`${name}: ${json.length} characters, expected at most ${MOST_TEXT}`,
		);
	const deep = tooDeep(json);
	if (deep !== undefined)
		refuse(deep, `nested too deeply, expected at most ${DEEPEST} levels`);
	const errors: ParseError[] = [];
	const options = { disallowComments: true, allowTrailingComma: false };
	// Not imported above: few programs read scenarios, and all would wait for its files.
	const jsonc = createRequire(import.meta.url)(
		"jsonc-parser",
	) as typeof import("jsonc-parser");
	const tree = jsonc.parseTree(json, errors, options);
	const [first] = errors;
	if (first !== undefined || tree === undefined) {
		const code = first && jsonc.printParseErrorCode(first.error);
		const problem = PROBLEMS[code ?? ""] ?? "expected a value";
		refuse(first?.offset ?? 0, `not JSON: ${problem}`);
	}
	const offsets = new Map<string, { value: number; key: number }>();
	const value = readNode(tree as Node, "", json, offsets, refuse);
	return {
		value,
		placeOf: (pointer, key = false) => {
			const found = offsets.get(pointer);
			const offset = key ? found?.key : found?.value;
			const place = `${name}:${at(offset ?? 0)}`;
			return pointer === "" ? place : `${place}: ${pointerText(pointer)}`;
		},
	};
}

/** The value of a node; notes where it and everything below stands. */
function readNode(
	node: Node,
	pointer: string,
	json: string,
	offsets: Map<string, { value: number; key: number }>,
	refuse: (offset: number, problem: string) => never,
	key = node.offset,
): unknown {
	offsets.set(pointer, { value: node.offset, key });
	const { children = [] } = node;
	if (node.type === "array")
		return children.map((child, i) =>
			readNode(child, below(pointer, i), json, offsets, refuse),
		);
	if (node.type === "object") {
		const entries = new Map<string, unknown>();
		for (const { children: [name, value] = [] } of children) {
			const word = name?.value as string;
			const offset = name?.offset ?? 0;
			if (entries.has(word))
				refuse(offset, `${shown(word)} for the second time`);
			const place = below(pointer, word);
			entries.set(
				word,
				readNode(value as Node, place, json, offsets, refuse, offset),
			);
		}
		// Makes a key "__proto__" a key like any other.
		return Object.fromEntries(entries);
	}
	if (node.type === "number") checkNumber(node, json, refuse);
	return node.value;
}

/** Numbers of JSON have any number of digits, those of JavaScript 53 bits. */
function checkNumber(
	{ offset, length, value }: Node,
	json: string,
	refuse: (offset: number, problem: string) => never,
): void {
	if (!Number.isInteger(value) || Number.isSafeInteger(value)) return;
	const digits = shown(json.slice(offset, offset + length));
	refuse(
		offset,
		`a number beyond 2^53 - 1 loses digits, write it as text: ${digits}`,
	);
}

/** Where brackets are nested more deeply than they may be; parsers call themselves for each level. */
function tooDeep(json: string): number | undefined {
	let depth = 0;
	let quoted = false;
	for (let i = 0; i < json.length; i++) {
		const character = json[i];
		if (quoted) {
			if (character === "\\") i++;
			else if (character === '"') quoted = false;
		} else if (character === '"') quoted = true;
		else if (character === "[" || character === "{") {
			depth++;
			if (depth > DEEPEST) return i;
		} else if (character === "]" || character === "}") depth--;
	}
	return undefined;
}

/** Tells "line:column" of offsets, both from 1 on, in UTF-16 units as editors count. */
function linesOf(text: string): (offset: number) => string {
	const starts = [0];
	for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g))
		starts.push(index + end.length);
	return (offset) => {
		// The last line that starts at the offset or before it; there may be many lines, and many places to tell.
		let first = 0;
		let last = starts.length - 1;
		while (first < last) {
			const middle = Math.ceil((first + last) / 2);
			if ((starts[middle] as number) <= offset) first = middle;
			else last = middle - 1;
		}
		return `${first + 1}:${offset - (starts[first] as number) + 1}`;
	};
}
