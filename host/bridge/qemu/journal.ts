// A guest's calls on disk, written before each is served: a host that was killed is replaced by one that serves them again.
// Two engines with the same memory and inputs stay identical, so snapshot and calls give back the engine's state.

import {
	closeSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { join } from "node:path";
import type { Engine } from "../../engine.ts";

/** Calls between two snapshots: what a journal may grow to, and what a successor has to serve again. */
const CALLS_PER_SNAPSHOT = 1024;
const SNAPSHOT = /^snapshot\.(\d+)$/;

/** A call as it came in: CPU, the slot's registers, and the area's bytes, none for other calls. */
export interface JournalCall {
	cpu: number;
	registers: Buffer;
	area: Buffer;
}

/** Record: u32 bytes of registers, u32 bytes of the area, u32 CPU, then both. */
const HEAD = 12;

export class Journal {
	readonly #folder: string;
	readonly #engine: Engine;
	readonly #head = Buffer.alloc(HEAD);
	#file = -1;
	#calls = 0;
	#number: number;

	/** @param number of the last snapshot, 0 to begin with the engine as it is after loading */
	constructor(folder: string, engine: Engine, number = 0) {
		this.#folder = folder;
		this.#engine = engine;
		this.#number = number;
		this.#begin();
	}

	/** Keeps a call that is about to be served. */
	keep({ cpu, registers, area }: JournalCall): void {
		if (this.#calls === CALLS_PER_SNAPSHOT) this.#begin();
		this.#calls++;
		this.#head.writeUInt32LE(registers.length, 0);
		this.#head.writeUInt32LE(area.length, 4);
		this.#head.writeUInt32LE(cpu, 8);
		writeSync(this.#file, Buffer.concat([this.#head, registers, area]));
	}

	close(): void {
		closeSync(this.#file);
	}

	/** A new snapshot with an empty journal behind it; the older pair goes last, so that there is always a whole one. */
	#begin(): void {
		const before = this.#number;
		this.#number++;
		this.#calls = 0;
		if (this.#file >= 0) closeSync(this.#file);
		const path = (name: string, n: number) =>
			join(this.#folder, `${name}.${n}`);
		this.#file = openSync(path("calls", this.#number), "w");
		const memory = new Uint8Array(
			this.#engine.buffer,
			0,
			this.#engine.memoryEnd,
		);
		writeFileSync(path("snapshot", this.#number), memory);
		rmSync(path("snapshot", before), { force: true });
		rmSync(path("calls", before), { force: true });
	}
}

/** The last whole snapshot of a folder and the calls behind it, oldest first; undefined when there is none. */
export function readJournal(
	folder: string,
	memoryEnd: number,
): { number: number; memory: Buffer; calls: JournalCall[] } | undefined {
	const numbers = readdirSync(folder)
		.flatMap((name) => SNAPSHOT.exec(name)?.[1] ?? [])
		.map(Number)
		.sort((a, b) => b - a);
	for (const number of numbers) {
		const memory = readFileSync(join(folder, `snapshot.${number}`));
		// The host was killed while it wrote this one: the one before is still there.
		if (memory.length !== memoryEnd) continue;
		const bytes = readFileSync(join(folder, `calls.${number}`));
		return { number, memory, calls: parse(bytes) };
	}
	return undefined;
}

function parse(bytes: Buffer): JournalCall[] {
	const calls: JournalCall[] = [];
	for (let at = 0; at + HEAD <= bytes.length; ) {
		const registers = at + HEAD;
		const area = registers + bytes.readUInt32LE(at);
		const end = area + bytes.readUInt32LE(at + 4);
		// Cut off: that call was not served either.
		if (end > bytes.length) break;
		calls.push({
			cpu: bytes.readUInt32LE(at + 8),
			registers: bytes.subarray(registers, area),
			area: bytes.subarray(area, end),
		});
		at = end;
	}
	return calls;
}
