// Protocol versions: an agent says which ones it speaks, in case another one before it went back to older ones.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.4, NEGOTIATE_PROTOCOL_VERSION.

import { PROTOCOL_IDS } from "../platform/platform.ts";
import type { ScmiAgent } from "../scmi/agent.ts";
import { ScmiError } from "../scmi/status.ts";

/** Asks for the newest version of every protocol that the platform serves, where it lets agents choose. */
export async function agreeOnVersions(agent: ScmiAgent): Promise<void> {
	await agree(agent.base);
	const served = await agent.base.listProtocols();
	for (const [id, protocol] of [
		[PROTOCOL_IDS.powerDomain, agent.power],
		[PROTOCOL_IDS.systemPower, agent.system],
		[PROTOCOL_IDS.performance, agent.performance],
		[PROTOCOL_IDS.clock, agent.clock],
		[PROTOCOL_IDS.sensor, agent.sensor],
		[PROTOCOL_IDS.reset, agent.reset],
		[PROTOCOL_IDS.voltage, agent.voltage],
	] as const) {
		if (served.includes(id)) await agree(protocol);
	}
}

async function agree(
	protocol: Pick<ScmiAgent["base"], "protocolVersion" | "negotiate">,
): Promise<void> {
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
