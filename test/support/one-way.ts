// Platforms whose agents get no messages from the platform: one synchronous mailbox channel, as the mailbox binding began.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2.

import type { Platform } from "../../host/platform/platform.ts";

/** The same platform, its receiving channels made ordinary ones. */
export function oneWay(platform: Platform): Platform {
	return {
		...platform,
		channels: platform.channels.map((channel) => ({
			...channel,
			fromPlatform: false,
		})),
	};
}
