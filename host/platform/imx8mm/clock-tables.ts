// The i.MX8MM's clocks as tables, one row a clock: ID of the devicetree binding, name, register, parents.
// i.MX 8M Mini reference manual, chapter 5.1; names and parents as Linux's clk-imx8mm has them, `dummy` on unused inputs.

/** Clocks from outside: ID, name, rate in Hz. A board without HDMI leaves osc_hdmi unconnected. */
export const FIXED = `
	0 dummy    0
	1 osc_32k  32768
	2 osc_24m  24000000
	3 osc_hdmi 0
	4 clk_ext1 133000000
	5 clk_ext2 133000000
	6 clk_ext3 133000000
	7 clk_ext4 133000000
`;

/** PLLs: ID, name, type (1416x integer, 1443x fractional), GNRL_CTL, reference. */
export const PLLS = `
	18 audio_pll1 1443x anatop+0x0   audio_pll1_ref_sel
	19 audio_pll2 1443x anatop+0x14  audio_pll2_ref_sel
	20 video_pll1 1443x anatop+0x28  video_pll1_ref_sel
	21 dram_pll   1443x anatop+0x50  dram_pll_ref_sel
	22 gpu_pll    1416x anatop+0x64  gpu_pll_ref_sel
	23 vpu_pll    1416x anatop+0x74  vpu_pll_ref_sel
	24 arm_pll    1416x anatop+0x84  arm_pll_ref_sel
	25 sys_pll1   1416x anatop+0x94  osc_24m
	26 sys_pll2   1416x anatop+0x104 osc_24m
	27 sys_pll3   1416x anatop+0x114 sys_pll3_ref_sel
`;

/** Muxes: ID, name, register, lowest bit:width, parents by field value. */
export const MUXES = `
	8   audio_pll1_ref_sel anatop+0x0   0:2  osc_24m dummy dummy dummy
	9   audio_pll2_ref_sel anatop+0x14  0:2  osc_24m dummy dummy dummy
	10  video_pll1_ref_sel anatop+0x28  0:2  osc_24m dummy dummy dummy
	11  dram_pll_ref_sel   anatop+0x50  0:2  osc_24m dummy dummy dummy
	12  gpu_pll_ref_sel    anatop+0x64  0:2  osc_24m dummy dummy dummy
	13  vpu_pll_ref_sel    anatop+0x74  0:2  osc_24m dummy dummy dummy
	14  arm_pll_ref_sel    anatop+0x84  0:2  osc_24m dummy dummy dummy
	17  sys_pll3_ref_sel   anatop+0x114 0:2  osc_24m dummy dummy dummy
	28  audio_pll1_bypass  anatop+0x0   16:1 audio_pll1 audio_pll1_ref_sel
	29  audio_pll2_bypass  anatop+0x14  16:1 audio_pll2 audio_pll2_ref_sel
	30  video_pll1_bypass  anatop+0x28  16:1 video_pll1 video_pll1_ref_sel
	31  dram_pll_bypass    anatop+0x50  16:1 dram_pll dram_pll_ref_sel
	32  gpu_pll_bypass     anatop+0x64  28:1 gpu_pll gpu_pll_ref_sel
	33  vpu_pll_bypass     anatop+0x74  28:1 vpu_pll vpu_pll_ref_sel
	34  arm_pll_bypass     anatop+0x84  28:1 arm_pll arm_pll_ref_sel
	37  sys_pll3_bypass    anatop+0x114 28:1 sys_pll3 sys_pll3_ref_sel
	220 dram_core_clk      ccm+0x9800   24:1 dram_pll_out dram_alt_root
	251 arm_a53_core       ccm+0x9880   24:1 arm_a53_div arm_pll_out
	252 clkout1_sel        anatop+0x128 4:4  audio_pll1_out audio_pll2_out video_pll1_out dummy dummy gpu_pll_out vpu_pll_out arm_pll_out sys_pll1 sys_pll2 sys_pll3 dummy dummy osc_24m dummy osc_32k
	255 clkout2_sel        anatop+0x128 20:4 audio_pll1_out audio_pll2_out video_pll1_out dummy dummy gpu_pll_out vpu_pll_out arm_pll_out sys_pll1 sys_pll2 sys_pll3 dummy dummy osc_24m dummy osc_32k
`;

