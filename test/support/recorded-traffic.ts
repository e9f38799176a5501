// Random traffic as a recording: messages of all protocols right and wrong, by several agents, registers, traps, time.
// The same seed gives the same recording everywhere. Imports nothing from Node.

import { compileImage } from "../../host/platform/image.ts";
import { imx8mmWith } from "../../host/platform/imx8mm/agents.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { SYSTEM } from "../../host/platform/imx8mm/system.ts";
import type { Channel, Platform } from "../../host/platform/platform.ts";
import { VERSION_SETS } from "../../host/platform/platform.ts";
import { inVersion, type Message, NEWEST } from "../../host/scmi/layout.ts";
import { protocols } from "../../host/scmi/messages.ts";
import { Bytes, Operation } from "./recording.ts";

/** Three agents, the TEE in the secure world; linux has its channels by HVC, too. */
export const RECORDED: Platform = imx8mmWith(["linux", "tee", "guest"]);
export const RECORDED_IMAGE = compileImage(RECORDED);

/** The recording that Node, C and Chromium replay. */
export const RECORDING = {
	seed: 0x5c31,
	messages: 1_000_000,
	perChunk: 1000,
} as const;

const SECURE_CPU = 3;
const CPUS = IMX8MM.cpus;
const TOKENS = 1024;
const SYSTEM_POWER = 0x12;
const PERFORMANCE = 0x13;
const STATE_SET = 0x3;
const NS_PER_MS = 1e6;
const NS_PER_S = 1e9;
/** Fields whose values are IDs, and how many there are of each at most; a few unknown ones are among them. */
const IDS: Readonly<Record<string, number>> = {
	domain_id: 14,
	sensor_id: 5,
	agent_id: 5,
	device_id: 20,
	axis_id: 3,
	parent_id: 9,
	message_id: 0x20,
	command_id: 0x20,
	performance_level: 4,
	range_max: 4,
	range_min: 4,
};
const RATES = [
	12_000_000, 24_000_000, 52_000_001, 148_500_000, 200_000_000, 393_216_000,
	400_000_000, 594_000_000, 650_000_000, 722_534_400, 800_000_000,
	1_000_000_000, 1_200_000_000, 1_800_000_000,
];
const LEVELS = [800_000, 850_000, 900_000, 950_000, 1_000_000, 1_800_000];
const TX = RECORDED.channels.filter(({ fromPlatform }) => !fromPlatform);
const RX = RECORDED.channels.filter(({ fromPlatform }) => fromPlatform);
/** Each protocol's messages with the fields of their requests. */
const MESSAGES = protocols.map((protocol) => ({
	protocol: protocol.id,
	messages: Object.values<Message>(protocol.messages).map(
		({ id, request }) => ({
			id,
			fields: request.filter((field) => inVersion(field, NEWEST)),
		}),
	),
}));
type Choice = (typeof MESSAGES)[number]["messages"][number];
const VERSIONS = [
	...new Set(
		Object.values(VERSION_SETS).flatMap((set) => Object.values<number>(set)),
	),
];

/** A generator of whole numbers that is the same everywhere: Marsaglia's xorshift with 32 bits. */
class Random {
	#state: number;

	constructor(seed: number) {
		this.#state = seed >>> 0 || 1;
	}

	word(): number {
		let x = this.#state;
		x ^= x << 13;
		x ^= x >>> 17;
		x ^= x << 5;
		this.#state = x >>> 0;
		return this.#state;
	}

	/** 0 to `limit` - 1. */
	below(limit: number): number {
		return this.word() % limit;
	}

	/** True once in `n` times. */
	oneIn(n: number): boolean {
		return this.below(n) === 0;
	}

	of<T>(values: readonly T[]): T {
		return values[this.below(values.length)] as T;
	}
}

/** Traffic with a seed: chunks of operations. */
export class Traffic {
	readonly #random: Random;
	readonly #out = new Bytes();
	/** Clocks that the messages are about for a while, so that they meet. */
	#clocks: number[] = [];

	constructor(seed: number) {
		this.#random = new Random(seed);
	}

