// A Linux guest in stock QEMU on the engine: start it, serve its calls, show its console, end it.
// QEMU's virt board with our stub as its firmware; see stub.S for the guest's side of a call.

import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync, writeSync } from "node:fs";
import { readFdt, writeFdt } from "../../devicetree/fdt.ts";
import { Engine } from "../../engine.ts";
import { CosimError } from "../../errors.ts";
import type { Method } from "../../mailbox/conduit.ts";
import { engineModule } from "../../node.ts";
import { IMX8MM } from "../../platform/imx8mm/index.ts";
import {
	type ProtocolVersions,
	VERSION_SETS,
} from "../../platform/platform.ts";
import { CallService, type GuestCall, type GuestFault } from "./calls.ts";
import {
	boardArguments,
	dumpTree,
	guestArguments,
	MAX_ERROR_TEXT,
	QEMU,
	reconnectOption,
	refused,
	versionOf,
} from "./command.ts";
import { prepareGuestTree } from "./devicetree.ts";
import { FastChannelPoller } from "./fast-channels.ts";
import { GuestFiles, type GuestState, isAlive, type Orphan } from "./files.ts";
import {
	AREAS_SIZE,
	FAST_CHANNELS,
	INITRD_ADDRESS,
	KERNEL_ADDRESS,
	MAX_CPUS,
	RAM_BASE,
	REGION_BASE,
	REGION_SIZE,
} from "./guest-layout.ts";
import { Journal, readJournal } from "./journal.ts";
import { Links } from "./links.ts";
import {
	type GuestInstance,
	guestInstances,
	guestPlatform,
} from "./platform.ts";

export interface GuestOptions {
	/** Bare arm64 kernel Image, at most 126 MiB; {@link checkKernel} gives one. */
	kernel: Uint8Array;
	/** Initramfs, cpio, packed or not; with the 128 MiB below it, it must fit the guest's RAM. */
	initrd: Uint8Array;
	/** Further words of the kernel's command line. */
	append?: string;
	/** The instruction that calls: "smc" into EL3, the default, or "hvc" into EL2. */
	conduit?: Method;
	/** 1 to 8; 1 unless told. */
	cpus?: number;
	/** Guest RAM in MiB, 129 to 65536; 512 unless told. */
	memory?: number;
	/** How the guest learns that a command is done: the trap's return, the default, or an interrupt. */
	completion?: "return" | "interrupt";
	/** Versions that the firmware tells; those of SCMI 3.1 unless told. */
	protocols?: ProtocolVersions;
	/** QEMU's -cpu; cortex-a72 unless told. */
	cpu?: string;
	/** Version of the interrupt controller; 3 unless told. */
	gic?: 2 | 3;
	/** Program to run instead of qemu-system-aarch64. */
	qemu?: string;
	/** Takes the console's text as it comes, a character for each byte. */
	onConsole?: (text: string) => void;
	/** Called for every call that was forwarded, once it is answered. */
	onCall?: (call: GuestCall) => void;
}

export interface GuestEnd {
	/** QEMU's exit status, null when a signal ended it. */
	status: number | null;
	signal: NodeJS.Signals | null;
	/** ms from QEMU's start to its end. */
	wallMs: number;
}

type QemuEnd = Omit<GuestEnd, "wallMs">;

/** How often a QEMU that is not our child is looked at, in ms. */
const POLL_MS = 100;
const MIB = 2 ** 20;
/** MiB. */
const MAX_MEMORY = 65536;
/** First SPI of the completion interrupts: none of the virt board's own. */
const COMPLETION_SPI = 100;
/** Offset of the channel status in an area (SCMI 3.2, 5.1.2). */
const SMT_STATUS = 4;

/** A guest under way. */
export class Guest {
	/** The firmware and hardware that its calls reach. */
	readonly engine: Engine;
	/** What was served so far. */
	readonly calls: CallService;
	/**
	 * Settles when QEMU has ended and nothing of it is left. Rejects with CosimError: QEMU when QEMU fails, GUEST when the
	 * guest took an exception in the firmware.
	 */
	readonly ended: Promise<GuestEnd>;
	/** QEMU's process ID. */
	readonly pid: number;
	readonly #links: Links;

	private constructor(
		parts: Parts,
		links: Links,
		pid: number,
		ended: Promise<GuestEnd>,
	) {
		this.engine = parts.engine;
		this.calls = parts.calls;
		this.pid = pid;
		this.ended = ended;
		this.#links = links;
	}

