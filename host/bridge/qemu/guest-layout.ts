// Guest physical memory as stub.S lays it out: where images go, and the slots in which calls wait for the host.
// Follows QEMU's "virt" board (RAM from 0x40000000) and the SMC Calling Convention 1.4 (registers x0..x17).

/** Where RAM begins: offset 0 of its file. */
export const RAM_BASE = 0x4000_0000;
/** Where QEMU puts the devicetree blob, and the kernel is told to find it. */
export const DTB_ADDRESS = 0x4000_0000;
/** Shared by host, firmware and guest; the guest's devicetree must reserve it, unmapped. */
export const REGION_BASE = 0x4010_0000;
/** Bytes of the region. */
export const REGION_SIZE = 0x1_0000;
/** Bytes at its beginning for SCMI areas; the firmware never touches them. */
export const AREAS_SIZE = 0x8000;
/** The performance domains' fast channels, on a page of their own behind the areas. */
export const FAST_CHANNELS = REGION_BASE + 0x4000;
/** Raw kernel Image: the firmware jumps here. */
export const KERNEL_ADDRESS = 0x4020_0000;
/** Initramfs; only the devicetree refers to it. */
export const INITRD_ADDRESS = 0x4800_0000;

/** Most CPUs that the firmware can serve. */
export const MAX_CPUS = 8;
/** Slots of the CPUs, one behind the other. The firmware writes them; the host's answer is x0..x3, SPI and PENDING. */
export const SLOTS = REGION_BASE + 0x8000;
/** Bytes of a slot; x0..x17 come first, u64 each. x4..x17 return to the guest as they are in the slot. */
export const SLOT_SIZE = 256;
/** u64: exception syndrome. Its class, bits 31..26, tells SMC (0x17) from HVC (0x16); its low 16 bits are the immediate. */
export const SLOT_ESR = 0x90;
/** u64: where the guest goes on, or where it was when a fault happened. */
export const SLOT_ELR = 0x98;
/** u64: the guest's processor state. */
export const SLOT_SPSR = 0xa0;
/** u32: index of the CPU, the same number as the doorbell byte. */
export const SLOT_CPU = 0xa8;
/** u32: INTID (32..1019) of a shared interrupt that the firmware is to pend before it returns, 0 for none. */
export const SLOT_SPI = 0xb0;
/** u32: 0 for a call; else an exception that nobody expected: its vector's number + 1, from 9 on the guest's. */
export const SLOT_FAULT = 0xb4;
/** u32: ticks of the guest's counter from entry to return of the CPU's previous forwarded call, 0 before the first. */
export const SLOT_TICKS = 0xb8;
/**
 * u32: 1 from before the doorbell until the host sets 0: after the rest of its answer, before the byte that it sends.
 * The firmware rings again for every byte that it reads while this is 1.
 */
export const SLOT_PENDING = 0xbc;
/** u64: faulting address, of a fault. */
export const SLOT_FAR = 0xc0;
/** u32: the counter's frequency in Hz. */
export const SLOT_FREQUENCY = 0xc8;

/** PSCI mailboxes of the CPUs, one behind the other. The firmware's own. */
export const MAILBOXES = REGION_BASE + 0xa000;
/** Bytes of a mailbox. Its first u32 is the CPU's PSCI state: 0 on, 1 off, 2 on its way; without EL3 only 0 and 2. */
export const MAILBOX_SIZE = 32;
/** The lock that lets one call at a time through. The firmware's own. */
export const LOCK = REGION_BASE + 0xb000;
