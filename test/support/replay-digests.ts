// A recording replayed, as digests of what goes in and what comes out: equal digests are equal bytes.
// FIPS 180-4 (SHA-256) by the Web Cryptography API, which Node and browsers have. Imports nothing from Node.

import { RECORDED_IMAGE, Traffic } from "./recorded-traffic.ts";
import { Replayer } from "./recording.ts";

/** One chunk: its length and digest, and its replies'. */
export interface ChunkDigest {
	operations: string;
	replies: string;
}

/** Replays traffic on the engine. Returns what each chunk came to. */
export async function replayDigests(
	module: WebAssembly.Module,
	recording: { seed: number; messages: number; perChunk: number },
): Promise<ChunkDigest[]> {
	const { seed, messages, perChunk } = recording;
	const traffic = new Traffic(seed);
	const replayer = new Replayer(module, RECORDED_IMAGE);
	const digests: ChunkDigest[] = [];
	for (let sent = 0; sent < messages; sent += perChunk) {
		const chunk = traffic.chunk(perChunk);
		digests.push({
			operations: await digest(chunk),
			replies: await digest(replayer.replay(chunk)),
		});
	}
	return digests;
}

async function digest(bytes: Uint8Array): Promise<string> {
	const sha256 = await crypto.subtle.digest("SHA-256", bytes.slice());
	const hex = [...new Uint8Array(sha256)].map((byte) =>
		byte.toString(16).padStart(2, "0"),
	);
	return `${bytes.length} ${hex.join("")}`;
}
