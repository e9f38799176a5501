// The C library: the same module as in Node, made into C by wasm2c, answers a million recorded messages with the same bytes.
// Also what host/bridge/c/scmi_cosim.h promises: no signal handlers, instances that share nothing, failures that come back.

import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { createEngine, engineModule } from "../../host/node.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { protocols } from "../../host/scmi/messages.ts";
import {
	RECORDED_IMAGE,
	RECORDING,
	Traffic,
} from "../support/recorded-traffic.ts";
import { framed, headOf, Operation, Replayer } from "../support/recording.ts";
import { CLOCK, POWER, Smt, u32, u64 } from "../support/smt.ts";
import {
	buildLibrary,
	buildProgram,
	ChunkPipe,
	fails,
	file,
	printedOnPage,
	run,
	runPage,
	SLOW_MS,
} from "./native.ts";

const { messages: MESSAGES, perChunk: PER_CHUNK, seed: SEED } = RECORDING;

const SANITIZERS = {
	"address and undefined behaviour": "-fsanitize=address,undefined",
	threads: "-fsanitize=thread",
};

/** What a C library's code may need of others: nothing that touches signals, threads, files or the process. */
const NEEDED = [
	"__popcountdi2",
	"__stack_chk_fail",
	"__tls_get_addr",
	"_GLOBAL_OFFSET_TABLE_",
	"_setjmp",
	"calloc",
	"free",
	"longjmp",
	"malloc",
	"memcmp",
	"memcpy",
	"memmove",
	"memset",
	"pthread_once",
	"realloc",
];

let library: string;
let image: string;

beforeAll(async () => {
	library = await buildLibrary("release", "-O2");
	image = file("imx8mm.img", compileImage(IMX8MM));
}, SLOW_MS);

/** The symbols that nm lists. */
async function symbols(...args: readonly string[]): Promise<string[]> {
	const lines = (await run("nm", ...args)).split("\n");
	return lines
		.map((line) => /^[0-9a-f ]* [A-Zw] (\w+)/.exec(line)?.[1])
		.filter((name) => name !== undefined)
		.sort();
}

