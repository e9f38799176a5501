// A page that replays recordings on the package's module, for test/browser/recording.test.ts.
// The format is test/support/recording.ts.

import { engineModule } from "scmi-cosim";
import { replayDigests } from "../../support/replay-digests.ts";

globalThis.replay = async (recording) =>
	replayDigests(await engineModule(), recording);
