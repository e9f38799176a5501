// Program: a million messages on one engine, and what they leave behind. Prints {messages, engineBytes, collections, heapBytes}.
// Memory of the engine is its linear memory; collections are V8's garbage collections (Node's perf_hooks). memory.ts runs it.

import { PerformanceObserver } from "node:perf_hooks";
import { setTimeout } from "node:timers/promises";
import { createEngine } from "../host/node.ts";
import { REQUESTS, trapping } from "./messages.ts";

const MESSAGES = 1_000_000;
/** Until V8 has compiled the loops, which allocates. */
const WARM_UP = 400_000;

const engine = createEngine();
const tasks = Object.entries(REQUESTS).map(([name, request]) =>
	trapping(name, request, engine),
);

/** The messages by turns, at least so many. */
function send(messages: number): number {
	let sent = 0;
	while (sent < messages) {
		for (const task of tasks) {
			if (task.run() !== 0) throw new Error("a reply is not a success");
			sent += task.messages;
		}
	}
	return sent;
}

let collections = 0;
const observer = new PerformanceObserver((list) => {
	collections += list.getEntries().length;
});
observer.observe({ entryTypes: ["gc"] });
send(WARM_UP);
// Compilers that run beside the program end, and their entries arrive.
await setTimeout(200);
send(WARM_UP);
await setTimeout(200);
collections = 0;
const end = engine.memoryEnd;
const pages = engine.memory.buffer.byteLength;
const heap = process.memoryUsage().heapUsed;
const messages = send(MESSAGES);
const heapBytes = process.memoryUsage().heapUsed - heap;
const engineBytes =
	engine.memoryEnd - end + engine.memory.buffer.byteLength - pages;
// Entries of the observer arrive later.
await setTimeout(50);
observer.disconnect();
console.log(JSON.stringify({ messages, engineBytes, collections, heapBytes }));
