// What the rows called rate-walked ask for: each clock once, and at another rate than the time before.
// How long that takes is not looked at.

import { describe, expect, it } from "vitest";
import { firstChannel, REQUESTS, sending } from "../../bench/messages.ts";
import { LEAVES } from "../../bench/unknown-rates.ts";
import type { Firmware } from "../../host/firmware.ts";
import { firmwares } from "../support/firmwares.ts";

/** What one run asks for and is told, message by message. */
function asked(firmware: Firmware): () => { ids: number[]; rates: number[] } {
	let ids: number[] = [];
	let rates: number[] = [];
	const trap = (area: Int32Array) => {
		ids.push(area[7] as number);
		firmware.registers(0)[0] = firstChannel(firmware.platform).functionId;
		firmware.trap(0, "smc");
		rates.push(area[8] as number);
		return 0;
	};
	const task = sending(
		...([
			"rates",
			REQUESTS["rate-walked"],
			firmware,
			"target(area)",
			trap,
		] as const),
	);
	return () => {
		ids = [];
		rates = [];
		task.prepare?.();
		expect(task.run()).toBe(0);
		return { ids, rates };
	};
}

describe.each(firmwares)("on the $name", ({ create }) => {
	it("every run asks for each of many clocks once, and none has the rate that it had", () => {
		const run = asked(create());
		const first = run();
		expect(new Set(first.ids).size).toBe(first.ids.length);
		expect(first.ids.length).toBeGreaterThan(100);
		expect([...first.ids].sort()).toEqual([...LEAVES].sort());
		let before = first;
		for (let i = 0; i < 3; i++) {
			const now = run();
			const same = now.ids.filter(
				(_, at) => now.rates[at] === before.rates[at],
			);
			expect(same).toEqual([]);
			before = now;
		}
	});
});
