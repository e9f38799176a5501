// Whether a source file needs Node: by what it imports, however far.
// Module specifiers as ECMAScript has them, read from the sources.

import { readFileSync } from "node:fs";
import { dirname, resolve } from "node:path";

const known = new Map<string, boolean>();

/**
 * Whether a file reaches a module of Node, or a file that only Node has.
 * @param besides a file that counts as reaching none
 */
export function reachesNode(file: string, besides: string): boolean {
	if (file === besides) return false;
	const before = known.get(file);
	if (before !== undefined) return before;
	// Circles end here; the first visit decides.
	known.set(file, false);
	const source = readFileSync(file, "utf8");
	const names = [
		...source.matchAll(/\b(?:from|import|import\(|new URL\()\s*"([^"]+)"/g),
	].map(([, name]) => name as string);
	const reaches =
		/\b(process|Buffer)\s*[.(]|import\.meta/.test(source) ||
		names.some(
			(name) =>
				name.startsWith("node:") ||
				(/^\..*\.ts$/.test(name) &&
					reachesNode(resolve(dirname(file), name), besides)),
		);
	known.set(file, reaches);
	return reaches;
}
