// The draft firmware once more, as its observed replies state it, sharing nothing with the profile: what the tests compare with.
// Follows the observed replies of the i.MX8MM SCMI draft of 2019.

/** What a request leads to: the length field and the payload's bytes as far as they were written, or the end. */
export type Outcome =
	| { length: number; payload: number[] }
	| { stopped: "panic" | "out-of-bounds" };

/** position, ID, name, what it is: oscillator; PLL register, gate bit; or PLL position, divisor, gate bit. */
const TABLE = `
0  2  osc_24m1        -
1  18 audio_pll1_out1 30360000 13
2  19 audio_pll2_out1 30360014 13
3  20 video_pll1_out1 30360028 13
4  21 dram_pll_out1   30360050 13
5  22 gpu_pll_out1    30360064 11
6  23 vpu_pll_out1    30360074 11
7  24 arm_pll_out1    30360084 11
8  25 sys_pll1_800m1  30360094 11
9  26 sys_pll2_1000m1 30360104 11
10 27 sys_pll3_out1   30360114 11
11 48 sys_pll1_40m1   8 20 27
12 49 sys_pll1_80m1   8 10 25
13 50 sys_pll1_100m1  8 8  23
14 51 sys_pll1_133m1  8 6  21
15 52 sys_pll1_160m1  8 5  19
16 53 sys_pll1_200m1  8 4  17
17 54 sys_pll1_266m1  8 3  15
18 55 sys_pll1_400m1  8 2  13
19 57 sys_pll2_50m1   9 20 27
20 58 sys_pll2_100m1  9 10 25
21 59 sys_pll2_125m1  9 8  23
22 60 sys_pll2_166m1  9 6  21
23 61 sys_pll2_200m1  9 5  19
24 62 sys_pll2_250m1  9 4  17
25 63 sys_pll2_333m1  9 3  15
26 64 sys_pll2_500m1  9 2  13`
	.trim()
	.split("\n")
	.map((line) => line.split(/ +/));

const USDHC = [0, 18, 8, 27, 10, 17, 2, 13];
/** ID: name, register, parents. */
const COMPOSITES: Record<number, [string, number, number[]]> = {
	83: ["nand_usdhc_bus1", 0x30388900, [0, 17, 8, 23, 14, 10, 24, 1]],
	145: ["usdhc31", 0x3038bc80, USDHC],
	122: ["usdhc21", 0x3038ac80, USDHC],
};
const CRITICAL = 83;
/** ID: name, register, composite. */
const GATES: Record<number, [string, number, number]> = {
	208: ["usdhc3_root", 0x303845e0, 145],
	195: ["usdhc2_root", 0x30384520, 122],
};
const DOMAINS =
	"HSIO_PD PCIE0_PD USB_OTG1_PD USB_OTG2_PD GPUMIX_PD VPUMIX_PD VPU_G1_PD VPG_G2_PD VPG_H1_PD DISPMIX_PD MIPI_PD".split(
		" ",
	);

export const CLOCK_IDS: number[] = [
	...TABLE.map((row) => Number(row[1])),
	...Object.keys(COMPOSITES).map(Number),
	...Object.keys(GATES).map(Number),
];

/** Every register that a rate or a request depends on. */
export const REGISTERS: number[] = [
	...TABLE.filter((row) => row.length === 5)
		.map((row) => Number.parseInt(row[3] as string, 16))
		.flatMap((register) => [register, register + 4, register + 8]),
	...Object.values(COMPOSITES).map(([, register]) => register),
	...Object.values(GATES).map(([, register]) => register),
];

class End extends Error {
	readonly stopped: "panic" | "out-of-bounds";
	constructor(stopped: "panic" | "out-of-bounds") {
		super(stopped);
		this.stopped = stopped;
	}
}

const bytes32 = (value: number): number[] => [
	value & 255,
	(value >> 8) & 255,
	(value >> 16) & 255,
	(value >> 24) & 255,
];
const text = (value: string): number[] => [
	...[...value].map((c) => c.charCodeAt(0)),
	0,
];

export class DraftFacts {
	readonly registers = new Map<number, number>();
	readonly #used = new Map<number, number>();

	/** @param read a register's value at load */
	constructor(read: (address: number) => number) {
		for (const register of REGISTERS)
			this.registers.set(register, read(register) >>> 0);
	}

