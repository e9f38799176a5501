// What a platform says of its sensors and of the thermal unit behind them.
// Tables, compiled by image/sensors.ts for assembly/platform/sensors.ts.

/** A sensor. */
export interface Sensor {
	/** SCMI ID, its index. */
	id: number;
	/** At most 63 characters. */
	name: string;
}

/** The thermal unit, and the model of what it measures. */
export type Thermal = Record<string, never>;
