// Virtual time: it passes in traps and when you say so, and hardware takes the time that it takes.
// A power domain of the i.MX8MM's GPC takes some µs to come up, a PLL some more to lock.
import { createEngine, imx8mmBoard, openBoard } from "scmi-cosim";

const engine = createEngine();
const { agent } = openBoard(imx8mmBoard(), engine);

agent.sync.base.protocolVersion();
console.log(engine.timeNs); //                             1000: a trap takes 1 µs
agent.sync.power.on(5); //                                 gpu, and gpumix around it
console.log(engine.timeNs > 2000); //                      true: the firmware has waited for the handshake
engine.advance(1_000_000_000);
console.log(engine.timeNs > 1_000_000_000); //             true: and a second has passed
