// A platform's supplies, which SCMI calls voltage domains, compiled into the image.
// The format is assembly/image.ts.

import type { Tables } from "./tables.ts";

export function addRails(_tables: Tables): void {}
