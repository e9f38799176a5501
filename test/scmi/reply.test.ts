// Replies of every kind of wrong, and statuses.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1 and 5.1.2.

import { describe, expect, it } from "vitest";
import { ScmiError } from "../../host/scmi/status.ts";
import { caught, HEADER, LENGTH, STATUS, setup } from "./agent-setup.ts";
import { AREA_SIZE } from "./fake-firmware.ts";

describe("a reply", () => {
	const spoilt: [string, string, (view: DataView) => void][] = [
		[
			"another token",
			"SCMI_TOKEN",
			(view) =>
				view.setUint32(HEADER, view.getUint32(HEADER, true) ^ (1 << 18), true),
		],
		[
			"another message",
			"SCMI_TOKEN",
			(view) => view.setUint32(HEADER, view.getUint32(HEADER, true) ^ 1, true),
		],
		[
			"another protocol",
			"SCMI_TOKEN",
			(view) =>
				view.setUint32(HEADER, view.getUint32(HEADER, true) ^ (1 << 10), true),
		],
		[
			"another type",
			"SCMI_TOKEN",
			(view) =>
				view.setUint32(HEADER, view.getUint32(HEADER, true) ^ (2 << 8), true),
		],
		[
			"the error bit",
			"CHANNEL_ERROR",
			(view) => view.setUint32(STATUS, 3, true),
		],
		[
			"a busy channel",
			"CHANNEL_BUSY",
			(view) => view.setUint32(STATUS, 0, true),
		],
		["no status", "SCMI_LENGTH", (view) => view.setUint32(LENGTH, 4, true)],
		["length 0", "SCMI_LENGTH", (view) => view.setUint32(LENGTH, 0, true)],
		[
			"more than the area holds",
			"SCMI_LENGTH",
			(view) => view.setUint32(LENGTH, AREA_SIZE - 0x18 + 1, true),
		],
		[
			"a huge length",
			"SCMI_LENGTH",
			(view) => view.setUint32(LENGTH, 0xffffffff, true),
		],
		["half a rate", "SCMI_LENGTH", (view) => view.setUint32(LENGTH, 12, true)],
	];

	it.each(spoilt)(
		"with %s is %s, direct and awaited",
		async (_what, code, spoil) => {
			const { firmware, agent } = setup();
			firmware.willSpoil([0, 7, 0], spoil);
			const error = caught(() => agent.sync.clock.rateGet(3));
			expect(error.code).toBe(code);
			expect(error.message).toContain("CLOCK_RATE_GET");
			firmware.view.setUint32(STATUS, 1, true);
			firmware.willSpoil([0, 7, 0], spoil);
			await expect(agent.clock.rateGet(3)).rejects.toMatchObject({ code });
			// The agent is usable again.
			firmware.view.setUint32(STATUS, 1, true);
			firmware.will(0, 7, 0);
			expect(agent.sync.clock.rateGet(3)).toBe(7);
		},
	);

	it.each([4, 7])(
		"of %i bytes has no status, whatever the memory holds in its place",
		(length) => {
			const { firmware, agent } = setup();
			firmware.willSpoil([-4], (view) => view.setUint32(LENGTH, length, true));
			expect(caught(() => agent.sync.command(0x14, 6)).code).toBe(
				"SCMI_LENGTH",
			);
		},
	);

	it("may be as long as the area and longer than needed", () => {
		const { firmware, agent } = setup();
		firmware.willSpoil([0, 7, 0], (view) =>
			view.setUint32(LENGTH, AREA_SIZE - 0x18, true),
		);
		expect(agent.sync.clock.rateGet(3)).toBe(7);
	});

	it("clears the error bit with the next command", () => {
		const { firmware, agent } = setup();
		firmware
			.willSpoil([0, 7, 0], (view) => view.setUint32(STATUS, 3, true))
			.will(0, 7, 0);
		caught(() => agent.sync.clock.rateGet(3));
		agent.sync.clock.rateGet(3);
		expect(firmware.last.channelStatus).toBe(0);
	});

	const statuses: [number, string][] = [
		[-1, "NOT_SUPPORTED"],
		[-2, "INVALID_PARAMETERS"],
		[-3, "DENIED"],
		[-4, "NOT_FOUND"],
		[-5, "OUT_OF_RANGE"],
		[-6, "BUSY"],
		[-7, "COMMS_ERROR"],
		[-8, "GENERIC_ERROR"],
		[-9, "HARDWARE_ERROR"],
		[-10, "PROTOCOL_ERROR"],
		[-11, "IN_USE"],
		[-12, "UNKNOWN_STATUS"],
		[5, "UNKNOWN_STATUS"],
	];

	it.each(statuses)("with status %i is SCMI_%s", async (status, name) => {
		const { firmware, agent } = setup();
		firmware.will(status);
		const error = caught(() =>
			agent.sync.clock.rateSet(300, 2 ** 40, { round: "up" }),
		);
		expect(error).toBeInstanceOf(ScmiError);
		expect(error).toMatchObject({
			name: "ScmiError",
			status,
			code: `SCMI_${name}`,
			message: `CLOCK_RATE_SET(flags 4, clock_id 300, rate 1099511627776): ${name} (${status})`,
		});
		firmware.will(status);
		await expect(agent.power.stateSet(2, 0x40000000)).rejects.toMatchObject({
			message: `POWER_STATE_SET(flags 0, domain_id 2, power_state OFF): ${name} (${status})`,
		});
	});

	it("has a rate above 2^53 - 1 refused, and one of 2^53 - 1 not", () => {
		const { firmware, agent } = setup();
		firmware.will(0, 0xffffffff, 0x1fffff).will(0, 0, 0x200000);
		expect(agent.sync.clock.rateGet(1)).toBe(Number.MAX_SAFE_INTEGER);
		const error = caught(() => agent.sync.clock.rateGet(1));
		expect(error.code).toBe("SCMI_RANGE");
		expect(error.message).toContain("0x0020000000000000");
	});

	it.each([
		[1n, "1 in x0"],
		[0xffffffffn, "-1 (NOT_SUPPORTED) in x0"],
		[0xffffffffffffffffn, "-1 (NOT_SUPPORTED) in x0"],
		[0xfffffffffffffffdn, "-3 in x0"],
	])(
		"comes with x0 = %s: SMC_RESULT, and the area is the agent's again",
		(x0, words) => {
			const { firmware, agent } = setup();
			firmware.x0 = x0;
			firmware.script.push(() => {});
			const error = caught(() => agent.sync.clock.rateGet(1));
			expect(error.code).toBe("SMC_RESULT");
			expect(error.message).toContain(words);
			firmware.x0 = 0n;
			firmware.will(0, 9, 0);
			expect(agent.sync.clock.rateGet(1)).toBe(9);
		},
	);
});
