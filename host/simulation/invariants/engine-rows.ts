// The engine's own tables, read where they lie: what it believes, to be compared with what it was asked for.
// This project's own format: assembly/image.ts and assembly/layout.ts.

import { Address } from "../../../assembly/layout.ts";
import type { Engine } from "../../engine.ts";

/** Rows of one of the engine's tables. */
export interface EngineRows {
	words: Uint32Array;
	first: number;
	stride: number;
}

/** @param table State field with the table's address; `stride` is a row's size in bytes */
export function engineRows(
	engine: Engine,
	table: number,
	stride: number,
): EngineRows {
	const words = new Uint32Array(engine.buffer);
	const at = words[(Address.STATE + table) >>> 2] as number;
	return { words, first: at >>> 2, stride: stride >>> 2 };
}

/** A field of a row, a byte offset, as a word. */
export function read(
	{ words, first, stride }: EngineRows,
	id: number,
	field: number,
) {
	return words[first + id * stride + (field >>> 2)] as number;
}

/** That field of all rows. */
export function copy(rows: EngineRows, field: number, to: Uint32Array): void {
	for (let id = 0; id < to.length; id++) to[id] = read(rows, id, field);
}

/** Whether that field is this in all rows. */
export function same(
	rows: EngineRows,
	field: number,
	own: Uint32Array | Int32Array,
): boolean {
	const { words, stride } = rows;
	let at = rows.first + (field >>> 2);
	for (let id = 0; id < own.length; id++, at += stride)
		if (words[at] !== own[id]) return false;
	return true;
}
