// Files that the verbs read and write, whatever kind they are: links, FIFOs, standard input and output.
// No device is opened here: a FIFO stands for files that must not be replaced or that never end.

import { execFileSync, spawn } from "node:child_process";
import {
	chmodSync,
	closeSync,
	lstatSync,
	openSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { MAX_BLOB_SIZE, writeFdt } from "../../host/devicetree/fdt.ts";
import { imx8mmBoard } from "../../host/platform/imx8mm/devicetree.ts";
import { file, folder, run, runWith, shell } from "./program.ts";

const board = Buffer.from(writeFdt(imx8mmBoard()));
const MIB = 1024 * 1024;

afterEach(() => {
	for (const name of readdirSync(folder))
		rmSync(join(folder, name), { recursive: true });
});

function fifo(name: string): string {
	const path = join(folder, name);
	execFileSync("mkfifo", [path]);
	return path;
}

describe("-o", () => {
	it("makes a file with the usual mode and leaves nothing else", async () => {
		const output = join(folder, "new.dtb");
		expect(await run("dt", "add", "-o", output)).toMatchObject({
			status: 0,
			stdout: `${output}: SCMI nodes were there already\n`,
		});
		expect(readFileSync(output)).toEqual(board);
		const umask = process.umask();
		expect(statSync(output).mode & 0o777).toBe(0o666 & ~umask);
		expect(readdirSync(folder)).toEqual(["new.dtb"]);
	});

	it("takes names as long as the file system has", async () => {
		const name = `${"n".repeat(251)}.dtb`;
		expect(await run("dt", "add", "-o", name)).toMatchObject({ status: 0 });
		expect(readdirSync(folder)).toEqual([name]);
	});

	it.each(["600", "640", "777"])("keeps mode %s of a file", async (octal) => {
		const mode = Number.parseInt(octal, 8);
		const output = file("old.dtb", new Uint8Array(3));
		chmodSync(output, mode);
		expect(await run("dt", "add", "-o", output)).toMatchObject({ status: 0 });
		expect(statSync(output).mode & 0o7777).toBe(mode);
		expect(readFileSync(output)).toEqual(board);
	});

	it.each([
		["a file", true],
		["a file that does not exist yet", false],
	])("follows links to %s", async (_, exists) => {
		const target = join(folder, "target.dtb");
		if (exists) writeFileSync(target, "old");
		symlinkSync("target.dtb", join(folder, "second"));
		symlinkSync(join(folder, "second"), join(folder, "first"));
		expect(await run("dt", "add", "-o", "first")).toMatchObject({ status: 0 });
		expect(lstatSync(join(folder, "first")).isSymbolicLink()).toBe(true);
		expect(lstatSync(join(folder, "second")).isSymbolicLink()).toBe(true);
		expect(readFileSync(target)).toEqual(board);
	});

	it.each(["pipe", "link"])("writes into a FIFO by its %s", async (name) => {
		const pipe = fifo("pipe");
		symlinkSync(pipe, join(folder, "link"));
		const copy = join(folder, "copy.dtb");
		const reader = spawn("sh", ["-c", 'exec cat "$0" > "$1"', pipe, copy], {
			timeout: 10_000,
		});
		const ended = new Promise((resolve) => reader.on("close", resolve));
		try {
			const written = await run("dt", "add", "-o", name);
			expect(written).toMatchObject({ status: 0 });
			expect(lstatSync(pipe).isFIFO()).toBe(true);
			await ended;
			expect(readFileSync(copy)).toEqual(board);
		} finally {
			reader.kill();
		}
	});

	it("- is standard output; what there is to say goes to standard error", async () => {
		const text = await run("dt", "add", "-o", "-");
		expect(text.bytes).toEqual(board);
		expect(text.stderr).toBe(
			"standard output: SCMI nodes were there already\n",
		);
		expect(text.status).toBe(0);
		const json = await run("dt", "add", "-o", "-", "--json");
		expect(json.bytes).toEqual(board);
		expect(JSON.parse(json.stderr)).toEqual({ output: "-", added: false });
		expect(readdirSync(folder)).toEqual([]);
	});

	it.each<[string, string, RegExp]>([
		["nowhere", "absent/x.dtb", /ENOENT: no such file or directory$/],
		["a folder", ".", /EISDIR: illegal operation on a directory$/],
		["a link to itself", "loop", /ELOOP: [^,]+$/],
	])("names the file itself when it is %s", async (_, output, why) => {
		symlinkSync("loop", join(folder, "loop"));
		const { status, stderr } = await run("dt", "add", "-o", output);
		const start = `scmi-cosim: ${output}: cannot be written: `;
		expect(stderr.slice(0, start.length)).toBe(start);
		expect(stderr.slice(start.length).trimEnd()).toMatch(why);
		expect(status).toBe(1);
		expect(readdirSync(folder)).toEqual(["loop"]);
	});
});

describe("a devicetree", () => {
	/** Starts to write into a FIFO, and is ended by SIGPIPE when the reader leaves early. */
	function write(pipe: string, script: string): ReturnType<typeof shell> {
		return shell(`exec > '${pipe}'; ${script}`);
	}
	const endless = `exec head -c ${64 * MIB} /dev/zero`;

	it("that begins with something else is read no further", async () => {
		const pipe = fifo("zeros");
		const writer = write(pipe, endless);
		const { status, stderr } = await run("boot", "--dtb", pipe);
		expect(stderr).toMatch(/zeros: .*offset 0x0: .*magic 0xd00dfeed/);
		expect(status).toBe(1);
		expect(await writer).toMatchObject({ signal: "SIGPIPE" });
	});

	it("that says it is too long is read no further", async () => {
		const head = board.subarray(0, 40);
		const long = Buffer.from(head);
		long.writeUInt32BE(MAX_BLOB_SIZE + 1, 4);
		const pipe = fifo("long");
		const writer = write(pipe, `cat ${file("head", long)}; ${endless}`);
		const { status, stderr } = await run("dt", "check", pipe);
		expect(stderr).toMatch(/long: .*offset 0x4: .*at most 0x1000000/);
		expect(status).toBe(1);
		expect(await writer).toMatchObject({ signal: "SIGPIPE" });
	});

	it("is read as far as it goes, in as many pieces as it comes", async () => {
		const whole = file("board.dtb", board);
		const pipe = fifo("board");
		const pieces = `head -c 7 ${whole}; sleep 0.2; tail -c +8 ${whole}`;
		const writer = write(pipe, `${pieces}; ${endless}`);
		expect(await run("dt", "check", pipe)).toMatchObject({
			status: 0,
			stdout: `${pipe}: 0 findings\n`,
		});
		expect(await writer).toMatchObject({ signal: "SIGPIPE" });
	});

	it("- is standard input", async () => {
		expect(await runWith({ input: board }, "dt", "check", "-")).toMatchObject({
			status: 0,
			stdout: "standard input: 0 findings\n",
		});
		const cut = { input: board.subarray(0, 1000) };
		expect(await runWith(cut, "boot", "--dtb", "-")).toMatchObject({
			status: 1,
			stderr: expect.stringMatching(
				/^scmi-cosim: standard input: .*at most the 0x3e8 bytes that are there\n$/,
			),
		});
	});

	it("that cannot be read is named once", async () => {
		expect(await run("boot", "--dtb", "absent.dtb")).toMatchObject({
			status: 1,
			stderr:
				"scmi-cosim: absent.dtb: cannot be read: ENOENT: no such file or directory\n",
		});
	});
});

describe("standard output", () => {
	it("that cannot be written is told", async () => {
		const stdout = openSync(file("read-only", new Uint8Array()), "r");
		try {
			expect(await runWith({ stdout }, "clk")).toMatchObject({
				status: 1,
				stderr: expect.stringMatching(
					/^scmi-cosim: standard output: EBADF: bad file descriptor\n$/,
				),
			});
		} finally {
			closeSync(stdout);
		}
	});

	it("that nobody reads any more is nobody's mistake", async () => {
		const program = new URL("../../build/host/cli/main.js", import.meta.url);
		const command = `'${process.execPath}' '${program.pathname}' clk`;
		expect(
			await shell(`{ ${command}; echo "status $?" >&2; } | true`),
		).toMatchObject({ stderr: "status 0\n" });
	});
});
