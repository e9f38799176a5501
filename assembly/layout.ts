// The linear-memory map: every address that engine and host share, and the engine's own variables and tables.
// This project's own ABI; registers and areas that follow a specification name it where they are used.
//
// 0x0000  the compiler's own static data (function references)
// 0x1f80  Lock of the threaded build
// 0x2000  State: virtual time, register generation, where each table of the image lies
// 0x2200  LastCall; each CPU has its own in the threaded build
// 0x3900  Cpu: x0..x17 of each CPU, 256 bytes apart; off the page's start, or traps would alias with the state
// 0x4900  Claims of the threaded build
// 0x5000  Image: written by the host, checked by load(), then used in place: rows carry their own state
//         behind it, laid out by load(): dispatch tables of the agents, function-ID tables, register blocks and memories
// END     Batch: entries that reserveBatch() has made room for; no part of a snapshot
//
// Only `const enum`s live here: AssemblyScript and TypeScript read the same file.

export const enum Abi {
	/** Changes whenever an export, this map or the image's format does. */
	VERSION = 5,
	MAX_CPUS = 16,
	MAX_AGENTS = 32,
	/** Payloads up to the longest fixed reply, NAME_GET, must fit into maxMessageSize. */
	MIN_MESSAGE_SIZE = 76,
	MAX_MESSAGE_SIZE = 4096,
	WASM_PAGE = 65536,
	/** Messages that wait for an agent which has not read the last one from its platform-to-agent channel. */
	QUEUE_LENGTH = 16,
	/** Asynchronous changes of clock rates that an agent may have pending. */
	RATE_REQUESTS = 4,
	/** Things that may be scheduled for a later virtual time. */
	EVENTS = 64,
	/** Trip points that a sensor may have. */
	TRIP_POINTS = 4,
	/** Bytes of linear memory that an image may ask for. */
	MAX_MEMORY = 0x1000_0000,
}

export const enum Address {
	STATIC_DATA_END = 0x1f80,
	/** The threaded build's. u32 1: a thread has the hardware for itself; it stays what it is through a load. */
	LOCK = 0x1f80,
	/** u32, written by the host: one bit for each CPU that a thread has; 1 when all of the threads may sleep. */
	THREADS = 0x1f84,
	MAY_SLEEP = 0x1f88,
	STATE = 0x2000,
	LAST_CALL = 0x2200,
	/** Laid out as a shared-memory area, that of a channel which is always free. */
	FREE_AREA = 0x2240,
	RATES = 0x2800,
	RATE_REQUESTS = 0x2a00,
	CPU = 0x3900,
	CPU_STRIDE = 0x100,
	/** The threaded build's: u32 1 while a channel is being served without the lock; Claim.COUNT words, a cache line each. */
	CLAIMS = 0x4900,
	IMAGE = 0x5000,
	/** The image's section CLOCKS. */
	CLOCKS = 0x5140,
}

