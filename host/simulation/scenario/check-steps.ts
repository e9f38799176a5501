// The steps of a scenario checked, each by its kind, and made into what is to be done.
// The format is shape.ts; statuses: SCMI specification 3.2 (Arm DEN0056), section 4.1.4.

import type { Platform } from "../../platform/platform.ts";
import { ScmiStatus, type ScmiStatusName } from "../../scmi/status.ts";
import { expectedFields, requestOf } from "./check-fields.ts";
import {
	COMMANDS,
	type Known,
	NOTIFICATIONS,
	namesOf,
	RESPONSES,
} from "./names.ts";
import type {
	PlannedMessage,
	PlannedState,
	PlannedStep,
	PlannedTold,
} from "./plan.ts";
import {
	CLOCK_STATE_KEYS,
	DOMAIN_STATE_KEYS,
	LONGEST_ADVANCE_NS,
	STEP_KINDS,
	type StepKind,
} from "./shape.ts";
import { type Spot, shown, unknownName } from "./spot.ts";
import { Versions } from "./versions.ts";

const STATUSES = Object.keys(ScmiStatus) as ScmiStatusName[];
const WORD = 0xffff_ffff;

/** Checks steps in their order, which matters for the versions that agents speak. */
export class StepChecker {
	readonly #platform: Platform;
	readonly #versions: Versions;
	/** ns in the steps so far. */
	#advanced = 0;

	constructor(platform: Platform) {
		this.#platform = platform;
		this.#versions = new Versions(platform);
	}

	check(step: Spot): PlannedStep {
		const kind = kindOf(step);
		if (kind.fields) {
			for (const { name, required } of kind.keys)
				if (required && !step.has(name))
					throw step.refused(`a ${kind.name} needs the key "${name}"`);
		} else {
			step.object(`a step with ${kind.name}`, kind.keys);
		}
		if (step.has("comment")) step.member("comment").text();
		switch (kind.name) {
			case "message":
				return this.#message(step, kind);
			case "notification":
				return this.#notification(step, kind);
			case "response":
				return this.#response(step, kind);
			case "reset":
				return this.#reset(step);
			case "advance":
				return { kind: "advance", ns: this.#time(step.member("advance")) };
			case "write":
				return {
					kind: "write",
					address: this.#address(step.member("write")),
					value: step.member("value").integer(0, WORD),
				};
			case "read":
				return {
					kind: "read",
					address: this.#address(step.member("read")),
					value: step.has("value")
						? step.member("value").integer(0, WORD)
						: undefined,
				};
			default:
				return this.#state(step.member("expect"));
		}
	}

	#message(step: Spot, kind: StepKind): PlannedMessage {
		const agent = this.#agent(step.member("agent"));
		const known = commandAt(step);
		const protocolId = known.protocol.id;
		const version = this.#versions.of(agent, protocolId);
		const request = requestOf(step, kind, known, version, this.#platform);
		const status = statusAt(step.member("status"), ["none", "any"]);
		const reply = step.has("reply")
			? expectedFields(step.member("reply"), [], known, version, this.#platform)
			: [];
		if (status === ScmiStatus.SUCCESS)
			this.#follow(agent, known, request.values);
		else if (reply.length > 0 && status !== undefined)
			throw step
				.member("reply")
				.refused("a command that is refused has no fields in its reply");
		const { payload, fields } = request;
		return {
			kind: "message",
			agent,
			known,
			version,
			payload,
			fields,
			status,
			reply,
		};
	}

	/** Versions change with a negotiation, and go back when an agent is reset. */
	#follow(
		agent: string,
		{ protocol, message }: Known,
		values: ReadonlyMap<string, bigint>,
	): void {
		if (message.name === "NEGOTIATE_PROTOCOL_VERSION")
			this.#versions.negotiated(
				agent,
				protocol.id,
				Number(values.get("version")),
			);
		if (message.name === "BASE_RESET_AGENT_CONFIGURATION") {
			const name = this.#platform.agents[Number(values.get("agent_id")) - 1];
			if (name !== undefined) this.#versions.reset(name);
		}
	}

