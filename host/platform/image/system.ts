// How a platform is turned off and reset, compiled into the image.
// The format is assembly/image.ts.

import type { Tables } from "./tables.ts";

export function addSystem(_tables: Tables): void {}