	/**
	 * Starts a guest.
	 * @throws CosimError USAGE for options out of range; QEMU when QEMU is missing or refuses to start
	 */
	static async start(options: GuestOptions): Promise<Guest> {
		checkOptions(options);
		const { conduit = "smc", cpus = 1, memory = 512 } = options;
		const { completion = "return", qemu: program = QEMU } = options;
		const files = GuestFiles.create(memory * MIB);
		try {
			const parts = assemble(files, options, {
				conduit,
				cpus,
				protocols: options.protocols ?? VERSION_SETS["scmi-3.1"],
				completionSpi: completion === "interrupt" ? COMPLETION_SPI : null,
			});
			freeAreas(files, parts.instances);
			const reconnect = reconnectOption(await versionOf(program));
			const board = boardArguments(files, options);
			await dumpTree(program, board, files.path("board"));
			writeTree(files, options, parts);
			const links = await Links.open(files, parts.calls, options);
			const qemu = spawn(
				program,
				[...board, ...guestArguments(files, options, reconnect)],
				{
					stdio: ["ignore", "ignore", "pipe"],
				},
			);
			const end = ownEnd(qemu, program);
			if (qemu.pid !== undefined) tellSuccessor(files, qemu.pid, parts.plan);
			return new Guest(
				parts,
				links,
				qemu.pid ?? 0,
				finish(end, files, links, parts),
			);
		} catch (error) {
			files.remove();
			throw error;
		}
	}

	/**
	 * Takes over a guest whose host was killed: serves again what its journal says, answers the call that was left
	 * open, and goes on.
	 * @param orphan one of {@link orphans}
	 */
	static async attach(
		orphan: Orphan,
		options: Pick<GuestOptions, "onConsole" | "onCall">,
	): Promise<Guest> {
		const { folder, state } = orphan;
		const files = GuestFiles.takeOver(folder, state);
		try {
			const parts = assemble(files, options, state);
			tellSuccessor(files, state.qemu, state);
			const links = await Links.open(files, parts.calls, options);
			const end = foreignEnd(state.qemu);
			return new Guest(
				parts,
				links,
				state.qemu,
				finish(end, files, links, parts),
			);
		} catch (error) {
			files.remove();
			throw error;
		}
	}

	/** Types text on the guest's console. */
	type(text: string | Uint8Array): void {
		this.#links.type(text);
	}

	/** Ends QEMU at once. `ended` settles afterwards. */
	stop(): void {
		try {
			process.kill(this.pid, "SIGKILL");
		} catch {
			// It has ended by itself.
		}
	}
}

/** @throws CosimError USAGE for what neither QEMU nor the guest could tell as clearly */
function checkOptions(options: GuestOptions): void {
	const { cpus = 1, memory = 512, kernel, initrd } = options;
	const refuse = (why: string) => new CosimError("USAGE", why);
	if (!Number.isInteger(cpus) || cpus < 1 || cpus > MAX_CPUS)
		throw refuse(`${cpus} CPUs: a guest has 1 to ${MAX_CPUS}`);
	if (!Number.isInteger(memory) || memory > MAX_MEMORY)
		throw refuse(`${memory} MiB of memory: expected at most ${MAX_MEMORY}`);
	if (kernel.length > INITRD_ADDRESS - KERNEL_ADDRESS)
		throw refuse(`a kernel of ${mib(kernel.length)} MiB is too long`);
	const needed = mib(INITRD_ADDRESS - RAM_BASE + initrd.length);
	if (memory < needed)
		throw refuse(
			`${memory} MiB of memory: kernel and initramfs need ${needed} MiB`,
		);
}

function mib(bytes: number): number {
	return Math.ceil(bytes / MIB);
}

type Plan = Pick<
	GuestState,
	"conduit" | "cpus" | "protocols" | "completionSpi"
>;

interface Parts {
	plan: Plan;
	engine: Engine;
	calls: CallService;
	journal: Journal;
	instances: readonly GuestInstance[];
	fastChannels: FastChannelPoller;
}

