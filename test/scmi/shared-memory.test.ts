// The shared-memory area itself.
// Follows the SCMI specification 3.2 (Arm DEN0056), sections 4.1 and 5.1.2.

import { describe, expect, it } from "vitest";
import { SharedMemory } from "../../host/scmi/shared-memory.ts";
import { caught, STATUS, setup } from "./agent-setup.ts";

describe("shared memory", () => {
	it.each([
		[2, 0x40],
		[0, 0x1c],
		[0x1f0, 0x20],
		[-4, 0x40],
		[Number.NaN, 0x40],
	])("is refused at %s with %s bytes", (offset, size) => {
		expect(
			caught(() => new SharedMemory(new ArrayBuffer(0x200), offset, size)).code,
		).toBe("MBOX_INVALID");
	});

	it("is freed by release", () => {
		const { firmware, memory } = setup();
		firmware.view.setUint32(STATUS, 2, true);
		expect([memory.free, memory.error]).toEqual([false, true]);
		memory.release();
		expect([memory.free, memory.error]).toEqual([true, false]);
		expect(firmware.view.getUint32(STATUS, true)).toBe(1);
	});
});
