// The i.MX8MM's reset lines in a table of the tests' own, and the register bits behind them.
// Linux drivers/reset/reset-imx7.c and include/dt-bindings/reset/imx8mq-reset.h, lines that the i.MX8MM lacks left out.

export const SRC = 0x3039_0000;

export interface ResetFact {
	id: number;
	name: string;
	/** Physical address of the register, the line's bits, and their value while it is asserted. */
	address: number;
	mask: number;
	asserted: number;
	/** The callers themselves run on it. */
	denied: boolean;
}

// ID, symbol without IMX8MQ_RESET_, register offset, bits; "low" for lines that 0 asserts.
export const RESET_FACTS: readonly ResetFact[] = `
	0  A53_CORE_POR_RESET0    0x04   0
	1  A53_CORE_POR_RESET1    0x04   1
	2  A53_CORE_POR_RESET2    0x04   2
	3  A53_CORE_POR_RESET3    0x04   3
	4  A53_CORE_RESET0        0x04   4
	5  A53_CORE_RESET1        0x04   5
	6  A53_CORE_RESET2        0x04   6
	7  A53_CORE_RESET3        0x04   7
	8  A53_DBG_RESET0         0x04   8
	9  A53_DBG_RESET1         0x04   9
	10 A53_DBG_RESET2         0x04   10
	11 A53_DBG_RESET3         0x04   11
	12 A53_ETM_RESET0         0x04   12
	13 A53_ETM_RESET1         0x04   13
	14 A53_ETM_RESET2         0x04   14
	15 A53_ETM_RESET3         0x04   15
	16 A53_SOC_DBG_RESET      0x04   20
	17 A53_L2RESET            0x04   21
	18 SW_NON_SCLR_M4C_RST    0x0c   0
	19 OTG1_PHY_RESET         0x20   0
	20 OTG2_PHY_RESET         0x24   0
	21 MIPI_DSI_RESET_BYTE_N  0x28   1   low
	22 MIPI_DSI_RESET_N       0x28   2   low
	23 MIPI_DSI_DPI_RESET_N   0x28   3   low
	24 MIPI_DSI_ESC_RESET_N   0x28   4   low
	25 MIPI_DSI_PCLK_RESET_N  0x28   5   low
	26 PCIEPHY                0x2c   2,1
	27 PCIEPHY_PERST          0x2c   3
	28 PCIE_CTRL_APPS_EN      0x2c   6   low
	29 PCIE_CTRL_APPS_TURNOFF 0x2c   11
	31 DISP_RESET             0x34   0
	32 GPU_RESET              0x40   0
	33 VPU_RESET              0x44   0
	44 DDRC1_PRST             0x1000 0
	45 DDRC1_CORE_RESET       0x1000 1
	46 DDRC1_PHY_RESET        0x1000 2
	50 SW_M4C_RST             0x0c   1
	51 SW_M4P_RST             0x0c   2
	52 M4_ENABLE              0x0c   3   low
`
	.trim()
	.split("\n")
	.map((line) => {
		const [id, symbol, offset, bits, low] = line.trim().split(/ +/) as [
			string,
			string,
			string,
			string,
			string | undefined,
		];
		const mask = bits.split(",").reduce((word, bit) => word | (1 << +bit), 0);
		return {
			id: Number(id),
			name: symbol.toLowerCase().replaceAll("_", "-"),
			address: SRC + Number(offset),
			mask,
			asserted: low === undefined ? mask : 0,
			denied: /CORE_(POR_)?RESET\d|L2RESET|DDRC1/.test(symbol),
		};
	});

/** IDs below the highest one that no line has, and some beyond. */
export const NO_RESETS = [
	...Array.from({ length: 53 }, (_, id) => id).filter((id) =>
		RESET_FACTS.every((fact) => fact.id !== id),
	),
	53,
	54,
	0xffff,
	0x1_0000,
	0x8000_0000,
	0xffff_ffff,
];
