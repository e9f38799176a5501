// Recognises an arm64 kernel Image, bare or packed, and says of other files what they are.
// Follows Linux Documentation/arch/arm64/booting.rst and drivers/firmware/efi/libstub/zboot-header.S.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { CosimError } from "../../errors.ts";

/** A kernel that can be copied into memory and jumped to. */
export interface KernelImage {
	/** The bare Image. */
	bytes: Uint8Array;
	/** How the file held it. */
	packing: "none" | "gzip" | "zboot";
	/** How much memory it takes from where it is loaded, in bytes: more than its bytes, for it has zeroed data. */
	imageSize: number;
	/** Where it wants to be loaded, in bytes above a 2 MB boundary. */
	textOffset: number;
}

/** Largest kernel that is unpacked, in bytes. */
const UNPACKED_MAX = 512 << 20;
const HEADER_SIZE = 64;

/** Programs that unpack what a zboot image may hold beside gzip. */
const UNPACKERS: Readonly<Record<string, readonly [string, ...string[]]>> = {
	zstd: ["zstd", "-dc"],
	xz: ["xz", "-dc"],
	xzkern: ["xz", "-dc"],
	lzma: ["xz", "--format=lzma", "-dc"],
	lz4: ["lz4", "-dc"],
};

/** How other files begin: offset, bytes, and what such a file is. */
const OTHERS: readonly (readonly [number, string, string])[] = [
	[0x202, "HdrS", "an x86 kernel (bzImage)"],
	[0x24, "\x18\x28\x6f\x01", "a 32-bit Arm kernel (zImage)"],
	[0x38, "RSC\x05", "a RISC-V kernel"],
	[0, "\x7fELF", "an ELF file"],
	[0, "\x27\x05\x19\x56", "a U-Boot uImage"],
	[0, "\xd0\x0d\xfe\xed", "a devicetree or FIT image"],
	[0, "!<arch>\n", "a Debian package"],
	[0, "070701", "an initramfs"],
	[0, "\x28\xb5\x2f\xfd", "packed with zstd"],
	[0, "\xfd7zXZ", "packed with xz"],
	[0, "BZh", "packed with bzip2"],
	[0, "MZ", "an EFI program of another kind"],
];

/**
 * Reads a kernel: a bare Image, one packed with gzip, or an EFI zboot image (`vmlinuz.efi`).
 * @throws CosimError FILE in one line: it cannot be read, or what it is instead
 */
export function checkKernel(file: string): KernelImage {
	const { bytes, packing } = unpacked(file);
	if (!hasMagic(bytes))
		throw refused(
			file,
			packing === "none"
				? described(bytes)
				: `holds, packed with ${packing}, what is ${described(bytes)}`,
		);
	const view = new DataView(bytes.buffer, bytes.byteOffset, HEADER_SIZE);
	const textOffset = Number(view.getBigUint64(8, true));
	const imageSize = Number(view.getBigUint64(16, true));
	const bigEndian = (view.getUint32(24, true) & 1) !== 0;
	if (bigEndian) throw refused(file, "a big-endian arm64 kernel");
	if (imageSize < HEADER_SIZE || imageSize > UNPACKED_MAX)
		throw refused(
			file,
			`an arm64 kernel whose header asks for ${imageSize} bytes of memory`,
		);
	return {
		bytes,
		packing,
		textOffset,
		// A truncated or odd header must not make it overlap what is loaded behind it.
		imageSize: Math.max(imageSize, bytes.length),
	};
}

function unpacked(file: string): Pick<KernelImage, "bytes" | "packing"> {
	const bytes = readBytes(file);
	if (has(bytes, 0, "\x1f\x8b"))
		return { bytes: gunzip(file, bytes), packing: "gzip" };
	if (has(bytes, 0, "MZ") && has(bytes, 4, "zimg"))
		return { bytes: unpackZboot(file, bytes), packing: "zboot" };
	return { bytes, packing: "none" };
}

/** Unpacks an EFI zboot image: "MZ", "zimg", the payload's offset and size, and at 24 the name of its packing. */
function unpackZboot(file: string, bytes: Uint8Array): Uint8Array {
	if (bytes.length < HEADER_SIZE)
		throw refused(file, "a truncated EFI zboot image");
	const view = new DataView(bytes.buffer, bytes.byteOffset);
	const offset = view.getUint32(8, true);
	const size = view.getUint32(12, true);
	if (offset + size > bytes.length)
		throw refused(file, "a truncated EFI zboot image");
	const payload = bytes.subarray(offset, offset + size);
	const packing = text(bytes, 24, 8).replace(/\0.*/s, "");
	if (packing === "gzip") return gunzip(file, payload);
	const [program, ...args] = UNPACKERS[packing] ?? [];
	if (program === undefined)
		throw refused(file, `an EFI zboot image packed with "${packing}"`);
	const done = spawnSync(program, args, {
		input: payload,
		maxBuffer: UNPACKED_MAX,
	});
	if (done.error !== undefined)
		throw new CosimError(
			"FILE",
			`${file}: is packed with ${packing}, which this machine has no ${program} to unpack; install it or pass a bare arm64 Image`,
			{ cause: done.error },
		);
	if (done.status !== 0) throw broken(file, packing);
	return done.stdout;
}

function gunzip(file: string, bytes: Uint8Array): Uint8Array {
	try {
		return gunzipSync(bytes, { maxOutputLength: UNPACKED_MAX });
	} catch (cause) {
		throw broken(file, "gzip", cause);
	}
}

function broken(file: string, packing: string, cause?: unknown): CosimError {
	return new CosimError("FILE", `${file}: cannot be unpacked with ${packing}`, {
		cause,
	});
}

function hasMagic(bytes: Uint8Array): boolean {
	return bytes.length >= HEADER_SIZE && has(bytes, 0x38, "ARM\x64");
}

/** What a file is that is no arm64 Image. */
function described(bytes: Uint8Array): string {
	for (const [offset, magic, name] of OTHERS)
		if (has(bytes, offset, magic)) return name;
	return bytes.length === 0 ? "an empty file" : "no kernel";
}

function refused(file: string, what: string): CosimError {
	const is = what.startsWith("holds") ? what : `is ${what}`;
	return new CosimError(
		"FILE",
		`${file}: ${is}; an arm64 kernel Image is needed`,
	);
}

function has(bytes: Uint8Array, offset: number, magic: string): boolean {
	return text(bytes, offset, magic.length) === magic;
}

function text(bytes: Uint8Array, offset: number, length: number): string {
	return Buffer.from(bytes.subarray(offset, offset + length)).toString(
		"latin1",
	);
}

/**
 * @throws CosimError FILE if the file cannot be read
 */
export function readBytes(file: string): Uint8Array {
	try {
		return readFileSync(file);
	} catch (cause) {
		throw new CosimError(
			"FILE",
			`${file}: cannot be read: ${(cause as Error).message}`,
			{ cause },
		);
	}
}
