// The guest's console as it comes: passes on what a person wants to see and keeps the report.
// Follows the marks that guest-init.ts prints.

import { GUEST_MARK } from "./guest-init.ts";
import {
	FAULT,
	type GuestReport,
	MARK,
	parseGuestReport,
} from "./guest-report.ts";

/** Splits a console's text into what is shown and what is read. */
export class GuestConsole {
	#text = "";
	/** The line that has no end yet, and how much of it was passed on. */
	#line = "";
	#shown = 0;
	/** The section that is open; "" between sections. */
	#section = "";
	/** The kernel fell over inside a section: the rest of it is not report. */
	#fault = false;
	#done = false;
	readonly #onMark: (kind: string, value: string) => void;

	/** @param onMark called for each mark, once its line is whole: begin and end with a section's name, done */
	constructor(onMark: (kind: string, value: string) => void = () => {}) {
		this.#onMark = onMark;
	}

	/** Takes what the console showed next. Returns the part that is not report, at once where it can. */
	push(chunk: string): string {
		let show = "";
		const lines = (this.#line + chunk).split("\n");
		this.#line = lines.pop() ?? "";
		for (const line of lines) {
			if (!this.#isReport(line)) show += `${line.slice(this.#shown)}\n`;
			this.#shown = 0;
			this.#keep(line);
		}
		// A prompt has no end of line; the beginning of a mark is held back until it is clear what it is.
		const begun = this.#line;
		const mayBeMark =
			begun.includes(GUEST_MARK) ||
			(this.#shown === 0 && GUEST_MARK.startsWith(begun));
		if ((this.#section === "" || this.#fault) && !mayBeMark) {
			show += begun.slice(this.#shown);
			this.#shown = begun.length;
		}
		return show;
	}

	/** Everything that the report is read from: all of the console up to the report's end, and later faults. */
	get text(): string {
		return this.#text + this.#line;
	}

	report(): GuestReport {
		return parseGuestReport(this.text);
	}

	/** Whether a whole line is part of the report; follows its marks. */
	#isReport(line: string): boolean {
		const [, kind, value = ""] = MARK.exec(line) ?? [];
		if (kind === undefined) {
			// The section of messages tells of past faults.
			if (this.#section !== "messages") this.#fault ||= FAULT.test(line);
			return this.#section !== "" && !this.#fault;
		}
		this.#section = kind === "begin" ? value : "";
		this.#fault = false;
		if (kind === "done") this.#done = true;
		this.#onMark(kind, value);
		return true;
	}

	/** An interactive shell may print for hours: after the report only its faults are kept. */
	#keep(line: string): void {
		if (!this.#done || line.includes(GUEST_MARK) || FAULT.test(line))
			this.#text += `${line}\n`;
	}
}
