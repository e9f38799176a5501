// The image that the build makes of the i.MX8MM, for a faster load: it is that of the tables.
// package.json, build:host; host/platform/image.ts.

import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";

it("is what the tables compile to", () => {
	const file = new URL("../../build/imx8mm.image", import.meta.url);
	expect(new Uint8Array(readFileSync(file))).toEqual(compileImage(IMX8MM));
});
