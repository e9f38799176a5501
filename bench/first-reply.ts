// Program: how long it takes from the module's file to the first reply, in a process that has just begun.
// Prints {loadMs, importMs}: importing the package's code comes before and is told apart. load.ts runs it.

const begin = performance.now();
const { createEngine } = await import("../host/node.ts");
const imported = performance.now();

const engine = createEngine();
const { platform } = engine;
const [channel] = platform.channels;
if (channel === undefined) throw new Error(`${platform.name} has no channel`);
const at = engine.memoryAt(channel.address, channel.size);
const area = new Int32Array(engine.buffer, at, channel.size / 4);
const CLOCK_VERSION = 0x14 << 10;
const [STATUS, LENGTH, HEADER, PAYLOAD] = [1, 5, 6, 7];
area[STATUS] = 0;
area[LENGTH] = 4;
area[HEADER] = CLOCK_VERSION;
engine.registers(0)[0] = channel.functionId;
engine.trap(0, "smc");
const replied = performance.now();

if (area[STATUS] !== 1 || area[PAYLOAD] !== 0)
	throw new Error("PROTOCOL_VERSION: the reply is not a success");
console.log(
	JSON.stringify({ loadMs: replied - imported, importMs: imported - begin }),
);
