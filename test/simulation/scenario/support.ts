// Scenarios as text for tests, and the errors that they are refused with.
// RFC 8259 (JSON) and RFC 6901 (JSON pointer).

import { expect } from "vitest";
import { CosimError } from "../../../host/errors.ts";
import { parseScenario } from "../../../host/node.ts";

/** The message of the error that a text is refused with. */
export function refusal(text: string): string {
	try {
		parseScenario(text, "a.json");
	} catch (error) {
		expect(error).toBeInstanceOf(CosimError);
		const { code, message } = error as CosimError;
		expect(code).toBe("SCENARIO_INVALID");
		expect(message).not.toContain("\n");
		return message;
	}
	throw new Error(`taken: ${text}`);
}

/** A scenario of one step. */
export function withStep(step: unknown, more: object = {}): string {
	return JSON.stringify({
		agents: ["linux", "tee"],
		...more,
		steps: [step],
	});
}

export const RATE_GET = {
	agent: "linux",
	message: "CLOCK_RATE_GET",
	clock_id: "uart4",
};
