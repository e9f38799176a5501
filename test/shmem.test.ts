// The shared-memory channel: every field of an area at its edges, several areas behind one function ID, and garbage.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2: status +0x4, flags +0x10, length +0x14, header +0x18, payload +0x1c.

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Channel } from "../assembly/image.ts";
import { Address, State } from "../assembly/layout.ts";
import type { Firmware } from "../host/firmware.ts";
import { createEngine } from "../host/node.ts";
import { IMX8MM } from "../host/platform/imx8mm/index.ts";
import type { Platform } from "../host/platform/platform.ts";
import { firmwares } from "./support/firmwares.ts";
import {
	type AreaPlace,
	BASE,
	CLOCK,
	headerOf,
	NOT_SUPPORTED,
	POWER,
	PROTOCOL_ERROR,
	Smt,
	TX,
	u32,
} from "./support/smt.ts";

const SRAM = 0x0093_f000;
/** What an area of 0x200 bytes has room for: header and payload. */
const ROOM = 0x200 - 0x18;

function sram(firmware: Firmware): Uint8Array {
	return new Uint8Array(
		firmware.buffer,
		firmware.memoryAt(SRAM, 0x1000),
		0x1000,
	);
}

describe.each(firmwares)("channel status, $name", ({ create }) => {
	it.each([
		["free", 1],
		["free with the error bit", 3],
		["free with reserved bits", 0xffff_ffff],
	])("%s when sent: NOT_REQUIRED, nothing touched", (_, status) => {
		const smt = new Smt(create());
		smt.write(headerOf(BASE, 0), [1, 2, 3, 4]);
		smt.view.setUint32(4, status, true);
		const before = sram(smt.firmware).slice();
		expect(smt.trap()).toBe(-2n);
		expect(sram(smt.firmware)).toEqual(before);
	});

	it.each([
		["busy", 0],
		["busy with the error bit", 2],
		["busy with reserved bits", 0xffff_fffe],
	])("%s: served and free afterwards, error cleared", (_, status) => {
		const smt = new Smt(create());
		smt.write(headerOf(BASE, 0), []);
		smt.view.setUint32(4, status, true);
		expect(smt.trap()).toBe(0n);
		expect(smt.view.getUint32(4, true)).toBe(1);
		expect(smt.read(0n).payload).toEqual(u32(0, 0x20001));
	});

	it("is free at load, in both areas", () => {
		const memory = sram(create());
		for (const at of [0, 0x200])
			expect([...memory.subarray(at + 4, at + 8)]).toEqual(u32(1));
	});
});

describe.each(firmwares)("length, $name", ({ create }) => {
	const smt = new Smt(create());

	it.each([
		0,
		1,
		2,
		3,
		ROOM + 1,
		ROOM + 4,
		0x200,
		0x1000,
		0x7fff_ffff,
		0x8000_0000,
		0xffff_ffe8,
		0xffff_fffc,
		0xffff_ffff,
	])("%i is no message: channel error, PROTOCOL_ERROR", (length) => {
		const header = headerOf(CLOCK, 0x6, 5);
		expect(smt.send(header, u32(128), length)).toEqual({
			x0: 0n,
			channel: 3,
			length: 8,
			header,
			payload: u32(PROTOCOL_ERROR),
		});
	});

	it.each([4, 5, 6, 7, 9, 12, 128, 132, ROOM - 4, ROOM - 1, ROOM])(
		"%i lies in the area but is not RATE_GET's: PROTOCOL_ERROR, no channel error",
		(length) => {
			const header = headerOf(CLOCK, 0x6, 6);
			expect(smt.send(header, u32(128), length)).toEqual({
				x0: 0n,
				channel: 1,
				length: 8,
				header,
				payload: u32(PROTOCOL_ERROR),
			});
		},
	);

	it("a good message afterwards clears the error", () => {
		smt.send(headerOf(CLOCK, 0x6), [], 0);
		expect(smt.view.getUint32(4, true)).toBe(3);
		smt.expect(CLOCK, 0x6, u32(2), u32(24_000_000, 0));
	});
});

