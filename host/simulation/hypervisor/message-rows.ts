// How every message passes: one row for each, with a role for each field that holds an ID. What has no row does not pass.
// SCMI 3.2 (Arm DEN0056E), sections 4.2 to 4.9; the fields' places are those of host/scmi/messages/.
//
// The tables have a row for each message of the layouts, or the type checker refuses them; null is NOT_SUPPORTED.

import type { baseMessages } from "../../scmi/messages/base.ts";
import type { clockMessages } from "../../scmi/messages/clock.ts";
import type { performanceMessages } from "../../scmi/messages/performance.ts";
import type { powerMessages } from "../../scmi/messages/power-domain.ts";
import type { resetMessages } from "../../scmi/messages/reset-domain.ts";
import type { sensorMessages } from "../../scmi/messages/sensor.ts";
import type { systemMessages } from "../../scmi/messages/system-power.ts";
import type { voltageMessages } from "../../scmi/messages/voltage.ts";
import type { Row } from "./call.ts";
import {
	clockAttributes,
	clockPermissions,
	parentSet,
	possibleParents,
	rateSet,
	ratesOf,
} from "./clock-answers.ts";
import {
	baseAttributes,
	discoverAgent,
	discoverImplementationVersion,
	discoverSubVendor,
	discoverVendor,
	messageAttributes,
	negotiate,
	resetConfiguration,
	systemStateSet,
	unlessReadOnly,
} from "./own-answers.ts";
import { descriptions } from "./sensor-answers.ts";

const PASSES: Row = {};

const common = {
	PROTOCOL_VERSION: PASSES,
	PROTOCOL_ATTRIBUTES: { reply: { attributes: "count" } },
	PROTOCOL_MESSAGE_ATTRIBUTES: { answer: messageAttributes },
	NEGOTIATE_PROTOCOL_VERSION: { answer: negotiate },
} satisfies Record<string, Row>;

/** Statistics and readings in memory are not mapped into guests. */
const STATISTICS = {
	statistics_address: "unreachable",
	statistics_len: "unreachable",
} as const;

/** Subscribed until notify_enable is 0. */
const UNTIL_ENDED = { field: "notify_enable", released: 0 };

const base: Record<keyof typeof baseMessages, Row | null> = {
	...common,
	PROTOCOL_ATTRIBUTES: { attributes: baseAttributes },
	DISCOVER_VENDOR: { answer: discoverVendor },
	DISCOVER_SUB_VENDOR: { answer: discoverSubVendor },
	DISCOVER_IMPLEMENTATION_VERSION: { answer: discoverImplementationVersion },
	DISCOVER_LIST_PROTOCOLS: PASSES,
	DISCOVER_AGENT: { answer: discoverAgent },
	NOTIFY_ERRORS: { holds: UNTIL_ENDED },
	// Devices are the platform's, and what a guest may is the hypervisor's to say.
	SET_DEVICE_PERMISSIONS: null,
	SET_PROTOCOL_PERMISSIONS: null,
	RESET_AGENT_CONFIGURATION: { answer: resetConfiguration },
};

const DOMAIN = { domain_id: "powerDomains" } as const;

const power: Record<keyof typeof powerMessages, Row | null> = {
	...common,
	PROTOCOL_ATTRIBUTES: { reply: { attributes: "count", ...STATISTICS } },
	DOMAIN_ATTRIBUTES: {
		request: DOMAIN,
		attributes: unlessReadOnly((3 << 29) >>> 0),
	},
	STATE_SET: {
		request: DOMAIN,
		changes: true,
		holds: { field: "power_state", released: 0x4000_0000 },
	},
	STATE_GET: { request: DOMAIN },
	STATE_NOTIFY: { request: DOMAIN, holds: UNTIL_ENDED },
	STATE_CHANGE_REQUESTED_NOTIFY: { request: DOMAIN, holds: UNTIL_ENDED },
	DOMAIN_NAME_GET: { request: DOMAIN },
};

const system: Record<keyof typeof systemMessages, Row | null> = {
	...common,
	PROTOCOL_ATTRIBUTES: PASSES,
	// Not the machine's, but the guest's own.
	STATE_SET: { answer: systemStateSet },
	STATE_GET: PASSES,
	STATE_NOTIFY: { holds: UNTIL_ENDED },
};

const SCALED = { domain_id: "performanceDomains" } as const;
/** Bits of PERFORMANCE_DOMAIN_ATTRIBUTES. */
const FAST_CHANNELS = 1 << 27;
const SET_LEVEL_AND_LIMITS = (3 << 30) >>> 0;

