// A Linux guest in stock QEMU on the engine: start it, serve its calls, show its console, end it.
// QEMU's virt board with our stub as its firmware; see stub.S for the guest's side of a call.

import { type ChildProcess, execFile, spawn } from "node:child_process";
import { readFileSync, writeSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
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
import { prepareGuestTree } from "./devicetree.ts";
import { GuestFiles } from "./files.ts";
import {
	AREAS_SIZE,
	INITRD_ADDRESS,
	KERNEL_ADDRESS,
	RAM_BASE,
	REGION_BASE,
	REGION_SIZE,
} from "./guest-layout.ts";
import {
	type GuestInstance,
	guestInstances,
	guestPlatform,
} from "./platform.ts";
import { STUB_EL2, STUB_EL3 } from "./stub-bytes.ts";

export interface GuestOptions {
	/** Raw arm64 kernel Image. */
	kernel: Uint8Array;
	/** Initramfs, cpio. */
	initrd: Uint8Array;
	/** Further words of the kernel's command line. */
	append?: string;
	conduit?: Method;
	/** 1 to 8. */
	cpus?: number;
	/** Guest RAM in MiB, 128 to 65536. */
	memory?: number;
	/** How the guest learns that a command is done: the trap's return, or an interrupt. */
	completion?: "return" | "interrupt";
	protocols?: ProtocolVersions;
	/** QEMU's -cpu. */
	cpu?: string;
	/** 2 or 3. */
	gic?: 2 | 3;
	/** Program to run instead of qemu-system-aarch64. */
	qemu?: string;
	onConsole?: (text: string) => void;
	onCall?: (call: GuestCall) => void;
}

export interface GuestEnd {
	/** QEMU's exit status, null when a signal ended it. */
	status: number | null;
	signal: NodeJS.Signals | null;
	/** ms from QEMU's start to its end. */
	wallMs: number;
}

const QEMU = "qemu-system-aarch64";
const MIB = 2 ** 20;
/** First SPI of the completion interrupts: none of the virt board's own. */
const COMPLETION_SPI = 100;
const MAX_ERROR_TEXT = 2000;
/** Offset of the channel status in an area (SCMI 3.2, 5.1.2). */
const SMT_STATUS = 4;
const ANSWER = Uint8Array.of(1);

/** A guest under way. `ended` settles when QEMU has ended and nothing of it is left. */
export class Guest {
	readonly engine: Engine;
	readonly calls: CallService;
	readonly ended: Promise<GuestEnd>;
	readonly #files: GuestFiles;
	readonly #qemu: ChildProcess;
	readonly #server: Server;

	private constructor(
		engine: Engine,
		calls: CallService,
		files: GuestFiles,
		qemu: ChildProcess,
		server: Server,
		ended: Promise<GuestEnd>,
	) {
		this.engine = engine;
		this.calls = calls;
		this.#files = files;
		this.#qemu = qemu;
		this.#server = server;
		this.ended = ended;
	}

	/**
	 * Starts a guest.
	 * @throws CosimError QEMU when QEMU is missing or refuses to start
	 */
	static async start(options: GuestOptions): Promise<Guest> {
		const { conduit = "smc", cpus = 1, memory = 512, gic = 3 } = options;
		const {
			qemu: program = QEMU,
			cpu = "cortex-a72",
			completion = "return",
		} = options;
		const instances = guestInstances(conduit, REGION_BASE);
		const platform = guestPlatform(IMX8MM, {
			conduit,
			cpus,
			protocols: options.protocols ?? VERSION_SETS["scmi-3.1"],
			instances,
			memory: { address: REGION_BASE, size: AREAS_SIZE },
		});
		const engine = new Engine(engineModule(), platform);
		const files = new GuestFiles(memory * MIB);
		try {
			const stub = files.write("stub", stubBytes(conduit));
			const secure = conduit === "smc" ? ",secure=on" : "";
			const machine = `virt,acpi=off,gic-version=${gic},virtualization=on${secure}`;
			const board = [
				"-cpu",
				cpu,
				"-smp",
				String(cpus),
				"-m",
				String(memory),
				"-bios",
				stub,
			];
			await dumpTree(program, [
				...board,
				"-machine",
				`${machine},dumpdtb=${files.path("board")}`,
			]);
			const completionSpi =
				completion === "interrupt" ? COMPLETION_SPI : undefined;
			const tree = readFdt(new Uint8Array(readFileSync(files.path("board"))));
			prepareGuestTree(tree, {
				platform,
				conduit,
				instances,
				reserved: { address: REGION_BASE, size: REGION_SIZE },
				completionSpi,
				bootargs: ["console=ttyAMA0", "panic=-1", options.append ?? ""]
					.join(" ")
					.trim(),
				initrd: { address: INITRD_ADDRESS, size: options.initrd.length },
			});
			const load = (name: string, bytes: Uint8Array, address: number) => [
				"-device",
				`loader,file=${files.write(name, bytes)},addr=0x${address.toString(16)},force-raw=on`,
			];
			const calls = new CallService({
				ram: files.ram,
				firmware: engine,
				conduit,
				instances,
				completionSpi,
				...(options.onCall === undefined ? {} : { onCall: options.onCall }),
			});
			freeAreas(files, instances);
			const doorbell =
				conduit === "smc"
					? ["-serial", "chardev:doorbell"]
					: ["-semihosting-config", "enable=on,target=native,chardev=doorbell"];
			const server = await listen(files.path("doorbell"), calls);
			const qemu = spawn(
				program,
				[
					...board,
					...["-machine", `${machine},memory-backend=ram`],
					...[
						"-object",
						`memory-backend-file,id=ram,size=${memory}M,mem-path=${files.path("ram")},share=on`,
					],
					...["-nodefaults", "-display", "none", "-no-reboot"],
					...load("kernel", options.kernel, KERNEL_ADDRESS),
					...load("initrd", options.initrd, INITRD_ADDRESS),
					...["-dtb", files.write("tree", writeFdt(tree))],
					...[
						"-chardev",
						`socket,id=doorbell,path=${files.path("doorbell")},reconnect=1`,
					],
					...["-serial", "stdio", ...doorbell],
				],
				{ stdio: ["pipe", "pipe", "pipe"] },
			);
			return new Guest(
				engine,
				calls,
				files,
				qemu,
				server,
				follow(qemu, files, server, calls, options),
			);
		} catch (error) {
			files.remove();
			throw error;
		}
	}

	/** QEMU's process ID. */
	get pid(): number | undefined {
		return this.#qemu.pid;
	}

	/** Types text on the guest's console. */
	type(text: string | Uint8Array): void {
		this.#qemu.stdin?.write(text);
	}

	/** Ends QEMU at once. `ended` settles afterwards. */
	stop(): void {
		this.#qemu.kill("SIGKILL");
		this.#server.close();
		this.#files.qemuEnded();
	}
}

/** The firmware below the guest: a secure monitor for SMC, a hypervisor for HVC. */
function stubBytes(conduit: Method): Uint8Array {
	return Buffer.from(conduit === "smc" ? STUB_EL3 : STUB_EL2, "base64");
}

/** Writes QEMU's own devicetree for a board into a file. */
function dumpTree(program: string, args: string[]): Promise<void> {
	return new Promise((resolve, reject) => {
		execFile(
			program,
			[...args, "-display", "none", "-nodefaults"],
			(error, _, stderr) => {
				if (error === null) resolve();
				else reject(refused(program, error, stderr));
			},
		);
	});
}

function refused(
	program: string,
	error: Error & { code?: unknown },
	stderr: string,
): CosimError {
	const why =
		error.code === "ENOENT"
			? "not found: install Debian's qemu-system-arm, or name another program"
			: stderr.trim().slice(0, MAX_ERROR_TEXT) || error.message;
	return new CosimError("QEMU", `${program}: ${why}`, { cause: error });
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

/** Listens for the stub's doorbell: one byte in, the CPU; one byte out when its call is served. */
function listen(path: string, calls: CallService): Promise<Server> {
	const server = createServer((socket: Socket) => {
		socket.setNoDelay(true);
		socket.on("error", () => {});
		socket.on("data", (cpus) => {
			for (const cpu of cpus) {
				if (!calls.serve(cpu)) server.emit("fault");
				socket.write(ANSWER);
			}
		});
	});
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(path, () => resolve(server));
	});
}

