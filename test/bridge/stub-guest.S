// The guest of the firmware stub's test: every CPU does what the test writes into its block of memory.
// Registers and calls follow the SMC Calling Convention 1.4.

	.arch	armv8-a
	// Blocks of the CPUs, 4 KiB each. Offsets are those of stub-machine.ts.
	.equ	BLOCKS, 0x40300000
	.equ	OPERATION, 0x0		// 0: nothing to do
	.equ	STARTS, 0x4
	.equ	CONTEXT, 0x8
	.equ	LEVEL, 0x10
	.equ	COUNT, 0x18
	.equ	ERRORS, 0x20
	.equ	DONE, 0x28
	.equ	IN, 0x40		// x0..x17
	.equ	OUT, 0x100

	.macro	registers	instruction, at
	\instruction	x0, x1, [x28, #\at]
	\instruction	x2, x3, [x28, #\at + 0x10]
	\instruction	x4, x5, [x28, #\at + 0x20]
	\instruction	x6, x7, [x28, #\at + 0x30]
	\instruction	x8, x9, [x28, #\at + 0x40]
	\instruction	x10, x11, [x28, #\at + 0x50]
	\instruction	x12, x13, [x28, #\at + 0x60]
	\instruction	x14, x15, [x28, #\at + 0x70]
	\instruction	x16, x17, [x28, #\at + 0x80]
	.endm

// Where the kernel would start, and where the test lets CPU_ON start a CPU.
_start:
	mrs	x9, mpidr_el1
	and	x9, x9, #0xff
	ldr	x28, =BLOCKS
	add	x28, x28, x9, lsl #12
	str	x0, [x28, #CONTEXT]
	mrs	x10, currentel
	lsr	x10, x10, #2
	str	x10, [x28, #LEVEL]
	str	wzr, [x28]		// what it was told last took it here
	ldr	w10, [x28, #STARTS]
	add	w10, w10, #1
	str	w10, [x28, #STARTS]
wait:
	ldar	w27, [x28]
	cbz	w27, wait
	mov	x20, #0x2020		// the calling convention wants x18 to x30 kept
	mov	x29, #0x2929
	mov	x30, #0x3030
	adr	x9, operations
	sub	w10, w27, #1
	add	x9, x9, x10, lsl #2
	br	x9
operations:
	b	smc_call
	b	hvc_call
	b	smc_other
	b	read32
	b	write32
	b	smc_burst
	b	hvc_burst
	b	aarch32
	b	gic_registers
done:
	stlr	wzr, [x28]
	b	wait

smc_call:
	registers ldp, IN
	smc	#0
	b	after
hvc_call:
	registers ldp, IN
	hvc	#0
	b	after
smc_other:
	registers ldp, IN
	smc	#7
after:
	registers stp, OUT
	mov	x9, #0x2020
	cmp	x20, x9
	b.ne	lost
	mov	x9, #0x2929
	cmp	x29, x9
	b.ne	lost
	mov	x9, #0x3030
	cmp	x30, x9
	b.eq	done
lost:
	mov	x9, #1
	str	x9, [x28, #ERRORS]
	b	done

read32:
	ldr	x9, [x28, #IN]
	ldr	w10, [x9]
	str	x10, [x28, #OUT]
	b	done
write32:
	ldp	x9, x10, [x28, #IN]
	str	w10, [x9]
	dsb	sy
	b	done

// Call after call, x1 counting up; the host answers x0 = 3 * x1 + CPU.
smc_burst:
hvc_burst:
	mov	x26, xzr
	str	xzr, [x28, #ERRORS]
1:	registers ldp, IN
	mov	x1, x26
	cmp	w27, #7
	b.eq	2f
	smc	#0
	b	3f
2:	hvc	#0
3:	registers stp, OUT
	add	x9, x26, x26, lsl #1
	mrs	x10, mpidr_el1
	and	x10, x10, #0xff
	add	x9, x9, x10
	cmp	x0, x9
	cset	x11, ne
	mov	x9, #0x20		// x4..x17 are as they were
4:	add	x12, x28, x9
	ldr	x13, [x12, #IN]
	ldr	x14, [x12, #OUT]
	cmp	x13, x14
	cinc	x11, x11, ne
	add	x9, x9, #8
	cmp	x9, #0x90
	b.ne	4b
	ldr	x9, [x28, #ERRORS]
	add	x9, x9, x11
	str	x9, [x28, #ERRORS]
	add	x26, x26, #1
	str	x26, [x28, #DONE]
	ldr	x9, [x28, #COUNT]
	cmp	x26, x9
	b.ne	1b
	b	done

// From EL2 into AArch32, whose SMC no firmware for AArch64 guests expects.
aarch32:
	msr	hcr_el2, xzr
	mov	x9, #0x1d3		// supervisor, interrupts masked
	msr	spsr_el2, x9
	adr	x9, arm
	msr	elr_el2, x9
	eret
arm:	.inst	0xe1600070		// SMC #0

// Lets interrupts through to this CPU by the registers of GICv3.
gic_registers:
	mov	x9, #0xf0
	msr	s3_0_c4_c6_0, x9	// ICC_PMR_EL1
	mov	x9, #1
	msr	s3_0_c12_c12_7, x9	// ICC_IGRPEN1_EL1
	b	done
