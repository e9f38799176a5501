// One SMC as a CPU executes it: a command in shared memory, x0, the trap, the reply. What a simulator's own CPU model does.
// SCMI 3.2 (Arm DEN0056E), section 5.1.2; SMCCC 1.4 (Arm DEN0028).
import { createEngine } from "scmi-cosim";

const engine = createEngine();
const at = engine.memoryAt(0x93f000, 0x200); //            the tx area, as in the arm,smc-mbox binding's example
const area = new DataView(engine.buffer, at, 0x200);

area.setUint32(0x14, 8, true); //                          length: header and one word
area.setUint32(0x18, (0x14 << 10) | 0x6, true); //         header: clock protocol, CLOCK_RATE_GET
area.setUint32(0x1c, 128, true); //                        uart2
area.setUint32(0x04, 0, true); //                          the channel is the platform's now

const x = engine.registers(0);
x[0] = 0xc20000fe; //                                      w0: the function ID
engine.trap(0, "smc");

console.log(x[0]); //                                      0: SMCCC SUCCESS
console.log(area.getUint32(0x04, true)); //                1: the channel is free again
console.log(area.getInt32(0x1c, true)); //                 0: SCMI SUCCESS
console.log(area.getUint32(0x20, true)); //                24000000: the rate's low word, in Hz