/** Passes the console on until QEMU has ended, then removes everything. */
function follow(
	qemu: ChildProcess,
	files: GuestFiles,
	server: Server,
	calls: CallService,
	options: GuestOptions,
): Promise<GuestEnd> {
	const start = performance.now();
	let stderr = "";
	if (qemu.pid !== undefined) files.watch(qemu.pid);
	qemu.stdin?.on("error", () => {});
	qemu.stdout
		?.setEncoding("latin1")
		.on("data", (text: string) => options.onConsole?.(text));
	qemu.stderr?.setEncoding("utf8").on("data", (text: string) => {
		stderr = (stderr + text).slice(-MAX_ERROR_TEXT);
	});
	server.on("fault", () => qemu.kill("SIGKILL"));
	return new Promise((resolve, reject) => {
		const finish = () => {
			files.qemuEnded();
			files.remove();
			server.close();
		};
		qemu.once("error", (error) => {
			finish();
			reject(refused(options.qemu ?? QEMU, error, stderr));
		});
		qemu.once("close", (status, signal) => {
			finish();
			const { fault } = calls;
			if (fault !== undefined) reject(faulted(fault));
			else if (status !== 0 && status !== null)
				reject(
					refused(
						options.qemu ?? QEMU,
						new Error(`exit status ${status}`),
						stderr,
					),
				);
			else resolve({ status, signal, wallMs: performance.now() - start });
		});
	});
}

function faulted({ cpu, esr, elr }: GuestFault): CosimError {
	const at = `ESR 0x${esr.toString(16)}, ELR 0x${elr.toString(16)}`;
	return new CosimError(
		"GUEST",
		`CPU ${cpu} took an exception in the firmware: ${at}`,
	);
}
