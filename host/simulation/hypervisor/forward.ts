// A guest's commands: checked, refused by policy, answered by the hypervisor, or passed on with the platform's IDs; and the
// platform's own messages on their way to the guest. SCMI 3.2 (Arm DEN0056E), sections 4.1.1 to 4.1.4.

import type { Platform } from "../../platform/platform.ts";
import { PROTOCOL_IDS } from "../../platform/platform.ts";
import type { Message } from "../../scmi/layout.ts";
import { baseMessages } from "../../scmi/messages/base.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import {
	type AgentChannel,
	type PlatformMessage,
	payloadOf,
} from "./agent-channel.ts";
import type { Answer, Call, Caller } from "./call.ts";
import { Holdings } from "./holdings.ts";
import type { IdMap } from "./id-map.ts";
import {
	commandRow,
	notificationRow,
	type PlacedRow,
	type Places,
} from "./placed-rows.ts";
import type { Policy } from "./policy.ts";
import { toGuest, toPlatform } from "./translate.ts";

/** Message types of the header. */
const COMMAND = 0;
const DELAYED_RESPONSE = 2;
const NOTIFICATION = 3;

/** Who the hypervisor says that it is. */
export interface Identity {
	vendor: string;
	subVendor: string;
	implementationVersion: number;
}

interface Parts {
	name: string;
	ids: IdMap;
	policy: Policy;
	channel: AgentChannel;
	platform: Platform;
	identity: Identity;
	/** The guest stops. */
	stop: (how: "off" | "reset", cpu: number) => void;
}

export class Forwarder implements Caller {
	readonly name: string;
	readonly ids: IdMap;
	readonly policy: Policy;
	readonly agentId: number;
	readonly maxMessageSize: number;
	readonly vendor: string;
	readonly subVendor: string;
	readonly implementationVersion: number;
	readonly parents = new Map<number, readonly number[]>();
	readonly stop: (how: "off" | "reset", cpu: number) => void;
	readonly #channel: AgentChannel;
	readonly #holdings = new Holdings();
	/** Versions at load, and those in force, by protocol. */
	readonly #versionsAtLoad: ReadonlyMap<number, number>;
	#versions: Map<number, number>;

