// Random writes to the registers of some clocks, and to the power controller's.
// Fields: i.MX 8M Mini reference manual, chapters 5.1 (CCM and its analog block) and 5.2 (GPC).

import fc from "fast-check";
import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { Clock, Platform } from "../../host/platform/platform.ts";
import type { Theme } from "./messages.ts";

/** A register write: address and value. */
export type Write = [address: number, value: number];

type PowerController = NonNullable<Platform["powerController"]>;
const power = IMX8MM.powerController as PowerController;
const controls = IMX8MM.powerDomains.flatMap(({ switches }) =>
	switches.map(({ pgcIndex }) => power.pgcBase + pgcIndex * 0x40),
);

/** The power controller's registers; a read lets happen what is due. */
export const powerRegisters: readonly number[] = [
	...[power.upRequest, power.downRequest, power.mapping, power.handshake],
	...controls.flatMap((address) => [address, address + 0xc]),
];

/** The registers of clocks; a read has no effects. */
export const clockRegisters: readonly number[] = [
	...new Set(IMX8MM.clocks.flatMap(registersOf)),
];

function registersOf(clock: Clock): number[] {
	const gate = clock.gate === undefined ? [] : [clock.gate.address];
	switch (clock.kind) {
		case "pll":
			return [clock.address, clock.address + 4, clock.address + 8];
		case "composite":
			return [clock.address];
		case "mux":
		case "divider":
			return [...gate, clock.field.address];
		default:
			return gate;
	}
}

const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
const someBits = fc.oneof(
	fc.constantFrom(0, 0xffff_ffff, 1, 3),
	fc
		.subarray([...Array(32).keys()], { maxLength: 8 })
		.map((bits) => bits.reduce((word, bit) => word | (1 << bit), 0)),
);

/** GNRL_CTL: reference, bypasses, reset, output gates. */
const controlWords = fc
	.tuple(fc.subarray([0, 1, 4, 11, 13, 16, 28, 31]), fc.nat(9), fc.boolean())
	.map(([bits, reset, divided]) =>
		bits.reduce(
			(word, bit) => word | (1 << bit),
			(divided ? 0x0aaa_a000 : 0) | (reset < 7 ? 1 << 9 : 0),
		),
	);
/** DIV_CTL0: settings, and bits around the fields of one that a PLL may have already. */
const dividerWords = fc.oneof(
	fc
		.tuple(
			fc.oneof(fc.integer({ min: 60, max: 400 }), fc.nat(1023)),
			fc.oneof(fc.integer({ min: 1, max: 6 }), fc.nat(63)),
			fc.nat(7),
		)
		.map(([m, p, s]) => (m << 12) | (p << 4) | s),
	fc
		.tuple(fc.constantFrom(0x0014_5032, 0x000c_8031, 0x000f_a022), u32)
		.map(([word, others]) => word | (others & 0xffc0_0c0f)),
	u32,
);
const sliceWords = fc.oneof(
	fc
		.tuple(fc.nat(7), fc.nat(7), fc.nat(63))
		.map(([mux, pre, post]) => 0x1000_0000 | (mux << 24) | (pre << 16) | post),
	u32,
);

function to(
	addresses: readonly number[],
	values: fc.Arbitrary<number>,
	weight: number,
): { weight: number; arbitrary: fc.Arbitrary<Write> } {
	return { weight, arbitrary: fc.tuple(fc.constantFrom(...addresses), values) };
}

/** What may be written to a clock's registers; those of the CCM have SET, CLR and TOG aliases behind them. */
function clockWrites(clock: Clock): fc.Arbitrary<Write>[] {
	const aliases = fc.constantFrom(0, 0, 4, 8, 12);
	if (clock.kind === "pll") {
		const { address } = clock;
		return [
			fc.tuple(fc.constant(address), controlWords),
			fc.tuple(fc.constant(address + 4), dividerWords),
			fc.tuple(fc.constant(address + 8), u32),
		];
	}
	const values = clock.kind === "composite" ? sliceWords : someBits;
	return registersOf(clock).map((address) =>
		address >= 0x3038_0000
			? fc.tuple(
					aliases.map((alias) => address + alias),
					values,
				)
			: fc.tuple(fc.constant(address), controlWords),
	);
}

/** Writes that keep to a theme mostly. */
export function writesOn(theme: Theme): fc.Arbitrary<Write> {
	const of = (clocks: readonly Clock[]) =>
		fc.oneof(...clocks.flatMap(clockWrites));
	const chosen = IMX8MM.clocks.filter(({ id }) => theme.clocks.includes(id));
	return fc.oneof(
		{ weight: 10, arbitrary: of(chosen) },
		{ weight: 2, arbitrary: of(IMX8MM.clocks) },
		to([power.mapping], fc.constantFrom(0xffff_ffff, 0xffff_ffff, 0), 2),
		to([power.upRequest, power.downRequest], someBits, 4),
		to([power.handshake], someBits, 3),
		to(controls, fc.constantFrom(0, 1), 3),
		to(powerRegisters, someBits, 1),
	);
}
