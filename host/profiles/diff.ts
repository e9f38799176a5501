// Two profiles side by side: the same requests into the same shared memory, and where the replies differ.
// Shared memory: SCMI 3.2 (Arm DEN0056E), section 5.1.2.

import { CosimError } from "../errors.ts";
import type { Stopped } from "../mailbox/conduit.ts";
import { type Platform, PROTOCOL_IDS } from "../platform/platform.ts";
import {
	type DecodedMessage,
	decodeMessage,
	hexBytes,
} from "../trace/decode.ts";
import type { Profile, ProfileFirmware } from "./profile.ts";

/** What a firmware made of a request: the channel afterwards, and the reply in words and as bytes. */
export interface ProfileReply extends DecodedMessage {
	/** Signed. */
	x0: number;
	/** Channel status: bit 0 free, bit 1 error. */
	channel: number;
	/** The length field. */
	length: number;
	/** Header and payload, as far as the length says; where it has no room for a status, as far as the other side's. */
	bytes: string;
}

/** It has stopped, and answers no more. */
export interface ProfileStop {
	stopped: NonNullable<Stopped>;
}

export type ProfileAnswer = ProfileReply | ProfileStop;

/** A request that the two answer differently. */
export interface Difference {
	/** The message's name in the specification, or its number. */
	message: string;
	protocol: string;
	messageId: number;
	/** Header and payload. */
	request: string;
	a: ProfileAnswer;
	b: ProfileAnswer;
	/** ID of the quirk behind it; null when neither profile has one. */
	quirk: string | null;
}

export interface ProfileDiff {
	profiles: [a: string, b: string];
	/** Number of requests that each got. */
	messages: number;
	differences: Difference[];
}

/** Offsets in an area. */
const CHANNEL_STATUS = 0x04;
const FLAGS = 0x10;
const LENGTH = 0x14;
const MESSAGE = 0x18;
/** Header and status. */
const LEAST_REPLY = 8;
/** What every area holds before a request is written into it. */
const GARBAGE = 0xa5;

/**
 * Sends requests to two profiles. Both start in their state at load with the same hardware, and have the same garbage in the
 * shared memory before each request. Compared are x0, channel status, length and header, and the payload as far as the length
 * says. When one of them stops, or is turned off, both start again from their state at load, so that what follows compares like with like.
 * @param requests header and payload each
 * @param create makes a firmware
 */
export function diffProfiles(
	[first, second]: readonly [Profile, Profile],
	requests: readonly Uint8Array[],
	create: (profile: Profile) => ProfileFirmware,
): ProfileDiff {
	const a = new Side(() => create(first));
	const b = new Side(() => create(second));
	const differences: Difference[] = [];
	for (const request of requests) {
		a.send(request);
		b.send(request);
		if (!same(a, b)) differences.push(difference(request, a, b));
		if (a.stopped || b.stopped) {
			a.restart();
			b.restart();
		}
	}
	return {
		profiles: [first.name, second.name],
		messages: requests.length,
		differences,
	};
}

/** A firmware in its state at load, and the first channel that takes its messages by SMC. */
function begin(firmware: ProfileFirmware) {
	const { platform } = firmware;
	const channel = platform.channels.find(
		({ exceptionLevel, fromPlatform }) =>
			exceptionLevel === 3 && fromPlatform !== true,
	);
	if (channel === undefined) {
		throw new CosimError(
			"PLATFORM_INVALID",
			`platform ${platform.name}: no channel that takes messages by SMC`,
		);
	}
	const { address, size, functionId } = channel;
	const at = firmware.memoryAt(address, size);
	const area = new Uint8Array(firmware.buffer, at, size);
	return { firmware, functionId, area };
}

/** A profile with its firmware. */
class Side {
	readonly #create: () => ProfileFirmware;
	#running: ReturnType<typeof begin>;
	#x0 = 0n;

	constructor(create: () => ProfileFirmware) {
		this.#create = create;
		this.#running = begin(create());
	}

	restart(): void {
		this.#running = begin(this.#create());
	}

	get stopped(): Stopped {
		return this.#running.firmware.stopped ?? null;
	}

	get platform(): Platform {
		return this.#running.firmware.platform;
	}

	get quirk(): string | undefined {
		return this.#running.firmware.quirks?.at(-1);
	}

	send(request: Uint8Array): void {
		const { firmware, functionId, area } = this.#running;
		area.fill(GARBAGE);
		area.set(request, MESSAGE);
		const view = this.#view();
		view.setUint32(CHANNEL_STATUS, 0, true);
		view.setUint32(FLAGS, 0, true);
		view.setUint32(LENGTH, request.length, true);
		const registers = firmware.registers(0).fill(0);
		registers[0] = functionId;
		firmware.trap(0, "smc");
		const [low, high] = registers as unknown as [number, number];
		this.#x0 = BigInt.asIntN(64, (BigInt(high) << 32n) | BigInt(low));
	}

	/** What is in the registers and in the area's first words. */
	get words(): { x0: number; channel: number; length: number } {
		const view = this.#view();
		return {
			x0: Number(this.#x0),
			channel: view.getUint32(CHANNEL_STATUS, true),
			length: view.getUint32(LENGTH, true),
		};
	}

	/** Whether the length can be a reply's. */
	get hasLength(): boolean {
		const { length } = this.words;
		return (
			length >= LEAST_REPLY && length <= this.#running.area.length - MESSAGE
		);
	}

	/** Header and payload as far as its own length says, or else the other side's. */
	message(other: Side): Uint8Array {
		const lengths = [this, other]
			.filter((side) => side.stopped === null && side.hasLength)
			.map((side) => side.words.length);
		return this.#running.area.slice(
			MESSAGE,
			MESSAGE + (lengths[0] ?? LEAST_REPLY),
		);
	}

	#view(): DataView {
		const { buffer, byteOffset, length } = this.#running.area;
		return new DataView(buffer, byteOffset, length);
	}
}

function same(a: Side, b: Side): boolean {
	if (a.stopped !== null || b.stopped !== null)
		return JSON.stringify(a.stopped) === JSON.stringify(b.stopped);
	const [left, right] = [a.words, b.words];
	return (
		left.x0 === right.x0 &&
		left.channel === right.channel &&
		left.length === right.length &&
		hexBytes(a.message(b)) === hexBytes(b.message(a))
	);
}

function difference(request: Uint8Array, a: Side, b: Side): Difference {
	const { message, protocol, messageId } = decodeMessage(request);
	return {
		message,
		protocol,
		messageId: messageId as number,
		request: hexBytes(request),
		a: answer(a, b),
		b: answer(b, a),
		quirk: b.quirk ?? a.quirk ?? null,
	};
}

function answer(side: Side, other: Side): ProfileAnswer {
	if (side.stopped !== null) return { stopped: side.stopped };
	const bytes = side.message(other);
	const version = versionOf(bytes, side.platform);
	return {
		...side.words,
		...decodeMessage(bytes, {
			reply: true,
			...(version === undefined ? {} : { version }),
		}),
		bytes: hexBytes(bytes),
	};
}

/** The version that a platform serves of a message's protocol. */
function versionOf(bytes: Uint8Array, platform: Platform): number | undefined {
	const id = decodeMessage(bytes).protocolId;
	const names = Object.keys(PROTOCOL_IDS) as (keyof typeof PROTOCOL_IDS)[];
	const name = names.find((name) => PROTOCOL_IDS[name] === id);
	return name === undefined ? undefined : platform.protocols[name];
}
