// Constants of the flattened devicetree format, for its reader and its writer.
// Follows the Devicetree Specification v0.4, chapters 5.2 (header) and 5.4 (structure block).

import { CosimError } from "../errors.ts";
import { hex } from "./values.ts";

/** The first word of every blob. */
export const MAGIC = 0xd00dfeed;
/** Version that is written, and the latest that is read. */
export const VERSION = 17;
/** Earliest version that is read, and the one that what is written stays compatible with. */
export const COMPATIBLE_VERSION = 16;

/** Byte offsets of the header's fields. */
export const enum Header {
	Magic = 0,
	TotalSize = 4,
	OffStruct = 8,
	OffStrings = 12,
	OffReservations = 16,
	Version = 20,
	LastCompatible = 24,
	BootCpu = 28,
	SizeStrings = 32,
	SizeStruct = 36,
	/** Length of the header; version 16 lacks the last field. */
	Length = 40,
}

/** Tokens of the structure block. */
export const enum Token {
	BeginNode = 1,
	EndNode = 2,
	Prop = 3,
	Nop = 4,
	End = 9,
}

/** Tokens as the specification writes them. */
export const TOKEN_NAMES: Record<number, string> = {
	[Token.BeginNode]: "FDT_BEGIN_NODE",
	[Token.EndNode]: "FDT_END_NODE",
	[Token.Prop]: "FDT_PROP",
	[Token.Nop]: "FDT_NOP",
	[Token.End]: "FDT_END",
};

/** The next multiple of 4. */
export function align4(value: number): number {
	return (value + 3) & ~3;
}

/** The error for bytes of a blob that are not what they must be. */
export function refuse(
	offset: number,
	found: string,
	expected: string,
): CosimError {
	return new CosimError(
		"FDT_INVALID",
		`devicetree blob, offset ${hex(offset)}: found ${found}, expected ${expected}`,
	);
}
