// A decoded message beside what is expected of it, path by path.
// Paths are the names that decoded fields have, and named bits beside them; see host/trace/decode.ts.

import { extract, type Field } from "../../scmi/layout.ts";
import type { DecodedMessage } from "../../trace/decode.ts";
import type { ExpectedAt } from "./plan.ts";

/** Something that is not as expected. */
export interface Difference {
	/** A path in a message, "status", "on", "rate", "requests", "value", or "told". */
	what: string;
	expected: string;
	found: string;
}

/** Where a message differs. */
export function compareFields(
	expected: readonly ExpectedAt[],
	message: DecodedMessage,
	layout: readonly Field[],
): Difference[] {
	const found = valuesOf(message, layout);
	return expected.flatMap(({ path, value, text }) => {
		const there = found.get(path);
		return there === value
			? []
			: [{ what: path, expected: text, found: String(there ?? "nothing") }];
	});
}

/** A message's values by their paths, whole numbers as bigints, with named bits and the lengths of arrays. */
function valuesOf(
	{ fields }: DecodedMessage,
	layout: readonly Field[],
): Map<string, bigint | string> {
	const values = new Map<string, bigint | string>();
	for (const { kind, name } of layout)
		if (kind.endsWith("[]")) values.set(`${name}.length`, 0n);
	for (const { name, value } of fields) {
		if (value === undefined) continue;
		values.set(name, typeof value === "number" ? BigInt(value) : value);
		const array = /^(\w+)\[(\d+)\]/.exec(name);
		if (array !== null)
			values.set(`${array[1]}.length`, BigInt(array[2] ?? 0) + 1n);
		const row = rowOf(name, layout);
		for (const bits of row?.bits ?? []) {
			const path = name.slice(0, name.lastIndexOf(".") + 1) + bits.name;
			const unused = bits.signed ? 32 - bits.width : 0;
			const part = (extract(Number(value), bits) << unused) >> unused;
			if (!values.has(path))
				values.set(path, BigInt(bits.signed ? part : part >>> 0));
		}
	}
	return values;
}

/** The field behind a decoded one's name. */
function rowOf(name: string, layout: readonly Field[]): Field | undefined {
	const [first, second] = name.replace(/\[\d+\]/, "").split(".");
	const row = layout.find((field) => field.name === first);
	return second === undefined
		? row
		: row?.record?.find((field) => field.name === second);
}
