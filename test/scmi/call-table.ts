// Runs one call both ways against a scripted firmware and compares the request's words and the result.
// Follows no specification; the rows that use it do.

import { expect, it } from "vitest";
import { armSmcMailbox } from "../../host/mailbox/arm-smc-mailbox.ts";
import { ScmiAgent } from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { AREA, AREA_SIZE, FakeFirmware } from "./fake-firmware.ts";

/** The calls that both ways have in common. */
export type Calls = ScmiAgent | ScmiAgent["sync"];

/** One call: what it is, and what goes over the wire. */
export interface Row {
	name: string;
	call: (calls: Calls) => unknown;
	/** Version that the platform tells before the command, if the agent has to ask. */
	version?: number;
	/** Message ID and payload of each request, in turn; PROTOCOL_VERSION, when asked for, left out. */
	requests: [number, ...number[]][];
	/** Words of each reply, the status first. */
	replies: number[][];
	result: unknown;
}

export function agentOn(firmware: FakeFirmware): ScmiAgent {
	const controller = armSmcMailbox(firmware, {
		node: "/mailbox",
		method: "smc",
		numChans: 1,
		funcIds: [1],
	});
	return new ScmiAgent({
		controller,
		index: 0,
		memory: new SharedMemory(firmware.buffer, AREA, AREA_SIZE),
	});
}

export function checkRows(protocolId: number, rows: readonly Row[]): void {
	for (const way of ["direct", "awaited"] as const) {
		it.each(rows)(`${way}: $name`, async (row) => {
			const firmware = new FakeFirmware();
			const agent = agentOn(firmware);
			if (row.version !== undefined) {
				firmware.will(0, row.version);
			}
			for (const words of row.replies) {
				firmware.will(...words);
			}
			const result = await row.call(way === "direct" ? agent.sync : agent);
			expect(result).toEqual(row.result);
			const seen = firmware.seen.map(({ header, length, payload }) => {
				expect((header >>> 8) & 3).toBe(0);
				expect((header >>> 10) & 0xff).toBe(protocolId);
				expect(length).toBe(4 + 4 * payload.length);
				return [header & 0xff, ...payload];
			});
			expect(seen).toEqual([
				...(row.version === undefined ? [] : [[0]]),
				...row.requests,
			]);
		});

		it.each(rows)(
			`${way}: $name, with the last reply one byte short`,
			async (row) => {
				const firmware = new FakeFirmware();
				const agent = agentOn(firmware);
				if (row.version !== undefined) {
					firmware.will(0, row.version);
				}
				row.replies.forEach((words, i) => {
					firmware.willSpoil(words, (view) => {
						if (i === row.replies.length - 1) {
							view.setUint32(AREA + 0x14, 4 + 4 * words.length - 1, true);
						}
					});
				});
				const run = async () =>
					await row.call(way === "direct" ? agent.sync : agent);
				await expect(run()).rejects.toMatchObject({ code: "SCMI_LENGTH" });
			},
		);
	}
}
