// What tests of performance domains share: platforms with one, its registers, its fast channels by raw offsets.
// SCMI 3.2 (Arm DEN0056E), section 4.5; i.MX 8M Mini reference manual, chapter 5.1.8; Linux's bd718x7 driver.

import { IMX8MM } from "../../host/platform/imx8mm/index.ts";
import type { PerformanceDomain } from "../../host/platform/performance.ts";
import type { Platform } from "../../host/platform/platform.ts";
import { Smt, u32 } from "./smt.ts";

export const PERFORMANCE = 0x13;
export const HARDWARE_ERROR = -9;

/** DIV_CTL0 of the ARM PLL at each rate: mdiv 21:12, pdiv 9:4, sdiv 2:0, from 24 MHz. */
export const ARM_PLL = 0x3036_0088;
export const DIV_CTL0: Readonly<Record<number, number>> = {
	1200: (300 << 12) | (3 << 4) | 1,
	1600: (200 << 12) | (3 << 4),
	1800: (225 << 12) | (3 << 4),
};
/** BUCK2's selector at each rate: 700 mV and 10 mV a step. */
export const BUCK2 = 0x3f4b_0040;
export const SELECTOR: Readonly<Record<number, number>> = {
	1200: 15,
	1600: 25,
	1800: 30,
};

/** Where the fast channels lie. */
export const FAST = 0x0093_f800;
const LEVEL_SET = 0x0;
const LEVEL_GET = 0x4;
const LIMITS_SET = 0x8;
const LIMITS_GET = 0x10;

const [A53] = IMX8MM.performanceDomains as [PerformanceDomain];

/** The platform with a version of the protocol, and with changes to its domain. */
export function withPerformance(
	performance: number,
	changes: Partial<PerformanceDomain> = {},
): Platform {
	return {
		...IMX8MM,
		protocols: { ...IMX8MM.protocols, performance },
		performanceDomains: [{ ...A53, ...changes }],
	};
}

/** The same domain without level indices. */
export function withoutIndices(
	changes: Partial<PerformanceDomain> = {},
): Partial<PerformanceDomain> {
	const points = A53.points.map(({ index: _, ...point }) => point);
	return { points, ...changes };
}

/** Channels from the agent only. */
export function oneWay(platform: Platform): Platform {
	return {
		...platform,
		channels: platform.channels.map((channel) => ({
			...channel,
			fromPlatform: false,
		})),
	};
}

/** Selector of the rail and DIV_CTL0 of the PLL. */
export function hardware(smt: Smt): [selector: number, divCtl0: number] {
	const { firmware } = smt;
	return [firmware.read32(BUCK2) & 0x3f, firmware.read32(ARM_PLL)];
}

/** The same at an operating point, in MHz. */
export function hardwareAt(megahertz: number): [number, number] {
	return [SELECTOR[megahertz] as number, DIV_CTL0[megahertz] as number];
}

/** The fast channels as an agent sees them. */
export class FastWords {
	readonly #view: DataView;

	constructor({ firmware }: Smt) {
		const at = firmware.memoryAt(FAST, 0x18);
		this.#view = new DataView(firmware.buffer, at, 0x18);
	}

	#word(offset: number): number {
		return this.#view.getUint32(offset, true);
	}

	setLevel(level: number): void {
		this.#view.setUint32(LEVEL_SET, level, true);
	}

	setMax(max: number): void {
		this.#view.setUint32(LIMITS_SET, max, true);
	}

	setMin(min: number): void {
		this.#view.setUint32(LIMITS_SET + 4, min, true);
	}

	setLimits(max: number, min: number): void {
		this.setMax(max);
		this.setMin(min);
	}

	/** What the channels to get hold. */
	get level(): number {
		return this.#word(LEVEL_GET);
	}

	get limits(): [max: number, min: number] {
		return [this.#word(LIMITS_GET), this.#word(LIMITS_GET + 4)];
	}

	/** What the channels to set hold: level, highest, lowest. */
	get asked(): [level: number, max: number, min: number] {
		return [
			this.#word(LEVEL_SET),
			this.#word(LIMITS_SET),
			this.#word(LIMITS_SET + 4),
		];
	}
}

/** LEVEL_GET of domain 0. */
export function level(smt: Smt): number {
	return smt.words(PERFORMANCE, 0x8, u32(0))[0] as number;
}

/** LIMITS_GET of domain 0: highest, lowest. */
export function limits(smt: Smt): number[] {
	return smt.words(PERFORMANCE, 0x6, u32(0));
}

/** The area of the platform's messages: it is read by hand. */
export class PlatformArea {
	readonly #smt: Smt;

	constructor({ firmware }: Smt) {
		this.#smt = new Smt(firmware, {
			address: 0x0093_f200,
			size: 0x200,
			functionId: 0xc200_00ff,
			method: "smc",
		});
	}

	/** Header and words of each message that waits, all of them read. */
	take(): number[][] {
		const { view } = this.#smt;
		const messages: number[][] = [];
		while ((view.getUint32(0x04, true) & 1) === 0) {
			const length = view.getUint32(0x14, true);
			messages.push(
				Array.from({ length: length / 4 }, (_, i) =>
					view.getUint32(0x18 + 4 * i, true),
				),
			);
			view.setUint32(0x04, 1, true);
			this.#smt.trap();
		}
		return messages;
	}
}
