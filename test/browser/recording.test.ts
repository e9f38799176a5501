// A million recorded messages in Chromium: the replies, registers, times and memory that Node has, byte for byte.
// test/bridge/c.test.ts replays the same recording in C.

import { expect, it } from "vitest";
import { engineModule } from "../../host/node.ts";
import { RECORDING } from "../support/recorded-traffic.ts";
import { type ChunkDigest, replayDigests } from "../support/replay-digests.ts";
import { withPage } from "./bundle.ts";

const SLOW_MS = 600_000;

declare global {
	/** Of pages/recording.mjs. */
	var replay: (
		recording: Parameters<typeof replayDigests>[1],
	) => Promise<ChunkDigest[]>;
}

it("a million recorded messages have the same bytes in Chromium as in Node", {
	timeout: SLOW_MS,
}, async () => {
	await withPage("recording.html", false, async ({ page, foreign }) => {
		await page.waitForFunction(() => "replay" in globalThis);
		const [there, here] = await Promise.all([
			page.evaluate((recording) => globalThis.replay(recording), RECORDING),
			replayDigests(engineModule(), RECORDING),
		]);
		expect(here).toHaveLength(RECORDING.messages / RECORDING.perChunk);
		// No chunk is like another, so that no reply can stand for another's.
		const replies = new Set(here.map((chunk) => chunk.replies));
		expect(replies.size).toBe(here.length);
		expect(there).toEqual(here);
		expect(foreign).toEqual([]);

		// One message more in a chunk, and another seed: both are told apart.
		const few = { ...RECORDING, messages: 10, perChunk: 10 };
		const told = await replayDigests(engineModule(), few);
		for (const other of [
			{ ...few, perChunk: 11 },
			{ ...few, seed: few.seed + 1 },
		]) {
			const replayed = await page.evaluate(
				(recording) => globalThis.replay(recording),
				other,
			);
			expect(replayed[0]?.replies).not.toBe(told[0]?.replies);
		}
	});
});
