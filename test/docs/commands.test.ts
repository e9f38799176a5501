// The table of commands in docs/commands.md: made from the message tables, from what the engine says that it serves at
// each version, and from the tests that name the command. `npx vitest run test/docs -u` writes it anew.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { IMX8MM_DEVICES } from "../../host/platform/imx8mm/devices.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import {
	PROTOCOL_IDS,
	type ProtocolVersions,
} from "../../host/platform/platform.ts";
import type { Message } from "../../host/scmi/layout.ts";
import { type Protocol, protocols } from "../../host/scmi/messages.ts";
import { headerOf, Smt, SUCCESS, u32 } from "../support/smt.ts";

/** Versions of each protocol that a platform may choose, from the first on. */
const VERSIONS: Record<keyof ProtocolVersions, readonly number[]> = {
	base: [0x10000, 0x20000, 0x20001],
	powerDomain: [0x10000, 0x20000, 0x30000, 0x30001],
	systemPower: [0x10000, 0x20000, 0x20001],
	performance: [0x10000, 0x20000, 0x30000, 0x40000],
	clock: [0x10000, 0x20000, 0x30000],
	sensor: [0x10000, 0x20000, 0x30000, 0x30001],
	reset: [0x10000, 0x20000, 0x30000, 0x30001],
	voltage: [0x10000, 0x20000, 0x20001],
};
const MESSAGE_ATTRIBUTES = 0x2;

const testFolder = fileURLToPath(new URL("../scmi/", import.meta.url));
const tests = readdirSync(testFolder)
	.filter((name) => name.startsWith("engine-"))
	.map((name) => ({ name, text: readFileSync(testFolder + name, "utf8") }));

function nameOf(protocol: Protocol): keyof ProtocolVersions {
	const names = Object.keys(VERSIONS) as (keyof ProtocolVersions)[];
	return names.find(
		(name) => PROTOCOL_IDS[name] === protocol.id,
	) as keyof ProtocolVersions;
}

/** The versions of a protocol at which the engine has each message ID. */
function servedAt(protocol: Protocol): Map<number, number[]> {
	const name = nameOf(protocol);
	const served = new Map<number, number[]>();
	for (const version of VERSIONS[name]) {
		const engine = createEngine({
			...IMX8MM,
			devices: IMX8MM_DEVICES,
			protocols: { ...IMX8MM.protocols, [name]: version },
		});
		const area = new Smt(engine);
		for (const { id } of Object.values<Message>(protocol.messages)) {
			area.write(headerOf(protocol.id, MESSAGE_ATTRIBUTES), u32(id));
			area.trap();
			if (area.view.getInt32(0x1c, true) !== SUCCESS) continue;
			served.set(id, [...(served.get(id) ?? []), version]);
		}
	}
	return served;
}

/** Tests of the engine that name a message, by its whole name or without its protocol's. */
function testsOf(protocol: Protocol, key: string, message: Message): string[] {
	const room = {
		base: "base",
		power: "power-domain",
		system: "system-power",
		reset: "reset",
	}[protocol.name];
	const own = `engine-${room ?? protocol.name}`;
	const whole = new RegExp(`\\b${message.name}\\b`);
	const short = new RegExp(
		`\\b(${key}|${key.replace(/^(DISCOVER|DOMAIN)_/, "")})\\b`,
	);
	return tests
		.filter(
			({ name, text }) =>
				whole.test(text) || (name.startsWith(own) && short.test(text)),
		)
		.map(({ name }) => name);
}

function hex(value: number): string {
	return `0x${value.toString(16)}`;
}

/** "all", or from which version on, or the versions themselves. */
function versionsInWords(served: readonly number[], all: readonly number[]) {
	if (served.length === all.length) return "all";
	const first = all.indexOf(served[0] as number);
	return all.slice(first).every((version) => served.includes(version))
		? `${hex(served[0] as number)} and later`
		: served.map(hex).join(", ");
}

interface Row {
	id: number;
	name: string;
	delayed: boolean;
	versions: string;
	tests: string[];
}

function rowsOf(protocol: Protocol): Row[] {
	const served = servedAt(protocol);
	const all = VERSIONS[nameOf(protocol)];
	return Object.entries<Message>(protocol.messages)
		.map(([key, message]) => ({
			id: message.id,
			name: message.name,
			delayed: message.delayed !== undefined,
			versions: versionsInWords(served.get(message.id) ?? [], all),
			tests: testsOf(protocol, key, message),
		}))
		.sort((a, b) => a.id - b.id);
}

function link(name: string): string {
	return `[${name.replace(/^engine-|\.test\.ts$/g, "")}](../test/scmi/${name})`;
}

function page(tables: readonly [Protocol, Row[]][]): string {
	const lines = [
		"# Commands",
		"",
		"Every command of the eight protocols that the engine serves, with the protocol's versions that have it, as the engine",
		"itself answers PROTOCOL_MESSAGE_ATTRIBUTES, and the tests of the engine that send it. *Delayed*: the command may be",
		"asynchronous and has a delayed response. Notifications and delayed responses come on the platform-to-agent channel;",
		"an agent without one is offered nothing asynchronous, and no command that subscribes.",
	];
	for (const [protocol, rows] of tables) {
		const versions = VERSIONS[nameOf(protocol)].map(hex).join(", ");
		lines.push(
			"",
			`## ${protocol.name}, ${hex(protocol.id)}`,
			"",
			`Versions ${versions}.`,
			"",
			"| ID | command | versions | delayed | tests |",
			"|---|---|---|---|---|",
			...rows.map(
				(row) =>
					`| ${hex(row.id)} | ${row.name} | ${row.versions} | ${row.delayed ? "yes" : ""} | ${row.tests.map(link).join(", ")} |`,
			),
		);
		const notifications = Object.values<Message>(protocol.notifications);
		if (notifications.length === 0) continue;
		lines.push(
			"",
			`Notifications: ${notifications.map(({ name, id }) => `${name} (${hex(id)})`).join(", ")}.`,
		);
	}
	return `${lines.join("\n")}\n`;
}

describe("every command", () => {
	const tables = protocols.map((protocol): [Protocol, Row[]] => [
		protocol,
		rowsOf(protocol),
	]);

	it("is served at some version, and tested", () => {
		const all = tables.flatMap(([, rows]) => rows);
		expect(all.filter(({ versions }) => versions === "")).toEqual([]);
		expect(all.filter(({ tests }) => tests.length === 0)).toEqual([]);
		expect(new Set(all.map(({ name }) => name)).size).toBeGreaterThan(60);
	});

	it("is in the table of the documentation", async () => {
		await expect(page(tables)).toMatchFileSnapshot("../../docs/commands.md");
	});
});
