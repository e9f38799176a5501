// Reads the tables that Linux prints in debugfs and /proc: clocks, power domains, interrupts.
// Follows clk_summary_show in drivers/clk/clk.c, genpd_summary_one in the power domain core, show_interrupts in kernel/irq/proc.c.

/** One line of Linux's `clk_summary`. */
export interface GuestClock {
	name: string;
	/** The clock above it in Linux's tree. */
	parent?: string;
	/** Hz. */
	rate: number;
	enableCount: number;
	prepareCount: number;
	/** What the clock's driver says of the hardware, where the kernel prints it. */
	hardwareEnabled?: boolean;
	/** Who asked for it, where the kernel prints it: device, and the name that the device has for the clock. */
	consumers: { device: string; id?: string }[];
}

/** One domain of Linux's `pm_genpd_summary`. */
export interface GuestPowerDomain {
	name: string;
	/** As Linux writes it: `on`, or `off-` and the idle state's number. */
	status: string;
	on: boolean;
	children: string[];
	/** Devices in the domain: name, and runtime status such as `active` or `suspended`. */
	devices: { name: string; status: string }[];
}

/** One line of /proc/interrupts. */
export interface GuestInterrupt {
	/** Linux's number or name of the line. */
	line: string;
	/** How often each CPU took it. */
	counts: number[];
	/** Controller, hardware number, trigger and user. */
	text: string;
}

/** What clk_summary prints for a user that is no device, and for a clock without a name. */
const NO_DEVICE = "deviceless";
const NO_ID = "no_connection_id";
/** Least indentation of a line of children in pm_genpd_summary. */
const CHILDREN_INDENT = 40;

/**
 * Clocks, in the order of the table. Columns are found by the table's head, for they differ between kernels;
 * a line that is no row is passed over.
 */
export function parseClocks(lines: readonly string[]): GuestClock[] {
	const ruler = lines.findIndex((line) => /^-{20,}$/.test(line));
	if (ruler < 2) return [];
	const columns = columnNames(lines[ruler - 2] ?? "", lines[ruler - 1] ?? "");
	const clocks: GuestClock[] = [];
	const above: { name: string; indent: number }[] = [];
	for (const line of lines.slice(ruler + 1)) {
		const words = line.trim().split(/\s+/);
		const last = clocks.at(-1);
		if (words.length === 2 && columns.includes("consumer")) {
			addConsumer(last, words[0], words[1]);
			continue;
		}
		const cell = (name: string) => words[columns.indexOf(name)];
		const rate = wholeNumber(cell("rate"));
		const enableCount = wholeNumber(cell("enable count"));
		const prepareCount = wholeNumber(cell("prepare count"));
		const [name] = words;
		if (
			name === undefined ||
			rate === undefined ||
			enableCount === undefined ||
			prepareCount === undefined
		)
			continue;
		const indent = line.search(/\S/);
		while ((above.at(-1)?.indent ?? -1) >= indent) above.pop();
		const parent = above.at(-1)?.name;
		above.push({ name, indent });
		const hardware = cell("hardware enable");
		const clock: GuestClock = {
			name,
			...(parent === undefined ? {} : { parent }),
			rate,
			enableCount,
			prepareCount,
			...(hardware === "Y" || hardware === "N"
				? { hardwareEnabled: hardware === "Y" }
				: {}),
			consumers: [],
		};
		clocks.push(clock);
		addConsumer(clock, cell("consumer"), cell("connection id"));
	}
	return clocks;
}

/** The names of a table's columns: each word of the lower head line, after the word above it if there is one. */
function columnNames(upper: string, lower: string): string[] {
	const above = spans(upper);
	return spans(lower).map(({ word, start, end }) => {
		const over = above.find((one) => one.start < end && one.end > start);
		return over === undefined ? word : `${over.word} ${word}`;
	});
}

function spans(line: string): { word: string; start: number; end: number }[] {
	return [...line.matchAll(/\S+/g)].map((match) => ({
		word: match[0],
		start: match.index,
		end: match.index + match[0].length,
	}));
}

function addConsumer(
	clock: GuestClock | undefined,
	device: string | undefined,
	id: string | undefined,
): void {
	if (device === undefined || device === NO_DEVICE) return;
	clock?.consumers.push({
		device,
		...(id === undefined || id === NO_ID ? {} : { id }),
	});
}

/** Power domains, in the order of the table. */
export function parsePowerDomains(
	lines: readonly string[],
): GuestPowerDomain[] {
	const domains: GuestPowerDomain[] = [];
	const ruler = lines.findIndex((line) => /^-{20,}$/.test(line));
	for (const line of ruler < 0 ? [] : lines.slice(ruler + 1)) {
		const indent = line.search(/\S/);
		const words = line.trim().split(/\s+/);
		const [name = "", status = ""] = words;
		const domain = domains.at(-1);
		if (indent === 0 && /^(on|off(-\d+)?)$/.test(status))
			domains.push({
				name,
				status,
				on: status === "on",
				children: [],
				devices: [],
			});
		else if (indent >= CHILDREN_INDENT)
			domain?.children.push(...line.trim().split(/,\s*/));
		else if (indent === 4 && words.length >= 2)
			domain?.devices.push({ name: name.replace(/^.*\//, ""), status });
	}
	return domains;
}

/** Interrupt lines; other lines are passed over. */
export function parseInterrupts(lines: readonly string[]): GuestInterrupt[] {
	return lines.flatMap((one) => {
		const match = /^\s*(\w+):((?:\s+\d+)+)\s+(\S.*)$/.exec(one);
		if (match === null) return [];
		const [, line = "", counts = "", text = ""] = match;
		return [
			{
				line,
				counts: counts.trim().split(/\s+/).map(Number),
				text: text.trim().replace(/\s+/g, " "),
			},
		];
	});
}

/** A whole number in decimal, or undefined. */
export function wholeNumber(word: string | undefined): number | undefined {
	return word !== undefined && /^\d+$/.test(word) ? Number(word) : undefined;
}
