// What diff finds between the profiles, against an independent statement of the draft's behaviour: these differences, no others.
// Shared memory: SCMI 3.2 (Arm DEN0056E), section 5.1.2.

import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { createFirmware } from "../../host/node.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { type Platform, VERSION_SETS } from "../../host/platform/platform.ts";
import {
	type Difference,
	diffProfiles,
	type ProfileAnswer,
	type ProfileDiff,
} from "../../host/profiles/diff.ts";
import { findProfile } from "../../host/profiles/index.ts";
import type { ProfileName } from "../../host/profiles/profile.ts";
import { everyCommand, recordBoot } from "../../host/profiles/traffic.ts";
import { protocols } from "../../host/scmi/messages.ts";
import { headerOf, Smt, u32 } from "../support/smt.ts";
import { DraftArea, GARBAGE, HANGING, SERVED } from "./area.ts";
import { CLOCK_IDS, DraftFacts, REGISTERS } from "./facts.ts";

function diff(
	a: ProfileName,
	b: ProfileName,
	requests: readonly Uint8Array[],
	platform: Platform = IMX8MM,
): ProfileDiff {
	return diffProfiles([findProfile(a), findProfile(b)], requests, ({ name }) =>
		createFirmware(name, platform),
	);
}

function hex(bytes: readonly number[] | Uint8Array): string {
	return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
}

/** What the specification's firmware answers: channel status, length, header and payload, by raw offsets. */
class Spec {
	readonly smt: Smt;

	constructor(platform: Platform) {
		this.smt = new Smt(createFirmware("spec", platform));
	}

	send(request: Uint8Array): { length: number; bytes: number[] } {
		const { view } = this.smt;
		for (let at = 0; at < view.byteLength; at++) view.setUint8(at, GARBAGE);
		const words = new DataView(request.buffer, request.byteOffset);
		this.smt.write(words.getUint32(0, true), [...request.subarray(4)]);
		expect(this.smt.trap()).toBe(0n);
		expect(view.getUint32(0x04, true)).toBe(1);
		const length = view.getUint32(0x14, true);
		const bytes = Array.from({ length }, (_, i) => view.getUint8(0x18 + i));
		return { length, bytes };
	}
}

/** The draft's reply as the facts have it, in an area that held the request and garbage: as many bytes as asked for. */
function inArea(
	request: Uint8Array,
	payload: readonly number[],
	count: number,
): number[] {
	const area = new Array<number>(0x200).fill(GARBAGE);
	for (const [i, byte] of request.entries()) area[i] = byte;
	for (const [i, byte] of payload.entries()) area[4 + i] = byte;
	return area.slice(0, count);
}

/** A difference as the facts imply it: the request, and the draft's side of it. */
type Implied = [
	request: string,
	stoppedOrLength: string | number,
	bytes: string,
];

/** Goes through the requests with the specification's firmware and the facts; both start anew when the draft ends. */
function implied(
	requests: readonly Uint8Array[],
	platform: Platform,
): Implied[] {
	const found: Implied[] = [];
	const begin = () => {
		const spec = new Spec(platform);
		const read = (address: number) => spec.smt.firmware.read32(address);
		return { spec, facts: new DraftFacts(read) };
	};
	let { spec, facts } = begin();
	for (const request of requests) {
		const right = spec.send(request);
		const draft = facts.handle(request, GARBAGE);
		if ("stopped" in draft) {
			found.push([hex(request), draft.stopped, ""]);
			({ spec, facts } = begin());
			continue;
		}
		const told = draft.length >= 8 ? draft.length : right.length;
		const bytes = hex(inArea(request, draft.payload, told));
		if (draft.length !== right.length || bytes !== hex(right.bytes))
			found.push([hex(request), draft.length, bytes]);
	}
	return found;
}

function side(answer: ProfileAnswer): [string | number, string] {
	if (!("stopped" in answer)) return [answer.length, answer.bytes];
	const { stopped } = answer;
	return [typeof stopped === "string" ? stopped : stopped.reason, ""];
}

function told({ differences }: ProfileDiff): Implied[] {
	return differences.map(({ request, b }) => [request, ...side(b)]);
}

