// The i.MX8MM's clocks in a table of the tests' own: what the clock controller's registers mean, beside the product's tables.
// i.MX 8M Mini reference manual, chapter 5.1; the devicetree binding's IDs.

// ID, name, then by kind:
//   fixed      rate in Hz
//   alias      ID of the clock
//   pll1416x   (integer) and pll1443x (fractional): GNRL_CTL, reference
//   mux        register, lowest bit, width, parents by field value
//   divider    register, lowest bit, width, parent
//   gate       register, lowest bit, width, parent
//   factor     divider, parent, register and bit of an output gate
//   core, bus, ip   composite slices: CCM_TARGET_ROOT, parents by mux value
//   cpu        parent
const TABLE = `
	0 dummy fixed 0
	1 osc_32k fixed 32768
	2 osc_24m fixed 24000000
	3 osc_hdmi fixed 0
	4 clk_ext1 fixed 133000000
	5 clk_ext2 fixed 133000000
	6 clk_ext3 fixed 133000000
	7 clk_ext4 fixed 133000000
	8 audio_pll1_ref_sel mux 0x30360000 0 2 osc_24m dummy dummy dummy
	9 audio_pll2_ref_sel mux 0x30360014 0 2 osc_24m dummy dummy dummy
	10 video_pll1_ref_sel mux 0x30360028 0 2 osc_24m dummy dummy dummy
	11 dram_pll_ref_sel mux 0x30360050 0 2 osc_24m dummy dummy dummy
	12 gpu_pll_ref_sel mux 0x30360064 0 2 osc_24m dummy dummy dummy
	13 vpu_pll_ref_sel mux 0x30360074 0 2 osc_24m dummy dummy dummy
	14 arm_pll_ref_sel mux 0x30360084 0 2 osc_24m dummy dummy dummy
	17 sys_pll3_ref_sel mux 0x30360114 0 2 osc_24m dummy dummy dummy
	18 audio_pll1 pll1443x 0x30360000 audio_pll1_ref_sel
	19 audio_pll2 pll1443x 0x30360014 audio_pll2_ref_sel
	20 video_pll1 pll1443x 0x30360028 video_pll1_ref_sel
	21 dram_pll pll1443x 0x30360050 dram_pll_ref_sel
	22 gpu_pll pll1416x 0x30360064 gpu_pll_ref_sel
	23 vpu_pll pll1416x 0x30360074 vpu_pll_ref_sel
	24 arm_pll pll1416x 0x30360084 arm_pll_ref_sel
	25 sys_pll1 pll1416x 0x30360094 osc_24m
	26 sys_pll2 pll1416x 0x30360104 osc_24m
	27 sys_pll3 pll1416x 0x30360114 sys_pll3_ref_sel
	28 audio_pll1_bypass mux 0x30360000 16 1 audio_pll1 audio_pll1_ref_sel
	29 audio_pll2_bypass mux 0x30360014 16 1 audio_pll2 audio_pll2_ref_sel
	30 video_pll1_bypass mux 0x30360028 16 1 video_pll1 video_pll1_ref_sel
	31 dram_pll_bypass mux 0x30360050 16 1 dram_pll dram_pll_ref_sel
	32 gpu_pll_bypass mux 0x30360064 28 1 gpu_pll gpu_pll_ref_sel
	33 vpu_pll_bypass mux 0x30360074 28 1 vpu_pll vpu_pll_ref_sel
	34 arm_pll_bypass mux 0x30360084 28 1 arm_pll arm_pll_ref_sel
	37 sys_pll3_bypass mux 0x30360114 28 1 sys_pll3 sys_pll3_ref_sel
	38 audio_pll1_out gate 0x30360000 13 1 audio_pll1_bypass
	39 audio_pll2_out gate 0x30360014 13 1 audio_pll2_bypass
	40 video_pll1_out gate 0x30360028 13 1 video_pll1_bypass
	41 dram_pll_out gate 0x30360050 13 1 dram_pll_bypass
	42 gpu_pll_out gate 0x30360064 11 1 gpu_pll_bypass
	43 vpu_pll_out gate 0x30360074 11 1 vpu_pll_bypass
	44 arm_pll_out gate 0x30360084 11 1 arm_pll_bypass
	45 sys_pll1_out gate 0x30360094 11 1 sys_pll1
	46 sys_pll2_out gate 0x30360104 11 1 sys_pll2
	47 sys_pll3_out gate 0x30360114 11 1 sys_pll3_bypass
	48 sys_pll1_40m factor 20 sys_pll1_out 0x30360094 27
	49 sys_pll1_80m factor 10 sys_pll1_out 0x30360094 25
	50 sys_pll1_100m factor 8 sys_pll1_out 0x30360094 23
	51 sys_pll1_133m factor 6 sys_pll1_out 0x30360094 21
	52 sys_pll1_160m factor 5 sys_pll1_out 0x30360094 19
	53 sys_pll1_200m factor 4 sys_pll1_out 0x30360094 17
	54 sys_pll1_266m factor 3 sys_pll1_out 0x30360094 15
	55 sys_pll1_400m factor 2 sys_pll1_out 0x30360094 13
	56 sys_pll1_800m factor 1 sys_pll1_out
	57 sys_pll2_50m factor 20 sys_pll2_out 0x30360104 27
	58 sys_pll2_100m factor 10 sys_pll2_out 0x30360104 25
	59 sys_pll2_125m factor 8 sys_pll2_out 0x30360104 23
	60 sys_pll2_166m factor 6 sys_pll2_out 0x30360104 21
	61 sys_pll2_200m factor 5 sys_pll2_out 0x30360104 19
	62 sys_pll2_250m factor 4 sys_pll2_out 0x30360104 17
	63 sys_pll2_333m factor 3 sys_pll2_out 0x30360104 15
	64 sys_pll2_500m factor 2 sys_pll2_out 0x30360104 13
	65 sys_pll2_1000m factor 1 sys_pll2_out
	66 - alias 76
	67 - alias 246
	68 - alias 247
	69 - alias 248
	70 - alias 249
	71 - alias 76
	72 - alias 246
	73 - alias 247
	74 - alias 248
	75 - alias 249
	76 arm_a53_div core 0x30388000 osc_24m arm_pll_out sys_pll2_500m sys_pll2_1000m sys_pll1_800m sys_pll1_400m audio_pll1_out sys_pll3_out
	77 - alias 246
	78 - alias 247
	79 - alias 248
	80 - alias 249
	81 main_axi bus 0x30388800 osc_24m sys_pll2_333m sys_pll1_800m sys_pll2_250m sys_pll2_1000m audio_pll1_out video_pll1_out sys_pll1_100m
	82 enet_axi bus 0x30388880 osc_24m sys_pll1_266m sys_pll1_800m sys_pll2_250m sys_pll2_200m audio_pll1_out video_pll1_out sys_pll3_out
	83 nand_usdhc_bus bus 0x30388900 osc_24m sys_pll1_266m sys_pll1_800m sys_pll2_200m sys_pll1_133m sys_pll3_out sys_pll2_250m audio_pll1_out
	84 vpu_bus bus 0x30388980 osc_24m sys_pll1_800m vpu_pll_out audio_pll2_out sys_pll3_out sys_pll2_1000m sys_pll2_200m sys_pll1_100m
	85 disp_axi bus 0x30388a00 osc_24m sys_pll2_1000m sys_pll1_800m sys_pll3_out sys_pll1_40m audio_pll2_out clk_ext1 clk_ext4
	86 disp_apb bus 0x30388a80 osc_24m sys_pll2_125m sys_pll1_800m sys_pll3_out sys_pll1_40m audio_pll2_out clk_ext1 clk_ext3
	87 disp_rtrm bus 0x30388b00 osc_24m sys_pll1_800m sys_pll2_200m sys_pll2_1000m audio_pll1_out video_pll1_out clk_ext2 clk_ext3
	88 usb_bus bus 0x30388b80 osc_24m sys_pll2_500m sys_pll1_800m sys_pll2_100m sys_pll2_200m clk_ext2 clk_ext4 audio_pll2_out
	89 gpu_axi bus 0x30388c00 osc_24m sys_pll1_800m gpu_pll_out sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	90 gpu_ahb bus 0x30388c80 osc_24m sys_pll1_800m gpu_pll_out sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	91 noc bus 0x30388d00 osc_24m sys_pll1_800m sys_pll3_out sys_pll2_1000m sys_pll2_500m audio_pll1_out video_pll1_out audio_pll2_out
	92 noc_apb bus 0x30388d80 osc_24m sys_pll1_400m sys_pll3_out sys_pll2_333m sys_pll2_200m sys_pll1_800m audio_pll1_out video_pll1_out
	93 ahb bus 0x30389000 osc_24m sys_pll1_133m sys_pll1_800m sys_pll1_400m sys_pll2_125m sys_pll3_out audio_pll1_out video_pll1_out
	94 audio_ahb bus 0x30389100 osc_24m sys_pll2_500m sys_pll1_800m sys_pll2_1000m sys_pll2_166m sys_pll3_out audio_pll1_out video_pll1_out
	95 ipg_root divider 0x30389080 0 1 ahb
	96 ipg_audio_root divider 0x30389180 0 1 audio_ahb
	97 dram_alt ip 0x3038a000 osc_24m sys_pll1_800m sys_pll1_100m sys_pll2_500m sys_pll2_1000m sys_pll3_out audio_pll1_out sys_pll1_266m
	98 dram_apb ip 0x3038a080 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	99 vpu_g1 ip 0x3038a100 osc_24m vpu_pll_out sys_pll1_800m sys_pll2_1000m sys_pll1_100m sys_pll2_125m sys_pll3_out audio_pll1_out
	100 vpu_g2 ip 0x3038a180 osc_24m vpu_pll_out sys_pll1_800m sys_pll2_1000m sys_pll1_100m sys_pll2_125m sys_pll3_out audio_pll1_out
	101 disp_dtrc ip 0x3038a200 osc_24m dummy sys_pll1_800m sys_pll2_1000m sys_pll1_160m video_pll1_out sys_pll3_out audio_pll2_out
	102 disp_dc8000 ip 0x3038a280 osc_24m dummy sys_pll1_800m sys_pll2_1000m sys_pll1_160m video_pll1_out sys_pll3_out audio_pll2_out
	103 pcie1_ctrl ip 0x3038a300 osc_24m sys_pll2_250m sys_pll2_200m sys_pll1_266m sys_pll1_800m sys_pll2_500m sys_pll2_333m sys_pll3_out
	104 pcie1_phy ip 0x3038a380 osc_24m sys_pll2_100m sys_pll2_500m clk_ext1 clk_ext2 clk_ext3 clk_ext4 sys_pll1_400m
	105 pcie1_aux ip 0x3038a400 osc_24m sys_pll2_200m sys_pll2_50m sys_pll3_out sys_pll2_100m sys_pll1_80m sys_pll1_160m sys_pll1_200m
	106 dc_pixel ip 0x3038a480 osc_24m video_pll1_out audio_pll2_out audio_pll1_out sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext4
	107 lcdif_pixel ip 0x3038a500 osc_24m video_pll1_out audio_pll2_out audio_pll1_out sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext4
	108 sai1 ip 0x3038a580 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext1 clk_ext2
	109 sai2 ip 0x3038a600 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext2 clk_ext3
	110 sai3 ip 0x3038a680 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext3 clk_ext4
	111 sai4 ip 0x3038a700 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext1 clk_ext2
	112 sai5 ip 0x3038a780 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext2 clk_ext3
	113 sai6 ip 0x3038a800 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext3 clk_ext4
	114 spdif1 ip 0x3038a880 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext2 clk_ext3
	115 spdif2 ip 0x3038a900 osc_24m audio_pll1_out audio_pll2_out video_pll1_out sys_pll1_133m osc_hdmi clk_ext3 clk_ext4
	116 enet_ref ip 0x3038a980 osc_24m sys_pll2_125m sys_pll2_50m sys_pll2_100m sys_pll1_160m audio_pll1_out video_pll1_out clk_ext4
	117 enet_timer ip 0x3038aa00 osc_24m sys_pll2_100m audio_pll1_out clk_ext1 clk_ext2 clk_ext3 clk_ext4 video_pll1_out
	118 enet_phy ip 0x3038aa80 osc_24m sys_pll2_50m sys_pll2_125m sys_pll2_200m sys_pll2_500m video_pll1_out audio_pll2_out dummy
	119 nand ip 0x3038ab00 osc_24m sys_pll2_500m audio_pll1_out sys_pll1_400m audio_pll2_out sys_pll3_out sys_pll2_250m video_pll1_out
	120 qspi ip 0x3038ab80 osc_24m sys_pll1_400m sys_pll2_333m sys_pll2_500m audio_pll2_out sys_pll1_266m sys_pll3_out sys_pll1_100m
	121 usdhc1 ip 0x3038ac00 osc_24m sys_pll1_400m sys_pll1_800m sys_pll2_500m sys_pll3_out sys_pll1_266m audio_pll2_out sys_pll1_100m
	122 usdhc2 ip 0x3038ac80 osc_24m sys_pll1_400m sys_pll1_800m sys_pll2_500m sys_pll3_out sys_pll1_266m audio_pll2_out sys_pll1_100m
	123 i2c1 ip 0x3038ad00 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	124 i2c2 ip 0x3038ad80 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	125 i2c3 ip 0x3038ae00 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	126 i2c4 ip 0x3038ae80 osc_24m sys_pll1_160m sys_pll2_50m sys_pll3_out audio_pll1_out video_pll1_out audio_pll2_out sys_pll1_133m
	127 uart1 ip 0x3038af00 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext4 audio_pll2_out
	128 uart2 ip 0x3038af80 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext3 audio_pll2_out
	129 uart3 ip 0x3038b000 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext4 audio_pll2_out
	130 uart4 ip 0x3038b080 osc_24m sys_pll1_80m sys_pll2_200m sys_pll2_100m sys_pll3_out clk_ext2 clk_ext3 audio_pll2_out
	131 usb_core_ref ip 0x3038b100 osc_24m sys_pll1_100m sys_pll1_40m sys_pll2_100m sys_pll2_200m clk_ext2 clk_ext3 audio_pll2_out
	132 usb_phy_ref ip 0x3038b180 osc_24m sys_pll1_100m sys_pll1_40m sys_pll2_100m sys_pll2_200m clk_ext2 clk_ext3 audio_pll2_out
	133 ecspi1 ip 0x3038b280 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	134 ecspi2 ip 0x3038b300 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	135 pwm1 ip 0x3038b380 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext1 sys_pll1_80m video_pll1_out
	136 pwm2 ip 0x3038b400 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext1 sys_pll1_80m video_pll1_out
	137 pwm3 ip 0x3038b480 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext2 sys_pll1_80m video_pll1_out
	138 pwm4 ip 0x3038b500 osc_24m sys_pll2_100m sys_pll1_160m sys_pll1_40m sys_pll3_out clk_ext2 sys_pll1_80m video_pll1_out
	139 gpt1 ip 0x3038b580 osc_24m sys_pll2_100m sys_pll1_400m sys_pll1_40m video_pll1_out sys_pll1_80m audio_pll1_out clk_ext1
	140 wdog ip 0x3038b900 osc_24m sys_pll1_133m sys_pll1_160m vpu_pll_out sys_pll2_125m sys_pll3_out sys_pll1_80m sys_pll2_166m
	141 wrclk ip 0x3038b980 osc_24m sys_pll1_40m vpu_pll_out sys_pll3_out sys_pll2_200m sys_pll1_266m sys_pll2_500m sys_pll1_100m
	142 dsi_core ip 0x3038bb00 osc_24m sys_pll1_266m sys_pll2_250m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	143 dsi_phy_ref ip 0x3038bb80 osc_24m sys_pll2_125m sys_pll2_100m sys_pll1_800m sys_pll2_1000m clk_ext2 audio_pll2_out video_pll1_out
	144 dsi_dbi ip 0x3038bc00 osc_24m sys_pll1_266m sys_pll2_100m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	145 usdhc3 ip 0x3038bc80 osc_24m sys_pll1_400m sys_pll1_800m sys_pll2_500m sys_pll3_out sys_pll1_266m audio_pll2_out sys_pll1_100m
	146 csi1_core ip 0x3038bd00 osc_24m sys_pll1_266m sys_pll2_250m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	147 csi1_phy_ref ip 0x3038bd80 osc_24m sys_pll2_333m sys_pll2_100m sys_pll1_800m sys_pll2_1000m clk_ext2 audio_pll2_out video_pll1_out
	148 csi1_esc ip 0x3038be00 osc_24m sys_pll2_100m sys_pll1_80m sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext3 audio_pll2_out
	149 csi2_core ip 0x3038be80 osc_24m sys_pll1_266m sys_pll2_250m sys_pll1_800m sys_pll2_1000m sys_pll3_out audio_pll2_out video_pll1_out
	150 csi2_phy_ref ip 0x3038bf00 osc_24m sys_pll2_333m sys_pll2_100m sys_pll1_800m sys_pll2_1000m clk_ext2 audio_pll2_out video_pll1_out
	151 csi2_esc ip 0x3038bf80 osc_24m sys_pll2_100m sys_pll1_80m sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext3 audio_pll2_out
	152 pcie2_ctrl ip 0x3038c000 osc_24m sys_pll2_250m sys_pll2_200m sys_pll1_266m sys_pll1_800m sys_pll2_500m sys_pll2_333m sys_pll3_out
	153 pcie2_phy ip 0x3038c080 osc_24m sys_pll2_100m sys_pll2_500m clk_ext1 clk_ext2 clk_ext3 clk_ext4 sys_pll1_400m
	154 pcie2_aux ip 0x3038c100 osc_24m sys_pll2_200m sys_pll2_50m sys_pll3_out sys_pll2_100m sys_pll1_80m sys_pll1_160m sys_pll1_200m
	155 ecspi3 ip 0x3038c180 osc_24m sys_pll2_200m sys_pll1_40m sys_pll1_160m sys_pll1_800m sys_pll3_out sys_pll2_250m audio_pll2_out
	156 pdm ip 0x3038c200 osc_24m sys_pll2_100m audio_pll1_out sys_pll1_800m sys_pll2_1000m sys_pll3_out clk_ext3 audio_pll2_out
	157 vpu_h1 ip 0x3038c280 osc_24m vpu_pll_out sys_pll1_800m sys_pll2_1000m audio_pll2_out sys_pll2_125m sys_pll3_out audio_pll1_out
	158 clko1 ip 0x3038ba00 osc_24m sys_pll1_800m dummy sys_pll1_200m audio_pll2_out sys_pll2_500m vpu_pll sys_pll1_80m
	159 ecspi1_root_clk gate 0x30384070 0 2 ecspi1
	160 ecspi2_root_clk gate 0x30384080 0 2 ecspi2
	161 ecspi3_root_clk gate 0x30384090 0 2 ecspi3
	162 enet1_root_clk gate 0x303840a0 0 2 enet_axi
	163 gpt1_root_clk gate 0x30384100 0 2 gpt1
	164 i2c1_root_clk gate 0x30384170 0 2 i2c1
	165 i2c2_root_clk gate 0x30384180 0 2 i2c2
	166 i2c3_root_clk gate 0x30384190 0 2 i2c3
	167 i2c4_root_clk gate 0x303841a0 0 2 i2c4
	168 ocotp_root_clk gate 0x30384220 0 2 ipg_root
	169 pcie1_root_clk gate 0x30384250 0 2 pcie1_ctrl
	170 pwm1_root_clk gate 0x30384280 0 2 pwm1
	171 pwm2_root_clk gate 0x30384290 0 2 pwm2
	172 pwm3_root_clk gate 0x303842a0 0 2 pwm3
	173 pwm4_root_clk gate 0x303842b0 0 2 pwm4
	174 qspi_root_clk gate 0x303842f0 0 2 qspi
	175 nand_root_clk gate 0x30384300 0 2 nand
	176 sai1_root_clk gate 0x30384330 0 2 sai1
	177 sai1_ipg_clk gate 0x30384330 0 2 ipg_audio_root
	178 sai2_root_clk gate 0x30384340 0 2 sai2
	179 sai2_ipg_clk gate 0x30384340 0 2 ipg_audio_root
	180 sai3_root_clk gate 0x30384350 0 2 sai3
	181 sai3_ipg_clk gate 0x30384350 0 2 ipg_audio_root
	182 sai4_root_clk gate 0x30384360 0 2 sai4
	183 sai4_ipg_clk gate 0x30384360 0 2 ipg_audio_root
	184 sai5_root_clk gate 0x30384370 0 2 sai5
	185 sai5_ipg_clk gate 0x30384370 0 2 ipg_audio_root
	186 sai6_root_clk gate 0x30384380 0 2 sai6
	187 sai6_ipg_clk gate 0x30384380 0 2 ipg_audio_root
	188 uart1_root_clk gate 0x30384490 0 2 uart1
	189 uart2_root_clk gate 0x303844a0 0 2 uart2
	190 uart3_root_clk gate 0x303844b0 0 2 uart3
	191 uart4_root_clk gate 0x303844c0 0 2 uart4
	192 usb1_ctrl_root_clk gate 0x303844d0 0 2 usb_bus
	193 gpu3d_root_clk gate 0x303844f0 0 2 gpu3d_core
	194 usdhc1_root_clk gate 0x30384510 0 2 usdhc1
	195 usdhc2_root_clk gate 0x30384520 0 2 usdhc2
	196 wdog1_root_clk gate 0x30384530 0 2 wdog
	197 wdog2_root_clk gate 0x30384540 0 2 wdog
	198 wdog3_root_clk gate 0x30384550 0 2 wdog
	199 vpu_g1_root_clk gate 0x30384560 0 2 vpu_g1
	200 gpu_root_clk gate 0x30384570 0 2 gpu_axi
	201 vpu_h1_root_clk gate 0x30384590 0 2 vpu_h1
	202 vpu_g2_root_clk gate 0x303845a0 0 2 vpu_g2
	203 pdm_root_clk gate 0x303845b0 0 2 pdm
	204 disp_root_clk gate 0x303845d0 0 2 disp_dc8000
	205 disp_axi_root_clk gate 0x303845d0 0 2 disp_axi
	206 disp_apb_root_clk gate 0x303845d0 0 2 disp_apb
	207 disp_rtrm_root_clk gate 0x303845d0 0 2 disp_rtrm
	208 usdhc3_root_clk gate 0x303845e0 0 2 usdhc3
	209 tmu_root_clk gate 0x30384620 0 2 ipg_root
	210 vpu_dec_root_clk gate 0x30384630 0 2 vpu_bus
	211 sdma1_clk gate 0x303843a0 0 2 ipg_root
	212 sdma2_clk gate 0x303843b0 0 2 ipg_audio_root
	213 sdma3_clk gate 0x303845f0 0 2 ipg_audio_root
	214 gpt_3m factor 8 osc_24m
	215 arm cpu arm_a53_core
	216 pdm_ipg_clk gate 0x303845b0 0 2 ipg_audio_root
	217 gpu2d_root_clk gate 0x30384660 0 2 gpu2d_core
	218 mu_root_clk gate 0x30384210 0 2 ipg_root
	219 csi1_root_clk gate 0x30384650 0 2 csi1_core
	220 dram_core_clk mux 0x30389800 24 1 dram_pll_out dram_alt_root
	221 dram_alt_root factor 4 dram_alt
	222 nand_usdhc_rawnand_clk gate 0x30384300 0 2 nand_usdhc_bus
	223 gpio1_root_clk gate 0x303840b0 0 2 ipg_root
	224 gpio2_root_clk gate 0x303840c0 0 2 ipg_root
	225 gpio3_root_clk gate 0x303840d0 0 2 ipg_root
	226 gpio4_root_clk gate 0x303840e0 0 2 ipg_root
	227 gpio5_root_clk gate 0x303840f0 0 2 ipg_root
	228 snvs_root_clk gate 0x30384470 0 2 ipg_root
	229 gic ip 0x3038b200 osc_24m sys_pll2_200m sys_pll1_40m sys_pll2_100m sys_pll1_800m clk_ext2 clk_ext4 audio_pll2_out
	246 arm_m4_core core 0x30388080 osc_24m sys_pll2_200m sys_pll2_250m sys_pll1_266m sys_pll1_800m audio_pll1_out video_pll1_out sys_pll3_out
	247 vpu_core core 0x30388100 osc_24m arm_pll_out sys_pll2_500m sys_pll2_1000m sys_pll1_800m sys_pll1_400m audio_pll1_out vpu_pll_out
	248 gpu3d_core core 0x30388180 osc_24m gpu_pll_out sys_pll1_800m sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	249 gpu2d_core core 0x30388200 osc_24m gpu_pll_out sys_pll1_800m sys_pll3_out sys_pll2_1000m audio_pll1_out video_pll1_out audio_pll2_out
	250 clko2 ip 0x3038ba80 osc_24m sys_pll2_200m sys_pll1_400m sys_pll2_166m sys_pll3_out audio_pll1_out video_pll1_out osc_32k
	251 arm_a53_core mux 0x30389880 24 1 arm_a53_div arm_pll_out
	252 clkout1_sel mux 0x30360128 4 4 audio_pll1_out audio_pll2_out video_pll1_out dummy dummy gpu_pll_out vpu_pll_out arm_pll_out sys_pll1 sys_pll2 sys_pll3 dummy dummy osc_24m dummy osc_32k
	253 clkout1_div divider 0x30360128 0 4 clkout1_sel
	254 clkout1 gate 0x30360128 8 1 clkout1_div
	255 clkout2_sel mux 0x30360128 20 4 audio_pll1_out audio_pll2_out video_pll1_out dummy dummy gpu_pll_out vpu_pll_out arm_pll_out sys_pll1 sys_pll2 sys_pll3 dummy dummy osc_24m dummy osc_32k
	256 clkout2_div divider 0x30360128 16 4 clkout2_sel
	257 clkout2 gate 0x30360128 24 1 clkout2_div
`;

