// An agent over a scripted firmware, at once or when told to, for the agent's tests.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 5.1.2, for the offsets.

import { expect } from "vitest";
import { CosimError } from "../../host/errors.ts";
import { armSmcMailbox } from "../../host/mailbox/arm-smc-mailbox.ts";
import {
	type MailboxChannel,
	MailboxController,
} from "../../host/mailbox/framework.ts";
import { type AgentOptions, ScmiAgent } from "../../host/scmi/agent.ts";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import {
	AREA,
	AREA_SIZE,
	FakeFirmware,
	type TestTimers,
} from "./fake-firmware.ts";

export const STATUS = AREA + 0x04;
export const LENGTH = AREA + 0x14;
export const HEADER = AREA + 0x18;

export function setup(options: Partial<AgentOptions> = {}) {
	const firmware = new FakeFirmware();
	const controller = armSmcMailbox(firmware, {
		node: "/mailbox",
		method: "smc",
		numChans: 1,
		funcIds: [0xc20000fe],
	});
	const memory = new SharedMemory(firmware.buffer, AREA, AREA_SIZE);
	return {
		firmware,
		controller,
		memory,
		agent: new ScmiAgent({ controller, index: 0, memory, ...options }),
	};
}

export function caught(run: () => unknown): CosimError {
	try {
		run();
	} catch (error) {
		expect(error).toBeInstanceOf(CosimError);
		return error as CosimError;
	}
	throw new Error("nothing was thrown");
}

/** A controller that answers when told to, behind the firmware. */
export function lateMailbox(
	firmware: FakeFirmware,
	timers: TestTimers,
	extra: { flush?: boolean; peek?: boolean } = {},
) {
	const pending: MailboxChannel[] = [];
	const deliver = () => {
		const channel = pending.shift();
		firmware.trap(0, "smc");
		channel?.chanReceivedData(undefined);
	};
	const controller = new MailboxController({
		name: "/late",
		numChans: 1,
		timers,
		ops: {
			sendData(channel) {
				pending.push(channel);
				return true;
			},
			...(extra.flush ? { flush: deliver } : {}),
			...(extra.peek
				? {
						peekData() {
							deliver();
							return true;
						},
					}
				: {}),
		},
	});
	return { controller, pending, deliver };
}