	#notification(step: Spot, kind: StepKind): PlannedTold {
		const agent = this.#agent(step.member("agent"));
		const names = [...namesOf(NOTIFICATIONS), "none"];
		const name = step.member("notification").name("notification", names);
		const known = NOTIFICATIONS.find(({ message }) => message.name === name);
		return this.#told(step, kind, agent, known, "notification", undefined);
	}

	#response(step: Spot, kind: StepKind): PlannedTold {
		const agent = this.#agent(step.member("agent"));
		const spot = step.member("response");
		const name = spot.name("delayed response", namesOf(RESPONSES));
		const known = RESPONSES.find(({ message }) => message.name === name);
		const status = statusAt(step.member("status"), ["any"]) ?? undefined;
		return this.#told(step, kind, agent, known, "delayed response", status);
	}

	#told(
		step: Spot,
		kind: StepKind,
		agent: string,
		known: Known | undefined,
		type: PlannedTold["type"],
		status: number | undefined,
	): PlannedTold {
		const version = known && this.#versions.of(agent, known.protocol.id);
		const own = kind.keys.map(({ name }) => name);
		const fields = expectedFields(step, own, known, version, this.#platform);
		return { kind: "told", agent, known, type, version, status, fields };
	}

	#reset(step: Spot): PlannedStep {
		const agent = this.#agent(step.member("reset"));
		this.#versions.reset(agent);
		return { kind: "reset", agent };
	}

	#agent(spot: Spot): string {
		return spot.name("agent", this.#platform.agents);
	}

	/** Time of which there is some left. */
	#time(spot: Spot): number {
		const ns = spot.integer(0, LONGEST_ADVANCE_NS);
		this.#advanced += ns;
		if (this.#advanced > LONGEST_ADVANCE_NS)
			throw spot.refused(
				`${this.#advanced} ns in all steps up to here, expected at most ${LONGEST_ADVANCE_NS}`,
			);
		return ns;
	}

	/** An aligned address that something answers at. */
	#address(spot: Spot): number {
		const address = spot.integer(0, WORD);
		const { blocks } = this.#platform;
		const covered = blocks.some(
			(block) =>
				address >= block.address && address < block.address + block.size,
		);
		if (covered && address % 4 === 0) return address;
		const known = blocks
			.map((block) => `${block.name} at 0x${block.address.toString(16)}`)
			.join(", ");
		throw spot.expected(`a multiple of 4 in one of ${known}`);
	}

	#state(spot: Spot): PlannedState {
		const what = spot.names("a clock or a domain").includes("domain")
			? "domain"
			: "clock";
		const keys = what === "clock" ? CLOCK_STATE_KEYS : DOMAIN_STATE_KEYS;
		spot.object(`what is expected of a ${what}`, keys);
		const { clocks, powerDomains, agents } = this.#platform;
		const rows = what === "clock" ? clocks : powerDomains;
		const title = what === "clock" ? "clock" : "power domain";
		const names = rows.map(({ name }) => name);
		const name = spot.member(what).name(title, names);
		const wanting = ["platform", ...agents];
		const requests = spot.has("requests")
			? spot
					.member("requests")
					.list("names of agents", 0, wanting.length)
					.map((each) => each.name("agent", wanting))
			: undefined;
		return {
			kind: "state",
			what,
			name,
			id: rows.find((row) => row.name === name)?.id as number,
			on: spot.has("on") ? spot.member("on").boolean() : undefined,
			rate: spot.has("rate")
				? spot.member("rate").integer(0, Number.MAX_SAFE_INTEGER)
				: undefined,
			requests: requests && wanting.filter((each) => requests.includes(each)),
		};
	}
}

/** Which kind a step is: one key tells. */
function kindOf(step: Spot): StepKind {
	const tells = STEP_KINDS.map(({ name }) => name);
	const keys = step.names(`a step: ${tells.join(", ")}`);
	const found = keys.filter((key) => tells.includes(key));
	if (found.length > 1)
		throw step.refused(`both ${found.join(" and ")}, expected one of them`);
	const kind = STEP_KINDS.find(({ name }) => name === found[0]);
	if (kind !== undefined) return kind;
	const stray = keys.find((key) => key !== "agent" && key !== "comment");
	if (stray !== undefined)
		throw step.keyRefused(stray, unknownName("key", stray, tells));
	throw step.refused(`expected one of the keys ${tells.join(", ")}`);
}

/** The command that a step names, with its protocol where several have one of that name. */
function commandAt(step: Spot): Known {
	const spot = step.member("message");
	const name = spot.name("command", namesOf(COMMANDS));
	const found = COMMANDS.filter(({ message }) => message.name === name);
	const words = COMMANDS.map(({ protocol }) => protocol.name);
	const word = step.has("protocol")
		? step.member("protocol").name("protocol", [...new Set(words)])
		: undefined;
	if (word === undefined && found.length > 1)
		throw spot.refused(
			`every protocol has ${name}: the key "protocol" must tell which one is meant`,
		);
	const known = found.find(
		({ protocol }) => word === undefined || protocol.name === word,
	);
	if (known === undefined)
		throw spot.refused(`the ${word} protocol has no ${name}`);
	return known;
}

/** A status by its name, SUCCESS when there is none; null for none, undefined for any. */
function statusAt(
	spot: Spot,
	others: readonly ("none" | "any")[],
): number | null | undefined {
	if (spot.value === undefined) return ScmiStatus.SUCCESS;
	if (typeof spot.value !== "string")
		throw spot.expected(`the name of a status, not ${shown(spot.value)}`);
	const name = spot.name("status", [...STATUSES, ...others]);
	if (name === "any") return undefined;
	return name === "none" ? null : ScmiStatus[name];
}
