// Fetches the devicetree blobs of real i.MX8MM boards from Debian's arm64 kernel package into a cache, once.
// Follows host/debian.ts, which does the fetching.

import { basename, join } from "node:path";
import { fetchDebianPackage, userCacheFolder } from "../../host/debian.ts";

/** One board's blob in the cache. */
export interface DebianBoard {
	/** File name without ending, such as `imx8mm-evk`. */
	name: string;
	file: string;
}

/** Folder that holds the blobs and `package.txt`, which names the package that they are from. */
export function cacheFolder(): string {
	return join(userCacheFolder(), "debian-dtbs");
}

/**
 * All i.MX8MM boards of Debian's kernel package, sorted by name; fetched when the cache has none.
 * Safe to call from several processes at once.
 * @throws CosimError FILE that says which step failed, such as a machine that is offline
 */
export async function debianBoards(): Promise<DebianBoard[]> {
	const { files } = await fetchDebianPackage({
		name: "linux-image-arm64",
		architecture: "arm64",
		cache: cacheFolder(),
		pick: (paths) =>
			paths.filter((path) => /\/freescale\/imx8mm-[^/]+\.dtb$/.test(path)),
	});
	return files.map((file) => ({ name: basename(file, ".dtb"), file }));
}
