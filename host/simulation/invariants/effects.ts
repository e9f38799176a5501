// What a message may do, read from its bytes: which resource it is about, and in which way.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2 and 4.3 to 4.9. Messages that are not here change nothing.

/** A resource, and what may happen to it. */
export type EffectKind =
	/** A clock goes on or off, and with it what it runs from. */
	| "clock-state"
	| "clock-rate"
	| "clock-parent"
	| "power-domain"
	| "performance"
	| "rail-mode"
	| "rail-level"
	| "reset-line"
	| "system"
	| "device-permissions"
	| "protocol-permissions"
	| "agent-reset";

export interface Effect {
	kind: EffectKind;
	/** ID of the resource; of the agent for an agent's reset and permissions. */
	id: number;
	/** The firmware carries it out later, or goes on with it. */
	later: boolean;
	/** The other parameters: see {@link effectOf}. */
	value: number;
	device: number;
	command: number;
}

export const PROTOCOL = {
	base: 0x10,
	power: 0x11,
	system: 0x12,
	performance: 0x13,
	clock: 0x14,
	reset: 0x16,
	voltage: 0x17,
} as const;

/** Protocol and message of a header, and its type, which is 0 for commands. */
const MESSAGE_MASK = 0xff;
const TYPE_MASK = 3 << 8;
const PROTOCOL_SHIFT = 10;
const PROTOCOL_MASK = 0xff;

const ASYNCHRONOUS = 1;
/** RESET: bit 2 of the flags. */
const RESET_ASYNCHRONOUS = 1 << 2;
/** CLOCK_CONFIG_SET: bits 1:0 of the attributes. */
const CLOCK_STATE = 3;

/** Protocol in bits 15:8, message in bits 7:0. */
const Message = {
	SET_DEVICE_PERMISSIONS: 0x1009,
	SET_PROTOCOL_PERMISSIONS: 0x100a,
	RESET_AGENT_CONFIGURATION: 0x100b,
	POWER_STATE_SET: 0x1104,
	SYSTEM_POWER_STATE_SET: 0x1203,
	PERFORMANCE_LIMITS_SET: 0x1305,
	PERFORMANCE_LEVEL_SET: 0x1307,
	CLOCK_RATE_SET: 0x1405,
	CLOCK_CONFIG_SET: 0x1407,
	CLOCK_PARENT_SET: 0x140d,
	RESET: 0x1604,
	VOLTAGE_CONFIG_SET: 0x1705,
	VOLTAGE_LEVEL_SET: 0x1707,
} as const;

function effect(
	kind: EffectKind,
	id: number,
	later = false,
	value = 0,
	device = 0,
	command = 0,
): Effect {
	return { kind, id, later, value, device, command };
}

/** An agent's reset, as BASE_RESET_AGENT_CONFIGURATION does it. */
export function agentReset(agent: number, permissions: boolean): Effect {
	return effect("agent-reset", agent, false, permissions ? 1 : 0);
}

/** A request for a performance level or for limits, as a fast channel brings it. */
export function performanceOf(domain: number): Effect {
	return effect("performance", domain, true);
}

/**
 * What a command may do when the firmware does not refuse it; undefined for nothing.
 * @param words header and payload
 */
export function effectOf(words: Uint32Array): Effect | undefined {
	const [header = 0, a = 0, b = 0, c = 0, d = 0] = words;
	if (header & TYPE_MASK) return undefined;
	const protocol = (header >>> PROTOCOL_SHIFT) & PROTOCOL_MASK;
	switch ((protocol << 8) | (header & MESSAGE_MASK)) {
		case Message.SET_DEVICE_PERMISSIONS:
			return effect("device-permissions", a, false, c & 1, b);
		case Message.SET_PROTOCOL_PERMISSIONS:
			return effect("protocol-permissions", a, false, d & 1, b, c);
		case Message.RESET_AGENT_CONFIGURATION:
			return effect("agent-reset", a, false, b & 1);
		case Message.POWER_STATE_SET:
			// 0 is on; bit 30 says that the context is lost: off.
			return effect("power-domain", b, (a & ASYNCHRONOUS) !== 0, c ? 0 : 1);
		case Message.SYSTEM_POWER_STATE_SET:
			return effect("system", 0, true);
		case Message.PERFORMANCE_LIMITS_SET:
		case Message.PERFORMANCE_LEVEL_SET:
			return effect("performance", a);
		case Message.CLOCK_RATE_SET:
			return effect("clock-rate", b, (a & ASYNCHRONOUS) !== 0);
		case Message.CLOCK_CONFIG_SET:
			return effect("clock-state", a, false, b & CLOCK_STATE);
		case Message.CLOCK_PARENT_SET:
			return effect("clock-parent", a);
		case Message.RESET:
			return effect("reset-line", a, (b & RESET_ASYNCHRONOUS) !== 0);
		case Message.VOLTAGE_CONFIG_SET:
			return effect("rail-mode", a, false, b);
		case Message.VOLTAGE_LEVEL_SET:
			return effect("rail-level", a);
		default:
			return undefined;
	}
}

/** The protocol that an effect's resource belongs to; undefined for effects on agents and the system. */
export function protocolOf(kind: EffectKind): number | undefined {
	switch (kind) {
		case "clock-state":
		case "clock-rate":
		case "clock-parent":
			return PROTOCOL.clock;
		case "power-domain":
			return PROTOCOL.power;
		case "performance":
			return PROTOCOL.performance;
		case "rail-mode":
		case "rail-level":
			return PROTOCOL.voltage;
		case "reset-line":
			return PROTOCOL.reset;
		default:
			return undefined;
	}
}
