// scmi-cosim serve as a program, with the C client of the examples.
// docs/serve.md.

import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { file, folder, run } from "../../cli/program.ts";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const program = `${root}build/host/cli/main.js`;

async function started(...args: string[]) {
	const child = spawn(process.execPath, [program, "serve", ...args]);
	const [text] = (await once(child.stdout, "data")) as [Buffer];
	return { child, text: text.toString() };
}

it("serves the C client on a Unix socket, and removes that at its end", async () => {
	const client = join(folder, "serve_client");
	const strict = ["-std=gnu11", "-Wall", "-Wextra", "-Werror", "-O2"];
	execFileSync("gcc", [
		...strict,
		"-o",
		client,
		`${root}examples/c/serve_client.c`,
	]);
	const socket = join(folder, "socket");
	const { child, text } = await started("--listen", `unix:${socket}`);
	expect(text).toBe(`listening on unix:${socket}\n`);
	expect(execFileSync(client, [socket], { encoding: "utf8" })).toBe(
		"header 0x4000 status 0 version 0x20001\n",
	);
	child.kill("SIGINT");
	const ended = once(child, "close");
	const said = await textOf(child.stderr);
	expect(await ended).toEqual([0, null]);
	expect(said).toBe("SIGINT: closed, with 0 connections\n");
	expect(existsSync(socket)).toBe(false);
}, 30_000);

it("takes the place of a socket that nobody listens on, not of one in use or of a file", async () => {
	const socket = join(folder, "again");
	const first = await started("--listen", `unix:${socket}`);
	const second = await run("serve", "--listen", `unix:${socket}`);
	expect(second.status).toBe(2);
	expect(second.stderr).toContain("cannot be listened on: EADDRINUSE");
	first.child.kill("SIGKILL");
	await once(first.child, "close");
	const third = await started("--json", "--listen", `unix:${socket}`);
	expect(JSON.parse(third.text)).toEqual({ listening: [`unix:${socket}`] });
	third.child.kill("SIGTERM");
	await once(third.child, "close");
	const plain = file("plain", Buffer.from("mine"));
	expect((await run("serve", "--listen", `unix:${plain}`)).status).toBe(2);
	expect(existsSync(plain)).toBe(true);
}, 30_000);

it.each([
	[["--listen", "tcp:0.0.0.0:0"], "expected a token"],
	[["--listen", "udp:127.0.0.1:1"], "expected unix:PATH, tcp:HOST:PORT"],
	[["--listen", "tcp:127.0.0.1:65536"], "expected unix:PATH, tcp:HOST:PORT"],
	[["--agents", "linux,linux"], "expected different names"],
	[["--connections", "0"], "expected 1 to 1000000"],
	[["--profile", "specc"], "spec"],
])("%j is wrong use", async (args, message) => {
	const { status, stderr } = await run("serve", ...args);
	expect(status).toBe(2);
	expect(stderr).toContain(message);
});

it("an empty token file is refused, a missing one is a failure", async () => {
	const empty = file("token", Buffer.from("\n"));
	const { status, stderr } = await run("serve", "--token-file", empty);
	expect([status, stderr]).toEqual([
		2,
		`scmi-cosim: ${empty}: empty, expected a token\n`,
	]);
	expect((await run("serve", "--token-file", "nowhere")).status).toBe(1);
});

async function textOf(stream: Readable): Promise<string> {
	const chunks: Buffer[] = [];
	for await (const chunk of stream) chunks.push(chunk as Buffer);
	return Buffer.concat(chunks).toString();
}