	/** The next operations: `messages` messages, and other things between them. */
	chunk(messages: number): Uint8Array {
		this.#clocks = Array.from(
			{ length: 12 },
			() => this.#random.of(IMX8MM.clocks).id,
		);
		this.#begin();
		for (let sent = 0; sent < messages; ) {
			if (this.#random.below(10) < 8) {
				this.#message();
				sent++;
			} else this.#other();
		}
		this.#out.u8(Operation.CHECK);
		return this.#out.take();
	}

	#begin(): void {
		this.#out.u8(Operation.RESET);
		this.#out.u8(Operation.SECURE).u8(SECURE_CPU).u8(1);
	}

	/** Looks at everything, and begins again. */
	#restart(): void {
		this.#out.u8(Operation.CHECK);
		this.#begin();
	}

	#other(): void {
		const random = this.#random;
		const kind = random.below(100);
		if (kind < 30) this.#write();
		else if (kind < 50) this.#read();
		else if (kind < 70) this.#advance();
		else if (kind < 90) this.#receive();
		else if (kind < 96) this.#trap();
		else if (kind < 98)
			this.#out.u8(Operation.SECURE).u8(random.below(CPUS)).u8(random.below(2));
		else
			this.#out
				.u8(Operation.RESET_AGENT)
				.u8(random.below(5))
				.u8(random.below(2));
	}

	/** An address that something answers, mostly a register that means something. */
	#address(): number {
		const random = this.#random;
		if (random.below(10) < 7) return random.of(RECORDED.registers)[0];
		const block = random.of(RECORDED.blocks);
		const at = block.address + 4 * random.below(block.size / 4);
		return random.oneIn(50) ? at + random.below(0x2_0000) : at;
	}

	#write(): void {
		const random = this.#random;
		const address = this.#address();
		const known = RECORDED.registers.find(([at]) => at === address)?.[1] ?? 0;
		const value = random.oneIn(4)
			? random.word()
			: (known ^ (1 << random.below(32))) >>> 0;
		this.#out.u8(Operation.WRITE).u32(address).u32(value);
		const ends = [SYSTEM.off.address, SYSTEM.reset.address].includes(address);
		if (ends) this.#restart();
	}

	#read(): void {
		this.#out.u8(Operation.READ).u32(this.#address());
	}

	#advance(): void {
		const random = this.#random;
		// Long times cost much where sensors are sampled every millisecond. Seldom beyond the low word.
		const most = random.oneIn(20) ? NS_PER_S : random.of([100, 1e4, NS_PER_MS]);
		const ns = random.below(most);
		this.#out.u8(Operation.ADVANCE).u64(ns, random.oneIn(2000) ? 1 : 0);
	}

	/** An agent takes what the platform has left, and rings. */
	#receive(): void {
		const channel = this.#random.of(RX);
		this.#out
			.u8(Operation.RECEIVE)
			.u32(channel.address)
			.u16(channel.size)
			.u8(Operation.TRAP)
			.u8(cpuOf(channel))
			.u8(channel.exceptionLevel)
			.u64(channel.functionId)
			.u64(0)
			.u64(0)
			.u64(0);
	}

	#trap(): void {
		const random = this.#random;
		const ids = [
			...RECORDED.services.map(({ functionId }) => functionId),
			...RECORDED.channels.map(({ functionId }) => functionId),
			random.word(),
		];
		this.#out
			.u8(Operation.TRAP)
			.u8(random.below(CPUS))
			.u8(random.oneIn(3) ? 2 : 3)
			.u64(random.of(ids), random.oneIn(4) ? random.word() : 0)
			.u64(random.of(ids))
			.u64(random.word())
			.u64(random.word(), random.word());
	}

	#message(): void {
		const random = this.#random;
		const { protocol, messages } = random.of(MESSAGES);
		const message = this.#choose(protocol, messages);
		const channel = random.of(TX);
		const payload = this.#payload(protocol, message);
		let header = (random.below(TOKENS) << 18) | (protocol << 10) | message.id;
		let length = 4 + payload.length;
		let status = 0;
		let cpu = channel.secure ? SECURE_CPU : random.below(CPUS);
		let functionId = channel.functionId;
		switch (random.below(60)) {
			case 0:
				header = random.word();
				break;
			case 1:
				header |= random.below(4) << 8;
				break;
			case 2:
				length = random.below(0x40);
				break;
			case 3:
				length = random.oneIn(2) ? random.below(0x400) : random.word();
				break;
			case 4:
				status = random.below(4);
				break;
			case 5:
				cpu = random.below(CPUS);
				break;
			case 6:
				functionId = random.of(RECORDED.channels).functionId;
				break;
			case 7:
				header = (header & ~0xff) | random.below(0x20);
				break;
		}
		const area = new Bytes()
			.u32(0)
			.u32(status)
			.u64(0)
			.u32(random.oneIn(4) ? 1 : 0)
			.u32(length)
			.u32(header)
			.bytes(payload);
		this.#out
			.u8(Operation.MESSAGE)
			.u8(cpu)
			.u8(channel.exceptionLevel)
			.u32(functionId)
			.u32(channel.address)
			.u16(channel.size)
			.u16(area.length)
			.bytes(area.take());
		if (protocol === SYSTEM_POWER && message.id === STATE_SET) {
			// When it was a graceful request, its time runs out.
			for (const seconds of [2, 3, 4, 2])
				this.#out.u8(Operation.ADVANCE).u64(seconds * NS_PER_S);
			this.#restart();
		}
	}

	#choose(protocol: number, messages: readonly Choice[]): Choice {
		const message = this.#random.of(messages);
		const ends = protocol === SYSTEM_POWER && message.id === STATE_SET;
		// It is the end of everything that came before, so it comes seldom.
		return ends && !this.#random.oneIn(20) ? (messages[0] as Choice) : message;
	}

	#payload(protocol: number, { fields }: Choice): Uint8Array {
		const bytes = new Bytes();
		const random = this.#random;
		for (const { name, kind } of fields) {
			// There is one performance domain.
			const known = protocol !== PERFORMANCE || name !== "domain_id";
			bytes.u32(known || random.oneIn(20) ? this.#value(name) : 0);
			const wide = kind === "u64" || kind === "i64";
			if (wide) bytes.u32(random.oneIn(50) ? random.word() : 0);
		}
		return bytes.take();
	}

	#value(name: string): number {
		const random = this.#random;
		if (random.oneIn(40)) return random.word();
		const ids = IDS[name];
		if (ids !== undefined) return random.below(ids);
		switch (name) {
			case "clock_id":
				return random.oneIn(8) ? random.below(280) : random.of(this.#clocks);
			case "rate":
				return random.of(RATES) + random.below(3) - 1;
			case "version":
				return random.of(VERSIONS);
			case "voltage_level":
				return random.of(LEVELS);
			case "power_state":
				return random.oneIn(2) ? 0x4000_0000 : 0;
			case "trip_point_val":
				return random.below(100_000);
			case "reset_state":
				return random.oneIn(3) ? 0x8000_0000 : 0;
			default:
				return random.oneIn(3) ? 1 << random.below(16) : random.below(4);
		}
	}
}

function cpuOf(channel: Channel): number {
	return channel.secure ? SECURE_CPU : 0;
}
