// The platform image: header, sections and rows, as host/platform/image.ts compiles and assembly/platform/ checks them.
// This project's own format. Rows are used in place: what is marked as state belongs to the engine once it is loaded.
//
// Only `const enum`s live here: AssemblyScript and TypeScript read the same file.

/** The image's header. Sections are pairs of u32: byte offset from the image's start, number of rows. */
export const enum Image {
	MAGIC = 0x00,
	VERSION = 0x04,
	LENGTH = 0x08,
	CPUS = 0x0c,
	MAX_MESSAGE = 0x10,
	/** u32 1: EL2 passes calls that it does not serve on to EL3. */
	PASS_ON = 0x14,
	/** u32: ns that a trap costs. */
	TRAP_NS = 0x18,
	IMPLEMENTATION_VERSION = 0x1c,
	/**
	 * u32: offsets into STRINGS, as all names are; those of rows become addresses when they are loaded. Each name is there in
	 * ASCII as a short name field has it, 16 bytes that end with a NUL, then as a whole with a NUL, or just a NUL when all of
	 * it was in the first 16.
	 */
	VENDOR = 0x20,
	SUB_VENDOR = 0x24,
	STRINGS = 0x28,
	BLOCKS = 0x30,
	CLOCKS = 0x38,
	PARENTS = 0x40,
	PLLS = 0x48,
	PLL_RATES = 0x50,
	REGISTERS = 0x58,
	DOMAINS = 0x60,
	DOMAIN_CLOCKS = 0x68,
	SWITCHES = 0x70,
	HANDSHAKES = 0x78,
	AGENTS = 0x80,
	CHANNELS = 0x88,
	SERVICES = 0x90,
	RESULTS = 0x98,
	PROTOCOLS = 0xa0,
	/** The power controller, PowerController below. */
	POWER = 0xa8,
	RESETS = 0xc0,
	RAILS = 0xc8,
	RAIL_LEVELS = 0xd0,
	PERFORMANCE = 0xd8,
	OPERATING_POINTS = 0xe0,
	SENSORS = 0xe8,
	SENSOR_AXES = 0xf0,
	SENSOR_INTERVALS = 0xf8,
	/** At most one row each. */
	SYSTEM = 0x100,
	THERMAL = 0x108,
	DEVICES = 0x110,
	DEVICE_RESOURCES = 0x118,
	HEADER_SIZE = 0x120,
	/** Where the section CLOCKS is in every image. */
	CLOCKS_AT = 0x140,
	/** "SCMI" in memory order. */
	MAGIC_VALUE = 0x494d4353,
}

/** Registers of the power controller that all switches and handshakes share: physical addresses, 0 when there is none. */
export const enum PowerController {
	UP_REQUEST = 0x00,
	DOWN_REQUEST = 0x04,
	MAPPING = 0x08,
	HANDSHAKE = 0x0c,
	/** u32: ns from a request to its completion, for switches and for handshakes. */
	SWITCH_NS = 0x10,
	HANDSHAKE_NS = 0x14,
	SIZE = 0x18,
}

/** A row of BLOCKS: a range of physical addresses that the engine backs with memory. */
export const enum Block {
	/** u32 physical base, size in bytes, BlockKind. */
	BASE = 0x00,
	LENGTH = 0x04,
	KIND = 0x08,
	/** u32, filled by load(): where it lies in linear memory. */
	LINEAR = 0x0c,
	SIZE = 0x10,
}

export const enum BlockKind {
	/** Plain memory: shared-memory areas lie here. */
	RAM = 0,
	/** Registers without side effects. */
	REGISTERS = 1,
	/** Registers every 16 bytes, with SET, CLR and TOG aliases at +4, +8 and +0xc. */
	SET_CLEAR_TOGGLE = 2,
	/** PLLs: LOCK is read-only and follows the virtual time. */
	PLL = 3,
	/** A power controller: requests complete, handshakes are acknowledged. */
	POWER = 4,
	/** Registers that turn the system off or reset it, see System. */
	SYSTEM = 5,
	/** A thermal unit: its reading follows the virtual time. */
	THERMAL = 6,
	COUNT = 7,
}

