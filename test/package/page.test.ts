// The example page in Chromium: boots the board, prints the clock tree, fetches nothing from elsewhere.
// What it has to show is what the same boot finds in Node.

import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { createEngine, imx8mmBoard, openBoard } from "../../host/node.ts";
import { boot } from "../../host/simulation/boot.ts";
import { openPage } from "../support/chromium.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

it("boots the board and shows its clocks", async () => {
	const expected = await boot(openBoard(imx8mmBoard(), createEngine()));
	const { page, complaints, foreign, close } = await openPage(
		root,
		"examples/browser/index.html",
	);
	try {
		await page.waitForFunction(
			(count) => document.querySelectorAll("#clocks tr").length === count,
			expected.clocks.length,
		);
		const rows = await page.$$eval("#clocks tr", (list) =>
			list.map((row) => [
				row.className,
				...[...row.children].map((cell) => cell.textContent),
			]),
		);
		expect(rows).toEqual(
			expected.clocks.map(({ name, rate, enabled, parent }) => [
				enabled ? "on" : "off",
				name,
				rate.toLocaleString("en"),
				parent ?? "",
			]),
		);
		expect(await page.textContent("#summary")).toContain(
			`${expected.messages} messages, 0 errors`,
		);
		expect(foreign).toEqual([]);
		// The favicon is all that is missing.
		expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
	} finally {
		await close();
	}
}, 60_000);
