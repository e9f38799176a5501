// Compiles a platform's tables into the image that the engine loads.
// The format is assembly/image.ts; the engine checks it again, so this code only has to name what is wrong in people's words.

import {
	Agent,
	Block,
	BlockKind,
	Channel,
	Clock,
	Device,
	DeviceResource,
	Domain,
	Handshake,
	Image,
	OperatingPoint,
	Performance,
	Pll,
	PllRate,
	PowerController,
	Protocol,
	Rail,
	RailLevel,
	Register,
	Reset,
	Sensor,
	SensorAxis,
	SensorInterval,
	Service,
	Switch,
	System,
	Thermal,
} from "../../assembly/image.ts";
import { Abi } from "../../assembly/layout.ts";
import { addClocks } from "./image/clocks.ts";
import { addDevices } from "./image/devices.ts";
import { addPerformance } from "./image/performance.ts";
import { addPower } from "./image/power.ts";
import { addRails } from "./image/rails.ts";
import { addResets } from "./image/resets.ts";
import { addSensors } from "./image/sensors.ts";
import { addAgents, addServices } from "./image/services.ts";
import { addSystem } from "./image/system.ts";
import { invalid, Tables } from "./image/tables.ts";
import type { Platform } from "./platform.ts";

const BLOCK_KINDS = {
	ram: BlockKind.RAM,
	registers: BlockKind.REGISTERS,
	"set-clear-toggle": BlockKind.SET_CLEAR_TOGGLE,
	pll: BlockKind.PLL,
	power: BlockKind.POWER,
	system: BlockKind.SYSTEM,
	thermal: BlockKind.THERMAL,
} as const;

/** The lists that every platform has. */
const LISTS = [
	"agents",
	"channels",
	"services",
	"blocks",
	"clocks",
	"powerDomains",
	"resets",
	"rails",
	"performanceDomains",
	"sensors",
	"registers",
] as const;

/** The sections by their place in the header, with the size of their rows, for messages. */
const SECTIONS: readonly (readonly [string, number, number])[] = [
	["blocks", Image.BLOCKS, Block.SIZE],
	["clocks", Image.CLOCKS, Clock.SIZE],
	["the clocks' parents", Image.PARENTS, 2],
	["PLLs", Image.PLLS, Pll.SIZE],
	["PLL rates", Image.PLL_RATES, PllRate.SIZE],
	["registers", Image.REGISTERS, Register.SIZE],
	["power domains", Image.DOMAINS, Domain.SIZE],
	["the power domains' clocks", Image.DOMAIN_CLOCKS, 2],
	["power switches", Image.SWITCHES, Switch.SIZE],
	["handshakes", Image.HANDSHAKES, Handshake.SIZE],
	["agents", Image.AGENTS, Agent.SIZE],
	["channels", Image.CHANNELS, Channel.SIZE],
	["services", Image.SERVICES, Service.SIZE],
	["service results", Image.RESULTS, 4],
	["protocols", Image.PROTOCOLS, Protocol.SIZE],
	["reset domains", Image.RESETS, Reset.SIZE],
	["rails", Image.RAILS, Rail.SIZE],
	["the rails' levels", Image.RAIL_LEVELS, RailLevel.SIZE],
	["performance domains", Image.PERFORMANCE, Performance.SIZE],
	["operating points", Image.OPERATING_POINTS, OperatingPoint.SIZE],
	["sensors", Image.SENSORS, Sensor.SIZE],
	["the sensors' axes", Image.SENSOR_AXES, SensorAxis.SIZE],
	["the sensors' intervals", Image.SENSOR_INTERVALS, SensorInterval.SIZE],
	["the system's registers", Image.SYSTEM, System.SIZE],
	["the thermal unit", Image.THERMAL, Thermal.SIZE],
	["devices", Image.DEVICES, Device.SIZE],
	["the devices' resources", Image.DEVICE_RESOURCES, DeviceResource.SIZE],
];

/** Header fields that a platform's author sets. */
const FIELDS: ReadonlyMap<number, string> = new Map([
	[Image.CPUS, "cpus, 1 to 16"],
	[Image.MAX_MESSAGE, "maxMessageSize, a multiple of 4 from 76 to 4096"],
	[Image.AGENTS, "agents, at least one"],
	[Image.BLOCKS, "blocks, 256 MiB in all at most"],
]);

/** What lies at a byte offset of an image, in words. */
export function placeInImage(
	image: Uint8Array<ArrayBuffer>,
	offset: number,
): string {
	const field = FIELDS.get(offset);
	if (field !== undefined) return field;
	const view = new DataView(image.buffer);
	for (const [name, header, size] of SECTIONS) {
		const at = offset - view.getUint32(header, true);
		if (at >= 0 && at < view.getUint32(header + 4, true) * size) {
			return `row ${Math.floor(at / size)} of ${name}, at byte ${at % size}`;
		}
	}
	return `its image at 0x${offset.toString(16)}`;
}

/** Compiles a platform. Throws PLATFORM_INVALID when its tables contradict each other. */
export function compileImage(platform: Platform): Uint8Array<ArrayBuffer> {
	const missing = LISTS.find((list) => !Array.isArray(platform?.[list]));
	if (missing !== undefined || typeof platform.protocols !== "object") {
		throw invalid(`platform: ${missing ?? "protocols"} is missing`);
	}
	const tables = new Tables(platform);
	const vendor = tables.string(platform.vendor, "vendor");
	const subVendor = tables.string(platform.subVendor, "sub-vendor");
	addBlocks(tables);
	addClocks(tables);
	addPower(tables);
	addResets(tables);
	addRails(tables);
	addPerformance(tables);
	addSensors(tables);
	addSystem(tables);
	addDevices(tables);
	addAgents(tables);
	addServices(tables);
	return assemble(tables, vendor, subVendor);
}

function addBlocks(tables: Tables): void {
	for (const block of tables.platform.blocks) {
		const row = tables.blocks.row();
		row.u32(Block.BASE, block.address);
		row.u32(Block.LENGTH, block.size);
		row.u32(Block.KIND, BLOCK_KINDS[block.kind]);
	}
	for (const register of tables.platform.registers) {
		const row = tables.registers.row();
		row.u32(Register.ADDRESS, register[0]);
		row.u32(Register.VALUE, register[1]);
	}
}

function assemble(
	tables: Tables,
	vendor: number,
	subVendor: number,
): Uint8Array<ArrayBuffer> {
	let strings: number = Image.CLOCKS_AT;
	for (const section of tables.sections)
		strings = align(strings + section.bytes);
	const end = align(strings + tables.text.length);
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
	word(Image.STRINGS + 4, tables.text.length);
	new TextEncoder().encodeInto(tables.text, image.subarray(strings));
	const controller = tables.platform.powerController;
	if (controller !== null) {
		word(Image.POWER + PowerController.UP_REQUEST, controller.upRequest);
		word(Image.POWER + PowerController.DOWN_REQUEST, controller.downRequest);
		word(Image.POWER + PowerController.MAPPING, controller.mapping);
		word(Image.POWER + PowerController.HANDSHAKE, controller.handshake);
		word(Image.POWER + PowerController.SWITCH_NS, controller.switchNs);
		word(Image.POWER + PowerController.HANDSHAKE_NS, controller.handshakeNs);
	}
	let at: number = Image.CLOCKS_AT;
	for (const section of tables.sections) {
		word(section.header, at);
		word(section.header + 4, section.count);
		section.copyTo(image, at);
		at = align(at + section.bytes);
	}
	return image;
}

function align(at: number): number {
	return (at + 7) & ~7;
}
