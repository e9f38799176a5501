// A batch: many messages in one call of the engine, which costs less than a trap for each of them.
// Entries: BatchEntry of assembly/layout.ts; they are laid out as shared-memory areas (SCMI 3.2, section 5.1.2).

import { Address, BatchEntry, State } from "../assembly/layout.ts";
import { CosimError } from "./errors.ts";
import { LEVEL_OF, type Method } from "./mailbox/conduit.ts";

/** Where a batch's calls come from. */
export interface BatchOptions {
	/** The CPU that calls; 0 unless told otherwise. */
	cpu?: number;
	/** SMC, the default, or HVC. */
	method?: Method;
}

/** What a batch needs of its engine. */
export interface BatchEngine {
	readonly buffer: ArrayBuffer;
	readonly cpus: number;
	/** Executes entries: CPU, exception level, first entry, how many. */
	execute(cpu: number, level: number, first: number, count: number): number;
}

/**
 * Places of an entry's 32-bit words in {@link Batch.words}, counted from the entry's own first word:
 *
 * - `functionId`: x0 of the call;
 * - `status`: the channel status: write 0 for a command; bit 0 is set once it is answered, bit 1 when its length was wrong;
 * - `area`: which of the function ID's areas the message stands in, 0 unless it has several;
 * - `result`: x0 after the call, signed;
 * - `flags`: the channel flags, 1 for a completion interrupt;
 * - `length`: bytes of message header and payload, of the command and then of the reply;
 * - `header`: the SCMI message header;
 * - `payload`: the first word of the command's payload, and then of the reply's, its status.
 */
export const BATCH_WORD = {
	functionId: BatchEntry.FUNCTION_ID / 4,
	status: BatchEntry.STATUS / 4,
	area: BatchEntry.AREA / 4,
	result: BatchEntry.RESULT / 4,
	flags: BatchEntry.FLAGS / 4,
	length: BatchEntry.LENGTH / 4,
	header: BatchEntry.HEADER / 4,
	payload: BatchEntry.PAYLOAD / 4,
} as const;

/** Bytes of the message header. */
const HEADER_SIZE = 4;

/**
 * The engine's batch. Entries hold a message each; {@link run} executes them in their order, as if each had been written into
 * its area and rung for: same replies, registers, virtual time, interrupts and notifications. The areas themselves are left
 * alone, what is in them is neither served nor overwritten. Interrupts are handed on when the whole batch has run.
 *
 * All batches of an engine share its entries.
 */
export class Batch {
	/** How many entries there are. */
	readonly size: number;
	/** 32-bit words from one entry to the next. */
	readonly stride: number;
	/** All entries, for tight loops: word `w` of entry `i` is `words[i * stride + w]`, see {@link BATCH_WORD}. */
	readonly words: Uint32Array;
	readonly #engine: BatchEngine;
	readonly #cpu: number;
	readonly #level: number;

	constructor(
		engine: BatchEngine,
		{ cpu = 0, method = "smc" }: BatchOptions = {},
	) {
		if (!Number.isInteger(cpu) || cpu < 0 || cpu >= engine.cpus)
			throw new CosimError(
				"UNKNOWN_NAME",
				`batch of CPU ${cpu}: expected 0 to ${engine.cpus - 1}`,
			);
		const state = new DataView(engine.buffer, Address.STATE);
		const first = state.getUint32(State.BATCH, true);
		this.size = state.getUint32(State.BATCH_COUNT, true);
		this.stride = state.getUint32(State.BATCH_STRIDE, true) / 4;
		this.words = new Uint32Array(engine.buffer, first, this.size * this.stride);
		this.#engine = engine;
		this.#cpu = cpu;
		this.#level = LEVEL_OF[method];
	}

	/**
	 * Fills an entry with a command.
	 * @param entry 0 to size - 1
	 * @param functionId of the channel's call
	 * @param header the SCMI message header
	 * @param payload the command's parameters as 32-bit words; at most maxMessageSize - 4 bytes
	 * @throws CosimError USAGE for an entry that there is not, or a payload that does not fit
	 */
	set(
		entry: number,
		functionId: number,
		header: number,
		payload: readonly number[] = [],
	): void {
		const at = this.#at(entry);
		const most = this.stride - BATCH_WORD.payload;
		if (payload.length > most)
			throw new CosimError(
				"USAGE",
				`batch entry ${entry}: ${payload.length} words of payload, expected at most ${most}`,
			);
		const { words } = this;
		words[at + BATCH_WORD.functionId] = functionId;
		words[at + BATCH_WORD.status] = 0;
		words[at + BATCH_WORD.area] = 0;
		words[at + BATCH_WORD.flags] = 0;
		words[at + BATCH_WORD.length] = HEADER_SIZE + 4 * payload.length;
		words[at + BATCH_WORD.header] = header;
		for (let i = 0; i < payload.length; i++)
			words[at + BATCH_WORD.payload + i] = payload[i] as number;
	}

	/**
	 * Executes `count` entries from `first` on.
	 * @returns how many: fewer when one of them turned the system off or reset it, or it was so before; the others are as they were
	 * @throws CosimError USAGE for entries that there are not
	 */
	run(count = this.size, first = 0): number {
		const inside =
			Number.isInteger(count) &&
			Number.isInteger(first) &&
			first >= 0 &&
			count >= 0 &&
			first + count <= this.size;
		if (!inside)
			throw new CosimError(
				"USAGE",
				`batch of ${count} entries from ${first}: there are ${this.size}`,
			);
		return this.#engine.execute(this.#cpu, this.#level, first, count);
	}

	/** x0 after an entry's call: 0, or a negative SMCCC result. */
	result(entry: number): number {
		return (this.words[this.#at(entry) + BATCH_WORD.result] as number) | 0;
	}

	/** The SCMI status of an entry's reply: 0, or negative. */
	status(entry: number): number {
		return (this.words[this.#at(entry) + BATCH_WORD.payload] as number) | 0;
	}

	/** A copy of an entry's reply payload as 32-bit words, its status first. */
	payload(entry: number): Uint32Array {
		const at = this.#at(entry);
		const bytes = (this.words[at + BATCH_WORD.length] as number) - HEADER_SIZE;
		const most = this.stride - BATCH_WORD.payload;
		const words = Math.min(Math.max(bytes >> 2, 0), most);
		const first = at + BATCH_WORD.payload;
		return this.words.slice(first, first + words);
	}

	#at(entry: number): number {
		if (Number.isInteger(entry) && entry >= 0 && entry < this.size)
			return entry * this.stride;
		throw new CosimError(
			"USAGE",
			`batch entry ${entry}: expected 0 to ${this.size - 1}`,
		);
	}
}
