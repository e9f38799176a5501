// Reset domain management protocol (0x16).
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.8.

import { commonCommands } from "./command.ts";
import {
	resetMessages as messages,
	resetProtocol,
} from "./messages/reset-domain.ts";

const { id } = resetProtocol;

/** The reset domain management protocol's calls. */
export const resetCommands = {
	...commonCommands(id, messages),
};
