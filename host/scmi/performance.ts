// Performance domain management protocol (0x13).
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.5.

import { commonCommands } from "./command.ts";
import {
	performanceMessages as messages,
	performanceProtocol,
} from "./messages/performance.ts";

const { id } = performanceProtocol;

/** The performance domain management protocol's calls. */
export const performanceCommands = {
	...commonCommands(id, messages),
};
