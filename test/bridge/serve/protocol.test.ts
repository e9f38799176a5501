// The engine on sockets: every kind of frame and every error code, byte by byte, over each kind of socket.
// docs/serve.md; SCMI 3.2 (Arm DEN0056E), section 4.1.1 (message header).

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ScmiServer, serve } from "../../../host/bridge/serve/index.ts";
import { createEngine } from "../../../host/node.ts";
import { imx8mmWith } from "../../../host/platform/imx8mm/agents.ts";
import {
	ADVANCE,
	ERROR,
	HELLO,
	helloOf,
	INTERRUPT,
	MESSAGE,
	PLATFORM_MESSAGE,
	READ,
	RESET,
	ServeClient,
	STOPPED,
	TRAP,
	u64,
	WRITE,
} from "../../support/serve-client.ts";
import {
	BASE,
	CLOCK,
	headerOf,
	POWER,
	SYSTEM,
	u32,
} from "../../support/smt.ts";

const UART2 = 128;
/** CCM_TARGET_ROOT95, its slice. */
const UART2_SLICE = 0x3038_af80;
const UART4_ROOT_CLK = 191;
/** CCM_CCGR76, its gate. */
const UART4_GATE = 0x3038_44c0;
const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-serve-"));
let server: ScmiServer;

beforeAll(async () => {
	server = await serve({
		listen: ["tcp:127.0.0.1:0", `unix:${join(folder, "s")}`, "ws:127.0.0.1:0"],
		createFirmware: () => createEngine(imx8mmWith(["linux", "tee"])),
		simulations: 3,
		helloMs: 60_000,
	});
});
afterAll(async () => {
	await server.close();
	rmSync(folder, { recursive: true });
});

const bytes = (...values: number[]) => Buffer.from(u32(...values));
const message = (protocol: number, id: number, ...words: number[]) =>
	Buffer.from([...u32(headerOf(protocol, id)), ...u32(...words)]);

/** Code of an ERROR frame. */
async function errorOf(client: ServeClient, kind: number, payload: Uint8Array) {
	const answer = await client.ask(kind, payload);
	expect(answer.kind).toBe(ERROR);
	expect(answer.payload.subarray(4).toString()).toMatch(
		/expected|already|no memory that covers/,
	);
	return answer.payload.readUInt32LE(0);
}

describe.each([0, 1, 2])("socket %i", (i) => {
	const address = () => server.addresses[i] as string;

	it("answers HELLO and a message", async () => {
		const client = await ServeClient.hello(address(), "tee");
		const version = await client.ask(MESSAGE, message(BASE, 0));
		expect(version).toMatchObject({ kind: 0x82, tag: 2 });
		expect(version.payload).toEqual(bytes(headerOf(BASE, 0), 0, 0x2_0001));
		await client.end();
	});

	it("cuts and joins frames as they come", async () => {
		const client = await ServeClient.hello(address(), "linux");
		const answers = [1, 2, 3].map(() => client.ask(MESSAGE, message(CLOCK, 0)));
		for (const { payload } of await Promise.all(answers))
			expect(payload.readUInt32LE(8)).toBe(0x3_0000);
		const whole = Buffer.from([...u32(12, READ, 77), ...u32(0x3038_0000)]);
		for (const byte of whole) client.stream.write(Buffer.from([byte]));
		expect(await client.nextPush()).toMatchObject({ kind: 0x84, tag: 77 });
		await client.end();
	});
});