	/** @param message header and payload; words behind it are `garbage` */
	handle(message: Uint8Array, garbage: number): Outcome {
		const padded = new Uint8Array(32).fill(garbage);
		padded.set(message.subarray(0, 32));
		const words = new DataView(padded.buffer);
		const id = padded[0] as number;
		const protocol = (words.getUint32(0, true) >>> 10) & 0xff;
		const word = (i: number) => words.getUint32(4 + 4 * i, true);
		const reply = (status: number, bytes: number[], length: number) => ({
			length,
			payload: [...bytes32(status), ...bytes],
		});
		const unchanged = (status: number) => reply(status, [], message.length);
		try {
			if (protocol === 0x10) {
				if (id === 0) return reply(0, bytes32(0x10000), 12);
				if (id === 1) return reply(0, bytes32(3), 12);
				if (id === 3) return reply(0, text("NXP"), 2);
				if (id === 4) return reply(0, text("IMX"), 12);
				if (id === 5) return reply(0, bytes32(0x100), 12);
				if (id === 6) {
					const list = [...bytes32(2), ...bytes32(0x1411)];
					return reply(word(0) > 0 ? -2 : 0, list, 16);
				}
			} else if (protocol === 0x11) {
				if (id === 0) return reply(0, bytes32(0x10000), 12);
				if (id === 1)
					return reply(0, [11, 0x93fc00, 0, 0x400].flatMap(bytes32), 24);
				if (id === 3) {
					const domain = word(0) % 0x10000;
					return domain >= 10
						? reply(-1, bytes32(1 << 29), 32)
						: reply(
								0,
								[...bytes32(1 << 29), ...text(DOMAINS[domain] as string)],
								32,
							);
				}
				if (id === 4) return reply(0, [], 8);
				if (id === 5) {
					if (word(0) >= 11) throw new End("out-of-bounds");
					return reply(0, bytes32(1 << 30), 12);
				}
			} else if (protocol === 0x14) {
				if (id === 0) return reply(0, bytes32(0x10000), 12);
				if (id === 1) return reply(0, bytes32(0x000100ff), 12);
				if (id === 4) return reply(0, [0, 400_000_000, 0].flatMap(bytes32), 20);
				const clock = word(id === 5 ? 1 : 0);
				if ([3, 5, 6, 7].includes(id) && !CLOCK_IDS.includes(clock))
					return unchanged(-4);
				if (id === 3) {
					const name = this.#name(clock);
					return reply(0, [...bytes32(0), ...text(name)], 13 + name.length);
				}
				if (id === 5) {
					this.#rateSet(clock, BigInt(word(3)) * 2n ** 32n + BigInt(word(2)));
					return reply(0, [], 8);
				}
				if (id === 6) {
					const hz = this.#rate(clock);
					const halves = [Number(hz % 2n ** 32n), Number(hz / 2n ** 32n)];
					return reply(0, halves.flatMap(bytes32), 16);
				}
				if (id === 7) {
					if (word(1) % 2 === 1) this.#enable(clock);
					else this.#disable(clock);
					return reply(0, [], 8);
				}
			}
			return unchanged(-1);
		} catch (error) {
			if (error instanceof End) return { stopped: error.stopped };
			throw error;
		}
	}

