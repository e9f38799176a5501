// Addresses to listen on: unix:PATH, tcp:HOST:PORT, ws:HOST:PORT.
// Hosts as in URLs: names, IPv4, IPv6 in brackets; port 0 lets the system choose.

import { BlockList, isIP } from "node:net";
import { CosimError } from "../../errors.ts";

export type ListenAddress =
	| { kind: "unix"; path: string }
	| { kind: "tcp" | "ws"; host: string; port: number };

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** @throws CosimError USAGE */
export function parseAddress(text: string): ListenAddress {
	const unix = /^unix:(.+)$/.exec(text);
	if (unix) return { kind: "unix", path: unix[1] as string };
	const [, kind, bracketed, plain, port] =
		/^(tcp|ws):(?:\[([0-9a-fA-F:.%]+)\]|([^:[\]]+)):(\d{1,5})$/.exec(text) ??
		[];
	if (kind === undefined || Number(port) > 0xffff) {
		throw new CosimError(
			"USAGE",
			`address "${text}": expected unix:PATH, tcp:HOST:PORT or ws:HOST:PORT`,
		);
	}
	return {
		kind: kind as "tcp" | "ws",
		host: (bracketed ?? plain) as string,
		port: Number(port),
	};
}

/** The same as text. */
export function addressText(address: ListenAddress): string {
	if (address.kind === "unix") return `unix:${address.path}`;
	const { kind, host, port } = address;
	return `${kind}:${isIP(host) === 6 ? `[${host}]` : host}:${port}`;
}

/** Whether only this machine reaches it. */
export function isLocal(address: ListenAddress): boolean {
	return address.kind === "unix" || isLoopback(address.host);
}

/** Whether a host of an address or a URL is this machine's loopback. */
export function isLoopback(host: string): boolean {
	const bare = host.replace(/^\[|\]$/g, "");
	if (bare === "localhost") return true;
	const family = isIP(bare);
	return family !== 0 && LOOPBACK.check(bare, family === 6 ? "ipv6" : "ipv4");
}
