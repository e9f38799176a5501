// The threaded build on one thread is the engine: tests of the single-threaded one, run on it as they stand.
// Tests that are imported here register themselves in this file.

import { describe, expect, it, vi } from "vitest";
import type { EngineOptions } from "../../host/engine.ts";
import type { Platform } from "../../host/platform/platform.ts";

vi.mock("../../host/node.ts", async (importOriginal) => {
	const original = await importOriginal<typeof import("../../host/node.ts")>();
	const { threadedModule } = original;
	return {
		...original,
		engineModule: threadedModule,
		createEngine: (
			platform: Platform = original.IMX8MM,
			options?: EngineOptions,
		) => new original.Engine(threadedModule(), platform, options),
	};
});

const { createEngine, engineModule } = await import("../../host/node.ts");

it("these tests run on the threaded build", () => {
	const imports = WebAssembly.Module.imports(engineModule());
	expect(imports).toEqual([{ module: "env", name: "memory", kind: "memory" }]);
	expect(createEngine().buffer).toBeInstanceOf(SharedArrayBuffer);
});

describe("batch", async () => {
	await import("../batch.test.ts");
});
describe("SMCCC", async () => {
	await import("../smccc.test.ts");
});
describe("shared memory", async () => {
	await import("../shmem.test.ts");
});
describe("interrupts", async () => {
	await import("../interrupts.test.ts");
});
describe("clock", async () => {
	await import("../scmi/engine-clock.test.ts");
});
describe("clock rates", async () => {
	await import("../scmi/engine-clock-rates.test.ts");
});
describe("power domain", async () => {
	await import("../scmi/engine-power-domain.test.ts");
});
describe("notifications", async () => {
	await import("../scmi/engine-notify.test.ts");
});
describe("asynchronous", async () => {
	await import("../scmi/engine-asynchronous.test.ts");
});
describe("performance", async () => {
	await import("../scmi/engine-performance.test.ts");
});
describe("fast channels", async () => {
	await import("../scmi/engine-performance-fast.test.ts");
});
describe("sensor events", async () => {
	await import("../scmi/engine-sensor-events.test.ts");
});
describe("voltage", async () => {
	await import("../scmi/engine-voltage.test.ts");
});
describe("reset domain", async () => {
	await import("../scmi/engine-reset.test.ts");
});
describe("system power", async () => {
	await import("../scmi/engine-system-power.test.ts");
});
describe("walls", async () => {
	await import("../scmi/engine-walls.test.ts");
});
describe("thermal", async () => {
	await import("../hardware/thermal.test.ts");
});
describe("PLLs", async () => {
	await import("../hardware/pll.test.ts");
});
describe("clock gates", async () => {
	await import("../hardware/clock-gates.test.ts");
});
describe("rates", async () => {
	await import("../hardware/rates.test.ts");
});
describe("what is known of clocks", async () => {
	await import("../hardware/clock-cache.test.ts");
});
