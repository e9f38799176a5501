// Records of different sizes and signed values, as words and from words: messages of sensors, written down by hand.
// Follows the SCMI specification 3.2 (Arm DEN0056), section 4.7.

import { describe, expect, it } from "vitest";
import { decodeMessage, hexBytes } from "../../host/trace/decode.ts";
import { encodeMessage } from "../../host/trace/encode.ts";
import { headerOf, text, u32, u64 } from "../support/smt.ts";

const SENSOR = 0x15;

/** Fields behind the status of a successful reply: name, offset, size, text. */
function fields(
	message: number,
	payload: readonly number[],
	version?: number,
): unknown[] {
	const bytes = [...u32(headerOf(SENSOR, message), 0), ...payload];
	const decoded = decodeMessage(new Uint8Array(bytes), {
		reply: true,
		...(version === undefined ? {} : { version }),
	});
	return decoded.fields
		.slice(2)
		.map(({ name, offset, size, text }) => [name, offset, size, text]);
}

describe("records", () => {
	const scalar = [
		...u32(0, 0x8000_0101, 0xe802),
		...text("t", 16),
		...u32(7, 0xe800_0001),
		...u64(BigInt.asUintN(64, -40_000n), 125_000n),
	];

	it("of different sizes, as their bits tell", () => {
		const axes = [...u32(1, 0x100, 0x0002_0101), ...text("a", 16), ...u32(9)];
		const plain = [...u32(2, 0, 0x14), ...text("p", 16)];
		const payload = [...u32(3), ...scalar, ...axes, ...plain];
		expect(fields(0x3, payload)).toEqual([
			["num_sensor_flags", 8, 4, "0x00000003: num_sensors 3, remaining 0"],
			["desc[0].sensor_id", 12, 4, "0"],
			[
				"desc[0].sensor_attributes_low",
				16,
				4,
				"0x80000101: num_trip_points 1, extended_attributes, timestamp_exponent 0, async_read",
			],
			[
				"desc[0].sensor_attributes_high",
				20,
				4,
				"0x0000e802: sensor_type °C, exponent -3, num_axes 0",
			],
			["desc[0].sensor_name", 24, 16, '"t"'],
			["desc[0].sensor_power", 40, 4, "7"],
			[
				"desc[0].sensor_resolution",
				44,
				4,
				"0xe8000001: resolution 1, resolution_exponent -3",
			],
			["desc[0].sensor_min_range", 48, 8, "-40000"],
			["desc[0].sensor_max_range", 56, 8, "125000 (0x1e848)"],
			["desc[1].sensor_id", 64, 4, "1"],
			[
				"desc[1].sensor_attributes_low",
				68,
				4,
				"0x00000100: num_trip_points 0, extended_attributes, timestamp_exponent 0",
			],
			[
				"desc[1].sensor_attributes_high",
				72,
				4,
				"0x00020101: sensor_type unspecified, axis_support, exponent 0, num_axes 2",
			],
			["desc[1].sensor_name", 76, 16, '"a"'],
			["desc[1].sensor_power", 92, 4, "9"],
			["desc[2].sensor_id", 96, 4, "2"],
			[
				"desc[2].sensor_attributes_low",
				100,
				4,
				"0x00000000: num_trip_points 0, timestamp_exponent 0",
			],
			[
				"desc[2].sensor_attributes_high",
				104,
				4,
				"0x00000014: sensor_type Hz, exponent 0, num_axes 0",
			],
			["desc[2].sensor_name", 108, 16, '"p"'],
		]);
	});

	it("of the version's layout", () => {
		const bits = ((5 << 27) | (30 << 22) | 0xe802) >>> 0;
		const payload = [...u32(1, 0, 0x8000_0102, bits), ...text("t", 16)];
		expect(fields(0x3, payload, 0x10000).slice(1)).toEqual([
			["desc[0].sensor_id", 12, 4, "0"],
			[
				"desc[0].sensor_attributes_low",
				16,
				4,
				"0x80000102: num_trip_points 2, async_read, reserved 0x00000100",
			],
			[
				"desc[0].sensor_attributes_high",
				20,
				4,
				"0x2f80e802: sensor_type °C, exponent -3, update_interval_exponent -2, update_interval 5",
			],
			["desc[0].sensor_name", 24, 16, '"t"'],
		]);
	});

	it("as many as there are where nothing counts them", () => {
		const payload = u64(BigInt.asUintN(64, -5n), 6n, 7n, 8n);
		expect(fields(0x6, payload)).toEqual([
			["readings[0].sensor_value", 8, 8, "-5"],
			["readings[0].timestamp", 16, 8, "6"],
			["readings[1].sensor_value", 24, 8, "7"],
			["readings[1].timestamp", 32, 8, "8"],
		]);
		expect(fields(0x6, payload.slice(0, 8), 0x10000)).toEqual([
			["sensor_value", 8, 8, "-5"],
		]);
	});

	it("cut off within one, or before the next", () => {
		expect(fields(0x3, [...u32(3), ...scalar.slice(0, 30)]).slice(4)).toEqual([
			["desc[0].sensor_name", 24, 16, '"t"'],
			["desc[0].sensor_power", 40, 2, "missing: needs 4 bytes, 2 there"],
			["desc[0].sensor_resolution", 44, 0, "missing: needs 4 bytes, 0 there"],
			["desc[0].sensor_min_range", 48, 0, "missing: needs 8 bytes, 0 there"],
			["desc[0].sensor_max_range", 56, 0, "missing: needs 8 bytes, 0 there"],
			["desc[1]", 64, 0, "missing: needs 56 bytes, 0 there"],
		]);
		// Of each that is missing, what every one has at least.
		expect(fields(0x3, [...u32(3), ...scalar]).slice(9)).toEqual([
			["desc[1]", 64, 0, "missing: needs 56 bytes, 0 there"],
		]);
		expect(fields(0x3, u32(1)).slice(1)).toEqual([
			["desc[0]", 12, 0, "missing: needs 28 bytes, 0 there"],
		]);
		expect(fields(0x3, [])).toEqual([
			["num_sensor_flags", 8, 0, "missing: needs 4 bytes, 0 there"],
		]);
	});

	it("with bytes left over", () => {
		const payload = [...u32(1), ...scalar, 1, 2, 3];
		expect(fields(0x3, payload).slice(9)).toEqual([
			["(left over)", 64, 3, "01 02 03"],
		]);
	});
});