/** The engine's own variables, at Address.STATE. */
export const enum State {
	/** u64: virtual time in ns since load; it stops at END_OF_TIME. */
	TIME = 0x00,
	/** u32: counts changes of registers; begins at 1. */
	GENERATION = 0x08,
	/** u32: length of the loaded image in bytes, 0 when none is. */
	IMAGE_LENGTH = 0x0c,
	/** u32: why load() refused, and the byte offset in the image. */
	LOAD_ERROR = 0x10,
	LOAD_ERROR_AT = 0x14,
	/** u32: first address behind everything that load() laid out. */
	END = 0x18,
	CPUS = 0x1c,
	MAX_MESSAGE = 0x20,
	PASS_ON = 0x24,
	/** u64, its high word 0: so it is added to the time in one step. */
	TRAP_NS = 0x28,
	/** u32 pairs: address and count of each table in use. */
	BLOCKS = 0x40,
	BLOCK_COUNT = 0x44,
	CLOCKS = 0x48,
	CLOCK_COUNT = 0x4c,
	DOMAINS = 0x50,
	DOMAIN_COUNT = 0x54,
	SWITCHES = 0x58,
	SWITCH_COUNT = 0x5c,
	HANDSHAKES = 0x60,
	HANDSHAKE_COUNT = 0x64,
	AGENTS = 0x68,
	AGENT_COUNT = 0x6c,
	CHANNELS = 0x70,
	CHANNEL_COUNT = 0x74,
	PROTOCOLS = 0x78,
	PROTOCOL_COUNT = 0x7c,
	PLLS = 0x80,
	PLL_COUNT = 0x84,
	STRINGS = 0x88,
	PARENTS = 0x8c,
	DISPATCH = 0x90,
	/** Function-ID tables of EL2 and EL3: address, and number of slots minus one. */
	EL2_TABLE = 0x94,
	EL2_MASK = 0x98,
	EL3_TABLE = 0x9c,
	EL3_MASK = 0xa0,
	/** The power controller's parameters, see Image.POWER. */
	POWER = 0xa4,
	/** u64: virtual time at which the next switch or handshake completes; all ones when none is pending. */
	POWER_DUE = 0xa8,
	/** u32 Stop: why the system no longer runs. */
	STOP = 0xb0,
	/** u32: header of the command that is being served. */
	HEADER = 0xb4,
	/** u64: virtual time of the next event; all ones when none is scheduled. */
	DUE = 0xb8,
	/** u32: the events' table, and how many were ever scheduled. */
	EVENTS = 0xc0,
	EVENT_NUMBER = 0xc4,
	/** u32: counts the interrupts raised on all channels. */
	INTERRUPTS = 0xc8,
	/** u32: subscriptions to changes of clock rates and power states that are in force; not 0 in a stopped system. */
	WATCHES = 0xcc,
	/** u32: tables of who watches which clock and power domain, see assembly/scmi/watches.ts; 0 when nobody can. */
	CLOCK_WATCHES = 0xd0,
	DOMAIN_WATCHES = 0xd4,
	/** u32 pairs: address and count. */
	RESETS = 0xd8,
	RESET_COUNT = 0xdc,
	RAILS = 0xe0,
	RAIL_COUNT = 0xe4,
	PERFORMANCE = 0xe8,
	PERFORMANCE_COUNT = 0xec,
	SENSORS = 0xf0,
	SENSOR_COUNT = 0xf4,
	/** u32: addresses of Image.SYSTEM and Image.THERMAL, 0 when the platform has none. */
	SYSTEM = 0xf8,
	THERMAL = 0xfc,
	/** u32: generation of the registers when changes were last looked for. */
	WATCHED_GENERATION = 0x100,
	/** u32: counts what may change a power domain's state, and what it was when changes were last looked for. */
	POWER_CHANGES = 0x104,
	WATCHED_POWER_CHANGES = 0x108,
	/** u32: one bit for each agent that is told of errors of its commands. */
	ERROR_WATCHES = 0x10c,
	/** u32 each: the version of protocols 0x10 to 0x17 that the platform implements, 0 when it does not serve one. */
	VERSIONS = 0x120,
	/** u32: what the agents have made of the sensors, SensorUse rows: for each agent one for each sensor. */
	SENSOR_USES = 0x140,
	/** u32: generation of the registers for which the thermal model is right. */
	THERMAL_GENERATION = 0x144,
	/** u32 pair: address and count. */
	DEVICES = 0x148,
	DEVICE_COUNT = 0x14c,
	/** u32: how many of INTERRUPTS the host has handed on. */
	INTERRUPTS_TAKEN = 0x150,
	/** u64: virtual time at which traps look at the fast channels again; the end of time when there are none. */
	FAST_LOOK = 0x158,
	/** u64: a trap that begins before this virtual time has nothing to do but its call, see assembly/sim/attention.ts. */
	ATTENTION = 0x160,
	/** u32: the batch's first entry, how many there are, bytes from one to the next; see BatchEntry. */
	BATCH = 0x180,
	BATCH_COUNT = 0x184,
	BATCH_STRIDE = 0x188,
	/** u32: u16 slots of the chains that clocks are in by their registers, and how many there are, minus one. */
	CHAINS = 0x18c,
	CHAIN_MASK = 0x190,
	/** u32: the lowest GNRL_CTL of a PLL, and the highest one. */
	FIRST_PLL = 0x194,
	LAST_PLL = 0x198,
}

