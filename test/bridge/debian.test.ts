// Fetching Debian packages without root: real packages of two releases, two callers at once, and everything that fails.
// Follows sources.list(5) for what is derived from the machine's own package sources.

import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test, vi } from "vitest";
import {
	type DebianRequest,
	fetchDebianPackage,
	userCacheFolder,
} from "../../host/debian.ts";
import { changeLines, changeStanzas } from "../../host/debian-apt.ts";

/** Package lists and packages come over the network. */
const TIMEOUT = 300_000;

const root = mkdtempSync(join(tmpdir(), "scmi-cosim-debian-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));
afterEach(() => vi.unstubAllEnvs());

let folders = 0;
/** A request for a small package into a folder of its own. */
function request(change: Partial<DebianRequest> = {}): DebianRequest {
	const parent = join(root, `${folders++}`);
	return {
		name: "busybox-static",
		architecture: "arm64",
		cache: join(parent, "busybox"),
		pick: (paths) => paths.filter((path) => /(^|\/)bin\/busybox$/.test(path)),
		instead: "pass --busybox <file>",
		...change,
	};
}

/** What a call that fails says. */
async function failure(change: Partial<DebianRequest>): Promise<string> {
	const made = request(change);
	const error = await fetchDebianPackage(made).then(
		() => undefined,
		(error: unknown) => error,
	);
	expect(error).toMatchObject({ name: "CosimError", code: "FILE" });
	// Nothing is left, not even of what was begun.
	expect(readdirSync(join(made.cache, ".."))).toEqual([]);
	return (error as Error).message;
}

describe("a package of the machine's own release", { timeout: TIMEOUT }, () => {
	const lines: string[] = [];
	const made = request({ progress: (line) => lines.push(line) });

	test("two callers at once get the same files, and nothing else stays", async () => {
		const [first, second] = await Promise.all([
			fetchDebianPackage(made),
			fetchDebianPackage(made),
		]);
		expect(second).toEqual(first);
		expect(first.name).toBe("busybox-static");
		expect(first.version).toMatch(/^1:1\.\d+/);
		expect(first.files).toEqual([join(made.cache, "busybox")]);
		expect(statSync(join(made.cache, "busybox")).mode & 0o111).not.toBe(0);
		expect(readdirSync(join(made.cache, ".."))).toEqual(["busybox"]);
		expect(readdirSync(made.cache)).toEqual(["busybox", "package.txt"]);
		expect(readFileSync(join(made.cache, "package.txt"), "utf8")).toMatch(
			/^busybox-static_\S+_arm64\.deb\n$/,
		);
	});

	test("each slow step was announced, once", () => {
		const waiting = "waiting for another process that fetches";
		const steps = lines.filter((line) => line !== waiting);
		expect(lines).toContain(waiting);
		expect(steps).toHaveLength(3);
		expect(steps[0]).toBe("reading Debian's package lists");
		expect(steps[1]).toMatch(
			/^downloading busybox-static_\S+\.deb \(\d+\.\d MB\)$/,
		);
		expect(steps[2]).toMatch(/^unpacking busybox-static/);
	});

	test("later calls need no program and no network", async () => {
		vi.stubEnv("PATH", root);
		lines.length = 0;
		expect((await fetchDebianPackage(made)).files).toHaveLength(1);
		expect(lines).toEqual([]);
	});
});

test(
	"a package of another release",
	async () => {
		const found = await fetchDebianPackage(request({ suite: "trixie" }));
		// Debian 13's, whatever this machine runs.
		expect(found.version).toMatch(/^1:1\.37\.0-/);
	},
	TIMEOUT,
);

test(
	"a metapackage leads to the package that it depends on",
	async () => {
		const found = await fetchDebianPackage(
			request({
				name: "linux-headers-cloud-arm64",
				pick: (paths) => paths.filter((path) => path.endsWith("/.config")),
			}),
		);
		expect(found.name).toMatch(/^linux-headers-\d.*-cloud-arm64$/);
	},
	TIMEOUT,
);

describe("what a killed process left", { timeout: TIMEOUT }, () => {
	test("its lock and its work folder are taken away", async () => {
		const made = request();
		const parent = join(made.cache, "..");
		const old = join(parent, "busybox-abcdef");
		const young = join(parent, "busybox-ghijkl");
		mkdirSync(old, { recursive: true });
		mkdirSync(young);
		utimesSync(old, 0, 0);
		// No process has this number: it is above the kernel's limit.
		writeFileSync(`${made.cache}.lock`, "4194305");
		await fetchDebianPackage(made);
		expect(readdirSync(parent).sort()).toEqual(["busybox", "busybox-ghijkl"]);
	});

	test("so is a lock whose number has become another process's", async () => {
		const made = request();
		mkdirSync(join(made.cache, ".."));
		writeFileSync(`${made.cache}.lock`, `${process.ppid}`);
		utimesSync(`${made.cache}.lock`, 0, 0);
		await fetchDebianPackage(made);
		expect(existsSync(`${made.cache}.lock`)).toBe(false);
	});
});

describe("failures say what to do instead", { timeout: TIMEOUT }, () => {
	test("no apt", async () => {
		vi.stubEnv("PATH", root);
		const text = await failure({});
		expect(text).toContain("Debian's busybox-static cannot be fetched into");
		expect(text).toContain("this machine has no apt-get");
		expect(text).toMatch(/; pass --busybox <file> instead$/);
	});

	test("off line", async () => {
		for (const name of ["http_proxy", "https_proxy"])
			vi.stubEnv(name, "http://127.0.0.1:9");
		const text = await failure({});
		expect(text).toContain("do not have busybox-static for arm64");
		expect(text).toMatch(/\(apt: Failed to fetch .*\); pass --busybox/);
		expect(text).not.toContain("\n");
	});

	test("an unknown package", async () => {
		expect(await failure({ name: "no-such-package" })).toContain(
			"the package sources do not have no-such-package for arm64; pass",
		);
	});

	test("an unknown release", async () => {
		const text = await failure({ suite: "nosuchrelease" });
		expect(text).toMatch(/do not have busybox-static .*nosuchrelease/);
	});

	test("a release that is no name", async () => {
		expect(await earlyFailure({ suite: 'x"; DPkg::Pre-Invoke "y' })).toContain(
			"is no name of a Debian release",
		);
	});

	test("a package without the file", async () => {
		expect(await failure({ pick: () => [] })).toContain(
			"does not hold what is looked for",
		);
	});

	test("a cache that cannot be written", async () => {
		const file = join(root, "file");
		writeFileSync(file, "");
		expect(await earlyFailure({ cache: join(file, "cache") })).toMatch(
			/EEXIST|ENOTDIR/,
		);
	});

	test("a cache that is not ours", async () => {
		const cache = join(root, "foreign");
		mkdirSync(cache);
		expect(await earlyFailure({ cache })).toContain("package.txt");
	});
});

/** The same for calls that fail before they make a folder. */
async function earlyFailure(change: Partial<DebianRequest>): Promise<string> {
	const error = await fetchDebianPackage(request(change)).catch(
		(error: unknown) => error,
	);
	expect(error).toMatchObject({ name: "CosimError", code: "FILE" });
	return (error as Error).message;
}

describe("the machine's package sources with another release", () => {
	const suites = new Set(["bookworm", "bookworm-updates", "bookworm-security"]);

	test("lines: mirror, options and components stay, other archives go", () => {
		const text = `# comment
deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian bookworm main contrib # why
deb-src http://mirror.example/debian bookworm main
deb http://mirror.example/debian bookworm-updates main
deb http://security.example/debian-security bookworm-security main
deb https://apt.example/bookworm bookworm-pgdg main
`;
		expect(changeLines(text, suites, "trixie")).toBe(
			`deb [arch=amd64,arm64 signed-by=/usr/share/keyrings/x.gpg] http://mirror.example/debian trixie main contrib # why
deb http://mirror.example/debian trixie-updates main
deb http://security.example/debian-security trixie-security main
`,
		);
	});

	test("stanzas: an embedded key stays, source packages and other archives go", () => {
		const text = `Types: deb deb-src
# a comment
URIs: http://mirror.example/debian
Suites: bookworm bookworm-updates
 bookworm-backports
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----

Types: deb
URIs: https://apt.example
Suites: nodistro
Components: main

Types: deb-src
URIs: http://mirror.example/debian
Suites: bookworm
Components: main
`;
		expect(changeStanzas(text, suites, "trixie")).toBe(
			`Types: deb
URIs: http://mirror.example/debian
Suites: trixie trixie-updates
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
 abc
 -----END PGP PUBLIC KEY BLOCK-----
`,
		);
	});
});

test("the cache folder follows XDG_CACHE_HOME", () => {
	vi.stubEnv("XDG_CACHE_HOME", "/somewhere");
	expect(userCacheFolder()).toBe("/somewhere/scmi-cosim");
	vi.stubEnv("XDG_CACHE_HOME", "");
	vi.stubEnv("HOME", "/home/user");
	expect(userCacheFolder()).toBe("/home/user/.cache/scmi-cosim");
});
