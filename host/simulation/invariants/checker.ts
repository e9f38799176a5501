// The checker: follows what agents ask for and are answered, and looks after each message whether all is as it must be.
// An evaluation of its own, from the platform's tables, the messages and the registers; the firmware is not asked.
//
// After each message the registers that tables name are compared with what they were; clocks and domains are looked at anew
// when one has changed, or when somebody wants something else. checkAll() looks at everything, whole blocks too.

import type { Firmware } from "../../firmware.ts";
import { ScmiStatus } from "../../scmi/status.ts";
import { Blocks } from "./blocks.ts";
import { causeOf, type Happening, KEPT_WORDS } from "./cause.ts";
import { Changes } from "./changes.ts";
import { ClockTable } from "./clocks.ts";
import { DomainTable } from "./domains.ts";
import {
	agentReset,
	type Effect,
	effectOf,
	PROTOCOL,
	performanceOf,
	protocolOf,
} from "./effects.ts";
import { FastWords } from "./fast-words.ts";
import { Requests } from "./requests.ts";
import type { Doing } from "./scope.ts";
import { States } from "./states.ts";
import type { Finding, Violation } from "./violation.ts";
import { RegisterWords } from "./words.ts";

/** Virtual ns within which the firmware turns to what it does later; it may be busy with earlier things then. */
const LATER_NS = 1_000_000;

const { SUCCESS, DENIED, HARDWARE_ERROR } = ScmiStatus;

/** Something that goes on after its message. */
interface Later extends Doing {
	/** Virtual time in ns: it is done once that is over, or once all events that come until then are. */
	due: number;
	isEvent: boolean;
}

export interface CheckerOptions {
	/** Gets each violation when it is found; it may throw. */
	onViolation?: (violation: Violation) => void;
}

export class InvariantChecker {
	/** All that have been found, in their order. A state that stays broken is there once, until it was right again. */
	readonly violations: Violation[] = [];
	/** Messages that were checked. */
	messages = 0;
	readonly #firmware: Firmware;
	readonly #onViolation: ((violation: Violation) => void) | undefined;
	readonly #words = new RegisterWords();
	readonly #clocks: ClockTable;
	readonly #domains: DomainTable;
	readonly #requests: Requests;
	readonly #changes: Changes;
	readonly #states: States;
	readonly #blocks: Blocks;
	readonly #fast: FastWords;
	/** What has happened since the last look: what may have changed registers, and what agents want now. */
	#doings: Doing[] = [];
	#wishes: { agent: number; effect: Effect }[] = [];
	#later: Later[] = [];
	/** Findings of the last look that have been reported. */
	#standing = new Set<string>();
	#disagrees = false;
	#happened: Happening | undefined;

