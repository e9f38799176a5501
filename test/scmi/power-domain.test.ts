// The power domain protocol's calls, word by word.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.3.

import { describe } from "vitest";
import { POWER_STATE_OFF } from "../../host/scmi/power-domain.ts";
import { checkRows } from "./call-table.ts";
import { nameWords } from "./fake-firmware.ts";

const none = {
	extendedName: false,
	stateSetSync: false,
	stateSetAsync: false,
	stateChangeNotify: false,
	stateChangeRequestedNotify: false,
};

describe("power domain protocol", () => {
	checkRows(0x11, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.power.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x30001]],
			result: 0x30001,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.power.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0xabcd_000b, 0x93fc00, 0x12, 0x400]],
			result: {
				domains: 11,
				statisticsAddress: 0x12_0093_fc00,
				statisticsLength: 0x400,
			},
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.power.messageAttributes(4),
			requests: [[2, 4]],
			replies: [[0, 1]],
			result: 1,
		},
		...(
			[
				[27, "extendedName"],
				[28, "stateChangeRequestedNotify"],
				[29, "stateSetSync"],
				[30, "stateSetAsync"],
				[31, "stateChangeNotify"],
			] as const
		).map(([bit, flag]) => ({
			name: `POWER_DOMAIN_ATTRIBUTES with bit ${bit}`,
			call: (
				calls: Parameters<Parameters<typeof checkRows>[1][number]["call"]>[0],
			) => calls.power.domainAttributes(5),
			requests: [[3, 5]] as [number, number][],
			replies: [[0, (1 << bit) >>> 0, ...nameWords("vpumix", 16)]],
			result: { ...none, name: "vpumix", [flag]: true },
		})),
		{
			name: "POWER_STATE_SET",
			call: (calls) => calls.power.stateSet(3, 0x40000001, { async: true }),
			requests: [[4, 1, 3, 0x40000001]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_STATE_SET to ON",
			call: (calls) => calls.power.on(3),
			requests: [[4, 0, 3, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_STATE_SET to OFF",
			call: (calls) => calls.power.off(3),
			requests: [[4, 0, 3, 0x40000000]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_STATE_GET",
			call: (calls) => calls.power.stateGet(9),
			requests: [[5, 9]],
			replies: [[0, 0x40000000]],
			result: POWER_STATE_OFF,
		},
		{
			name: "POWER_STATE_NOTIFY, on",
			call: (calls) => calls.power.stateNotify(9, true),
			requests: [[6, 9, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_STATE_NOTIFY, off",
			call: (calls) => calls.power.stateNotify(9, false),
			requests: [[6, 9, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_STATE_CHANGE_REQUESTED_NOTIFY, on",
			call: (calls) => calls.power.stateChangeRequestedNotify(9, true),
			requests: [[7, 9, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_STATE_CHANGE_REQUESTED_NOTIFY, off",
			call: (calls) => calls.power.stateChangeRequestedNotify(9, false),
			requests: [[7, 9, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "POWER_DOMAIN_NAME_GET",
			call: (calls) => calls.power.nameGet(9),
			requests: [[8, 9]],
			replies: [
				[0, 0, ...nameWords("a domain whose name exceeds sixteen letters", 64)],
			],
			result: "a domain whose name exceeds sixteen letters",
		},
		{
			name: "a short name",
			call: (calls) => calls.power.name(9),
			requests: [[3, 9]],
			replies: [[0, 1 << 29, ...nameWords("gpumix", 16)]],
			result: "gpumix",
		},
		{
			name: "a long name",
			call: (calls) => calls.power.name(9),
			requests: [
				[3, 9],
				[8, 9],
			],
			replies: [
				[0, 1 << 27, ...nameWords("a domain whose ", 16)],
				[0, 0, ...nameWords("a domain whose name is long", 64)],
			],
			result: "a domain whose name is long",
		},
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.power.negotiate(0x20000),
			requests: [[0x10, 0x20000]],
			replies: [[0]],
			result: undefined,
		},
	]);
});
