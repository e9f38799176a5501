// What --check adds to a boot: the firmware is watched, and what should never be so is printed.
// With --json `violations`, an array.

import type { Firmware } from "../firmware.ts";
import {
	type Violation,
	violationText,
	type WatchedFirmware,
	watchInvariants,
} from "../simulation/invariants/index.ts";
import { count, print } from "./common.ts";

/** With --check, what was found. */
export interface Checked {
	violations?: readonly Violation[];
}

/** Watches the firmware that a board is opened on, if the option asks for it. */
export function watcherFor({ check }: { check?: true }) {
	let watched: WatchedFirmware | undefined;
	return {
		watch: (firmware: Firmware): Firmware => {
			if (check) watched = watchInvariants(firmware);
			return watched ?? firmware;
		},
		/** The report with what was found, after a last look at everything. */
		checked: <Report extends object>(report: Report): Report & Checked => {
			if (watched === undefined) return report;
			watched.checker.checkAll();
			return { ...report, violations: watched.violations };
		},
	};
}

export function printViolations(
	messages: number,
	{ violations }: Checked,
): void {
	if (violations === undefined) return;
	for (const violation of violations)
		print(`error: ${violationText(violation)}`);
	print(
		`${count(messages, "message")} checked, ${count(violations.length, "violation")}`,
	);
}
