// The engine against the plain server: the same random steps on both, and everything that can be seen must be equal.
// Two implementations of the same platform tables, written apart from each other; fast-check shrinks what differs.

import fc from "fast-check";
import { test } from "vitest";
import { PlainServer } from "../../bench/plain-server.ts";
import type { Firmware } from "../../host/firmware.ts";
import { createEngine } from "../../host/node.ts";
import { platformOf, type Step, sequences, variants } from "./steps.ts";
import { clockRegisters, powerRegisters } from "./writes.ts";

/** Sequences and the longest of them; PLAIN_SERVER_RUNS makes a long run by hand. */
const RUNS = Number(process.env.PLAIN_SERVER_RUNS ?? 200);
const LONGEST = 80;
/** Any CPU. */
const CPU = 1;

/** Offsets in an area: SCMI 3.2, section 5.1.2. */
const STATUS = 0x04;
const LENGTH = 0x14;
const HEADER = 0x18;
const PAYLOAD = 0x1c;

/** Words to compare, with names for people. */
interface Seen {
	words: readonly number[] | Uint32Array;
	nameOf(index: number): string;
}

/** A firmware with views of its areas. */
class Observed {
	readonly firmware: Firmware;
	readonly #areas: DataView[];
	/** All plain memory with the areas in it. */
	readonly memory: Uint32Array;

	constructor(firmware: Firmware) {
		this.firmware = firmware;
		const { channels } = firmware.platform;
		this.#areas = channels.map(
			({ address, size }) =>
				new DataView(firmware.buffer, firmware.memoryAt(address, size), size),
		);
		const ram = firmware.platform.blocks.find(({ kind }) => kind === "ram");
		if (ram === undefined) throw new Error("a platform without memory");
		const at = firmware.memoryAt(ram.address, ram.size);
		this.memory = new Uint32Array(firmware.buffer, at, ram.size / 4);
	}

	/** Does a step; returns what can be seen of it at once. */
	take(step: Step): Seen[] {
		const { firmware } = this;
		switch (step.do) {
			case "send":
				return this.#send(step);
			case "trap":
				return this.#trap(step.method, step.x0, step.x1);
			case "write":
				firmware.write32(Number(step.address), Number(step.value));
				return [];
			case "read":
				return [this.registers([Number(step.address)])];
			case "advance":
				firmware.advance(step.ns);
				return [];
		}
	}

	#send({
		channel,
		header,
		words,
		status = 0,
		length = 4 + 4 * words.length,
	}: Extract<Step, { do: "send" }>): Seen[] {
		const table = this.firmware.platform.channels[channel];
		const area = this.#areas[channel];
		if (table === undefined || area === undefined)
			throw new Error(`no channel ${channel}`);
		area.setUint32(STATUS, status, true);
		area.setUint32(LENGTH, length, true);
		area.setUint32(HEADER, header, true);
		for (const [i, word] of words.entries())
			area.setUint32(PAYLOAD + 4 * i, word, true);
		const method = table.exceptionLevel === 2 ? "hvc" : "smc";
		return this.#trap(method, table.functionId, 0);
	}

	#trap(method: "smc" | "hvc", x0: number, x1: number): Seen[] {
		const words = this.firmware.registers(CPU);
		words.fill(0xa5a5_a5a5);
		words.set([x0, 0x5a5a_5a5a, x1]);
		const result = this.firmware.trap(CPU, method);
		return [
			{ words: [result], nameOf: () => "result" },
			{ words, nameOf: (i) => `${i % 2 === 0 ? "low" : "high"} x${i >> 1}` },
			{ words: this.memory, nameOf: (i) => `memory at +0x${hex(4 * i)}` },
		];
	}

	/** Registers that can be read, and the virtual time. */
	registers(addresses: readonly number[]): Seen {
		return {
			words: [
				...addresses.map((address) => this.firmware.read32(address)),
				this.firmware.timeNs,
			],
			nameOf: (i) => {
				const address = addresses[i];
				return address === undefined ? "time" : `register 0x${hex(address)}`;
			},
		};
	}
}

function hex(value: number | undefined): string {
	return (value ?? 0).toString(16);
}

/** Throws when the two saw different words. */
function compare(plain: readonly Seen[], engine: readonly Seen[]): void {
	for (const [i, { words, nameOf }] of plain.entries()) {
		const others = engine[i]?.words ?? [];
		for (let at = 0; at < words.length; at++) {
			if (words[at] === others[at]) continue;
			throw new Error(
				`${nameOf(at)}: 0x${hex(words[at])} in the plain server, 0x${hex(others[at])} in the engine`,
			);
		}
	}
}

test("answers random messages, register writes and time as the engine does", () => {
	fc.assert(
		fc.property(variants, sequences(LONGEST), (variant, sequence) => {
			const platform = platformOf(variant);
			const engine = new Observed(createEngine(platform));
			const plain = new Observed(new PlainServer(platform));
			for (const step of sequence) {
				compare(plain.take(step), engine.take(step));
				compare(
					[plain.registers(clockRegisters)],
					[engine.registers(clockRegisters)],
				);
			}
			compare(
				[plain.registers(powerRegisters)],
				[engine.registers(powerRegisters)],
			);
		}),
		{ numRuns: RUNS, includeErrorInReport: true },
	);
}, 600_000);
