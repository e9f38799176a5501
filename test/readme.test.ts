// What the README claims: its examples print what their comments say, its verbs exist, its links lead somewhere.
// The examples run as they stand, against the built package; the one that needs QEMU is test/bridge's.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");
const examples = [...readme.matchAll(/```js\n([\s\S]*?)```/g)]
	.map(([, example]) => example as string)
	.filter((example) => !example.includes("scmi-cosim/qemu"));

it("has examples", () => {
	expect(examples).toHaveLength(4);
});

it.each(examples)("an example prints what its comments say: %#", (example) => {
	const script = `${root}build/readme-example.mjs`;
	writeFileSync(script, example);
	const output = execFileSync(process.execPath, [script], { encoding: "utf8" });
	rmSync(script);
	const printed = output.trim().split("\n");
	const said = [...example.matchAll(/^console\.log\(.*\); \/\/ +(.*)$/gm)].map(
		([, comment]) => comment as string,
	);
	expect(said.length).toBeGreaterThan(1);
	// A comment begins with what is printed, and may go on to explain it.
	expect(
		said.map((comment, i) => comment.slice(0, printed[i]?.length)),
	).toEqual(printed);
});

it("every verb of the table has a help text, and every verb is there", {
	timeout: 60_000,
}, () => {
	const help = (...args: string[]) =>
		execFileSync(
			process.execPath,
			[`${root}build/host/cli/main.js`, ...args, "--help"],
			{ encoding: "utf8" },
		);
	const verbs = [...readme.matchAll(/^\| `(\w+)/gm)].map(
		([, verb]) => verb as string,
	);
	const commands = help().split("Commands:")[1] ?? "";
	const known = [...commands.matchAll(/^ {2}(\w+)/gm)].map(([, verb]) => verb);
	expect([...verbs].sort()).toEqual(known.sort());
	for (const verb of verbs)
		expect(help(verb)).toContain(`Usage: scmi-cosim ${verb}`);
});

it.each(["abi", "c", "systemc"])(
	"every link of docs/%s.md leads to a file or a folder",
	(name) => {
		const text = readFileSync(`${root}docs/${name}.md`, "utf8");
		const links = [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
		expect(links.length).toBeGreaterThan(1);
		for (const link of links)
			expect(existsSync(`${root}docs/${link}`), link).toBe(true);
	},
);

it("every link leads to a file or a folder of the repository", () => {
	const links = [...readme.matchAll(/\]\(([^)]+)\)/g)].map(
		([, link]) => link as string,
	);
	expect(links).toContain("docs/commands.md");
	for (const link of links)
		expect(existsSync(`${root}${link}`), link).toBe(true);
});
