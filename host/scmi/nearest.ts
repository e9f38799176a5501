// The known name nearest to a mistyped or shortened one.
// Follows no specification: Levenshtein distance; otherwise the only name that begins like the word.

/**
 * The name that the fewest insertions, deletions and replacements turn a word into, case aside.
 * @returns undefined when more than half of the word would change, and not exactly one name begins with it
 */
export function nearest(
	word: string,
	known: readonly string[],
): string | undefined {
	let best: string | undefined;
	let least = Math.floor(word.length / 2) + 1;
	for (const name of known) {
		const d = distance(word.toLowerCase(), name.toLowerCase());
		if (d < least) {
			best = name;
			least = d;
		}
	}
	if (best !== undefined || word === "") return best;
	const longer = known.filter((name) =>
		name.toLowerCase().startsWith(word.toLowerCase()),
	);
	return longer.length === 1 ? longer[0] : undefined;
}

function distance(a: string, b: string): number {
	let row = Array.from({ length: b.length + 1 }, (_, i) => i);
	for (let i = 1; i <= a.length; i++) {
		const above = row;
		row = [i];
		for (let j = 1; j <= b.length; j++) {
			const replaced =
				(above[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
			row.push(
				Math.min(
					replaced,
					(above[j] as number) + 1,
					(row[j - 1] as number) + 1,
				),
			);
		}
	}
	return row[b.length] as number;
}