describe.each(Object.entries(VERSION_SETS))("diff, %s", (name, versions) => {
	const platform: Platform = { ...IMX8MM, protocols: versions };
	let requests: Uint8Array[];
	beforeAll(async () => {
		const tree = imx8mmBoard();
		requests = [
			...(await recordBoot(tree, createFirmware("spec", platform))),
			...everyCommand(platform),
		];
	});

	it("spec, imx8mm-draft: the differences that the facts imply, and no others", () => {
		const found = diff("spec", "imx8mm-draft", requests, platform);
		expect(found.messages).toBe(requests.length);
		expect(found.differences.length).toBeGreaterThan(500);
		expect(told(found)).toEqual(implied(requests, platform));
	});

	it("a profile and itself: none", () => {
		for (const profile of ["spec", "imx8mm-draft"] as const)
			expect(diff(profile, profile, requests, platform).differences).toEqual(
				[],
			);
	});

	it("the other way round: the same, sides exchanged", () => {
		const one = diff("spec", "imx8mm-draft", requests, platform);
		const other = diff("imx8mm-draft", "spec", requests, platform);
		expect(other.differences).toEqual(
			one.differences.map(({ a, b, ...rest }) => ({ ...rest, a: b, b: a })),
		);
	});

	if (name !== "scmi-3.2") return;

	it("the traffic has every command of base, power and clock, for known, last and unknown IDs", () => {
		const sent = new Set(
			requests.map((bytes) => {
				const header = new DataView(bytes.buffer).getUint32(0, true);
				return `${(header >> 10) & 0xff} ${header & 0xff}`;
			}),
		);
		for (const { id, messages } of protocols) {
			if (![0x10, 0x11, 0x14].includes(id)) continue;
			for (const message of Object.values(messages))
				expect(sent).toContain(`${id} ${message.id}`);
		}
		const rateGets = everyCommand(platform)
			.filter(([message, protocol]) => message === 6 && protocol === 0x50)
			.map((bytes) => new DataView(bytes.buffer).getUint32(4, true));
		const last = Math.max(...IMX8MM.clocks.map(({ id }) => id));
		expect(rateGets).toEqual(
			expect.arrayContaining([...CLOCK_IDS, last, last + 1]),
		);
	});

	it("every difference has a quirk that the profile lists", () => {
		const { quirks } = findProfile("imx8mm-draft");
		const known = new Set(quirks.map(({ id }) => id));
		const { differences } = diff("spec", "imx8mm-draft", requests, platform);
		for (const { quirk } of differences) expect(known).toContain(quirk);
	});
});

describe("a difference", () => {
	const request = (protocol: number, message: number, ...words: number[]) =>
		Uint8Array.from([...u32(headerOf(protocol, message, 5)), ...u32(...words)]);
	const only = (...requests: Uint8Array[]): Difference => {
		const { differences } = diff("spec", "imx8mm-draft", requests);
		expect(differences).toHaveLength(1);
		return differences[0] as Difference;
	};

	it("has both sides in words, each in its own version's layout", () => {
		expect(only(request(0x10, 3))).toMatchObject({
			message: "BASE_DISCOVER_VENDOR",
			protocol: "base",
			messageId: 3,
			request: "03 40 14 00",
			quirk: "vendor-length",
			a: { x0: 0, channel: 1, length: 24, status: 0 },
			b: {
				x0: 0,
				channel: 1,
				length: 2,
				status: 0,
				// As far as the other side's length: the draft's own says nothing.
				bytes: `03 40 14 00 00 00 00 00 4e 58 50 00 ${new Array(12).fill("a5").join(" ")}`,
			},
		});
	});

	it.each<[string, (view: DataView, registers: Uint32Array) => void]>([
		["x0", (_, registers) => registers.fill(1, 0, 1)],
		["the high word of x0", (_, registers) => registers.fill(1, 1, 2)],
		["the channel status", (view) => view.setUint32(0x04, 3, true)],
		["the length", (view) => view.setUint32(0x14, 2, true)],
		["the header", (view) => view.setUint32(0x18, 0, true)],
		["the status", (view) => view.setUint32(0x1c, 1, true)],
		["the last byte", (view) => view.setUint8(0x1c + 7, 1)],
	])("is %s alone", (_, change) => {
		const create = ({ name }: { name: ProfileName }) => {
			const firmware = createFirmware("spec");
			if (name === "spec") return firmware;
			const { view } = new Smt(firmware);
			const trap = firmware.trap.bind(firmware);
			firmware.trap = (cpu, method) => {
				const x0 = trap(cpu, method);
				change(view, firmware.registers(cpu));
				return x0;
			};
			return firmware;
		};
		const profiles = [
			findProfile("spec"),
			findProfile("imx8mm-draft"),
		] as const;
		const requests = [request(0x14, 0)];
		expect(diffProfiles(profiles, requests, create).differences).toHaveLength(
			1,
		);
	});

	it("is not what lies behind the length, nor other registers", () => {
		const { differences } = diff("spec", "imx8mm-draft", [
			request(0x14, 6, 2),
			request(0x14, 0x7f, 2),
		]);
		expect(differences).toEqual([]);
	});

	it("is told where one side stops, and both begin again", () => {
		// Sets usdhc31 to 100 MHz in both, stops the draft, reads the rate of load from both.
		const { differences } = diff("spec", "imx8mm-draft", [
			request(0x14, 5, 0, 145, 100_000_000, 0),
			request(0x14, 6, 145),
			request(0x14, 7, 18, 0, 0),
			request(0x14, 6, 145),
		]);
		expect(differences).toEqual([
			expect.objectContaining({
				message: "CLOCK_CONFIG_SET",
				quirk: "disable-panics",
				b: {
					stopped: expect.objectContaining({ reason: "panic" }),
				},
			}),
		]);
	});

	it("is a system that is turned off, too", () => {
		// SYSTEM_POWER_STATE_SET: shutdown, forced.
		const found = only(request(0x12, 3, 0, 0));
		expect(found.a).toEqual({ stopped: "off" });
		expect(found.b).toMatchObject({ status: -1 });
		expect(found.quirk).toBe("unknown-protocol");
	});

	it("is named by what the draft did before where the registers differ", () => {
		const { differences } = diff("spec", "imx8mm-draft", [
			request(0x14, 5, 8, 18, 393_216_000, 0),
			request(0x14, 6, 18),
		]);
		expect(differences).toHaveLength(1);
		expect(differences[0]).toMatchObject({
			message: "CLOCK_RATE_GET",
			quirk: "rate-from-registers",
		});
	});
});

