// The ABI as its sources have it: exports of assembly/index.ts, const enums of assembly/layout.ts and assembly/image.ts.
// Read with the TypeScript compiler, comments included.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export interface ExportedFunction {
	name: string;
	/** Names and AssemblyScript types. */
	parameters: readonly (readonly [name: string, type: string])[];
	result: string;
	comment: string;
}

export interface Constants {
	name: string;
	comment: string;
	members: readonly { name: string; value: number; comment: string }[];
}

function parse(file: string): ts.SourceFile {
	const path = fileURLToPath(
		new URL(`../../assembly/${file}`, import.meta.url),
	);
	return ts.createSourceFile(
		file,
		readFileSync(path, "utf8"),
		ts.ScriptTarget.ES2023,
		true,
	);
}

/** The doc comment in front of a node, its lines joined. */
function commentOf(node: ts.Node): string {
	const [comment] = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
	const text = ts.getTextOfJSDocComment(comment?.comment) ?? "";
	return text.replaceAll(/\s*\n\s*/g, " ");
}

/** Every function that the module exports, in the order of assembly/index.ts. */
export function exportedFunctions(): ExportedFunction[] {
	return parse("index.ts").statements.flatMap((statement) => {
		if (ts.isFunctionDeclaration(statement))
			return isExported(statement) ? [described(statement)] : [];
		return ts.isExportDeclaration(statement) ? passedOn(statement) : [];
	});
}

function isExported({
	modifiers = [],
}: {
	modifiers?: Iterable<ts.ModifierLike>;
}) {
	return [...modifiers].some(
		({ kind }) => kind === ts.SyntaxKind.ExportKeyword,
	);
}

/** The functions of `export { a, b } from "./file"`. */
function passedOn({
	exportClause,
	moduleSpecifier,
}: ts.ExportDeclaration): ExportedFunction[] {
	if (exportClause === undefined || !ts.isNamedExports(exportClause)) return [];
	const { text } = moduleSpecifier as ts.StringLiteral;
	const names = exportClause.elements.map(({ name }) => name.text);
	return parse(`${text}.ts`)
		.statements.filter(ts.isFunctionDeclaration)
		.filter(({ name }) => names.includes(name?.text ?? ""))
		.map(described);
}

function described(statement: ts.FunctionDeclaration): ExportedFunction {
	return {
		name: statement.name?.text ?? "",
		parameters: statement.parameters.map(
			(parameter) =>
				[parameter.name.getText(), parameter.type?.getText() ?? ""] as const,
		),
		result: statement.type?.getText() ?? "",
		comment: commentOf(statement),
	};
}

/** Every const enum of a file below assembly/. */
export function constantsOf(file: string): Constants[] {
	return parse(file)
		.statements.filter(ts.isEnumDeclaration)
		.map((statement) => ({
			name: statement.name.text,
			comment: commentOf(statement),
			members: statement.members.map((member) => ({
				name: member.name.getText(),
				value: numberOf(member),
				comment: commentOf(member),
			})),
		}));
}

function numberOf(member: ts.EnumMember): number {
	const text = member.initializer?.getText() ?? "";
	const value = Number(text.replaceAll("_", ""));
	if (text === "" || !Number.isInteger(value))
		throw new Error(`${member.getText()}: expected a number`);
	return value;
}

/** An enum's or a member's name for C: `ChannelDirection` is CHANNEL_DIRECTION. */
export function upperCase(name: string): string {
	return name.replaceAll(/([a-z])([A-Z])/g, "$1_$2").toUpperCase();
}
