// The picture: messages per second by message and by how many go in a call, as SVG.
// SVG 1.1 (W3C); the vertical scale is logarithmic.

import type { BenchResult } from "./bench.ts";
import type { Throughput } from "./picture.ts";

const WIDTH = 860;
const HEIGHT = 480;
const LEFT = 80;
const RIGHT = 130;
const TOP = 70;
const BOTTOM = 70;
/** Least distance of two labels at the right. */
const LINE_HEIGHT = 16;

/** Told apart by people who see few colours, too (Okabe and Ito). */
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#000000"];

const TITLE = "Messages per second, by message and size of the batch";
const STYLE =
	"text{font:13px sans-serif;fill:#222}.title{font-size:17px}.small{font-size:11px;fill:#555}.grid{stroke:#ddd}";

function escaped(text: string): string {
	return text
		.replaceAll("&", "&amp;")
		.replaceAll("<", "&lt;")
		.replaceAll(">", "&gt;");
}

/** "5M", "200M", "1G". */
function perSecond(value: number): string {
	return value >= 1e9 ? `${value / 1e9}G` : `${value / 1e6}M`;
}

/** 1, 2 and 5 times powers of ten, from below the least value to above the greatest. */
function ticksAround(least: number, greatest: number): number[] {
	const all = Array.from({ length: 40 }, (_, i) => {
		const step = [1, 2, 5][i % 3] as number;
		return step * 10 ** Math.floor(i / 3);
	}).map((value) => value * 1e3);
	const first = all.findLastIndex((value) => value <= least);
	const last = all.findIndex((value) => value >= greatest);
	return all.slice(Math.max(first, 0), last === -1 ? undefined : last + 1);
}

/** Places for labels in their order, no two closer than a line. */
function spread(places: readonly number[]): number[] {
	let last = Number.NEGATIVE_INFINITY;
	return places.map((place) => {
		last = Math.max(place, last + LINE_HEIGHT);
		return last;
	});
}

/** Draws a result's throughput. */
export function chartOf({
	throughput,
	machine,
	version,
	date,
}: BenchResult): string {
	const sizes = [...new Set(throughput.map(({ batch }) => batch))].sort(
		(a, b) => a - b,
	);
	const messages = [...new Set(throughput.map(({ message }) => message))];
	const values = throughput.map((each) => each.perSecond);
	const ticks = ticksAround(Math.min(...values), Math.max(...values));
	const [bottom, top] = [ticks[0] ?? 1, ticks.at(-1) ?? 1];

	const x = (size: number) =>
		LEFT + (sizes.indexOf(size) * (WIDTH - LEFT - RIGHT)) / (sizes.length - 1);
	const y = (value: number) =>
		HEIGHT -
		BOTTOM -
		(Math.log(value / bottom) / Math.log(top / bottom)) *
			(HEIGHT - TOP - BOTTOM);
	const at = (value: number) => value.toFixed(1);

	const grid = ticks.map(
		(tick) =>
			`<line class="grid" x1="${LEFT}" x2="${WIDTH - RIGHT}" y1="${at(y(tick))}" y2="${at(y(tick))}"/><text x="${LEFT - 8}" y="${at(y(tick) + 4)}" text-anchor="end">${perSecond(tick)}</text>`,
	);
	const columns = sizes.map(
		(size) =>
			`<text x="${at(x(size))}" y="${HEIGHT - BOTTOM + 22}" text-anchor="middle">${size === 0 ? "trap" : size}</text>`,
	);
	const lines = messages
		.map((message, i) => ({
			message,
			colour: COLOURS[i % COLOURS.length] as string,
			points: throughput.filter((each) => each.message === message),
		}))
		.sort((a, b) => lastOf(b.points) - lastOf(a.points));
	const labels = spread(lines.map(({ points }) => y(lastOf(points))));
	const drawn = lines.map(({ message, colour, points }, i) => {
		const path = points
			.map(({ batch, perSecond }) => `${at(x(batch))},${at(y(perSecond))}`)
			.join(" ");
		const dots = points.map(
			({ batch, perSecond }) =>
				`<circle cx="${at(x(batch))}" cy="${at(y(perSecond))}" r="3" fill="${colour}"/>`,
		);
		const label = `<text x="${WIDTH - RIGHT + 10}" y="${at((labels[i] as number) + 4)}" style="fill:${colour}">${escaped(message)}</text>`;
		return `<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="2"/>${dots.join("")}${label}`;
	});
	const where = `scmi-cosim ${version}, ${machine.cpu}, ${machine.cores} cores, Node ${machine.node}, load ${machine.loadBefore.toFixed(2)} to ${machine.loadAfter.toFixed(2)}, ${date.slice(0, 10)}`;
	return [
		`<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 ${WIDTH} ${HEIGHT}">`,
		`<title>${TITLE}</title>`,
		`<style>${STYLE}</style><rect width="100%" height="100%" fill="#fff"/>`,
		`<text class="title" x="${LEFT}" y="28">${TITLE}</text>`,
		`<text class="small" x="${LEFT}" y="48">${escaped(where)}</text>`,
		...grid,
		...columns,
		`<text x="${(LEFT + WIDTH - RIGHT) / 2}" y="${HEIGHT - 24}" text-anchor="middle">entries in a call, the engine's time; trap: one message, written and read by the host</text>`,
		...drawn,
		"</svg>",
		"",
	].join("\n");
}

function lastOf(points: readonly Throughput[]): number {
	return points.at(-1)?.perSecond ?? 0;
}
