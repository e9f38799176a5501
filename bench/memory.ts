// Rows about what a million messages leave behind: bytes of the engine's memory, garbage collections of the host.
// What is counted: million.ts.

import { runProgram } from "./load.ts";
import { answered, type Question, type Row } from "./row.ts";

export const ENGINE_BYTES: Question = {
	name: "memory/engine",
	what: "linear memory that 1,000,000 messages allocate",
	unit: "bytes",
	goal: 0,
	direction: "at most",
};

export const COLLECTIONS: Question = {
	name: "memory/collections",
	what: "garbage collections during 1,000,000 messages by traps",
	unit: "collections",
	goal: 0,
	direction: "at most",
};

interface Left {
	messages: number;
	engineBytes: number;
	collections: number;
	heapBytes: number;
}

export async function measureMemory(): Promise<Row[]> {
	const left = (await runProgram("million")) as Left;
	const perMessage = Math.max(left.heapBytes, 0) / left.messages;
	return [
		answered(ENGINE_BYTES, [left.engineBytes]),
		answered(
			COLLECTIONS,
			[left.collections],
			`V8's heap: ${perMessage.toFixed(3)} bytes a message`,
		),
	];
}
