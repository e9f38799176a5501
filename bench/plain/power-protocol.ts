// The power domain management protocol, 0x11.
// SCMI 3.2 (Arm DEN0056E), section 4.3.

import type { PowerDomain } from "./power-domains.ts";
import {
	type Handler,
	LONG_NAME,
	type Protocol,
	SHORT_NAME,
	Status,
} from "./protocol.ts";

const SYNCHRONOUS = 1 << 29;
const EXTENDED_NAME = 1 << 27;
const ASYNCHRONOUS = 1;
const ON = 0;
/** Context lost. */
const OFF = 1 << 30;

export function powerProtocol(
	version: number,
	domains: ReadonlyMap<number, PowerDomain>,
): Protocol {
	const protocolAttributes: Handler = (_agent, payload) => {
		payload.setResult(0, domains.size);
		// No statistics: address and length 0.
		for (let i = 1; i < 4; i++) payload.setResult(i, 0);
		return 16;
	};

	const attributes =
		(extendedNames: boolean): Handler =>
		(_agent, payload) => {
			const domain = domains.get(payload.argument(0));
			if (domain === undefined) return Status.NOT_FOUND;
			const isLong = extendedNames && domain.name.length >= SHORT_NAME;
			payload.setResult(0, SYNCHRONOUS | (isLong ? EXTENDED_NAME : 0));
			payload.setName(1, domain.name, SHORT_NAME);
			return 4 + SHORT_NAME;
		};

	const stateSet: Handler = (agent, payload) => {
		const flags = payload.argument(0);
		const domain = domains.get(payload.argument(1));
		const state = payload.argument(2);
		if (domain === undefined) return Status.NOT_FOUND;
		if (flags > ASYNCHRONOUS) return Status.INVALID_PARAMETERS;
		if (flags === ASYNCHRONOUS) return Status.NOT_SUPPORTED;
		if (state !== ON && state !== OFF) return Status.INVALID_PARAMETERS;
		return domain.request(agent.id, state === ON)
			? Status.SUCCESS
			: Status.HARDWARE_ERROR;
	};

	const stateGet: Handler = (_agent, payload) => {
		const domain = domains.get(payload.argument(0));
		if (domain === undefined) return Status.NOT_FOUND;
		payload.setResult(0, domain.on ? ON : OFF);
		return 4;
	};

	const nameGet: Handler = (_agent, payload) => {
		const domain = domains.get(payload.argument(0));
		if (domain === undefined) return Status.NOT_FOUND;
		payload.setResult(0, 0);
		payload.setName(1, domain.name, LONG_NAME);
		return 4 + LONG_NAME;
	};

	return {
		id: 0x11,
		version,
		versions: [0x10000, 0x20000, 0x30000, 0x30001],
		negotiates: 0x30001,
		messages: (spoken) => [
			[0x1, 0, protocolAttributes],
			[0x3, 4, attributes(spoken >= 0x30000)],
			[0x4, 12, stateSet],
			[0x5, 4, stateGet],
			...(spoken >= 0x30000
				? ([[0x8, 4, nameGet]] as [number, number, Handler][])
				: []),
		],
	};
}
