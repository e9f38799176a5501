// The server: listens on Unix sockets, TCP and WebSockets, and gives every connection to the same code.
// RFC 6455 for WebSockets, whose binary messages are chunks of the same stream of bytes.

import { createHash, timingSafeEqual } from "node:crypto";
import { chmodSync, lstatSync, rmSync } from "node:fs";
import {
	createServer as createHttpServer,
	type Server as HttpServer,
} from "node:http";
import { type AddressInfo, connect, createServer, type Server } from "node:net";
import type { Duplex } from "node:stream";
import { createWebSocketStream, WebSocketServer } from "ws";
import { CosimError } from "../../errors.ts";
import type { Firmware } from "../../firmware.ts";
import {
	addressText,
	isLocal,
	isLoopback,
	type ListenAddress,
	parseAddress,
} from "./address.ts";
import { serveConnection } from "./connection.ts";
import { frame } from "./frames.ts";
import { Hello, MAX_FRAME, Push, ServeError } from "./protocol.ts";
import { Simulations } from "./simulations.ts";

const KEEP_ALIVE_MS = 30_000;
const MAX_TOKEN = Hello.SIZE - Hello.TOKEN;

export interface ServeOptions {
	/** Where to listen: `unix:PATH`, `tcp:HOST:PORT` or `ws:HOST:PORT`; port 0 lets the system choose. */
	listen: readonly string[];
	/** Makes the firmware of a simulation. */
	createFirmware: () => Firmware;
	/** What HELLO must bring, 1 to 64 bytes; must be there for addresses that other machines reach. */
	token?: string;
	/** Connections at a time, 10,000 when left out. */
	connections?: number;
	/** Simulations at a time, 64 when left out. */
	simulations?: number;
	/** ms that a connection has for its first frame, 10,000 when left out. */
	helloMs?: number;
}

/** A running server. */
export interface ScmiServer {
	/** Where it listens, with the ports that the system has chosen. */
	readonly addresses: readonly string[];
	/** Connections that are open now. */
	readonly connections: number;
	/** Ends every connection and removes its sockets. */
	close(): Promise<void>;
}

/**
 * Starts a server.
 * @throws CosimError USAGE for an address that is none, one that other machines reach without a token, or one that cannot
 *   be listened on
 */
export async function serve(options: ServeOptions): Promise<ScmiServer> {
	const { token } = options;
	const addresses = options.listen.map(parseAddress);
	if (addresses.length === 0)
		throw new CosimError("USAGE", "listen: expected an address at least");
	if (token !== undefined) checkToken(token);
	const open = addresses.find((address) => !isLocal(address));
	if (open !== undefined && token === undefined) {
		throw new CosimError(
			"USAGE",
			`${addressText(open)}: expected a token for an address that other machines reach`,
		);
	}
	const server = new RunningServer(options);
	try {
		for (const address of addresses) await server.listen(address);
	} catch (error) {
		await server.close();
		throw error;
	}
	return server;
}

function checkToken(token: string): void {
	const length = Buffer.byteLength(token);
	if (length >= 1 && length <= MAX_TOKEN && !token.includes("\0")) return;
	throw new CosimError(
		"USAGE",
		`token of ${length} bytes: expected 1 to ${MAX_TOKEN}, none of them zero`,
	);
}

class RunningServer implements ScmiServer {
	readonly addresses: string[] = [];
	readonly #options: ServeOptions;
	readonly #simulations: Simulations;
	readonly #streams = new Set<Duplex>();
	readonly #servers: (Server | HttpServer)[] = [];
	readonly #served = new Set<Promise<void>>();
	readonly #digest: Buffer | undefined;

	constructor(options: ServeOptions) {
		this.#options = options;
		const { createFirmware, simulations = 64, token } = options;
		this.#simulations = new Simulations(createFirmware, simulations);
		this.#digest = token === undefined ? undefined : digest(token);
	}

	get connections(): number {
		return this.#streams.size;
	}

