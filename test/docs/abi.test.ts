// The ABI page, docs/abi.md, and the C header with the same numbers: their tables are made from the sources in assembly/.
// `npx vitest run test/docs -u` writes both anew.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { Abi } from "../../assembly/layout.ts";
import { engineModule } from "../../host/node.ts";
import {
	type Constants,
	constantsOf,
	type ExportedFunction,
	exportedFunctions,
	upperCase,
} from "../support/abi-source.ts";

const PAGE = "../../docs/abi.md";
const HEADER = "../../host/bridge/c/scmi_abi.h";

const functions = exportedFunctions();
const layout = constantsOf("layout.ts");
const image = constantsOf("image.ts");

/** Types of the sources that are one i32 of WebAssembly. */
const WORDS = ["u32", "i32", "bool"];

function hex(value: number): string {
	return value < 0 ? `${value}` : `0x${value.toString(16)}`;
}

function signature({ name, parameters, result }: ExportedFunction): string {
	const list = parameters.map(([name, type]) => `${name}: ${type}`).join(", ");
	return `${name}(${list})${result === "void" ? "" : ` -> ${result}`}`;
}

/** A comment names other constants by their TypeScript names, and links by the compiler's. */
function inWords(comment: string): string {
	return comment.replaceAll(/\{@link (\w+)\}/g, "$1");
}

function functionTable(): string {
	return [
		"| export | what it does |",
		"|---|---|",
		...functions.map(
			(each) => `| \`${signature(each)}\` | ${inWords(each.comment)} |`,
		),
	].join("\n");
}

function tableOf({ name, comment, members }: Constants): string {
	return [
		`### ${name}`,
		...(comment === "" ? [] : ["", inWords(comment)]),
		"",
		"| name | value | |",
		"|---|---|---|",
		...members.map(
			(member) =>
				`| ${member.name} | ${hex(member.value)} | ${inWords(member.comment)} |`,
		),
	].join("\n");
}

const BLOCKS: Record<string, () => string> = {
	version: () => `The ABI version is **${Abi.VERSION}**.`,
	exports: functionTable,
	layout: () => layout.map(tableOf).join("\n\n"),
	image: () => image.map(tableOf).join("\n\n"),
};

/** The page as it is, with everything between its marks made anew. */
function page(): string {
	const path = fileURLToPath(new URL(PAGE, import.meta.url));
	const marks = /(<!-- from the sources: (\w+) -->\n)[\s\S]*?(<!-- end -->)/g;
	return readFileSync(path, "utf8").replaceAll(
		marks,
		(_, begin: string, name: string, end: string) =>
			`${begin}\n${BLOCKS[name]?.()}\n\n${end}`,
	);
}

function header(): string {
	return [
		"/*",
		" * The numbers of docs/abi.md for C, made from assembly/layout.ts and assembly/image.ts by test/docs/abi.test.ts.",
		" * For what C has no function for: offsets in linear memory may change with every SCMI_ABI_VERSION.",
		" */",
		"#ifndef SCMI_ABI_H",
		"#define SCMI_ABI_H",
		...[...layout, ...image].flatMap(({ name, members }) => [
			"",
			...members.map(
				(member) =>
					`#define SCMI_${upperCase(name)}_${member.name} ${hex(member.value)}`,
			),
		]),
		"",
		"#endif",
		"",
	].join("\n");
}

describe("the ABI page", () => {
	it("has the exports, the memory map and the image's format as the sources do", async () => {
		for (const name of Object.keys(BLOCKS))
			expect(page()).toContain(`<!-- from the sources: ${name} -->`);
		await expect(page()).toMatchFileSnapshot(PAGE);
	});

	it("has the module's exports, with as many parameters", () => {
		const { exports } = new WebAssembly.Instance(engineModule(), {});
		const exported = Object.entries(exports).filter(
			([, value]) => typeof value === "function",
		);
		expect(functions.length).toBeGreaterThan(10);
		expect(
			Object.fromEntries(
				exported.map(([name, value]) => [name, (value as () => void).length]),
			),
		).toEqual(
			Object.fromEntries(
				functions.map(({ name, parameters }) => [name, parameters.length]),
			),
		);
	});

	it("has a word for every parameter and result, and a sentence for every export", () => {
		for (const { name, parameters, result, comment } of functions) {
			for (const [parameter, type] of parameters)
				expect([name, parameter, WORDS]).toEqual([
					name,
					parameter,
					expect.arrayContaining([type]),
				]);
			expect([...WORDS, "void"]).toContain(result);
			expect(comment).toMatch(/\.$/);
		}
	});
});

describe("the C header of numbers", () => {
	it("has those of the sources", async () => {
		await expect(header()).toMatchFileSnapshot(HEADER);
	});

	it("names no two alike", () => {
		const names = [...header().matchAll(/#define (SCMI_\w+) /g)].map(
			([, name]) => name,
		);
		expect(new Set(names).size).toBe(names.length);
		expect(header()).toContain(`#define SCMI_ABI_VERSION 0x${Abi.VERSION}\n`);
	});
});