/** A row of CLOCKS: the clock with the ID of its index. 64 bytes, table and state together. */
export const enum Clock {
	/** u8 ClockKind, u8 ClockFlag bits, u8 shift and width of its mux or divider field. */
	KIND = 0x00,
	FLAGS = 0x01,
	SHIFT = 0x02,
	WIDTH = 0x03,
	/**
	 * u32 physical address of the register with that field, in a block of any kind but RAM and POWER; load() turns it into a
	 * linear one.
	 */
	REGISTER = 0x04,
	/** The same for its own gate, register 0 when it has none; u8 shift, u8 width of the gate's field. */
	GATE_REGISTER = 0x08,
	GATE_SHIFT = 0x0c,
	GATE_WIDTH = 0x0d,
	/** u8 number of parents; u8 state: position of the parent that a clock in use holds. */
	PARENT_COUNT = 0x0e,
	HELD_PARENT = 0x0f,
	/** u32 index of the first parent in PARENTS. */
	PARENTS = 0x10,
	/** u16 state: the next clock in the chain of the gate's register, see hardware/clock-registers.ts; 1 + its ID, 0 for none. */
	GATE_NEXT = 0x14,
	/** u16. ALIAS: the target's ID. PLL: index into PLLS. CPU: the clock to retune, an input of its parent mux. */
	TARGET = 0x16,
	/** u16 state: ClockState bits. This word and the next one are read in one. */
	STATE = 0x18,
	/** u16 enable delay in µs. */
	ENABLE_DELAY = 0x1a,
	/** u32 name in STRINGS. */
	NAME = 0x1c,
	/** FIXED_FACTOR: u32 multiplier and divider. FIXED: u64 rate in Hz in the same place. */
	MULT = 0x20,
	DIV = 0x24,
	FIXED_RATE = 0x20,
	/** MUX, DIVIDER, COMPOSITE, in the same place: u16 state: the next clock in the chain of REGISTER, as above. */
	FIELD_NEXT = 0x20,
	/** CPU, in the same place: u16 the clock that the cluster runs from while the PLL relocks. */
	PARK = 0x20,
	/** CPU: u8 position of that clock's own parent meanwhile. */
	PARK_PARENT = 0x24,
	/** u32 state: one bit for each agent that must not change it. */
	DENIED_TO = 0x28,
	/** u16 state: the first clock that has entered this one's list, the next one in its parent's, see hardware/clock-cache.ts. */
	FIRST_CHILD = 0x2c,
	NEXT_CHILD = 0x2e,
	/** u64 state: rate in Hz, when that is known. */
	RATE = 0x30,
	/** u32 state: one bit for each agent that wants it on; bit 0 is the platform. */
	REQUESTS = 0x38,
	/** u32 state: how many agents, children and power domains hold it on. */
	USE_COUNT = 0x3c,
	SIZE = 0x40,
}

export const enum ClockKind {
	/** No clock has this ID. */
	NONE = 0,
	/** Another ID of the clock TARGET. */
	ALIAS = 1,
	FIXED = 2,
	FIXED_FACTOR = 3,
	MUX = 4,
	DIVIDER = 5,
	GATE = 6,
	/** Mux 26:24, prediv 18:16, postdiv in WIDTH bits from 0, gate 28. */
	COMPOSITE = 7,
	PLL = 8,
	/** A CPU cluster's clock: parks its parent mux while the PLL relocks. */
	CPU = 9,
	COUNT = 10,
}

export const enum ClockFlag {
	/** Must not be disabled. */
	CRITICAL = 1,
	/** COMPOSITE: has the prediv field. */
	PREDIV = 2,
	/** PLL: agents cannot change its rate. */
	RATE_FIXED = 4,
	/** MUX: rate requests pass through to the selected parent (a PLL's bypass mux). */
	FORWARDS = 8,
}

