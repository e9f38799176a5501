// The threaded build in Chromium: a cross-origin isolated page whose two workers share its engine, and a page that is not.
// The oracle is the engine for one thread in Node; WebAssembly threads proposal, HTML "crossOriginIsolated".

import { expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { imx8mmWith } from "../../host/platform/imx8mm/agents.ts";
import { type AreaPlace, CLOCK, headerOf, POWER } from "../support/smt.ts";
import { type Message, repliesOf } from "../threads/replies.ts";
import { withPage } from "./bundle.ts";

const AGENTS = ["linux", "guest"] as const;
const PLATFORM = imx8mmWith(AGENTS);
const COUNT = 60_000;

interface Job {
	cpu: number;
	place: AreaPlace;
	messages: readonly Message[];
	expected: string[];
	count: number;
}

interface Outcome {
	reason: string | null;
	isolated: boolean;
	isShared: boolean;
	threads: number;
	timeNs: number;
	results: { right: number; wrong: string[] }[];
}

declare global {
	/** Of pages/threads.mjs. */
	var run: (agents: readonly string[], jobs: Job[]) => Promise<Outcome>;
	var runApart: (
		agents: readonly string[],
		job: Job,
	) => Promise<Outcome["results"][number] & { timeNs: number }>;
}

/** An agent's messages on its own channel: some that only read, and two that switch a clock of its own on and off. */
function jobOf(cpu: number, agent: string, clock: number): Job {
	const channel = PLATFORM.channels.find(
		(known) => known.agent === agent && !known.fromPlatform,
	);
	if (channel === undefined) throw new Error(`${agent} has no channel`);
	const { address, size, functionId } = channel;
	const place: AreaPlace = { address, size, functionId, method: "smc" };
	const messages: Message[] = [
		[headerOf(CLOCK, 0x0)],
		[headerOf(CLOCK, 0x6), 18],
		[headerOf(CLOCK, 0x7), clock, 1, 0],
		[headerOf(CLOCK, 0xb), clock, 0],
		[headerOf(CLOCK, 0x7), clock, 0, 0],
		[headerOf(POWER, 0x5), 5],
	];
	const expected = repliesOf(messages, place, createEngine(PLATFORM));
	return { cpu, place, messages, expected, count: COUNT };
}

const JOBS = [jobOf(1, "linux", 189), jobOf(2, "guest", 191)];

async function runPage(isolated: boolean): Promise<Outcome> {
	return withPage("threads.html", isolated, async (open) => {
		const { page, complaints, foreign } = open;
		await page.waitForFunction(() => "run" in globalThis);
		const outcome = await page.evaluate(
			([agents, jobs]) => globalThis.run(agents, jobs),
			[AGENTS, JOBS] as const,
		);
		expect(foreign).toEqual([]);
		// The favicon is all that is missing.
		expect(complaints.filter((text) => !text.includes("404"))).toEqual([]);
		return outcome;
	});
}

const RIGHT = JOBS.map(() => ({ right: COUNT, wrong: [] }));
const TIME_NS = JOBS.length * COUNT * PLATFORM.trapNs;

it("two workers on channels of their own get their replies, and time counts each message once", async () => {
	expect(JOBS.flatMap(({ expected }) => expected)).toSatisfy(
		(replies: string[]) =>
			replies.every((reply) => /^0 1 \d+ 0\b|^0 1 \d+ 196608$/.test(reply)),
	);
	const { isShared, isolated, reason, results, threads, timeNs } =
		await runPage(true);
	expect([isolated, isShared, reason, threads]).toEqual([true, true, null, 2]);
	expect(results).toEqual(RIGHT);
	expect(timeNs).toBe(TIME_NS);
}, 120_000);

it("without isolation the page is told why, and does the same on one thread", async () => {
	const { isShared, isolated, reason, results, threads, timeNs } =
		await runPage(false);
	expect([isolated, isShared, threads]).toEqual([false, false, 1]);
	expect(reason).toMatch(
		/crossOriginIsolated is false.*Cross-Origin-Opener-Policy: same-origin/,
	);
	expect(results).toEqual(RIGHT);
	expect(timeNs).toBe(TIME_NS);
}, 120_000);

it("a worker has an engine of its own, on a page without isolation", async () => {
	const [job] = JOBS;
	const apart = await withPage("threads.html", false, async ({ page }) => {
		await page.waitForFunction(() => "runApart" in globalThis);
		return page.evaluate(([agents, job]) => globalThis.runApart(agents, job), [
			AGENTS,
			job as Job,
		] as const);
	});
	expect(apart).toEqual({
		...{ right: COUNT, wrong: [] },
		timeNs: COUNT * PLATFORM.trapNs,
	});
}, 120_000);
