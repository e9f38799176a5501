// The i.MX8MM's compiled image with one value changed at a time, and what the engine says to it.
// This project's own image format, assembly/image.ts.

import { expect, it } from "vitest";
import { Clock, Image, type LoadError } from "../../assembly/image.ts";
import { State } from "../../assembly/layout.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { clockId } from "./imx8mm-facts.ts";
import { RawEngine } from "./raw-engine.ts";

export const GOOD = compileImage(IMX8MM);
export const engine = new RawEngine();

const view = new DataView(GOOD.buffer);

/** A word of the image. */
export function word(at: number): number {
	return view.getUint32(at, true);
}

/** Where row `i` of a section lies. */
export function row(section: number, size: number, i = 0): number {
	return word(section) + i * size;
}

/** A section's number of rows. */
export function count(section: number): number {
	return word(section + 4);
}

/** Where a clock's row lies. */
export function clock(name: string): number {
	return row(Image.CLOCKS, Clock.SIZE, clockId(name));
}

/** The image with one value changed. */
export function changed(
	at: number,
	value: number,
	bytes: 1 | 2 | 4,
): Uint8Array {
	const image = GOOD.slice();
	const words = new DataView(image.buffer);
	if (bytes === 1) words.setUint8(at, value);
	else if (bytes === 2) words.setUint16(at, value, true);
	else words.setUint32(at, value, true);
	return image;
}

export type Case = readonly [
	what: string,
	at: number,
	value: number,
	bytes: 1 | 2 | 4,
	error: LoadError,
	/** Where the error is told, when not at the changed value. */
	told?: number,
];

/** One test for each: the engine must refuse the changed image with that error at that place. */
export function refuses(cases: readonly Case[]): void {
	for (const [what, at, value, bytes, error, told = at] of cases) {
		it(what, () => {
			const loaded = engine.load(changed(at, value, bytes));
			expect(loaded).toEqual({ error, at: told });
			expect(engine.state(State.IMAGE_LENGTH)).toBe(0);
		});
	}
}