describe("a connection", () => {
	const tcp = () => server.addresses[0] as string;

	it("HELLO tells agent ID, message size, CPUs and time", async () => {
		const client = new ServeClient(tcp());
		const { payload } = await client.ask(HELLO, helloOf("tee"));
		expect(payload).toEqual(Buffer.concat([bytes(1, 2, 128, 4), u64(0n)]));
		await client.end();
	});

	it("an agent's requests end with its connection", async () => {
		const machine = await ServeClient.hello(tcp(), "");
		const tee = await ServeClient.hello(tcp(), "tee");
		const ccgr = bytes(UART4_GATE);
		const gate = async () =>
			(await machine.ask(READ, ccgr)).payload.readUInt32LE(0) & 3;
		expect(await gate()).toBe(0);
		const on = message(CLOCK, 0x7, UART4_ROOT_CLK, 1, 0);
		const { payload } = await tee.ask(MESSAGE, on);
		expect(payload.readInt32LE(4)).toBe(0);
		expect(await gate()).not.toBe(0);
		await tee.end();
		// The hardware stays as it is, and is nobody's any more: linux may turn it off.
		const linux = await ServeClient.hello(tcp(), "linux");
		const off = message(CLOCK, 0x7, UART4_ROOT_CLK, 0, 0);
		const { payload: status } = await linux.ask(MESSAGE, off);
		expect(status.readInt32LE(4)).toBe(0);
		expect(await gate()).toBe(0);
		await linux.end();
		await machine.end();
	});

	it("simulations are apart, and agents one connection each", async () => {
		const a = await ServeClient.hello(tcp(), "linux", { simulation: "a" });
		const b = await ServeClient.hello(tcp(), "linux", { simulation: "b" });
		const set = message(POWER, 0x4, 0, 5, 0);
		expect((await a.ask(MESSAGE, set)).payload.readInt32LE(4)).toBe(0);
		const state = message(POWER, 0x5, 5);
		const of = async (client: ServeClient) =>
			(await client.ask(MESSAGE, state)).payload.readUInt32LE(8);
		expect([await of(a), await of(b)]).toEqual([0, 0x4000_0000]);
		const second = new ServeClient(tcp());
		const hello = helloOf("linux", { simulation: "a" });
		expect(await errorOf(second, HELLO, hello)).toBe(6);
		// It is still there, and may be somebody else.
		const other = helloOf("tee", { simulation: "a" });
		expect((await second.ask(HELLO, other)).kind).toBe(0x81);
		const c = await ServeClient.hello(tcp(), "", { simulation: "c" });
		const fourth = new ServeClient(tcp());
		const full = helloOf("linux", { simulation: "d" });
		expect(await errorOf(fourth, HELLO, full)).toBe(4);
		await fourth.closed;
		await Promise.all([a, b, c, second].map((client) => client.end()));
	});

	it("a whole trap", async () => {
		const machine = await ServeClient.hello(tcp(), "");
		const area = 0x0093_f000;
		const channel = [0, 0, 0, 0, 0, 4, headerOf(BASE, 0)];
		const trap = (level: number, cpu: number, secure: number, id: bigint) =>
			Buffer.concat([
				bytes(level, cpu, secure, area, channel.length * 4, 0x28),
				u64(id),
				...Array.from({ length: 7 }, (_, i) => u64(BigInt(i) << 40n)),
				bytes(...channel),
			]);
		const { kind, payload } = await machine.ask(
			TRAP,
			trap(3, 1, 0, 0xc200_00fen),
		);
		expect(kind).toBe(0x83);
		expect(payload.readBigUInt64LE(0)).toBe(0n);
		expect(payload.readBigUInt64LE(56)).toBe(6n << 40n);
		// Channel status free, length 12, the header, SUCCESS, the version.
		expect(payload.subarray(64)).toEqual(
			bytes(0, 1, 0, 0, 0, 12, headerOf(BASE, 0), 0, 0x2_0001, 0),
		);
		const tee = trap(3, 0, 0, 0xc200_0100n);
		const hidden = await machine.ask(TRAP, tee);
		expect(hidden.payload.readBigInt64LE(0)).toBe(-1n);
		tee.writeUInt32LE(1, 8);
		const secure = await machine.ask(TRAP, tee);
		// There is a channel, with nothing in it.
		expect(secure.payload.readBigInt64LE(0)).toBe(-2n);
		for (const [offset, value, code] of [
			[0, 1, 7],
			[4, 4, 7],
			[8, 2, 7],
			[12, 0x1000, 9],
			[16, 29, 7],
			[20, 0x1_0000, 7],
		] as const) {
			const wrong = trap(3, 0, 0, 0xc200_00fen);
			wrong.writeUInt32LE(value, offset);
			expect(await errorOf(machine, TRAP, wrong)).toBe(code);
		}
		await machine.end();
	});

	it("registers, time, interrupts and notifications", async () => {
		const machine = await ServeClient.hello(tcp(), "");
		const linux = await ServeClient.hello(tcp(), "linux");
		// CLOCK_RATE_NOTIFY for uart2, then another rate by a register: its slice's post divider.
		const notify = message(CLOCK, 0x9, UART2, 1);
		expect((await linux.ask(MESSAGE, notify)).payload.readInt32LE(4)).toBe(0);
		const slice = UART2_SLICE;
		const { payload } = await machine.ask(READ, bytes(slice, 0x0093_f000));
		expect(payload).toHaveLength(8);
		const changed = (payload.readUInt32LE(0) & ~0x3f) | 5;
		const { kind } = await machine.ask(WRITE, bytes(slice, changed));
		expect(kind).toBe(0x85);
		const told = await linux.nextPush();
		expect(told.kind).toBe(PLATFORM_MESSAGE);
		expect((told.payload.readUInt32LE(0) >>> 8) & 3).toBe(3);
		expect(told.payload.readUInt32LE(8)).toBe(UART2);
		const interrupt = await machine.nextPush();
		expect(interrupt).toMatchObject({ kind: INTERRUPT, payload: bytes(116) });
		const before = await machine.ask(ADVANCE, u64(0n));
		const after = await machine.ask(ADVANCE, u64(1_000_000_007n));
		expect(after.payload.readBigUInt64LE(0)).toBe(
			before.payload.readBigUInt64LE(0) + 1_000_000_007n,
		);
		expect(await errorOf(machine, ADVANCE, u64(60_000_000_001n))).toBe(7);
		expect(await errorOf(machine, ADVANCE, bytes(1))).toBe(7);
		expect(await errorOf(machine, READ, bytes(2))).toBe(9);
		expect(await errorOf(machine, READ, bytes())).toBe(7);
		expect(await errorOf(machine, WRITE, bytes(slice))).toBe(7);
		expect(await errorOf(machine, WRITE, bytes(0x10, 1))).toBe(9);
		expect(await errorOf(machine, MESSAGE, bytes(1))).toBe(7);
		expect(await errorOf(linux, MESSAGE, Buffer.alloc(3))).toBe(7);
		expect(await errorOf(linux, MESSAGE, Buffer.alloc(129))).toBe(7);
		await machine.end();
		await linux.end();
	});

	it("a system that is off says so, and begins again with RESET", async () => {
		const linux = await ServeClient.hello(tcp(), "linux");
		const tee = await ServeClient.hello(tcp(), "tee");
		const off = message(SYSTEM, 0x3, 0, 0);
		expect(await errorOf(linux, MESSAGE, off)).toBe(8);
		for (const client of [linux, tee])
			expect(await client.nextPush()).toMatchObject({
				kind: STOPPED,
				payload: bytes(1),
			});
		expect(await errorOf(tee, MESSAGE, message(BASE, 0))).toBe(8);
		expect(await errorOf(tee, ADVANCE, u64(1n))).toBe(8);
		expect(await tee.ask(RESET, bytes())).toMatchObject({ kind: 0x87 });
		const version = await tee.ask(MESSAGE, message(BASE, 0));
		expect(version.payload.readUInt32LE(8)).toBe(0x2_0001);
		await linux.end();
		await tee.end();
	});

	it.each([
		["no HELLO first", READ, bytes(0x3038_0000), 1],
		["a short HELLO", HELLO, helloOf("linux").subarray(1), 1],
		["another version", HELLO, helloOf("linux", { version: 2 }), 3],
		["an unknown agent", HELLO, helloOf("linx"), 5],
	])("%s", async (_, kind, payload, code) => {
		const client = new ServeClient(tcp());
		expect(await errorOf(client, kind, payload)).toBe(code);
		if (code <= 4) await client.closed;
		else await client.end();
	});

	it.each([
		["a length below a head's", u32(7, 0, 0)],
		["a length above the largest", u32(0xffff_ffff)],
		["a second HELLO", [...u32(8, HELLO, 9)]],
		["an unknown kind", [...u32(8, 0x1234, 9)]],
	])("%s ends it", async (_, wrong) => {
		const client = await ServeClient.hello(tcp(), "linux");
		client.stream.write(Buffer.from(wrong));
		const { kind, payload } = await client.nextPush();
		expect([kind, payload.readUInt32LE(0)]).toEqual([ERROR, 1]);
		await client.closed;
	});
});
