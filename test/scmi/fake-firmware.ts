// A scripted firmware behind SMC: reads and writes its shared memory by byte offsets taken from the specification.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 5.1.2. It shares no code with the agent on purpose.

import type { Conduit, Method } from "../../host/mailbox/conduit.ts";

/** What the firmware found in its shared memory when it was called. */
export interface SeenRequest {
	cpu: number;
	method: Method;
	/** x0..x7. */
	x: bigint[];
	channelStatus: number;
	flags: number;
	length: number;
	header: number;
	/** Words behind the header, as many as `length` says. */
	payload: number[];
}

export const AREA = 0x80;
export const AREA_SIZE = 0x100;

export class FakeFirmware implements Conduit {
	readonly cpus = 4;
	readonly buffer = new ArrayBuffer(0x200);
	readonly view = new DataView(this.buffer);
	readonly seen: SeenRequest[] = [];
	/** What to do at the next traps, in turn; when it runs out, answer NOT_SUPPORTED. */
	readonly script: ((firmware: FakeFirmware) => void)[] = [];
	/** x0 after a trap. */
	x0 = 0n;
	readonly #registers = Array.from({ length: 4 }, () => new Uint32Array(36));

	constructor() {
		new Uint8Array(this.buffer).fill(0xee);
		this.view.setUint32(AREA + 0x04, 1, true);
	}

	registers(cpu: number): Uint32Array {
		return this.#registers[cpu] as Uint32Array;
	}

	trap(cpu: number, method: Method): number {
		const registers = this.registers(cpu);
		const word = (offset: number) => this.view.getUint32(AREA + offset, true);
		const x = Array.from(
			{ length: 8 },
			(_, i) =>
				(BigInt(registers[2 * i + 1] as number) << 32n) |
				BigInt(registers[2 * i] as number),
		);
		const length = word(0x14);
		const payload = [];
		for (let i = 4; i < length && i < AREA_SIZE - 0x18; i += 4) {
			payload.push(word(0x18 + i));
		}
		this.seen.push({
			cpu,
			method,
			x,
			channelStatus: word(0x04),
			flags: word(0x10),
			length,
			header: word(0x18),
			payload,
		});
		const step = this.script.shift();
		if (step) {
			step(this);
		} else {
			this.reply([-1]);
		}
		registers[0] = Number(this.x0 & 0xffffffffn);
		registers[1] = Number(this.x0 >> 32n);
		return Number(BigInt.asIntN(32, this.x0));
	}

	/** The next trap is answered with these words, the status first. */
	will(...words: number[]): this {
		this.script.push((firmware) => firmware.reply(words));
		return this;
	}

	/** The next trap is answered with these words, and then something is spoilt. */
	willSpoil(words: number[], spoil: (view: DataView) => void): this {
		this.script.push((firmware) => {
			firmware.reply(words);
			spoil(firmware.view);
		});
		return this;
	}

	/** Writes a reply and frees the channel. */
	reply(words: number[]): void {
		words.forEach((word, i) => {
			this.view.setUint32(AREA + 0x1c + 4 * i, word, true);
		});
		this.view.setUint32(AREA + 0x14, 4 + 4 * words.length, true);
		this.view.setUint32(AREA + 0x04, 1, true);
	}

	get last(): SeenRequest {
		return this.seen.at(-1) as SeenRequest;
	}
}

/** Words of a name's area. */
export function nameWords(name: string, size: number): number[] {
	const bytes = new Uint8Array(size);
	bytes.set(new TextEncoder().encode(name).subarray(0, size));
	const view = new DataView(bytes.buffer);
	return Array.from({ length: size / 4 }, (_, i) =>
		view.getUint32(4 * i, true),
	);
}

/** Time that a test advances. */
export class TestTimers {
	now = 0;
	#due: { at: number; run: () => void }[] = [];

	after(ms: number, run: () => void): () => void {
		const entry = { at: this.now + ms, run };
		this.#due.push(entry);
		return () => {
			this.#due = this.#due.filter((other) => other !== entry);
		};
	}

	get pending(): number {
		return this.#due.length;
	}

	advance(ms: number): void {
		const until = this.now + ms;
		for (;;) {
			const next = this.#due
				.filter((entry) => entry.at <= until)
				.sort((a, b) => a.at - b.at)[0];
			if (!next) {
				break;
			}
			this.now = next.at;
			this.#due = this.#due.filter((entry) => entry !== next);
			next.run();
		}
		this.now = until;
	}
}