export interface ClockFact {
	id: number;
	name: string;
	kind: string;
	/** What follows the kind. */
	columns: string[];
}

export const CLOCK_FACTS: readonly ClockFact[] = TABLE.trim()
	.split("\n")
	.map((line) => {
		const [id, name, kind, ...columns] = line.trim().split(" ");
		return {
			id: Number(id),
			name: name as string,
			kind: kind as string,
			columns,
		};
	});

/** Clocks of the binding that have a row of their own: no aliases. */
export const REAL_CLOCKS: readonly ClockFact[] = CLOCK_FACTS.filter(
	({ kind }) => kind !== "alias",
);

export const ALIASES: readonly ClockFact[] = CLOCK_FACTS.filter(
	({ kind }) => kind === "alias",
);

export const NUM_CLOCKS = 258;

/** IDs below 258 that the binding leaves out. */
export const HOLES = [
	15, 16, 35, 36, 230, 231, 232, 233, 234, 235, 236, 237, 238, 239, 240, 241,
	242, 243, 244, 245,
];

export const CRITICAL = [
	"main_axi",
	"nand_usdhc_bus",
	"noc",
	"noc_apb",
	"ahb",
	"dram_apb",
	"dram_core_clk",
	"gic",
	// Linux's imx_clk_hw_cpu marks the cluster's own clock so.
	"arm",
];

export function clockFact(name: string): ClockFact {
	const fact = REAL_CLOCKS.find((clock) => clock.name === name);
	if (fact === undefined) throw new Error(`no clock ${name}`);
	return fact;
}

export function clockId(name: string): number {
	return clockFact(name).id;
}

/** Names of the parents by position. */
export function parentNames({ kind, columns }: ClockFact): string[] {
	switch (kind) {
		case "fixed":
			return [];
		case "mux":
			return columns.slice(3);
		case "divider":
		case "gate":
			return [columns[3] as string];
		case "cpu":
			return [columns[0] as string];
		case "core":
		case "bus":
		case "ip":
			return columns.slice(1);
		default:
			return [columns[1] as string];
	}
}