/** Why the system no longer runs: no trap is served then, nothing in memory changes. */
export const enum Stop {
	RUNNING = 0,
	/** Power is off. */
	OFF = 1,
	/** Reset: everything begins again with the next load. */
	RESET = 2,
}

/** A row of the events' table. */
export const enum Event {
	/** u64: virtual time in ns; all ones in a free row. */
	AT = 0x00,
	/** u32: orders events of the same time. */
	NUMBER = 0x08,
	/** u32: function reference of its handler, and what it gets. */
	HANDLER = 0x0c,
	A = 0x10,
	B = 0x14,
	C = 0x18,
	SIZE = 0x20,
}

/** What the last look at a clock's reachable rates found, at Address.RATES. */
export const enum Rates {
	/** u32: 1 to LIMIT discrete rates, or 0 for a range. */
	COUNT = 0x00,
	/** u64: lowest and highest rate in Hz. */
	MIN = 0x08,
	MAX = 0x10,
	/** u64 each: the discrete rates in Hz, ascending; one more than LIMIT fits. */
	LIST = 0x18,
	/** u64 each: the parent's rates while a clock's are derived from them. */
	SOURCE = 0xa0,
	LIMIT = 16,
}

/** An asynchronous change of a clock's rate: Abi.RATE_REQUESTS rows for each agent, by its ID, at Address.RATE_REQUESTS. */
export const enum RateRequest {
	/** u32: flags of the command; 0 in a free row. */
	FLAGS = 0x00,
	/** u32: the command's header. */
	HEADER = 0x04,
	/** u64: the rate asked for, in Hz. */
	RATE = 0x08,
	/** u32: the clock's ID as the agent gave it. */
	CLOCK = 0x10,
	SIZE = 0x18,
}

/** A CPU's registers: x0..x17 as u64, at Address.CPU + cpu * CPU_STRIDE. */
export const enum Cpu {
	X0 = 0x00,
	X1 = 0x08,
	X2 = 0x10,
	X3 = 0x18,
	REGISTERS = 18,
	/** u32, written by the host: 1 while the CPU is in the secure state. */
	SECURE = 0xe0,
	/**
	 * The threaded build's. u32: traps that the CPU may still serve without the lock before anything is due, and how many it
	 * had when virtual time was last counted.
	 */
	LEASE = 0xd0,
	LEASED = 0xd4,
	/** u64: virtual time when it was last found to have used some; 0 before. */
	USED_AT = 0xd8,
	/** LastCall, in the threaded build. */
	LAST_CALL = 0xa0,
}

/**
 * The engine's own: the last call to a function ID with one channel, at Address.LAST_CALL; each CPU's at Cpu.LAST_CALL in the
 * threaded build.
 */
export const enum LastCall {
	/** u32: the function ID and who has called, see Caller. */
	FUNCTION_ID = 0x00,
	CALLER = 0x04,
	/** u32: the channel's area; Address.FREE_AREA when no message for it is answered at hand. */
	AREA = 0x08,
	/** u32: what makes attributes out of a clock's bits, see AttributesFor. */
	ATTRIBUTES = 0x0c,
	/** u32: the channel's row, 0 when there was no such call. */
	CHANNEL = 0x10,
}

/**
 * An entry of the batch: one trap, with its message. Laid out as a shared-memory area (SCMI 3.2, section 5.1.2), whose reserved
 * words say which one it stands for and take the result. maxMessageSize - 4 bytes of payload fit.
 */
export const enum BatchEntry {
	/** u32: x0 of the call. */
	FUNCTION_ID = 0x00,
	/** u32 channel status: 0 in a command, bit 0 set once it is answered. */
	STATUS = 0x04,
	/** u32: which of the function ID's areas, counted from 0 in the platform's order. */
	AREA = 0x08,
	/** i32: x0 after the call. */
	RESULT = 0x0c,
	/** u32 channel flags, u32 bytes of header and payload, u32 message header, payload: the command's, then the reply's. */
	FLAGS = 0x10,
	LENGTH = 0x14,
	HEADER = 0x18,
	PAYLOAD = 0x1c,
}