/** What is known of a clock: see hardware/clock-cache.ts. */
export const enum ClockState {
	/** What registers and permissions make of it, all found at once: KNOWN tells that the others of this group hold. */
	STATES = 0x7f,
	/** In an order that turns into attributes by a rotation: it has parents; it has a name of more than 15 characters. */
	PARENTS = 0x01,
	LONG_NAME = 0x02,
	RATE_SETTABLE = 0x04,
	KNOWN = 0x08,
	/** It runs; nobody can change everything, gate, parent and rate. */
	RUNNING = 0x10,
	RESTRICTED = 0x20,
	/** No agent is denied it. */
	EVERYBODYS = 0x40,
	/** Bits of CLOCK_ATTRIBUTES and EVERYBODYS, and how far they are turned left there. */
	ATTRIBUTES = 0x73,
	ATTRIBUTES_TURN = 28,
	/** Its rate is known; something may be known of clocks that have it above them. */
	RATES = 0x180,
	RATE = 0x080,
	BELOW = 0x100,
	/** It is in its parent's list. */
	ENTERED = 0x200,
}

/** "None" in u16 fields. */
export const enum Index {
	NONE = 0xffff,
}

/** A row of PLLS. */
export const enum Pll {
	/** u32 physical address of GNRL_CTL, in a block of PLLs; DIV_CTL0 and DIV_CTL1 follow at +4 and +8; load() turns it into a linear one. */
	CONTROL = 0x00,
	/** u32 1: fractional, has kdiv in DIV_CTL1. */
	FRACTIONAL = 0x04,
	/** u32 first row and number of rows in PLL_RATES. */
	RATES = 0x08,
	RATE_COUNT = 0x0c,
	/** u32: cycles of the divided reference until LOCK. */
	LOCK_CYCLES = 0x10,
	/** u32: ID of its reference clock's consumer, the PLL clock itself. */
	CLOCK = 0x14,
	/** u64 state: virtual time at which it locks. */
	LOCK_AT = 0x18,
	SIZE = 0x20,
}

/** A row of PLL_RATES: u32 rate in Hz and the register values that give it with the reference's usual rate. */
export const enum PllRate {
	RATE = 0x00,
	DIV_CTL0 = 0x04,
	DIV_CTL1 = 0x08,
	SIZE = 0x0c,
}

/** A row of REGISTERS: u32 physical address, u32 value at load. */
export const enum Register {
	ADDRESS = 0x00,
	VALUE = 0x04,
	SIZE = 0x08,
}

/** A row of DOMAINS: the power domain with the ID of its index. */
export const enum Domain {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u16 enclosing domain or NONE, u16 1: keeps its clocks on while it is on. */
	PARENT = 0x04,
	KEEPS_CLOCKS = 0x06,
	/** u32 masks over the rows of SWITCHES and HANDSHAKES. */
	SWITCHES = 0x08,
	HANDSHAKES = 0x0c,
	/** u32 first row and number of rows in DOMAIN_CLOCKS. */
	CLOCKS = 0x10,
	CLOCK_COUNT = 0x14,
	/** State. u32: one bit for each agent that wants it on; u32: agents and children that hold it on. */
	REQUESTS = 0x18,
	USE_COUNT = 0x1c,
	/** State. u32 1: the platform holds its clocks. */
	HOLDS_CLOCKS = 0x20,
	/** State. u32: one bit for each agent that must not change it. */
	DENIED_TO = 0x24,
	/** State. u32: cached power state, and the State.POWER_CHANGES that it is of. */
	STATE = 0x28,
	STATE_AT = 0x2c,
	SIZE = 0x30,
}

/** A row of SWITCHES: one power-gated region with its request bit. */
export const enum Switch {
	/** u32 bit in UP_REQUEST and DOWN_REQUEST, bit in MAPPING. */
	REQUEST = 0x00,
	MAPPING = 0x04,
	/** u32 physical address of its control register (bit 0: power down enable) and status register (bit 0: off). */
	CONTROL = 0x08,
	STATUS = 0x0c,
	/** State. u64 time at which the pending request completes; u32 Pending. */
	PENDING_AT = 0x10,
	PENDING = 0x18,
	SIZE = 0x20,
}

export const enum Pending {
	NONE = 0,
	UP = 1,
	DOWN = 2,
}

/** A row of HANDSHAKES: a request bit that the region's bus answers with an acknowledge bit, when it has power. */
export const enum Handshake {
	/** u32 bits in the handshake register. */
	REQUEST = 0x00,
	ACKNOWLEDGE = 0x04,
	/** u32 mask over SWITCHES that must be on for an acknowledge. */
	SWITCHES = 0x08,
	/** State. u32 1: an edge is pending; u64 time at which the acknowledge follows. */
	PENDING = 0x0c,
	PENDING_AT = 0x10,
	SIZE = 0x18,
}

