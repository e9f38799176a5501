// What a connection may ask, frame by frame: first HELLO, then messages, traps, registers, time.
// The protocol of docs/serve.md.

import { CosimError } from "../../errors.ts";
import type { AgentPort } from "./agent-port.ts";
import { type RequestFrame, words } from "./frames.ts";
import {
	Advanced,
	Frame,
	Hello,
	Kind,
	MAX_ADVANCE_NS,
	MAX_FRAME,
	PROTOCOL_VERSION,
	ServeError,
	TRAP_REGISTER_BYTES,
	Trap,
	Welcome,
} from "./protocol.ts";
import { Refusal } from "./refusal.ts";
import type { Peer, Simulation, Simulations } from "./simulations.ts";

/** What a session has once it was let in. */
interface Entered {
	simulation: Simulation;
	agent: string;
	port: AgentPort | undefined;
	/** Ends what a connection without an agent has subscribed to. */
	unwatch: () => void;
}

const MAX_ANSWER = MAX_FRAME - Frame.PAYLOAD;
const DEFAULT_SIMULATION = "default";
const EL2 = 2;
const EL3 = 3;

export class Session {
	readonly #peer: Peer;
	readonly #simulations: Simulations;
	readonly #authorized: (token: string) => boolean;
	#entered: Entered | undefined;

	constructor(
		peer: Peer,
		simulations: Simulations,
		authorized: (token: string) => boolean,
	) {
		this.#peer = peer;
		this.#simulations = simulations;
		this.#authorized = authorized;
	}

	/** Whether HELLO was accepted. */
	get entered(): boolean {
		return this.#entered !== undefined;
	}

	/**
	 * Serves a frame and returns the answer's payload, valid until the next one.
	 * @throws Refusal for whatever cannot be served
	 */
	serve({ kind, payload }: RequestFrame): Uint8Array {
		if (this.#entered === undefined) {
			if (kind === Kind.HELLO) return this.#enter(payload);
			throw new Refusal(
				ServeError.MALFORMED,
				`first frame of kind ${kind}: expected HELLO, ${Kind.HELLO}`,
			);
		}
		const { simulation } = this.#entered;
		try {
			return this.#serve(this.#entered, kind, payload);
		} catch (error) {
			throw error instanceof CosimError ? refusalOf(error) : error;
		} finally {
			simulation.tellStop();
		}
	}

