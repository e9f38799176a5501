// Compiles a platform's tables into the image that the engine loads.
// The format is assembly/layout.ts; the engine checks it again, so this file only has to name what is wrong in people's words.

import {
	Abi,
	Agent,
	Block,
	BlockKind,
	Channel,
	Clock,
	ClockFlag,
	ClockKind,
	Domain,
	Handshake,
	Image,
	Index,
	Pll,
	PllRate,
	PowerController,
	Protocol,
	Register,
	Service,
	ServiceKind,
	Switch,
} from "../../assembly/layout.ts";
import { CosimError } from "../errors.ts";
import {
	type Channel as ChannelTable,
	type Clock as ClockTable,
	clockCount,
	type Field,
	type Platform,
	type PllRate as PllRateTable,
} from "./platform.ts";

const BLOCK_KINDS = {
	ram: BlockKind.RAM,
	registers: BlockKind.REGISTERS,
	"set-clear-toggle": BlockKind.SET_CLEAR_TOGGLE,
	pll: BlockKind.PLL,
	power: BlockKind.POWER,
} as const;

const CLOCK_KINDS = {
	alias: ClockKind.ALIAS,
	fixed: ClockKind.FIXED,
	"fixed-factor": ClockKind.FIXED_FACTOR,
	mux: ClockKind.MUX,
	divider: ClockKind.DIVIDER,
	gate: ClockKind.GATE,
	composite: ClockKind.COMPOSITE,
	pll: ClockKind.PLL,
	cpu: ClockKind.CPU,
} as const;

const MAX_NAME = 63;

/** One section: rows of a fixed size, appended. */
class Section {
	readonly rows: DataView[] = [];
	readonly rowSize: number;

	constructor(rowSize: number) {
		this.rowSize = rowSize;
	}

	row(): DataView {
		const row = new DataView(new ArrayBuffer(this.rowSize));
		this.rows.push(row);
		return row;
	}

	get bytes(): number {
		return this.rows.length * this.rowSize;
	}
}

function invalid(message: string): CosimError {
	return new CosimError("PLATFORM_INVALID", message);
}

/** Compiles a platform. Throws PLATFORM_INVALID when its tables contradict each other. */
export function compileImage(platform: Platform): Uint8Array<ArrayBuffer> {
	return new Compiler(platform).compile();
}

class Compiler {
	readonly platform: Platform;
	readonly ids = new Map<string, number>();
	readonly strings = new Map<string, number>();
	stringBytes = 0;
	readonly sections: Record<string, Section> = {};
	readonly blocks = new Section(Block.SIZE);
	readonly clocks = new Section(Clock.SIZE);
	readonly parents = new Section(2);
	readonly parentLists = new Map<string, number>();
	readonly plls = new Section(Pll.SIZE);
	readonly pllRates = new Section(PllRate.SIZE);
	readonly rateLists = new Map<readonly PllRateTable[], number>();
	readonly registers = new Section(Register.SIZE);
	readonly domains = new Section(Domain.SIZE);
	readonly domainClocks = new Section(2);
	readonly switches = new Section(Switch.SIZE);
	readonly handshakes = new Section(Handshake.SIZE);
	readonly agents = new Section(Agent.SIZE);
	readonly channels = new Section(Channel.SIZE);
	readonly services = new Section(Service.SIZE);
	readonly results = new Section(4);
	readonly protocols = new Section(Protocol.SIZE);

	constructor(platform: Platform) {
		this.platform = platform;
		for (const clock of platform.clocks) {
			if (this.ids.has(clock.name))
				throw invalid(`clock ${clock.name}: the name is used twice`);
			this.ids.set(clock.name, clock.id);
		}
	}

	compile(): Uint8Array<ArrayBuffer> {
		const vendor = this.string(this.platform.vendor, "vendor");
		const subVendor = this.string(this.platform.subVendor, "sub-vendor");
		this.addBlocks();
		this.addClocks();
		this.addPower();
		this.addAgents();
		this.addServices();
		return this.assemble(vendor, subVendor);
	}