describe.each(firmwares)("header, $name", ({ create }) => {
	const smt = new Smt(create());

	it.each([1, 2, 3])("type %i is no command: PROTOCOL_ERROR", (type) => {
		for (const [protocol, message] of [
			[BASE, 0],
			[CLOCK, 0x6],
			[0x77, 0],
		] as const) {
			const header = headerOf(protocol, message, 9, type);
			expect(smt.send(header, u32(2))).toEqual({
				x0: 0n,
				channel: 1,
				length: 8,
				header,
				payload: u32(PROTOCOL_ERROR),
			});
		}
	});

	it("is returned as it came: token, reserved bits", () => {
		for (const header of [0, 1, 0x155, 0x2aa, 0x3ff].map((token) =>
			headerOf(BASE, 0, token),
		)) {
			for (const reserved of [0, 0x1000_0000, 0xf000_0000]) {
				const sent = (header | reserved) >>> 0;
				expect(smt.send(sent, [])).toEqual({
					x0: 0n,
					channel: 1,
					length: 12,
					header: sent,
					payload: u32(0, 0x20001),
				});
			}
		}
	});

	it("of a protocol that is not served: NOT_SUPPORTED", () => {
		for (let protocol = 0; protocol < 256; protocol++) {
			if (protocol === BASE || protocol === POWER || protocol === CLOCK)
				continue;
			for (const message of [0, 1, 2, 3])
				smt.refuse(protocol, message, [], NOT_SUPPORTED);
		}
	});

	it.each([
		[BASE, [0, 1, 2, 3, 4, 5, 6, 7, 0x10]],
		[POWER, [0, 1, 2, 3, 4, 5, 8, 0x10]],
		[CLOCK, [0, 1, 2, 3, 4, 5, 6, 7, 8, 0xb, 0xc, 0xd, 0xe, 0xf, 0x10]],
	])("protocol %i has these messages and no others", (protocol, messages) => {
		for (let message = 0; message < 256; message++) {
			const header = headerOf(protocol, message);
			const { payload } = smt.send(header, [1]);
			// One stray byte is no message's payload.
			expect(payload).toEqual(
				u32(messages.includes(message) ? PROTOCOL_ERROR : NOT_SUPPORTED),
			);
		}
	});
});

describe.each(firmwares)("conduits and areas, $name", ({ create }) => {
	const firmware = create();

	it.each([
		["SMC, first channel", "smc", 0xc200_00fe, 0],
		["SMC, second channel", "smc", 0xc200_00ff, 0x200],
		["HVC, the hypervisor's first", "hvc", 0xc600_00fe, 0],
		["HVC, the hypervisor's second", "hvc", 0xc600_00ff, 0x200],
		["HVC, passed on to the first", "hvc", 0xc200_00fe, 0],
		["HVC, passed on to the second", "hvc", 0xc200_00ff, 0x200],
	] as const)(
		"%s serves its own area alone",
		(_, method, functionId, offset) => {
			const smt = new Smt(firmware, {
				address: SRAM + offset,
				size: 0x200,
				functionId,
				method,
			});
			const other = new Smt(firmware, {
				...TX,
				address: SRAM + (offset ^ 0x200),
			});
			other.write(headerOf(BASE, 0), []);
			smt.expect(CLOCK, 0x6, u32(2), u32(24_000_000, 0));
			expect(other.view.getUint32(4, true)).toBe(0);
			other.view.setUint32(4, 1, true);
		},
	);
});

describe.each(firmwares)("memory around a message, $name", ({ create }) => {
	it("stays as it was: reserved words, flags, other areas", () => {
		const smt = new Smt(create());
		const memory = sram(smt.firmware);
		for (const [protocol, message, payload] of [
			[BASE, 0x3, []],
			[CLOCK, 0x4, u32(127, 0)],
			[CLOCK, 0xc, u32(252, 0)],
			[POWER, 0x8, u32(0)],
			[0x99, 0, []],
		] as const) {
			memory.fill(0x5a);
			smt.write(headerOf(protocol, message), payload);
			const before = memory.slice();
			smt.trap();
			const { length } = smt.read(0n);
			const changed = [...memory.keys()].filter(
				(at) => memory[at] !== before[at],
			);
			for (const at of changed) {
				const inReply = at >= 0x1c && at < 0x18 + length;
				expect(
					inReply || (at >= 4 && at < 8) || (at >= 0x14 && at < 0x18),
				).toBe(true);
			}
		}
	});

	it.each([
		["default", IMX8MM],
		["smallest", { ...IMX8MM, maxMessageSize: 76 }],
	] satisfies [string, Platform][])(
		"any content of an area: freed, a reply within the %s maxMessageSize, nothing outside",
		(_, platform) => {
			const smt = new Smt(create(platform));
			const memory = sram(smt.firmware);
			fc.assert(
				fc.property(
					fc.uint8Array({ minLength: 0x200, maxLength: 0x200 }),
					fc.constantFrom(BASE, POWER, CLOCK, 0x12),
					fc.nat(0x20),
					fc.oneof(fc.nat(24), fc.nat(0xffff_ffff)),
					fc.array(fc.nat(300), { maxLength: 4 }),
					(content, protocol, message, length, words) => {
						memory.fill(0x77);
						memory.set(content);
						smt.view.setUint32(0x04, 0, true);
						smt.view.setUint32(0x14, length, true);
						smt.view.setUint32(0x18, headerOf(protocol, message), true);
						for (const [i, word] of words.entries())
							smt.view.setUint32(0x1c + 4 * i, word, true);
						expect(smt.trap()).toBe(0n);
						const reply = smt.read(0n);
						expect(reply.channel & 1).toBe(1);
						expect(reply.length).toBeGreaterThanOrEqual(8);
						expect(reply.length).toBeLessThanOrEqual(platform.maxMessageSize);
						expect(memory.subarray(0x200).every((byte) => byte === 0x77)).toBe(
							true,
						);
					},
				),
				{ numRuns: 1500 },
			);
		},
	);
});