	#serve(entered: Entered, kind: number, payload: Uint8Array): Uint8Array {
		switch (kind) {
			case Kind.MESSAGE:
				return message(entered, payload);
			case Kind.TRAP:
				return trap(entered.simulation, payload);
			case Kind.READ:
				return read(entered.simulation, payload);
			case Kind.WRITE:
				return write(entered.simulation, payload);
			case Kind.ADVANCE:
				return advance(entered.simulation, payload);
			case Kind.RESET:
				return reset(entered.simulation, payload);
			default:
				throw new Refusal(
					ServeError.MALFORMED,
					`frame of kind ${kind}: expected ${Kind.MESSAGE} to ${Kind.RESET}`,
				);
		}
	}

	/** The platform's messages that had to wait may be sent now. */
	drain(): void {
		this.#entered?.port?.drain();
	}

	/** The connection is gone. */
	close(): void {
		const entered = this.#entered;
		if (entered === undefined) return;
		this.#entered = undefined;
		const { simulation, agent, port, unwatch } = entered;
		unwatch();
		if (port !== undefined) simulation.closeAgent(port, agent);
		this.#simulations.leave(this.#peer, simulation);
	}

	#enter(payload: Uint8Array): Uint8Array {
		expectSize("HELLO", payload, Hello.SIZE);
		const version = viewOf(payload).getUint32(Hello.VERSION, true);
		if (version !== PROTOCOL_VERSION) {
			throw new Refusal(
				ServeError.VERSION,
				`protocol version ${version}: expected ${PROTOCOL_VERSION}`,
			);
		}
		if (!this.#authorized(text(payload, Hello.TOKEN, Hello.SIZE)))
			throw new Refusal(
				ServeError.UNAUTHORIZED,
				"token: expected the server's",
			);
		const name =
			text(payload, Hello.SIMULATION, Hello.AGENT) || DEFAULT_SIMULATION;
		const agent = text(payload, Hello.AGENT, Hello.TOKEN);
		const simulation = this.#simulations.enter(this.#peer, name);
		try {
			const port =
				agent === "" ? undefined : simulation.openAgent(this.#peer, agent);
			const unwatch =
				agent === "" ? simulation.watchInterrupts(this.#peer) : () => {};
			this.#entered = { simulation, agent, port, unwatch };
			return welcome(this.#entered);
		} catch (error) {
			this.#simulations.leave(this.#peer, simulation);
			throw error;
		}
	}
}

function welcome({ simulation, agent, port }: Entered): Uint8Array {
	const { platform, cpus, timeNs } = simulation.firmware;
	const view = viewOf(new Uint8Array(Welcome.SIZE));
	view.setUint32(Welcome.VERSION, PROTOCOL_VERSION, true);
	view.setUint32(
		Welcome.AGENT_ID,
		port === undefined ? 0 : platform.agents.indexOf(agent) + 1,
		true,
	);
	view.setUint32(Welcome.MAX_MESSAGE, port?.maxMessage ?? 0, true);
	view.setUint32(Welcome.CPUS, cpus, true);
	view.setBigUint64(Welcome.TIME, BigInt(timeNs), true);
	return new Uint8Array(view.buffer);
}

function message(
	{ simulation, port }: Entered,
	payload: Uint8Array,
): Uint8Array {
	if (port === undefined) {
		throw new Refusal(
			ServeError.RANGE,
			"MESSAGE by a connection without an agent: expected HELLO to name one",
		);
	}
	expectRunning(simulation);
	return port.send(payload);
}

function trap(simulation: Simulation, payload: Uint8Array): Uint8Array {
	const { firmware } = simulation;
	if (payload.length < Trap.BYTES)
		throw sizeRefusal("TRAP", payload, `at least ${Trap.BYTES}`);
	const view = viewOf(payload);
	const field = (offset: number) => view.getUint32(offset, true);
	const level = field(Trap.LEVEL);
	const cpu = field(Trap.CPU);
	const inLength = field(Trap.IN_LENGTH);
	const outLength = field(Trap.OUT_LENGTH);
	const address = field(Trap.ADDRESS);
	expectSize("TRAP", payload, Trap.BYTES + inLength);
	if (level !== EL2 && level !== EL3)
		throw range("level", level, "3 for SMC or 2 for HVC");
	if (cpu >= firmware.cpus)
		throw range("CPU", cpu, `0 to ${firmware.cpus - 1}`);
	if (field(Trap.SECURE) > 1)
		throw range("secure", field(Trap.SECURE), "0 or 1");
	const most = MAX_ANSWER - TRAP_REGISTER_BYTES;
	if (outLength > most) throw range("out length", outLength, `0 to ${most}`);
	expectRunning(simulation);
	const area = Math.max(inLength, outLength);
	const at = area === 0 ? 0 : firmware.memoryAt(address, area);
	const memory = new Uint8Array(firmware.buffer, at, area);
	memory.set(payload.subarray(Trap.BYTES));
	const registers = firmware.registers(cpu);
	const bytes = new Uint8Array(
		registers.buffer,
		registers.byteOffset,
		TRAP_REGISTER_BYTES,
	);
	bytes.set(payload.subarray(Trap.REGISTERS, Trap.BYTES));
	const secure = field(Trap.SECURE) === 1;
	firmware.setSecure?.(cpu, secure);
	try {
		firmware.trap(cpu, level === EL3 ? "smc" : "hvc");
	} finally {
		firmware.setSecure?.(cpu, false);
	}
	const answer = new Uint8Array(TRAP_REGISTER_BYTES + outLength);
	answer.set(bytes);
	answer.set(memory.subarray(0, outLength), TRAP_REGISTER_BYTES);
	return answer;
}

function read({ firmware }: Simulation, payload: Uint8Array): Uint8Array {
	const view = wordsOf("READ", payload, 1);
	const answer = new Uint8Array(payload.length);
	const values = viewOf(answer);
	for (let at = 0; at < payload.length; at += 4)
		values.setUint32(at, firmware.read32(view.getUint32(at, true)), true);
	return answer;
}

function write(simulation: Simulation, payload: Uint8Array): Uint8Array {
	const view = wordsOf("WRITE", payload, 2);
	for (let at = 0; at < payload.length; at += 8) {
		expectRunning(simulation);
		simulation.firmware.write32(
			view.getUint32(at, true),
			view.getUint32(at + 4, true),
		);
	}
	return new Uint8Array(0);
}

function advance(simulation: Simulation, payload: Uint8Array): Uint8Array {
	expectSize("ADVANCE", payload, 8);
	expectRunning(simulation);
	const ns = Number(viewOf(payload).getBigUint64(0, true));
	if (ns > MAX_ADVANCE_NS) throw range("ns", ns, `0 to ${MAX_ADVANCE_NS}`);
	const { firmware } = simulation;
	firmware.advance(ns);
	const view = viewOf(new Uint8Array(Advanced.SIZE));
	const next = firmware.nextEventNs ?? null;
	view.setBigUint64(Advanced.TIME, BigInt(firmware.timeNs), true);
	view.setBigUint64(
		Advanced.NEXT,
		next === null ? 2n ** 64n - 1n : BigInt(next),
		true,
	);
	return new Uint8Array(view.buffer);
}

function reset(simulation: Simulation, payload: Uint8Array): Uint8Array {
	expectSize("RESET", payload, 0);
	const { firmware } = simulation;
	if (firmware.reset === undefined) {
		throw new Refusal(
			ServeError.RANGE,
			"RESET: this firmware begins only once",
		);
	}
	firmware.reset();
	return words();
}

function expectRunning({ firmware }: Simulation): void {
	const { stopped = null } = firmware;
	if (stopped === null) return;
	const why = typeof stopped === "object" ? stopped.message : stopped;
	throw new Refusal(
		ServeError.STOPPED,
		`the system has stopped: ${why}; expected RESET`,
	);
}

function viewOf(bytes: Uint8Array): DataView {
	return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

/** A payload of one or more rows of so many u32 words. */
function wordsOf(what: string, payload: Uint8Array, inRow: number): DataView {
	const row = 4 * inRow;
	if (payload.length === 0 || payload.length % row !== 0)
		throw sizeRefusal(what, payload, `a multiple of ${row}`);
	return viewOf(payload);
}

function expectSize(what: string, payload: Uint8Array, size: number): void {
	if (payload.length !== size) throw sizeRefusal(what, payload, String(size));
}

function sizeRefusal(
	what: string,
	{ length }: Uint8Array,
	expected: string,
): Refusal {
	return new Refusal(
		what === "HELLO" ? ServeError.MALFORMED : ServeError.RANGE,
		`${what} of ${length} bytes: expected ${expected}`,
	);
}

function range(what: string, value: number, expected: string): Refusal {
	return new Refusal(
		ServeError.RANGE,
		`${what} ${value}: expected ${expected}`,
	);
}

/** A name that ends with the first zero byte, or its field. */
function text(payload: Uint8Array, from: number, to: number): string {
	const field = payload.subarray(from, to);
	const end = field.indexOf(0);
	return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}

function refusalOf({ code, message }: CosimError): Refusal {
	switch (code) {
		case "BUS_ERROR":
			return new Refusal(ServeError.BUS_ERROR, message);
		case "FIRMWARE_STOPPED":
		case "SYSTEM_STOPPED":
			return new Refusal(ServeError.STOPPED, message);
		default:
			return new Refusal(ServeError.RANGE, message);
	}
}
