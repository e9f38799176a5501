// The sections of a platform image while it is compiled, and what all of them refer to: names and clock IDs.
// The format is assembly/image.ts.

import {
	Agent,
	Block,
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
} from "../../../assembly/image.ts";
import { CosimError } from "../../errors.ts";
import type { Platform, PllRate as PllRateTable } from "../platform.ts";

const MAX_NAME = 63;
/** Bytes of a name's short form, its NUL included; the whole name follows where that is longer. */
const SHORT_NAME = 16;

/** Room of a section's first rows. */
const FIRST_ROWS = 16;

/**
 * One section: rows of a fixed size, appended. Fields are written into the row that was appended or turned to last: an
 * object for each row would take most of a platform's load.
 */
export class Section {
	/** Where the image's header tells its place and its number of rows. */
	readonly header: number;
	readonly rowSize: number;
	count = 0;
	#at = 0;
	#view: DataView<ArrayBuffer>;

	constructor(header: number, rowSize: number) {
		this.header = header;
		this.rowSize = rowSize;
		this.#view = new DataView(new ArrayBuffer(FIRST_ROWS * rowSize));
	}

	/** Appends a row of zeros, and turns to it. */
	row(): this {
		return this.turnTo(this.count);
	}

	/** Turns to a row, and appends rows of zeros up to it. */
	turnTo(index: number): this {
		this.#at = index * this.rowSize;
		if (index >= this.count) {
			this.count = index + 1;
			if (this.bytes > this.#view.byteLength) this.#grow();
		}
		return this;
	}

	u8(field: number, value: number): void {
		this.#view.setUint8(this.#at + field, value);
	}

	u16(field: number, value: number): void {
		this.#view.setUint16(this.#at + field, value, true);
	}

	u32(field: number, value: number): void {
		this.#view.setUint32(this.#at + field, value, true);
	}

	i32(field: number, value: number): void {
		this.#view.setInt32(this.#at + field, value, true);
	}

	u64(field: number, value: bigint): void {
		this.#view.setBigUint64(this.#at + field, value, true);
	}

	i64(field: number, value: bigint): void {
		this.#view.setBigInt64(this.#at + field, value, true);
	}

	#grow(): void {
		const grown = new Uint8Array(
			Math.max(this.bytes, this.#view.byteLength * 2),
		);
		grown.set(new Uint8Array(this.#view.buffer));
		this.#view = new DataView(grown.buffer);
	}

	/** Writes all rows, one behind the other. */
	copyTo(image: Uint8Array, at: number): void {
		image.set(new Uint8Array(this.#view.buffer, 0, this.bytes), at);
	}

	get bytes(): number {
		return this.count * this.rowSize;
	}
}

/** An error in the platform's tables, in words of their own. */
export function invalid(message: string): CosimError {
	return new CosimError("PLATFORM_INVALID", message);
}

/** Rows in the order of their IDs. */
export function byId<Row extends { id: number }>(rows: readonly Row[]): Row[] {
	return [...rows].sort((a, b) => a.id - b.id);
}

/** Everything that goes into an image. */
export class Tables {
	readonly platform: Platform;
	readonly ids = new Map<string, number>();
	/** Names one behind the other, see Image.VENDOR, and where each begins. */
	text = "";
	readonly #strings = new Map<string, number>();
	/** All of them, in their order in the image. */
	readonly sections: Section[] = [];
	/** The first one: see Image.CLOCKS_AT. */
	readonly clocks = this.#section(Image.CLOCKS, Clock.SIZE);
	readonly blocks = this.#section(Image.BLOCKS, Block.SIZE);
	readonly parents = this.#section(Image.PARENTS, 2);
	readonly parentLists = new Map<string, number>();
	readonly plls = this.#section(Image.PLLS, Pll.SIZE);
	readonly pllRates = this.#section(Image.PLL_RATES, PllRate.SIZE);
	readonly rateLists = new Map<readonly PllRateTable[], number>();
	readonly registers = this.#section(Image.REGISTERS, Register.SIZE);
	readonly domains = this.#section(Image.DOMAINS, Domain.SIZE);
	readonly domainClocks = this.#section(Image.DOMAIN_CLOCKS, 2);
	readonly switches = this.#section(Image.SWITCHES, Switch.SIZE);
	readonly handshakes = this.#section(Image.HANDSHAKES, Handshake.SIZE);
	readonly agents = this.#section(Image.AGENTS, Agent.SIZE);
	readonly channels = this.#section(Image.CHANNELS, Channel.SIZE);
	readonly services = this.#section(Image.SERVICES, Service.SIZE);
	readonly results = this.#section(Image.RESULTS, 4);
	readonly protocols = this.#section(Image.PROTOCOLS, Protocol.SIZE);
	readonly resets = this.#section(Image.RESETS, Reset.SIZE);
	readonly rails = this.#section(Image.RAILS, Rail.SIZE);
	readonly railLevels = this.#section(Image.RAIL_LEVELS, RailLevel.SIZE);
	readonly performance = this.#section(Image.PERFORMANCE, Performance.SIZE);
	readonly operatingPoints = this.#section(
		Image.OPERATING_POINTS,
		OperatingPoint.SIZE,
	);
	readonly sensors = this.#section(Image.SENSORS, Sensor.SIZE);
	readonly sensorAxes = this.#section(Image.SENSOR_AXES, SensorAxis.SIZE);
	readonly sensorIntervals = this.#section(
		Image.SENSOR_INTERVALS,
		SensorInterval.SIZE,
	);
	readonly system = this.#section(Image.SYSTEM, System.SIZE);
	readonly thermal = this.#section(Image.THERMAL, Thermal.SIZE);
	readonly devices = this.#section(Image.DEVICES, Device.SIZE);
	readonly deviceResources = this.#section(
		Image.DEVICE_RESOURCES,
		DeviceResource.SIZE,
	);

	constructor(platform: Platform) {
		this.platform = platform;
		for (const clock of platform.clocks) {
			if (this.ids.has(clock.name))
				throw invalid(`clock ${clock.name}: the name is used twice`);
			this.ids.set(clock.name, clock.id);
		}
	}

	#section(header: number, rowSize: number): Section {
		const section = new Section(header, rowSize);
		this.sections.push(section);
		return section;
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
		const known = this.#strings.get(name);
		if (known !== undefined) return known;
		const at = this.text.length;
		this.#strings.set(name, at);
		this.text += name.slice(0, SHORT_NAME - 1).padEnd(SHORT_NAME, "\0");
		this.text += name.length < SHORT_NAME ? "\0" : `${name}\0`;
		return at;
	}

	/** ID of a clock that something refers to. */
	clockId(name: string, by: string): number {
		const id = this.ids.get(name);
		if (id === undefined) throw invalid(`${by}: there is no clock ${name}`);
		return id;
	}

	/** ID of a rail that something refers to. */
	railId(name: string, by: string): number {
		const rail = this.platform.rails.find((row) => row.name === name);
		if (rail === undefined) throw invalid(`${by}: there is no rail ${name}`);
		return rail.id;
	}
}
