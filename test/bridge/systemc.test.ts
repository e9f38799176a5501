// The SystemC target: an example platform prints what Node has, at the same times; TLM-2.0 as host/bridge/systemc says.
// IEEE 1666-2011, chapters 11 and 12.

import { beforeAll, describe, expect, it } from "vitest";
import { createEngine } from "../../host/node.ts";
import { compileImage } from "../../host/platform/image.ts";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import { Inbox } from "../support/inbox.ts";
import { CLOCK, POWER, Smt, u32, u64 } from "../support/smt.ts";
import {
	buildLibrary,
	fails,
	file,
	printedOnPage,
	run,
	runPage,
	SLOW_MS,
} from "./native.ts";

/** SystemC greets on standard error unless it is told not to. */
const QUIET = { SYSTEMC_DISABLE_COPYRIGHT_MESSAGE: "1" };

let library: string;
let image: string;

beforeAll(async () => {
	library = await buildLibrary("library", "-O2");
	image = file("imx8mm.img", compileImage(IMX8MM));
}, SLOW_MS);

/** Builds a SystemC program. Returns its path. */
async function build(source: string): Promise<string> {
	const output = `${library}/${source.replaceAll(/.*\/|\.cpp$/g, "")}`;
	await run(
		"g++",
		...["-std=c++17", "-Wall", "-Wextra", "-Werror", "-O1"],
		...["-Ihost/bridge/c", "-Ihost/bridge/systemc"],
		...[source, `${library}/libscmi_cosim.a`, "-lsystemc", "-pthread"],
		...["-o", output],
	);
	return output;
}

/** What examples/systemc/platform.cpp prints, as Node has it. */
function exampleInNode(): string[] {
	const engine = createEngine();
	const smt = new Smt(engine);
	const inbox = new Inbox(engine);
	smt.expect(POWER, 0x4, u32(0, 5, 0), []);
	smt.expect(CLOCK, 0x5, u32(0, 42, 1_000_000_000, 0), []);
	const [rate] = smt.words(CLOCK, 0x6, u32(42));
	const divider = engine.read32(0x3036_0068).toString(16);
	const after = engine.timeNs;
	let interrupts = 0;
	engine.onInterrupt(116, () => {
		interrupts++;
	});
	// As the example does: without a token.
	smt.send((CLOCK << 10) | 0x5, [...u32(1, 18), ...u64(650_000_000n)]);
	while (interrupts === 0)
		engine.advance((engine.nextEventNs as number) - engine.timeNs);
	const response = inbox.smt.view.getUint32(0x18, true).toString(16);
	const set = inbox.smt.view.getUint32(0x24, true);
	return [
		`gpu_pll_out at ${rate} Hz`,
		`DIV_CTL0 0x${divider}, ${after} ns`,
		`response 0x${response}, rate ${set} Hz, ${engine.timeNs} ns`,
	];
}

/** What a program prints, without SystemC's own lines. */
async function printed(program: string): Promise<string[]> {
	const quiet = Object.entries(QUIET).map(
		([name, value]) => `${name}=${value}`,
	);
	const output = await run("env", ...quiet, program, image);
	return output
		.split("\n")
		.filter((line) => line !== "" && !line.startsWith("Info: /OSCI/SystemC"));
}

describe("the SystemC target", () => {
	it("has an example that prints what Node has, at the same virtual times", {
		timeout: SLOW_MS,
	}, async () => {
		const platform = await build("examples/systemc/platform.cpp");
		const expected = exampleInNode();
		expect(expected[1]).toBe("DIV_CTL0 0xfa031, 100750 ns");
		expect(await printed(platform)).toEqual(expected);
		// SystemC's reports go to standard output.
		const { stdout } = await fails(platform);
		expect(stdout).toContain("scmi_target: a length that is not the image's");
	});

	it("has a page whose commands print what it says", {
		timeout: SLOW_MS,
	}, async () => {
		const expected = exampleInNode();
		expect(printedOnPage("systemc.md")).toBe(`${expected.join("\n")}\n`);
		const printed = await runPage("systemc.md", QUIET);
		for (const line of expected) expect(printed).toContain(`${line}\n`);
	});

	it("keeps what its header promises", { timeout: SLOW_MS }, async () => {
		const target = await build("test/bridge/systemc/target.cpp");
		expect(await printed(target)).toEqual(["kept"]);
	});
});