	/** Offset of a name in STRINGS. */
	string(name: string, what: string): number {
		if (
			name.length === 0 ||
			name.length > MAX_NAME ||
			!/^[\x20-\x7e]*$/.test(name)
		) {
			throw invalid(
				`${what} ${JSON.stringify(name)}: expected 1 to ${MAX_NAME} printable ASCII characters`,
			);
		}
		const known = this.strings.get(name);
		if (known !== undefined) return known;
		const at = this.stringBytes;
		this.strings.set(name, at);
		// The NUL, and zeros up to 16 bytes at least.
		this.stringBytes += Math.max(name.length + 1, 16);
		return at;
	}

	/** ID of a clock that something refers to. */
	clockId(name: string, by: string): number {
		const id = this.ids.get(name);
		if (id === undefined) throw invalid(`${by}: there is no clock ${name}`);
		return id;
	}

	addBlocks(): void {
		for (const block of this.platform.blocks) {
			const row = this.blocks.row();
			row.setUint32(Block.BASE, block.address, true);
			row.setUint32(Block.LENGTH, block.size, true);
			row.setUint32(Block.KIND, BLOCK_KINDS[block.kind], true);
		}
		for (const [address, value] of this.platform.registers) {
			const row = this.registers.row();
			row.setUint32(Register.ADDRESS, address, true);
			row.setUint32(Register.VALUE, value, true);
		}
	}

	addClocks(): void {
		const count = clockCount(this.platform);
		if (count > 0xffff)
			throw invalid(`clock ID ${count - 1}: expected at most 65534`);
		const rows = Array.from({ length: count }, () => this.clocks.row());
		const seen = new Set<number>();
		for (const clock of this.platform.clocks) {
			if (seen.has(clock.id))
				throw invalid(`clock ${clock.name}: ID ${clock.id} is used twice`);
			seen.add(clock.id);
			this.addClock(rows[clock.id] as DataView, clock);
		}
		this.shareGates(rows);
	}

	addClock(row: DataView, clock: ClockTable): void {
		row.setUint8(Clock.KIND, CLOCK_KINDS[clock.kind]);
		row.setUint32(Clock.NAME, this.string(clock.name, "clock"), true);
		row.setUint16(Clock.SHARE_NEXT, clock.id, true);
		row.setUint32(Clock.ENABLE_DELAY, clock.enableDelay ?? 0, true);
		let flags = clock.critical === true ? ClockFlag.CRITICAL : 0;
		if (clock.gate !== undefined) {
			row.setUint32(Clock.GATE_REGISTER, clock.gate.address, true);
			row.setUint8(Clock.GATE_SHIFT, clock.gate.shift);
			row.setUint8(Clock.GATE_WIDTH, clock.gate.width);
		}
		switch (clock.kind) {
			case "alias":
				row.setUint16(Clock.TARGET, clock.of, true);
				break;
			case "fixed":
				row.setBigUint64(Clock.FIXED_RATE, BigInt(clock.rate), true);
				break;
			case "fixed-factor":
				this.setParents(row, clock.name, [clock.parent]);
				row.setUint32(Clock.MULT, clock.mult, true);
				row.setUint32(Clock.DIV, clock.div, true);
				break;
			case "mux":
				this.setParents(row, clock.name, clock.parents);
				setField(row, clock.field);
				if (clock.forwardsRate === true) flags |= ClockFlag.FORWARDS;
				break;
			case "divider":
				this.setParents(row, clock.name, [clock.parent]);
				setField(row, clock.field);
				break;
			case "gate":
				this.setParents(row, clock.name, [clock.parent]);
				break;
			case "composite":
				this.setParents(row, clock.name, clock.parents);
				setField(row, {
					address: clock.address,
					shift: 0,
					width: clock.postdivWidth,
				});
				if (clock.prediv) flags |= ClockFlag.PREDIV;
				break;
			case "pll":
				this.setParents(row, clock.name, [clock.parent]);
				row.setUint16(Clock.TARGET, this.plls.rows.length, true);
				if (clock.fixedRate === true) flags |= ClockFlag.RATE_FIXED;
				this.addPll(clock);
				break;
			case "cpu":
				this.setParents(row, clock.name, [clock.parent]);
				row.setUint16(Clock.TARGET, this.clockId(clock.pll, clock.name), true);
				row.setUint16(Clock.PARK, this.clockId(clock.park, clock.name), true);
				row.setUint8(Clock.PARK_PARENT, this.parkPosition(clock));
				break;
		}
		row.setUint8(Clock.FLAGS, flags);
	}

