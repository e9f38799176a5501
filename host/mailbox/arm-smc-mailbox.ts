// The arm-smc-mailbox controller: each message is one SMC or HVC, executed on the spot, with x0 as the answer.
// Follows the devicetree binding arm,smc-mbox (version 1, `interrupts` of version 2, `transports` of version 3) and the driver
// proposed with it for Linux. An interrupt is how the firmware speaks first: the channel's client gets `rxCallback` for it.

import { CosimError } from "../errors.ts";
import type { Conduit, Method, Stopped } from "./conduit.ts";
import {
	type MailboxChannel,
	MailboxController,
	type Timers,
} from "./framework.ts";

/** An unsigned long: a number of 0 to 2^53 - 1, or a bigint of 0 to 2^64 - 1. */
export type UnsignedLong = number | bigint;

/**
 * A message: the registers of one call, absent ones being 0. `a0` is the function ID of a channel that the devicetree
 * gives none, and ignored otherwise; `a1` to `a7` go to x1 to x7.
 */
export interface ArmSmcccMboxCmd {
	a0?: UnsignedLong;
	a1?: UnsignedLong;
	a2?: UnsignedLong;
	a3?: UnsignedLong;
	a4?: UnsignedLong;
	a5?: UnsignedLong;
	a6?: UnsignedLong;
	a7?: UnsignedLong;
}

/** The node's properties, as plain data. Each comes from the property named. */
export interface ArmSmcMailboxProperties {
	/** Path of the devicetree node, for error messages. */
	node: string;
	/** `method`: "smc" or "hvc". */
	method: string;
	/** `arm,num-chans`: 1 to 0x7fffffff. */
	numChans: number;
	/** `arm,func-ids`: one u32 per channel; a channel without one takes the ID from the message. */
	funcIds?: readonly number[];
	/** `interrupts` of version 2: the number of one shared peripheral interrupt per channel, 0 to 2^32 - 1. */
	interrupts?: readonly number[];
	/** `transports` of later bindings: "mem" passes the channel's index in x1 in place of the message's. */
	transports?: string;
}

/** What the devicetree does not say. */
export interface ArmSmcMailboxOptions {
	/** CPU that executes the calls, 0 by default. */
	cpu?: number;
	/** The calls come from the secure world: without it, secure channels of a platform do not exist. */
	secure?: boolean;
	/** Subscribes to an interrupt number; returns how to end that. Without it, `interrupts` are nobody's. */
	onInterrupt?: (interrupt: number, handler: () => void) => () => void;
	timers?: Timers;
	/** See the mailbox framework's controllers. */
	reportError?: (error: unknown) => void;
}

/**
 * Probes the controller. Its messages are {@link ArmSmcccMboxCmd}, or undefined for none but the function ID; its clients get x0
 * as an {@link UnsignedLong} in `rxCallback`, inside `sendMessage`, and acknowledge with `txDone`. For an interrupt of their
 * channel they get `rxCallback` with undefined.
 * @throws CosimError MBOX_INVALID, naming node and property
 */
