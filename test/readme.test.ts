// What the README claims: its example prints what its comments say, its verbs exist.
// The example runs as it stands, against the built package.

import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const readme = readFileSync(`${root}README.md`, "utf8");

it("the library example prints what its comments say", () => {
	const example = /```js\n([\s\S]*?)```/.exec(readme)?.[1] as string;
	const script = `${root}build/readme-example.mjs`;
	writeFileSync(script, example);
	const output = execFileSync(process.execPath, [script], { encoding: "utf8" });
	rmSync(script);
	const [rate, divCtl0, time] = output.trim().split("\n");
	expect(rate).toBe("1000000000");
	expect(divCtl0).toBe("fa031");
	expect(Number(time)).toBeGreaterThan(0);
	// The comments name the same values.
	expect(example).toMatch(new RegExp(`rateGet.*// +${rate}\n`));
	expect(example).toMatch(new RegExp(`read32.*// +${divCtl0}:`));
});

it("every verb of the table has a help text", () => {
	const verbs = [...readme.matchAll(/^\| `(\w+)/gm)].map(
		([, verb]) => verb as string,
	);
	expect(verbs).toEqual(["boot", "clk", "sensors", "call", "decode", "dt"]);
	for (const verb of [...verbs, "power"]) {
		const help = execFileSync(
			process.execPath,
			[`${root}build/host/cli/main.js`, verb, "--help"],
			{ encoding: "utf8" },
		);
		expect(help).toContain(`Usage: scmi-cosim ${verb}`);
	}
});
