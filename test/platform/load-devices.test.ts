// What the engine refuses an image for: devices, their resources, and the agents' rights.
// This project's own image format, assembly/image.ts.

import { expect, it } from "vitest";
import {
	Agent,
	Device,
	DeviceResource,
	Image,
	LoadError,
	Service,
} from "../../assembly/image.ts";
import { compileImage } from "../../host/platform/image.ts";
import { THREE_AGENTS } from "../support/agents.ts";
import { engine } from "../support/image-cases.ts";

const GOOD = compileImage(THREE_AGENTS);
const view = new DataView(GOOD.buffer);
const word = (at: number) => view.getUint32(at, true);
const DEVICES = word(Image.DEVICES);
const RESOURCES = word(Image.DEVICE_RESOURCES);
const FIRST_AGENT = word(Image.AGENTS) + Agent.SIZE;
const REFERENCE = LoadError.REFERENCE;
const RANGE = LoadError.RANGE;

it("loads", () => {
	expect(engine.load(GOOD).error).toBe(LoadError.NONE);
});

it.each([
	["resources behind the end", DEVICES + Device.RESOURCES, 0x1000, REFERENCE],
	[
		"too many resources",
		DEVICES + Device.RESOURCE_COUNT,
		0x1000,
		REFERENCE,
		DEVICES,
	],
	["the platform denied", DEVICES + Device.DENIED_AT_LOAD, 1, RANGE],
	[
		"an unknown clock",
		RESOURCES + DeviceResource.ID,
		0xffff,
		REFERENCE,
		RESOURCES,
	],
	[
		"a hole among the clocks",
		RESOURCES + DeviceResource.ID,
		15,
		REFERENCE,
		RESOURCES,
	],
	["a protocol without resources", RESOURCES, 0x10, REFERENCE],
	["no protocol", RESOURCES, 0x18, REFERENCE],
	["half trusted", FIRST_AGENT + Agent.TRUSTED, 2, RANGE],
	["half secure", word(Image.SERVICES) + Service.SECURE, 2, RANGE],
] as const)("refuses %s", (_, at, value, error, told = at) => {
	const image = GOOD.slice();
	new DataView(image.buffer).setUint32(at, value, true);
	expect(engine.load(image)).toEqual({ error, at: told });
});
