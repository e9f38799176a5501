// The files that a guest boots from: a kernel and a busybox, Debian's unless the user passes others.
// Follows the contents of Debian's packages linux-image-cloud-arm64 and busybox-static.

import { renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { type DebianPackage, fetchDebianPackage } from "../../debian.ts";
import { CosimError } from "../../errors.ts";
import { checkKernel, readBytes } from "./kernel-image.ts";

export { checkKernel, type KernelImage } from "./kernel-image.ts";

/** Where Debian's files come from and go to. */
export interface DebianGuestOptions {
	/** Folder that keeps the files, such as {@link userCacheFolder}'s. */
	cache: string;
	/** Debian release, such as `trixie` for kernel 6.12; the machine's own without it. */
	suite?: string;
	/** Takes a line of text for the user as each slow step begins. */
	progress?: (line: string) => void;
}

/** A kernel and a busybox that a guest can boot from. */
export interface DebianGuest {
	/** File with a bare arm64 Image. */
	kernel: string;
	/** File with a static arm64 busybox. */
	busybox: string;
	kernelPackage: { name: string; version: string };
	busyboxPackage: { name: string; version: string };
}

/** Offsets and values of an ELF header; see elf(5). */
const E_MACHINE = 18;
const EM_AARCH64 = 183;
const E_PHOFF = 32;
const E_PHENTSIZE = 54;
const E_PHNUM = 56;
const PT_INTERP = 3;
const ELF_HEADER_SIZE = 64;

/**
 * Debian's arm64 cloud kernel and static busybox, downloaded once.
 * @throws CosimError FILE that says what failed and which option to pass instead
 */
export async function debianGuest(
	options: DebianGuestOptions,
): Promise<DebianGuest> {
	const kernel = await fetchFile(options, "linux-image-cloud-arm64", {
		wanted: /^boot\/vmlinuz-/,
		instead: "pass --kernel <file>",
	});
	const busybox = await fetchFile(options, "busybox-static", {
		wanted: /^(usr\/)?bin\/busybox$/,
		instead: "pass --initrd <file>",
	});
	return {
		kernel: bareKernel(kernel),
		busybox: chosen(busybox, "busybox"),
		kernelPackage: { name: kernel.name, version: kernel.version },
		busyboxPackage: { name: busybox.name, version: busybox.version },
	};
}

/**
 * Reads a busybox for the guest.
 * @throws CosimError FILE unless it is a static arm64 program
 */
export function checkBusybox(file: string): Uint8Array {
	const bytes = readBytes(file);
	const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
	const refuse = (what: string) =>
		new CosimError(
			"FILE",
			`${file}: is ${what}; a static arm64 busybox is needed`,
		);
	const isElf64 =
		bytes.length >= ELF_HEADER_SIZE && view.getUint32(0) === 0x7f454c46;
	if (!isElf64) throw refuse("no program");
	if (view.getUint16(E_MACHINE, true) !== EM_AARCH64)
		throw refuse("a program for another architecture");
	const start = Number(view.getBigUint64(E_PHOFF, true));
	const size = view.getUint16(E_PHENTSIZE, true);
	for (let index = 0; index < view.getUint16(E_PHNUM, true); index++) {
		const at = start + index * size;
		if (at + size > bytes.length) throw refuse("a truncated program");
		if (view.getUint32(at, true) === PT_INTERP)
			throw refuse("a program that needs shared libraries");
	}
	return bytes;
}

function fetchFile(
	options: DebianGuestOptions,
	name: string,
	{ wanted, instead }: { wanted: RegExp; instead: string },
): Promise<DebianPackage> {
	const { cache, suite, progress } = options;
	return fetchDebianPackage({
		name,
		architecture: "arm64",
		cache: join(cache, "guest", suite ?? "default", name),
		pick: (paths) => paths.filter((path) => wanted.test(path)),
		instead,
		...(suite === undefined ? {} : { suite }),
		...(progress === undefined ? {} : { progress }),
	});
}

/** The package's kernel as a bare Image: unpacked beside it when it is packed. */
function bareKernel(kernel: DebianPackage): string {
	const image = join(kernel.folder, "Image");
	if (kernel.files.includes(image)) return image;
	const file = chosen(kernel, "vmlinuz-");
	const { bytes, packing } = checkKernel(file);
	if (packing === "none") return file;
	const partial = `${image}.${process.pid}`;
	try {
		writeFileSync(partial, bytes);
		renameSync(partial, image);
	} catch (cause) {
		rmSync(partial, { force: true });
		throw new CosimError(
			"FILE",
			`${image}: cannot be written: ${(cause as Error).message}`,
			{ cause },
		);
	}
	return image;
}

function chosen(from: DebianPackage, prefix: string): string {
	const file = from.files.find((path) => basename(path).startsWith(prefix));
	if (file === undefined)
		throw new CosimError(
			"FILE",
			`${from.folder}: has no file ${prefix}*; remove the folder`,
		);
	return file;
}