/** A row of AGENTS; row 0 is the platform. */
export const enum Agent {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u32 state, filled by load(): address of its dispatch table. */
	DISPATCH = 0x04,
	/** u32 state, filled by load(): the row of its platform-to-agent channel, 0 when it has none. */
	P2A = 0x08,
	/** u32 1: may change permissions and reset the configuration of other agents. */
	TRUSTED = 0x0c,
	SIZE = 0x10,
}

/** A row of CHANNELS: one shared-memory area. Areas of one function ID are neighbours. */
export const enum Channel {
	/** u32 physical address and size in bytes of the area, in a block of RAM; u32 index of its agent. */
	AREA = 0x00,
	LENGTH = 0x04,
	AGENT = 0x08,
	/** u32 state, filled by load(): linear address of the area. */
	LINEAR = 0x0c,
	/** u32 state: messages refused because their length was wrong. */
	REFUSED = 0x10,
	/** u32 state: interrupts raised: for commands that asked for one in the channel flags, and for messages of the platform. */
	INTERRUPTS = 0x14,
	/** u32 ChannelDirection. */
	DIRECTION = 0x18,
	/** State of a platform-to-agent channel. u32: address of its queue, see Queued. */
	QUEUE = 0x1c,
	/** u32: place of the oldest message, how many wait, how many places delayed responses to come have reserved. */
	FIRST = 0x20,
	WAITING = 0x24,
	RESERVED = 0x28,
	/** u32: notifications lost because the queue was full. */
	DROPPED = 0x2c,
	/** u32 state, filled by load(): the row of its agent. */
	AGENT_ROW = 0x30,
	/** u32 state, filled by load(): the longest payload that fits into the area. */
	MOST = 0x34,
	/** u32 state: how many of INTERRUPTS the host has handed on. */
	TAKEN = 0x38,
	SIZE = 0x40,
}

export const enum ChannelDirection {
	/** The agent sends commands. */
	AGENT_TO_PLATFORM = 0,
	/** The platform sends delayed responses and notifications. */
	PLATFORM_TO_AGENT = 1,
	COUNT = 2,
}

/** A message in the queue of a platform-to-agent channel; maxMessageSize bytes follow LENGTH. */
export const enum Queued {
	/** u32 bytes of header and payload, u32 header. */
	LENGTH = 0x00,
	HEADER = 0x04,
	PAYLOAD = 0x08,
}

/** A row of SERVICES: a function ID of one exception level. */
export const enum Service {
	FUNCTION_ID = 0x00,
	/** u32: 2 or 3. */
	EXCEPTION_LEVEL = 0x04,
	/** u32 ServiceKind. */
	KIND = 0x08,
	/** u32: first row and number of rows in RESULTS or CHANNELS. */
	FIRST = 0x0c,
	COUNT = 0x10,
	/** u32 1: only for callers in the secure state. */
	SECURE = 0x14,
	SIZE = 0x18,
}

export const enum ServiceKind {
	/** Returns 1 to 4 constant words in x0..x3. */
	RESULTS = 0,
	/** SMCCC_ARCH_FEATURES: 0 for a function ID of the Arm architecture range that this level serves. */
	ARCH_FEATURES = 1,
	/** PSCI_FEATURES: 0 for SMCCC_VERSION and for a PSCI function ID that this level serves. */
	PSCI_FEATURES = 2,
	/** A mailbox channel: serves every busy area. */
	CHANNELS = 3,
	/** The doorbell of a platform-to-agent channel: the agent has read a message. */
	READ = 4,
	COUNT = 5,
}

/** A row of PROTOCOLS: u32 protocol ID, u32 version that the platform implements. */
export const enum Protocol {
	ID = 0x00,
	VERSION = 0x04,
	SIZE = 0x08,
}

