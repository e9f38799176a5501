// What the verbs share: options, reading devicetrees, opening a board, printing tables and JSON.
// Options have the same name and meaning in every verb.

import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import Table from "cli-table3";
import { type Command, InvalidArgumentError, Option } from "commander";
import { readFdt } from "../devicetree/fdt.ts";
import type { DeviceTree } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import { createEngine } from "../node.ts";
import { imx8mmBoard } from "../platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../platform/imx8mm/index.ts";
import { type Platform, VERSION_SETS } from "../platform/platform.ts";
import {
	type Board,
	type BoardOptions,
	openBoard,
} from "../simulation/board.ts";

export interface JsonOption {
	json?: true;
}

export interface BoardVerbOptions extends JsonOption {
	dtb?: string;
	scmi: keyof typeof VERSION_SETS;
}

export const jsonOption = () =>
	new Option("--json", "print one JSON value instead of text");

/** Adds the options of verbs that work on a board. */
export function withBoardOptions(command: Command): Command {
	return command
		.option(
			"--dtb <file>",
			"the board's devicetree blob (default: the built-in EVK-like board)",
		)
		.addOption(
			new Option(
				"--scmi <set>",
				"protocol versions that the firmware implements",
			)
				.choices(Object.keys(VERSION_SETS))
				.default("scmi-3.2"),
		)
		.addOption(jsonOption());
}

/** The platform that the options ask for. */
export function platformOf(options: BoardVerbOptions): Platform {
	return { ...IMX8MM, protocols: VERSION_SETS[options.scmi] };
}

/** The devicetree of a file, or the built-in one. */
export function readTree(file: string | undefined): DeviceTree {
	if (file === undefined) return imx8mmBoard();
	const blob = readFile(file);
	try {
		return readFdt(blob);
	} catch (error) {
		throw inFile(file, error);
	}
}

/** The same error, its message beginning with the file. */
export function inFile(file: string, error: unknown): unknown {
	return error instanceof CosimError
		? new CosimError(error.code, `${file}: ${error.message}`, { cause: error })
		: error;
}

export function readFile(file: string): Uint8Array<ArrayBuffer> {
	try {
		return new Uint8Array(readFileSync(file));
	} catch (cause) {
		throw new CosimError("FILE", `${file}: cannot be read: ${reason(cause)}`, {
			cause,
		});
	}
}

/** Writes a file whole or not at all. */
export function writeFile(file: string, bytes: Uint8Array): void {
	const partial = `${file}.${process.pid}.partial`;
	try {
		writeFileSync(partial, bytes);
		renameSync(partial, file);
	} catch (cause) {
		rmSync(partial, { force: true });
		throw new CosimError(
			"FILE",
			`${file}: cannot be written: ${reason(cause)}`,
			{ cause },
		);
	}
}

function reason(cause: unknown): string {
	return cause instanceof Error ? cause.message : String(cause);
}

/** A fresh firmware with the board that the options ask for. */
export function openBoardOf(
	options: BoardVerbOptions,
	boardOptions: BoardOptions = {},
): Board {
	const tree = readTree(options.dtb);
	const firmware = createEngine(platformOf(options));
	try {
		return openBoard(tree, firmware, boardOptions);
	} catch (error) {
		throw options.dtb === undefined ? error : inFile(options.dtb, error);
	}
}

/** A whole number from the command line, decimal or 0x-hexadecimal. */
export function parseNumber(text: string): number {
	const value = Number(text);
	if (!/^(0x[0-9a-f]+|[0-9]+)$/i.test(text) || !Number.isSafeInteger(value)) {
		throw new InvalidArgumentError(
			`expected a whole number, decimal or 0x-hexadecimal.`,
		);
	}
	return value;
}

export function printJson(value: unknown): void {
	process.stdout.write(
		`${JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part))}\n`,
	);
}

export function print(text: string): void {
	process.stdout.write(`${text}\n`);
}

/** Rows under a head, in columns without lines. Numbers are aligned to the right. */
export function printTable(
	head: readonly string[],
	rows: readonly (readonly (string | number)[])[],
): void {
	const table = new Table({
		chars: {
			top: "",
			"top-mid": "",
			"top-left": "",
			"top-right": "",
			bottom: "",
			"bottom-mid": "",
			"bottom-left": "",
			"bottom-right": "",
			left: "",
			"left-mid": "",
			mid: "",
			"mid-mid": "",
			right: "",
			"right-mid": "",
			middle: "  ",
		},
		style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
		colAligns: head.map((_, i) =>
			typeof rows[0]?.[i] === "number" ? "right" : "left",
		),
		head: [...head],
	});
	for (const row of rows) table.push([...row]);
	print(table.toString().replace(/ +$/gm, ""));
}

/** "1 device", "2 devices". */
export function count(n: number, noun: string): string {
	return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