/** The engine for a guest and its call service; with the state of a journal where the folder has one. */
function assemble(
	files: GuestFiles,
	options: Pick<GuestOptions, "onCall">,
	plan: Plan,
): Parts {
	const { conduit, cpus, protocols, completionSpi } = plan;
	const instances = guestInstances(conduit, REGION_BASE, protocols);
	const memory = { address: REGION_BASE, size: AREAS_SIZE };
	const platform = guestPlatform(IMX8MM, {
		conduit,
		cpus,
		protocols,
		instances,
		memory,
		fastChannels: FAST_CHANNELS,
	});
	const engine = new Engine(engineModule(), platform);
	const fastChannels = new FastChannelPoller(files.ram, engine);
	const before = readJournal(files.folder, engine.memoryEnd);
	if (before !== undefined) new Uint8Array(engine.buffer).set(before.memory);
	const service = {
		ram: files.ram,
		firmware: engine,
		conduit,
		instances,
		completionSpi: completionSpi ?? undefined,
		...(options.onCall === undefined ? {} : { onCall: options.onCall }),
	};
	if (before !== undefined) {
		const again = new CallService(service);
		for (const call of before.calls) again.replay(call);
		const journal = new Journal(files.folder, engine, before.number);
		const calls = new CallService({ ...service, journal });
		calls.servePending(before.calls.at(-1));
		return { plan, engine, calls, journal, instances, fastChannels };
	}
	const journal = new Journal(files.folder, engine);
	const calls = new CallService({ ...service, journal });
	return { plan, engine, calls, journal, instances, fastChannels };
}

function tellSuccessor(files: GuestFiles, qemu: number, plan: Plan): void {
	files.watch(qemu);
	const { conduit, cpus, protocols, completionSpi } = plan;
	files.tell({
		host: process.pid,
		qemu,
		watchdog: files.watchdog,
		conduit,
		cpus,
		protocols,
		completionSpi,
	});
}

/** QEMU's own tree with our nodes, for -dtb. */
function writeTree(
	files: GuestFiles,
	options: GuestOptions,
	{ engine, plan, instances }: Parts,
): void {
	const tree = readFdt(new Uint8Array(readFileSync(files.path("board"))));
	const words = ["console=ttyAMA0", "panic=-1", options.append ?? ""];
	prepareGuestTree(tree, {
		platform: engine.platform,
		conduit: plan.conduit,
		instances,
		reserved: { address: REGION_BASE, size: REGION_SIZE },
		completionSpi: plan.completionSpi ?? undefined,
		bootargs: words.join(" ").trim(),
		initrd: { address: INITRD_ADDRESS, size: options.initrd.length },
	});
	files.write("tree", writeFdt(tree));
}

/** The channel's status word is 1, free, before an agent looks at it. */
function freeAreas(
	files: GuestFiles,
	instances: readonly GuestInstance[],
): void {
	const free = Buffer.from([1, 0, 0, 0]);
	for (const { address } of instances)
		writeSync(files.ram, free, 0, 4, address - RAM_BASE + SMT_STATUS);
}

/** How a QEMU that we started ends. */
function ownEnd(qemu: ChildProcess, program: string): Promise<QemuEnd> {
	let stderr = "";
	qemu.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr = (stderr + text).slice(-MAX_ERROR_TEXT);
	});
	return new Promise((resolve, reject) => {
		qemu.once("error", (error) => reject(refused(program, error, stderr)));
		qemu.once("close", (status, signal) => {
			if (status === 0 || status === null) resolve({ status, signal });
			else reject(refused(program, new Error(`exit status ${status}`), stderr));
		});
	});
}

/** A QEMU that another process started: all that can be seen is that it is gone. */
async function foreignEnd(pid: number): Promise<QemuEnd> {
	while (isAlive(pid)) {
		await new Promise((resolve) => setTimeout(resolve, POLL_MS));
	}
	return { status: null, signal: null };
}

/** Waits for QEMU's end and removes everything. */
async function finish(
	end: Promise<QemuEnd>,
	files: GuestFiles,
	links: Links,
	{ calls, journal, fastChannels }: Parts,
): Promise<GuestEnd> {
	const start = performance.now();
	fastChannels.start();
	try {
		const { status, signal } = await end;
		await links.drained();
		if (calls.fault !== undefined) throw faulted(calls.fault);
		return { status, signal, wallMs: performance.now() - start };
	} finally {
		fastChannels.stop();
		files.qemuEnded();
		links.close();
		journal.close();
		files.remove();
	}
}

function faulted({ cpu, esr, elr }: GuestFault): CosimError {
	const at = `ESR 0x${esr.toString(16)}, ELR 0x${elr.toString(16)}`;
	return new CosimError(
		"GUEST",
		`CPU ${cpu} took an exception in the firmware: ${at}`,
	);
}
