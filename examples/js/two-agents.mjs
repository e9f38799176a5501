// Two agents on one firmware: what the TEE holds, Linux can neither turn off nor retune.
// SCMI 3.2 (Arm DEN0056E), section 4.2.2.
import { createEngine, imx8mmBoard, imx8mmWith, openBoard } from "scmi-cosim";

const engine = createEngine(imx8mmWith(["linux", "tee"]));
const linux = openBoard(imx8mmBoard(), engine).agent.sync;

/** CLOCK_CONFIG_SET by the TEE: its area lies in secure memory, its calls come from the secure world. */
function teeEnables(clock) {
	const area = new DataView(engine.buffer, engine.memoryAt(0x180000, 0x200));
	for (const [offset, word] of [
		[0x14, 16],
		[0x18, (0x14 << 10) | 0x7],
		[0x1c, clock],
		[0x20, 1],
		[0x24, 0],
		[0x04, 0],
	])
		area.setUint32(offset, word, true);
	engine.registers(0)[0] = 0xc2000100;
	engine.setSecure(0, true);
	engine.trap(0, "smc");
	engine.setSecure(0, false);
	return area.getInt32(0x1c, true);
}

console.log(teeEnables(191)); //                           0: uart4_root_clk is on
linux.clock.enable(191);
linux.clock.disable(191);
console.log(engine.clockRequests(191)); //                 4: bit 2, the TEE still wants it
console.log((engine.read32(0x303844c0) & 3) !== 0); //     true: CCM_CCGR76 is open
try {
	linux.clock.rateSet(130, 12_000_000); //                 uart4, its parent
} catch (error) {
	console.log(error.code); //                              SCMI_DENIED
}
