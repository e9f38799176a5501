// Voltage domain management protocol (0x17).
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.9.

import { commonCommands } from "./command.ts";
import {
	voltageMessages as messages,
	voltageProtocol,
} from "./messages/voltage.ts";

const { id } = voltageProtocol;

/** The voltage domain management protocol's calls. */
export const voltageCommands = {
	...commonCommands(id, messages),
};
