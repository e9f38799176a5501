// A platform's reset domains, compiled into the image.
// The format is assembly/image.ts.

import type { Tables } from "./tables.ts";

export function addResets(_tables: Tables): void {}