describe("signed values", () => {
	const encode = (value: string | number | bigint) =>
		hexBytes(
			encodeMessage("sensor", "TRIP_POINT_CONFIG", [1, 0x23, value]).payload,
		).slice(24);

	it.each([
		[-1, "ff ff ff ff ff ff ff ff"],
		["-40000", "c0 63 ff ff ff ff ff ff"],
		[" -0x10 ", "f0 ff ff ff ff ff ff ff"],
		["85000", "08 4c 01 00 00 00 00 00"],
		[-(2n ** 63n), "00 00 00 00 00 00 00 80"],
		[2n ** 63n - 1n, "ff ff ff ff ff ff ff 7f"],
	])("%s becomes %s", (value, bytes) => {
		expect(encode(value)).toBe(bytes);
	});

	it.each([2n ** 63n, -(2n ** 63n) - 1n, "--1", "-", "1.5", 0.5, "both"])(
		"%s is refused",
		(value) => {
			expect(() => encode(value)).toThrow(
				expect.objectContaining({
					code: "USAGE",
					message: `SENSOR_TRIP_POINT_CONFIG: trip_point_val is "${value}", expected a number of -9223372036854775808 to 9223372036854775807`,
				}),
			);
		},
	);

	it("beyond 2^53 - 1 are bigints when decoded", () => {
		const request = (value: bigint) =>
			decodeMessage(
				new Uint8Array([
					...u32(headerOf(SENSOR, 0x5), 1, 0x23),
					...u64(BigInt.asUintN(64, value)),
				]),
			).fields.at(-1)?.value;
		expect(request(-(2n ** 53n))).toBe(-(2n ** 53n));
		expect(request(1n - 2n ** 53n)).toBe(1 - 2 ** 53);
		expect(request(2n ** 53n)).toBe(2n ** 53n);
	});
});
