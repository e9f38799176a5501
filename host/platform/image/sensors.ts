// A platform's sensors and of the thermal unit behind them, compiled into the image.
// The format is assembly/image.ts.

import type { Tables } from "./tables.ts";

export function addSensors(_tables: Tables): void {}
