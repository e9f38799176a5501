// The messages that are measured, and loops that send them: request written into shared memory, call, reply read.
// SCMI 3.2 (Arm DEN0056E), sections 4.3, 4.6 and 5.1.2.

import { callerOf, type Engine } from "../host/engine.ts";
import type { Firmware } from "../host/firmware.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import type { Channel, Platform } from "../host/platform/platform.ts";
import type { Task } from "./measure.ts";
import type { PlainServer } from "./plain-server.ts";
import { forgetRates, LEAVES } from "./unknown-rates.ts";

export interface Request {
	protocol: number;
	message: number;
	/** Parameters as words. */
	words: readonly number[];
	/** Word 2 of every other message, where they shall differ. */
	otherWord2?: number;
	/** Word 0 of each message of a run. */
	ids?: readonly number[];
	/** What goes before each run and is not measured. */
	prepare?: (firmware: Firmware) => void;
}

const EL3 = 3;
/** Messages between two looks at the clock. */
const MESSAGES = 1000;
/** From one ID to the next: a prime, so that none comes twice before all were there. */
const FAR = 7919;

/** IDs below a number, far apart, so that what was asked for last is no help with the next. */
export function idsBelow(count: number): number[] {
	return Array.from({ length: MESSAGES }, (_, i) => (i * FAR) % count);
}

/** Words of an area and of a batch's entry: SCMI 3.2, section 5.1.2. */
export const STATUS = 1;
export const LENGTH = 5;
export const HEADER = 6;
export const PAYLOAD = 7;
const FREE = 1;

export const CLOCK = 0x14;
export const RATE_GET = 0x6;

/** The ID of a clock of the i.MX8MM. */
export function clockId(name: string): number {
	const clock = IMX8MM.clocks.find((each) => each.name === name);
	if (clock === undefined) throw new Error(`there is no clock ${name}`);
	return clock.id;
}

/** The slice whose rate is set. */
export const SLICE = clockId("usdhc3");
/** Neither rate comes out exactly, so that all dividers are looked at; each changes the registers. */
export const RATES = [148_500_000, 52_000_001] as const;
/** Below the slice, seven clocks below the crystal. */
const LEAF = clockId("usdhc3_root_clk");

/** By the names that rows have. */
export const REQUESTS = {
	version: { protocol: CLOCK, message: 0x0, words: [] },
	attributes: { protocol: CLOCK, message: 0x3, words: [LEAF] },
	"rate-cached": { protocol: CLOCK, message: RATE_GET, words: [LEAF] },
	"rate-walked": {
		protocol: CLOCK,
		message: RATE_GET,
		words: [0],
		ids: LEAVES,
		prepare: forgetRates,
	},
	"rate-set": {
		protocol: CLOCK,
		message: 0x5,
		words: [0, SLICE, RATES[0], 0],
		otherWord2: RATES[1],
	},
	"power-state": { protocol: 0x11, message: 0x5, words: [10] },
} as const satisfies Record<string, Request>;

export type RequestName = keyof typeof REQUESTS;

/** The first channel of a platform. */
export function firstChannel(platform: Platform): Channel {
	return platform.channels[0] as Channel;
}

/** The words that an agent writes: header, length, and as many parameters as the message has. */
function writes(request: Request): string {
	const { protocol, message, words, otherWord2, ids } = request;
	const parameters = words.map((word, i) => {
		let value = `${word}`;
		if (i === 0 && ids !== undefined) value = "ids[i]";
		if (i === 2 && otherWord2 !== undefined)
			value = `(i & 1) === 0 ? ${word} : ${otherWord2}`;
		return `area[${PAYLOAD + i}] = ${value};`;
	});
	return `
		area[${STATUS}] = 0;
		area[${LENGTH}] = ${4 + 4 * words.length};
		area[${HEADER}] = ${(protocol << 10) | message};
		${parameters.join("\n")}`;
}