/** A row of RESETS: the reset domain with the ID of its index. */
export const enum Reset {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u32 physical address of the line's register; 0: no domain has this ID. load() turns it into a linear one. */
	REGISTER = 0x04,
	/** u32: the line's bits, and what they are while it is asserted: all set or all clear. */
	BITS = 0x08,
	ASSERTED = 0x0c,
	/** u32: ns that an autonomous reset keeps it asserted. */
	PULSE_NS = 0x10,
	/** u32 1: the agents themselves run on what it resets, none of them may. */
	DENIED = 0x14,
	/**
	 * State. u32: one bit for each agent that is told of its resets; u32, while an asynchronous reset is under way: one more
	 * than the ID of the agent that gets its response, of the platform if nobody does.
	 */
	WATCHERS = 0x18,
	PENDING = 0x1c,
	/** State. u32: one bit for each agent that must not change it. */
	DENIED_TO = 0x20,
	SIZE = 0x28,
}

/** A row of RAILS: the supply, or voltage domain, with the ID of its index. Levels are i32 in µV. */
export const enum Rail {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u32 physical address of the register that selects the level; load() turns it into a linear one. Bits that do. */
	REGISTER = 0x04,
	MASK = 0x08,
	/** The same for the bits that are all set while it is on. */
	ENABLE_REGISTER = 0x0c,
	ENABLE_MASK = 0x10,
	/** u32 first row and number of rows in RAIL_LEVELS; load() turns the first into an address. */
	LEVELS = 0x14,
	LEVEL_COUNT = 0x18,
	/** i32 lowest and highest level that it may be set to. */
	MIN = 0x1c,
	MAX = 0x20,
	/** u32 slope of a change in µV per µs, 0 when there is none; u32 ns that a change takes besides. */
	RAMP_RATE = 0x24,
	SETTLE_NS = 0x28,
	/** u32 ns from enabled to on. */
	ENABLE_NS = 0x2c,
	/** u32 1: must not be switched off. */
	ALWAYS_ON = 0x30,
	/** Filled by load(). u32 first row and number of the different levels within its limits. */
	USABLE = 0x34,
	USABLE_COUNT = 0x38,
	/** Filled by load(). u32: from each of them to the next, 0 when that differs or there are less than three. */
	STEP = 0x3c,
	/** State. u64: virtual time at which the last change has settled. */
	SETTLED_AT = 0x40,
	/** State. u32: the agent whose asynchronous change is pending, 0 when none is; i32 its level. */
	PENDING = 0x48,
	TARGET = 0x4c,
	/** State. u32: one bit for each agent that must not change it. */
	DENIED_TO = 0x50,
	/** State. u32: one bit for each agent that has switched it on, and for each that has set its level, until it lets go. */
	ON_FOR = 0x54,
	LEVEL_FOR = 0x58,
	SIZE = 0x60,
}

/** A row of RAIL_LEVELS: one for each value of the selecting bits, by ascending levels. */
export const enum RailLevel {
	/** u32: the register's bits in their place. */
	SELECT = 0x00,
	/** i32 µV. Of rows with the same level the first one is written. */
	MICROVOLTS = 0x04,
	SIZE = 0x08,
}

/** A row of PERFORMANCE: the performance domain with the ID of its index. */
export const enum Performance {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u32 IDs of the clock and of the rail that its operating points set. */
	CLOCK = 0x04,
	RAIL = 0x08,
	/** u32 first row and number of rows, 1 to LIMIT, in OPERATING_POINTS; load() turns the first into an address. */
	POINTS = 0x0c,
	POINT_COUNT = 0x10,
	/** u32 position of the operating point that it can sustain. */
	SUSTAINED = 0x14,
	/** u32 µs between two requests by message, 0 for no such limit. */
	RATE_LIMIT = 0x18,
	/** u32 1: from version 4.0 on its levels are named by their indices. */
	INDEXING = 0x1c,
	/** u32 physical address of its fast channels, 0 when it has none; u32 agent that they are for; u32 µs as above. */
	FAST = 0x20,
	FAST_AGENT = 0x24,
	FAST_RATE_LIMIT = 0x28,
	/** u32 state, filled by load(): their linear address. */
	FAST_LINEAR = 0x2c,
	/** u32 state: version that their agent speaks; 0 when it has no fast channels. */
	FAST_VERSION = 0x30,
	/** u32 state: one bit for each agent that names levels by their indices. */
	INDEXED = 0x34,
	/** State. u32 positions of the lowest and of the highest operating point allowed by all, u32 agent that set limits last. */
	MIN = 0x38,
	MAX = 0x3c,
	LIMITS_BY = 0x40,
	/** State. u32: a bit for each agent that is told of other levels, of other limits. */
	LEVEL_WATCHERS = 0x44,
	LIMITS_WATCHERS = 0x48,
	/** State. u32 positions that they know. */
	TOLD_LEVEL = 0x4c,
	TOLD_MIN = 0x50,
	TOLD_MAX = 0x54,
	/** State. u32: what the agent's fast channels held at the last look. */
	SEEN_LEVEL = 0x58,
	SEEN_MAX = 0x5c,
	SEEN_MIN = 0x60,
	/** State. u32: one bit for each agent that must not change it. */
	DENIED_TO = 0x64,
	/** State. u8 for each agent: positions of the lowest, bits 3:0, and the highest operating point that it allows. */
	AGENT_LIMITS = 0x68,
	SIZE = 0x88,
	/** Operating points that a domain may have. */
	LIMIT = 16,
}

