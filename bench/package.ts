// Where the package's files lie, installed or not.
// Node's package exports: a package may resolve its own name.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const MANIFEST = createRequire(import.meta.url).resolve(
	"scmi-cosim/package.json",
);

/** A file or folder of the package. */
export function inPackage(path: string): string {
	return join(dirname(MANIFEST), path);
}

export function packageVersion(): string {
	return (JSON.parse(readFileSync(MANIFEST, "utf8")) as { version: string })
		.version;
}
