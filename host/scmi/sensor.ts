// Sensor management protocol (0x15).
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7.

import { commonCommands } from "./command.ts";
import {
	sensorMessages as messages,
	sensorProtocol,
} from "./messages/sensor.ts";

const { id } = sensorProtocol;

/** The sensor management protocol's calls. */
export const sensorCommands = {
	...commonCommands(id, messages),
};
