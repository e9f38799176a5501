// One step of a scenario done on the engine, and compared with what is expected of it.
// SCMI 3.2 (Arm DEN0056), section 4.1, for commands, delayed responses and notifications.

import type { Engine } from "../../engine.ts";
import { CosimError } from "../../errors.ts";
import type { ScmiAgent } from "../../scmi/agent.ts";
import type { MessageEvent } from "../../scmi/exchange.ts";
import { ScmiStatus, statusName } from "../../scmi/status.ts";
import { type DecodedMessage, decodeMessage } from "../../trace/decode.ts";
import { openAgent } from "./agents.ts";
import { compareFields, type Difference } from "./compare.ts";
import { Observer } from "./look.ts";
import type {
	PlannedMessage,
	PlannedState,
	PlannedStep,
	PlannedTold,
} from "./plan.ts";
import { fieldsText, type StepReport } from "./report.ts";

/** What came of a step. */
export type Outcome = Pick<
	StepReport,
	"agent" | "action" | "result" | "request" | "reply" | "failures"
>;

/** What every outcome says, unless it says something else. */
const NOTHING = {
	agent: undefined,
	result: "",
	request: undefined,
	reply: undefined,
	failures: [],
} satisfies Partial<Outcome>;

/** An agent with its last command and what it has been told that no step has asked for. */
class Party {
	readonly agent: ScmiAgent;
	last: MessageEvent | undefined;
	told: MessageEvent[] = [];

	constructor(engine: Engine, name: string) {
		this.agent = openAgent(engine, name, (event) => {
			if (event.kind === "command") this.last = event;
			else this.told.push(event);
		});
	}
}

export class Player {
	readonly #engine: Engine;
	readonly #observer: Observer;
	readonly #parties: ReadonlyMap<string, Party>;

