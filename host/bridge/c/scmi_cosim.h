/*
 * An SCMI firmware with its hardware as a C library: SMC and HVC, the bus, virtual time, interrupts.
 * Around the exports that docs/abi.md describes; docs/c.md shows how to build and use it.
 *
 * An instance is one firmware with one platform. Instances share nothing: each may be used on a thread of its own, and one
 * instance on several threads in turn, but not by two at the same time. The library installs no signal handlers, starts no
 * threads, reads no files and no clocks, prints nothing and never ends the process.
 */
#ifndef SCMI_COSIM_H
#define SCMI_COSIM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#if defined(__GNUC__)
#pragma GCC visibility push(default)
#endif

/** A firmware with its hardware. */
typedef struct scmi_cosim scmi_cosim;

/** What became of a call. Numbers stay; more may come. */
typedef enum scmi_status {
	SCMI_OK = 0,
	/** An argument out of range: a CPU, a channel, a level or an agent that the platform does not have. Nothing happened. */
	SCMI_USAGE = 1,
	/** Nothing answers at a physical address. Nothing happened. */
	SCMI_BUS_ERROR = 2,
	/** Memory is short. */
	SCMI_NO_MEMORY = 3,
	/** The image is refused: see scmi_load_error. */
	SCMI_IMAGE = 4,
	/** A snapshot of another platform. Nothing happened. */
	SCMI_SNAPSHOT = 5,
	/** The engine has failed, by a mistake of its own or a forged snapshot. The instance is good for scmi_destroy, no more. */
	SCMI_FAULT = 6
} scmi_status;

/** Where a call goes: HVC is taken to EL2, SMC to EL3. */
typedef enum scmi_conduit { SCMI_HVC = 2, SCMI_SMC = 3 } scmi_conduit;

/** Why the system no longer runs. */
typedef enum scmi_stop { SCMI_RUNNING = 0, SCMI_OFF = 1, SCMI_RESET = 2 } scmi_stop;

/** Why scmi_create returned nothing. */
typedef struct scmi_error {
	scmi_status status;
	/** For SCMI_IMAGE: a LoadError of docs/abi.md, and the byte of the image where it was found. */
	uint32_t load_error;
	uint32_t load_error_at;
	/** A sentence without a full stop, never NULL. */
	const char *text;
} scmi_error;

/** A shared-memory area with its doorbell. */
typedef struct scmi_channel {
	/** The function ID that rings, and the conduit that it is for. */
	uint32_t function_id;
	scmi_conduit conduit;
	/** Physical address and size of the area in bytes. */
	uint32_t address;
	uint32_t size;
	/** The agent's ID, from 1. */
	uint32_t agent;
	/** Delayed responses and notifications come here; otherwise the agent's commands go there. */
	bool from_platform;
	/** Served only for a CPU in the secure state. */
	bool secure;
} scmi_channel;

/** A range of physical addresses that answers. */
typedef struct scmi_block {
	uint32_t address;
	uint32_t size;
	/** Plain memory, which scmi_memory gives a pointer to; otherwise registers. */
	bool memory;
} scmi_block;

/** The version of the ABI that this header and the engine in the library have. */
uint32_t scmi_abi_version(void);

/**
 * Begins a firmware with the platform of an image, as `scmi-cosim image -o FILE` writes it: CPUs in the normal world, virtual
 * time 0. The image is copied. Returns NULL when that cannot be, and why in `error`, which may be NULL.
 */
scmi_cosim *scmi_create(const void *image, size_t length, scmi_error *error);

/** Ends it. NULL is fine. Pointers that the instance gave are void. */
void scmi_destroy(scmi_cosim *instance);

/** Begins again as after scmi_create, also a system that was stopped. Pointers stay as they are. */
scmi_status scmi_reset(scmi_cosim *instance);

/** How many CPUs the platform has, 1 to 16. */
uint32_t scmi_cpus(const scmi_cosim *instance);

/** x0 to x17 of a CPU, to write arguments to and read results from; NULL when there is no such CPU. */
uint64_t *scmi_registers(scmi_cosim *instance, uint32_t cpu);

/** Puts a CPU into the secure or the normal world. */
scmi_status scmi_set_secure(scmi_cosim *instance, uint32_t cpu, bool secure);

