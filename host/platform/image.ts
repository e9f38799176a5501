// Compiles a platform's tables into the image that the engine loads.
// The format is assembly/image.ts; the engine checks it again, so this code only has to name what is wrong in people's words.

import {
	Block,
	BlockKind,
	Image,
	PowerController,
	Register,
} from "../../assembly/image.ts";
import { Abi } from "../../assembly/layout.ts";
import { addClocks } from "./image/clocks.ts";
import { addPower } from "./image/power.ts";
import { addAgents, addServices } from "./image/services.ts";
import { type Section, Tables } from "./image/tables.ts";
import type { Platform } from "./platform.ts";

const BLOCK_KINDS = {
	ram: BlockKind.RAM,
	registers: BlockKind.REGISTERS,
	"set-clear-toggle": BlockKind.SET_CLEAR_TOGGLE,
	pll: BlockKind.PLL,
	power: BlockKind.POWER,
} as const;

/** Compiles a platform. Throws PLATFORM_INVALID when its tables contradict each other. */
export function compileImage(platform: Platform): Uint8Array<ArrayBuffer> {
	const tables = new Tables(platform);
	const vendor = tables.string(platform.vendor, "vendor");
	const subVendor = tables.string(platform.subVendor, "sub-vendor");
	addBlocks(tables);
	addClocks(tables);
	addPower(tables);
	addAgents(tables);
	addServices(tables);
	return assemble(tables, vendor, subVendor);
}

function addBlocks(tables: Tables): void {
	for (const block of tables.platform.blocks) {
		const row = tables.blocks.row();
		row.setUint32(Block.BASE, block.address, true);
		row.setUint32(Block.LENGTH, block.size, true);
		row.setUint32(Block.KIND, BLOCK_KINDS[block.kind], true);
	}
	for (const [address, value] of tables.platform.registers) {
		const row = tables.registers.row();
		row.setUint32(Register.ADDRESS, address, true);
		row.setUint32(Register.VALUE, value, true);
	}
}

function assemble(
	tables: Tables,
	vendor: number,
	subVendor: number,
): Uint8Array<ArrayBuffer> {
	const placed: [header: number, section: Section][] = [
		[Image.BLOCKS, tables.blocks],
		[Image.CLOCKS, tables.clocks],
		[Image.PARENTS, tables.parents],
		[Image.PLLS, tables.plls],
		[Image.PLL_RATES, tables.pllRates],
		[Image.REGISTERS, tables.registers],
		[Image.DOMAINS, tables.domains],
		[Image.DOMAIN_CLOCKS, tables.domainClocks],
		[Image.SWITCHES, tables.switches],
		[Image.HANDSHAKES, tables.handshakes],
		[Image.AGENTS, tables.agents],
		[Image.CHANNELS, tables.channels],
		[Image.SERVICES, tables.services],
		[Image.RESULTS, tables.results],
		[Image.PROTOCOLS, tables.protocols],
	];
	const strings = align(Image.HEADER_SIZE);
	const end = placed.reduce(
		(at, [, section]) => align(at + section.bytes),
		align(strings + tables.stringBytes),
	);
	const image = new Uint8Array(end);
	const view = new DataView(image.buffer);
	const word = (at: number, value: number) => view.setUint32(at, value, true);
	word(Image.MAGIC, Image.MAGIC_VALUE);
	word(Image.VERSION, Abi.VERSION);
	word(Image.LENGTH, end);
	word(Image.CPUS, tables.platform.cpus);
	word(Image.MAX_MESSAGE, tables.platform.maxMessageSize);
	word(Image.PASS_ON, tables.platform.hypervisorPassesOn ? 1 : 0);
	word(Image.TRAP_NS, tables.platform.trapNs);
	word(Image.IMPLEMENTATION_VERSION, tables.platform.implementationVersion);
	word(Image.VENDOR, vendor);
	word(Image.SUB_VENDOR, subVendor);
	word(Image.STRINGS, strings);
	word(Image.STRINGS + 4, tables.stringBytes);
	for (const [name, at] of tables.strings)
		image.set(new TextEncoder().encode(name), strings + at);
	const controller = tables.platform.powerController;
	if (controller !== null) {
		word(Image.POWER + PowerController.UP_REQUEST, controller.upRequest);
		word(Image.POWER + PowerController.DOWN_REQUEST, controller.downRequest);
		word(Image.POWER + PowerController.MAPPING, controller.mapping);
		word(Image.POWER + PowerController.HANDSHAKE, controller.handshake);
		word(Image.POWER + PowerController.SWITCH_NS, controller.switchNs);
		word(Image.POWER + PowerController.HANDSHAKE_NS, controller.handshakeNs);
	}
	let at = align(strings + tables.stringBytes);
	for (const [header, section] of placed) {
		word(header, at);
		word(header + 4, section.rows.length);
		for (const [i, row] of section.rows.entries())
			image.set(new Uint8Array(row.buffer), at + i * section.rowSize);
		at = align(at + section.bytes);
	}
	return image;
}

function align(at: number): number {
	return (at + 7) & ~7;
}