/** Output gates of the analog block: ID, name, register, bit, parent. */
export const OUTPUT_GATES = `
	38  audio_pll1_out anatop+0x0   13 audio_pll1_bypass
	39  audio_pll2_out anatop+0x14  13 audio_pll2_bypass
	40  video_pll1_out anatop+0x28  13 video_pll1_bypass
	41  dram_pll_out   anatop+0x50  13 dram_pll_bypass
	42  gpu_pll_out    anatop+0x64  11 gpu_pll_bypass
	43  vpu_pll_out    anatop+0x74  11 vpu_pll_bypass
	44  arm_pll_out    anatop+0x84  11 arm_pll_bypass
	45  sys_pll1_out   anatop+0x94  11 sys_pll1
	46  sys_pll2_out   anatop+0x104 11 sys_pll2
	47  sys_pll3_out   anatop+0x114 11 sys_pll3_bypass
	254 clkout1        anatop+0x128 8  clkout1_div
	257 clkout2        anatop+0x128 24 clkout2_div
`;

/** Fixed factors: ID, name, parent, divider, register:bit of their output gate. */
export const FACTORS = `
	48  sys_pll1_40m   sys_pll1_out 20 anatop+0x94:27
	49  sys_pll1_80m   sys_pll1_out 10 anatop+0x94:25
	50  sys_pll1_100m  sys_pll1_out 8  anatop+0x94:23
	51  sys_pll1_133m  sys_pll1_out 6  anatop+0x94:21
	52  sys_pll1_160m  sys_pll1_out 5  anatop+0x94:19
	53  sys_pll1_200m  sys_pll1_out 4  anatop+0x94:17
	54  sys_pll1_266m  sys_pll1_out 3  anatop+0x94:15
	55  sys_pll1_400m  sys_pll1_out 2  anatop+0x94:13
	56  sys_pll1_800m  sys_pll1_out 1  -
	57  sys_pll2_50m   sys_pll2_out 20 anatop+0x104:27
	58  sys_pll2_100m  sys_pll2_out 10 anatop+0x104:25
	59  sys_pll2_125m  sys_pll2_out 8  anatop+0x104:23
	60  sys_pll2_166m  sys_pll2_out 6  anatop+0x104:21
	61  sys_pll2_200m  sys_pll2_out 5  anatop+0x104:19
	62  sys_pll2_250m  sys_pll2_out 4  anatop+0x104:17
	63  sys_pll2_333m  sys_pll2_out 3  anatop+0x104:15
	64  sys_pll2_500m  sys_pll2_out 2  anatop+0x104:13
	65  sys_pll2_1000m sys_pll2_out 1  -
	214 gpt_3m         osc_24m      8  -
	221 dram_alt_root  dram_alt     4  -
`;

/** Dividers: ID, name, register, lowest bit:width, parent. */
export const DIVIDERS = `
	95  ipg_root       ccm+0x9080   0:1  ahb
	96  ipg_audio_root ccm+0x9180   0:1  audio_ahb
	253 clkout1_div    anatop+0x128 0:4  clkout1_sel
	256 clkout2_div    anatop+0x128 16:4 clkout2_sel
`;

