// Fast channels of a guest: its words in guest RAM and the engine's are kept alike, a thousand times a second.
// SCMI 3.2 (Arm DEN0056E), section 4.5, PERFORMANCE_DESCRIBE_FASTCHANNEL: the platform looks, no doorbell tells it.

import { readSync, writeSync } from "node:fs";
import type { Engine } from "../../engine.ts";
import { RAM_BASE } from "./guest-layout.ts";

/** How often the platform looks, in ms, and how much virtual time passes between two looks, in ns. */
const PERIOD_MS = 1;
const PERIOD_NS = 1_000_000;
/** Bytes of a domain's fast channels: level to set and to get, limits to set and to get. */
const SIZE = 24;

interface Channels {
	/** Offset in the file of guest RAM. */
	position: number;
	/** The engine's own words. */
	engine: Uint32Array;
	/** The guest's words as they were last read or written. */
	guest: Uint32Array;
}

/** Looks at a guest's fast channels until it is stopped. Virtual time goes along with wall time meanwhile. */
export class FastChannelPoller {
	readonly #ram: number;
	readonly #engine: Engine;
	readonly #channels: readonly Channels[];
	#timer: NodeJS.Timeout | undefined;

	/** @param ram file descriptor of the guest's RAM */
	constructor(ram: number, engine: Engine) {
		this.#ram = ram;
		this.#engine = engine;
		this.#channels = engine.platform.performanceDomains.flatMap((domain) => {
			if (domain.fastChannels === null) return [];
			const { address } = domain.fastChannels;
			const offset = engine.memoryAt(address, SIZE);
			return [
				{
					position: address - RAM_BASE,
					engine: new Uint32Array(engine.buffer, offset, SIZE / 4),
					guest: new Uint32Array(SIZE / 4),
				},
			];
		});
	}

	/** Gives the guest the words as they are now, and looks from now on. */
	start(): void {
		for (const { position, engine, guest } of this.#channels) {
			guest.set(engine);
			writeSync(this.#ram, guest, 0, SIZE, position);
		}
		this.#timer = setInterval(() => this.look(), PERIOD_MS);
	}

	stop(): void {
		clearInterval(this.#timer);
	}

	/** Takes what the guest has written, lets a period pass, and gives the guest what has changed. */
	look(): void {
		for (const channels of this.#channels) this.#take(channels);
		this.#engine.advance(PERIOD_NS);
		for (const channels of this.#channels) this.#give(channels);
	}

	/** Only words that the guest has changed: it must not write over what the engine has changed since. */
	#take({ position, engine, guest }: Channels): void {
		const now = new Uint32Array(guest.length);
		readSync(this.#ram, now, 0, SIZE, position);
		for (const [i, word] of now.entries()) {
			if (word !== guest[i]) engine[i] = word;
		}
		guest.set(now);
	}

	/** Only words that the engine has changed: the guest may write the others at this moment. */
	#give({ position, engine, guest }: Channels): void {
		for (const [i, word] of engine.entries()) {
			if (word === guest[i]) continue;
			guest[i] = word;
			writeSync(this.#ram, guest.subarray(i, i + 1), 0, 4, position + i * 4);
		}
	}
}
