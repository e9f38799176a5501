// Runs a firmware stub in QEMU with a guest that does as it is told, and a host of a few lines.
// Follows guest-layout.ts (slots, doorbell) and stub-guest.S (blocks of the guest's CPUs).

import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
	closeSync,
	ftruncateSync,
	mkdtempSync,
	openSync,
	readFileSync,
	readSync,
	rmSync,
	writeFileSync,
	writeSync,
} from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import {
	QEMU,
	reconnectOption,
	versionOf,
} from "../../host/bridge/qemu/command.ts";
import {
	KERNEL_ADDRESS,
	RAM_BASE,
	SLOT_CPU,
	SLOT_ELR,
	SLOT_ESR,
	SLOT_FAULT,
	SLOT_FREQUENCY,
	SLOT_PENDING,
	SLOT_SIZE,
	SLOT_SPI,
	SLOT_SPSR,
	SLOT_TICKS,
	SLOTS,
} from "../../host/bridge/qemu/guest-layout.ts";

const RAM_MIB = 64;
const BLOCKS = 0x4030_0000;
const BLOCK_SIZE = 0x1000;
const REGISTERS = 18;
/** Byte offsets in a block. */
const STARTS = 0x4;
const CONTEXT = 0x8;
const LEVEL = 0x10;
const COUNT = 0x18;
const ERRORS = 0x20;
const DONE = 0x28;
const IN = 0x40;
const OUT = 0x100;

/** ms that anything may take on a busy machine. */
const PATIENCE = 30_000;
/** /proc/PID/stat counts in these, ms. */
const CPU_TICK = 10;

/** What a CPU of the guest can be told, as numbered in stub-guest.S. */
export const OPERATIONS = {
	smc: 1,
	hvc: 2,
	/** SMC with another immediate than 0. */
	smcOther: 3,
	read32: 4,
	write32: 5,
	smcBurst: 6,
	hvcBurst: 7,
	aarch32: 8,
	gicRegisters: 9,
} as const;

export type Operation = keyof typeof OPERATIONS;

/** A slot as the host finds it. */
export interface SlotState {
	registers: bigint[];
	esr: bigint;
	elr: bigint;
	spsr: bigint;
	cpu: number;
	fault: number;
	ticks: number;
	pending: number;
	frequency: number;
}

export interface Answer {
	/** x0 onwards, at most x3. */
	registers: readonly bigint[];
	spi?: number;
}

/** Serves a call; undefined leaves it pending, for answer() later. */
export type Handler = (slot: SlotState) => Answer | undefined;

export interface MachineOptions {
	el: 2 | 3;
	gic: 2 | 3;
	cpus: number;
	cpu?: string;
	/** EL2 for the guest of the EL3 stub. */
	virtualization?: boolean;
	stub: Uint8Array;
	/** Whether QEMU starts again after a reset, instead of ending. */
	reboot?: boolean;
}

/** Assembles source to a flat binary with Debian's binutils. */
export function assemble(source: string, options: string[] = []): Buffer {
	const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-as-"));
	const run = (tool: string, args: string[]) => {
		const done = spawnSync(`aarch64-linux-gnu-${tool}`, args, { cwd: folder });
		if (done.error !== undefined)
			throw new Error(
				`aarch64-linux-gnu-${tool} cannot be run (${done.error.message}): install Debian's package binutils-aarch64-linux-gnu`,
			);
		if (done.status !== 0) throw new Error(`${tool}: ${done.stderr}`);
	};
	try {
		run("as", [...options, "-o", "x.o", source]);
		run("ld", ["-Ttext=0", "-e", "0", "-o", "x.elf", "x.o"]);
		run("objcopy", ["-O", "binary", "x.elf", "x.bin"]);
		return readFileSync(join(folder, "x.bin"));
	} finally {
		rmSync(folder, { recursive: true, force: true });
	}
}

/** Polls until a condition holds. */
export async function until(
	what: string,
	condition: () => boolean | Promise<boolean>,
): Promise<void> {
	const end = Date.now() + PATIENCE;
	while (!(await condition())) {
		if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
		await sleep(1);
	}
}

let guest: Buffer | undefined;

export class Machine {
	/** Calls that reached the host, in their order; one that waits for its answer may come twice. */
	readonly calls: SlotState[] = [];
	/** Doorbells that the host heard, also those of calls that were answered already. */
	rings = 0;
	/** What the host does with a call. */
	handler: Handler = ({ registers, cpu }) => ({
		registers: [3n * (registers[1] as bigint) + BigInt(cpu)],
	});
	/** Resolves with the exit code when QEMU has ended. */
	readonly ended: Promise<number | null>;

