// Peers that a server has to bear: slow, silent, half-open, malformed, and very many. Others go on meanwhile.
// docs/serve.md, "What a server bears".

import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, expect, it } from "vitest";
import {
	type ScmiServer,
	type ServeOptions,
	serve,
} from "../../../host/bridge/serve/index.ts";
import { createEngine } from "../../../host/node.ts";
import { imx8mmWith } from "../../../host/platform/imx8mm/agents.ts";
import {
	ERROR,
	frameOf,
	HELLO,
	helloOf,
	MESSAGE,
	open,
	READ,
	ServeClient,
	WRITE,
} from "../../support/serve-client.ts";
import { BASE, CLOCK, headerOf, u32 } from "../../support/smt.ts";

const PROGRAM = fileURLToPath(
	new URL("../../../build/host/cli/main.js", import.meta.url),
);
const MANY = 10_000;
const UART2 = 128;
const UART2_SLICE = 0x3038_af80;

let server: ScmiServer | undefined;
afterEach(() => server?.close());

async function start(options: Partial<ServeOptions> = {}): Promise<string> {
	server = await serve({
		listen: ["tcp:127.0.0.1:0"],
		createFirmware: () => createEngine(imx8mmWith(["linux", "tee"])),
		...options,
	});
	return server.addresses[0] as string;
}

const version = Buffer.from(u32(headerOf(BASE, 0)));

/** The server still answers somebody else. */
async function expectAlive(address: string, simulation = "other") {
	const client = await ServeClient.hello(address, "linux", { simulation });
	const { payload } = await client.ask(MESSAGE, version);
	expect(payload.readUInt32LE(8)).toBe(0x2_0001);
	await client.end();
}

function messages(count: number): Buffer {
	return Buffer.concat(
		Array.from({ length: count }, (_, i) => frameOf(MESSAGE, i, version)),
	);
}

it("a client that sends and never reads is not read from, and memory stays bounded", async () => {
	const address = await start();
	const stream = open(address) as Socket;
	stream.on("error", () => {});
	stream.write(frameOf(HELLO, 0, helloOf("linux", { simulation: "slow" })));
	const block = messages(10_000);
	const before = process.memoryUsage().rss;
	let sent = 0;
	// Until nothing moves any more: all buffers in between are full.
	while (sent < 500) {
		const drained = stream.write(block) || once(stream, "drain");
		const moved = await Promise.race([drained, setTimeout(500, "stuck")]);
		sent++;
		if (moved === "stuck") break;
	}
	expect(sent).toBeLessThan(500);
	expect(process.memoryUsage().rss - before).toBeLessThan(256 * 2 ** 20);
	await expectAlive(address);
	// When it reads at last, it gets every answer in order.
	let answers = 0;
	let bytes = Buffer.alloc(0);
	stream.on("data", (chunk: Buffer) => {
		bytes = Buffer.concat([bytes, chunk]);
		for (; bytes.length >= 12; answers++) {
			const size = 4 + bytes.readUInt32LE(0);
			if (bytes.length < size) break;
			bytes = bytes.subarray(size);
		}
	});
	stream.end();
	await once(stream, "close");
	expect(answers).toBe(1 + 10_000 * sent);
}, 120_000);

it("notifications for a client that does not read wait, and come when it reads", async () => {
	const address = await start();
	const linux = await ServeClient.hello(address, "linux");
	const machine = await ServeClient.hello(address, "");
	const notify = u32(headerOf(CLOCK, 0x9), UART2, 1);
	await linux.ask(MESSAGE, Buffer.from(notify));
	const slice = await machine.ask(READ, Buffer.from(u32(UART2_SLICE)));
	const value = slice.payload.readUInt32LE(0) & ~0x3f;
	linux.stream.pause();
	for (let i = 1; i <= 20_000; i++)
		await machine.ask(
			WRITE,
			Buffer.from(u32(UART2_SLICE, value | (1 + (i % 2)))),
		);
	linux.stream.resume();
	const { payload } = await linux.ask(MESSAGE, version);
	expect(payload.readUInt32LE(8)).toBe(0x2_0001);
	expect(linux.pushed.length).toBeGreaterThan(16);
	for (const pushed of linux.pushed)
		expect(pushed.payload.readUInt32LE(8)).toBe(UART2);
	await linux.end();
	await machine.end();
}, 120_000);

it("a silent connection ends after its time for HELLO, one that said it stays", async () => {
	const address = await start({ helloMs: 200 });
	const client = await ServeClient.hello(address, "linux");
	const silent = new ServeClient(address);
	const partial = new ServeClient(address);
	partial.stream.write(Buffer.from(u32(120)));
	for (const { pushed, closed } of [silent, partial]) {
		await closed;
		expect(pushed.map(({ kind, payload }) => [kind, payload[0]])).toEqual([
			[ERROR, 4],
		]);
	}
	const { payload } = await client.ask(MESSAGE, version);
	expect(payload.readUInt32LE(8)).toBe(0x2_0001);
	await client.end();
});

