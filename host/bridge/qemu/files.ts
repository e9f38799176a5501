// The files of a running guest: one folder with RAM, sockets and images, gone when the guest is, whatever happens to us.
// RAM lies in shared memory where there is some: QEMU maps the file, we read and write it.

import { type ChildProcess, spawn } from "node:child_process";
import {
	closeSync,
	existsSync,
	ftruncateSync,
	mkdtempSync,
	openSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Seconds that QEMU and its files outlive a host that was killed, for another one to take over. */
export const GRACE_SECONDS = 30;

export class GuestFiles {
	readonly folder: string;
	/** File descriptor of the guest's RAM. */
	readonly ram: number;
	readonly #exit = () => this.remove();
	#watchdog: ChildProcess | undefined;
	#removed = false;
	#qemu: number | undefined;

	/** @param ramBytes size of the guest's RAM */
	constructor(ramBytes: number) {
		const parent = existsSync("/dev/shm") ? "/dev/shm" : tmpdir();
		this.folder = mkdtempSync(join(parent, "scmi-cosim-"));
		this.ram = openSync(this.path("ram"), "w+");
		ftruncateSync(this.ram, ramBytes);
		process.once("exit", this.#exit);
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

	/** Ends QEMU if it still runs, and removes everything. May be called more than once. */
	remove(): void {
		if (this.#removed) return;
		this.#removed = true;
		process.removeListener("exit", this.#exit);
		if (this.#qemu !== undefined) {
			try {
				process.kill(this.#qemu, "SIGKILL");
			} catch {
				// It has ended by itself.
			}
		}
		closeSync(this.ram);
		rmSync(this.folder, { recursive: true, force: true });
		this.#watchdog?.stdin?.end("goodbye\n");
	}

	/** QEMU has ended: its process ID may be another's by now. */
	qemuEnded(): void {
		this.#qemu = undefined;
	}
}