/** The fast channels of a performance domain: offsets from Performance.FAST. */
export const enum FastChannels {
	/** u32 level each. */
	LEVEL_SET = 0x00,
	LEVEL_GET = 0x04,
	/** u32 highest and u32 lowest level each. */
	LIMITS_SET = 0x08,
	LIMITS_GET = 0x10,
	SIZE = 0x18,
}

/** A row of OPERATING_POINTS: those of a domain lie in ascending order of rates, levels and indices. */
export const enum OperatingPoint {
	/** u64 rate in Hz. */
	RATE = 0x00,
	/** i32 µV. */
	MICROVOLTS = 0x08,
	/** u32 performance level and index, neither ever 0. */
	LEVEL = 0x0c,
	INDEX = 0x10,
	/** u32 µW, 0 when not told. */
	POWER = 0x14,
	/** u32 µs that a change to it takes at most, below 65536. */
	LATENCY = 0x18,
	SIZE = 0x20,
}

/** A row of SENSORS: the sensor with the ID of its index. */
export const enum Sensor {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u32 first row and number of rows in SENSOR_AXES, at least one; load() turns the first into an address. */
	AXES = 0x04,
	AXIS_COUNT = 0x08,
	/** u32 1: its only axis is none, but the sensor itself. */
	SCALAR = 0x0c,
	/** u32 first row and number of rows in SENSOR_INTERVALS; load() turns the first into an address. The first one is preset. */
	INTERVALS = 0x10,
	INTERVAL_COUNT = 0x14,
	/** u32: trip points that each agent has. */
	TRIP_POINTS = 0x18,
	/** u32 1: readings may have timestamps; i32: their unit is 10 to the power of this seconds, -9 to 0. */
	TIMESTAMPS = 0x1c,
	TIMESTAMP_EXPONENT = 0x20,
	/** u32: ns that an asynchronous reading takes, 0 when there is none. */
	READING_NS = 0x24,
	/** State. u32: one bit for each agent that must not configure it. */
	DENIED_TO = 0x28,
	SIZE = 0x30,
}

/** A row of SENSOR_AXES: one value that a sensor reads. Values are i64 in the unit of their kind. */
export const enum SensorAxis {
	/** u32 name in STRINGS. */
	NAME = 0x00,
	/** u32 SensorKind. */
	KIND = 0x04,
	/** u32: the rail of a LEVEL, the clock of a RATE, by its ID. */
	SOURCE = 0x08,
	/** u32: the least difference that it tells, below 2^27. */
	RESOLUTION = 0x0c,
	/** i64: the lowest and the highest value. */
	MIN = 0x10,
	MAX = 0x18,
	SIZE = 0x20,
}

export const enum SensorKind {
	/** The thermal unit's reading in m°C. */
	TEMPERATURE = 0,
	/** A rail's level in µV. */
	LEVEL = 1,
	/** A clock's rate in Hz, 0 while it does not run. */
	RATE = 2,
	/** What the thermal unit's model takes for the power of what it heats, in mW. */
	POWER = 3,
	COUNT = 4,
}

