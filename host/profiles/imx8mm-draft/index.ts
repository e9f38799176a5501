// The profile imx8mm-draft: the SCMI draft inside the i.MX8MM's secure monitor of 2019, quirk by quirk.
// Its tables are beside this file: clocks (clock-table.ts), messages (messages.ts), quirks by name (quirks.ts).

import type { Profile } from "../profile.ts";
import { DRAFT_CLOCKS } from "./clock-table.ts";
import { DraftFirmware, draftPlatform } from "./firmware.ts";
import { DRAFT_DOMAIN_IDS } from "./messages.ts";
import { QUIRKS } from "./quirks.ts";

export const IMX8MM_DRAFT: Profile = {
	name: "imx8mm-draft",
	description: "the i.MX8MM's SCMI draft of 2019",
	quirks: QUIRKS,
	clockIds: DRAFT_CLOCKS.map(({ id }) => id),
	domainIds: DRAFT_DOMAIN_IDS,
	platform: draftPlatform,
	create: (createEngine, platform) => new DraftFirmware(createEngine, platform),
};