/** Composite slices: ID, name, type, CCM_TARGET_ROOT, parents by mux value. Core slices have no prediv, a 3-bit postdiv. */
export const SLICES = `
	76  arm_a53_div    core ccm+0x8000 osc_24m arm_pll_out sys_pll2_500m sys_pll2_1000m sys_pll1_800m sys_pll1_400m audio_pll1_out sys_pll3_out
	81  main_axi       bus  ccm+0x8800 osc_24m sys_pll2_333m sys_pll1_800m sys_pll2_250m sys_pll2_1000m audio_pll1_out video_pll1_out sys_pll1_100m
	82  enet_axi       bus  ccm+0x8880 osc_24m sys_pll1_266m sys_pll1_800m sys_pll2_250m sys_pll2_200m audio_pll1_out video_pll1_out sys_pll3_out
	83  nand_usdhc_bus bus  ccm+0x8900 osc_24m sys_pll1_266m sys_pll1_800m sys_pll2_200m sys_pll1_133m sys_pll3_out sys_pll2_250m audio_pll1_out
	84  vpu_bus        bus  ccm+0x8980 osc_24m sys_pll1_800m vpu_pll_out audio_pll2_out sys_pll3_out sys_pll2_1000m sys_pll2_200m sys_pll1_100m
	85  disp_axi       bus  ccm+0x8a00 osc_24m sys_pll2_1000m sys_pll1_800m sys_pll3_out sys_pll1_40m audio_pll2_out clk_ext1 clk_ext4
	86  disp_apb       bus  ccm+0x8a80 osc_24m sys_pll2_125m sys_pll1_800m sys_pll3_out sys_pll1_40m audio_pll2_out clk_ext1 clk_ext3
	87  disp_rtrm      bus  ccm+0x8b00 osc_24m sys_pll1_800m sys_pll2_200m sys_pll2_1000m audio_pll1_out video_pll1_out clk_ext2 clk_ext3
	88  usb_bus        bus  ccm+0x8b80 osc_24m sys_pll2_500m sys_pll1_800m sys_pll2_100m sys_pll2_200m clk_ext2 clk_ext4 audio_pll2_out
	89  gpu_axi        bus  ccm+0x8c00 osc_24m sys_pll1_800m gpu_pll_out sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	90  gpu_ahb        bus  ccm+0x8c80 osc_24m sys_pll1_800m gpu_pll_out sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	91  noc            bus  ccm+0x8d00 osc_24m sys_pll1_800m sys_pll3_out sys_pll2_1000m sys_pll2_500m audio_pll1_out video_pll1_out audio_pll2_out
	92  noc_apb        bus  ccm+0x8d80 osc_24m sys_pll1_400m sys_pll3_out sys_pll2_333m sys_pll2_200m sys_pll1_800m audio_pll1_out video_pll1_out
	93  ahb            bus  ccm+0x9000 osc_24m sys_pll1_133m sys_pll1_800m sys_pll1_400m sys_pll2_125m sys_pll3_out audio_pll1_out video_pll1_out
	94  audio_ahb      bus  ccm+0x9100 osc_24m sys_pll2_500m sys_pll1_800m sys_pll2_1000m sys_pll2_166m sys_pll3_out audio_pll1_out video_pll1_out
	97  dram_alt       ip   ccm+0xa000 osc_24m sys_pll1_800m sys_pll1_100m sys_pll2_500m sys_pll2_1000m sys_pll3_out audio_pll1_out sys_pll1_266m
	98  dram_apb       ip   ccm+0xa080 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	99  vpu_g1         ip   ccm+0xa100 osc_24m vpu_pll_out sys_pll1_800m sys_pll2_1000m sys_pll1_100m sys_pll2_125m sys_pll3_out audio_pll1_out
	100 vpu_g2         ip   ccm+0xa180 osc_24m vpu_pll_out sys_pll1_800m sys_pll2_1000m sys_pll1_100m sys_pll2_125m sys_pll3_out audio_pll1_out
	101 disp_dtrc      ip   ccm+0xa200 osc_24m dummy sys_pll1_800m sys_pll2_1000m sys_pll1_160m video_pll1_out sys_pll3_out audio_pll2_out
	102 disp_dc8000    ip   ccm+0xa280 osc_24m dummy sys_pll1_800m sys_pll2_1000m sys_pll1_160m video_pll1_out sys_pll3_out audio_pll2_out
	103 pcie1_ctrl     ip   ccm+0xa300 osc_24m sys_pll2_250m sys_pll2_200m sys_pll1_266m sys_pll1_800m sys_pll2_500m sys_pll2_333m sys_pll3_out
	104 pcie1_phy      ip   ccm+0xa380 osc_24m sys_pll2_100m sys_pll2_500m clk_ext1 clk_ext2 clk_ext3 clk_ext4 sys_pll1_400m
	105 pcie1_aux      ip   ccm+0xa400 osc_24m sys_pll2_200m sys_pll2_50m sys_pll3_out sys_pll2_100m sys_pll1_80m sys_pll1_160m sys_pll1_200m
	106 dc_pixel       ip   ccm+0xa480 osc_24m video_pll1_out audio_pll2_out audio_pll1_out sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext4
	107 lcdif_pixel    ip   ccm+0xa500 osc_24m video_pll1_out audio_pll2_out audio_pll1_out sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext4
	108 sai1           ip   ccm+0xa580 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext1 clk_ext2
	109 sai2           ip   ccm+0xa600 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext2 clk_ext3
	110 sai3           ip   ccm+0xa680 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext3 clk_ext4
	111 sai4           ip   ccm+0xa700 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext1 clk_ext2
	112 sai5           ip   ccm+0xa780 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext2 clk_ext3
	113 sai6           ip   ccm+0xa800 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext3 clk_ext4
	114 spdif1         ip   ccm+0xa880 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext2 clk_ext3
	115 spdif2         ip   ccm+0xa900 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext3 clk_ext4
	116 enet_ref       ip   ccm+0xa980 osc_24m sys_pll2_125m sys_pll2_50m sys_pll2_100m sys_pll1_160m audio_pll1_out video_pll1_out clk_ext4
	117 enet_timer     ip   ccm+0xaa00 osc_24m sys_pll2_100m audio_pll1_out clk_ext1 clk_ext2 clk_ext3 clk_ext4 video_pll1_out
	118 enet_phy       ip   ccm+0xaa80 osc_24m sys_pll2_50m sys_pll2_125m sys_pll2_200m sys_pll2_500m video_pll1_out audio_pll2_out dummy
	119 nand           ip   ccm+0xab00 osc_24m sys_pll2_500m audio_pll1_out sys_pll1_400m audio_pll2_out sys_pll3_out sys_pll2_250m video_pll1_out
	120 qspi           ip   ccm+0xab80 osc_24m sys_pll1_400m sys_pll2_333m sys_pll2_500m audio_pll2_out sys_pll1_266m sys_pll3_out sys_pll1_100m
	121 usdhc1         ip   ccm+0xac00 osc_24m sys_pll1_400m sys_pll1_800m sys_pll2_500m sys_pll3_out sys_pll1_266m audio_pll2_out sys_pll1_100m
	122 usdhc2         ip   ccm+0xac80 osc_24m sys_pll1_400m sys_pll1_800m sys_pll2_500m sys_pll3_out sys_pll1_266m audio_pll2_out sys_pll1_100m
	123 i2c1           ip   ccm+0xad00 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	124 i2c2           ip   ccm+0xad80 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	125 i2c3           ip   ccm+0xae00 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	126 i2c4           ip   ccm+0xae80 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	127 uart1          ip   ccm+0xaf00 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext4 audio_pll2_out
	128 uart2          ip   ccm+0xaf80 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext3 audio_pll2_out
	129 uart3          ip   ccm+0xb000 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext4 audio_pll2_out
	130 uart4          ip   ccm+0xb080 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext3 audio_pll2_out
	131 usb_core_ref   ip   ccm+0xb100 osc_24m sys_pll1_100m sys_pll1_40m sys_pll2_100m sys_pll2_200m clk_ext2 clk_ext3 audio_pll2_out
	132 usb_phy_ref    ip   ccm+0xb180 osc_24m sys_pll1_100m sys_pll1_40m sys_pll2_100m sys_pll2_200m clk_ext2 clk_ext3 audio_pll2_out
	133 ecspi1         ip   ccm+0xb280 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	134 ecspi2         ip   ccm+0xb300 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	135 pwm1           ip   ccm+0xb380 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext1 sys_pll1_80m video_pll1_out
	136 pwm2           ip   ccm+0xb400 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext1 sys_pll1_80m video_pll1_out
	137 pwm3           ip   ccm+0xb480 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext2 sys_pll1_80m video_pll1_out
	138 pwm4           ip   ccm+0xb500 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext2 sys_pll1_80m video_pll1_out
	139 gpt1           ip   ccm+0xb580 osc_24m sys_pll2_100m sys_pll1_400m sys_pll1_40m video_pll1_out sys_pll1_80m audio_pll1_out clk_ext1
	140 wdog           ip   ccm+0xb900 osc_24m sys_pll1_133m sys_pll1_160m vpu_pll_out sys_pll2_125m sys_pll3_out sys_pll1_80m sys_pll2_166m
	141 wrclk          ip   ccm+0xb980 osc_24m sys_pll1_40m vpu_pll_out sys_pll3_out sys_pll2_200m sys_pll1_266m sys_pll2_500m sys_pll1_100m
	142 dsi_core       ip   ccm+0xbb00 osc_24m sys_pll1_266m sys_pll2_250m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	143 dsi_phy_ref    ip   ccm+0xbb80 osc_24m sys_pll2_125m sys_pll2_100m sys_pll1_800m sys_pll2_1000m clk_ext2 audio_pll2_out video_pll1_out
	144 dsi_dbi        ip   ccm+0xbc00 osc_24m sys_pll1_266m sys_pll2_100m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	145 usdhc3         ip   ccm+0xbc80 osc_24m sys_pll1_400m sys_pll1_800m sys_pll2_500m sys_pll3_out sys_pll1_266m audio_pll2_out sys_pll1_100m
	146 csi1_core      ip   ccm+0xbd00 osc_24m sys_pll1_266m sys_pll2_250m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	147 csi1_phy_ref   ip   ccm+0xbd80 osc_24m sys_pll2_333m sys_pll2_100m sys_pll1_800m sys_pll2_1000m clk_ext2 audio_pll2_out video_pll1_out
	148 csi1_esc       ip   ccm+0xbe00 osc_24m sys_pll2_100m sys_pll1_80m sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext3 audio_pll2_out
	149 csi2_core      ip   ccm+0xbe80 osc_24m sys_pll1_266m sys_pll2_250m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	150 csi2_phy_ref   ip   ccm+0xbf00 osc_24m sys_pll2_333m sys_pll2_100m sys_pll1_800m sys_pll2_1000m clk_ext2 audio_pll2_out video_pll1_out
	151 csi2_esc       ip   ccm+0xbf80 osc_24m sys_pll2_100m sys_pll1_80m sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext3 audio_pll2_out
	152 pcie2_ctrl     ip   ccm+0xc000 osc_24m sys_pll2_250m sys_pll2_200m sys_pll1_266m sys_pll1_800m sys_pll2_500m sys_pll2_333m sys_pll3_out
	153 pcie2_phy      ip   ccm+0xc080 osc_24m sys_pll2_100m sys_pll2_500m clk_ext1 clk_ext2 clk_ext3 clk_ext4 sys_pll1_400m
	154 pcie2_aux      ip   ccm+0xc100 osc_24m sys_pll2_200m sys_pll2_50m sys_pll3_out sys_pll2_100m sys_pll1_80m sys_pll1_160m sys_pll1_200m
	155 ecspi3         ip   ccm+0xc180 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	156 pdm            ip   ccm+0xc200 osc_24m sys_pll2_100m audio_pll1_out sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext3 audio_pll2_out
	157 vpu_h1         ip   ccm+0xc280 osc_24m vpu_pll_out sys_pll1_800m sys_pll2_1000m audio_pll2_out sys_pll2_125m sys_pll3_out audio_pll1_out
	158 clko1          ip   ccm+0xba00 osc_24m sys_pll1_800m dummy sys_pll1_200m audio_pll2_out sys_pll2_500m vpu_pll sys_pll1_80m
	229 gic            ip   ccm+0xb200 osc_24m sys_pll2_200m sys_pll1_40m sys_pll2_100m sys_pll1_800m clk_ext2 clk_ext4 audio_pll2_out
	246 arm_m4_core    core ccm+0x8080 osc_24m sys_pll2_200m sys_pll2_250m sys_pll1_266m sys_pll1_800m audio_pll1_out video_pll1_out sys_pll3_out
	247 vpu_core       core ccm+0x8100 osc_24m arm_pll_out sys_pll2_500m sys_pll2_1000m sys_pll1_800m sys_pll1_400m audio_pll1_out vpu_pll_out
	248 gpu3d_core     core ccm+0x8180 osc_24m gpu_pll_out sys_pll1_800m sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	249 gpu2d_core     core ccm+0x8200 osc_24m gpu_pll_out sys_pll1_800m sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	250 clko2          ip   ccm+0xba80 osc_24m sys_pll2_200m sys_pll1_400m sys_pll2_166m sys_pll3_out audio_pll1_out video_pll1_out osc_32k
`;

