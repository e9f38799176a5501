// Memory map of the guest in QEMU `virt` and the slots in which its calls wait for the host.
// Follows QEMU's "virt" board (RAM from 0x40000000) and the SMC Calling Convention 1.4 (registers x0..x17).

/** First physical address of guest RAM; the RAM file starts with this byte. */
export const RAM_BASE = 0x40000000;
/** Where QEMU puts the devicetree blob and the firmware tells the kernel to find it. */
export const DTB_ADDRESS = 0x40000000;
/** Bytes that the devicetree blob may take. */
export const DTB_LIMIT = 0x100000;
/** The region that host, firmware and guest share; the guest's devicetree must reserve it, unmapped. */
export const SHARED_BASE = 0x40100000;
/** Bytes of the shared region. */
export const SHARED_SIZE = 0x10000;
/** Bytes at its start for SCMI areas, which the firmware never touches. */
export const SCMI_SIZE = 0x8000;
/** Slot of CPU 0; the firmware writes it, and `Slot.X0` to `Slot.X3`, `Slot.Spi` and `Slot.Pending` are the host's answer. */
export const SLOTS = 0x40108000;
/** Bytes from one CPU's slot to the next one's. */
export const SLOT_SIZE = 0x100;
/** PSCI mailbox of CPU 0: which CPUs are on, and where they start. The firmware's own. */
export const MAILBOXES = 0x4010a000;
/** Bytes from one CPU's mailbox to the next one's. */
export const MAILBOX_SIZE = 0x20;
/** The lock that lets one call at a time through. The firmware's own. */
export const LOCK = 0x4010b000;
/** Where the kernel Image must be; the firmware jumps here. */
export const KERNEL_ADDRESS = 0x40200000;
/** Most CPUs that the firmware can serve. */
export const MAX_CPUS = 8;

/** Byte offsets in a slot. Registers are u64, everything else is u32 unless it says otherwise. */
export const enum Slot {
	/** x0 of the call, then its result. u64. */
	X0 = 0x00,
	/** x1; x2 to x17 follow, 8 bytes each. x4 to x17 go back to the guest as they are in the slot. */
	X1 = 0x08,
	X2 = 0x10,
	X3 = 0x18,
	/** Bytes of x0 to x17. */
	RegistersSize = 0x90,
	/** Exception syndrome: its class (bits 26 and up) tells SMC (0x17) from HVC (0x16), the low 16 bits are the immediate. u64. */
	Esr = 0x90,
	/** Address that the guest goes on at. u64. */
	Elr = 0x98,
	/** Guest's processor state. u64. */
	Spsr = 0xa0,
	/** Index of the CPU, the same number as the doorbell byte. */
	Cpu = 0xa8,
	/** INTID (32 to 1019, SPI number + 32) of an interrupt that the host wants pended after the call; 0 for none. */
	Spi = 0xb0,
	/** 0 for a call. Else an exception that nobody expects: number of its vector + 1; 9 and up are the guest's, others the firmware's. */
	Fault = 0xb4,
	/** Counter ticks from entry to return of this CPU's last forwarded call; 0 before the first. */
	Ticks = 0xb8,
	/** 1 from before the doorbell until the host has written its answer and sets 0; the byte to the firmware comes after that. */
	Pending = 0xbc,
	/** Faulting address, of a fault. u64. */
	Far = 0xc0,
	/** Frequency of the counter in Hz. */
	Frequency = 0xc8,
}

/** Physical address of a CPU's slot. */
export function slotAddress(cpu: number): number {
	return SLOTS + cpu * SLOT_SIZE;
}
