// Why a frame is not served: what the client gets as an ERROR frame.
// The codes of docs/serve.md.

import { LAST_FATAL, type ServeErrorCode } from "./protocol.ts";

export class Refusal extends Error {
	readonly code: ServeErrorCode;

	constructor(code: ServeErrorCode, message: string) {
		super(message);
		this.code = code;
	}

	/** The connection is of no further use. */
	get fatal(): boolean {
		return this.code <= LAST_FATAL;
	}
}