const performance: Record<keyof typeof performanceMessages, Row | null> = {
	...common,
	PROTOCOL_ATTRIBUTES: { reply: { attributes: "count", ...STATISTICS } },
	DOMAIN_ATTRIBUTES: {
		request: SCALED,
		attributes: (word, call) =>
			unlessReadOnly(SET_LEVEL_AND_LIMITS)(word & ~FAST_CHANNELS, call),
	},
	DESCRIBE_LEVELS: { request: SCALED },
	LIMITS_SET: { request: SCALED, changes: true },
	LIMITS_GET: { request: SCALED },
	LEVEL_SET: { request: SCALED, changes: true },
	LEVEL_GET: { request: SCALED },
	NOTIFY_LIMITS: { request: SCALED, holds: UNTIL_ENDED },
	NOTIFY_LEVEL: { request: SCALED, holds: UNTIL_ENDED },
	// Fast channels are memory that the firmware looks at: no hypervisor stands between.
	DESCRIBE_FASTCHANNEL: null,
	DOMAIN_NAME_GET: { request: SCALED },
};

const CLOCK = { clock_id: "clocks" } as const;

const clock: Record<keyof typeof clockMessages, Row | null> = {
	...common,
	ATTRIBUTES: { request: CLOCK, attributes: clockAttributes },
	DESCRIBE_RATES: { request: CLOCK, answer: ratesOf },
	RATE_SET: {
		request: CLOCK,
		delayed: CLOCK,
		changes: true,
		answer: rateSet,
	},
	RATE_GET: { request: CLOCK },
	CONFIG_SET: {
		request: CLOCK,
		changes: true,
		holds: { field: "attributes", released: 0 },
	},
	NAME_GET: { request: CLOCK },
	RATE_NOTIFY: { request: CLOCK, holds: UNTIL_ENDED },
	RATE_CHANGE_REQUESTED_NOTIFY: { request: CLOCK, holds: UNTIL_ENDED },
	CONFIG_GET: { request: CLOCK },
	POSSIBLE_PARENTS_GET: { request: CLOCK, answer: possibleParents },
	PARENT_SET: {
		request: { ...CLOCK, parent_id: "clocks" },
		changes: true,
		answer: parentSet,
	},
	PARENT_GET: { request: CLOCK, reply: { parent_id: "clocks" } },
	GET_PERMISSIONS: { request: CLOCK, attributes: clockPermissions },
};

const SENSOR = { sensor_id: "sensors" } as const;

const sensor: Record<keyof typeof sensorMessages, Row | null> = {
	...common,
	PROTOCOL_ATTRIBUTES: {
		reply: {
			attributes: "count",
			sensor_reg_address: "unreachable",
			sensor_reg_len: "unreachable",
		},
	},
	DESCRIPTION_GET: { answer: descriptions },
	TRIP_POINT_NOTIFY: {
		request: SENSOR,
		holds: { field: "sensor_event_control", released: 0 },
	},
	TRIP_POINT_CONFIG: { request: SENSOR, changes: true },
	READING_GET: { request: SENSOR, delayed: SENSOR },
	AXIS_DESCRIPTION_GET: { request: SENSOR },
	LIST_UPDATE_INTERVALS: { request: SENSOR },
	CONFIG_GET: { request: SENSOR },
	CONFIG_SET: { request: SENSOR, changes: true },
	CONTINUOUS_UPDATE_NOTIFY: { request: SENSOR, holds: UNTIL_ENDED },
	NAME_GET: { request: SENSOR },
	AXIS_NAME_GET: { request: SENSOR },
};

const RESET = { domain_id: "resets" } as const;

const reset: Record<keyof typeof resetMessages, Row | null> = {
	...common,
	DOMAIN_ATTRIBUTES: { request: RESET },
	RESET: {
		request: RESET,
		delayed: RESET,
		changes: true,
		holds: { field: "flags", released: 0 },
	},
	NOTIFY: { request: RESET, holds: UNTIL_ENDED },
	DOMAIN_NAME_GET: { request: RESET },
};

const RAIL = { domain_id: "rails" } as const;

const voltage: Record<keyof typeof voltageMessages, Row | null> = {
	...common,
	DOMAIN_ATTRIBUTES: { request: RAIL },
	DESCRIBE_LEVELS: { request: RAIL },
	CONFIG_SET: {
		request: RAIL,
		changes: true,
		holds: { field: "config", released: 0 },
	},
	CONFIG_GET: { request: RAIL },
	LEVEL_SET: { request: RAIL, delayed: RAIL, changes: true },
	LEVEL_GET: { request: RAIL },
	DOMAIN_NAME_GET: { request: RAIL },
};

/** Rows by the protocols' names and the messages' names without the protocol's own. */
export const COMMANDS: Readonly<
	Record<string, Readonly<Record<string, Row | null>>>
> = { base, power, system, performance, clock, sensor, reset, voltage };
