// What docs/threads-and-batch.md claims: its examples print what their comments say, its links lead somewhere.
// The examples run as they stand, against the built package.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("../..", import.meta.url));
const page = readFileSync(`${root}docs/threads-and-batch.md`, "utf8");
const examples = [...page.matchAll(/```js\n([\s\S]*?)```/g)].map(
	([, example]) => example as string,
);

it("has an example of each", () => {
	expect(examples).toHaveLength(3);
});

it.each(examples)(
	"an example prints what its comments say: %#",
	(example) => {
		const script = `${root}build/threads-and-batch-example.mjs`;
		writeFileSync(script, example);
		const output = execFileSync(process.execPath, [script], {
			encoding: "utf8",
		});
		rmSync(script);
		const printed = output.trim().split("\n");
		const said = [
			...example.matchAll(/^\t?console\.log\(.*\); \/\/ +(.*)$/gm),
		].map(([, comment]) => comment as string);
		expect(said.length).toBeGreaterThan(2);
		// A comment begins with what is printed, and may go on to explain it.
		expect(
			said.map((comment, i) => comment.slice(0, printed[i]?.length)),
		).toEqual(printed);
	},
	60_000,
);

it("every link leads to a file", () => {
	const links = [...page.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link);
	expect(links).toContain("../assembly/layout.ts");
	for (const link of links)
		expect(existsSync(`${root}docs/${link}`), link).toBe(true);
});
