// A module worker that joins the page's engine with a CPU of its own, does its job and lets go.
// WebAssembly threads proposal; HTML, "Dedicated workers".

import { attachEngine } from "scmi-cosim";
import { work } from "./thread-work.mjs";

self.onmessage = ({ data: { shared, job } }) => {
	const engine = attachEngine(shared, job.cpu);
	const result = work(engine, job);
	engine.release();
	self.postMessage(result);
};
