// Fetches the devicetree blobs of real i.MX8MM boards from Debian's arm64 kernel package into a cache, once.
// Follows apt.conf(5): a private apt root, so that no rights are needed and nothing on the machine changes.

import { spawnSync } from "node:child_process";
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { homedir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** The metapackage whose dependency is the kernel that Debian ships today. */
const METAPACKAGE = "linux-image-arm64";

/** How long to wait for another process that fetches, in milliseconds. */
const LOCK_TIMEOUT = 300_000;

/** One board's blob in the cache. */
export interface DebianBoard {
	/** File name without ending, such as `imx8mm-evk`. */
	name: string;
	file: string;
}

/** Folder that holds the blobs and `package.txt`, which names the package that they are from. */
export function cacheFolder(): string {
	const base = process.env.XDG_CACHE_HOME || join(homedir(), ".cache");
	return join(base, "scmi-cosim", "debian-dtbs");
}

/**
 * All i.MX8MM boards of Debian's kernel package, sorted by name; fetched when the cache has none.
 * Safe to call from several processes at once.
 * @throws Error that says which step failed, such as a machine that is offline
 */
export async function debianBoards(): Promise<DebianBoard[]> {
	const folder = cacheFolder();
	if (!existsSync(folder)) {
		mkdirSync(join(folder, ".."), { recursive: true });
		const unlock = await lock(`${folder}.lock`);
		try {
			if (!existsSync(folder)) fetchInto(folder);
		} finally {
			unlock();
		}
	}
	return readdirSync(folder)
		.filter((file) => file.endsWith(".dtb"))
		.sort()
		.map((file) => ({
			name: basename(file, ".dtb"),
			file: join(folder, file),
		}));
}

/** Fetches beside the final folder, which appears in one step and only when complete. */
function fetchInto(folder: string): void {
	const work = mkdtempSync(`${folder}-`);
	try {
		const apt = aptRoot(work);
		run("apt-get", [...apt, "update"], work);
		const depends = run("apt-cache", [...apt, "depends", METAPACKAGE], work);
		const kernel = /Depends: (linux-image-\S+)/.exec(depends)?.[1];
		if (kernel === undefined)
			throw new Error(
				`${METAPACKAGE} is unknown to this machine's package sources`,
			);
		run("apt-get", [...apt, "download", kernel], work);
		const archive = readdirSync(work).find((file) => file.endsWith(".deb"));
		if (archive === undefined)
			throw new Error(`apt-get download ${kernel} left no package`);
		const boards = join(work, "boards");
		mkdirSync(boards);
		// Only the blobs are unpacked: the whole package takes 300 MB.
		const pattern = "./usr/lib/linux-image-*/freescale/imx8mm-*.dtb";
		run(
			"sh",
			[
				"-c",
				'dpkg-deb --fsys-tarfile "$0" | tar -x -C "$1" --strip-components=5 --wildcards "$2"',
				...[archive, boards, pattern],
			],
			work,
		);
		if (readdirSync(boards).length === 0)
			throw new Error(`${archive} holds no ${pattern}`);
		writeFileSync(join(boards, "package.txt"), `${archive}\n`);
		try {
			renameSync(boards, folder);
		} catch (error) {
			// Another process may have been faster.
			if (!existsSync(folder)) throw error;
		}
	} catch (error) {
		throw new Error(
			`the devicetrees of Debian's ${METAPACKAGE} cannot be fetched into ${folder}; this needs Debian's package sources and the network: ${(error as Error).message}`,
		);
	} finally {
		rmSync(work, { recursive: true, force: true });
	}
}

/** Options that give apt a root of its own for arm64, and none of this machine's hooks. */
function aptRoot(work: string): string[] {
	for (const folder of ["state/lists/partial", "cache/archives/partial"])
		mkdirSync(join(work, folder), { recursive: true });
	writeFileSync(join(work, "status"), "");
	const configuration = `
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
		#clear APT::Architectures;
		APT::Architecture "arm64";
		APT::Architectures { "arm64"; };
		APT::Sandbox::User "";
		Acquire::Languages "none";
		Acquire::Retries "2";
		Dir::State "${join(work, "state")}";
		Dir::State::status "${join(work, "status")}";
		Dir::Cache "${join(work, "cache")}";
	`;
	writeFileSync(join(work, "apt.conf"), configuration);
	return ["-q", "-c", join(work, "apt.conf")];
}

function run(program: string, args: string[], cwd: string): string {
	const done = spawnSync(program, args, {
		cwd,
		encoding: "utf8",
		env: { ...process.env, LC_ALL: "C" },
	});
	if (done.error !== undefined)
		throw new Error(`${program} cannot be run: ${done.error.message}`);
	if (done.status !== 0)
		throw new Error(
			`${program} failed: ${done.stderr.trim().split("\n").slice(-3).join(" ")}`,
		);
	return done.stdout;
}

/** Waits until no living process holds the lock file, then takes it. */
async function lock(file: string): Promise<() => void> {
	const end = Date.now() + LOCK_TIMEOUT;
	for (;;) {
		try {
			writeFileSync(file, `${process.pid}`, { flag: "wx" });
			return () => rmSync(file, { force: true });
		} catch (error) {
			if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
		}
		if (!isHeld(file)) rmSync(file, { force: true });
		else if (Date.now() > end)
			throw new Error(`${file} is still held by another process; remove it`);
		else await sleep(200);
	}
}

function isHeld(file: string): boolean {
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
