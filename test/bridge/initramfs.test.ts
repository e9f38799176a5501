// The guest's root file system: every field of the archive where the format wants it, and cpio's own opinion.
// Follows Linux Documentation/driver-api/early-userspace/buffer-format.rst.

import { spawnSync } from "node:child_process";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import {
	GUEST_APPLETS,
	GUEST_INIT,
	GUEST_READER,
	guestWords,
} from "../../host/bridge/qemu/guest-init.ts";
import {
	cpio,
	guestInitramfs,
	type InitramfsEntry,
} from "../../host/bridge/qemu/initramfs.ts";

const ENTRIES: InitramfsEntry[] = [
	{ path: "a", type: "directory" },
	{ path: "a/file", type: "file", content: "hello", mode: 0o755 },
	{ path: "a/empty", type: "file", content: new Uint8Array() },
	{ path: "link", type: "link", target: "a/file" },
	{ path: "console", type: "device", major: 5, minor: 1 },
];

/** One member as the format lays it out, read without any of the product's code. */
interface Member {
	name: string;
	fields: number[];
	content: string;
}

/** Reads members up to the trailer; each begins at a multiple of 4. */
function members(archive: Uint8Array): Member[] {
	const bytes = Buffer.from(archive);
	const all: Member[] = [];
	let at = 0;
	for (;;) {
		expect(bytes.toString("latin1", at, at + 6)).toBe("070701");
		const fields = Array.from({ length: 13 }, (_, index) =>
			Number.parseInt(
				bytes.toString("latin1", at + 6 + index * 8, at + 14 + index * 8),
				16,
			),
		);
		const [size = 0, nameSize = 0] = [fields[6], fields[11]];
		const name = bytes.toString("utf8", at + 110, at + 110 + nameSize - 1);
		expect(bytes[at + 110 + nameSize - 1]).toBe(0);
		const data = at + ((110 + nameSize + 3) & ~3);
		all.push({
			name,
			fields,
			content: bytes.toString("utf8", data, data + size),
		});
		at = data + ((size + 3) & ~3);
		if (name === "TRAILER!!!") break;
	}
	expect(at).toBe(bytes.length);
	return all;
}

describe("archive", () => {
	const all = members(cpio(ENTRIES));

	test("names and contents, in the order of the entries, then the trailer", () => {
		expect(all.map(({ name, content }) => [name, content])).toEqual([
			["a", ""],
			["a/file", "hello"],
			["a/empty", ""],
			["link", "a/file"],
			["console", ""],
			["TRAILER!!!", ""],
		]);
	});

	test("types and permissions", () => {
		expect(all.map(({ fields }) => fields[1]?.toString(8))).toEqual([
			"40755",
			"100755",
			"100644",
			"120777",
			"20600",
			"0",
		]);
	});

	test("inodes differ, so that nothing is taken for a hard link; owner is root, time is 0", () => {
		expect(all.map(({ fields }) => fields[0])).toEqual([1, 2, 3, 4, 5, 0]);
		for (const { fields } of all) {
			expect([fields[2], fields[3], fields[5], fields[12]]).toEqual([
				0, 0, 0, 0,
			]);
		}
	});

	test("device numbers", () => {
		expect(all[4]?.fields.slice(9, 11)).toEqual([5, 1]);
	});

	test("the same entries give the same bytes", () => {
		expect(cpio(ENTRIES)).toEqual(cpio(ENTRIES));
	});

	const program = ["cpio", "bsdcpio"].find(
		(name) => spawnSync(name, ["--version"]).status === 0,
	);
	test.runIf(program !== undefined)(`${program} lists it`, () => {
		const done = spawnSync(program ?? "", ["-itv"], {
			input: cpio(ENTRIES),
			encoding: "utf8",
		});
		expect(done.status).toBe(0);
		const lines = done.stdout.trim().split("\n");
		expect(lines.map((line) => line.slice(0, 10))).toEqual([
			"drwxr-xr-x",
			"-rwxr-xr-x",
			"-rw-r--r--",
			"lrwxrwxrwx",
			"crw-------",
		]);
		expect(lines[3]).toContain("link -> a/file");
		expect(lines[4]).toMatch(/ 5, +1 /);
	});
});

test.each([
	["an absolute path", "/init"],
	["an empty path", ""],
	["an empty part", "a//b"],
	["a path without its parent", "b/c"],
	["a path that is there twice", "a/file"],
	["the trailer's name", "TRAILER!!!"],
])("refuses %s", (_, path) => {
	expect(() => cpio([...ENTRIES, { path, type: "file", content: "" }])).toThrow(
		expect.objectContaining({ code: "USAGE" }),
	);
});

test("refuses a device number that does not fit", () => {
	expect(() =>
		cpio([{ path: "x", type: "device", major: 2 ** 32, minor: 0 }]),
	).toThrow(expect.objectContaining({ code: "USAGE" }));
});

describe("guest", () => {
	const busybox = Buffer.from("not really busybox");

	test("holds busybox, its names, a console and our scripts", () => {
		const all = members(guestInitramfs({ busybox }));
		const content = (name: string) =>
			all.find((one) => one.name === name)?.content;
		expect(content("bin/busybox")).toBe("not really busybox");
		expect(content("init")).toBe(GUEST_INIT);
		expect(content("reader")).toBe(GUEST_READER);
		expect(content("bin/mount")).toBe("busybox");
		expect(all.map(({ name }) => name)).toContain("dev/console");
	});

	test("packed with gzip it is the same", () => {
		const packed = guestInitramfs({ busybox, gzip: true });
		expect([packed[0], packed[1]]).toEqual([0x1f, 0x8b]);
		expect(gunzipSync(packed)).toEqual(guestInitramfs({ busybox }));
	});

	test.each([
		["init", GUEST_INIT],
		["reader", GUEST_READER],
	])("the shell takes the syntax of /%s", (_, script) => {
		const done = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
		expect(done.stderr).toBe("");
		expect(done.status).toBe(0);
	});

	test("every program that the scripts call by name is there", () => {
		for (const name of GUEST_APPLETS) {
			const words = new RegExp(`\\b${name}\\b`);
			expect(words.test(GUEST_INIT + GUEST_READER), name).toBe(true);
		}
	});

	test("steps become words of the kernel command line", () => {
		expect(guestWords({})).toBe("");
		expect(guestWords({ shell: true, hotplug: false })).toBe("scmi.shell");
		expect(guestWords({ bench: 2, rebind: 3, hotplug: true })).toBe(
			"scmi.bench=2 scmi.rebind=3 scmi.hotplug",
		);
	});
});