const SHARED: readonly AreaPlace[] = [0, 0x200, 0x400].map((offset) => ({
	...TX,
	address: SRAM + offset,
}));

/** One function ID with three areas, the last of another agent. */
const SEVERAL: Platform = {
	...IMX8MM,
	agents: ["linux", "tee"],
	channels: SHARED.map(({ address, size, functionId }, i) => ({
		functionId,
		exceptionLevel: 3,
		agent: i === 2 ? "tee" : "linux",
		address,
		size,
	})),
};

describe.each(firmwares)(
	"several areas behind one function ID, $name",
	({ create }) => {
		const firmware = create(SEVERAL);
		const areas = SHARED.map((place) => new Smt(firmware, place));
		const [first, second, third] = areas as [Smt, Smt, Smt];

		it("a trap serves every busy one", () => {
			first.write(headerOf(BASE, 0, 1), []);
			second.write(headerOf(POWER, 0, 2), []);
			third.write(headerOf(CLOCK, 0, 3), []);
			expect(first.trap()).toBe(0n);
			expect(areas.map((area) => area.read(0n))).toEqual(
				[
					[BASE, 0x20001],
					[POWER, 0x30001],
					[CLOCK, 0x30000],
				].map(([protocol, version], i) => ({
					x0: 0n,
					channel: 1,
					length: 12,
					header: headerOf(protocol as number, 0, i + 1),
					payload: u32(0, version as number),
				})),
			);
		});

		it("leaves the free ones alone", () => {
			second.write(headerOf(POWER, 0), []);
			first.view.setUint32(0x1c, 0x1234_5678, true);
			expect(first.trap()).toBe(0n);
			expect(first.view.getUint32(0x1c, true)).toBe(0x1234_5678);
			expect(second.read(0n).payload).toEqual(u32(0, 0x30001));
		});

		it("with none busy there is nothing to do: success", () => {
			expect(first.trap()).toBe(0n);
		});

		it("one bad message does not stop the others", () => {
			first.write(headerOf(BASE, 0), [], 0);
			second.write(headerOf(0x55, 0), []);
			third.write(headerOf(CLOCK, 0), []);
			expect(first.trap()).toBe(0n);
			expect(areas.map((area) => area.read(0n).payload)).toEqual([
				u32(PROTOCOL_ERROR),
				u32(NOT_SUPPORTED),
				u32(0, 0x30000),
			]);
			expect(areas.map((area) => area.read(0n).channel)).toEqual([3, 1, 1]);
		});

		it("each area has its own agent", () => {
			first.expect(BASE, 0x7, u32(0xffff_ffff), [...u32(1), ...name("linux")]);
			third.expect(BASE, 0x7, u32(0xffff_ffff), [...u32(2), ...name("tee")]);
		});
	},
);

function name(text: string): number[] {
	return [...text.padEnd(16, "\0")].map((c) => c.charCodeAt(0));
}

describe("the engine's channel counters", () => {
	it("count refused messages and interrupts that the flags asked for", () => {
		const engine = createEngine();
		const smt = new Smt(engine);
		const memory = new DataView(engine.buffer);
		const row = memory.getUint32(Address.STATE + State.CHANNELS, true);
		const counters = () =>
			[Channel.REFUSED, Channel.INTERRUPTS].map((at) =>
				memory.getUint32(row + at, true),
			);
		expect(counters()).toEqual([0, 0]);
		const send = (length: number, flags: number) => {
			smt.write(headerOf(BASE, 0), [], length, flags);
			smt.trap();
			expect(smt.view.getUint32(0x10, true)).toBe(flags);
		};
		send(4, 0);
		expect(counters()).toEqual([0, 0]);
		send(4, 1);
		expect(counters()).toEqual([0, 1]);
		send(0, 1);
		expect(counters()).toEqual([1, 2]);
		send(4, 0xffff_fffe);
		expect(counters()).toEqual([1, 2]);
		smt.trap();
		expect(counters()).toEqual([1, 2]);
	});
});
