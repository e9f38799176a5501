// How a clock or a power domain stands, on whose account: asked for by SCMI, in a copy of the state that is then forgotten.
// SCMI 3.2 (Arm DEN0056E), CLOCK_ATTRIBUTES, CLOCK_RATE_GET and POWER_STATE_GET, whose first words all versions share.

import type { Engine } from "../../engine.ts";
import { PROTOCOL_IDS } from "../../platform/platform.ts";
import type { ScmiAgent } from "../../scmi/agent.ts";
import { clockMessages } from "../../scmi/messages/clock.ts";
import {
	POWER_STATE_ON,
	powerMessages,
} from "../../scmi/messages/power-domain.ts";
import { payloadOf } from "../../scmi/notification.ts";
import { openObserver } from "./agents.ts";

/** Where SMC lands. */
const EL3 = 3;

export interface FoundState {
	on: boolean;
	/** Hz; of a clock. */
	rate: number | undefined;
	/** Names of those that want it on, in the order of their IDs; "platform" is the firmware itself. */
	requests: string[];
}

/** Looks at the state of an engine without changing it. */
export class Observer {
	readonly #engine: Engine;
	readonly #agent: ScmiAgent;

	constructor(engine: Engine) {
		this.#engine = engine;
		// The raw trap hands no interrupt on: nobody is told anything on account of a look.
		this.#agent = openObserver(engine, engine.platform.agents[0] as string, {
			cpus: engine.cpus,
			registers: (cpu) => engine.registers(cpu),
			setSecure: (cpu, secure) => engine.setSecure(cpu, secure),
			trap: (cpu) => engine.rawTrap(cpu, EL3),
		});
	}

	clock(id: number): FoundState {
		return this.#unchanged(() => {
			const attributes = this.#ask(
				PROTOCOL_IDS.clock,
				clockMessages.ATTRIBUTES.id,
				id,
			);
			const rate = this.#ask(PROTOCOL_IDS.clock, clockMessages.RATE_GET.id, id);
			return {
				on: (attributes.u32(0) & 1) !== 0,
				rate: rate.u64(0),
				requests: this.#names(this.#engine.clockRequests(id)),
			};
		});
	}

	domain(id: number): FoundState {
		return this.#unchanged(() => {
			const state = this.#ask(
				PROTOCOL_IDS.powerDomain,
				powerMessages.STATE_GET.id,
				id,
			);
			return {
				on: state.u32(0) === POWER_STATE_ON,
				rate: undefined,
				requests: this.#names(this.#engine.powerDomainRequests(id)),
			};
		});
	}

	/** State is memory. */
	#unchanged<T>(look: () => T): T {
		const { buffer, memoryEnd } = this.#engine;
		const memory = new Uint8Array(buffer, 0, memoryEnd);
		const before = memory.slice();
		try {
			return look();
		} finally {
			memory.set(before);
		}
	}

	/** What a command with an ID answers, behind the status. */
	#ask(protocolId: number, messageId: number, id: number) {
		const request = new Uint8Array(4);
		new DataView(request.buffer).setUint32(0, id, true);
		const { payload } = this.#agent.sync.command(
			protocolId,
			messageId,
			request,
		);
		return payloadOf(new Uint8Array([0, 0, 0, 0, ...payload]));
	}

	#names(requests: number): string[] {
		return ["platform", ...this.#engine.platform.agents].filter(
			(_, id) => (requests & (1 << id)) !== 0,
		);
	}
}
