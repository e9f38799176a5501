// The sockets between QEMU and us: the stub's doorbell and the guest's console.
// QEMU connects, and connects again when we were replaced.

import { rmSync } from "node:fs";
import { createServer, type Server, type Socket } from "node:net";
import type { CallService } from "./calls.ts";
import type { GuestFiles } from "./files.ts";

/** Any byte answers a call. */
const ANSWER = Uint8Array.of(1);
/** ms for the console's last bytes after QEMU's end. */
const DRAIN_MS = 200;

export class Links {
	readonly #doorbell: Server;
	readonly #console: Server;
	#consoleSocket: Socket | undefined;

	private constructor(
		files: GuestFiles,
		calls: CallService,
		options: { onConsole?: (text: string) => void },
	) {
		this.#doorbell = createServer((socket) => {
			socket.setNoDelay(true);
			socket.on("error", () => {});
			// Answers are lost while QEMU is not connected, and so are doorbells: for this byte the stub rings again.
			calls.servePending();
			socket.write(ANSWER);
			socket.on("data", (cpus) => {
				for (const cpu of cpus) {
					// A byte that answers no call would make the stub ring twice for the next.
					if (calls.serve(cpu)) socket.write(ANSWER);
					if (calls.fault !== undefined) files.endQemu();
				}
			});
		});
		this.#console = createServer((socket) => {
			this.#consoleSocket = socket;
			socket.on("error", () => {});
			socket.setEncoding("latin1");
			socket.on("data", (text) => options.onConsole?.(text.toString()));
		});
	}

	/** Listens in the guest's folder. */
	static async open(
		files: GuestFiles,
		calls: CallService,
		options: { onConsole?: (text: string) => void },
	): Promise<Links> {
		const links = new Links(files, calls, options);
		await listen(links.#console, files.path("console"));
		await listen(links.#doorbell, files.path("doorbell"));
		return links;
	}

	/** Types on the console; nobody listens before QEMU has connected. */
	type(text: string | Uint8Array): void {
		this.#consoleSocket?.write(text);
	}

	/** Settles when the console's last bytes have come. */
	drained(): Promise<void> {
		const socket = this.#consoleSocket;
		if (socket === undefined || socket.closed) return Promise.resolve();
		return new Promise((resolve) => {
			const timer = setTimeout(resolve, DRAIN_MS);
			socket.once("close", () => {
				clearTimeout(timer);
				resolve();
			});
		});
	}

	close(): void {
		this.#doorbell.close();
		this.#console.close();
	}
}

/** A socket that a killed host has left is in the way. */
function listen(server: Server, path: string): Promise<void> {
	rmSync(path, { force: true });
	return new Promise((resolve, reject) => {
		server.once("error", reject);
		server.listen(path, resolve);
	});
}
