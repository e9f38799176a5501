// The i.MX8MM's power domains in a table of the tests' own, and the registers of its power controller.
// i.MX 8M Mini reference manual, chapter 5.2 (GPC); the devicetree binding's IDs.

export interface DomainFact {
	id: number;
	name: string;
	parent: number | null;
	/** Bits of the up and down request registers, of the mapping register, and PGC indexes, in one order. */
	request: number[];
	mapping: number[];
	pgc: number[];
	/** Bits of the handshake register: requests and their acknowledges. */
	handshake: number[];
	acknowledge: number[];
	clocks: string[];
	keepsClocksOn: boolean;
}

const NUMBERS = (text: string) =>
	text === "-" ? [] : text.split(",").map(Number);
const NAMES = (text: string) => (text === "-" ? [] : text.split(","));

// ID, name, parent, request bits, mapping bits, PGC indexes, handshake request and acknowledge bits, clocks, kept on.
export const DOMAIN_FACTS: readonly DomainFact[] = `
	0  hsiomix  -  -   -    -     5,6  23,24 usb_bus                                            yes
	1  pcie     0  1   3    17    -    -     pcie1_root_clk                                     no
	2  usb-otg1 0  2   4    18    -    -     -                                                  no
	3  usb-otg2 0  3   5    19    -    -     -                                                  no
	4  gpumix   -  7   9    23    11   29    gpu_root_clk,gpu_ahb                               yes
	5  gpu      4  6,9 8,11 22,25 9,10 27,28 gpu_ahb,gpu_root_clk,gpu2d_root_clk,gpu3d_root_clk no
	6  vpumix   -  8   10   24    8    26    vpu_dec_root_clk                                   yes
	7  vpu-g1   6  11  13   27    -    -     -                                                  no
	8  vpu-g2   6  12  14   28    -    -     -                                                  no
	9  vpu-h1   6  13  15   29    -    -     -                                                  yes
	10 dispmix  -  10  12   26    7    25    disp_apb_root_clk,disp_axi_root_clk                yes
	11 mipi     10 0   2    16    -    -     -                                                  no
`
	.trim()
	.split("\n")
	.map((line) => {
		const [id, name, parent, request, mapping, pgc, shake, ack, clocks, keeps] =
			line.trim().split(/ +/) as [
				string,
				string,
				string,
				string,
				string,
				string,
				string,
				string,
				string,
				string,
			];
		return {
			id: Number(id),
			name,
			parent: parent === "-" ? null : Number(parent),
			request: NUMBERS(request),
			mapping: NUMBERS(mapping),
			pgc: NUMBERS(pgc),
			handshake: NUMBERS(shake),
			acknowledge: NUMBERS(ack),
			clocks: NAMES(clocks),
			keepsClocksOn: keeps === "yes",
		};
	});

const GPC = 0x303a_0000;
export const UP_REQUEST = GPC + 0x0f8;
export const DOWN_REQUEST = GPC + 0x104;
export const MAPPING = GPC + 0x0ec;
export const HANDSHAKE = GPC + 0x1fc;

/** A PGC's control register: bit 0 enables power down. */
export function pgcControl(index: number): number {
	return GPC + 0x800 + index * 0x40;
}

/** A PGC's status register: bit 0 says that the region is off. */
export function pgcStatus(index: number): number {
	return pgcControl(index) + 0xc;
}

/** A word with these bits. */
export function bits(...numbers: readonly number[]): number {
	return numbers.reduce((word, bit) => word | (1 << bit), 0) >>> 0;
}
