// Protocol versions: an agent says which ones it speaks, in case another one before it went back to older ones.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.4, NEGOTIATE_PROTOCOL_VERSION.

import type { ScmiAgent } from "../scmi/agent.ts";
import { ScmiError } from "../scmi/status.ts";

/** Asks for the newest version of every protocol, where the platform lets agents choose. */
export async function agreeOnVersions(agent: ScmiAgent): Promise<void> {
	for (const protocol of [agent.base, agent.power, agent.clock]) {
		const version = await protocol.protocolVersion();
		try {
			await protocol.negotiate(version);
		} catch (error) {
			// Older platforms do not know the message.
			const unknown =
				error instanceof ScmiError && error.code === "SCMI_NOT_SUPPORTED";
			if (!unknown) throw error;
		}
	}
}
