// Controllers that do as they are told, for the mailbox framework's tests.
// Follows Linux include/linux/mailbox_controller.h.

import { CosimError } from "../../host/errors.ts";
import {
	MailboxController,
	type MailboxControllerOptions,
	type MailboxOps,
} from "../../host/mailbox/framework.ts";
import { TestTimers } from "../scmi/fake-firmware.ts";

/** A controller that notes what it sends and does nothing by itself. */
export function setup(
	options: Partial<MailboxControllerOptions> & {
		extra?: Partial<MailboxOps>;
	} = {},
) {
	const sent: unknown[] = [];
	const timers = new TestTimers();
	const reported: unknown[] = [];
	const { extra, ...rest } = options;
	const ops: MailboxOps = {
		sendData(_channel, message) {
			sent.push(message);
			return true;
		},
		...extra,
	};
	const controller = new MailboxController({
		name: "/mbox",
		numChans: 2,
		timers,
		reportError: (error) => reported.push(error),
		ops,
		...rest,
	});
	return { controller, sent, timers, reported };
}

/** A controller that answers each message with itself before sendData returns. */
export const echo: Partial<MailboxOps> = {
	sendData(channel, message) {
		channel.chanReceivedData(message);
		return true;
	},
};

export function code(run: () => unknown): string | undefined {
	try {
		run();
	} catch (error) {
		return error instanceof CosimError ? error.code : String(error);
	}
	return undefined;
}
