// Fetches files of Debian packages, of any architecture and release, into a folder of the user's, once.
// Follows apt.conf(5) and sources.list(5): a private apt root, so that no rights are needed and nothing on the machine changes.

import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { AptRoot } from "./debian-apt.ts";
import { CosimError } from "./errors.ts";

/** A lock or a work folder older than this is a dead process's, in milliseconds. */
const STALE_AFTER = 600_000;
/** How often the dependencies of a package that holds nothing of interest are followed. */
const METAPACKAGE_DEPTH = 3;
/** Names the archive that the files are from. */
const PACKAGE_FILE = "package.txt";

/** What to fetch. */
export interface DebianRequest {
	/** A package, or a metapackage such as `linux-image-cloud-arm64`: then the package that it depends on is taken. */
	name: string;
	/** Debian's name of the architecture, such as `arm64`. */
	architecture: string;
	/** Debian release, such as `trixie`; the machine's own without it. */
	suite?: string;
	/** The folder for the files of this package. Once it exists, it is used as it is. */
	cache: string;
	/** Chooses files by their paths in the package, such as `boot/vmlinuz-6.1.0`; their base names must differ. */
	pick: (paths: string[]) => string[];
	/** What the user can do when nothing can be fetched, such as "pass --kernel <file>". */
	instead?: string;
	/** Takes a line of text for the user as each slow step begins. */
	progress?: (line: string) => void;
}

/** A package whose picked files are in the cache. */
export interface DebianPackage {
	/** The package that holds the files, not the metapackage. */
	name: string;
	version: string;
	folder: string;
	/** The picked files, sorted. */
	files: string[];
}

/** The folder for everything that this program caches. */
export function userCacheFolder(): string {
	return join(
		process.env.XDG_CACHE_HOME || join(homedir(), ".cache"),
		"scmi-cosim",
	);
}

/**
 * The picked files of a package; downloaded when the cache has none. Safe to call from several processes at once.
 * @throws CosimError FILE that says what failed and what to do instead
 */
export async function fetchDebianPackage(
	request: DebianRequest,
): Promise<DebianPackage> {
	const folder = request.cache;
	try {
		// It becomes part of apt's settings.
		if (!/^[a-z][a-z0-9.-]*$/.test(request.suite ?? "default"))
			throw new Error(`"${request.suite}" is no name of a Debian release`);
		if (!existsSync(folder)) {
			mkdirSync(dirname(folder), { recursive: true });
			const unlock = await lock(`${folder}.lock`, request.progress);
			try {
				if (!existsSync(folder)) await fetchInto(folder, request);
			} finally {
				unlock();
			}
		}
		return cached(folder);
	} catch (cause) {
		const instead =
			request.instead === undefined ? "" : `; ${request.instead} instead`;
		throw new CosimError(
			"FILE",
			`Debian's ${request.name} cannot be fetched into ${folder}: ${(cause as Error).message}${instead}`,
			{ cause },
		);
	}
}

/** What an earlier call left. */
function cached(folder: string): DebianPackage {
	const archive = readFileSync(join(folder, PACKAGE_FILE), "utf8").trim();
	const parts = /^([^_]+)_([^_]+)_[^_]+\.deb$/.exec(archive);
	const [, name, version] = parts ?? [];
	if (name === undefined || version === undefined)
		throw new Error(
			`${join(folder, PACKAGE_FILE)} does not name a package; remove the folder`,
		);
	return {
		name,
		version: decodeURIComponent(version),
		folder,
		files: readdirSync(folder)
			.filter((file) => file !== PACKAGE_FILE)
			.sort()
			.map((file) => join(folder, file)),
	};
}

/** Fetches beside the final folder, which appears in one step and only when complete. */
async function fetchInto(
	folder: string,
	request: DebianRequest,
): Promise<void> {
	removeLeftovers(folder);
	const work = mkdtempSync(`${folder}-`);
	const remove = () => rmSync(work, { recursive: true, force: true });
	process.once("exit", remove);
	try {
		const apt = new AptRoot(work, request.architecture, request.progress);
		await apt.update(request.suite);
		const { archive, picked } = await findFiles(apt, request);
		const files = join(work, "files");
		mkdirSync(files);
		request.progress?.(`unpacking ${basename(archive)}`);
		await apt.unpack(archive, picked, files);
		writeFileSync(join(files, PACKAGE_FILE), `${basename(archive)}\n`);
		try {
			renameSync(files, folder);
		} catch (error) {
			// Another process may have been faster.
			if (!existsSync(folder)) throw error;
		}
	} finally {
		process.off("exit", remove);
		remove();
	}
}

/** Downloads the package, or the one behind it, that holds what is wanted. */
async function findFiles(
	apt: AptRoot,
	request: DebianRequest,
): Promise<{ archive: string; picked: string[] }> {
	let name = request.name;
	for (let depth = 0; depth < METAPACKAGE_DEPTH; depth++) {
		const archive = await apt.download(name);
		const picked = request.pick(await apt.list(archive));
		const names = new Set(picked.map((path) => basename(path)));
		if (names.size < picked.length || names.has(PACKAGE_FILE))
			throw new Error(`${name}: two picked files have the same name`);
		if (picked.length > 0) return { archive, picked };
		const next = await apt.dependency(name);
		if (next === undefined) break;
		name = next;
	}
	throw new Error(`package ${name} does not hold what is looked for`);
}

/** Removes work folders of processes that were killed. Called with the lock held. */
function removeLeftovers(folder: string): void {
	const parent = dirname(folder);
	for (const name of readdirSync(parent))
		if (
			name.startsWith(`${basename(folder)}-`) &&
			/^.{6}$/.test(name.slice(basename(folder).length + 1)) &&
			age(join(parent, name)) > STALE_AFTER
		)
			rmSync(join(parent, name), { recursive: true, force: true });
}

/** Waits until no living process holds the lock file, then takes it. */
async function lock(
	file: string,
	progress: DebianRequest["progress"],
): Promise<() => void> {
	for (let tries = 0; ; tries++) {
		try {
			writeFileSync(file, `${process.pid}`, { flag: "wx" });
			const remove = () => rmSync(file, { force: true });
			process.once("exit", remove);
			return () => {
				process.off("exit", remove);
				remove();
			};
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
		}
		if (!isHeld(file)) {
			rmSync(file, { force: true });
			continue;
		}
		if (tries === 0) progress?.("waiting for another process that fetches");
		await sleep(200);
	}
}

function isHeld(file: string): boolean {
	if (age(file) > STALE_AFTER) return false;
	try {
		const pid = Number(readFileSync(file, "utf8"));
		// An empty file: its owner is just about to write the number.
		if (pid === 0) return true;
		process.kill(pid, 0);
		return true;
	} catch (error) {
		return (error as NodeJS.ErrnoException).code === "EPERM";
	}
}

/** How long ago a file was last written, in milliseconds; 0 if it is gone. */
function age(path: string): number {
	const stat = statSync(path, { throwIfNoEntry: false });
	return stat === undefined ? 0 : Date.now() - stat.mtimeMs;
}
