// System power management protocol (0x12).
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.4.

import { commonCommands } from "./command.ts";
import {
	systemMessages as messages,
	systemProtocol,
} from "./messages/system-power.ts";

const { id } = systemProtocol;

/** The system power management protocol's calls. */
export const systemCommands = {
	...commonCommands(id, messages),
};
