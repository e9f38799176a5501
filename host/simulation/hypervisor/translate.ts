// IDs in a payload, from the guest's to the platform's and back: field by field, as the rows say.
// SCMI 3.2 (Arm DEN0056E), section 4.1: IDs are 32-bit words.

import type { IdMap, ResourceKind } from "./id-map.ts";
import { GUEST_AGENT } from "./own-answers.ts";
import type { PlacedRole } from "./placed-rows.ts";

const COUNT_MASK = 0xffff;
const PLATFORM_AGENT = 0;

/**
 * Writes the platform's IDs into a request.
 * @returns false when the guest does not have one of the resources
 */
export function toPlatform(
	payload: DataView,
	fields: readonly PlacedRole[],
	ids: IdMap,
): boolean {
	for (const { role, offset } of fields) {
		const kind = role as ResourceKind;
		const id = ids.toPlatform(kind, payload.getUint32(offset, true));
		if (id === undefined) return false;
		payload.setUint32(offset, id, true);
	}
	return true;
}

/**
 * Writes the guest's IDs into a reply, a delayed response or a notification.
 * @param kind what the protocol's resources are
 * @param agentId the guest's agent: every other one is the platform to the guest
 * @returns false when the guest does not see one of the resources, or a field is not there
 */
export function toGuest(
	payload: DataView,
	fields: readonly PlacedRole[],
	ids: IdMap,
	kind: ResourceKind | undefined,
	agentId: number,
): boolean {
	for (const { role, offset, size } of fields) {
		if (offset + size > payload.byteLength) return false;
		const word = payload.getUint32(offset, true);
		if (role === "unreachable") {
			for (let at = offset; at < offset + size; at += 4)
				payload.setUint32(at, 0, true);
		} else if (role === "count") {
			const count = kind === undefined ? 0 : ids.count(kind);
			payload.setUint32(offset, (word & ~COUNT_MASK) | count, true);
		} else if (role === "agent") {
			const agent = word === agentId ? GUEST_AGENT : PLATFORM_AGENT;
			payload.setUint32(offset, agent, true);
		} else {
			const id = ids.toGuest(role, word);
			if (id === undefined) return false;
			payload.setUint32(offset, id, true);
		}
	}
	return true;
}