/** A row of SENSOR_INTERVALS: u32 number of seconds in bits 20:5, to be multiplied by 10 to the power of the signed bits 4:0. */
export const enum SensorInterval {
	EXPONENT_WIDTH = 5,
	SIZE = 4,
}

/** SYSTEM: the registers that turn the system off and reset it. */
export const enum System {
	/** u32 physical address; load() turns it into a linear one. Power goes off when all of the bits are written as 1. */
	OFF = 0x00,
	OFF_BITS = 0x04,
	/** The same for reset: it happens when one of the bits, lines that are active low, is written as 0. */
	RESET = 0x08,
	RESET_LINES = 0x0c,
	/** u32: bits that the firmware keeps when it writes that register, and those that it sets for either reset. */
	RESET_KEEP = 0x10,
	COLD = 0x14,
	WARM = 0x18,
	/** u32: ms that the agents get after a graceful request. */
	TIMEOUT_MS = 0x1c,
	/** State. u32: one bit for each agent that is told of requests. */
	WATCHERS = 0x20,
	/** State. u32: the agent that made the last graceful request. */
	REQUESTER = 0x24,
	SIZE = 0x28,
}

/** THERMAL: the thermal unit, and the model of what it measures. */
export const enum Thermal {
	/** u32 physical address of the register with the bits that are all set while it measures; load() turns it into a linear one. */
	ENABLE_REGISTER = 0x00,
	ENABLE_MASK = 0x04,
	/** The same for its reading: whole °C in bits 7:0; u32 bits that are set while the reading is valid. */
	READING_REGISTER = 0x08,
	VALID_MASK = 0x0c,
	/** i32 m°C: the lowest and highest temperature that it measures. */
	MIN = 0x10,
	MAX = 0x14,
	/** u32: the clock and the rail, by ID, of what heats it. */
	CLOCK = 0x18,
	RAIL = 0x1c,
	/** u32: its power, in µW for each MHz and V², and in µW for each V² at any rate. */
	DYNAMIC_POWER = 0x20,
	STATIC_POWER = 0x24,
	/** i32 m°C around it; u32 thermal resistance in µ°C for each mW; u32 time constant in µs. */
	AMBIENT = 0x28,
	RESISTANCE = 0x2c,
	TIME_CONSTANT = 0x30,
	/** State. u32: µW since the time SINCE, u64 in ns; i64: temperature in µ°C at that time. */
	POWER = 0x34,
	TEMPERATURE = 0x38,
	SINCE = 0x40,
	/** State. u64: virtual time in ns when the power was last looked at. */
	LOOKED_AT = 0x48,
	SIZE = 0x50,
}

/** A row of DEVICES: the device with the ID of its index, by which agents get and lose permissions. */
export const enum Device {
	/** u32 first row and number of rows in DEVICE_RESOURCES; load() turns the first into an address. */
	RESOURCES = 0x00,
	RESOURCE_COUNT = 0x04,
	/** u32: one bit for each agent that must not use it at load. */
	DENIED_AT_LOAD = 0x08,
	/** State. u32 for each of the protocols 0x10 to 0x17: one bit for each agent that must not use that one on it. */
	DENIED = 0x10,
	SIZE = 0x30,
}

/** A row of DEVICE_RESOURCES: u32 protocol and the ID that it knows a clock, a domain, a sensor of the device by. */
export const enum DeviceResource {
	PROTOCOL = 0x00,
	ID = 0x04,
	SIZE = 0x08,
}

/** Why load() refuses an image; State.LOAD_ERROR_AT has the byte offset in the image. */
export const enum LoadError {
	NONE = 0,
	MAGIC = 1,
	VERSION = 2,
	LENGTH = 3,
	/** A section outside the image or misaligned. */
	SECTION = 4,
	/** A value outside its range. */
	RANGE = 5,
	/** An index that points at no row. */
	REFERENCE = 6,
	/** A physical address that no block covers, or one in a block of a kind that does not do for it. */
	ADDRESS = 7,
	/** Clocks or domains that are their own ancestors. */
	CYCLE = 8,
	/** The same function ID or overlapping blocks twice. */
	DUPLICATE = 9,
	/** A protocol or a version of it that the engine does not have. */
	PROTOCOL = 10,
	/** More linear memory than an image may ask for, or than there is. */
	MEMORY = 11,
}