	#name(clock: number): string {
		const row = TABLE.find((row) => Number(row[1]) === clock);
		return (row?.[2] ?? COMPOSITES[clock]?.[0] ?? GATES[clock]?.[0]) as string;
	}

	#bits(register: number, low: number, count: number): number {
		return (
			Math.floor((this.registers.get(register) as number) / 2 ** low) %
			2 ** count
		);
	}

	#setBits(register: number, low: number, count: number, value: number): void {
		const old = this.registers.get(register) as number;
		const change = (value - this.#bits(register, low, count)) * 2 ** low;
		this.registers.set(register, old + change);
	}

	#rateAt(position: number): bigint {
		const row = TABLE[position];
		if (row === undefined) throw new End("out-of-bounds");
		if (row.length === 4) return 24_000_000n;
		if (row.length === 6) {
			const [parent, divisor, bit] = row.slice(3).map(Number) as [
				number,
				number,
				number,
			];
			const pll = Number.parseInt(TABLE[parent]?.[3] as string, 16);
			if (this.#bits(pll, bit, 1) === 0) return 0n;
			return this.#rateAt(parent) / BigInt(divisor);
		}
		const register = Number.parseInt(row[3] as string, 16);
		if (this.#bits(register, Number(row[4]), 1) === 0) return 0n;
		if (this.#bits(register, 4, 1) === 1) return 24_000_000n;
		const m = BigInt(this.#bits(register + 4, 12, 10));
		const p = BigInt(this.#bits(register + 4, 4, 6));
		const s = BigInt(this.#bits(register + 4, 0, 3));
		const k =
			position >= 1 && position <= 4
				? BigInt(this.#bits(register + 8, 0, 16))
				: 0n;
		return p === 0n
			? 0n
			: (24_000_000n * (m * 65536n + k)) / (p * 65536n * 2n ** s);
	}

	#rate(clock: number): bigint {
		const gate = GATES[clock];
		if (gate !== undefined) return this.#rate(gate[2]);
		const composite = COMPOSITES[clock];
		if (composite === undefined)
			return this.#rateAt(TABLE.findIndex((row) => Number(row[1]) === clock));
		const [, register] = composite;
		return (
			this.#rateAt(this.#parent(clock)) /
			BigInt(this.#bits(register, 16, 3) + 1) /
			BigInt(this.#bits(register, 0, 6) + 1)
		);
	}

	/** The number of a composite's parent; reading it past the end is the end. */
	#parent(composite: number): number {
		const [, register, parents] = COMPOSITES[composite] as [
			string,
			number,
			number[],
		];
		const number = parents[this.#bits(register, 24, 3)] as number;
		if (number > 26) throw new End("out-of-bounds");
		return number;
	}

	#rateSet(clock: number, rate: bigint): void {
		if (this.#used.has(clock)) return;
		const gate = GATES[clock];
		if (gate !== undefined) {
			this.#open(gate[2]);
			this.#rateSet(gate[2], rate);
		}
		const composite = COMPOSITES[clock];
		if (composite === undefined) return;
		const [, register, parents] = composite;
		let field = this.#bits(register, 24, 3);
		let source = this.#rateAt(parents[field] as number);
		if (source < rate) {
			field = 0;
			do source = this.#rateAt(parents[field] as number);
			while (source < rate && ++field < 8);
		}
		let best = [Number.POSITIVE_INFINITY, 0, 0];
		for (let prediv = 0; prediv < 8; prediv++) {
			for (let postdiv = 0; postdiv < 64; postdiv++) {
				const exact = source / BigInt(prediv + 1) / BigInt(postdiv + 1) - rate;
				const error = Number(BigInt.asIntN(32, exact));
				// -2^31 is its own negative in 32 bits.
				const size = error === -(2 ** 31) ? error : Math.abs(error);
				if (size < (best[0] as number)) best = [size, prediv, postdiv];
			}
		}
		if (field === 8) this.#setBits(register, 27, 1, 1);
		this.#setBits(register, 24, 3, field % 8);
		this.#setBits(register, 16, 3, best[1] as number);
		this.#setBits(register, 0, 6, best[2] as number);
	}

	#register(composite: number): number {
		return COMPOSITES[composite]?.[1] as number;
	}

	#open(composite: number): void {
		if (this.#used.has(composite)) return;
		this.#parent(composite);
		this.#setBits(this.#register(composite), 28, 1, 1);
	}

	#close(composite: number): void {
		this.#parent(composite);
		this.#setBits(this.#register(composite), 28, 1, 0);
	}

	#enable(clock: number): void {
		if (this.#used.has(clock)) return;
		const gate = GATES[clock];
		if (gate !== undefined) {
			this.#open(gate[2]);
			this.#setBits(gate[1], 0, 2, 3);
		} else if (COMPOSITES[clock] !== undefined) this.#open(clock);
		else return;
		this.#used.set(clock, 1);
	}

	#disable(clock: number): void {
		if (!this.#used.has(clock)) throw new End("panic");
		if (clock === CRITICAL) return;
		const gate = GATES[clock];
		if (gate !== undefined) {
			// A composite that somebody uses is not looked at before the gate is closed.
			if (!this.#used.has(gate[2])) this.#parent(gate[2]);
			this.#setBits(gate[1], 0, 2, 0);
			this.#close(gate[2]);
		} else {
			this.#close(clock);
		}
		this.#used.delete(clock);
	}
}
