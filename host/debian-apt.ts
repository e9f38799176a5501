// A private apt root in a work folder: its own lists, cache and architecture, the machine's own mirror and keys.
// Follows apt.conf(5), sources.list(5), apt-get(8) and dpkg-deb(1).

import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";

/** One apt root; the folder is the caller's to remove. */
export class AptRoot {
	readonly #folder: string;
	readonly #architecture: string;
	readonly #progress: (line: string) => void;
	/** What apt complained about while it read the package lists; it counts when a package is missing. */
	#complaints = "";

	/** @param architecture Debian's name of it, such as `arm64` */
	constructor(
		folder: string,
		architecture: string,
		progress: (line: string) => void = () => {},
	) {
		this.#folder = folder;
		this.#architecture = architecture;
		this.#progress = progress;
		for (const part of ["state/lists/partial", "cache/archives/partial"])
			mkdirSync(join(folder, part), { recursive: true });
		for (const part of ["sources", "packages"]) mkdirSync(join(folder, part));
		writeFileSync(join(folder, "status"), "");
		this.#configure("");
	}

	/**
	 * Reads the package lists.
	 * @param suite Debian release; the machine's own without it
	 * @throws Error if apt cannot be run, or the machine has no Debian mirror to take another release from
	 */
	async update(suite?: string): Promise<void> {
		this.#progress("reading Debian's package lists");
		await this.#update();
		if (suite === undefined) return;
		const sources = await this.#debianSources();
		if (sources.size === 0)
			throw new Error(
				`this machine's package sources name no Debian mirror for ${suite}${this.#complaints}`,
			);
		let number = 0;
		for (const [file, suites] of sources) {
			const text = readFileSync(file, "utf8");
			const changed =
				extname(file) === ".sources"
					? changeStanzas(text, suites, suite)
					: changeLines(text, suites, suite);
			const name = `${number++}${extname(file)}`;
			writeFileSync(join(this.#folder, "sources", name), changed);
		}
		this.#configure(`
			Dir::Etc::sourcelist "/dev/null";
			Dir::Etc::sourceparts "${join(this.#folder, "sources")}";
		`);
		this.#progress(`reading the package lists of Debian ${suite}`);
		await this.#update();
	}

	/**
	 * Downloads a package; a kernel that is not there signed is taken unsigned.
	 * @returns the archive
	 * @throws Error if the sources do not have it or it cannot be downloaded
	 */
	async download(name: string): Promise<string> {
		let known = name;
		if (!(await this.#knows(name))) {
			known = `${name}-unsigned`;
			if (!name.startsWith("linux-image-") || !(await this.#knows(known)))
				throw new Error(
					`the package sources do not have ${name} for ${this.#architecture}${this.#complaints}`,
				);
		}
		const uris = await this.#apt("apt-get", [
			"--print-uris",
			"download",
			known,
		]);
		const [, archive, size] = /'[^']*' (\S+\.deb) (\d+)/.exec(uris) ?? [];
		if (archive === undefined || size === undefined)
			throw new Error(`apt-get does not say where ${known} is`);
		const megabytes = (Number(size) / 1e6).toFixed(1);
		this.#progress(`downloading ${archive} (${megabytes} MB)`);
		await this.#apt("apt-get", ["download", known]);
		return join(this.#folder, "packages", archive);
	}

	/** The first package that a package depends on. */
	async dependency(name: string): Promise<string | undefined> {
		const text = await this.#apt("apt-cache", [
			"show",
			"--no-all-versions",
			name,
		]);
		return /^Depends: ([^\s,|(:]+)/m.exec(text)?.[1];
	}

	/** The paths of a package's files, without a leading slash. */
	async list(archive: string): Promise<string[]> {
		const text = await this.#run("sh", [
			"-c",
			'dpkg-deb --fsys-tarfile "$0" | tar -t',
			archive,
		]);
		return text
			.split("\n")
			.filter((path) => path !== "" && !path.endsWith("/"))
			.map((path) => path.replace(/^\.\//, ""));
	}

	/** Unpacks some files of a package into one folder, without their folders. */
	async unpack(
		archive: string,
		paths: readonly string[],
		into: string,
	): Promise<void> {
		// Only what is wanted is unpacked: a whole kernel package takes 300 MB.
		const tree = join(this.#folder, "tree");
		mkdirSync(tree);
		const script =
			'archive=$1 tree=$2 into=$3; shift 3; dpkg-deb --fsys-tarfile "$archive" | tar -x -C "$tree" -- "$@" && cd "$tree" && mv -- "$@" "$into"';
		const names = paths.map((path) => `./${path}`);
		await this.#run("sh", ["-c", script, "sh", archive, tree, into, ...names]);
	}

	/** The machine's files of package sources that name Debian's own archive, each with the suites that they name it by. */
	async #debianSources(): Promise<Map<string, Set<string>>> {
		const lines = await this.#apt("apt-get", [
			"indextargets",
			"--format",
			"$(SOURCESENTRY) $(RELEASE)",
			"Created-By: Packages",
			"Origin: Debian",
		]);
		const sources = new Map<string, Set<string>>();
		for (const line of lines.split("\n")) {
			const [, file, suite] = /^(.+):\d+ (\S+)$/.exec(line) ?? [];
			if (file === undefined || suite === undefined) continue;
			sources.set(file, (sources.get(file) ?? new Set()).add(suite));
		}
		return sources;
	}

	async #knows(name: string): Promise<boolean> {
		const policy = await this.#apt("apt-cache", ["policy", name]);
		return /Candidate: (?!\(none\))/.test(policy);
	}

	/** Reads the lists. A source that fails matters only if a package is missing in the end. */
	async #update(): Promise<void> {
		const { errors } = await this.#start("apt-get", [
			...this.#options(),
			"update",
		]);
		const lines = errors.split("\n").filter((line) => /^[EW]: /.test(line));
		const [first] = lines;
		this.#complaints = first === undefined ? "" : ` (apt: ${first.slice(3)})`;
	}

	#apt(program: string, args: readonly string[]): Promise<string> {
		return this.#run(program, [...this.#options(), ...args]);
	}

	#options(): string[] {
		return ["-q", "-c", join(this.#folder, "apt.conf")];
	}

	async #run(program: string, args: readonly string[]): Promise<string> {
		const { status, output, errors } = await this.#start(program, args);
		if (status !== 0) {
			const last = errors.trim().split("\n").slice(-3).join(" ");
			throw new Error(`${program} failed: ${last}`);
		}
		return output;
	}

	/** Runs a program to its end. */
	#start(
		program: string,
		args: readonly string[],
	): Promise<{ status: number | null; output: string; errors: string }> {
		return new Promise((resolve, reject) => {
			const child = spawn(program, args, {
				cwd: join(this.#folder, "packages"),
				env: { ...process.env, LC_ALL: "C" },
				stdio: ["ignore", "pipe", "pipe"],
			});
			let output = "";
			let errors = "";
			child.stdout.setEncoding("utf8").on("data", (text) => {
				output += text;
			});
			child.stderr.setEncoding("utf8").on("data", (text) => {
				errors += text;
			});
			child.on("error", (error: NodeJS.ErrnoException) =>
				reject(
					new Error(
						error.code === "ENOENT"
							? `this machine has no ${program}: it is not a Debian`
							: `${program} cannot be run: ${error.message}`,
					),
				),
			);
			child.on("close", (status) => resolve({ status, output, errors }));
		});
	}

	/** Settings: none of the machine's hooks, another architecture, every folder in ours. */
	#configure(more: string): void {
		const folder = this.#folder;
		const configuration = `
			#clear APT::Update::Pre-Invoke;
			#clear APT::Update::Post-Invoke;
			#clear APT::Update::Post-Invoke-Success;
			#clear APT::Architectures;
			#clear APT::Default-Release;
			APT::Architecture "${this.#architecture}";
			APT::Architectures { "${this.#architecture}"; };
			APT::Sandbox::User "";
			Acquire::Languages "none";
			Acquire::Retries "2";
			Acquire::http::Timeout "20";
			Acquire::https::Timeout "20";
			Dir::State "${join(folder, "state")}";
			Dir::State::status "${join(folder, "status")}";
			Dir::Cache "${join(folder, "cache")}";
			${more}
		`;
		writeFileSync(join(folder, "apt.conf"), configuration);
	}
}

