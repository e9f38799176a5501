// The messages that the draft firmware answers: one row each, constants first, what depends on the request beside them.
// Follows the observed replies of the i.MX8MM SCMI draft of 2019; numbers of messages: SCMI 1.0 (Arm DEN0056A), chapter 4.

import type { DraftClock } from "./clock-table.ts";
import type { DraftClocks } from "./clocks.ts";
import { End } from "./end.ts";
import type { QuirkId } from "./quirks.ts";

const BASE = 0x10;
const POWER = 0x11;
const CLOCK = 0x14;

const INVALID_PARAMETERS = -2;
const NOT_SUPPORTED = -1;

/** Bytes of header, status and one word: where a name begins that follows them. */
const NAME_AT = 12;
const ENABLE = 1;
const SYNCHRONOUS_ONLY = 1 << 29;
const POWER_OFF = 1 << 30;

/** Its power domains by ID. The mixes around them change no reply, and the last domain has none. */
const DOMAINS = [
	"HSIO_PD",
	"PCIE0_PD",
	"USB_OTG1_PD",
	"USB_OTG2_PD",
	"GPUMIX_PD",
	"VPUMIX_PD",
	"VPU_G1_PD",
	"VPG_G2_PD",
	"VPG_H1_PD",
	"DISPMIX_PD",
	"MIPI_PD",
];

/** IDs of the power domains that it counts. */
export const DRAFT_DOMAIN_IDS: readonly number[] = [...DOMAINS.keys()];
const ATTRIBUTES_DOMAINS = 10;

/** What a reply writes. What is left out stays as the shared memory had it. */
export interface Reply {
	/** 0 when left out. */
	status?: number;
	/** Behind the status. */
	words?: readonly number[];
	/** Behind the words, with a NUL. */
	name?: string;
	/** The length field: bytes of the message, header included. */
	length?: number;
}

/** A request as a row reads it. */
export interface Request {
	/** Payload word, 0 being the first; whether it was sent is not looked at. */
	word(index: number): number;
	/** The quirks that show in this reply, the one that says most about it last. */
	note(quirk: QuirkId): void;
}

export interface Row {
	protocol: number;
	message: number;
	/** Bytes of the request's payload in the specification's versions, which it does not look at. */
	sizes: readonly number[];
	quirk: QuirkId;
	reply: Reply;
	/** What the reply has besides, or in place of that, where it depends on the request. */
	answer?(request: Request): Reply;
	/** The same for a message about a clock; an unknown ID gets NOT_FOUND and nothing else. */
	clockId?: number;
	clockAnswer?(
		clock: DraftClock,
		request: Request,
		clocks: DraftClocks,
	): Reply | undefined;
}

export const MESSAGES: readonly Row[] = [
	{
		protocol: BASE,
		message: 0x0,
		sizes: [0],
		quirk: "version-1.0",
		reply: { words: [0x1_0000], length: 12 },
	},
	{
		protocol: BASE,
		message: 0x1,
		sizes: [0],
		quirk: "three-protocols",
		reply: { words: [3], length: 12 },
	},
	{
		protocol: BASE,
		message: 0x3,
		sizes: [0],
		quirk: "vendor-length",
		reply: { name: "NXP", length: 2 },
	},
	{
		protocol: BASE,
		message: 0x4,
		sizes: [0],
		quirk: "sub-vendor-length",
		reply: { name: "IMX", length: 12 },
	},
	{
		protocol: BASE,
		message: 0x5,
		sizes: [0],
		quirk: "implementation-version",
		reply: { words: [0x100], length: 12 },
	},
	{
		protocol: BASE,
		message: 0x6,
		sizes: [4],
		quirk: "two-protocols",
		reply: { words: [2, 0x1411], length: 16 },
		answer({ word, note }) {
			if (word(0) === 0) return {};
			note("skip-refused");
			return { status: INVALID_PARAMETERS };
		},
	},
	{
		protocol: POWER,
		message: 0x0,
		sizes: [0],
		quirk: "version-1.0",
		reply: { words: [0x1_0000], length: 12 },
	},
	{
		protocol: POWER,
		message: 0x1,
		sizes: [0],
		quirk: "eleven-domains",
		reply: { words: [DOMAINS.length, 0x93_fc00, 0, 0x400], length: 24 },
	},
	{
		protocol: POWER,
		message: 0x3,
		sizes: [4],
		quirk: "name-tail",
		reply: { words: [SYNCHRONOUS_ONLY], length: 32 },
		answer: domainAttributes,
	},
	{
		protocol: POWER,
		message: 0x4,
		sizes: [12],
		quirk: "state-set-nothing",
		reply: { length: 8 },
	},
	{
		protocol: POWER,
		message: 0x5,
		sizes: [4],
		quirk: "state-get-off",
		reply: { words: [POWER_OFF], length: 12 },
		answer: stateGet,
	},
	{
		protocol: CLOCK,
		message: 0x0,
		sizes: [0],
		quirk: "version-1.0",
		reply: { words: [0x1_0000], length: 12 },
	},
	{
		protocol: CLOCK,
		message: 0x1,
		sizes: [0],
		quirk: "255-clocks",
		reply: { words: [0x0001_00ff], length: 12 },
	},
	{
		protocol: CLOCK,
		message: 0x3,
		sizes: [4],
		quirk: "never-enabled",
		reply: { words: [0] },
		clockId: 0,
		clockAnswer({ name }, { note }) {
			note("name-tail");
			note("name-length");
			return { name, length: NAME_AT + name.length + 1 };
		},
	},
	{
		protocol: CLOCK,
		message: 0x4,
		sizes: [8],
		quirk: "one-rate",
		reply: { words: [0, 400_000_000, 0], length: 20 },
	},
	{
		protocol: CLOCK,
		message: 0x5,
		sizes: [16],
		quirk: "rate-set-succeeds",
		reply: { length: 8 },
		clockId: 1,
		clockAnswer(clock, { word }, clocks) {
			const rate = (BigInt(word(3)) << 32n) | BigInt(word(2));
			clocks.setRate(clock, rate);
			return undefined;
		},
	},
	{
		protocol: CLOCK,
		message: 0x6,
		sizes: [4],
		quirk: "rate-from-registers",
		reply: { length: 16 },
		clockId: 0,
		clockAnswer(clock, _, clocks) {
			const rate = clocks.rate(clock);
			return { words: [Number(rate & 0xffff_ffffn), Number(rate >> 32n)] };
		},
	},
	{
		protocol: CLOCK,
		message: 0x7,
		sizes: [8, 12],
		quirk: "config-set-succeeds",
		reply: { length: 8 },
		clockId: 0,
		clockAnswer(clock, { word }, clocks) {
			if ((word(1) & ENABLE) !== 0) clocks.enable(clock);
			else clocks.disable(clock);
			return undefined;
		},
	},
];

/** The last of its domains is beyond the check, and so is whatever lies behind it. */
function domainAttributes({ word, note }: Request): Reply {
	if (word(0) > 0xffff) note("domain-id-u16");
	const id = word(0) & 0xffff;
	if (id < ATTRIBUTES_DOMAINS) {
		note("own-domains");
		return { name: DOMAINS[id] as string };
	}
	note("failed-attributes");
	note("last-domain");
	return { status: NOT_SUPPORTED };
}

/** What lies behind the table nobody knows. */
function stateGet({ word, note }: Request): Reply {
	const id = word(0);
	if (id < DOMAINS.length) return {};
	note("state-get-unchecked");
	throw new End({
		reason: "out-of-bounds",
		message: `power domain ${id} is read from a table with ${DOMAINS.length}`,
	});
}