/** CCGR gates: ID, name, register, parent. Some of them share a register, and with it the gate. */
export const CCGRS = `
	159 ecspi1_root_clk        ccm+0x4070 ecspi1
	160 ecspi2_root_clk        ccm+0x4080 ecspi2
	161 ecspi3_root_clk        ccm+0x4090 ecspi3
	162 enet1_root_clk         ccm+0x40a0 enet_axi
	163 gpt1_root_clk          ccm+0x4100 gpt1
	164 i2c1_root_clk          ccm+0x4170 i2c1
	165 i2c2_root_clk          ccm+0x4180 i2c2
	166 i2c3_root_clk          ccm+0x4190 i2c3
	167 i2c4_root_clk          ccm+0x41a0 i2c4
	168 ocotp_root_clk         ccm+0x4220 ipg_root
	169 pcie1_root_clk         ccm+0x4250 pcie1_ctrl
	170 pwm1_root_clk          ccm+0x4280 pwm1
	171 pwm2_root_clk          ccm+0x4290 pwm2
	172 pwm3_root_clk          ccm+0x42a0 pwm3
	173 pwm4_root_clk          ccm+0x42b0 pwm4
	174 qspi_root_clk          ccm+0x42f0 qspi
	175 nand_root_clk          ccm+0x4300 nand
	176 sai1_root_clk          ccm+0x4330 sai1
	177 sai1_ipg_clk           ccm+0x4330 ipg_audio_root
	178 sai2_root_clk          ccm+0x4340 sai2
	179 sai2_ipg_clk           ccm+0x4340 ipg_audio_root
	180 sai3_root_clk          ccm+0x4350 sai3
	181 sai3_ipg_clk           ccm+0x4350 ipg_audio_root
	182 sai4_root_clk          ccm+0x4360 sai4
	183 sai4_ipg_clk           ccm+0x4360 ipg_audio_root
	184 sai5_root_clk          ccm+0x4370 sai5
	185 sai5_ipg_clk           ccm+0x4370 ipg_audio_root
	186 sai6_root_clk          ccm+0x4380 sai6
	187 sai6_ipg_clk           ccm+0x4380 ipg_audio_root
	188 uart1_root_clk         ccm+0x4490 uart1
	189 uart2_root_clk         ccm+0x44a0 uart2
	190 uart3_root_clk         ccm+0x44b0 uart3
	191 uart4_root_clk         ccm+0x44c0 uart4
	192 usb1_ctrl_root_clk     ccm+0x44d0 usb_bus
	193 gpu3d_root_clk         ccm+0x44f0 gpu3d_core
	194 usdhc1_root_clk        ccm+0x4510 usdhc1
	195 usdhc2_root_clk        ccm+0x4520 usdhc2
	196 wdog1_root_clk         ccm+0x4530 wdog
	197 wdog2_root_clk         ccm+0x4540 wdog
	198 wdog3_root_clk         ccm+0x4550 wdog
	199 vpu_g1_root_clk        ccm+0x4560 vpu_g1
	200 gpu_root_clk           ccm+0x4570 gpu_axi
	201 vpu_h1_root_clk        ccm+0x4590 vpu_h1
	202 vpu_g2_root_clk        ccm+0x45a0 vpu_g2
	203 pdm_root_clk           ccm+0x45b0 pdm
	204 disp_root_clk          ccm+0x45d0 disp_dc8000
	205 disp_axi_root_clk      ccm+0x45d0 disp_axi
	206 disp_apb_root_clk      ccm+0x45d0 disp_apb
	207 disp_rtrm_root_clk     ccm+0x45d0 disp_rtrm
	208 usdhc3_root_clk        ccm+0x45e0 usdhc3
	209 tmu_root_clk           ccm+0x4620 ipg_root
	210 vpu_dec_root_clk       ccm+0x4630 vpu_bus
	211 sdma1_clk              ccm+0x43a0 ipg_root
	212 sdma2_clk              ccm+0x43b0 ipg_audio_root
	213 sdma3_clk              ccm+0x45f0 ipg_audio_root
	216 pdm_ipg_clk            ccm+0x45b0 ipg_audio_root
	217 gpu2d_root_clk         ccm+0x4660 gpu2d_core
	218 mu_root_clk            ccm+0x4210 ipg_root
	219 csi1_root_clk          ccm+0x4650 csi1_core
	222 nand_usdhc_rawnand_clk ccm+0x4300 nand_usdhc_bus
	223 gpio1_root_clk         ccm+0x40b0 ipg_root
	224 gpio2_root_clk         ccm+0x40c0 ipg_root
	225 gpio3_root_clk         ccm+0x40d0 ipg_root
	226 gpio4_root_clk         ccm+0x40e0 ipg_root
	227 gpio5_root_clk         ccm+0x40f0 ipg_root
	228 snvs_root_clk          ccm+0x4470 ipg_root
`;

/** Further IDs of a clock: ID, a name of its own, ID of the clock. */
export const ALIASES = `
	66 a53_src   76
	67 m4_src    246
	68 vpu_src   247
	69 gpu3d_src 248
	70 gpu2d_src 249
	71 a53_cg    76
	72 m4_cg     246
	73 vpu_cg    247
	74 gpu3d_cg  248
	75 gpu2d_cg  249
	77 m4_div    246
	78 vpu_div   247
	79 gpu3d_div 248
	80 gpu2d_div 249
`;

/** Clocks that must not stop: buses, memory, interrupt controller, and the CPU cluster that runs the agents. */
export const CRITICAL: readonly string[] = [
	"main_axi",
	"nand_usdhc_bus",
	"noc",
	"noc_apb",
	"ahb",
	"dram_apb",
	"arm",
	"dram_core_clk",
	"gic",
];
