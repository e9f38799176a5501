// How an i.MX8MM is turned off and reset.
// i.MX 8M Mini reference manual, chapters 6.4 (SNVS) and 6.6 (WDOG).

import type { SystemRegisters } from "../system.ts";

export const SYSTEM: SystemRegisters | null = null;
