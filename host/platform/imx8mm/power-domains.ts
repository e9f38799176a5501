// The i.MX8MM's power domains: IDs of the devicetree binding, bits of the GPC's registers.
// i.MX 8M Mini reference manual, chapter 5.2; which clocks a domain needs as Linux's gpcv2 driver and devicetree have it.

import type { PowerController, PowerDomain } from "../platform.ts";
import { GPC } from "./blocks.ts";

/** PU_PGC_SW_PUP_REQ, PU_PGC_SW_PDN_REQ, PGC_A53_MAPPING, PU_PWRHSK and the PGCs. Delays are a model, not the manual's. */
export const POWER_CONTROLLER: PowerController = {
	upRequest: GPC + 0x0f8,
	downRequest: GPC + 0x104,
	mapping: GPC + 0x0ec,
	handshake: GPC + 0x1fc,
	pgcBase: GPC + 0x800,
	switchNs: 30_000,
	handshakeNs: 2_000,
};

/** Every domain, by ID. Parents are the enclosing mix domains. */
export const POWER_DOMAINS: readonly PowerDomain[] = [
	{
		id: 0,
		name: "hsiomix",
		parent: null,
		switches: [],
		handshakes: [
			{ requestBit: 5, acknowledgeBit: 23 },
			{ requestBit: 6, acknowledgeBit: 24 },
		],
		clocks: ["usb_bus"],
		keepsClocksOn: true,
	},
	{
		id: 1,
		name: "pcie",
		parent: 0,
		switches: [{ requestBit: 1, mappingBit: 3, pgcIndex: 17 }],
		handshakes: [],
		clocks: ["pcie1_root_clk"],
		keepsClocksOn: false,
	},
	{
		id: 2,
		name: "usb-otg1",
		parent: 0,
		switches: [{ requestBit: 2, mappingBit: 4, pgcIndex: 18 }],
		handshakes: [],
		clocks: [],
		keepsClocksOn: false,
	},
	{
		id: 3,
		name: "usb-otg2",
		parent: 0,
		switches: [{ requestBit: 3, mappingBit: 5, pgcIndex: 19 }],
		handshakes: [],
		clocks: [],
		keepsClocksOn: false,
	},
	{
		id: 4,
		name: "gpumix",
		parent: null,
		switches: [{ requestBit: 7, mappingBit: 9, pgcIndex: 23 }],
		handshakes: [{ requestBit: 11, acknowledgeBit: 29 }],
		clocks: ["gpu_root_clk", "gpu_ahb"],
		keepsClocksOn: true,
	},
	{
		id: 5,
		name: "gpu",
		parent: 4,
		switches: [
			{ requestBit: 6, mappingBit: 8, pgcIndex: 22 },
			{ requestBit: 9, mappingBit: 11, pgcIndex: 25 },
		],
		handshakes: [
			{ requestBit: 9, acknowledgeBit: 27 },
			{ requestBit: 10, acknowledgeBit: 28 },
		],
		clocks: ["gpu_ahb", "gpu_root_clk", "gpu2d_root_clk", "gpu3d_root_clk"],
		keepsClocksOn: false,
	},
	{
		id: 6,
		name: "vpumix",
		parent: null,
		switches: [{ requestBit: 8, mappingBit: 10, pgcIndex: 24 }],
		handshakes: [{ requestBit: 8, acknowledgeBit: 26 }],
		clocks: ["vpu_dec_root_clk"],
		keepsClocksOn: true,
	},
	{
		id: 7,
		name: "vpu-g1",
		parent: 6,
		switches: [{ requestBit: 11, mappingBit: 13, pgcIndex: 27 }],
		handshakes: [],
		clocks: [],
		keepsClocksOn: false,
	},
	{
		id: 8,
		name: "vpu-g2",
		parent: 6,
		switches: [{ requestBit: 12, mappingBit: 14, pgcIndex: 28 }],
		handshakes: [],
		clocks: [],
		keepsClocksOn: false,
	},
	{
		id: 9,
		name: "vpu-h1",
		parent: 6,
		switches: [{ requestBit: 13, mappingBit: 15, pgcIndex: 29 }],
		handshakes: [],
		clocks: [],
		keepsClocksOn: true,
	},
	{
		id: 10,
		name: "dispmix",
		parent: null,
		switches: [{ requestBit: 10, mappingBit: 12, pgcIndex: 26 }],
		handshakes: [{ requestBit: 7, acknowledgeBit: 25 }],
		clocks: ["disp_apb_root_clk", "disp_axi_root_clk"],
		keepsClocksOn: true,
	},
	{
		id: 11,
		name: "mipi",
		parent: 10,
		switches: [{ requestBit: 0, mappingBit: 2, pgcIndex: 16 }],
		handshakes: [],
		clocks: [],
		keepsClocksOn: false,
	},
];
