// SCMI statuses, and the error that a reply with any status but SUCCESS becomes.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.1.4.

import { CosimError } from "../errors.ts";

/** Status codes of SCMI replies by their names in the specification. */
export const ScmiStatus = {
	SUCCESS: 0,
	NOT_SUPPORTED: -1,
	INVALID_PARAMETERS: -2,
	DENIED: -3,
	NOT_FOUND: -4,
	OUT_OF_RANGE: -5,
	BUSY: -6,
	COMMS_ERROR: -7,
	GENERIC_ERROR: -8,
	HARDWARE_ERROR: -9,
	PROTOCOL_ERROR: -10,
	IN_USE: -11,
} as const;

/** The specification's name of a status. */
export type ScmiStatusName = keyof typeof ScmiStatus;

const names = new Map<number, ScmiStatusName>();
for (const [name, status] of Object.entries(ScmiStatus)) {
	names.set(status, name as ScmiStatusName);
}

/**
 * The name of a status, or UNKNOWN_STATUS for a number that the specification does not define.
 * @param status as a signed 32-bit number
 */
export function statusName(status: number): ScmiStatusName | "UNKNOWN_STATUS" {
	return names.get(status) ?? "UNKNOWN_STATUS";
}

/** The platform refused a command. `code` is SCMI_ and the status's name, such as SCMI_NOT_FOUND. */
export class ScmiError extends CosimError {
	/** The reply's status, a signed 32-bit number other than 0. */
	readonly status: number;

	/**
	 * @param command the command with its arguments, as people read it
	 * @param status the reply's status
	 */
	constructor(command: string, status: number) {
		const name = statusName(status);
		super(`SCMI_${name}`, `${command}: ${name} (${status})`);
		this.status = status;
	}
}
