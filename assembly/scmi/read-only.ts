// The messages that change nothing, neither state nor hardware, and need no scratch memory: several CPUs may send them at once.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.2, 4.3.2 and 4.6.2; the first three messages of every protocol are alike.

/** Whatever the version: a message that it lacks is refused, and changes nothing either. */
const enum Read {
	/** PROTOCOL_VERSION, PROTOCOL_ATTRIBUTES, PROTOCOL_MESSAGE_ATTRIBUTES. */
	COMMON = 0x7,
	/** BASE_DISCOVER_VENDOR 0x3 to BASE_DISCOVER_AGENT 0x7. */
	BASE = 0xff,
	/** POWER_DOMAIN_ATTRIBUTES 0x3, POWER_STATE_GET 0x5, POWER_DOMAIN_NAME_GET 0x8. */
	POWER_DOMAIN = 0x12f,
	/**
	 * CLOCK_ATTRIBUTES 0x3, CLOCK_RATE_GET 0x6, CLOCK_NAME_GET 0x8, CLOCK_CONFIG_GET 0xb, CLOCK_POSSIBLE_PARENTS_GET 0xc,
	 * CLOCK_PARENT_GET 0xe, CLOCK_GET_PERMISSIONS 0xf.
	 */
	CLOCK = 0xd94f,
}

/** The message header without its token: messages 0 to 31, protocol in the bits above the type. */
const MESSAGE_MASK: u32 = 0x3_ffff;
export const PROTOCOL_SHIFT: u32 = 10;

/** Whether a command with this header only reads. */
export function onlyReads(header: u32): bool {
	const message = header & MESSAGE_MASK;
	const protocol = message >> PROTOCOL_SHIFT;
	const id = message & ((1 << PROTOCOL_SHIFT) - 1);
	// Another type than command counts as a large ID.
	return id < 16 && (readsOf(protocol) & (1 << id)) !== 0;
}

function readsOf(protocol: u32): u32 {
	switch (protocol) {
		case 0x10:
			return Read.BASE;
		case 0x11:
			return Read.POWER_DOMAIN;
		case 0x14:
			return Read.CLOCK;
		case 0x12:
		case 0x13:
		case 0x15:
		case 0x16:
		case 0x17:
			return Read.COMMON;
		default:
			return 0;
	}
}
