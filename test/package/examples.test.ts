// The examples of examples/js, each one idea: they print what their comments say.
// Those in C, SystemC, for browsers and scenarios are run by test/bridge, test/package/page.test.ts and test/simulation/scenario.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { expectAsSaid } from "../support/examples.ts";

const folder = fileURLToPath(new URL("../../examples/js/", import.meta.url));
const names = readdirSync(folder);

it("there are some", () => {
	expect(names.length).toBeGreaterThan(4);
});

it.each(names)("%s prints what it says", (name) => {
	expectAsSaid(readFileSync(`${folder}${name}`, "utf8"));
});