	parkPosition(clock: Extract<ClockTable, { kind: "cpu" }>): number {
		const park = this.platform.clocks.find(({ name }) => name === clock.park);
		const parents = park !== undefined && "parents" in park ? park.parents : [];
		const position = parents.indexOf(clock.parkParent);
		if (position < 0)
			throw invalid(
				`clock ${clock.name}: ${clock.parkParent} is not a parent of ${clock.park}`,
			);
		return position;
	}

	setParents(row: DataView, by: string, names: readonly string[]): void {
		if (names.length > 0xff)
			throw invalid(
				`clock ${by}: ${names.length} parents, expected at most 255`,
			);
		const key = names.join(" ");
		let first = this.parentLists.get(key);
		if (first === undefined) {
			first = this.parents.rows.length;
			this.parentLists.set(key, first);
			for (const name of names)
				this.parents
					.row()
					.setUint16(0, this.clockId(name, `clock ${by}`), true);
		}
		row.setUint32(Clock.PARENTS, first, true);
		row.setUint8(Clock.PARENT_COUNT, names.length);
	}

	addPll(clock: Extract<ClockTable, { kind: "pll" }>): void {
		let first = this.rateLists.get(clock.rates);
		if (first === undefined) {
			first = this.pllRates.rows.length;
			this.rateLists.set(clock.rates, first);
			for (const { rate, mdiv, pdiv, sdiv, kdiv = 0 } of clock.rates) {
				const row = this.pllRates.row();
				row.setUint32(PllRate.RATE, rate, true);
				row.setUint32(
					PllRate.DIV_CTL0,
					(mdiv << 12) | (pdiv << 4) | sdiv,
					true,
				);
				row.setUint32(PllRate.DIV_CTL1, kdiv & 0xffff, true);
			}
		}
		const row = this.plls.row();
		row.setUint32(Pll.CONTROL, clock.address, true);
		row.setUint32(Pll.FRACTIONAL, clock.fractional ? 1 : 0, true);
		row.setUint32(Pll.RATES, first, true);
		row.setUint32(Pll.RATE_COUNT, clock.rates.length, true);
		row.setUint32(Pll.LOCK_CYCLES, clock.lockCycles, true);
		row.setUint32(Pll.CLOCK, clock.id, true);
	}

	/** Links the clocks of each group into a ring. */
	shareGates(rows: DataView[]): void {
		const groups = new Map<string, number[]>();
		for (const { id, shareGroup } of this.platform.clocks) {
			if (shareGroup !== undefined)
				groups.set(shareGroup, [...(groups.get(shareGroup) ?? []), id]);
		}
		for (const ids of groups.values()) {
			for (const [i, id] of ids.entries()) {
				(rows[id] as DataView).setUint16(
					Clock.SHARE_NEXT,
					ids[(i + 1) % ids.length] as number,
					true,
				);
			}
		}
	}