/** Words at Address.CLAIMS; channels share one when there are more. */
export const enum Claim {
	COUNT = 16,
	STRIDE = 64,
}

/** Who calls: what besides the function ID tells one call from another. */
export const enum Caller {
	/** Bits 7:0: the exception level that the call goes to, 2 for HVC or 3 for SMC. */
	LEVEL_MASK = 0xff,
	/** Bit 8: from the secure state. Bits 15:9 are 0. */
	SECURE = 0x100,
	/** Bits 31:16: the CPU. */
	CPU_SHIFT = 16,
	/** No CPU has this number. */
	NOBODY = 0xffffffff,
}

/**
 * A word that is combined by exclusive or with a clock's ClockState.ATTRIBUTES, turned: attributes as the agent finds them are
 * left, and nothing of MORE.
 */
export const enum AttributesFor {
	/** Where ClockState.EVERYBODYS comes to lie: set for an agent of version 3.0. */
	EVERYBODYS = 0x4,
	/** Set for all others. */
	NOT_AT_HAND = 0x8,
	/** What is left of those two where the message's handler has to be asked. */
	MORE = 0xc,
}

/** An agent's dispatch table: for each protocol 0x10..0x17 and message 0..31 a u32, 0 when not served. */
export const enum Dispatch {
	FIRST_PROTOCOL = 0x10,
	PROTOCOLS = 8,
	MESSAGES = 32,
	/** Bits 15:0 function reference of the handler, 31:16 exact size of the request's payload in bytes. */
	ENTRY = 4,
	HANDLER_MASK = 0xffff,
	SIZE_SHIFT = 16,
	PROTOCOL_STRIDE = 128,
	SIZE = 1024,
}

/** A slot of a function-ID table: u32 function ID (0 empty), u32 address of the SERVICES row. */
export const enum Slot {
	FUNCTION_ID = 0x00,
	SERVICE = 0x04,
	SIZE = 0x08,
}

/** Who watches a clock: a bit for each agent. */
export const enum ClockWatch {
	/** u32: told when its rate has changed, and when another agent has asked for a change. */
	CHANGED = 0x00,
	REQUESTED = 0x04,
	/** u64: the rate in Hz that they know. */
	RATE = 0x08,
	SIZE = 0x10,
}

/** The same for a power domain. */
export const enum DomainWatch {
	CHANGED = 0x00,
	REQUESTED = 0x04,
	/** u32: the power state that they know. */
	STATE = 0x08,
	SIZE = 0x0c,
}

/** What an agent has made of a sensor. */
export const enum SensorUse {
	/** u32: the agent's row, the sensor's row, its ID. */
	AGENT = 0x00,
	SENSOR = 0x04,
	ID = 0x08,
	/** u32 1: it may be read; its readings have timestamps. */
	ENABLED = 0x0c,
	TIMESTAMPED = 0x10,
	/** u32: the update interval's place in the sensor's list. */
	INTERVAL = 0x14,
	/** u32 1: the agent is told of trip points; of every sample. */
	TRIP_NOTIFY = 0x18,
	UPDATE_NOTIFY = 0x1c,
	/** u64: virtual time of the next sample in ns; 0 while none are taken. */
	NEXT = 0x20,
	/** Abi.TRIP_POINTS rows. */
	TRIP_POINTS = 0x28,
	SIZE = 0x88,
}

/** A trip point of an agent. */
export const enum TripPoint {
	/** i64. */
	VALUE = 0x00,
	/** u32: which crossings count. */
	EVENTS = 0x08,
	/** u32: the crossing that has led to where samples are now; 0 until one was on either side. */
	SIDE = 0x0c,
	/** u32 1: the last sample was the value itself. */
	REACHED = 0x10,
	SIZE = 0x18,
}