/**
 * Package sources in the one-line format with another Debian release, and without all other archives.
 * @param suites the names by which the sources call Debian's archive now, such as `bookworm-updates`
 */
export function changeLines(
	text: string,
	suites: ReadonlySet<string>,
	release: string,
): string {
	return text
		.split("\n")
		.flatMap((line) => {
			const parts = /^(\s*deb\s+(?:\[[^\]]*\]\s+)?\S+\s+)(\S+)(\s.*)?$/.exec(
				line,
			);
			if (parts === null) return [];
			const [, before, suite = "", after = ""] = parts;
			return suites.has(suite)
				? [`${before}${renamed(suite, release)}${after}`]
				: [];
		})
		.concat("")
		.join("\n");
}

/** The same for the format of stanzas, "deb822". */
export function changeStanzas(
	text: string,
	suites: ReadonlySet<string>,
	release: string,
): string {
	return text
		.replace(/^#.*\n/gm, "")
		.split(/\n\s*\n/)
		.flatMap((stanza) => {
			const field = /^Suites:(.*(?:\n[ \t].*)*)/im;
			const words = field.exec(stanza)?.[1]?.trim().split(/\s+/) ?? [];
			const kept = words.filter((word) => suites.has(word));
			if (kept.length === 0 || !/^Types:.*\bdeb(\s|$)/im.test(stanza))
				return [];
			const names = kept.map((suite) => renamed(suite, release)).join(" ");
			return [
				stanza
					.replace(field, `Suites: ${names}`)
					.replace(/^Types:.*/im, "Types: deb"),
			];
		})
		.join("\n\n")
		.concat("\n");
}

/** The suite of another release that plays the same part: `bookworm-updates` becomes `trixie-updates`. */
function renamed(suite: string, release: string): string {
	return suite.replace(/^[^-/]+/, release);
}