/**
 * Executes SMC or HVC on a CPU with the registers that are there. Results are in x0 to x3, NOT_SUPPORTED (-1) in x0 for what
 * nobody serves and once the system has stopped. Takes the virtual time that a trap takes, more when hardware is waited for.
 */
scmi_status scmi_trap(scmi_cosim *instance, uint32_t cpu, scmi_conduit conduit);

/**
 * The same for a doorbell, as of a driver that needs nothing but its function ID: what x0 would hold is an argument, and what it
 * would get, its low word, is in `x0` afterwards. The CPU's own x0 is neither read nor written.
 */
scmi_status scmi_call(scmi_cosim *instance, uint32_t cpu, scmi_conduit conduit, uint32_t function_id, int32_t *x0);

/** Virtual time in ns since load. */
uint64_t scmi_time_ns(const scmi_cosim *instance);

/** The virtual time at which something happens by itself next; UINT64_MAX when nothing is to come. */
uint64_t scmi_next_event_ns(const scmi_cosim *instance);

/**
 * Lets virtual time pass, with everything that happens meanwhile. Somewhat more passes when the firmware still waits for
 * hardware at the end.
 */
scmi_status scmi_advance(scmi_cosim *instance, uint64_t ns);

/**
 * The same, up to a virtual time; what is due happens even when that time has passed. For interrupts at their own time, go
 * from one scmi_next_event_ns to the next.
 */
scmi_status scmi_advance_to(scmi_cosim *instance, uint64_t time_ns);

/** Whether the system runs, or was turned off or reset: then nothing happens any more until scmi_reset. */
scmi_stop scmi_stopped(const scmi_cosim *instance);

/** Reads the 32-bit register or memory word at a physical address, a multiple of 4. */
scmi_status scmi_read32(scmi_cosim *instance, uint32_t address, uint32_t *value);

/** Writes it, with the effects that the hardware has. */
scmi_status scmi_write32(scmi_cosim *instance, uint32_t address, uint32_t value);

/**
 * `length` bytes of plain memory at a physical address, such as a shared-memory area: NULL unless one block of memory has
 * them all. The same bytes that the firmware sees; the pointer is good until scmi_destroy.
 */
void *scmi_memory(scmi_cosim *instance, uint32_t address, uint32_t length);

/** How many blocks answer on the bus, and which: SCMI_USAGE for an index of none. */
uint32_t scmi_block_count(const scmi_cosim *instance);
scmi_status scmi_block_at(const scmi_cosim *instance, uint32_t index, scmi_block *block);

/** How many channels there are, and which: SCMI_USAGE for an index of none. */
uint32_t scmi_channel_count(const scmi_cosim *instance);
scmi_status scmi_channel_at(const scmi_cosim *instance, uint32_t index, scmi_channel *channel);

/**
 * Interrupts that the firmware has raised since load, on all channels: compare with the last value after every call that
 * may raise one (trap, call, advance, write32, reset_agent). Each is one edge. The count wraps at 2^32.
 */
uint32_t scmi_interrupts(const scmi_cosim *instance);

/** The same of one channel; 0 for an index of none. */
uint32_t scmi_channel_interrupts(const scmi_cosim *instance, uint32_t channel);

/**
 * Takes back all that an agent, by its ID, has asked for, as when it has died; with `permissions` also those that it was given
 * or denied since load.
 */
scmi_status scmi_reset_agent(scmi_cosim *instance, uint32_t agent, bool permissions);

/** Bytes that a snapshot has. */
size_t scmi_snapshot_size(const scmi_cosim *instance);

/** Copies all of the state, CPUs' registers and memories included, to a buffer of scmi_snapshot_size bytes. */
void scmi_snapshot(const scmi_cosim *instance, void *snapshot);

/**
 * Goes back to a snapshot of this instance or of another one with the same image. Snapshots are believed: restore only what
 * scmi_snapshot has made.
 */
scmi_status scmi_restore(scmi_cosim *instance, const void *snapshot, size_t length);

/** What a status is, and what a LoadError is, as a sentence without a full stop; never NULL. */
const char *scmi_status_text(scmi_status status);
const char *scmi_load_error_text(uint32_t load_error);

#if defined(__GNUC__)
#pragma GCC visibility pop
#endif

#ifdef __cplusplus
}
#endif

#endif