export function armSmcMailbox(
	conduit: Conduit,
	properties: ArmSmcMailboxProperties,
	options: ArmSmcMailboxOptions = {},
): MailboxController {
	const { node, numChans, funcIds = [], interrupts, transports } = properties;
	const { cpu = 0, secure = false, onInterrupt, ...rest } = options;
	const method = parseMethod(node, properties.method);
	if (!Number.isInteger(numChans) || numChans < 1 || numChans > 0x7fffffff) {
		throw invalid(node, "arm,num-chans", String(numChans), "1 to 0x7fffffff");
	}
	for (const id of funcIds) {
		if (id >>> 0 !== id) {
			throw invalid(node, "arm,func-ids", String(id), "u32 function IDs");
		}
	}
	if (
		interrupts !== undefined &&
		(interrupts.length !== numChans || interrupts.some((n) => n >>> 0 !== n))
	) {
		const expected = `${numChans} interrupt numbers, one for each channel`;
		throw invalid(node, "interrupts", `<${interrupts.join(" ")}>`, expected);
	}
	if (
		transports !== undefined &&
		transports !== "mem" &&
		transports !== "reg"
	) {
		throw invalid(node, "transports", `"${transports}"`, '"mem" or "reg"');
	}
	if (!Number.isInteger(cpu) || cpu < 0 || cpu >= conduit.cpus) {
		throw new CosimError(
			"MBOX_INVALID",
			`${node}: no CPU ${cpu}, expected 0 to ${conduit.cpus - 1}`,
		);
	}
	if (secure && conduit.setSecure === undefined) {
		throw new CosimError("MBOX_INVALID", `${node}: there is no secure world`);
	}
	const registers = conduit.registers(cpu);
	const indexInX1 = transports === "mem";
	/** How to end the subscriptions of the channels that have a client. */
	const subscriptions = new Map<MailboxChannel, () => void>();

	function startup(channel: MailboxChannel): void {
		const interrupt = interrupts?.[channel.index];
		if (interrupt === undefined || onInterrupt === undefined) return;
		const handler = () => channel.chanReceivedData(undefined);
		subscriptions.set(channel, onInterrupt(interrupt, handler));
	}

	function shutdown(channel: MailboxChannel): void {
		subscriptions.get(channel)?.();
		subscriptions.delete(channel);
	}

	function trap(): void {
		if (secure) conduit.setSecure?.(cpu, true);
		try {
			conduit.trap(cpu, method);
		} finally {
			if (secure) conduit.setSecure?.(cpu, false);
		}
	}

	function sendData(channel: MailboxChannel, message: unknown): boolean {
		const cmd = (message ?? none) as ArmSmcccMboxCmd;
		setRegister(
			registers,
			0,
			funcIds[channel.index] ?? functionId(node, channel, cmd),
		);
		setRegister(registers, 1, indexInX1 ? channel.index : cmd.a1);
		setRegister(registers, 2, cmd.a2);
		setRegister(registers, 3, cmd.a3);
		setRegister(registers, 4, cmd.a4);
		setRegister(registers, 5, cmd.a5);
		setRegister(registers, 6, cmd.a6);
		setRegister(registers, 7, cmd.a7);
		trap();
		if (conduit.stopped) throw stopped(node, conduit.stopped);
		channel.chanReceivedData(
			unsignedLong(registers[0] as number, registers[1] as number),
		);
		return true;
	}
	return new MailboxController({
		...rest,
		name: node,
		ops: { sendData, startup, shutdown },
		numChans,
	});
}

const none: ArmSmcccMboxCmd = {};

function parseMethod(node: string, method: string): Method {
	if (method !== "smc" && method !== "hvc") {
		throw invalid(node, "method", `"${method}"`, '"smc" or "hvc"');
	}
	return method;
}

/** No call returns from a system that is off or is being reset, nor from a firmware that has ended. */
export function stopped(node: string, why: NonNullable<Stopped>): CosimError {
	if (typeof why === "object") {
		return new CosimError(
			"FIRMWARE_STOPPED",
			`${node}: the firmware has stopped (${why.reason}): ${why.message}`,
		);
	}
	return new CosimError(
		"SYSTEM_STOPPED",
		`${node}: the call never returns, the system ${why === "off" ? "is off" : "was reset"}`,
	);
}

function functionId(
	node: string,
	channel: MailboxChannel,
	cmd: ArmSmcccMboxCmd,
): UnsignedLong {
	if (cmd.a0 === undefined) {
		throw new CosimError(
			"MBOX_INVALID",
			`${node} channel ${channel.index}: no function ID, neither in arm,func-ids nor in the message's a0`,
		);
	}
	return cmd.a0;
}

function setRegister(
	registers: Uint32Array,
	index: number,
	value: UnsignedLong | undefined,
): void {
	const low = 2 * index;
	if (value === undefined) {
		registers[low] = 0;
		registers[low + 1] = 0;
	} else if (Number.isSafeInteger(value) && (value as number) >= 0) {
		registers[low] = value as number;
		registers[low + 1] = (value as number) / 0x1_0000_0000;
	} else if (typeof value === "bigint" && value >= 0n && value < 1n << 64n) {
		registers[low] = Number(value & 0xffff_ffffn);
		registers[low + 1] = Number(value >> 32n);
	} else {
		throw new CosimError(
			"MBOX_INVALID",
			`a${index} is ${value}, expected an unsigned number of 64 bits`,
		);
	}
}

function unsignedLong(low: number, high: number): UnsignedLong {
	if (high < 0x20_0000) {
		return high * 0x1_0000_0000 + low;
	}
	return (BigInt(high) << 32n) | BigInt(low);
}

function invalid(
	node: string,
	property: string,
	value: string,
	expected: string,
): CosimError {
	return new CosimError(
		"MBOX_INVALID",
		`${node}: ${property} is ${value}, expected ${expected}`,
	);
}
