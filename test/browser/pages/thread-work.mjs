// What a thread does: messages over and over on one channel, by raw offsets, each reply looked at.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2, in raw-area.mjs.

import { RawArea } from "../../threads/raw-area.mjs";

/** `expected` has each message's reply as RawArea.send() writes it. Returns how many replies were right, and wrong ones. */
export function work(engine, { cpu, place, messages, expected, count }) {
	const area = new RawArea(engine, cpu, place);
	const wrong = [];
	let right = 0;
	for (let i = 0; i < count; i++) {
		const which = i % messages.length;
		const reply = area.send(messages[which]);
		if (reply === expected[which]) right++;
		else if (wrong.length < 10) wrong.push(reply);
	}
	return { right, wrong };
}
