// What a check of bindings finds, and the reading of properties that turns every mismatch into a finding.
// Follows the Devicetree Specification v0.4, chapter 2.3, and the wording that all bindings here share.

import { CosimError } from "../errors.ts";
import type { DtNode } from "./tree.ts";
import { decodeCells, describeValue, hex, NO_BYTES } from "./values.ts";

/** One place where a node breaks its binding. */
export interface Finding {
	/** Path of the node. */
	node: string;
	property: string;
	/** The value as a person would write it, or "absent". */
	value: string;
	expected: string;
	/** All of it in one sentence. */
	message: string;
}

/** Reads one node's properties; what does not fit becomes a finding and reads as undefined. */
export class NodeCheck {
	readonly node: DtNode;
	readonly findings: Finding[];

	constructor(node: DtNode, findings: Finding[]) {
		this.node = node;
		this.findings = findings;
	}

	/** Adds a finding about a property. */
	report(property: string, expected: string, value?: string): void {
		const bytes = this.node.properties.get(property);
		const found =
			value ?? (bytes === undefined ? "absent" : describeValue(bytes));
		const node = this.node.path;
		const message = `${node}: ${property} is ${found}, expected ${expected}`;
		this.findings.push({ node, property, value: found, expected, message });
	}

	/** Reports a property that must not be there. */
	unwanted(property: string, why: string): void {
		if (this.node.has(property)) this.report(property, `none: ${why}`);
	}

	/** The result of reading a property; a malformed one is reported and reads as undefined. */
	read<Value>(
		property: string,
		expected: string,
		reading: () => Value,
	): Value | undefined {
		try {
			return reading();
		} catch (error) {
			if (!(error instanceof CosimError)) throw error;
			this.report(property, `${expected} (${error.message})`);
			return undefined;
		}
	}

	/** A property of one cell between two bounds, which are named in hexadecimal when `inHex`. */
	u32(
		property: string,
		expected: string,
		least = 0,
		greatest = 0xffffffff,
	): number | undefined {
		const cells = this.#cells(property);
		const cell = cells?.[0];
		if (
			cells?.length === 1 &&
			cell !== undefined &&
			cell >= least &&
			cell <= greatest
		)
			return cell;
		this.report(property, expected);
		return undefined;
	}

	/** A property that must be exactly this cell. */
	exactly(property: string, cell: number): void {
		this.u32(property, `<${cell}>`, cell, cell);
	}

	/** A property of one string out of a few. */
	word(property: string, words: readonly string[]): string | undefined {
		const bytes = this.node.properties.get(property);
		const word = words.find(
			(candidate) =>
				bytes?.length === candidate.length + 1 &&
				this.#texts(property)?.[0] === candidate,
		);
		if (word === undefined)
			this.report(
				property,
				words.map((candidate) => JSON.stringify(candidate)).join(" or "),
			);
		return word;
	}

	/** A property of strings; empty when absent, undefined and reported when malformed. */
	texts(property: string): string[] | undefined {
		const texts = this.#texts(property);
		if (texts === undefined)
			this.report(property, "a list of NUL-terminated strings");
		return texts;
	}

	/** A property of cells; undefined and reported when malformed. */
	cells(property: string, expected: string): number[] | undefined {
		const cells = this.#cells(property);
		if (cells === undefined) this.report(property, expected);
		return cells;
	}

	/** Reports a function ID that the SMC calling convention does not allow. */
	functionId(property: string, id: number): void {
		// Bits 23:17 of a fast call's ID are reserved and zero; bit 16 is a hint of the caller.
		if (id >>> 31 === 1 && (id & 0x00fe0000) !== 0)
			this.report(
				property,
				"function IDs of the SMC calling convention, bits 23 to 17 zero",
				hex(id),
			);
	}

	#cells(property: string): number[] | undefined {
		try {
			return this.node.cells(property);
		} catch {
			return undefined;
		}
	}

	#texts(property: string): string[] | undefined {
		try {
			return this.node.texts(property);
		} catch {
			return undefined;
		}
	}
}

/** A property that is one u32 cell; undefined when it is absent or anything else. */
export function soleCell(node: DtNode, property: string): number | undefined {
	const cells = decodeCells(node.properties.get(property) ?? NO_BYTES);
	return cells?.length === 1 ? cells[0] : undefined;
}
