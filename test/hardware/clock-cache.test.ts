// What is known of clocks is never stale, and a write makes unknown just what depends on the bits that it changes.
// i.MX 8M Mini reference manual, chapter 5.1 (CCM); SCMI 3.2 (Arm DEN0056E), sections 4.2.2.11 and 4.6.2.

import fc from "fast-check";
import { it } from "vitest";
import { Clock, Image } from "../../assembly/image.ts";
import { createEngine } from "../../host/node.ts";
import { compileImage } from "../../host/platform/image.ts";
import { CacheDriver, run, steps } from "../support/clock-cache.ts";
import {
	IMX8MM_CLOCKS,
	platformOf,
	recipe,
} from "../support/clock-platforms.ts";

const OPTIONS = { batch: 300 };

it("on the i.MX8MM", () => {
	const driver = new CacheDriver(createEngine(IMX8MM_CLOCKS, OPTIONS));
	fc.assert(
		fc.property(steps(60), (list) => run(driver, list)),
		{ numRuns: 40 },
	);
}, 60_000);

it("on platforms of any clocks, which share registers and bits at random", () => {
	fc.assert(
		fc.property(recipe, steps(40), (clocks, list) => {
			const engine = createEngine(platformOf(clocks), OPTIONS);
			run(new CacheDriver(engine), list);
		}),
		{ numRuns: 200 },
	);
}, 60_000);

it("of slices whose rows tell of a shift, which they do not have", () => {
	const image = compileImage(IMX8MM_CLOCKS);
	for (const { id, kind } of IMX8MM_CLOCKS.clocks)
		if (kind === "composite")
			image[Image.CLOCKS_AT + id * Clock.SIZE + Clock.SHIFT] = 8;
	const driver = new CacheDriver(
		createEngine(IMX8MM_CLOCKS, { ...OPTIONS, image }),
	);
	fc.assert(
		fc.property(steps(60), (list) => run(driver, list)),
		{ numRuns: 4 },
	);
}, 60_000);
