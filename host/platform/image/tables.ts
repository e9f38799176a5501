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
/** Names are padded with zeros to this many bytes at least: short name fields are copied as two words. */
const SHORT_NAME = 16;

/** Rows that share a buffer: one for each row would take most of a platform's load. */
const ROWS_TOGETHER = 64;

/** One section: rows of a fixed size, appended. */
export class Section {
	readonly rows: DataView[] = [];
	readonly rowSize: number;
	readonly #buffers: Uint8Array[] = [];

	constructor(rowSize: number) {
		this.rowSize = rowSize;
	}

	row(): DataView {
		const place = this.rows.length % ROWS_TOGETHER;
		if (place === 0)
			this.#buffers.push(new Uint8Array(this.rowSize * ROWS_TOGETHER));
		const { buffer } = this.#buffers.at(-1) as Uint8Array;
		const row = new DataView(buffer, place * this.rowSize, this.rowSize);
		this.rows.push(row);
		return row;
	}

	/** Writes all rows, one behind the other. */
	copyTo(image: Uint8Array, at: number): void {
		let left = this.bytes;
		for (const buffer of this.#buffers) {
			image.set(buffer.subarray(0, left), at + this.bytes - left);
			left -= buffer.length;
		}
	}

	get bytes(): number {
		return this.rows.length * this.rowSize;
	}
}

/** An error in the platform's tables, in words of their own. */
export function invalid(message: string): CosimError {
	return new CosimError("PLATFORM_INVALID", message);
}

function bytesOf(name: string): number {
	return Math.max(name.length + 1, SHORT_NAME);
}

/** Everything that goes into an image. */
export class Tables {
	readonly platform: Platform;
	readonly ids = new Map<string, number>();
	readonly strings = new Map<string, number>();
	stringBytes = 0;
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
	readonly resets = new Section(Reset.SIZE);
	readonly rails = new Section(Rail.SIZE);
	readonly railLevels = new Section(RailLevel.SIZE);
	readonly performance = new Section(Performance.SIZE);
	readonly operatingPoints = new Section(OperatingPoint.SIZE);
	readonly sensors = new Section(Sensor.SIZE);
	readonly sensorAxes = new Section(SensorAxis.SIZE);
	readonly sensorIntervals = new Section(SensorInterval.SIZE);
	readonly system = new Section(System.SIZE);
	readonly thermal = new Section(Thermal.SIZE);
	readonly devices = new Section(Device.SIZE);
	readonly deviceResources = new Section(DeviceResource.SIZE);

	constructor(platform: Platform) {
		this.platform = platform;
		for (const clock of platform.clocks) {
			if (this.ids.has(clock.name))
				throw invalid(`clock ${clock.name}: the name is used twice`);
			this.ids.set(clock.name, clock.id);
		}
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
		this.stringBytes += bytesOf(name);
		return at;
	}

	/** All names at their offsets. */
	encodeStrings(): Uint8Array {
		const names = Array.from(this.strings.keys(), (name) =>
			name.padEnd(bytesOf(name), "\0"),
		);
		return new TextEncoder().encode(names.join(""));
	}

	/** ID of a clock that something refers to. */
	clockId(name: string, by: string): number {
		const id = this.ids.get(name);
		if (id === undefined) throw invalid(`${by}: there is no clock ${name}`);
		return id;
	}
}