// V8 makes the best of views and call targets that a function has had only once, and functions of the same text share what
// it has learnt. So each message to each firmware gets a loop of its own, as a driver's code would be: written from this
// text, with the message's name in it.

/** Sends a request to a firmware's channel; `call` is the call's text, with `target` in it, and `x` for the CPU's registers. */
export function sending(
	name: string,
	request: Request,
	firmware: Firmware,
	call: string,
	target: unknown,
	channel: Channel = firstChannel(firmware.platform),
): Task {
	const at = firmware.memoryAt(channel.address, channel.size);
	const area = new Int32Array(firmware.buffer, at, channel.size / 4);
	const { ids, prepare } = request;
	const messages = ids?.length ?? MESSAGES;
	const loop = `
		// ${name}
		return () => {
			let sum = 0;
			for (let i = 0; i < ${messages}; i++) {
				${writes(request)}
				sum |= ${call};
				sum |= area[${STATUS}] ^ ${FREE};
				sum |= area[${PAYLOAD}];
			}
			return sum;
		};`;
	const run = new Function("area", "x", "target", "ids", loop)(
		area,
		firmware.registers(0),
		target,
		ids,
	);
	return {
		messages,
		run,
		...(prepare && { prepare: () => prepare(firmware) }),
	};
}

/** A trap for each message. */
export function trapping(
	name: string,
	request: Request,
	engine: Engine,
	channel?: Channel,
): Task {
	const { functionId } = channel ?? firstChannel(engine.platform);
	const call = `target(${functionId | 0}, ${callerOf(0, "smc")})`;
	return sending(name, request, engine, call, engine.rawCall, channel);
}

/** The same on the plain server. */
export function trappingPlain(
	name: string,
	request: Request,
	server: PlainServer,
): Task {
	const { functionId } = firstChannel(server.platform);
	const call = `(x[0] = ${functionId}, target.trap(0, "smc"))`;
	return sending(name, request, server, call, server);
}

/** A module with nothing but `call`, which returns 0. */
const EMPTY = new Uint8Array([
	// Magic and version; type (i32, i32) -> i32; one function; its export "call"; its body: i32.const 0.
	0x00,
	0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 7, 1, 0x60, 2, 0x7f, 0x7f, 1, 0x7f, 3, 2, 1,
	0, 7, 8, 1, 4, 0x63, 0x61, 0x6c, 0x6c, 0, 0, 10, 6, 1, 4, 0, 0x41, 0, 0x0b,
]);

/** A call of the same kind as a trap, from a loop of the same kind, with nothing on either side. */
export function callingNothing(name: string): Task {
	const { exports } = new WebAssembly.Instance(new WebAssembly.Module(EMPTY));
	const loop = `
		// ${name}
		return () => {
			let sum = 0;
			for (let i = 0; i < ${MESSAGES}; i++) sum |= call(0, ${EL3});
			return sum;
		};`;
	return {
		messages: MESSAGES,
		run: new Function("call", loop)(exports.call),
	};
}

/** All entries of the batch, so many in each call. Entries are filled before and looked at afterwards: that is not measured. */
export function batching(
	request: Request,
	engine: Engine,
	perCall: number,
): Task {
	const batch = engine.batch();
	const { size } = batch;
	const { functionId } = firstChannel(engine.platform);
	const { protocol, message, otherWord2 } = request;
	const header = (protocol << 10) | message;
	const even = [...request.words];
	const odd = even.map((word, i) => (i === 2 ? (otherWord2 ?? word) : word));
	return {
		messages: size,
		prepare: () => {
			for (let entry = 0; entry < size; entry++)
				batch.set(entry, functionId, header, (entry & 1) === 0 ? even : odd);
		},
		run: () => {
			let executed = 0;
			for (let first = 0; first < size; first += perCall)
				executed += engine.rawBatch(0, EL3, first, perCall);
			return executed ^ size;
		},
		check: () => {
			let failed = 0;
			for (let entry = 0; entry < size; entry++)
				failed |= batch.result(entry) | batch.status(entry);
			return failed;
		},
	};
}
