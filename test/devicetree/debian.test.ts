// Real boards: every i.MX8MM devicetree of Debian's kernel is read, written and extended, with dtc as the judge.
// Follows the Devicetree Specification v0.4, chapter 5, and the bindings of SMC mailboxes and SCMI nodes.

import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { checkBindings } from "../../host/devicetree/bindings.ts";
import { readFdt, writeFdt } from "../../host/devicetree/fdt.ts";
import { addScmiNodes } from "../../host/devicetree/scmi-nodes.ts";
import { readScmiTransport } from "../../host/devicetree/scmi-transport.ts";
import { type DebianBoard, debianBoards } from "../support/debian-dtbs.ts";
import { plain } from "../support/devicetree.ts";
import { decompile } from "../support/dtc.ts";

let boards: DebianBoard[];

beforeAll(async () => {
	boards = await debianBoards();
}, 400_000);

test("the evaluation kit and boards of other vendors are there", () => {
	const names = boards.map(({ name }) => name);
	expect(names).toContain("imx8mm-evk");
	expect(names).toContain("imx8mm-verdin-wifi-dev");
	expect(names).toContain("imx8mm-venice-gw73xx-0x");
});

test("every board reads back from what is written, equal to dtc and to the reader", () => {
	for (const { name, file } of boards) {
		const original = readFileSync(file);
		const tree = readFdt(original);
		const written = writeFdt(tree);
		expect(decompile(written), name).toBe(decompile(original));
		expect(plain(readFdt(written)), name).toEqual(plain(tree));
	}
}, 60_000);

test("every board takes mailbox and SCMI nodes, with no finding and nothing else changed", () => {
	for (const { name, file } of boards) {
		const tree = readFdt(readFileSync(file));
		expect(checkBindings(tree), name).toEqual([]);
		const before = new Set([...tree.nodes()].map((node) => node.path));
		const result = addScmiNodes(tree, {
			sram: { address: 0x93f000n, size: 0x1000n },
			functionIds: [0xc20000fe, 0xc20000ff],
			method: "smc",
		});
		expect(result.added, name).toBe(true);
		expect(checkBindings(tree), name).toEqual([]);

		const back = readFdt(writeFdt(tree));
		const added = [...back.nodes()]
			.map((node) => node.path)
			.filter((path) => !before.has(path) && path !== "/firmware");
		expect(added, name).toEqual([
			"/sram@93f000",
			"/sram@93f000/scmi-shmem@0",
			"/sram@93f000/scmi-shmem@200",
			"/firmware/mailbox",
			"/firmware/scmi",
			"/firmware/scmi/protocol@11",
			"/firmware/scmi/protocol@14",
		]);
		const scmi = back.node("/firmware/scmi");
		expect(scmi, name).toBeDefined();
		if (scmi === undefined) continue;
		const { channels } = readScmiTransport(back, scmi);
		expect(
			channels.map((channel) => channel.sharedMemory.address),
			name,
		).toEqual([0x93f000n, 0x93f200n]);
	}
});
