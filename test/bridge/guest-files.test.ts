// The files a guest boots from: Debian's real kernels of two releases, every packing, and everything that is no kernel.
// Follows Linux Documentation/arch/arm64/booting.rst and drivers/firmware/efi/libstub/zboot-header.S.

import {
	chmodSync,
	closeSync,
	mkdirSync,
	mkdtempSync,
	openSync,
	readSync,
	rmSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import {
	checkBusybox,
	checkKernel,
	debianGuest,
} from "../../host/bridge/qemu/guest-files.ts";
import { userCacheFolder } from "../../host/debian.ts";

const folder = mkdtempSync(join(tmpdir(), "scmi-cosim-images-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

/** Writes a file and returns its path. */
function file(name: string, content: Uint8Array | string): string {
	const path = join(folder, name);
	writeFileSync(path, content);
	return path;
}

/** Bytes with some values in place. */
function bytes(size: number, parts: Record<number, string | number>): Buffer {
	const all = Buffer.alloc(size);
	for (const [offset, value] of Object.entries(parts))
		if (typeof value === "number") all.writeUInt32LE(value, Number(offset));
		else all.write(value, Number(offset), "latin1");
	return all;
}

/** A small Image: text offset 0, 64 KiB in memory, little-endian with 4 KiB pages. */
const IMAGE = bytes(4096, { 0: "MZ", 16: 0x10000, 24: 0xa, 56: "ARM\x64" });

/** An EFI zboot image around a payload. */
function zboot(packing: string, payload: Uint8Array): Buffer {
	const head = bytes(128, {
		0: "MZ\0\0zimg",
		8: 128,
		12: payload.length,
		24: packing,
		56: 0x818223cd,
	});
	return Buffer.concat([head, payload, Buffer.alloc(100)]);
}

function refusal(content: Uint8Array | string): string {
	const path = file("refused", content);
	try {
		checkKernel(path);
	} catch (error) {
		expect(error).toMatchObject({ name: "CosimError", code: "FILE" });
		const { message } = error as Error;
		expect(message.startsWith(`${path}: `)).toBe(true);
		expect(message).not.toContain("\n");
		return message.slice(path.length + 2);
	}
	throw new Error("was not refused");
}

describe.each([
	[undefined, /^linux-image-\d.*-cloud-arm64(-unsigned)?$/],
	["trixie", /^linux-image-6\.12\.\d+\S*-cloud-arm64(-unsigned)?$/],
])("Debian's files, release %s", { timeout: 400_000 }, (suite, name) => {
	test("a bare Image and a static busybox, with their versions", async () => {
		const guest = await debianGuest({
			cache: userCacheFolder(),
			...(suite === undefined ? {} : { suite }),
		});
		expect(guest.kernelPackage.name).toMatch(name);
		expect(guest.kernelPackage.version).toMatch(/^\d+\.\d+/);
		expect(guest.busyboxPackage.name).toBe("busybox-static");
		expect(guest.busyboxPackage.version).toMatch(/^1:/);

		const magic = Buffer.alloc(4);
		const open = openSync(guest.kernel, "r");
		readSync(open, magic, 0, 4, 0x38);
		closeSync(open);
		expect(magic.toString("latin1")).toBe("ARM\x64");

		const kernel = checkKernel(guest.kernel);
		expect(kernel.packing).toBe("none");
		expect(kernel.textOffset).toBe(0);
		expect(kernel.imageSize).toBeGreaterThanOrEqual(kernel.bytes.length);
		expect(checkBusybox(guest.busybox).length).toBeGreaterThan(1_000_000);
	});
});

describe("kernels", () => {
	test("bare", () => {
		expect(checkKernel(file("Image", IMAGE))).toEqual({
			bytes: IMAGE,
			packing: "none",
			textOffset: 0,
			imageSize: 0x10000,
		});
	});

	test("packed with gzip", () => {
		const kernel = checkKernel(file("Image.gz", gzipSync(IMAGE)));
		expect(kernel.packing).toBe("gzip");
		expect(kernel.bytes).toEqual(IMAGE);
	});

	test("EFI zboot, packed with gzip", () => {
		const packed = zboot("gzip", gzipSync(IMAGE));
		const kernel = checkKernel(file("vmlinuz.efi", packed));
		expect(kernel.packing).toBe("zboot");
		expect(kernel.bytes).toEqual(IMAGE);
	});

	test("EFI zboot, packed with what needs a program", () => {
		// Stands in for zstd: unpacks gzip, which this machine surely has.
		const bin = join(folder, "bin");
		mkdirSync(bin);
		writeFileSync(join(bin, "zstd"), "#!/bin/sh\nexec gzip -dc\n");
		chmodSync(join(bin, "zstd"), 0o755);
		vi.stubEnv("PATH", `${bin}:${process.env.PATH}`);
		const packed = zboot("zstd", gzipSync(IMAGE));
		expect(checkKernel(file("vmlinuz.efi", packed)).bytes).toEqual(IMAGE);
	});

	test("a memory size below the file's own counts as the file's", () => {
		const image = Buffer.from(IMAGE);
		image.writeUInt32LE(100, 16);
		expect(checkKernel(file("Image", image)).imageSize).toBe(4096);
	});
});

describe("what is no kernel", () => {
	const WANTED = "; an arm64 kernel Image is needed";

	test.each([
		["is an x86 kernel (bzImage)", bytes(1024, { 0: "MZ", 514: "HdrS" })],
		["is a 32-bit Arm kernel (zImage)", bytes(64, { 36: 0x016f2818 })],
		["is a RISC-V kernel", bytes(64, { 0: "MZ", 56: "RSC\x05" })],
		["is an ELF file", bytes(64, { 0: "\x7fELF" })],
		["is a U-Boot uImage", bytes(64, { 0: "\x27\x05\x19\x56" })],
		["is a devicetree or FIT image", bytes(64, { 0: "\xd0\x0d\xfe\xed" })],
		["is a Debian package", "!<arch>\ndebian-binary"],
		["is an initramfs", "070701"],
		["is packed with zstd", bytes(64, { 0: "\x28\xb5\x2f\xfd" })],
		["is an EFI program of another kind", bytes(64, { 0: "MZ" })],
		["is an empty file", ""],
		["is no kernel", "hello"],
		["is no kernel", IMAGE.subarray(2, 60)],
		[
			"holds, packed with gzip, what is an x86 kernel (bzImage)",
			gzipSync(bytes(1024, { 0: "MZ", 514: "HdrS" })),
		],
		["is a truncated EFI zboot image", zboot("gzip", IMAGE).subarray(0, 500)],
		["is a truncated EFI zboot image", zboot("gzip", IMAGE).subarray(0, 20)],
		['is an EFI zboot image packed with "lzo"', zboot("lzo", IMAGE)],
	])("%s", (what, content) => {
		expect(refusal(content)).toBe(what + WANTED);
	});

	test("a big-endian kernel, and one that wants no or all memory", () => {
		const image = Buffer.from(IMAGE);
		image.writeUInt32LE(0xb, 24);
		expect(refusal(image)).toBe(`is a big-endian arm64 kernel${WANTED}`);
		for (const size of [0, 0xffffffff]) {
			const image = Buffer.from(IMAGE);
			image.writeUInt32LE(size, 16);
			expect(refusal(image)).toContain(`asks for ${size} bytes`);
		}
	});

	test("a broken archive", () => {
		const packed = gzipSync(IMAGE).subarray(0, 30);
		expect(refusal(packed)).toBe("cannot be unpacked with gzip");
		expect(refusal(zboot("gzip", packed))).toBe("cannot be unpacked with gzip");
	});

	test("a packing whose program is missing", () => {
		vi.stubEnv("PATH", folder);
		expect(refusal(zboot("lz4", IMAGE))).toBe(
			"is packed with lz4, which this machine has no lz4 to unpack; install it or pass a bare arm64 Image",
		);
	});

	test("a file that is not there, and a folder", () => {
		for (const path of [join(folder, "none"), folder])
			expect(() => checkKernel(path)).toThrow(
				expect.objectContaining({
					code: "FILE",
					message: expect.stringContaining(`${path}: cannot be read: `),
				}),
			);
	});
});

describe("busybox", () => {
	/** An ELF file with one program header of a type. */
	const elf = (machine: number, type: number) => {
		const all = bytes(120, { 0: "\x7fELF\x02\x01\x01", 32: 64, 64: type });
		all.writeUInt16LE(machine, 18);
		all.writeUInt16LE(56, 54);
		all.writeUInt16LE(1, 56);
		return all;
	};

	test("static and for arm64", () => {
		expect(checkBusybox(file("busybox", elf(183, 1)))).toEqual(elf(183, 1));
	});

	test.each([
		["no program", "#!/bin/sh\n"],
		["a program for another architecture", elf(62, 1)],
		["a program that needs shared libraries", elf(183, 3)],
		["a truncated program", elf(183, 1).subarray(0, 100)],
	])("%s is refused", (what, content) => {
		const path = file("busybox", content);
		expect(() => checkBusybox(path)).toThrow(
			`${path}: is ${what}; a static arm64 busybox is needed`,
		);
	});
});
