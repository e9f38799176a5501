// Every protocol and its messages: names, numbers, parameters.
// Follows the SCMI specification 3.2 (Arm DEN0056), chapter 4; one room per protocol is below messages/.

import { baseProtocol } from "./messages/base.ts";
import { clockProtocol } from "./messages/clock.ts";
import type { Protocol } from "./messages/common.ts";
import { performanceProtocol } from "./messages/performance.ts";
import { powerProtocol } from "./messages/power-domain.ts";
import { resetProtocol } from "./messages/reset-domain.ts";
import { sensorProtocol } from "./messages/sensor.ts";
import { systemProtocol } from "./messages/system-power.ts";
import { voltageProtocol } from "./messages/voltage.ts";

export type { Protocol } from "./messages/common.ts";

/** Every protocol whose messages are known, by ID. */
export const protocols: readonly Protocol[] = [
	baseProtocol,
	powerProtocol,
	systemProtocol,
	performanceProtocol,
	clockProtocol,
	sensorProtocol,
	resetProtocol,
	voltageProtocol,
];