	addPower(): void {
		const controller = this.platform.powerController;
		const domains = [...this.platform.powerDomains].sort((a, b) => a.id - b.id);
		for (const [index, domain] of domains.entries()) {
			if (domain.id !== index)
				throw invalid(
					`power domain ${domain.name}: ID ${domain.id}, expected ${index}`,
				);
			if (controller === null)
				throw invalid(
					`power domain ${domain.name}: the platform has no power controller`,
				);
			const firstSwitch = this.switches.rows.length;
			for (const { requestBit, mappingBit, pgcIndex } of domain.switches) {
				const row = this.switches.row();
				row.setUint32(Switch.REQUEST, 1 << requestBit, true);
				row.setUint32(Switch.MAPPING, 1 << mappingBit, true);
				row.setUint32(
					Switch.CONTROL,
					controller.pgcBase + pgcIndex * 0x40,
					true,
				);
				row.setUint32(
					Switch.STATUS,
					controller.pgcBase + pgcIndex * 0x40 + 0xc,
					true,
				);
			}
			const switches = rowMask(
				firstSwitch,
				this.switches.rows.length,
				domain.name,
			);
			const firstHandshake = this.handshakes.rows.length;
			for (const { requestBit, acknowledgeBit } of domain.handshakes) {
				const row = this.handshakes.row();
				row.setUint32(Handshake.REQUEST, 1 << requestBit, true);
				row.setUint32(Handshake.ACKNOWLEDGE, 1 << acknowledgeBit, true);
				row.setUint32(Handshake.SWITCHES, switches, true);
			}
			const row = this.domains.row();
			row.setUint32(
				Domain.NAME,
				this.string(domain.name, "power domain"),
				true,
			);
			row.setUint16(Domain.PARENT, domain.parent ?? Index.NONE, true);
			row.setUint16(Domain.KEEPS_CLOCKS, domain.keepsClocksOn ? 1 : 0, true);
			row.setUint32(Domain.SWITCHES, switches, true);
			row.setUint32(
				Domain.HANDSHAKES,
				rowMask(firstHandshake, this.handshakes.rows.length, domain.name),
				true,
			);
			row.setUint32(Domain.CLOCKS, this.domainClocks.rows.length, true);
			row.setUint32(Domain.CLOCK_COUNT, domain.clocks.length, true);
			for (const name of domain.clocks) {
				this.domainClocks
					.row()
					.setUint16(
						0,
						this.clockId(name, `power domain ${domain.name}`),
						true,
					);
			}
		}
	}

	addAgents(): void {
		for (const name of ["platform", ...this.platform.agents]) {
			this.agents.row().setUint32(Agent.NAME, this.string(name, "agent"), true);
		}
		const { base, powerDomain, clock } = this.platform.protocols;
		for (const [id, version] of [
			[0x10, base],
			[0x11, powerDomain],
			[0x14, clock],
		] as const) {
			const row = this.protocols.row();
			row.setUint32(Protocol.ID, id, true);
			row.setUint32(Protocol.VERSION, version, true);
		}
	}

	addServices(): void {
		for (const { functionId, exceptionLevel, answer } of this.platform
			.services) {
			const row = this.services.row();
			row.setUint32(Service.FUNCTION_ID, functionId, true);
			row.setUint32(Service.EXCEPTION_LEVEL, exceptionLevel, true);
			if (answer === "arch-features") {
				row.setUint32(Service.KIND, ServiceKind.ARCH_FEATURES, true);
			} else if (answer === "psci-features") {
				row.setUint32(Service.KIND, ServiceKind.PSCI_FEATURES, true);
			} else {
				row.setUint32(Service.KIND, ServiceKind.RESULTS, true);
				row.setUint32(Service.FIRST, this.results.rows.length, true);
				row.setUint32(Service.COUNT, answer.length, true);
				for (const word of answer) this.results.row().setUint32(0, word, true);
			}
		}
		const groups = new Map<string, ChannelTable[]>();
		for (const channel of this.platform.channels) {
			const key = `${channel.exceptionLevel} ${channel.functionId}`;
			groups.set(key, [...(groups.get(key) ?? []), channel]);
		}
		for (const group of groups.values()) this.addChannels(group);
	}

	/** The areas of one function ID. */
	addChannels(group: ChannelTable[]): void {
		const { functionId, exceptionLevel } = group[0] as ChannelTable;
		const service = this.services.row();
		service.setUint32(Service.FUNCTION_ID, functionId, true);
		service.setUint32(Service.EXCEPTION_LEVEL, exceptionLevel, true);
		service.setUint32(Service.KIND, ServiceKind.CHANNELS, true);
		service.setUint32(Service.FIRST, this.channels.rows.length, true);
		service.setUint32(Service.COUNT, group.length, true);
		for (const channel of group) {
			const agent = this.platform.agents.indexOf(channel.agent);
			if (agent < 0) {
				throw invalid(
					`channel of function ID 0x${functionId.toString(16)}: there is no agent ${channel.agent}`,
				);
			}
			const row = this.channels.row();
			row.setUint32(Channel.AREA, channel.address, true);
			row.setUint32(Channel.LENGTH, channel.size, true);
			row.setUint32(Channel.AGENT, agent + 1, true);
		}
	}

