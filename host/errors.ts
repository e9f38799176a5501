// The one error class of this package and its stable codes.
// Codes are part of the public API: programs match on `code`, people read `message`.

/** Stable codes of {@link CosimError}. */
export type ErrorCode =
	/** A command line, an argument or an option is not what the verb takes. */
	| "USAGE"
	/** A name or an ID that the platform does not have. */
	| "UNKNOWN_NAME"
	/** A file cannot be read or written. */
	| "FILE"
	/** A scenario that is none: not JSON, unknown keys, names that nothing has, values out of range. */
	| "SCENARIO_INVALID"
	/** The WebAssembly module is not this package's engine, or speaks another ABI version. */
	| "ENGINE_ABI"
	/** A platform's tables are refused, by the compiler in the host or by the engine. */
	| "PLATFORM_INVALID"
	/** A physical address that no register block or memory of the platform covers. */
	| "BUS_ERROR"
	/** Another thread has the CPU, or this one no longer does. */
	| "CPU_TAKEN"
	/** QEMU is missing, refuses its arguments, or ended before the guest did. */
	| "QEMU"
	/** The guest panicked, took an exception in the firmware, or did not end in time. */
	| "GUEST"
	/** The firmware has stopped for good: a call that never returns, a panic, a read past the end of a table. */
	| "FIRMWARE_STOPPED"
	/** A flattened devicetree blob that does not hold together. */
	| "FDT_INVALID"
	/** A devicetree node that breaks its binding, or that the job at hand cannot do without. */
	| "DT_BINDING"
	/** A devicetree overlay that cannot be applied. */
	| "DT_OVERLAY"
	/** Linux -EINVAL of the mailbox framework or of a controller's probe. */
	| "MBOX_INVALID"
	/** Linux -EBUSY: the channel has a client already. */
	| "MBOX_BUSY"
	/** Linux -ENOBUFS: the channel's queue of 20 messages is full. */
	| "MBOX_QUEUE_FULL"
	/** Linux -ETIME: a blocking send got no txdone within tx_tout. */
	| "MBOX_TIMEOUT"
	/** The trap returned something other than 0 in x0. */
	| "SMC_RESULT"
	/** The system is off or was reset: by this very call, which never returns, or before it. */
	| "SYSTEM_STOPPED"
	/** An invariant was found broken: see watchInvariants. */
	| "INVARIANT"
	/** The shared-memory channel was not free before a command, or not free after the trap. */
	| "CHANNEL_BUSY"
	/** The platform set the channel's error bit. */
	| "CHANNEL_ERROR"
	/** A reply whose header or token is not the command's, or a message of the platform whose header fits nothing. */
	| "SCMI_TOKEN"
	/** A reply, or a message of the platform, whose length is not what its layout needs. */
	| "SCMI_LENGTH"
	/** Pages of a list that contradict each other or never end. */
	| "SCMI_PAGING"
	/** An argument or a result that does not fit its field, or a rate above 2^53 - 1 Hz. */
	| "SCMI_RANGE"
	/** A reply with a status other than SUCCESS: see ScmiError.status. */
	| `SCMI_${string}`;

/** Every error that this package throws on purpose. The message says what, where, and what was expected. */
export class CosimError extends Error {
	readonly code: ErrorCode;

	/**
	 * @param code stable code, for programs
	 * @param message one line for people: what, where, what was expected
	 */
	constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
		super(message, options);
		this.name = new.target.name;
		this.code = code;
	}
}

/** Lets an error of a callback surface as an uncaught one, since nobody who could do something about it called. */
export function throwLater(error: unknown): void {
	queueMicrotask(() => {
		throw error;
	});
}
