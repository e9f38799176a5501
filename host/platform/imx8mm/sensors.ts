// The i.MX8MM's sensors.
// i.MX 8M Mini reference manual.

import type { Sensor, Thermal } from "../sensors.ts";

export const SENSORS: readonly Sensor[] = [];

export const THERMAL: Thermal | null = null;
