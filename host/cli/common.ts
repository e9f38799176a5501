// What the verbs share: options, reading devicetrees, opening a board, printing tables and JSON.
// Options have the same name and meaning in every verb.

import { randomBytes } from "node:crypto";
import {
	accessSync,
	chmodSync,
	closeSync,
	constants,
	openSync,
	readFileSync,
	readlinkSync,
	readSync,
	realpathSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import Table from "cli-table3";
import { type Command, InvalidArgumentError, Option } from "commander";
import { MAX_BLOB_SIZE, readFdt } from "../devicetree/fdt.ts";
import { Header, MAGIC } from "../devicetree/fdt-layout.ts";
import type { Announcement } from "../devicetree/scmi-transport.ts";
import type { DeviceTree } from "../devicetree/tree.ts";
import { CosimError } from "../errors.ts";
import type { Firmware } from "../firmware.ts";
import { createFirmware } from "../node.ts";
import { imx8mmBoard } from "../platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../platform/imx8mm/index.ts";
import { type Platform, VERSION_SETS } from "../platform/platform.ts";
import { findProfile, PROFILES } from "../profiles/index.ts";
import type { ProfileName } from "../profiles/profile.ts";
import {
	type Board,
	type BoardOptions,
	openBoard,
	platformFor,
} from "../simulation/board.ts";
import { setMailbox } from "../simulation/platform-nodes.ts";

export interface JsonOption {
	json?: true;
}

/** The file name that stands for standard input and output. */
const STANDARD = "-";
const POLL_MS = 10;

export interface BoardVerbOptions extends JsonOption {
	dtb?: string;
	scmi: keyof typeof VERSION_SETS;
	profile?: ProfileName;
}

export const jsonOption = () =>
	new Option("--json", "print one JSON value instead of text");

/** Adds the options of verbs that work on a board. */
export function withBoardOptions(command: Command): Command {
	return withPlatformOptions(command).option(
		"--profile <name>",
		`the firmware: ${PROFILES.map(({ name }) => name).join(", ")}`,
		(name) => findProfile(name).name,
		"spec",
	);
}

/** The same for verbs that choose the firmware by other means. */
export function withPlatformOptions(command: Command): Command {
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
	const platform = { ...IMX8MM, protocols: VERSION_SETS[options.scmi] };
	return findProfile(options.profile ?? "spec").platform(platform);
}

/** The devicetree of a file, "-" for standard input, or the built-in one. */
export function readTree(file: string | undefined): DeviceTree {
	if (file === undefined) return imx8mmBoard();
	const blob = readBlob(file);
	try {
		return readFdt(blob);
	} catch (error) {
		throw inFile(file, error);
	}
}

/** The same error, its message beginning with the file. */
export function inFile(file: string, error: unknown): unknown {
	if (!(error instanceof CosimError)) return error;
	const message = `${inputName(file)}: ${error.message}`;
	return new CosimError(error.code, message, { cause: error });
}

/** What messages call a file that is read. */
export function inputName(file: string): string {
	return file === STANDARD ? "standard input" : file;
}

/** What messages call a file that is written. */
export function outputName(file: string): string {
	return file === STANDARD ? "standard output" : file;
}

/** Where text about a written file goes: not among its bytes. */
export function besides(file: string): NodeJS.WritableStream {
	return file === STANDARD ? process.stderr : process.stdout;
}

export function readFile(file: string): Uint8Array<ArrayBuffer> {
	try {
		return new Uint8Array(readFileSync(file));
	} catch (cause) {
		throw unreadable(file, cause);
	}
}

/** As much of a file as its devicetree header says, or what there is; a file that does not begin with such a header only that far. */
function readBlob(file: string): Uint8Array {
	let fd: number | undefined;
	try {
		fd = file === STANDARD ? 0 : openSync(file, constants.O_RDONLY);
		const head = readUpTo(fd, Header.Length);
		if (head.length < Header.Length) return head;
		const magic = head.readUInt32BE(Header.Magic);
		const total = head.readUInt32BE(Header.TotalSize);
		if (magic !== MAGIC || total > MAX_BLOB_SIZE || total <= head.length)
			return head;
		return Buffer.concat([head, readUpTo(fd, total - head.length)]);
	} catch (cause) {
		throw unreadable(file, cause);
	} finally {
		if (fd !== undefined && file !== STANDARD) closeSync(fd);
	}
}

/** A file's bytes, "-" for standard input; one byte more than the most there may be for a file that is longer. */
export function readAtMost(file: string, most: number): Uint8Array {
	let fd: number | undefined;
	try {
		fd = file === STANDARD ? 0 : openSync(file, constants.O_RDONLY);
		return readUpTo(fd, most + 1);
	} catch (cause) {
		throw unreadable(file, cause);
	} finally {
		if (fd !== undefined && file !== STANDARD) closeSync(fd);
	}
}

/** The next bytes of a file, fewer only at its end: pipes hand out less than they are asked for. */
function readUpTo(fd: number, size: number): Buffer {
	const buffer = Buffer.alloc(size);
	let at = 0;
	while (at < size) {
		const got = readOrWait(fd, buffer, at);
		if (got === 0) break;
		at += got;
	}
	return buffer.subarray(0, at);
}

/** Standard input may be set to return when nothing is there yet. */
function readOrWait(fd: number, buffer: Buffer, at: number): number {
	for (;;) {
		try {
			return readSync(fd, buffer, at, buffer.length - at, null);
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
			Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, POLL_MS);
		}
	}
}