	constructor(parts: Parts) {
		const { platform, identity } = parts;
		this.name = parts.name;
		this.ids = parts.ids;
		this.policy = parts.policy;
		this.stop = parts.stop;
		this.#channel = parts.channel;
		this.agentId = parts.channel.agentId;
		this.maxMessageSize = platform.maxMessageSize;
		this.vendor = identity.vendor;
		this.subVendor = identity.subVendor;
		this.implementationVersion = identity.implementationVersion;
		const names = Object.keys(PROTOCOL_IDS) as (keyof typeof PROTOCOL_IDS)[];
		this.#versionsAtLoad = new Map(
			names.flatMap((name) => {
				const version = platform.protocols[name];
				return version === undefined ? [] : [[PROTOCOL_IDS[name], version]];
			}),
		);
		this.#versions = new Map(this.#versionsAtLoad);
	}

	serves(protocol: number, message: number): boolean {
		return commandRow(protocol, message) !== undefined;
	}

	speak(protocol: number, version: number): void {
		this.#versions.set(protocol, version);
		this.parents.clear();
	}

	forget(): void {
		this.#versions = new Map(this.#versionsAtLoad);
		this.#holdings.clear();
		this.parents.clear();
	}

	/**
	 * Answers a message of the guest.
	 * @param payload its bytes behind the header, which nobody else can change
	 * @returns the reply's payload, the status first
	 */
	answer(
		cpu: number,
		header: number,
		payload: Uint8Array<ArrayBuffer>,
	): Uint8Array<ArrayBuffer> {
		const answer = this.#answer(cpu, header, payload);
		return typeof answer === "number" ? payloadOf(answer) : answer;
	}

	/**
	 * What the guest gets of a message of the platform; undefined when it is none of its business.
	 */
	receive({ header, payload }: PlatformMessage): PlatformMessage | undefined {
		const protocol = (header >>> 10) & 0xff;
		const message = header & 0xff;
		const version = this.#versions.get(protocol);
		const type = (header >>> 8) & 3;
		if (version === undefined) return undefined;
		const view = new DataView(payload.buffer);
		if (type === NOTIFICATION) {
			const row = notificationRow(protocol, message);
			const places = row?.at(version);
			if (row === undefined || places === undefined) return undefined;
			return this.#seen(view, places.reply, row)
				? { header, payload }
				: undefined;
		}
		const row = commandRow(protocol, message);
		if (type !== DELAYED_RESPONSE || row?.message.delayed === undefined)
			return undefined;
		const failed =
			payload.length >= 4 && view.getInt32(0, true) !== ScmiStatus.SUCCESS;
		const { delayed } = row.at(version);
		const whole = delayed.every(
			({ offset, size }) => offset + size <= payload.length,
		);
		// A failure may be told without the parameters.
		if (failed && !whole)
			return { header, payload: payloadOf(view.getInt32(0, true)) };
		return this.#seen(view, delayed, row) ? { header, payload } : undefined;
	}

	/** Takes back everything that the guest has asked for, and forgets what the platform still has to say to it. */
	release(cpu: number): void {
		const reset = baseMessages.RESET_AGENT_CONFIGURATION;
		const status = this.#send(cpu, PROTOCOL_IDS.base, reset, this.agentId, 0);
		if (status.getInt32(0, true) !== ScmiStatus.SUCCESS) {
			for (const { header, payload } of this.#holdings.undone())
				this.#channel.send(cpu, header, payload);
			for (const [protocol, version] of this.#versionsAtLoad) {
				if (this.#versions.get(protocol) !== version)
					this.#send(
						cpu,
						protocol,
						baseMessages.NEGOTIATE_PROTOCOL_VERSION,
						version,
					);
			}
		}
		this.forget();
	}

	#answer(
		cpu: number,
		header: number,
		payload: Uint8Array<ArrayBuffer>,
	): Answer {
		const protocol = (header >>> 10) & 0xff;
		if (((header >>> 8) & 3) !== COMMAND) return ScmiStatus.PROTOCOL_ERROR;
		const version = this.#versions.get(protocol);
		const row = commandRow(protocol, header & 0xff);
		if (version === undefined || row === undefined)
			return ScmiStatus.NOT_SUPPORTED;
		const places = row.at(version);
		if (payload.length !== places.requestSize) return this.#wrongSize(cpu, row);
		const translated = payload.slice();
		const view = new DataView(translated.buffer);
		const [first] = places.request;
		const guestId =
			first && new DataView(payload.buffer).getUint32(first.offset, true);
		const found = toPlatform(view, places.request, this.ids);
		const refusal = this.policy.refusal(
			row.message.name,
			row.kind !== undefined && guestId !== undefined
				? this.ids.name(row.kind, guestId)
				: null,
			payload,
		);
		if (refusal !== ScmiStatus.SUCCESS) return refusal;
		if (!found) return ScmiStatus.NOT_FOUND;
		const target = first && view.getUint32(first.offset, true);
		if (
			row.row.changes &&
			target !== undefined &&
			this.policy.isReadOnly(protocol, target)
		)
			return ScmiStatus.DENIED;
		const call: Call = {
			caller: this,
			cpu,
			protocol,
			message: row.message,
			version,
			request: new DataView(payload.buffer),
			target,
			forward: () => this.#forward(call, row, places, header, translated),
			send: (message, ...words) => this.#send(cpu, protocol, message, ...words),
		};
		return row.row.answer === undefined ? call.forward() : row.row.answer(call);
	}

	#forward(
		call: Call,
		row: PlacedRow,
		places: Places,
		header: number,
		translated: Uint8Array<ArrayBuffer>,
	): Answer {
		const { replySize } = places;
		const reply = this.#channel.send(call.cpu, header, translated, replySize);
		const view = new DataView(reply.buffer);
		const status = view.getInt32(0, true);
		if (status !== ScmiStatus.SUCCESS) return status;
		this.#holdings.note(row, places, header, translated);
		const { attributes } = row.row;
		// What cannot be told with the guest's IDs is not told.
		if (!this.#seen(view, places.reply, row)) return ScmiStatus.NOT_SUPPORTED;
		if (attributes !== undefined && reply.length >= 8)
			view.setUint32(4, attributes(view.getUint32(4, true), call), true);
		return reply;
	}

	#seen(view: DataView, places: Places["reply"], row: PlacedRow): boolean {
		return toGuest(view, places, this.ids, row.kind, this.agentId);
	}

	/** A message that the version does not have, or one of another size: the firmware tells which. */
	#wrongSize(cpu: number, { protocol, message }: PlacedRow): number {
		const ask = baseMessages.PROTOCOL_MESSAGE_ATTRIBUTES;
		const known = this.#send(cpu, protocol, ask, message.id).getInt32(0, true);
		return known === ScmiStatus.SUCCESS
			? ScmiStatus.PROTOCOL_ERROR
			: ScmiStatus.NOT_SUPPORTED;
	}

	/** A command of the hypervisor's own, with the platform's IDs. */
	#send(
		cpu: number,
		protocol: number,
		message: Message,
		...words: number[]
	): DataView<ArrayBuffer> {
		const header = (protocol << 10) | message.id;
		const reply = this.#channel.send(cpu, header, payloadOf(...words), 8);
		return new DataView(reply.buffer);
	}
}
