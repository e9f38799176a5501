// A platform's performance domains and their operating points, compiled into the image.
// The format is assembly/image.ts.

import type { Tables } from "./tables.ts";

export function addPerformance(_tables: Tables): void {}
