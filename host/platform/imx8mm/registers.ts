// Register values at load: what boot ROM and loader of an EVK leave behind, so that its usual rates come out.
// i.MX 8M Mini reference manual, chapters 5.1 and 5.2; values follow from the rate tables, gates from what a loader uses.

import { ANATOP, CCM } from "./blocks.ts";
import { CLOCKS } from "./clocks.ts";
import { POWER_CONTROLLER, POWER_DOMAINS } from "./power-domains.ts";
import { pmicRegister } from "./rails.ts";
import { RESET_VALUES } from "./resets.ts";
import { SYSTEM_VALUES } from "./system.ts";

/** GNRL_CTL of a running PLL with its output gate open. */
const RUNNING_1416X = 0xa000_0a00;
const RUNNING_1443X = 0xa000_2200;
/** Output gates 1/2 to 1/20 of the system PLLs. */
const DIVIDED_OUTPUTS = 0x0aaa_a000;

const PLLS: readonly (readonly [
	offset: number,
	control: number,
	divCtl0: number,
])[] = [
	[0x000, RUNNING_1443X, 0x0014_5032], // audio_pll1: 650 MHz until a board retunes it
	[0x014, RUNNING_1443X, 0x0014_5032], // audio_pll2: 650 MHz
	[0x028, RUNNING_1443X, 0x000c_6022], // video_pll1: 594 MHz
	[0x050, RUNNING_1443X, 0x000f_a022], // dram_pll: 750 MHz
	[0x064, RUNNING_1416X, 0x000c_8031], // gpu_pll: 800 MHz
	[0x074, RUNNING_1416X, 0x0012_c032], // vpu_pll: 600 MHz
	[0x084, RUNNING_1416X, 0x0012_c031], // arm_pll: 1200 MHz
	[0x094, (RUNNING_1416X | DIVIDED_OUTPUTS) >>> 0, 0x000c_8031], // sys_pll1: 800 MHz
	[0x104, (RUNNING_1416X | DIVIDED_OUTPUTS) >>> 0, 0x000f_a031], // sys_pll2: 1000 MHz
	[0x114, RUNNING_1416X, 0x000f_a022], // sys_pll3: 750 MHz
];

/** Slices that a loader set: mux input, predivider, postdivider. All others run from osc_24m undivided. */
const SLICES: Readonly<
	Record<string, readonly [mux: number, prediv: number, postdiv: number]>
> = {
	arm_a53_div: [4, 1, 1], // sys_pll1_800m: 800 MHz, where the cluster is parked
	main_axi: [1, 1, 1], // sys_pll2_333m
	enet_axi: [1, 1, 1], // sys_pll1_266m
	nand_usdhc_bus: [1, 1, 1], // sys_pll1_266m
	usb_bus: [1, 1, 1], // sys_pll2_500m
	noc: [1, 1, 1], // sys_pll1_800m
	noc_apb: [1, 1, 3], // sys_pll1_400m: 133 MHz
	ahb: [1, 1, 1], // sys_pll1_133m
	dram_alt: [1, 1, 1], // sys_pll1_800m
	dram_apb: [4, 1, 5], // sys_pll1_800m: 160 MHz
	enet_ref: [1, 1, 1], // sys_pll2_125m
	enet_timer: [1, 1, 1], // sys_pll2_100m
	usdhc1: [1, 1, 2], // sys_pll1_400m: 200 MHz
	usdhc2: [1, 1, 2],
	usdhc3: [1, 1, 2],
	gic: [1, 1, 1], // sys_pll2_200m
};

/** CCGR gates that a loader leaves on: its console, its boot media, pins, fuses, watchdog, PMIC bus. */
const LEFT_ON = [
	"i2c1_root_clk",
	"ocotp_root_clk",
	"snvs_root_clk",
	"mu_root_clk",
	"uart2_root_clk",
	"usdhc2_root_clk",
	"usdhc3_root_clk",
	"wdog1_root_clk",
	"gpio1_root_clk",
	"gpio2_root_clk",
	"gpio3_root_clk",
	"gpio4_root_clk",
	"gpio5_root_clk",
];

const SLICE_ENABLED = 0x1000_0000;
const CCGR_ALWAYS_ON = 3;

function plls(): [number, number][] {
	return PLLS.flatMap(([offset, control, divCtl0]): [number, number][] => [
		[ANATOP + offset, control],
		[ANATOP + offset + 4, divCtl0],
	]);
}

function slices(): [number, number][] {
	return CLOCKS.flatMap((clock): [number, number][] => {
		if (clock.kind !== "composite") return [];
		const [mux, prediv, postdiv] = SLICES[clock.name] ?? [0, 1, 1];
		return [
			[
				clock.address,
				SLICE_ENABLED | (mux << 24) | ((prediv - 1) << 16) | (postdiv - 1),
			],
		];
	});
}

function gates(): [number, number][] {
	return CLOCKS.flatMap((clock): [number, number][] =>
		clock.gate !== undefined && LEFT_ON.includes(clock.name)
			? [[clock.gate.address, CCGR_ALWAYS_ON]]
			: [],
	);
}

/** Every domain off: PGC status bit 0. */
function domains(): [number, number][] {
	return POWER_DOMAINS.flatMap((domain) =>
		domain.switches.map(({ pgcIndex }): [number, number] => [
			POWER_CONTROLLER.pgcBase + pgcIndex * 0x40 + 0xc,
			1,
		]),
	);
}

/** The power management chip: bucks and LDOs under software's control and on, but for LDO5, which supplies nothing. */
const PMIC_REGISTERS: readonly (readonly [number: number, value: number])[] = [
	[0x05, 0xc3], // BUCK1: 1.25 mV/µs
	[0x06, 0xc3], // BUCK2: 1.25 mV/µs
	[0x09, 0x03], // BUCK3
	[0x0a, 0x03], // BUCK4
	[0x0b, 0x03], // BUCK5
	[0x0c, 0x03], // BUCK6
	[0x0d, 0x0f], // BUCK1: 850 mV
	[0x10, 0x0f], // BUCK2: 850 mV, enough for 1200 MHz
	[0x14, 0x83], // BUCK3: 975 mV
	[0x15, 0x03], // BUCK4: 3300 mV
	[0x16, 0x03], // BUCK5: 1800 mV
	[0x17, 0x1e], // BUCK6: 1100 mV
	[0x18, 0xe2], // LDO1: 1800 mV
	[0x19, 0xe0], // LDO2: 800 mV
	[0x1a, 0xc0], // LDO3: 1800 mV
	[0x1b, 0xc0], // LDO4: 900 mV
	[0x1c, 0x80], // LDO5: 1800 mV, off
	[0x1d, 0xc3], // LDO6: 1200 mV
];

function supplies(): [number, number][] {
	return PMIC_REGISTERS.map(([number, value]) => [pmicRegister(number), value]);
}

export const REGISTERS: readonly (readonly [address: number, value: number])[] =
	[
		...plls(),
		...slices(),
		...gates(),
		...domains(),
		...supplies(),
		...RESET_VALUES,
		...SYSTEM_VALUES,
		[CCM + 0x9080, 1], // ipg_root: ahb / 2
		[CCM + 0x9180, 1], // ipg_audio_root: audio_ahb / 2
		[CCM + 0x9880, 0x0100_0000], // arm_a53_core: arm_pll_out
	];
