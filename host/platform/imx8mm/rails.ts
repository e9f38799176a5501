// The supplies of the i.MX8MM's evaluation kit.
// i.MX 8M Mini reference manual.

import type { Rail } from "../rails.ts";

export const RAILS: readonly Rail[] = [];
