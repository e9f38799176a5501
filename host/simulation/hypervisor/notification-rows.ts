// How the platform's notifications pass: one row for each, with a role for each field that holds an ID.
// SCMI 3.2 (Arm DEN0056E), sections 4.2.3, 4.3.3 and their twins; a notification has no status in front.

import type { baseNotifications } from "../../scmi/messages/base.ts";
import type { clockNotifications } from "../../scmi/messages/clock.ts";
import type { performanceNotifications } from "../../scmi/messages/performance.ts";
import type { powerNotifications } from "../../scmi/messages/power-domain.ts";
import type { resetNotifications } from "../../scmi/messages/reset-domain.ts";
import type { sensorNotifications } from "../../scmi/messages/sensor.ts";
import type { systemNotifications } from "../../scmi/messages/system-power.ts";
import type { voltageNotifications } from "../../scmi/messages/voltage.ts";
import type { Row } from "./call.ts";

const DOMAIN = { domain_id: "powerDomains" } as const;
const SCALED = { domain_id: "performanceDomains" } as const;
const CLOCK = { clock_id: "clocks" } as const;
const SENSOR = { sensor_id: "sensors" } as const;
const RESET = { domain_id: "resets" } as const;
const AGENT = { agent_id: "agent" } as const;

const told = {
	base: { ERROR_EVENT: { reply: AGENT } } satisfies Record<
		keyof typeof baseNotifications,
		Row
	>,
	power: {
		STATE_CHANGED: { reply: { ...AGENT, ...DOMAIN } },
		STATE_CHANGE_REQUESTED: { reply: { ...AGENT, ...DOMAIN } },
	} satisfies Record<keyof typeof powerNotifications, Row>,
	system: { STATE_NOTIFIER: { reply: AGENT } } satisfies Record<
		keyof typeof systemNotifications,
		Row
	>,
	performance: {
		LIMITS_CHANGED: { reply: { ...AGENT, ...SCALED } },
		LEVEL_CHANGED: { reply: { ...AGENT, ...SCALED } },
	} satisfies Record<keyof typeof performanceNotifications, Row>,
	clock: {
		RATE_CHANGED: { reply: { ...AGENT, ...CLOCK } },
		RATE_CHANGE_REQUESTED: { reply: { ...AGENT, ...CLOCK } },
	} satisfies Record<keyof typeof clockNotifications, Row>,
	sensor: {
		TRIP_POINT_EVENT: { reply: { ...AGENT, ...SENSOR } },
		UPDATE: { reply: { ...AGENT, ...SENSOR } },
	} satisfies Record<keyof typeof sensorNotifications, Row>,
	reset: {
		RESET_ISSUED: { reply: { ...AGENT, ...RESET } },
	} satisfies Record<keyof typeof resetNotifications, Row>,
	voltage: {} satisfies Record<keyof typeof voltageNotifications, Row>,
};

/** Rows by the protocols' names and the messages' names. */
export const NOTIFICATIONS: Readonly<
	Record<string, Readonly<Record<string, Row>>>
> = told;
