// The i.MX8MM's reset domains.
// i.MX 8M Mini reference manual.

import type { Reset } from "../resets.ts";

export const RESETS: readonly Reset[] = [];
