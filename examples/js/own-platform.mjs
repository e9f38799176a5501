// A platform of your own: tables are data, and the engine takes what holds together.
// Here the i.MX8MM with older protocols, and without one of its sensors' protocol at all.
import { createEngine, IMX8MM, imx8mmBoard, openBoard } from "scmi-cosim";

const engine = createEngine({
	...IMX8MM,
	vendor: "acme",
	protocols: { base: 0x20000, powerDomain: 0x20000, clock: 0x10000 },
});
const { agent } = openBoard(imx8mmBoard(), engine);

console.log(agent.sync.base.discoverVendor()); //          acme
console.log(agent.sync.base.listProtocols()); //           [ 17, 20 ]
console.log(agent.sync.clock.protocolVersion()); //        65536: SCMI 1.0's
