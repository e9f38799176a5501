// The guest's root file system: a cpio archive in memory with busybox and our init.
// Follows Linux Documentation/driver-api/early-userspace/buffer-format.rst (format "newc").

import { gzipSync } from "node:zlib";
import { CosimError } from "../../errors.ts";
import { GUEST_APPLETS, GUEST_INIT, GUEST_READER } from "./guest-init.ts";

/** One member of an initramfs. Paths are relative to its root, without a leading slash; parents come before children. */
export type InitramfsEntry =
	/** `mode`: permission bits, 0o644 unless told. */
	| { path: string; type: "file"; content: Uint8Array | string; mode?: number }
	| { path: string; type: "directory" }
	/** `target`: what the link points to. */
	| { path: string; type: "link"; target: string }
	/** A character device. */
	| { path: string; type: "device"; major: number; minor: number };

const MAGIC = "070701";
const HEADER_SIZE = 110;
const END = "TRAILER!!!";
/** Largest value of a header field: eight hexadecimal digits. */
const FIELD_MAX = 0xffffffff;

/** File types of st_mode, as in stat(2). */
const S_IFREG = 0o100000;
const S_IFDIR = 0o040000;
const S_IFLNK = 0o120000;
const S_IFCHR = 0o020000;

/** What one entry becomes in the archive. */
interface Member {
	path: string;
	mode: number;
	links: number;
	content: Uint8Array;
	major: number;
	minor: number;
}

/**
 * A newc archive. The same entries give the same bytes: owner root, time 0.
 * @throws CosimError USAGE for a path that is empty, absolute, listed twice or without its parent directory
 */
export function cpio(entries: readonly InitramfsEntry[]): Uint8Array {
	checkPaths(entries);
	const members = entries.map(member);
	const end: Member = { ...EMPTY, path: END, links: 1 };
	const parts: Uint8Array[] = [];
	for (const [index, one] of [...members, end].entries()) {
		const inode = one === end ? 0 : index + 1;
		parts.push(header(one, inode), one.content, padding(one.content.length));
	}
	return Buffer.concat(parts);
}

/** The files that every guest needs. */
export interface GuestFiles {
	/** A static arm64 busybox: its bytes. */
	busybox: Uint8Array;
	/** Compress; smaller, but the guest's kernel takes longer to unpack it. */
	gzip?: boolean;
}

/** The initramfs of the guest: busybox, /init and what it calls. */
export function guestInitramfs(files: GuestFiles): Uint8Array {
	const archive = cpio([
		...["bin", "dev", "proc", "sys", "tmp"].map(
			(path): InitramfsEntry => ({ path, type: "directory" }),
		),
		// The kernel opens it for init before anything is mounted.
		{ path: "dev/console", type: "device", major: 5, minor: 1 },
		{
			path: "bin/busybox",
			type: "file",
			content: files.busybox,
			mode: 0o755,
		},
		...GUEST_APPLETS.map(
			(name): InitramfsEntry => ({
				path: `bin/${name}`,
				type: "link",
				target: "busybox",
			}),
		),
		{ path: "init", type: "file", content: GUEST_INIT, mode: 0o755 },
		{ path: "reader", type: "file", content: GUEST_READER, mode: 0o755 },
	]);
	return files.gzip === true ? gzipSync(archive) : archive;
}

const EMPTY: Member = {
	path: "",
	mode: 0,
	links: 1,
	content: new Uint8Array(),
	major: 0,
	minor: 0,
};

function member(entry: InitramfsEntry): Member {
	const { path } = entry;
	switch (entry.type) {
		case "file": {
			const mode = S_IFREG | (entry.mode ?? 0o644);
			return { ...EMPTY, path, mode, content: bytes(entry.content) };
		}
		case "directory":
			return { ...EMPTY, path, mode: S_IFDIR | 0o755, links: 2 };
		case "link":
			return {
				...EMPTY,
				path,
				mode: S_IFLNK | 0o777,
				content: bytes(entry.target),
			};
		case "device": {
			const { major, minor } = entry;
			return { ...EMPTY, path, mode: S_IFCHR | 0o600, major, minor };
		}
	}
}

/** Magic, thirteen hexadecimal fields, the name with its NUL, and zeros up to a multiple of 4. */
function header(one: Member, inode: number): Uint8Array {
	const name = bytes(one.path);
	const fields = [
		inode,
		one.mode,
		0, // uid
		0, // gid
		one.links,
		0, // mtime
		one.content.length,
		0, // major and minor of the device that holds the file
		0,
		one.major,
		one.minor,
		name.length + 1,
		0, // check sum: format 070702 only
	];
	for (const value of fields)
		if (!Number.isInteger(value) || value < 0 || value > FIELD_MAX)
			throw new CosimError(
				"USAGE",
				`initramfs: ${one.path}: ${value} does not fit a field of 32 bits`,
			);
	const digits = fields.map((value) => value.toString(16).padStart(8, "0"));
	const length = HEADER_SIZE + name.length + 1;
	const out = new Uint8Array(length + padding(length).length);
	out.set(bytes(MAGIC + digits.join("")));
	out.set(name, HEADER_SIZE);
	return out;
}

function checkPaths(entries: readonly InitramfsEntry[]): void {
	const directories = new Set([""]);
	const seen = new Set<string>([END]);
	for (const { path, type } of entries) {
		const refuse = (why: string) =>
			new CosimError("USAGE", `initramfs: path "${path}" ${why}`);
		if (!/^[^/\0]+(\/[^/\0]+)*$/.test(path))
			throw refuse("must be relative, without empty parts");
		if (seen.has(path)) throw refuse("is there twice or reserved");
		const parent = path.includes("/")
			? path.slice(0, path.lastIndexOf("/"))
			: "";
		if (!directories.has(parent))
			throw refuse("has no parent directory before it");
		seen.add(path);
		if (type === "directory") directories.add(path);
	}
}

/** Zeros from `length` up to a multiple of 4. */
function padding(length: number): Uint8Array {
	return new Uint8Array(-length & 3);
}

function bytes(content: Uint8Array | string): Uint8Array {
	return typeof content === "string"
		? new TextEncoder().encode(content)
		: content;
}