/**
 * Writes a file, at the end of symbolic links: a regular one whole or not at all, with the mode that it had; a device or a
 * FIFO as it is; "-" is standard output.
 */
export function writeFile(file: string, bytes: Uint8Array): void {
	if (file === STANDARD) {
		process.stdout.write(bytes);
		return;
	}
	try {
		const old = statSync(file, { throwIfNoEntry: false });
		if (old === undefined || old.isFile())
			replaceFile(endOfLinks(file), bytes, old?.mode);
		else writeInto(file, bytes);
	} catch (cause) {
		throw new CosimError(
			"FILE",
			`${file}: cannot be written: ${reason(cause)}`,
			{ cause },
		);
	}
}

/** Writes into what is there already. */
function writeInto(file: string, bytes: Uint8Array): void {
	const fd = openSync(file, constants.O_WRONLY);
	try {
		writeFileSync(fd, bytes);
	} finally {
		closeSync(fd);
	}
}

function replaceFile(file: string, bytes: Uint8Array, mode?: number): void {
	// A file that must not be written must not be replaced either.
	if (mode !== undefined) accessSync(file, constants.W_OK);
	const random = randomBytes(6).toString("hex");
	const partial = join(dirname(file), `.scmi-cosim-${random}.partial`);
	try {
		writeFileSync(partial, bytes, { flag: "wx" });
		if (mode !== undefined) chmodSync(partial, mode & 0o7777);
		renameSync(partial, file);
	} finally {
		rmSync(partial, { force: true });
	}
}

/** The file that a path stands for, which need not exist yet. */
function endOfLinks(path: string): string {
	try {
		return realpathSync(path);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
	}
	let link: string;
	try {
		link = readlinkSync(path);
	} catch {
		return path;
	}
	// Not join(), which takes the folder before ".." for granted.
	return endOfLinks(isAbsolute(link) ? link : `${dirname(path)}/${link}`);
}

function unreadable(file: string, cause: unknown): CosimError {
	return new CosimError(
		"FILE",
		`${inputName(file)}: cannot be read: ${reason(cause)}`,
		{ cause },
	);
}

/** Why the system refuses, such as "ENOENT: no such file or directory", without the call and its paths. */
export function reason(cause: unknown): string {
	if (!(cause instanceof Error)) return String(cause);
	const { syscall } = cause as NodeJS.ErrnoException;
	return cause.message.split(`, ${syscall}`, 1)[0] as string;
}

/**
 * A fresh firmware with the board that the options ask for, reached by the tree's mailbox or by another.
 * @param around puts something around the firmware
 */
export function openBoardOf(
	options: BoardVerbOptions,
	boardOptions: BoardOptions = {},
	mailbox?: Announcement,
	around: (firmware: Firmware) => Firmware = (firmware) => firmware,
): Board {
	const tree = readTree(options.dtb);
	try {
		const served = platformOf(options);
		if (mailbox !== undefined) setMailbox(tree, served, mailbox);
		const platform = platformFor(tree, served);
		const firmware = createFirmware(options.profile, platform);
		return openBoard(tree, around(firmware), boardOptions);
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

export function printJson(
	value: unknown,
	to: NodeJS.WritableStream = process.stdout,
): void {
	to.write(
		`${JSON.stringify(value, (_, part) => (typeof part === "bigint" ? part.toString() : part))}\n`,
	);
}

export function print(
	text: string,
	to: NodeJS.WritableStream = process.stdout,
): void {
	to.write(`${text}\n`);
}

/** Rows under a head, in columns without lines. Numbers are aligned to the right. */
export function printTable(
	head: readonly string[],
	rows: readonly (readonly (string | number)[])[],
	to: NodeJS.WritableStream = process.stdout,
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
	print(table.toString().replace(/ +$/gm, ""), to);
}

/** "1 device", "2 devices". */
export function count(n: number, noun: string): string {
	return `${n} ${noun}${n === 1 ? "" : "s"}`;
}
