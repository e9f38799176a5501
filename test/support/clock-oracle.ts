// An evaluation of the clock tree that shares nothing with the engine: registers in, rate and running state out.
// i.MX 8M Mini reference manual, chapter 5.1; formulas of the PLLs, slices and gates.

import { type ClockFact, clockFact, parentNames } from "./imx8mm-facts.ts";

/** Reads the 32-bit register at a physical address. */
export type Read = (address: number) => number;

/** A rate as an exact fraction of Hz, and whether the clock runs. */
interface Exact {
	numerator: bigint;
	denominator: bigint;
	running: boolean;
}

export interface Evaluated {
	/** Whole Hz. */
	rate: bigint;
	running: boolean;
}

export function field(word: number, shift: number, width: number): number {
	return Math.floor(word / 2 ** shift) % 2 ** width;
}

function times(source: Exact, mult: bigint, div: bigint, open: boolean): Exact {
	return {
		numerator: source.numerator * mult,
		denominator: source.denominator * div,
		running: source.running && open,
	};
}

/** Position of the selected parent. */
export function selected({ kind, columns }: ClockFact, read: Read): number {
	if (kind === "mux")
		return field(
			read(Number(columns[0])),
			Number(columns[1]),
			Number(columns[2]),
		);
	if (kind === "core" || kind === "bus" || kind === "ip")
		return field(read(Number(columns[0])), 24, 3);
	return 0;
}

function pll(fact: ClockFact, source: Exact, read: Read): Exact {
	const control = Number(fact.columns[0]);
	const on = field(read(control), 9, 1) === 1;
	if (field(read(control), 4, 1) === 1) return times(source, 1n, 1n, on);
	const divCtl0 = read(control + 4);
	const m = field(divCtl0, 12, 10);
	const p = field(divCtl0, 4, 6);
	const s = field(divCtl0, 0, 3);
	const raw = field(read(control + 8), 0, 16);
	const k = fact.kind === "pll1443x" ? (raw < 0x8000 ? raw : raw - 0x10000) : 0;
	const factor = m * 65536 + k;
	if (p === 0 || factor < 0)
		return { numerator: 0n, denominator: 1n, running: source.running && on };
	return times(source, BigInt(factor), BigInt(p * 65536 * 2 ** s), on);
}

function exact(fact: ClockFact, read: Read): Exact {
	const { kind, columns } = fact;
	if (kind === "fixed")
		return {
			numerator: BigInt(columns[0] as string),
			denominator: 1n,
			running: true,
		};
	const source = exact(
		clockFact(parentNames(fact)[selected(fact, read)] as string),
		read,
	);
	const word = () => read(Number(columns[0]));
	const bits = () => field(word(), Number(columns[1]), Number(columns[2]));
	switch (kind) {
		case "pll1416x":
		case "pll1443x":
			return pll(fact, source, read);
		case "divider":
			return times(source, 1n, BigInt(bits() + 1), true);
		case "gate":
			return times(source, 1n, 1n, bits() !== 0);
		case "factor": {
			const open =
				columns[2] === undefined ||
				field(read(Number(columns[2])), Number(columns[3]), 1) === 1;
			return times(source, 1n, BigInt(columns[0] as string), open);
		}
		case "core":
			return times(
				source,
				1n,
				BigInt(field(word(), 0, 3) + 1),
				field(word(), 28, 1) === 1,
			);
		case "bus":
		case "ip":
			return times(
				source,
				1n,
				BigInt((field(word(), 16, 3) + 1) * (field(word(), 0, 6) + 1)),
				field(word(), 28, 1) === 1,
			);
		default:
			return source;
	}
}

/** Rate in Hz, rounded down once, and running state of a clock. */
export function evaluate(name: string, read: Read): Evaluated {
	const { numerator, denominator, running } = exact(clockFact(name), read);
	return { rate: numerator / denominator, running };
}