	assemble(vendor: number, subVendor: number): Uint8Array<ArrayBuffer> {
		const placed: [header: number, section: Section][] = [
			[Image.BLOCKS, this.blocks],
			[Image.CLOCKS, this.clocks],
			[Image.PARENTS, this.parents],
			[Image.PLLS, this.plls],
			[Image.PLL_RATES, this.pllRates],
			[Image.REGISTERS, this.registers],
			[Image.DOMAINS, this.domains],
			[Image.DOMAIN_CLOCKS, this.domainClocks],
			[Image.SWITCHES, this.switches],
			[Image.HANDSHAKES, this.handshakes],
			[Image.AGENTS, this.agents],
			[Image.CHANNELS, this.channels],
			[Image.SERVICES, this.services],
			[Image.RESULTS, this.results],
			[Image.PROTOCOLS, this.protocols],
		];
		const strings = align(Image.HEADER_SIZE);
		const end = placed.reduce(
			(at, [, section]) => align(at + section.bytes),
			align(strings + this.stringBytes),
		);
		const image = new Uint8Array(end);
		const view = new DataView(image.buffer);
		const word = (at: number, value: number) => view.setUint32(at, value, true);
		word(Image.MAGIC, Image.MAGIC_VALUE);
		word(Image.VERSION, Abi.VERSION);
		word(Image.LENGTH, end);
		word(Image.CPUS, this.platform.cpus);
		word(Image.MAX_MESSAGE, this.platform.maxMessageSize);
		word(Image.PASS_ON, this.platform.hypervisorPassesOn ? 1 : 0);
		word(Image.TRAP_NS, this.platform.trapNs);
		word(Image.IMPLEMENTATION_VERSION, this.platform.implementationVersion);
		word(Image.VENDOR, vendor);
		word(Image.SUB_VENDOR, subVendor);
		word(Image.STRINGS, strings);
		word(Image.STRINGS + 4, this.stringBytes);
		for (const [name, at] of this.strings)
			image.set(new TextEncoder().encode(name), strings + at);
		const controller = this.platform.powerController;
		if (controller !== null) {
			word(Image.POWER + PowerController.UP_REQUEST, controller.upRequest);
			word(Image.POWER + PowerController.DOWN_REQUEST, controller.downRequest);
			word(Image.POWER + PowerController.MAPPING, controller.mapping);
			word(Image.POWER + PowerController.HANDSHAKE, controller.handshake);
			word(Image.POWER + PowerController.SWITCH_NS, controller.switchNs);
			word(Image.POWER + PowerController.HANDSHAKE_NS, controller.handshakeNs);
		}
		let at = align(strings + this.stringBytes);
		for (const [header, section] of placed) {
			word(header, at);
			word(header + 4, section.rows.length);
			for (const [i, row] of section.rows.entries())
				image.set(new Uint8Array(row.buffer), at + i * section.rowSize);
			at = align(at + section.bytes);
		}
		return image;
	}
}

function align(at: number): number {
	return (at + 7) & ~7;
}

function setField(row: DataView, field: Field): void {
	row.setUint32(Clock.REGISTER, field.address, true);
	row.setUint8(Clock.SHIFT, field.shift);
	row.setUint8(Clock.WIDTH, field.width);
}

/** A mask with a bit for each row from `first` to before `end`. */
function rowMask(first: number, end: number, by: string): number {
	if (end > 32)
		throw invalid(
			`power domain ${by}: more than 32 switches or handshakes in all`,
		);
	let mask = 0;
	for (let i = first; i < end; i++) mask |= 1 << i;
	return mask >>> 0;
}