	constructor(engine: Engine) {
		this.#engine = engine;
		this.#observer = new Observer(engine);
		this.#parties = new Map(
			engine.platform.agents.map((name) => [name, new Party(engine, name)]),
		);
	}

	/** What agents were told and no step has asked for. */
	get unread(): { agent: string; name: string }[] {
		return [...this.#parties].flatMap(([agent, { told }]) =>
			told.map((event) => ({ agent, name: decoded(event).message })),
		);
	}

	play(step: PlannedStep): Outcome {
		switch (step.kind) {
			case "message":
				return this.#message(step);
			case "told":
				return this.#told(step);
			case "state":
				return this.#state(step);
			case "reset":
				this.#engine.resetAgent(step.agent);
				this.#party(step.agent).told = [];
				return { ...NOTHING, agent: step.agent, action: "reset" };
			case "advance":
				this.#engine.advance(step.ns);
				return { ...NOTHING, action: `advance ${step.ns} ns` };
			case "write":
				this.#engine.write32(step.address, step.value);
				return {
					...NOTHING,
					action: `write ${hex(step.address)} ${hex(step.value)}`,
				};
			case "read":
				return this.#read(step.address, step.value);
		}
	}

	#party(name: string): Party {
		return this.#parties.get(name) as Party;
	}

	#message(step: PlannedMessage): Outcome {
		const { agent, known, payload, fields, version } = step;
		const { protocol, message } = known;
		const party = this.#party(agent);
		party.last = undefined;
		const action = `${message.name} ${fields}`.trim();
		const common = { ...NOTHING, agent, action };
		const expected = step.status === null ? "none" : statusText(step.status);
		let status: number;
		try {
			status = party.agent.sync.command(
				protocol.id,
				message.id,
				payload,
			).status;
		} catch (error) {
			const result = this.#noReply(error);
			const awaited = step.status === null && this.#engine.stopped !== null;
			const failure = { what: "status", expected, found: result };
			return {
				...common,
				result,
				failures: awaited ? [] : [failure],
			};
		}
		const { request, reply } = party.last as unknown as MessageEvent;
		const layout = version === undefined ? {} : { version };
		const answer = decodeMessage(reply, { ...layout, reply: true });
		const found = statusText(status);
		return {
			...common,
			result: `${found} ${fieldsText(answer)}`.trim(),
			request: decodeMessage(request, layout),
			reply: answer,
			failures:
				step.status === undefined || step.status === status
					? compareFields(step.reply, answer, message.reply)
					: [{ what: "status", expected, found }],
		};
	}

	/** Why a command has no reply. */
	#noReply(error: unknown): string {
		if (!(error instanceof CosimError)) throw error;
		return this.#stopped ?? error.message;
	}

	get #stopped(): string | undefined {
		const { stopped } = this.#engine;
		if (stopped === null) return undefined;
		return stopped === "off"
			? "no reply, the system is off"
			: "no reply, the system was reset";
	}

	/** The first message of that name that waits; or, for none, that nothing waits. */
	#told({ agent, known, type, version, status, fields }: PlannedTold): Outcome {
		const party = this.#party(agent);
		const name = known?.message.name ?? "none";
		const action = `is told ${name}`;
		const waiting = party.told.map((event) => decoded(event, version));
		const at = waiting.findIndex(
			({ kind, message }) => kind === type && message === name,
		);
		const found = waiting[at];
		if (found === undefined || known === undefined) {
			const names = waiting.map(({ message }) => message).join(", ") || "none";
			const fine = known === undefined && waiting.length === 0;
			const failure = { what: "told", expected: name, found: names };
			return {
				...NOTHING,
				agent,
				action,
				result: fine ? "" : `has been told ${names}`,
				failures: fine ? [] : [failure],
			};
		}
		party.told.splice(at, 1);
		const failures: Difference[] =
			status === undefined || found.status === status
				? compareFields(fields, found, known.message.reply)
				: [
						{
							what: "status",
							expected: statusText(status),
							found: statusText(found.status),
						},
					];
		const answer = found.status === undefined ? "" : statusText(found.status);
		return {
			...NOTHING,
			agent,
			action,
			result: `${answer} ${fieldsText(found)}`.trim(),
			reply: found,
			failures,
		};
	}

	#state({ what, name, id, on, rate, requests }: PlannedState): Outcome {
		const action = `${what === "clock" ? "clock" : "power domain"} ${name}`;
		const stopped = this.#stopped;
		if (stopped !== undefined) {
			const failure = { what: "state", expected: "one", found: stopped };
			return { ...NOTHING, action, result: stopped, failures: [failure] };
		}
		const state =
			what === "clock" ? this.#observer.clock(id) : this.#observer.domain(id);
		const held = listed(state.requests);
		const words = [
			state.on ? "on" : "off",
			...(state.rate === undefined ? [] : [`${state.rate} Hz`]),
			`wanted by ${held}`,
		];
		return {
			...NOTHING,
			action,
			result: words.join(", "),
			failures: [
				...differs("on", on, state.on),
				...differs("rate", rate, state.rate),
				...differs("requests", requests && listed(requests), held),
			],
		};
	}

	#read(address: number, expected: number | undefined): Outcome {
		const value = this.#engine.read32(address);
		return {
			...NOTHING,
			action: `read ${hex(address)}`,
			result: hex(value),
			failures: differs(
				"value",
				expected === undefined ? undefined : hex(expected),
				hex(value),
			),
		};
	}
}

/** A message of the platform, in words. */
function decoded({ reply }: MessageEvent, version?: number): DecodedMessage {
	return decodeMessage(reply, version === undefined ? {} : { version });
}

function differs(
	what: string,
	expected: string | number | boolean | undefined,
	found: string | number | boolean | undefined,
): Difference[] {
	return expected === undefined || expected === found
		? []
		: [{ what, expected: String(expected), found: String(found) }];
}

function listed(names: readonly string[]): string {
	return names.join(", ") || "nobody";
}

function statusText(status: number | undefined): string {
	if (status === undefined) return "any";
	const name = statusName(status);
	return status === ScmiStatus.SUCCESS ? name : `${name} (${status})`;
}

function hex(value: number): string {
	return `0x${value.toString(16).padStart(8, "0")}`;
}
