// Firmware below an unmodified guest in stock QEMU `virt`: forwards its SMC and HVC calls to the host.
// Follows the SMC Calling Convention 1.4 (Arm DEN 0028) and PSCI 1.1 (Arm DEN 0022).
//
// EL=3: secure monitor. Doorbell over the secure UART, PSCI of its own.
// EL=2: hypervisor. Doorbell over semihosting, PSCI by QEMU underneath.
// The memory map and the slots are described in guest-layout.ts.

	.arch	armv8.7-a+sve+sme

	.equ	DTB, 0x40000000
	.equ	SHARED, 0x40100000
	.equ	SLOTS, SHARED + 0x8000
	.equ	MAILBOXES, SHARED + 0xa000
	.equ	LOCK, SHARED + 0xb000
	.equ	KERNEL, 0x40200000
	.equ	MAX_CPUS, 8

	// Slot of a CPU, 256 bytes; x0..x17 come first. The stack pointer always points at it.
	.equ	SLOT_SHIFT, 8
	.equ	SLOT_ESR, 0x90
	.equ	SLOT_SPSR, 0xa0
	.equ	SLOT_CPU, 0xa8
	.equ	SLOT_SPI, 0xb0
	.equ	SLOT_FAULT, 0xb4
	.equ	SLOT_TICKS, 0xb8
	.equ	SLOT_PENDING, 0xbc
	.equ	SLOT_FAR, 0xc0
	.equ	SLOT_FREQUENCY, 0xc8
	.equ	SLOT_LINK, 0xd0		// x30 of the guest; subroutines need it

	// PSCI mailbox of a CPU, 32 bytes.
	.equ	MAILBOX_SHIFT, 5
	.equ	MAILBOX_STATE, 0	// ON, OFF or ON_PENDING (EL=2: ON_PENDING or 0)
	.equ	MAILBOX_ENTRY, 8	// then the context
	.equ	CPU_COUNT, MAX_CPUS << MAILBOX_SHIFT

	// Ticket lock. Each ticket, modulo MAX_CPUS, has a byte: 0, the waiting CPU's index + 1, or TURN.
	.equ	LOCK_NEXT, 0
	.equ	LOCK_PLACES, 8
	.equ	TURN, 0x80

	// QEMU's devices.
	.equ	GICD, 0x08000000
	.equ	GICC, 0x08010000
	.equ	GICR, 0x080a0000
	.equ	UART, 0x09040000
	.equ	POWER_GPIO, 0x090b0000

	.equ	GICD_TYPER, 0x4
	.equ	GICD_IGROUPR, 0x80
	.equ	GICD_ISENABLER, 0x100
	.equ	GICD_ISPENDR, 0x200
	.equ	GICD_IPRIORITYR, 0x400
	.equ	GICD_ITARGETSR, 0x800
	.equ	GICD_SGIR, 0xf00
	.equ	GICD_IROUTER, 0x6000
	.equ	GICC_PMR, 0x4
	.equ	GICC_IAR, 0xc
	.equ	GICC_EOIR, 0x10
	.equ	GICC_HPPIR, 0x18
	// Control of the CPU interface while it sleeps.
	.if	EL == 3
	.equ	GICC_ONLY_OURS, 0x9	// group 0, as FIQ
	.else
	.equ	GICC_ONLY_OURS, 0x6	// group 1, with the ordinary acknowledgement
	.endif
	.equ	GICR_TYPER, 0x8
	.equ	GICR_WAKER, 0x14
	.equ	GICR_SGI_FRAME, 0x10000
	.equ	UART_FR, 0x18
	.equ	UART_CR, 0x30
	.equ	UART_IMSC, 0x38
	.equ	GPIO_DIR, 0x400
	.equ	GPIO_ALL_DATA, 0x3fc

	.equ	UART_INTID, 40
	.equ	WAKE_SGI, 15		// Linux leaves 8..15 to the secure world

	// PSCI.
	.equ	ON, 0
	.equ	OFF, 1
	.equ	ON_PENDING, 2
	.equ	PSCI_RANGE, 0x84000000
	.equ	PSCI_CPU_OFF, 0x84000002
	.equ	SMCCC_VERSION, 0x80000000
	// VERSION, SUSPEND, OFF, ON, AFFINITY_INFO, MIGRATE_INFO_TYPE, SYSTEM_OFF, SYSTEM_RESET, FEATURES.
	.equ	PSCI_FUNCTIONS_32, 0x75f
	// Those of them that take addresses or affinities.
	.equ	PSCI_FUNCTIONS_64, 0x01a

	.equ	NOT_SUPPORTED, -1
	.equ	INVALID_PARAMETERS, -2
	.equ	ALREADY_ON, -4
	.equ	ON_PENDING_ALREADY, -5
	.equ	INVALID_ADDRESS, -9

	.equ	EC_HVC, 0x16
	.equ	EC_SMC, 0x17
	.equ	EC_SHIFT, 26
	// Fault flags: one more than the number of the exception vector.
	.equ	FIRST_GUEST_FAULT, 9
	.equ	GUEST_SYNC_FAULT, 9

	.equ	SPSR_EL1H, 0x3c5	// all interrupts masked
	.equ	SPSR_EL2H, 0x3c9
	.equ	SCTLR_EL1_OFF, 0x30d00800
	.equ	SCTLR_EL2_OFF, 0x30c50830
	.equ	HCR_RW, 1 << 31

