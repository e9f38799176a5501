// One run of a guest from start to end: its report, what it sees otherwise than the engine, and what its calls cost.
// The library's side of `scmi-cosim linux`.

import type { Engine } from "../../engine.ts";
import { CosimError } from "../../errors.ts";
import { armSmcMailbox } from "../../mailbox/arm-smc-mailbox.ts";
import type { Method } from "../../mailbox/conduit.ts";
import { ScmiAgent } from "../../scmi/agent.ts";
import { SharedMemory } from "../../scmi/shared-memory.ts";
import {
	type ClockState,
	type PowerDomainState,
	readClocks,
	readPowerDomains,
} from "../../simulation/state.ts";
import {
	type Difference,
	differences,
	type EngineView,
	engineView,
} from "./compare.ts";
import { GRACE_SECONDS, orphans } from "./files.ts";
import { Guest, type GuestEnd, type GuestOptions } from "./guest.ts";
import { GuestConsole } from "./guest-console.ts";
import type { GuestReport } from "./guest-report.ts";
import type { GuestClock, GuestPowerDomain } from "./guest-tables.ts";

export interface RunOptions extends GuestOptions {
	/** ms until the guest is ended by force; 120000 unless told. */
	timeoutMs?: number;
	/** Whether our init runs in the guest, as it does unless told; without its report only the end is looked at. */
	expectReport?: boolean;
	/** Takes the console's text, the report left out. */
	onConsole?: (text: string) => void;
	/** Called with the guest once it runs: to type, or to stop it. */
	onStart?: (guest: Guest) => void;
}

/** µs, as the guest's counter sees a call from the trap to its return. */
export interface RoundTrip {
	p50: number;
	p90: number;
	p99: number;
	p999: number;
}

/** Calls back to back, as the kernel makes them while it prints its clock tree. */
export interface Throughput {
	/** All that were forwarded meanwhile. */
	calls: number;
	/** Of the guest's time. */
	seconds: number;
	callsPerSecond: number;
	roundTripUs: RoundTrip | null;
}

/** What one run of a guest came to. Lists are empty where our init did not run. */
export interface RunReport {
	/** Linux came up, ran our report to its end and powered off. */
	booted: boolean;
	/** Release, such as `6.1.0-56-cloud-arm64`; "" without our init. */
	kernel: string;
	/** CPUs on line; 0 without our init. */
	cpus: number;
	/** SCMI commands served. */
	messages: number;
	/** SCMI commands a second while the guest ran. */
	callsPerSecond: number;
	/** Of all calls that were forwarded; null when there were none. */
	roundTripUs: RoundTrip | null;
	/** null when the guest did not measure it, see GuestSteps.bench. */
	throughput: Throughput | null;
	/** µs of a call spent in this process, on average. */
	serviceUs: number;
	/** ms from QEMU's start to its end. */
	wallMs: number;
	/** Linux's clk_summary. */
	clocks: GuestClock[];
	/** Linux's pm_genpd_summary. */
	powerDomains: GuestPowerDomain[];
	/** What the guest sees otherwise than the engine. */
	differences: Difference[];
	/** What the guest printed beyond its tables. */
	guest: GuestReport;
}

const DEFAULT_TIMEOUT_MS = 120_000;

/**
 * Runs a guest to its end.
 * @throws CosimError GUEST when it panics, faults, ends before its report or does not end in time; QEMU when QEMU fails
 * or is ended from outside; USAGE for options out of range
 */
export async function runGuest(options: RunOptions): Promise<RunReport> {
	const watch = new Watch(options);
	const guest = await Guest.start({ ...options, onConsole: watch.push });
	return watch.toEnd(guest, options);
}

/**
 * Takes over a guest whose host was killed, within GRACE_SECONDS of that, and runs it to its end; its report is the
 * part that is still to come.
 * @throws CosimError GUEST when no guest waits for a host, and like {@link runGuest}
 */
export async function attachGuest(
	options: Pick<RunOptions, "timeoutMs" | "onConsole" | "onCall" | "onStart">,
): Promise<RunReport> {
	const [orphan] = orphans();
	if (orphan === undefined) {
		throw new CosimError(
			"GUEST",
			`no guest waits for a host: it does so for ${GRACE_SECONDS} s after its own was killed`,
		);
	}
	const watch = new Watch(options);
	const guest = await Guest.attach(orphan, {
		...options,
		onConsole: watch.push,
	});
	return watch.toEnd(guest, {
		...options,
		conduit: orphan.state.conduit,
		expectReport: false,
	});
}

/** Follows a guest's console to its end and makes the report. */
class Watch {
	readonly #console = new GuestConsole((kind, name) => this.#note(kind, name));
	readonly #show: ((text: string) => void) | undefined;
	#guest: Guest | undefined;
	#view: EngineView | undefined;
	/** Calls served when the guest began to measure its throughput, and when it ended. */
	#measured: [from: number, to: number] = [0, 0];

	constructor({ onConsole }: Pick<RunOptions, "onConsole">) {
		this.#show = onConsole;
	}

	/** Takes what the console shows. */
	readonly push = (text: string): void => {
		const show = this.#console.push(text);
		if (show !== "") this.#show?.(show);
	};