it("what was asked before the client's end is answered", async () => {
	const address = await start();
	const client = await ServeClient.hello(address, "linux");
	const answers = Array.from({ length: 5000 }, () =>
		client.ask(MESSAGE, version),
	);
	client.stream.end();
	expect(await Promise.all(answers)).toHaveLength(5000);
	await client.closed;
	await expectAlive(address, "default");
});

it("a connection that breaks off in a frame, or by a reset, leaves its agent free", async () => {
	const address = await start();
	for (const end of [
		(socket: Socket) => socket.destroy(),
		(socket: Socket) => socket.resetAndDestroy(),
	]) {
		const client = await ServeClient.hello(address, "linux");
		client.stream.write(messages(300).subarray(0, -3));
		end(client.stream as Socket);
		while ((server as ScmiServer).connections > 0) await setTimeout(10);
		await expectAlive(address, "default");
	}
});

it("arbitrary bytes get an ERROR frame or an answer, and hurt nobody", async () => {
	const address = await start({ helloMs: 60_000 });
	const hello = frameOf(HELLO, 0, helloOf("tee", { simulation: "fuzz" }));
	const frames = fc.tuple(
		fc.integer({ min: 0, max: 9 }),
		fc.uint8Array({ maxLength: 200 }),
	);
	const input = fc.oneof(
		fc.uint8Array({ maxLength: 500 }),
		fc
			.array(frames, { maxLength: 20 })
			.map((list) =>
				Buffer.concat([
					hello,
					...list.map(([kind, payload], i) => frameOf(kind, i, payload)),
				]),
			),
	);
	await fc.assert(
		fc.asyncProperty(input, async (bytes) => {
			const stream = open(address);
			const chunks: Buffer[] = [];
			stream.on("data", (chunk: Buffer) => chunks.push(chunk));
			stream.end(bytes);
			await once(stream, "close");
			const all = Buffer.concat(chunks);
			let at = 0;
			while (at < all.length) at += 4 + all.readUInt32LE(at);
			expect(at).toBe(all.length);
		}),
		{ numRuns: 500 },
	);
	await expectAlive(address);
}, 60_000);

it("pages of foreign sites are refused, and a token must be right", async () => {
	const ws = await start({ listen: ["ws:127.0.0.1:0"] });
	const foreign = new ServeClient(ws, "https://example.com");
	expect(String(await foreign.closed)).toContain("401");
	const local = new ServeClient(ws, "http://localhost:8080");
	expect((await local.ask(HELLO, helloOf("linux"))).kind).toBe(0x81);
	await local.end();
	await server?.close();
	const tcp = await start({ listen: ["tcp:0.0.0.0:0"], token: "sesame" });
	const address = tcp.replace("0.0.0.0", "127.0.0.1");
	for (const token of ["", "sesam", "sesame "]) {
		const client = new ServeClient(address);
		const { payload } = await client.ask(HELLO, helloOf("linux", { token }));
		expect(payload.readUInt32LE(0)).toBe(2);
		await client.closed;
	}
	const client = await ServeClient.hello(address, "linux", {
		token: "sesame",
	});
	await client.end();
	await expect(start({ listen: ["tcp:0.0.0.0:0"] })).rejects.toThrow(
		"expected a token",
	);
	await expect(start({ listen: ["tcp:[::]:0"] })).rejects.toThrow(
		"expected a token",
	);
});

it(`${MANY} connections at once: each is answered, one more is refused, memory is bounded`, async () => {
	// A process of its own: open files count for each.
	const child: ChildProcess = spawn(
		process.execPath,
		[
			PROGRAM,
			"serve",
			"--json",
			"--listen",
			"tcp:127.0.0.1:0",
			...["--connections", String(MANY), "--simulations", "64"],
		],
		{ stdio: ["ignore", "pipe", "inherit"] },
	);
	try {
		const [line] = (await once(child.stdout as Socket, "data")) as [Buffer];
		const address = JSON.parse(line.toString()).listening[0] as string;
		const port = Number(address.split(":").at(-1));
		const first = await ServeClient.hello(address, "linux");
		const sockets: Socket[] = [];
		for (let i = 1; i < MANY; i++) {
			const socket = connect(port, "127.0.0.1");
			sockets.push(socket);
			socket.write(
				frameOf(HELLO, i, helloOf("", { simulation: `s${i % 60}` })),
			);
			if (i % 100 === 0) await once(socket, "data");
		}
		await once(sockets.at(-1) as Socket, "data");
		const { payload } = await first.ask(MESSAGE, version);
		expect(payload.readUInt32LE(8)).toBe(0x2_0001);
		const late = new ServeClient(address);
		const refused = await late.nextPush();
		expect([refused.kind, refused.payload[0]]).toEqual([ERROR, 4]);
		await late.closed;
		expect(residentBytes(child.pid as number)).toBeLessThan(1024 * 2 ** 20);
		for (const socket of sockets) socket.destroy();
		await first.end();
		await expectAlive(address);
	} finally {
		child.kill("SIGTERM");
		await once(child, "close");
	}
}, 120_000);

/** VmRSS of a process. */
function residentBytes(pid: number): number {
	const status = readFileSync(`/proc/${pid}/status`, "utf8");
	return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) * 1024;
}