// System registers of the level that this firmware runs at.
	.macro	mrs_own	to, name
	.if	EL == 3
	mrs	\to, \name\()_el3
	.else
	mrs	\to, \name\()_el2
	.endif
	.endm
	.macro	msr_own	name, from
	.if	EL == 3
	msr	\name\()_el3, \from
	.else
	msr	\name\()_el2, \from
	.endif
	.endm

// The enable bits of the guest's interrupts: at EL3 of group 1 of both worlds.
	.macro	mrs_own_group1	to
	.if	EL == 3
	mrs	\to, icc_igrpen1_el3
	.else
	mrs	\to, icc_igrpen1_el1
	.endif
	.endm
	.macro	msr_own_group1	from
	.if	EL == 3
	msr	icc_igrpen1_el3, \from
	.else
	msr	icc_igrpen1_el1, \from
	.endif
	.endm

// A field of four bits of an ID register: 0 when the CPU lacks the feature.
	.macro	feature	to, register, bit
	mrs	\to, \register
	ubfx	\to, \to, #\bit, #4
	.endm
	.macro	if_no_gic_registers	label
	feature	x9, id_aa64pfr0_el1, 24
	cbz	x9, \label
	.endm

// Saves x0..x15 and why we are here, of which ESR stays in x9 and ELR in x10. Sets x8 to the CPU.
	.macro	save
	stp	x0, x1, [sp, #0x00]
	stp	x2, x3, [sp, #0x10]
	stp	x4, x5, [sp, #0x20]
	stp	x6, x7, [sp, #0x30]
	stp	x8, x9, [sp, #0x40]
	stp	x10, x11, [sp, #0x50]
	stp	x12, x13, [sp, #0x60]
	stp	x14, x15, [sp, #0x70]
	str	x30, [sp, #SLOT_LINK]
	ldr	x8, [sp, #SLOT_CPU]
	mrs_own	x9, esr
	mrs_own	x10, elr
	mrs_own	x11, spsr
	stp	x9, x10, [sp, #SLOT_ESR]
	str	x11, [sp, #SLOT_SPSR]
	.endm

	.text
	.globl	_start
_start:
	bl	own_cpu
	.if	EL == 3
	cmp	x8, #MAX_CPUS
	b.hs	halt
	bl	open_el3
	cbnz	x8, secondary
	.else
	bl	open_el2
	.endif

// The boot CPU. Memory may hold the state before a reset, so all of it is written.
	ldr	x9, =MAILBOXES
	ldr	x12, =SLOTS
	mov	w10, #MAX_CPUS
	.if	EL == 3
	mov	x11, #OFF
	.else
	mov	x11, xzr		// free
	.endif
	str	xzr, [x9]		// the boot CPU's
	b	2f
1:	str	x11, [x9]
2:	str	xzr, [x12, #SLOT_TICKS]	// and the pending flag
	add	x12, x12, #1 << SLOT_SHIFT
	add	x9, x9, #1 << MAILBOX_SHIFT
	subs	w10, w10, #1
	b.ne	1b
	ldr	x9, =LOCK
	mov	x10, #TURN		// of the first ticket
	stp	xzr, x10, [x9]
	.if	EL == 3
	bl	count_cpus
	bl	gic_cpu
	bl	gic_distributor
	ldr	x9, =UART
	mov	w10, #0x301		// receive, transmit, enable
	str	w10, [x9, #UART_CR]
	.endif
	ldr	x4, =KERNEL
	ldr	x0, =DTB

// Starts the guest at x4 with x0, as after a reset.
enter:
	.if	EL == 3
	ldr	x10, =SCTLR_EL1_OFF
	msr	sctlr_el1, x10
	mov	x11, #SPSR_EL1H
	feature	x9, id_aa64pfr0_el1, 8
	cbz	x9, 1f
	mov	x10, #HCR_RW
	msr	hcr_el2, x10
	ldr	x10, =SCTLR_EL2_OFF
	msr	sctlr_el2, x10
	mov	x11, #SPSR_EL2H
1:
	.else
	mov	x11, #SPSR_EL1H
	.endif
	msr_own	spsr, x11
	msr_own	elr, x4
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	eret

// Sets x8 to this CPU's index, the stack pointer to its slot, and the vectors.
own_cpu:
	mrs	x8, mpidr_el1
	and	x8, x8, #0xff		// QEMU puts 8 CPUs of GICv2, 16 of GICv3 into one cluster
	ldr	x9, =SLOTS
	add	x9, x9, x8, lsl #SLOT_SHIFT
	mov	sp, x9
	str	x8, [sp, #SLOT_CPU]
	str	xzr, [sp, #SLOT_SPI]	// and the fault flag
	mrs	x9, cntfrq_el0
	str	w9, [sp, #SLOT_FREQUENCY]
	adr	x9, vectors
	msr_own	vbar, x9
	ret

	.if	EL == 3

// Opens to the guest whatever the CPU has. Bits of features that it lacks are ignored.
open_el3:
	// FIQ to EL3, so that the guest cannot see the secure interrupts. Above bit 31:
	// AMVOFFEN EnAS0 ADEn HXEn GCSEn EnTP2 RCWMASKEn TCR2En SCTLR2En PIEn AIEn D128En EnFPM PFAREn EnIDCP128 FGTEn2.
	// Below: ECVEn FGTEn ATA EnSCXT FIEN API APK RW HCE FIQ NS and bits that read as one.
	ldr	x9, =0x08a4fef81e230535
	msr	scr_el3, x9
	mov	x9, #0x1100		// SVE and SME
	msr	cptr_el3, x9
	msr	mdcr_el3, xzr
	isb
	mov	x10, #0xf		// the longest vectors
	feature	x9, id_aa64pfr0_el1, 32
	cbz	x9, 1f
	msr	zcr_el3, x10
1:	feature	x9, id_aa64pfr1_el1, 24
	cbz	x9, 2f
	orr	x10, x10, #0xc0000000	// full A64 in streaming mode, ZT0
	msr	smcr_el3, x10
2:	ret

// How many CPUs there are: the last redistributor of GICv3 says so, or the distributor of GICv2.
count_cpus:
	mov	w12, #1
	if_no_gic_registers 2f
	ldr	x10, =GICR
1:	ldr	w11, [x10, #GICR_TYPER]
	tbnz	w11, #4, 3f
	add	x10, x10, #0x20000
	add	w12, w12, #1
	b	1b
2:	ldr	x10, =GICD
	ldr	w11, [x10, #GICD_TYPER]
	ubfx	w11, w11, #5, #3
	add	w12, w12, w11
3:	ldr	x10, =MAILBOXES
	str	w12, [x10, #CPU_COUNT]
	ret

// Shared interrupts belong to the guest, except the UART's. Other CPUs take the enable bit as
// the sign that memory is ready: unlike memory, it is cleared by a reset.
gic_distributor:
	ldr	x10, =GICD
	add	x11, x10, #GICD_IGROUPR
	mov	w12, #-1
	mov	w9, #31
1:	str	w12, [x11, #4]!
	subs	w9, w9, #1
	b.ne	1b
	mov	w12, #~(1 << (UART_INTID % 32))
	str	w12, [x10, #GICD_IGROUPR + UART_INTID / 32 * 4]
	mvn	w12, w12
	str	w12, [x10, #GICD_ISENABLER + UART_INTID / 32 * 4]
	mov	w12, #0x31		// group 0; GICv3 also: affinity routing
	dsb	sy
	str	w12, [x10]
	ret

// This CPU's part of the interrupt controller as after a reset: its private interrupts belong to
// the guest, except the wake-up, and both groups are off. Keeps x8.
gic_cpu:
	mov	w11, #~(1 << WAKE_SGI)
	mvn	w12, w11
	mov	w13, #0xff		// the guest may set its half of the priorities
	if_no_gic_registers 2f
	mov	x10, #0xf
	msr	icc_sre_el3, x10
	isb
	msr	icc_igrpen0_el1, xzr
	msr	icc_igrpen1_el3, xzr
	msr	icc_pmr_el1, x13
	ldr	x10, =GICR
	add	x10, x10, x8, lsl #17
	str	wzr, [x10, #GICR_WAKER]
1:	ldr	w13, [x10, #GICR_WAKER]
	tbnz	w13, #2, 1b
	add	x10, x10, #GICR_SGI_FRAME
	str	w11, [x10, #GICD_IGROUPR]
	str	w12, [x10, #GICD_ISENABLER]
	ret
2:	ldr	x10, =GICD
	str	w11, [x10, #GICD_IGROUPR]
	str	w12, [x10, #GICD_ISENABLER]
	ldr	x10, =GICC
	str	w13, [x10, #GICC_PMR]
	mov	w13, #8			// group 0 as FIQ, once on
	str	w13, [x10]
	ret

	.else

// Opens to the guest whatever the CPU has; SMC is trapped.
open_el2:
	ldr	x9, =0x0120830080080000	// ATA EnSCXT FIEN API APK RW TSC
	msr	hcr_el2, x9
	mov	x9, #3			// counter and timer
	msr	cnthctl_el2, x9
	msr	cntvoff_el2, xzr
	mov	x9, #0x22ff		// floating point, SVE, SME
	msr	cptr_el2, x9
	msr	hstr_el2, xzr
	mrs	x9, pmcr_el0
	ubfx	x9, x9, #11, #5		// all performance counters
	msr	mdcr_el2, x9
	mrs	x9, midr_el1
	msr	vpidr_el2, x9
	mrs	x9, mpidr_el1
	msr	vmpidr_el2, x9
	ldr	x9, =SCTLR_EL1_OFF
	msr	sctlr_el1, x9
	isb
	mov	x10, #0xf
	feature	x9, id_aa64pfr0_el1, 24
	cbz	x9, 1f
	msr	icc_sre_el2, x10
1:	feature	x9, id_aa64pfr0_el1, 32
	cbz	x9, 2f
	msr	zcr_el2, x10		// the longest vectors
2:	feature	x9, id_aa64pfr1_el1, 24
	cbz	x9, 3f
	orr	x10, x10, #0xc0000000	// full A64 in streaming mode, ZT0
	msr	smcr_el2, x10
3:	feature	x9, id_aa64mmfr1_el1, 40
	cbz	x9, 4f
	ldr	x10, =0x00c2c807	// EnFPM GCSEn D128En SCTLR2En TCR2En MSCEn EnASR EnALS EnAS0
	msr	hcrx_el2, x10
4:	feature	x9, id_aa64mmfr0_el1, 56
	cbz	x9, 5f
	mov	x10, #0xfff4 << 48	// the traps that are on when their bit is 0
	msr	hfgrtr_el2, x10
	msr	hfgwtr_el2, x10
	mov	x10, #0x0f80 << 48
	msr	hfgitr_el2, x10
5:	ret

// Exchanges w14 with the priority mask of this CPU's interrupts. While it is 0 they wait: otherwise
// a pending one, that only the guest can take, would keep QEMU from sleeping. Uses x9, x15.
swap_priority_mask:
	if_no_gic_registers 1f
	mrs	x15, icc_pmr_el1
	msr	icc_pmr_el1, x14
	mov	w14, w15
	ret
1:	ldr	x9, =GICC
	ldr	w15, [x9, #GICC_PMR]
	str	w14, [x9, #GICC_PMR]
	mov	w14, w15
	ret

// Puts the wake-up of CPU x8 into the group that the guest leaves off, and before all others.
// The guest may have changed it since the last time. Uses x9..x11.
open_wake:
	mov	w11, #1 << WAKE_SGI
	if_no_gic_registers 1f
	ldr	x10, =GICR + GICR_SGI_FRAME
	add	x10, x10, x8, lsl #17
	ldr	w9, [x10, #GICD_IGROUPR]
	bic	w9, w9, w11
	b	2f
1:	ldr	x10, =GICD
	ldr	w9, [x10, #GICD_IGROUPR]
	orr	w9, w9, w11
2:	str	w9, [x10, #GICD_IGROUPR]
	str	w11, [x10, #GICD_ISENABLER]
	strb	wzr, [x10, #GICD_IPRIORITYR + WAKE_SGI]
	ret

	.endif

// Sleeps until another CPU wakes this one, at EL3 also until the UART interrupts it; or for no
// reason. QEMU sleeps only in WFI, so these are interrupts: of a group that is on only here, hence
// never taken, and pending from before or not they end the sleep. The guest's interrupts wait.
// Returns "equal" when it was the wake-up. Uses x9..x11, x14, x15.
sleep:
	if_no_gic_registers 2f
	mrs	x10, icc_pmr_el1
	mrs	x11, icc_igrpen0_el1
	mrs_own_group1	x14
	mov	x15, #0x10
	msr	icc_pmr_el1, x15
	msr_own_group1	xzr
	mov	x15, #1
	msr	icc_igrpen0_el1, x15
	isb
	dsb	sy
	wfi
	mrs	x15, icc_hppir0_el1
	cmp	w15, #WAKE_SGI
	b.ne	1f
	mrs	x15, icc_iar0_el1
	msr	icc_eoir0_el1, x15
1:	msr	icc_igrpen0_el1, x11
	msr_own_group1	x14
	msr	icc_pmr_el1, x10
	ret
2:	ldr	x9, =GICC
	ldr	w10, [x9, #GICC_PMR]
	ldr	w14, [x9]
	mov	w15, #0x10
	str	w15, [x9, #GICC_PMR]
	mov	w15, #GICC_ONLY_OURS
	str	w15, [x9]
	dsb	sy
	wfi
	ldr	w15, [x9, #GICC_HPPIR]
	and	w11, w15, #0x3ff
	cmp	w11, #WAKE_SGI
	b.ne	3f
	ldr	w15, [x9, #GICC_IAR]
	str	w15, [x9, #GICC_EOIR]
3:	str	w14, [x9]
	str	w10, [x9, #GICC_PMR]
	ret

// Wakes CPU x10, which must wait until it has taken the wake-up: the interrupt controller offers only
// the first of all pending interrupts, so one left over would hold back the guest's for ever.
// Uses x9, x11, x12, x13.
wake:
	dsb	sy
	mov	w11, #1
	lsl	w11, w11, w10
	ldr	x12, =GICD
	.if	EL == 2
	ldr	w13, [x12]
	.endif
	if_no_gic_registers 1f
	.if	EL == 2
	orr	w13, w13, #1		// group 0, if the guest has it off
	str	w13, [x12]
	.endif
	orr	w11, w11, #WAKE_SGI << 24
	msr	icc_sgi0r_el1, x11
	ret
1:	lsl	w11, w11, #16
	orr	w11, w11, #WAKE_SGI
	.if	EL == 2
	orr	w13, w13, #2		// group 1
	str	w13, [x12]
	.endif
	str	w11, [x12, #GICD_SGIR]
	ret

// ---- A call, or anything else that the guest did to get here ----

call:
	stp	x16, x17, [sp, #0x80]
	save
	lsr	w12, w9, #EC_SHIFT
	mov	w17, #GUEST_SYNC_FAULT
	.if	EL == 2
	cmp	w12, #EC_HVC
	b.eq	1f
	.endif
	cmp	w12, #EC_SMC
	b.ne	fault
	.if	EL == 2
	add	x10, x10, #4		// a trapped SMC has not been stepped over
	msr	elr_el2, x10
1:
	.endif
	tst	w9, #0xffff		// SMCCC uses only the immediate 0
	b.ne	forward
	bic	w12, w0, #1 << 16	// the hint that SVE registers hold nothing
	bl	is_psci
	b.ne	forward
	tbnz	w12, #30, 2f
	mov	w1, w1			// 32-bit calls have 32-bit arguments
	mov	w2, w2
	mov	w3, w3
2:	and	w13, w12, #0x1f
	.if	EL == 3
	bl	has_psci
	tbz	w10, #0, not_supported
	adr	x10, psci_table
	add	x10, x10, x13, lsl #2
	br	x10
psci_table:
	b	version
	b	cpu_suspend
	b	cpu_off
	b	cpu_on
	b	affinity_info
	b	not_supported
	b	migrate_info_type
	b	not_supported
	b	system_off
	b	system_reset
	// falls through: features

features:
	ldr	w9, =SMCCC_VERSION
	cmp	w1, w9
	b.eq	success
	mov	w12, w1
	bl	is_psci
	b.ne	not_supported
	and	w13, w12, #0x1f
	bl	has_psci
	tbz	w10, #0, not_supported
	// also the flags of CPU_SUSPEND: original format, no OS-initiated mode
success:
	mov	x0, xzr
	b	answer
not_supported:
	mov	x0, #NOT_SUPPORTED
	b	answer
invalid_parameters:
	mov	x0, #INVALID_PARAMETERS
	b	answer
version:
	ldr	w0, =0x10001
	b	answer
migrate_info_type:
	mov	x0, #2			// no trusted OS that would have to move
	b	answer

cpu_suspend:
	lsr	w9, w1, #16		// anything but standby of this CPU: there is no such state
	cbnz	w9, invalid_parameters
	dsb	sy
	wfi
	b	success

affinity_info:
	bl	mailbox
	cbnz	x2, invalid_parameters	// no levels above the CPU
	ldar	w0, [x9]
	b	answer

cpu_off:
	bl	gic_cpu
	mov	x1, x8
	bl	mailbox
	mov	w10, #OFF
	stlr	w10, [x9]

// Sleeps until CPU_ON. Expects this CPU's index in x8.
park:
	ldr	x13, =MAILBOXES
	add	x13, x13, x8, lsl #MAILBOX_SHIFT
1:	bl	sleep
	b.ne	1b
	ldp	x4, x0, [x13, #MAILBOX_ENTRY]
	stlr	wzr, [x13]		// ON
	b	enter

// Out of reset: waits for the boot CPU to have memory ready.
secondary:
	ldr	x10, =GICD
1:	ldr	w9, [x10]
	tbz	w9, #0, 1b
	dsb	sy
	bl	gic_cpu
	b	park

cpu_on:
	bl	mailbox
	bl	check_entry
1:	ldaxr	w10, [x9]
	cmp	w10, #OFF
	b.ne	2f
	mov	w10, #ON_PENDING
	stlxr	w11, w10, [x9]
	cbnz	w11, 1b
	stp	x2, x3, [x9, #MAILBOX_ENTRY]
	mov	x10, x1
	bl	wake
	b	success
2:	cmp	w10, #ON
	mov	x0, #ALREADY_ON
	mov	x9, #ON_PENDING_ALREADY
	csel	x0, x0, x9, eq
	b	answer

system_reset:
	mov	w11, #2			// line 1
	b	1f
system_off:
	mov	w11, #1			// line 0
1:	ldr	x9, =POWER_GPIO
	mov	w10, #3
	str	w10, [x9, #GPIO_DIR]
	str	wzr, [x9, #GPIO_ALL_DATA]
	str	w11, [x9, #GPIO_ALL_DATA]
	b	stop

// Sets x9 to the mailbox of the CPU whose affinity is x1; leaves the call when there is no such CPU.
mailbox:
	ldr	x9, =MAILBOXES
	ldr	w10, [x9, #CPU_COUNT]
	cmp	x1, x10
	b.hs	invalid_parameters
	add	x9, x9, x1, lsl #MAILBOX_SHIFT
	ret

// Sets bit 0 of w10 when PSCI function w12, whose number is w13, exists.
has_psci:
	mov	w10, #PSCI_FUNCTIONS_32
	mov	w11, #PSCI_FUNCTIONS_64
	tst	w12, #1 << 30
	csel	w10, w10, w11, eq
	lsr	w10, w10, w13
	ret

	.else

	cmp	w13, #3
	b.eq	cpu_on
	cmp	w13, #10
	b.ne	qemu_psci
	ldr	w9, =SMCCC_VERSION	// the one that QEMU does not know of
	cmp	w1, w9
	b.ne	qemu_psci
	mov	x0, xzr
	b	answer
qemu_psci:
	mov	w0, w12
	smc	#0
	b	answer

// QEMU starts the CPU here instead, at `secondary`; its mailbox says where it goes then.
cpu_on:
	cmp	x1, #MAX_CPUS
	b.hs	qemu_psci		// says what is wrong
	bl	check_entry
	ldr	x9, =MAILBOXES
	add	x9, x9, x1, lsl #MAILBOX_SHIFT
1:	ldaxr	w10, [x9]
	cbnz	w10, 2f
	mov	w10, #ON_PENDING
	stlxr	w11, w10, [x9]
	cbnz	w11, 1b
	// QEMU checks first, so that the mailbox of a CPU that is on stays free.
	mov	w0, w12
	stp	x2, x3, [x9, #MAILBOX_ENTRY]
	dmb	sy
	adr	x2, secondary
	mov	x3, xzr
	smc	#0
	cbz	w0, answer
	stlr	wzr, [x9]
	b	answer
2:	mov	x0, #ON_PENDING_ALREADY
	b	answer

secondary:
	bl	own_cpu
	bl	open_el2
	ldr	x9, =MAILBOXES
	add	x9, x9, x8, lsl #MAILBOX_SHIFT
	ldp	x4, x0, [x9, #MAILBOX_ENTRY]
	stlr	wzr, [x9]
	b	enter

	.endif

// Compares function w12 with the PSCI range, of both widths. Uses x13, x14.
is_psci:
	bic	w13, w12, #1 << 30
	mov	w14, #PSCI_RANGE >> 5
	cmp	w14, w13, lsr #5
	ret

// Leaves CPU_ON when the entry x2 cannot be code in the guest's memory.
check_entry:
	tst	x2, #3
	b.ne	1f
	lsr	x10, x2, #30
	cbz	x10, 1f
	ret
1:	mov	x0, #INVALID_ADDRESS
	b	answer

answer:
	str	x0, [sp]
	b	return

// ---- To the host and back ----

// An exception that nobody expects; w17 says from which vector. The host is told, the CPU stops.
save_fault:
	save
fault:
	str	w17, [sp, #SLOT_FAULT]
	mrs_own	x9, far
	str	x9, [sp, #SLOT_FAR]
	cmp	w17, #FIRST_GUEST_FAULT
	b.hs	forward
	bl	ring			// our own fault: the lock may be ours already
	b	stop

forward:
	mrs	x16, cntpct_el0
	str	wzr, [sp, #SLOT_SPI]
	bl	lock
	bl	ring
	bl	unlock
	ldr	w9, [sp, #SLOT_FAULT]
	cbnz	w9, stop
	ldr	w9, [sp, #SLOT_SPI]
	sub	w10, w9, #32
	cmp	w10, #1020 - 32
	b.hs	1f			// none, or no shared interrupt
	ldr	x11, =GICD + GICD_ISPENDR
	lsr	w10, w9, #5
	add	x11, x11, x10, lsl #2
	mov	w10, #1
	lsl	w10, w10, w9
	str	w10, [x11]
1:	mrs	x9, cntpct_el0
	sub	x9, x9, x16
	str	w9, [sp, #SLOT_TICKS]
return:
	ldr	x30, [sp, #SLOT_LINK]
	ldp	x0, x1, [sp, #0x00]
	ldp	x2, x3, [sp, #0x10]
	ldp	x4, x5, [sp, #0x20]
	ldp	x6, x7, [sp, #0x30]
	ldp	x8, x9, [sp, #0x40]
	ldp	x10, x11, [sp, #0x50]
	ldp	x12, x13, [sp, #0x60]
	ldp	x14, x15, [sp, #0x70]
	ldp	x16, x17, [sp, #0x80]
	eret

// This CPU never runs again.
stop:
	.if	EL == 3
	ldr	x8, [sp, #SLOT_CPU]
	bl	gic_cpu			// nothing wakes it
halt:
	wfi
	b	halt
	.else
	ldr	w0, =PSCI_CPU_OFF
	smc	#0
	b	stop
	.endif

// Gives the slot to the host and waits until the host has cleared the pending flag and sent a byte.
// A byte that comes while the flag is set is no answer: a host has connected, or one that went away left it. QEMU drops
// a doorbell while it is not connected, and the host cannot see when it is, so the stub rings again.
ring:
	mov	x7, x30
	add	x6, sp, #SLOT_PENDING
	mov	w9, #1
	stlr	w9, [x6]
	dsb	sy
	.if	EL == 3
	if_no_gic_registers 1f
	ldr	x10, =GICD + GICD_IROUTER + UART_INTID * 8
	str	x8, [x10]
	b	2f
1:	ldr	x10, =GICD + GICD_ITARGETSR + UART_INTID
	mov	w11, #1
	lsl	w11, w11, w8
	strb	w11, [x10]
2:	ldr	x5, =UART
	mov	w10, #0x10		// interrupt on reception
	str	w10, [x5, #UART_IMSC]
3:	str	w8, [x5]
4:	ldr	w10, [x5, #UART_FR]
	tbz	w10, #4, 5f
	bl	sleep
	b	4b
5:	ldr	w10, [x5]
	ldar	w9, [x6]
	cbnz	w9, 3b
	str	wzr, [x5, #UART_IMSC]
	.else
	mov	w14, wzr
	bl	swap_priority_mask
1:	add	x1, sp, #SLOT_CPU
	mov	w0, #3			// SYS_WRITEC
	hlt	#0xf000
	mov	x1, xzr
	mov	w0, #7			// SYS_READC sleeps
	hlt	#0xf000
	ldar	w9, [x6]
	cbnz	w9, 1b
	bl	swap_priority_mask
	.endif
	ret	x7

// One call at a time, in the order of arrival. Keeps the ticket in w4 for `unlock`.
lock:
	mov	x7, x30
	ldr	x5, =LOCK
1:	ldaxr	w4, [x5]
	add	w10, w4, #1
	stxr	w11, w10, [x5]
	cbnz	w11, 1b
	bl	place
	ldarb	w10, [x6]
	cmp	w10, #TURN
	b.eq	3f
	.if	EL == 2
	bl	open_wake
	.endif
	add	w13, w8, #1
	bl	exchange
	cmp	w10, #TURN
	b.eq	3f
2:	bl	sleep
	b.ne	2b
	ldarb	w10, [x6]
	cmp	w10, #TURN
	b.ne	2b
3:	strb	wzr, [x6]
	ret	x7

// Gives the turn to the next ticket. Its CPU is woken only if it has gone to sleep before that.
unlock:
	add	w4, w4, #1
	mov	x7, x30
	bl	place
	mov	w13, #TURN
	bl	exchange
	subs	w10, w10, #1
	b.mi	1f
	bl	wake
1:	ret	x7

// Sets x6 to the byte of ticket w4. Uses x5.
place:
	ldr	x5, =LOCK + LOCK_PLACES
	and	w6, w4, #MAX_CPUS - 1
	add	x6, x5, x6
	ret

// Puts w13 into the byte at x6 and what was there into w10. Uses x11.
exchange:
	ldaxrb	w10, [x6]
	stlxrb	w11, w13, [x6]
	cbnz	w11, exchange
	ret

	.ltorg

// A vector that nobody uses. A second fault, of our own, ends silently.
	.macro	unexpected	number
	.balign	0x80
	stp	x16, x17, [sp, #0x80]
	ldr	w17, [sp, #SLOT_FAULT]
	cbnz	w17, stop
	mov	w17, #\number + 1
	b	save_fault
	.endm

	.balign	0x800
vectors:
	.irp	number, 0, 1, 2, 3, 4, 5, 6, 7
	unexpected \number
	.endr
	.balign	0x80
	str	wzr, [sp, #SLOT_FAULT]
	b	call
	.irp	number, 9, 10, 11, 12, 13, 14, 15
	unexpected \number
	.endr
