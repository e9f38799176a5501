// The files of a running guest: one folder with RAM, sockets and images, gone when the guest is, whatever happens to us.
// RAM lies in shared memory where there is some: QEMU maps the file, we read and write it.

import { type ChildProcess, spawn } from "node:child_process";
import {
	closeSync,
	existsSync,
	ftruncateSync,
	mkdtempSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Method } from "../../mailbox/conduit.ts";
import type { ProtocolVersions } from "../../platform/platform.ts";

/** Seconds that QEMU and its files outlive a host that was killed, for another one to take over. */
export const GRACE_SECONDS = 30;

const PREFIX = "scmi-cosim-guest-";
const STATE = "state";

/** What a successor has to know of a guest. */
export interface GuestState {
	/** Process IDs. */
	host: number;
	qemu: number;
	watchdog: number;
	conduit: Method;
	cpus: number;
	protocols: ProtocolVersions;
	completionSpi: number | null;
}

/** A guest whose host is gone. */
export interface Orphan {
	folder: string;
	state: GuestState;
}

/** The guests of this machine whose hosts are gone. */
export function orphans(): Orphan[] {
	return parents()
		.flatMap((parent) =>
			readdirSync(parent)
				.filter((name) => name.startsWith(PREFIX))
				.map((name) => join(parent, name)),
		)
		.filter((folder) => existsSync(join(folder, STATE)))
		.map((folder) => ({
			folder,
			state: JSON.parse(readFileSync(join(folder, STATE), "utf8")),
		}))
		.filter(({ state }) => !isAlive(state.host) && isAlive(state.qemu));
}

/** Shared memory where there is some. */
function parents(): string[] {
	return ["/dev/shm", tmpdir()].filter((folder) => existsSync(folder));
}

/** Whether a process still runs; one that has ended and waits for its parent to notice does not. */
export function isAlive(pid: number): boolean {
	try {
		process.kill(pid, 0);
		const state = /\) (\w)/.exec(readFileSync(`/proc/${pid}/stat`, "latin1"));
		return state?.[1] !== "Z";
	} catch {
		return false;
	}
}

function kill(pid: number): void {
	try {
		process.kill(pid, "SIGKILL");
	} catch {
		// It has ended by itself.
	}
}

export class GuestFiles {
	readonly folder: string;
	/** File descriptor of the guest's RAM. */
	readonly ram: number;
	readonly #exit = () => this.remove();
	#watchdog: ChildProcess | undefined;
	#removed = false;
	#qemu: number | undefined;

	private constructor(folder: string, ram: number) {
		this.folder = folder;
		this.ram = ram;
		process.once("exit", this.#exit);
	}

	/** @param ramBytes size of the guest's RAM */
	static create(ramBytes: number): GuestFiles {
		const folder = mkdtempSync(join(parents()[0] as string, PREFIX));
		const ram = openSync(join(folder, "ram"), "w+");
		ftruncateSync(ram, ramBytes);
		return new GuestFiles(folder, ram);
	}

	/** Takes over the folder of a guest whose host is gone. */
	static takeOver(folder: string, { watchdog }: GuestState): GuestFiles {
		const files = new GuestFiles(folder, openSync(join(folder, "ram"), "r+"));
		kill(-watchdog);
		return files;
	}

	path(name: string): string {
		return join(this.folder, name);
	}

	write(name: string, bytes: Uint8Array): string {
		writeFileSync(this.path(name), bytes);
		return this.path(name);
	}

	/**
	 * Ties QEMU's life to ours: a process of its own notices when we are gone without having said goodbye, waits for
	 * GRACE_SECONDS, then ends QEMU and removes the folder.
	 */
	watch(qemu: number): void {
		this.#qemu = qemu;
		const script = `read -r goodbye || { sleep ${GRACE_SECONDS}; kill -9 ${qemu}; rm -rf "$0"; }`;
		this.#watchdog = spawn("sh", ["-c", script, this.folder], {
			detached: true,
			stdio: ["pipe", "ignore", "ignore"],
		});
		this.#watchdog.stdin?.on("error", () => {});
		this.#watchdog.on("error", () => {});
		this.#watchdog.unref();
	}

	/** The watchdog's process ID. */
	get watchdog(): number {
		return this.#watchdog?.pid ?? 0;
	}

	/** Tells a successor what it needs to take over. */
	tell(state: GuestState): void {
		writeFileSync(this.path("state.partial"), JSON.stringify(state));
		renameSync(this.path("state.partial"), this.path(STATE));
	}

	/** Ends QEMU if it still runs, and removes everything. May be called more than once. */
	remove(): void {
		if (this.#removed) return;
		this.#removed = true;
		process.removeListener("exit", this.#exit);
		this.endQemu();
		closeSync(this.ram);
		rmSync(this.folder, { recursive: true, force: true });
		this.#watchdog?.stdin?.end("goodbye\n");
	}

	/** Ends QEMU at once. */
	endQemu(): void {
		if (this.#qemu !== undefined) kill(this.#qemu);
	}

	/** QEMU has ended: its process ID may be another's by now. */
	qemuEnded(): void {
		this.#qemu = undefined;
	}
}
