// A messaging unit between two processors: four words and four doorbells each way, one interrupt line for each side.
// i.MX 8M Mini reference manual, chapter on the messaging unit; offsets and bits as Linux drivers/mailbox/imx-mailbox.c has
// them for "fsl,imx6sx-mu". Not modelled: power modes, event pending, reset of the other side's processor.

import { CosimError } from "../errors.ts";

/** Register offsets, the same on both sides. */
export const Mu = {
	/** Transmit registers 0 to 3: write only. */
	TR0: 0x00,
	/** Receive registers 0 to 3: what the other side has transmitted. */
	RR0: 0x10,
	SR: 0x20,
	CR: 0x24,
} as const;

/** Bytes of a side's registers. */
export const MU_SIZE = 0x28;

/** Words and doorbells each way. */
export const MU_CHANNELS = 4;

/** Bit of a channel in a field of the status or control register, whose highest bit is channel 0's. */
export const muBit = {
	/** SR: the other side rings this doorbell; written 1 to answer it. */
	gip: (n: number) => (1 << (31 - n)) >>> 0,
	/** SR: the receive register has a word. */
	rf: (n: number) => 1 << (27 - n),
	/** SR: the other side has read what was transmitted. */
	te: (n: number) => 1 << (23 - n),
	/** CR: interrupts for each of these. */
	gie: (n: number) => (1 << (31 - n)) >>> 0,
	rie: (n: number) => 1 << (27 - n),
	tie: (n: number) => 1 << (23 - n),
	/** CR: rings the other side's doorbell; reads 1 until that is answered. */
	gir: (n: number) => 1 << (19 - n),
} as const;

const GIP = 0xf000_0000;
const RF = 0x0f00_0000;
const TE = 0x00f0_0000;
const GIR = 0x000f_0000;
const GIR_TO_GIP = 12;
/** CR of side A: resets both sides. */
const MUR = 1 << 5;
const FLAGS = 7;
/** CR: what can be written and read back. GIP, RF and TE lie where their enable bits do. */
const KEPT = GIP | RF | TE | FLAGS;
const WRITABLE = KEPT | GIR;

/** One side, as its processor sees it. */
export class MuSide {
	/** Resets the unit; undefined on a side that may not. */
	readonly #reset: (() => void) | undefined;
	/** The side across; set by the unit. */
	other: MuSide = this;
	#gip = 0;
	#rf = 0;
	#te = TE;
	#control = 0;
	#flags = 0;
	readonly #received = new Uint32Array(MU_CHANNELS);
	#line = false;
	#onLine: ((asserted: boolean) => void) | undefined;

	/** @param reset of the whole unit, for the side that may ask for it */
	constructor(reset?: () => void) {
		this.#reset = reset;
	}

	/** The interrupt line: some enabled condition holds. */
	get line(): boolean {
		return this.#line;
	}

	/** Calls a function whenever the line changes, after the access that changed it has taken effect. */
	onLine(handler: (asserted: boolean) => void): void {
		this.#onLine = handler;
	}

	/** Reads a register. Throws BUS_ERROR where there is none. */
	read32(offset: number): number {
		const n = wordOf(offset, Mu.RR0);
		if (n !== undefined) return this.#receive(n);
		if (offset === Mu.SR)
			return (this.#gip | this.#rf | this.#te | this.#flags) >>> 0;
		if (offset === Mu.CR) return (this.#control | this.#ringing()) >>> 0;
		if (wordOf(offset, Mu.TR0) !== undefined) return 0;
		throw noRegister(offset);
	}

	/** Writes it. Throws BUS_ERROR where there is none. */
	write32(offset: number, value: number): void {
		const n = wordOf(offset, Mu.TR0);
		if (n !== undefined) this.#transmit(n, value);
		else if (offset === Mu.SR) this.#answer(value & GIP);
		else if (offset === Mu.CR) this.#setControl(value);
		else if (wordOf(offset, Mu.RR0) === undefined) throw noRegister(offset);
	}

	/** Everything as after power on. */
	clear(): void {
		this.#gip = 0;
		this.#rf = 0;
		this.#te = TE;
		this.#control = 0;
		this.#flags = 0;
		this.#received.fill(0);
	}

	/** Brings the line up to date. */
	update(): void {
		const enabled = this.#control & (GIP | RF | TE);
		const line = ((this.#gip | this.#rf | this.#te) & enabled) !== 0;
		if (line === this.#line) return;
		this.#line = line;
		this.#onLine?.(line);
	}

	/** Doorbells that this side rings and the other has not answered. */
	#ringing(): number {
		return this.other.#gip >>> GIR_TO_GIP;
	}

	#receive(n: number): number {
		// The other side may have the next word ready at once.
		const word = this.#received[n] as number;
		this.#rf &= ~muBit.rf(n);
		this.other.#te |= muBit.te(n);
		this.update();
		this.other.update();
		return word;
	}

	/** A word that the other side has not read is lost: software waits for TE. */
	#transmit(n: number, value: number): void {
		this.other.#received[n] = value;
		this.other.#rf |= muBit.rf(n);
		this.#te &= ~muBit.te(n);
		this.update();
		this.other.update();
	}

	#answer(doorbells: number): void {
		this.#gip &= ~doorbells;
		this.update();
	}

	#setControl(value: number): void {
		if (this.#reset !== undefined && value & MUR) {
			this.#reset();
			return;
		}
		const written = value & WRITABLE;
		this.#control = written & KEPT;
		// Writing 0 to a doorbell that rings does not silence it.
		this.other.#gip |= (written & GIR) << GIR_TO_GIP;
		this.other.#flags = written & FLAGS;
		this.update();
		this.other.update();
	}
}

/** The unit: side A is the application processor's, side B the management processor's. */
export class MessagingUnit {
	readonly a = new MuSide(() => this.reset());
	readonly b = new MuSide();

	constructor() {
		this.a.other = this.b;
		this.b.other = this.a;
	}

	/** Both sides as after power on. */
	reset(): void {
		this.a.clear();
		this.b.clear();
		this.a.update();
		this.b.update();
	}
}

/** Which of the four registers from `first` on lies at an offset. */
function wordOf(offset: number, first: number): number | undefined {
	const n = (offset - first) / 4;
	return Number.isInteger(n) && n >= 0 && n < MU_CHANNELS ? n : undefined;
}

function noRegister(offset: number): CosimError {
	return new CosimError(
		"BUS_ERROR",
		`messaging unit: no register at offset 0x${offset.toString(16)}, expected a multiple of 4 below 0x${MU_SIZE.toString(16)}`,
	);
}
