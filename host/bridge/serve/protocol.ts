// What a connection of `scmi-cosim serve` carries: kinds of frames, error codes, sizes and offsets. All numbers little-endian.
// This project's own protocol, described byte by byte in docs/serve.md; SCMI messages as in Linux's SCMI raw mode.

/** The version that HELLO must ask for. */
export const PROTOCOL_VERSION = 1;

/** A frame: u32 bytes that follow, u32 kind, u32 tag, payload. */
export const Frame = { LENGTH: 0, KIND: 4, TAG: 8, PAYLOAD: 12 } as const;

/** Bytes of a whole frame at most, of either direction. */
export const MAX_FRAME = 0x1_0000;

/** What a client asks. The answer has the same tag and {@link ANSWER} added to the kind. */
export const Kind = {
	/** First frame of a connection. */
	HELLO: 1,
	/** An SCMI command by the connection's agent: header and payload. */
	MESSAGE: 2,
	/** A whole SMC or HVC with registers and shared memory. */
	TRAP: 3,
	/** Registers of the bus. */
	READ: 4,
	WRITE: 5,
	/** Virtual time. */
	ADVANCE: 6,
	/** Begins the simulation again. */
	RESET: 7,
} as const;

export const ANSWER = 0x80;

/** What the server sends unasked, with tag 0, and its answer to what it cannot do. */
export const Push = {
	/** An SCMI notification or delayed response for the connection's agent: header and payload. */
	PLATFORM_MESSAGE: 0x40,
	/** The system is off or was reset: u32 {@link StopReason}. */
	STOPPED: 0x41,
	/** To connections without an agent: u32 number of an interrupt that the firmware has raised. */
	INTERRUPT: 0x42,
	/** u32 {@link ServeError}, then text. */
	ERROR: 0xff,
} as const;

/** Why a frame could not be served. After the first four the server closes the connection. */
export const ServeError = {
	/** Not a frame of this protocol. */
	MALFORMED: 1,
	/** Wrong token, none, or a page of a foreign web site. */
	UNAUTHORIZED: 2,
	/** Another version of the protocol. */
	VERSION: 3,
	/** More connections or simulations than the server was started for, or no HELLO in time. */
	LIMIT: 4,
	/** No such agent. */
	UNKNOWN_NAME: 5,
	/** Another connection is that agent already. */
	BUSY: 6,
	/** A field has a value that it cannot have. */
	RANGE: 7,
	/** The system is off, was reset, or its firmware has ended. */
	STOPPED: 8,
	/** A physical address that nothing answers. */
	BUS_ERROR: 9,
} as const;

export type ServeErrorCode = (typeof ServeError)[keyof typeof ServeError];

/** The last error after which a connection is closed. */
export const LAST_FATAL = ServeError.LIMIT;

export const StopReason = { OFF: 1, RESET: 2, FIRMWARE: 3 } as const;

/** HELLO: u32 version, then names of fixed length, filled up with zeros. */
export const Hello = {
	VERSION: 0,
	SIMULATION: 4,
	AGENT: 36,
	TOKEN: 52,
	SIZE: 116,
} as const;

/** Its answer. */
export const Welcome = {
	VERSION: 0,
	/** u32: SCMI agent ID, 0 without an agent. */
	AGENT_ID: 4,
	/** u32: bytes of header and payload that a MESSAGE may have. */
	MAX_MESSAGE: 8,
	/** u32. */
	CPUS: 12,
	/** u64: virtual time in ns. */
	TIME: 16,
	SIZE: 24,
} as const;

/** TRAP: u32 each, then x0..x7 as u64, then `IN_LENGTH` bytes that are written to `ADDRESS` before the call. */
export const Trap = {
	/** 3 for SMC, 2 for HVC. */
	LEVEL: 0,
	CPU: 4,
	/** 1: the call comes from the secure world. */
	SECURE: 8,
	/** Physical address of shared memory. */
	ADDRESS: 12,
	IN_LENGTH: 16,
	/** Bytes of it that the answer brings, behind x0..x7. */
	OUT_LENGTH: 20,
	REGISTERS: 24,
	BYTES: 88,
} as const;

export const TRAP_REGISTER_BYTES = 64;

/** Virtual ns that one ADVANCE may let pass: a minute. */
export const MAX_ADVANCE_NS = 60_000_000_000;

/** The answer of ADVANCE: u64 time in ns, and of the next event by itself; all ones for none. */
export const Advanced = { TIME: 0, NEXT: 8, SIZE: 16 } as const;