	readonly #folder: string;
	readonly #ram: number;
	readonly #server: Server;
	readonly #qemu: ChildProcess;
	#socket: Socket | undefined;
	#stderr = "";
	#running = true;

	private constructor(
		folder: string,
		ram: number,
		server: Server,
		qemu: readonly string[],
	) {
		this.#folder = folder;
		this.#ram = ram;
		this.#server = server;
		server.on("connection", (socket) => {
			this.#socket = socket;
			socket.on("error", () => {});
			socket.on("data", (cpus) => {
				for (const cpu of cpus) this.#serve(cpu);
			});
			// What was rung before is lost.
			this.ring();
		});
		this.#qemu = spawn(QEMU, qemu);
		this.#qemu.stderr?.on("data", (text) => {
			this.#stderr += text;
		});
		this.ended = new Promise((resolve, reject) => {
			this.#qemu.on("error", (error) => {
				this.#running = false;
				reject(error);
			});
			this.#qemu.on("exit", (code) => {
				this.#running = false;
				resolve(code);
			});
		});
	}

	/** Starts QEMU and waits until CPU 0 runs the guest. */
	static async start(options: MachineOptions): Promise<Machine> {
		const reconnect = reconnectOption(await versionOf(QEMU));
		const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-stub-test-"));
		writeFileSync(join(folder, "stub"), options.stub);
		const ram = openSync(join(folder, "ram"), "w+");
		ftruncateSync(ram, RAM_MIB << 20);
		guest ??= assemble(fileURLToPath(new URL("stub-guest.S", import.meta.url)));
		writeSync(ram, guest, 0, guest.length, KERNEL_ADDRESS - RAM_BASE);
		const server = createServer();
		await new Promise<void>((resolve) =>
			server.listen(join(folder, "doorbell"), resolve),
		);
		const machine = new Machine(
			folder,
			ram,
			server,
			qemuArguments(folder, options, reconnect),
		);
		try {
			await Promise.race([
				until("CPU 0 to start", () => {
					if (!machine.#running) throw new Error(machine.#stderr);
					return machine.starts(0) === 1;
				}),
				machine.ended,
			]);
			return machine;
		} catch (error) {
			await machine.stop();
			throw error;
		}
	}

	/** Ends QEMU and removes its files. */
	async stop(): Promise<void> {
		if (this.#running) this.#qemu.kill("SIGKILL");
		await this.ended.catch(() => {});
		this.#server.close();
		closeSync(this.#ram);
		rmSync(this.#folder, { recursive: true, force: true });
	}

	read32(address: number): number {
		return this.#bytes(address, 4).readUInt32LE();
	}

	read64(address: number): bigint {
		return this.#bytes(address, 8).readBigUInt64LE();
	}

	write32(address: number, value: number): void {
		const bytes = Buffer.alloc(4);
		bytes.writeUInt32LE(value);
		this.#write(address, bytes);
	}

	/** How often a CPU of the guest has started. */
	starts(cpu: number): number {
		return this.read32(block(cpu) + STARTS);
	}
	/** x0 at its last start. */
	context(cpu: number): bigint {
		return this.read64(block(cpu) + CONTEXT);
	}
	/** Exception level at its last start. */
	level(cpu: number): number {
		return this.read32(block(cpu) + LEVEL);
	}
	/** Calls of its last burst that came back wrong. */
	errors(cpu: number): number {
		return this.read32(block(cpu) + ERRORS);
	}
	/** Calls of its burst that came back. */
	done(cpu: number): number {
		return this.read32(block(cpu) + DONE);
	}
	isBusy(cpu: number): boolean {
		return this.read32(block(cpu)) !== 0;
	}

	/** Tells a CPU to do something with x0..x17, without waiting. */
	tell(
		cpu: number,
		operation: Operation,
		registers: readonly bigint[] = [],
		count = 0,
	): void {
		const bytes = Buffer.alloc(REGISTERS * 8);
		registers.forEach((value, i) => {
			bytes.writeBigUInt64LE(BigInt.asUintN(64, value), i * 8);
		});
		this.#write(block(cpu) + IN, bytes);
		this.write32(block(cpu) + COUNT, count);
		this.write32(block(cpu) + ERRORS, 0);
		this.write32(block(cpu) + DONE, 0);
		this.write32(block(cpu), OPERATIONS[operation]);
	}

	/** Waits for what a CPU was told; x0..x17 afterwards, signed. */
	async told(cpu: number): Promise<bigint[]> {
		await until(`CPU ${cpu} to be done`, () => !this.isBusy(cpu));
		const bytes = this.#bytes(block(cpu) + OUT, REGISTERS * 8);
		return Array.from({ length: REGISTERS }, (_, i) =>
			bytes.readBigInt64LE(i * 8),
		);
	}

	/** Tells a CPU to do something and waits. */
	async do(
		cpu: number,
		operation: Operation,
		...registers: bigint[]
	): Promise<bigint[]> {
		this.tell(cpu, operation, registers);
		return this.told(cpu);
	}

	slot(cpu: number): SlotState {
		const bytes = this.#bytes(SLOTS + cpu * SLOT_SIZE, SLOT_SIZE);
		return {
			registers: Array.from({ length: REGISTERS }, (_, i) =>
				bytes.readBigUInt64LE(i * 8),
			),
			esr: bytes.readBigUInt64LE(SLOT_ESR),
			elr: bytes.readBigUInt64LE(SLOT_ELR),
			spsr: bytes.readBigUInt64LE(SLOT_SPSR),
			cpu: bytes.readUInt32LE(SLOT_CPU),
			fault: bytes.readUInt32LE(SLOT_FAULT),
			ticks: bytes.readUInt32LE(SLOT_TICKS),
			pending: bytes.readUInt32LE(SLOT_PENDING),
			frequency: bytes.readUInt32LE(SLOT_FREQUENCY),
		};
	}

	/** Writes an answer into a CPU's slot and rings, unless told not to. */
	answer(cpu: number, { registers, spi = 0 }: Answer, ring = true): void {
		const at = SLOTS + cpu * SLOT_SIZE;
		const bytes = Buffer.alloc(registers.length * 8);
		registers.forEach((value, i) => {
			bytes.writeBigUInt64LE(BigInt.asUintN(64, value), i * 8);
		});
		this.#write(at, bytes);
		this.write32(at + SLOT_SPI, spi);
		this.write32(at + SLOT_PENDING, 0);
		if (ring) this.ring();
	}

	/** The byte that makes the firmware look. */
	ring(): void {
		this.#socket?.write("!");
	}

	/** Drops the connection, as a host does that dies. */
	hangUp(): void {
		this.#socket?.destroy();
		this.#socket = undefined;
	}

	get isConnected(): boolean {
		return this.#socket !== undefined;
	}

	/** Share of one host CPU that QEMU takes, over some ms. */
	async load(ms: number): Promise<number> {
		const used = () => {
			const stat = readFileSync(`/proc/${this.#qemu.pid}/stat`, "latin1");
			// The fields after the program's name in parentheses; user and system time.
			const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
			return (Number(fields[11]) + Number(fields[12])) * CPU_TICK;
		};
		const start = { at: performance.now(), used: used() };
		await sleep(ms);
		return (used() - start.used) / (performance.now() - start.at);
	}

	#serve(cpu: number): void {
		const slot = this.slot(cpu);
		this.rings++;
		if (slot.pending === 0) return;
		this.calls.push(slot);
		const answer = this.handler(slot);
		if (answer !== undefined) this.answer(cpu, answer);
	}

	#bytes(address: number, size: number): Buffer {
		const bytes = Buffer.alloc(size);
		readSync(this.#ram, bytes, 0, size, address - RAM_BASE);
		return bytes;
	}

	#write(address: number, bytes: Uint8Array): void {
		writeSync(this.#ram, bytes, 0, bytes.length, address - RAM_BASE);
	}
}

function block(cpu: number): number {
	return BLOCKS + cpu * BLOCK_SIZE;
}

function qemuArguments(
	folder: string,
	options: MachineOptions,
	reconnect: string,
): string[] {
	const { el, gic, cpus, cpu = "cortex-a72", virtualization = true } = options;
	const machine = [
		`virt,acpi=off,gic-version=${gic},memory-backend=ram`,
		`virtualization=${virtualization ? "on" : "off"}`,
		...(el === 3 ? ["secure=on"] : []),
	];
	const doorbell =
		el === 3
			? ["-serial", "null", "-serial", "chardev:doorbell"]
			: ["-semihosting-config", "enable=on,target=native,chardev=doorbell"];
	const ram = `memory-backend-file,id=ram,size=${RAM_MIB}M,mem-path=${join(folder, "ram")},share=on`;
	return [
		...["-machine", machine.join(",")],
		...["-object", ram, "-m", `${RAM_MIB}`],
		...["-cpu", cpu, "-smp", `${cpus}`],
		...["-nodefaults", "-display", "none"],
		...(options.reboot === true ? [] : ["-no-reboot"]),
		...["-bios", join(folder, "stub")],
		"-chardev",
		`socket,id=doorbell,path=${join(folder, "doorbell")},${reconnect}`,
		...doorbell,
	];
}
