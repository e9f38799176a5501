// The quirks of the draft firmware: each deviation from the specification with its name, in the order of its tables.
// Follows the observed replies of the i.MX8MM SCMI draft of 2019; where each one is, say the tables beside this file.

export const QUIRKS = [
	{
		id: "channel-ignored",
		text: "a call serves the area whatever its channel status says, and leaves it free without error, x0 being 0",
	},
	{ id: "length-ignored", text: "the request's length is not looked at" },
	{
		id: "type-ignored",
		text: "the message type is not looked at: everything is a command",
	},
	{ id: "call-hangs", text: "the second function ID never returns" },
	{
		id: "unknown-protocol",
		text: "a protocol other than base, power and clock gets -1, the length stays the request's",
	},
	{
		id: "unknown-message",
		text: "a message that is not in its tables gets -1, the length stays the request's",
	},
	{ id: "version-1.0", text: "every protocol is version 1.0" },
	{ id: "three-protocols", text: "it claims three protocols and no agent" },
	{
		id: "vendor-length",
		text: 'the vendor is the four bytes "NXP", in a message of length 2',
	},
	{ id: "sub-vendor-length", text: 'the sub-vendor is the four bytes "IMX"' },
	{
		id: "implementation-version",
		text: "the implementation's version is 0x100",
	},
	{ id: "two-protocols", text: "the list of protocols is power and clock" },
	{
		id: "skip-refused",
		text: "skipping protocols is INVALID_PARAMETERS, with the whole list behind the status",
	},
	{
		id: "eleven-domains",
		text: "it claims eleven power domains, and statistics at 0x93fc00",
	},
	{
		id: "name-tail",
		text: "behind a name's NUL the payload keeps what the shared memory held",
	},
	{
		id: "own-domains",
		text: "power domains have its own numbers and names, and synchronous state changes only",
	},
	{ id: "domain-id-u16", text: "the upper half of a domain ID is not read" },
	{
		id: "failed-attributes",
		text: "DOMAIN_ATTRIBUTES that fails still writes its attributes and its length",
	},
	{
		id: "last-domain",
		text: "domains from 10 up are NOT_SUPPORTED, so the eleventh cannot be reached",
	},
	{
		id: "state-set-nothing",
		text: "POWER_STATE_SET succeeds for anything and does nothing",
	},
	{ id: "state-get-off", text: "every power domain is off" },
	{
		id: "state-get-unchecked",
		text: "POWER_STATE_GET reads past the end of its table for an unknown domain",
	},
	{
		id: "255-clocks",
		text: "it claims 255 clocks and one asynchronous request",
	},
	{ id: "never-enabled", text: "no clock is ever enabled" },
	{
		id: "name-length",
		text: "the length of CLOCK_ATTRIBUTES ends with the name's NUL",
	},
	{
		id: "one-rate",
		text: "every clock has the one rate 400 MHz, known or not",
	},
	{
		id: "few-clocks",
		text: "it knows 32 clocks; others are NOT_FOUND, the length stays the request's",
	},
	{
		id: "rate-from-registers",
		text: "a rate is what the registers say, also after requests that were ignored or taken otherwise",
	},
	{ id: "pll-gate", text: "a PLL whose output gate is closed has the rate 0" },
	{ id: "divider-gate", text: "a divider whose gate is closed has the rate 0" },
	{
		id: "unsigned-k",
		text: "the fraction of a PLL is read unsigned: a negative one makes it faster",
	},
	{
		id: "parent-position",
		text: "a parent's number is used as a position, which is one entry too far from 20 up",
	},
	{
		id: "parent-past-end",
		text: "parent 27 lies behind the end of the table",
	},
	{
		id: "rate-set-succeeds",
		text: "CLOCK_RATE_SET of a known clock succeeds, and never tells the rate that came of it",
	},
	{
		id: "rate-set-in-use",
		text: "CLOCK_RATE_SET of a clock in use does nothing",
	},
	{
		id: "rate-set-ignored",
		text: "CLOCK_RATE_SET of a PLL, divider or the oscillator does nothing",
	},
	{
		id: "rate-set-gate",
		text: "CLOCK_RATE_SET of a gate opens its composite's gate, and sets the composite",
	},
	{
		id: "rate-set-parent",
		text: "CLOCK_RATE_SET of a composite takes the first parent at or above the rate when its own is slower",
	},
	{
		id: "rate-set-index-8",
		text: "CLOCK_RATE_SET above every parent writes the parent index 8: bit 27, and parent 0 with the last one's dividers",
	},
	{
		id: "rate-set-int32",
		text: "the error of a divider pair is cut to 32 bits with a sign",
	},
	{
		id: "config-set-succeeds",
		text: "CLOCK_CONFIG_SET of a known clock succeeds",
	},
	{ id: "config-set-again", text: "enabling a clock in use does nothing" },
	{
		id: "config-set-nothing",
		text: "enabling a PLL, divider or the oscillator does nothing and does not count",
	},
	{
		id: "critical-kept",
		text: "disabling a critical composite succeeds and does nothing",
	},
	{
		id: "gate-closes-composite",
		text: "disabling a gate closes its composite's gate, whoever else uses that",
	},
	{
		id: "disable-panics",
		text: "disabling a clock that nobody uses panics the monitor",
	},
] as const;

export type QuirkId = (typeof QUIRKS)[number]["id"];