describe("the library", () => {
	it("has the functions of its header and no other symbol for a program to meet", async () => {
		const header = readFileSync("host/bridge/c/scmi_cosim.h", "utf8");
		const declared = [...header.matchAll(/^\w[\w *]*[ *](scmi_\w+)\(/gm)]
			.map(([, name]) => name as string)
			.sort();
		expect(declared.length).toBeGreaterThan(20);
		const archive = `${library}/libscmi_cosim.a`;
		const shared = `${library}/libscmi_cosim.so`;
		expect(await symbols("-g", "--defined-only", archive)).toEqual(declared);
		expect(await symbols("-D", "--defined-only", shared)).toEqual(declared);
	});

	it("needs memory and setjmp of others: nothing about signals, nothing that ends the process", async () => {
		const needed = await symbols("-u", `${library}/libscmi_cosim.a`);
		expect(needed).toContain("_setjmp");
		expect(needed.filter((name) => !NEEDED.includes(name))).toEqual([]);
	});

	it("keeps what its header promises", async () => {
		const program = await buildProgram("test/bridge/c/instances.c", library);
		expect(await run(program, image)).toBe("kept\n");
	});

	it("can be linked as a shared library", async () => {
		const program = `${library}/firmware-shared`;
		await run(
			"gcc",
			"-std=c11",
			"-Ihost/bridge/c",
			"examples/c/firmware.c",
			`-L${library}`,
			"-lscmi_cosim",
			`-Wl,-rpath,${library}`,
			"-o",
			program,
		);
		expect(await run(program, image)).toBe(exampleInNode());
	});
});

/** What examples/c/firmware.c prints, as Node has it. */
function exampleInNode(): string {
	const engine = createEngine();
	const smt = new Smt(engine);
	const registers = engine.registers(0);
	registers[0] = 0x8000_0000;
	engine.trap(0, "smc");
	const version = (registers[0] as number).toString(16);
	smt.expect(POWER, 0x4, u32(0, 5, 0), []);
	smt.expect(CLOCK, 0x5, u32(0, 42, 1_000_000_000, 0), []);
	const [rate] = smt.words(CLOCK, 0x6, u32(42));
	const divider = engine.read32(0x3036_0068).toString(16);
	const after = engine.timeNs;
	let interrupts = 0;
	engine.onInterrupt(116, () => {
		interrupts++;
	});
	smt.expect(CLOCK, 0x5, [...u32(1, 18), ...u64(650_000_000n)], []);
	while (interrupts === 0)
		engine.advance((engine.nextEventNs as number) - engine.timeNs);
	return [
		`SMCCC version 0x${version}`,
		`gpu_pll_out at ${rate} Hz`,
		`DIV_CTL0 0x${divider}, ${after} ns`,
		`interrupts ${interrupts}, ${engine.timeNs} ns`,
		"",
	].join("\n");
}

describe("the page docs/c.md", () => {
	it("has commands that print what it says", {
		timeout: SLOW_MS,
	}, async () => {
		expect(printedOnPage("c.md")).toBe(exampleInNode());
		const printed = await runPage("c.md");
		expect(printed.endsWith(exampleInNode())).toBe(true);
	});

	it("speaks of files that the package has", async () => {
		const listed = await run("npm", "pack", "--dry-run", "--json", "--silent");
		const [{ files }] = JSON.parse(listed);
		const paths = files.map(({ path }: { path: string }) => path);
		for (const path of [
			"build/scmi.wasm",
			"docs/abi.md",
			"examples/c/firmware.c",
			"examples/systemc/platform.cpp",
			"host/bridge/c/Makefile",
			"host/bridge/c/scmi_abi.h",
			"host/bridge/c/scmi_cosim.c",
			"host/bridge/c/scmi_cosim.h",
			"host/bridge/c/wasm_runtime.c",
			"host/bridge/c/wasm_runtime.h",
			"host/bridge/systemc/scmi_target.h",
		])
			expect(paths).toContain(path);
	});
});

describe("the bench of the library", () => {
	it("prints what each message costs, and what the floor does", {
		timeout: SLOW_MS,
	}, async () => {
		await run("make", "-s", "-C", "bench/native", `BUILD=${library}`);
		const rows = JSON.parse(await run(`${library}/native`, image));
		expect(rows.map(({ name }: { name: string }) => name)).toEqual([
			"PROTOCOL_VERSION",
			"CLOCK_ATTRIBUTES",
			"CLOCK_RATE_GET",
			"CLOCK_RATE_SET",
			"POWER_STATE_GET",
		]);
		for (const { nsNative, nsFloor } of rows) {
			expect(nsNative).toBeGreaterThan(0);
			expect(nsFloor).toBeGreaterThan(0);
		}
	});
});

describe("the example", () => {
	it("prints what Node has", async () => {
		const program = await buildProgram("examples/c/firmware.c", library);
		expect(await run(program, image)).toBe(exampleInNode());
		expect(await fails(program)).toEqual({
			code: 1,
			stdout: "",
			stderr: "firmware: : a length that is not the image's, at byte 8\n",
		});
		const text = file("text.img", new Uint8Array(1000).fill(0x61));
		expect(await fails(program, text)).toEqual({
			code: 1,
			stdout: "",
			stderr: `firmware: ${text}: no magic number, at byte 0\n`,
		});
	});
});

/** Replays traffic here and in a program, chunk by chunk; every byte must be the same. Returns the messages' outcomes. */
async function compare(
	program: string,
	messages: number,
): Promise<Map<string, number>> {
	const outcomes = new Map<string, number>();
	const traffic = new Traffic(SEED);
	const here = new Replayer(engineModule(), RECORDED_IMAGE);
	const there = new ChunkPipe(program);
	there.send(headOf(RECORDED_IMAGE));
	for (let sent = 0; sent < messages; sent += PER_CHUNK) {
		const chunk = traffic.chunk(PER_CHUNK);
		there.send(framed(chunk));
		const replies: number[] = [];
		const expected = here.replay(chunk, ({ replyAt, header, status }) => {
			replies.push(replyAt);
			const key = `${(header >>> 10) & 0xff} ${header & 0xff} ${status}`;
			outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
		});
		const got = await there.receive();
		if (Buffer.compare(got, expected) === 0) continue;
		const at = expected.findIndex((byte, i) => byte !== got[i]);
		const message = sent + replies.filter((begin) => begin <= at).length;
		throw new Error(`replies differ at message ${message}, byte ${at}`);
	}
	there.send(new Uint8Array(4));
	await there.end();
	return outcomes;
}

describe("a million recorded messages", () => {
	it("have the same replies, registers, times and memory in C as in Node", {
		timeout: SLOW_MS,
	}, async () => {
		const program = await buildProgram(
			"test/bridge/c/replay.c",
			library,
			"-O2",
		);
		const outcomes = await compare(program, MESSAGES);
		// The recording is worth its name: every message of every protocol succeeds, and is refused in many ways.
		for (const { id, messages } of protocols)
			for (const message of Object.values(messages))
				expect(
					outcomes.get(`${id} ${message.id} 0`),
					message.name,
				).toBeGreaterThan(10);
		const statuses = [...outcomes.keys()].map((key) => key.split(" ")[2]);
		for (const status of [-1, -2, -3, -4, -5, -6, -10])
			expect(statuses).toContain(`${status}`);
	});

	it("a program that answers otherwise is found out", async () => {
		const program = await buildProgram("test/bridge/c/replay.c", library);
		const other = new ChunkPipe(program);
		other.send(headOf(RECORDED_IMAGE));
		other.send(framed(new Uint8Array([0xff])));
		await expect(other.receive()).rejects.toThrow("operation 255");
		const early = new ChunkPipe(program);
		early.send(headOf(RECORDED_IMAGE).subarray(0, 100));
		await expect(early.end()).rejects.toThrow("ends too early");
		const short = new ChunkPipe(program);
		short.send(headOf(RECORDED_IMAGE));
		short.send(framed(new Uint8Array([Operation.READ, 1])));
		await expect(short.receive()).rejects.toThrow("ends in an operation");
	});
});

describe.each(Object.entries(SANITIZERS))(
	"under the sanitizer for %s",
	(name, flag) => {
		it("nothing is found", { timeout: SLOW_MS }, async () => {
			const flags = ["-O1", "-g", flag, "-fno-sanitize-recover=all"];
			const checked = await buildLibrary(name.replaceAll(" ", "-"), ...flags);
			const program = await buildProgram(
				"test/bridge/c/instances.c",
				checked,
				...flags,
			);
			expect(await run(program, image)).toBe("kept\n");
			const replay = await buildProgram(
				"test/bridge/c/replay.c",
				checked,
				...flags,
			);
			expect((await compare(replay, 5 * PER_CHUNK)).size).toBeGreaterThan(300);
		});
	},
);