	/** Notes the guest's state at the moments that the report is about. */
	#note(kind: string, name: string): void {
		if (this.#guest === undefined) return;
		const { engine, calls } = this.#guest;
		const served = calls.roundTripsUs.length;
		if (name === "throughput") {
			if (kind === "begin") this.#measured = [served, served];
			else this.#measured[1] = served;
		}
		// Linux goes on after the report, and shuts down.
		if (kind === "done") this.#view = engineView(engine, new Map());
	}

	#throughput(guest: Guest, seconds: number | undefined): Throughput | null {
		if (seconds === undefined || seconds === 0) return null;
		const samples = guest.calls.roundTripsUs.slice(...this.#measured);
		return {
			calls: samples.length,
			seconds,
			callsPerSecond: Math.round(samples.length / seconds),
			roundTripUs: roundTrip(samples),
		};
	}

	async toEnd(
		guest: Guest,
		options: Pick<
			RunOptions,
			"timeoutMs" | "expectReport" | "onStart" | "conduit"
		>,
	): Promise<RunReport> {
		const { timeoutMs = DEFAULT_TIMEOUT_MS, expectReport = true } = options;
		this.#guest = guest;
		options.onStart?.(guest);
		let timedOut = false;
		const timer = setTimeout(() => {
			timedOut = true;
			guest.stop();
		}, timeoutMs);
		const end = await guest.ended.finally(() => clearTimeout(timer));
		const report = this.#console.report();
		const trouble = timedOut
			? `the guest did not end within ${timeoutMs / 1000} s`
			: report.panic !== undefined
				? `the guest panicked: ${report.panic}`
				: expectReport && !report.complete && end.signal === null
					? "the guest ended before its report did"
					: undefined;
		if (trouble !== undefined) {
			const message = `${trouble}: ${progress(report, guest)}`;
			throw new CosimError("GUEST", message);
		}
		if (end.signal !== null) {
			const message = `QEMU was ended by ${end.signal}: ${progress(report, guest)}`;
			throw new CosimError("QEMU", message);
		}
		const conduit = options.conduit ?? "smc";
		return {
			...(await summary(guest, report, this.#view, conduit, end)),
			throughput: this.#throughput(guest, report.throughputSeconds),
		};
	}
}

async function summary(
	guest: Guest,
	report: GuestReport,
	view: EngineView | undefined,
	conduit: Method,
	end: GuestEnd,
): Promise<Omit<RunReport, "throughput">> {
	const { engine, calls } = guest;
	const rates = await engineRates(engine, conduit);
	const compared = view !== undefined && report.complete;
	const { messages, serviceNs } = calls;
	return {
		booted: report.complete,
		kernel: report.kernel,
		cpus: report.cpus,
		messages,
		callsPerSecond: Math.round(messages / (end.wallMs / 1000)),
		roundTripUs: roundTrip(calls.roundTripsUs),
		serviceUs: messages === 0 ? 0 : Number(serviceNs) / 1000 / messages,
		wallMs: end.wallMs,
		clocks: report.clocks,
		powerDomains: report.powerDomains,
		differences: compared
			? differences(report, withRates(view, rates), aliasesOf(engine))
			: [],
		guest: report,
	};
}

function progress(report: GuestReport, guest: Guest): string {
	const calls = `${guest.calls.messages} SCMI messages served`;
	if (!report.booted) return `Linux never started its init, ${calls}`;
	return `${report.missing.join(", ") || "its report was complete"}, ${calls}`;
}

/** Rates as an agent reads them, by SCMI messages on the guest's own channel, once the guest has gone. */
async function engineRates(
	engine: Engine,
	conduit: Method,
): Promise<Map<number, number>> {
	const { clocks } = await readGuestState(engine, conduit);
	return new Map(clocks.map(({ id, rate }) => [id, rate]));
}

/** Clocks and domains of a guest's engine, read by its agent. */
export async function readGuestState(
	engine: Engine,
	conduit: Method,
): Promise<{ clocks: ClockState[]; powerDomains: PowerDomainState[] }> {
	const [channel] = engine.platform.channels;
	const { functionId, address, size } =
		channel as (typeof engine.platform.channels)[number];
	const controller = armSmcMailbox(engine, {
		node: "guest",
		method: conduit,
		numChans: 1,
		funcIds: [functionId],
	});
	const memory = new SharedMemory(
		engine.buffer,
		engine.memoryAt(address, size),
		size,
	);
	memory.release();
	const agent = new ScmiAgent({ controller, index: 0, memory });
	return {
		clocks: await readClocks(agent),
		powerDomains: await readPowerDomains(agent),
	};
}

function withRates(
	view: EngineView,
	rates: ReadonlyMap<number, number>,
): EngineView {
	return {
		...view,
		clocks: view.clocks.map((clock) => ({
			...clock,
			rate: rates.get(clock.id) ?? 0,
		})),
	};
}

function aliasesOf(engine: Engine): Map<number, number> {
	return new Map(
		engine.platform.clocks.flatMap((clock) =>
			clock.kind === "alias" ? [[clock.id, clock.of] as const] : [],
		),
	);
}

function roundTrip(samples: readonly number[]): RoundTrip | null {
	if (samples.length === 0) return null;
	const sorted = [...samples].sort((a, b) => a - b);
	const at = (share: number) =>
		sorted[
			Math.min(sorted.length - 1, Math.floor(sorted.length * share))
		] as number;
	return { p50: at(0.5), p90: at(0.9), p99: at(0.99), p999: at(0.999) };
}
