// A board's own devicetree blob: mailbox, shared memory and SCMI node are added as the bindings have them.
// Bindings arm,smc-mbox, arm,scmi-shmem and arm,scmi of the Linux kernel.
import { imx8mmBoard, readFdt, writeFdt } from "scmi-cosim";

const blob = writeFdt(imx8mmBoard()); //                   or readFileSync("board.dtb")
const tree = readFdt(blob);

const [scmi] = tree.compatible("arm,scmi");
console.log(scmi.path); //                                 /firmware/scmi
console.log(scmi.texts("mbox-names").join(", ")); //       tx, rx
