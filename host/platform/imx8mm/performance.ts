// The i.MX8MM's performance domain: the Cortex-A53 cluster.
// i.MX 8M Mini reference manual.

import type { PerformanceDomain } from "../performance.ts";

export const PERFORMANCE_DOMAINS: readonly PerformanceDomain[] = [];