	async listen(address: ListenAddress): Promise<void> {
		if (address.kind === "unix") await removeStale(address.path);
		const server =
			address.kind === "ws" ? this.#webSocketServer() : this.#streamServer();
		await listening(server, address);
		this.#servers.push(server);
		if (address.kind === "unix") chmodSync(address.path, 0o600);
		const bound = server.address();
		this.addresses.push(
			addressText(
				address.kind === "unix"
					? address
					: { ...address, port: (bound as AddressInfo).port },
			),
		);
	}

	#streamServer(): Server {
		// Answers to what came before the other side's end still go out.
		const server = createServer({ allowHalfOpen: true }, (socket) => {
			socket.setNoDelay(true);
			socket.setKeepAlive(true, KEEP_ALIVE_MS);
			this.#accept(socket);
		});
		return server;
	}

	#webSocketServer(): HttpServer {
		const http = createHttpServer((_, response) => {
			response.writeHead(426, { "Content-Type": "text/plain" });
			response.end("expected a WebSocket\n");
		});
		const sockets = new WebSocketServer({
			server: http,
			maxPayload: MAX_FRAME,
			perMessageDeflate: false,
			verifyClient: ({ origin }: { origin?: string }) =>
				this.#digest !== undefined || isLocalPage(origin),
		});
		sockets.on("error", () => {});
		sockets.on("connection", (socket) => {
			socket.binaryType = "nodebuffer";
			this.#accept(createWebSocketStream(socket));
		});
		return http;
	}

	#accept(stream: Duplex): void {
		const { connections = 10_000, helloMs = 10_000 } = this.#options;
		if (this.#streams.size >= connections) {
			const text = new TextEncoder().encode(
				`more than ${connections} connections`,
			);
			const code = new Uint8Array([ServeError.LIMIT, 0, 0, 0]);
			stream.on("error", () => {});
			stream.end(frame(Push.ERROR, 0, Buffer.concat([code, text])), () =>
				stream.destroy(),
			);
			return;
		}
		this.#streams.add(stream);
		const served = serveConnection(stream, {
			simulations: this.#simulations,
			authorized: (token) => this.#authorized(token),
			helloMs,
		}).finally(() => {
			this.#streams.delete(stream);
			this.#served.delete(served);
		});
		this.#served.add(served);
	}

	#authorized(token: string): boolean {
		return (
			this.#digest === undefined || timingSafeEqual(this.#digest, digest(token))
		);
	}

	async close(): Promise<void> {
		const closed = this.#servers.map(
			(server) => new Promise((resolve) => server.close(resolve)),
		);
		for (const stream of this.#streams) stream.destroy();
		await Promise.all(this.#served);
		for (const server of this.#servers)
			if ("closeAllConnections" in server) server.closeAllConnections();
		await Promise.all(closed);
	}
}

function digest(token: string): Buffer {
	return createHash("sha256").update(token).digest();
}

/** Pages of foreign sites must not reach the loopback through their visitor's browser; programs send no origin. */
function isLocalPage(origin: string | undefined): boolean {
	if (origin === undefined) return true;
	try {
		return isLoopback(new URL(origin).hostname);
	} catch {
		return false;
	}
}

function listening(
	server: Server | HttpServer,
	address: ListenAddress,
): Promise<void> {
	return new Promise((resolve, reject) => {
		server.once("error", (cause: NodeJS.ErrnoException) => {
			reject(
				new CosimError(
					"USAGE",
					`${addressText(address)}: cannot be listened on: ${cause.code ?? cause.message}`,
					{ cause },
				),
			);
		});
		const { kind, ...where } = address;
		server.listen(where, () => resolve());
	});
}

/** Removes a socket that nobody listens on any more. Whatever else lies there stays, and listening fails. */
async function removeStale(path: string): Promise<void> {
	if (!lstatSync(path, { throwIfNoEntry: false })?.isSocket()) return;
	const dead = await new Promise<boolean>((resolve) => {
		const probe = connect(path);
		probe.on("connect", () => {
			probe.destroy();
			resolve(false);
		});
		probe.on("error", (error: NodeJS.ErrnoException) =>
			resolve(error.code === "ECONNREFUSED"),
		);
	});
	if (dead) rmSync(path);
}
