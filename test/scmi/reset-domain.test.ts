// The reset domain protocol's calls, word by word.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.8.

import { describe } from "vitest";
import { COLD_RESET_STATE } from "../../host/scmi/reset-domain.ts";
import { type Calls, checkRows } from "./call-table.ts";
import { nameWords } from "./fake-firmware.ts";

const none = {
	extendedName: false,
	asyncReset: false,
	resetNotify: false,
	latency: 10,
};

describe("reset domain protocol", () => {
	checkRows(0x16, [
		{
			name: "PROTOCOL_VERSION",
			call: (calls) => calls.reset.protocolVersion(),
			requests: [[0]],
			replies: [[0, 0x30001]],
			result: 0x30001,
		},
		{
			name: "PROTOCOL_ATTRIBUTES",
			call: (calls) => calls.reset.protocolAttributes(),
			requests: [[1]],
			replies: [[0, 0xabcd_0035]],
			result: { domains: 53 },
		},
		{
			name: "PROTOCOL_MESSAGE_ATTRIBUTES",
			call: (calls) => calls.reset.messageAttributes(4),
			requests: [[2, 4]],
			replies: [[0, 0]],
			result: 0,
		},
		...(
			[
				[29, "extendedName"],
				[30, "resetNotify"],
				[31, "asyncReset"],
			] as const
		).map(([bit, flag]) => ({
			name: `RESET_DOMAIN_ATTRIBUTES with bit ${bit}`,
			call: (calls: Calls) => calls.reset.domainAttributes(26),
			requests: [[3, 26]] as [number, number][],
			replies: [[0, (1 << bit) >>> 0, 10, ...nameWords("pciephy", 16)]],
			result: { ...none, name: "pciephy", [flag]: true },
		})),
		{
			name: "RESET_DOMAIN_ATTRIBUTES without a latency",
			call: (calls) => calls.reset.domainAttributes(1),
			requests: [[3, 1]],
			replies: [[0, 0, 0xffffffff, ...nameWords("fifteen-letters", 16)]],
			result: { ...none, name: "fifteen-letters", latency: undefined },
		},
		...(
			[
				["by default autonomous", undefined, 1, 0],
				["of no options autonomous", {}, 1, 0],
				["autonomous", { mode: "autonomous" }, 1, 0],
				["to assert", { mode: "assert" }, 2, 0],
				["to release", { mode: "deassert" }, 0, 0],
				["asynchronous", { async: true }, 5, 0],
				["synchronous", { async: false }, 1, 0],
				["to a state", { state: 0x80000007 }, 1, 0x80000007],
				["to the cold state", { state: COLD_RESET_STATE }, 1, 0],
			] as const
		).map(([how, options, flags, state]) => ({
			name: `RESET, ${how}`,
			call: (calls: Calls) => calls.reset.reset(31, options),
			requests: [[4, 31, flags, state]] as [number, number, number, number][],
			replies: [[0]],
			result: undefined,
		})),
		{
			name: "RESET, asserted",
			call: (calls) => calls.reset.assert(52),
			requests: [[4, 52, 2, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "RESET, released",
			call: (calls) => calls.reset.deassert(52),
			requests: [[4, 52, 0, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "RESET_NOTIFY on",
			call: (calls) => calls.reset.notify(19, true),
			requests: [[5, 19, 1]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "RESET_NOTIFY off",
			call: (calls) => calls.reset.notify(19, false),
			requests: [[5, 19, 0]],
			replies: [[0]],
			result: undefined,
		},
		{
			name: "RESET_DOMAIN_NAME_GET",
			call: (calls) => calls.reset.nameGet(29),
			requests: [[6, 29]],
			replies: [[0, 0, ...nameWords("pcie-ctrl-apps-turnoff", 64)]],
			result: "pcie-ctrl-apps-turnoff",
		},
		{
			name: "a short name",
			call: (calls) => calls.reset.name(26),
			requests: [[3, 26]],
			replies: [[0, 3 << 30, 10, ...nameWords("pciephy", 16)]],
			result: "pciephy",
		},
		{
			name: "a long name",
			call: (calls) => calls.reset.name(29),
			requests: [
				[3, 29],
				[6, 29],
			],
			replies: [
				[0, 1 << 29, 10, ...nameWords("pcie-ctrl-apps-", 16)],
				[0, 0, ...nameWords("pcie-ctrl-apps-turnoff", 64)],
			],
			result: "pcie-ctrl-apps-turnoff",
		},
		{
			name: "NEGOTIATE_PROTOCOL_VERSION",
			call: (calls) => calls.reset.negotiate(0x20000),
			requests: [[0x10, 0x20000]],
			replies: [[0]],
			result: undefined,
		},
	]);
});