	/** @param firmware from its present state on: what it holds and has on now is taken as it is */
	constructor(firmware: Firmware, options: CheckerOptions = {}) {
		const { platform } = firmware;
		const words = this.#words;
		this.#firmware = firmware;
		this.#onViolation = options.onViolation;
		this.#clocks = new ClockTable(platform, words);
		this.#domains = new DomainTable(platform, this.#clocks, words);
		this.#requests = new Requests(firmware, this.#clocks, this.#domains);
		const tables = [this.#clocks, this.#domains, this.#requests] as const;
		this.#changes = new Changes(platform, words, ...tables);
		this.#states = new States(words, ...tables);
		this.#blocks = new Blocks(firmware, words, this.#domains);
		this.#fast = new FastWords(firmware);
		this.restart();
	}

	/** Begins anew with the firmware's present state, as after Engine.reset(). Violations found so far stay. */
	restart(): void {
		this.#words.open(this.#firmware);
		this.#changes.open();
		this.#requests.restart(this.#firmware);
		this.#states.restart();
		this.#blocks.restart();
		this.#fast.look();
		this.#doings = [];
		this.#wishes = [];
		this.#later = [];
		this.#standing.clear();
		this.#happened = undefined;
	}

	/**
	 * Checks after an agent's command was answered.
	 * @param agent its name
	 * @param request header and payload
	 * @param reply header and payload; empty when there is none
	 * @returns the violations that it has brought
	 */
	after(agent: string, request: Uint8Array, reply: Uint8Array): Violation[] {
		const known = this.violations.length;
		const words = new Uint32Array(KEPT_WORDS);
		new Uint8Array(words.buffer).set(request.subarray(0, 4 * KEPT_WORDS));
		const { buffer, byteOffset, length } = reply;
		const status =
			length < 8 ? null : new DataView(buffer, byteOffset).getInt32(4, true);
		this.record(this.#idOf(agent), words, request.length, status);
		this.look();
		return this.violations.slice(known);
	}

	/**
	 * A command and its answer, to be checked by the next {@link look}.
	 * @param agent its ID
	 * @param words header and payload, of which the caller lets go
	 * @param size its bytes
	 * @param status null when there was no answer
	 */
	record(
		agent: number,
		words: Uint32Array,
		size: number,
		status: number | null,
	): void {
		this.messages++;
		this.#happened = { agent, name: undefined, words, size, status };
		if (status === null || size < 4) return;
		const effect = effectOf(words);
		if (effect === undefined) return;
		if (protocolOf(effect.kind) === PROTOCOL.clock) {
			const clock = this.#clocks.resolve(effect.id);
			if (clock === undefined) return;
			effect.id = clock;
		}
		const forbidden = this.#requests.permissions.forbids(agent, effect);
		if (status === SUCCESS && forbidden) this.#reportForbidden(agent, effect);
		const { kind, value } = effect;
		if (status === SUCCESS || status === HARDWARE_ERROR)
			this.#doings.push({ agent, effect, begun: false });
		if (status === SUCCESS) this.#wishes.push({ agent, effect });
		// Nobody holds a domain that the hardware did not switch.
		if (status === HARDWARE_ERROR && kind === "power-domain")
			this.#wishes.push({ agent, effect: { ...effect, value: 0 } });
		// A rail that must not go off, or that others hold: who asks lets go of it all the same.
		if (status === DENIED && kind === "rail-mode" && value === 0 && !forbidden)
			this.#wishes.push({ agent, effect });
	}

	/** An agent was reset from outside; to be followed by {@link look}, as what comes next. */
	recordReset(agent: string, permissions: boolean): void {
		const id = this.#idOf(agent);
		const effect = agentReset(id, permissions);
		this.#note(id, "reset from outside");
		this.#doings.push({ agent: id, effect, begun: false });
		this.#wishes.push({ agent: id, effect });
	}

	/** Time has passed. */
	recordTime(ns: number): void {
		this.#note(null, `${ns} ns`);
	}

	/** A register is about to be read, or written, from outside. */
	access(address: number, kind: "read of" | "write to"): void {
		this.#note(null, `${kind} 0x${address.toString(16)}`);
		for (const finding of this.#blocks.unpowered(address))
			this.#report(finding);
	}

	/** A register was written from outside: whatever it has changed may have changed. */
	afterWrite(address: number): void {
		this.#blocks.accept(address);
		if (this.#blocks.isPowerController(address))
			this.#goesOn(
				{ agent: null, effect: "power-controller", begun: true },
				false,
			);
		this.#words.look();
		this.#states.writtenFromOutside();
		if (this.#states.muxWritten)
			this.#later.push({
				agent: null,
				effect: "clock-gates",
				begun: true,
				due: Infinity,
				isEvent: false,
			});
		this.#words.accept();
		this.#lookAtStates();
	}

	/** Looks at the registers, and at what must be true of them when they, or what agents want, have changed. */
	look(): void {
		if (this.#fast.look())
			for (const { agent, id } of this.#fast.owners)
				this.#goesOn({ agent, effect: performanceOf(id), begun: true }, false);
		const going = this.#later.length > 0 ? this.#goingOn() : this.#later;
		// What the firmware had put off came before this message.
		if (this.#requests.awaits)
			this.#requests.settle((effect) =>
				going.some((doing) => doing.effect === effect),
			);
		const changes = this.#words.look();
		if (changes > 0)
			for (const finding of this.#changes.check([
				...this.#doings,
				...this.#later,
			]))
				this.#report(finding);
		const news = changes + this.#wishes.length > 0;
		this.#later = going;
		this.#followWishes();
		this.#words.accept();
		if (news || this.#disagrees || !this.#requests.agree())
			this.#lookAtStates();
	}

	/**
	 * Looks at everything, registers that no table names too, and reports what was not known.
	 * @returns all that is not as it must be now, whether known or not
	 */
	checkAll(): Finding[] {
		this.look();
		this.#lookAtStates();
		const whole = [...this.#blocks.changed()];
		for (const finding of whole) this.#report(finding);
		this.#blocks.restart();
		return [...this.#broken(), ...whole];
	}

	#broken(): Finding[] {
		const found = this.#states.findings();
		if (!this.#requests.agree())
			found.unshift(...this.#requests.disagreements());
		return found;
	}

	/** Reports what is broken and was not at the last look. */
	#lookAtStates(): void {
		const broken = this.#broken();
		this.#disagrees = false;
		if (broken.length + this.#standing.size === 0) return;
		const standing = new Set<string>();
		for (const finding of broken) {
			const key = `${finding.invariant} ${finding.what} ${finding.expected}`;
			if (finding.invariant === "requests") this.#disagrees = true;
			standing.add(key);
			if (!this.#standing.has(key)) this.#report(finding);
		}
		this.#standing = standing;
	}

	#followWishes(): void {
		for (const { agent, effect } of this.#wishes) {
			this.#requests.follow(agent, effect);
			if (effect.later)
				this.#goesOn({ agent, effect, begun: true }, effect.kind !== "system");
		}
		this.#wishes.length = 0;
		this.#doings.length = 0;
	}

	/** What has not come to its end. */
	#goingOn(): Later[] {
		const { timeNs, nextEventNs } = this.#firmware;
		const next = nextEventNs === undefined ? timeNs : nextEventNs;
		return this.#later.filter(({ due, isEvent }) =>
			isEvent ? next !== null && next <= due : timeNs <= due,
		);
	}

	/** It may change registers later, too. */
	#goesOn(doing: Doing, isEvent: boolean): void {
		const due = this.#firmware.timeNs + LATER_NS * (isEvent ? 1 : 2);
		const forever =
			typeof doing.effect === "object" && doing.effect.kind === "system";
		this.#later.push({ ...doing, due: forever ? Infinity : due, isEvent });
	}

	#idOf(agent: string): number {
		return this.#firmware.platform.agents.indexOf(agent) + 1;
	}

	#note(agent: number | null, name: string): void {
		const words = new Uint32Array(0);
		this.#happened = { agent, name, words, size: 0, status: null };
	}

	#reportForbidden(agent: number, { kind, id }: Effect): void {
		this.#report({
			invariant: "permission",
			what: `${this.#requests.names(1 << agent)}, ${kind} ${id}`,
			where: null,
			expected: "DENIED",
			found: "SUCCESS",
		});
	}

	#report(finding: Finding): void {
		const { agents } = this.#firmware.platform;
		const message =
			this.#happened === undefined ? null : causeOf(this.#happened, agents);
		const violation = { ...finding, message };
		this.violations.push(violation);
		this.#onViolation?.(violation);
	}
}
