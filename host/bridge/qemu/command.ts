// QEMU's command line for a guest, its own devicetree for the board, and what it says when it refuses.
// QEMU's virt board, see stub-bytes.ts and guest-layout.ts for what runs below the guest.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { CosimError } from "../../errors.ts";
import type { Method } from "../../mailbox/conduit.ts";
import type { GuestFiles } from "./files.ts";
import type { GuestOptions } from "./guest.ts";
import { INITRD_ADDRESS, KERNEL_ADDRESS } from "./guest-layout.ts";
import { STUB_EL2, STUB_EL3 } from "./stub-bytes.ts";

/** The program that runs guests. */
export const QEMU = "qemu-system-aarch64";
/** Characters of QEMU's complaints that are passed on. */
export const MAX_ERROR_TEXT = 2000;

/** The board, as QEMU needs to know it to write its devicetree and to run it. */
export function boardArguments(
	files: GuestFiles,
	options: GuestOptions,
): string[] {
	const { conduit = "smc", cpus = 1, memory = 512, gic = 3 } = options;
	const secure = conduit === "smc" ? ",secure=on" : "";
	return [
		...[
			"-machine",
			`virt,acpi=off,gic-version=${gic},virtualization=on${secure}`,
		],
		...["-cpu", options.cpu ?? "cortex-a72"],
		...["-smp", String(cpus), "-m", String(memory)],
		...["-bios", files.write("stub", stubBytes(conduit))],
		...["-nodefaults", "-display", "none"],
	];
}

/**
 * What the board runs and how it reaches us. Sockets reconnect, so that a successor can take our place.
 * @param reconnect the option for that, see {@link reconnectOption}
 */
export function guestArguments(
	files: GuestFiles,
	options: GuestOptions,
	reconnect: string,
): string[] {
	const { conduit = "smc", memory = 512 } = options;
	const load = (name: string, bytes: Uint8Array, address: number) => [
		"-device",
		`loader,file=${files.write(name, bytes)},addr=0x${address.toString(16)},force-raw=on`,
	];
	const socket = (name: string) => [
		"-chardev",
		`socket,id=${name},path=${files.path(name)},${reconnect}`,
	];
	const ram = `id=ram,size=${memory}M,mem-path=${files.path("ram")},share=on`;
	return [
		...["-machine", "memory-backend=ram"],
		...["-object", `memory-backend-file,${ram}`],
		...["-no-reboot", "-dtb", files.path("tree")],
		...load("kernel", options.kernel, KERNEL_ADDRESS),
		...load("initrd", options.initrd, INITRD_ADDRESS),
		...socket("console"),
		...["-serial", "chardev:console"],
		...socket("doorbell"),
		...(conduit === "smc"
			? ["-serial", "chardev:doorbell"]
			: ["-semihosting-config", "enable=on,target=native,chardev=doorbell"]),
	];
}

/** The firmware below the guest: a secure monitor for SMC, a hypervisor for HVC. */
function stubBytes(conduit: Method): Uint8Array {
	return Buffer.from(conduit === "smc" ? STUB_EL3 : STUB_EL2, "base64");
}

/** What a program says of its version. */
export function versionOf(program: string): Promise<string> {
	return new Promise((resolve, reject) => {
		execFile(program, ["--version"], (error, stdout, stderr) => {
			if (error !== null) reject(refused(program, error, stderr));
			else resolve(stdout);
		});
	});
}

/**
 * The option of a socket that QEMU connects again a second after it was closed: 9.2 began to count in ms, 11 knows
 * nothing else.
 * @param version what QEMU's --version printed
 */
export function reconnectOption(version: string): string {
	const [, major, minor] = /version (\d+)\.(\d+)/.exec(version) ?? [];
	const inSeconds =
		Number(major) < 9 || (Number(major) === 9 && Number(minor) < 2);
	return inSeconds ? "reconnect=1" : "reconnect-ms=1000";
}

/** Writes QEMU's own devicetree for a board into a file. */
export function dumpTree(
	program: string,
	board: string[],
	file: string,
): Promise<void> {
	return new Promise((resolve, reject) => {
		execFile(
			program,
			[...board, "-machine", `dumpdtb=${file}`],
			(error, _, stderr) => {
				if (error !== null) reject(refused(program, error, stderr));
				else if (existsSync(file)) resolve();
				else reject(refused(program, new Error("it wrote no devicetree"), ""));
			},
		);
	});
}

/** A program that is not there, or that ended with a complaint. */
export function refused(
	program: string,
	error: Error & { code?: unknown },
	stderr: string,
): CosimError {
	const said = stderr.trim().slice(0, MAX_ERROR_TEXT);
	const status =
		typeof error.code === "number" ? `exit status ${error.code}` : "";
	const why =
		error.code === "ENOENT"
			? "not found: install Debian's qemu-system-arm, or name another program"
			: said || status || error.message;
	return new CosimError("QEMU", `${program}: ${why}`, { cause: error });
}