describe("the draft and the facts", () => {
	const id = fc.oneof(
		{ weight: 8, arbitrary: fc.constantFrom(...CLOCK_IDS.slice(-5)) },
		{ weight: 2, arbitrary: fc.constantFrom(...CLOCK_IDS) },
		{ weight: 1, arbitrary: fc.integer({ min: 0, max: 0xffff_ffff }) },
	);
	const rate = fc.oneof(
		fc.integer({ min: 0, max: 1_000_000_000 }),
		fc.integer({ min: 0, max: 0xffff_ffff }),
	);
	const step = fc.oneof(
		{
			weight: 3,
			arbitrary: fc.tuple(
				fc.constant(5),
				id,
				rate,
				fc.constantFrom(0, 0, 0, 1),
			),
		},
		{ weight: 3, arbitrary: fc.tuple(fc.constant(6), id) },
		{
			weight: 3,
			arbitrary: fc.tuple(fc.constant(7), id, fc.constantFrom(1, 1, 0)),
		},
		{
			weight: 2,
			arbitrary: fc.tuple(
				fc.constant("write" as const),
				fc.constantFrom(...REGISTERS),
				fc.integer({ min: 0, max: 0xffff_ffff }),
			),
		},
	);

	it("agree on any sequence of clock messages and register writes", () => {
		fc.assert(
			fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
				const area = new DraftArea();
				const { firmware } = area;
				const facts = new DraftFacts((address) => firmware.read32(address));
				for (const [what, ...words] of steps) {
					if (what === "write") {
						const [address, value] = words as [number, number];
						firmware.write32(address, value);
						// LOCK follows the time: what it reads is what was written, but for bit 31.
						facts.registers.set(address, firmware.read32(address) >>> 0);
						continue;
					}
					const payload = u32(...(what === 5 ? [0, ...words] : words));
					const request = Uint8Array.from([
						...u32(headerOf(0x14, what, 7)),
						...payload,
					]);
					const outcome = facts.handle(request, GARBAGE);
					if ("stopped" in outcome) {
						area.expectStop(outcome.stopped, () =>
							area.send(0x14, what, payload),
						);
						return;
					}
					area.send(0x14, what, payload);
					expect(area.view.getUint32(0x14, true)).toBe(outcome.length);
					expect(area.bytes(40)).toEqual(
						inArea(request, outcome.payload, 44).slice(4),
					);
					for (const [address, value] of facts.registers)
						if (address >= 0x3038_0000)
							expect(firmware.read32(address) >>> 0).toBe(value);
				}
			}),
			{ numRuns: 400 },
		);
	});

	it("the function IDs are the facts'", () => {
		const { channels } = createFirmware("imx8mm-draft").platform;
		expect(channels.map(({ functionId }) => functionId)).toEqual([
			SERVED,
			HANGING,
		]);
	});
});
