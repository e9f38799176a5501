// What threads are to be told: the replies of an engine for one thread, by raw byte offsets.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2.

import type { Engine } from "../../host/engine.ts";
import { type AreaPlace, Smt, u32 } from "../support/smt.ts";

/** A message's words. */
export type Message = readonly [header: number, ...payload: number[]];

/** The replies of an engine for one thread, as raw-area.mjs writes them. */
export function repliesOf(
	messages: readonly Message[],
	place: AreaPlace,
	single: Engine,
): string[] {
	const smt = new Smt(single, place);
	return messages.map(([header, ...payload]) => {
		const {
			x0,
			channel,
			header: echo,
			payload: bytes,
		} = smt.send(header, u32(...payload));
		const words = new Int32Array(new Uint8Array(bytes).buffer);
		return `${x0} ${channel} ${echo | 0} ${words.join(" ")}`;
	});
}
