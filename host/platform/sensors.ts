// What a platform says of its sensors and of the thermal unit behind them.
// Tables, compiled by image/sensors.ts for assembly/platform/sensors.ts.

/** What a sensor, or one of its axes, reads. */
export type Reading = (
	| /** The thermal unit's temperature in m°C. */
	{
			kind: "temperature";
	  } /** A rail's level in µV, 0 while it is off; the rail by its name. */
	| {
			kind: "level";
			rail: string;
	  } /** A clock's rate in Hz, 0 while it does not run; the clock by its name. */
	| {
			kind: "rate";
			clock: string;
	  } /** The power in mW that heats the thermal unit. */
	| { kind: "power" }
) & {
	/** Lowest and highest value, and the least difference that it tells, all in that unit. */
	min: number;
	max: number;
	resolution: number;
};

/** An axis; its ID is its index. */
export type SensorAxis = Reading & {
	/** At most 63 characters. */
	name: string;
};

/** Time between two samples: `seconds`, 1 to 65535, times ten to the power of `exponent`. 100 µs at least. */
export interface UpdateInterval {
	seconds: number;
	exponent: number;
}

/** A sensor. */
export interface Sensor {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
	/** A scalar sensor's reading, or the axes of one that has several, 63 at most. */
	reads: Reading | readonly SensorAxis[];
	/** Trip points that each agent has, 0 to 4; only scalar sensors with an update interval have any. */
	tripPoints: number;
	/** Update intervals that agents may choose from, the first is preset; none when it is never read by itself. */
	intervals: readonly UpdateInterval[];
	/** Timestamps count units of ten to the power of this seconds, -9 to 0; null for a sensor without. */
	timestampExponent: number | null;
	/** ns that an asynchronous reading takes, a second at most; 0 for none. */
	readingNs: number;
}

/** The thermal unit, and the model of what it measures: a clock's consumers on a rail heat it. */
export interface Thermal {
	/** Physical addresses of its registers: the bits that are all set while it measures; its reading. */
	enable: { address: number; mask: number };
	reading: {
		address: number;
		/** Bits that are set while the reading, whole °C in bits 7:0, is valid. */
		validMask: number;
	};
	/** m°C: the lowest and highest temperature that it measures. */
	min: number;
	max: number;
	/** What drives the power, by name. */
	clock: string;
	rail: string;
	/** Power in µW for each MHz and V², and in µW for each V² at any rate. */
	dynamicPower: number;
	staticPower: number;
	/** Temperature around it in m°C, where it begins at load. */
	ambient: number;
	/** Thermal resistance in µ°C for each mW, and time constant in µs. */
	resistance: number;
	timeConstantUs: number;
}
