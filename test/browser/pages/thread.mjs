// A module worker that joins the page's engine with a CPU of its own, or has one to itself when it is given none.
// WebAssembly threads proposal; HTML, "Dedicated workers".

import { attachEngine, createEngine, imx8mmWith } from "scmi-cosim";
import { work } from "./thread-work.mjs";

self.onmessage = async ({ data: { shared, agents, job } }) => {
	if (shared === null) {
		const engine = await createEngine(imx8mmWith(agents));
		self.postMessage({ ...work(engine, job), timeNs: engine.timeNs });
		return;
	}
	const engine = attachEngine(shared, job.cpu);
	const result = work(engine, job);
	engine.release();
	self.postMessage(result);
};
