// Builds of the C library and of programs around it, each test file's in a folder of its own that is removed afterwards.
// Needs make, gcc, g++ and wabt: test/support/debian-packages.sh.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import {
	mkdirSync,
	mkdtempSync,
	readFileSync,
	rmSync,
	symlinkSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll } from "vitest";

export const ROOT = fileURLToPath(new URL("../..", import.meta.url));
/** Compilers take their time when the machine has other work. */
export const SLOW_MS = 900_000;

const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-native-"));
afterAll(() => rmSync(folder, { recursive: true }));

const execute = promisify(execFile);

/** Runs the commands of a page in docs/ as a user would who has installed the package. Returns what they print. */
export async function runPage(
	page: string,
	environment: Readonly<Record<string, string>> = {},
): Promise<string> {
	const text = readFileSync(`${ROOT}docs/${page}`, "utf8");
	const [, commands] = /```sh\n([\s\S]*?)```/.exec(text) ?? [];
	if (commands === undefined) throw new Error(`${page} has no commands`);
	const home = mkdtempSync(join(folder, "page-"));
	mkdirSync(join(home, "node_modules"));
	symlinkSync(ROOT, join(home, "node_modules/scmi-cosim"));
	// npx needs an installed package: its program runs without.
	const program = "node node_modules/scmi-cosim/build/host/cli/main.js";
	const script = commands.replaceAll("npx scmi-cosim", program);
	const { stdout } = await execute("sh", ["-e", "-c", script], {
		cwd: home,
		env: { ...process.env, ...environment },
	});
	return stdout;
}

/** What a page says that its commands print at last: the block without a language. */
export function printedOnPage(page: string): string {
	const text = readFileSync(`${ROOT}docs/${page}`, "utf8");
	return (
		/\n```\n([\s\S]*?)```/.exec(
			text.replaceAll(/```sh[\s\S]*?```/g, ""),
		)?.[1] ?? ""
	);
}

interface Failure {
	code: number;
	stdout: string;
	stderr: string;
}

/** A file of the folder. */
export function place(name: string): string {
	return join(folder, name);
}

/** Puts a file into the folder; returns its path. */
export function file(name: string, bytes: Uint8Array): string {
	writeFileSync(place(name), bytes);
	return place(name);
}

/** Runs a program that must succeed and say nothing on standard error. Returns its standard output. */
export async function run(
	program: string,
	...args: readonly string[]
): Promise<string> {
	const { stdout, stderr } = await execute(program, args, { cwd: ROOT });
	if (stderr !== "") throw new Error(`${program}: ${stderr}`);
	return stdout;
}

/** What a program that fails says, and its exit status. */
export async function fails(
	program: string,
	...args: readonly string[]
): Promise<Failure> {
	try {
		await execute(program, args, { cwd: ROOT });
	} catch (error) {
		const { code, stdout, stderr } = error as Failure;
		return { code, stdout, stderr };
	}
	throw new Error(`${program} ${args.join(" ")} does not fail`);
}

/** Builds the library with the flags, warnings being errors. Returns its folder. */
export async function buildLibrary(
	name: string,
	...flags: readonly string[]
): Promise<string> {
	const build = place(name);
	const cflags = `CFLAGS=${["-Werror", ...flags].join(" ")}`;
	await run("make", "-C", "host/bridge/c", `BUILD=${build}`, cflags);
	return build;
}

/** Builds a C program around a library. Returns its path. */
export async function buildProgram(
	source: string,
	library: string,
	...flags: readonly string[]
): Promise<string> {
	const output = join(library, source.replaceAll(/.*\/|\.c$/g, ""));
	const warnings = ["-std=c11", "-Wall", "-Wextra", "-Werror"];
	const around = [source, `${library}/libscmi_cosim.a`, "-pthread"];
	await run(
		"gcc",
		...warnings,
		...flags,
		"-Ihost/bridge/c",
		...around,
		"-o",
		output,
	);
	return output;
}

/** A program that answers chunks of bytes with chunks of bytes: each has its length in front, a u32. */
export class ChunkPipe {
	readonly #child: ChildProcess;
	readonly #received: AsyncIterator<Buffer>;
	readonly #ended: Promise<void>;
	#rest: Buffer = Buffer.alloc(0);
	#errors = "";

	constructor(program: string) {
		const child = spawn(program, [], { stdio: "pipe" });
		this.#child = child;
		this.#received = child.stdout[Symbol.asyncIterator]();
		child.stderr.on("data", (data) => {
			this.#errors += data;
		});
		// It may end before it has read everything; then it says why.
		child.stdin.on("error", () => {});
		this.#ended = new Promise((resolve, reject) => {
			child.on("error", reject);
			child.on("close", (code) => {
				if (code === 0 && this.#errors === "") resolve();
				else reject(new Error(`${program}: exit ${code}: ${this.#errors}`));
			});
		});
		this.#ended.catch(() => {});
	}

	send(bytes: Uint8Array): void {
		this.#child.stdin?.write(bytes);
	}

	/** The next chunk that it sends. */
	async receive(): Promise<Buffer> {
		const size = (await this.#take(4)).readUInt32LE();
		return this.#take(size);
	}

	async #take(size: number): Promise<Buffer> {
		while (this.#rest.length < size) {
			const { value, done } = await this.#received.next();
			if (done) {
				await this.#ended;
				throw new Error("the program has ended too early");
			}
			this.#rest = Buffer.concat([this.#rest, value]);
		}
		const taken = this.#rest.subarray(0, size);
		this.#rest = this.#rest.subarray(size);
		return taken;
	}

	/** Waits for its end, which must be a success. */
	async end(): Promise<void> {
		this.#child.stdin?.end();
		await this.#ended;
	}
}
