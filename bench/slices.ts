// Program: measures the tasks that are its arguments. Prints ns per message in each round, by task.
// A process of its own for each such look at all tasks; ratios.ts runs it.

import { measure } from "./measure.ts";
import { makeGroups } from "./tasks.ts";

/** What is printed. */
export type Slices = Readonly<Record<string, number[]>>;

const ROUNDS = 8;

const groups = makeGroups(process.argv.slice(2));
const slices: Slices = Object.fromEntries(measure(groups, { rounds: ROUNDS }));
console.log(JSON.stringify(slices));
