// The picture of throughput as Chromium parses and lays it out.
// SVG 1.1: what is drawn must be at the places that the values have on a logarithmic scale.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import type { BenchResult } from "../../bench/bench.ts";
import { chartOf } from "../../bench/chart.ts";
import { openPage } from "../support/chromium.ts";

const RESULT: BenchResult = {
	format: 2,
	version: "0.1.0",
	quick: false,
	date: "2026-01-02T03:04:05.678Z",
	machine: {
		cpu: "Fast & <cheap>",
		cores: 2,
		system: "Linux",
		node: "v20",
		loadBefore: 0,
		loadAfter: 0.5,
		idleCores: 2,
	},
	rows: [],
	costs: [],
	throughput: [
		{ message: "version", batch: 0, perSecond: 1e7 },
		{ message: "version", batch: 1, perSecond: 2e7 },
		{ message: "version", batch: 1024, perSecond: 1e9 },
		{ message: "rate-set", batch: 0, perSecond: 1e7 },
		{ message: "rate-set", batch: 1, perSecond: 1e7 },
		{ message: "rate-set", batch: 1024, perSecond: 1e7 },
	],
};

it("is an SVG whose points stand at their values, within the picture", async () => {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-chart-"));
	writeFileSync(join(folder, "chart.svg"), chartOf(RESULT));
	const { page, complaints, close } = await openPage(folder, "chart.svg");
	try {
		// The page is the picture itself; the code runs there, where this project's types of the DOM do not matter.
		const seen = (await page.evaluate(`({
			root: document.documentElement.localName,
			texts: [...document.querySelectorAll("text")].map((text) => ({
				text: text.textContent,
				y: text.y.baseVal[0].value,
				inside: text.getBBox().x >= 0 && text.getBBox().x + text.getBBox().width <= 860,
			})),
			lines: [...document.querySelectorAll("polyline")].map((line) => [...line.points].map(({ x, y }) => ({ x, y }))),
		})`)) as {
			root: string;
			texts: { text: string; y: number; inside: boolean }[];
			lines: { x: number; y: number }[][];
		};
		expect(complaints).toEqual([]);
		expect(seen.root).toBe("svg");
		expect(seen.texts.filter(({ inside }) => !inside)).toEqual([]);
		const all = seen.texts.map(({ text }) => text);
		expect(all).toEqual(expect.arrayContaining(["trap", "1", "1024"]));
		expect(all.join("\n")).toContain("Fast & <cheap>, 2 cores");
		// The greatest comes first.
		const [version = [], rateSet = []] = seen.lines;
		expect([version.length, rateSet.length]).toEqual([3, 3]);
		expect(version.map(({ x }) => x)).toEqual(rateSet.map(({ x }) => x));
		// Labels of the scale stand 4 below their lines.
		const scale = (label: string) =>
			(seen.texts.find(({ text }) => text === label)?.y ?? 0) - 4;
		for (const point of rateSet) expect(point.y).toBeCloseTo(scale("10M"), 0);
		const places = version.map(({ y }) => y);
		for (const [i, label] of ["10M", "20M", "1G"].entries())
			expect(places[i]).toBeCloseTo(scale(label), 0);
		const decade = scale("10M") - scale("100M");
		expect(scale("100M") - scale("1G")).toBeCloseTo(decade, 0);
	} finally {
		await close();
		rmSync(folder, { recursive: true });
	}
}, 60_000);
