/*
 * The floor of the benchmark: floor.c.
 * What it knows of a clock and a power domain, and its trap.
 */
#ifndef FLOOR_H
#define FLOOR_H

#include <stdint.h>

enum { FLOOR_CLOCKS = 256, FLOOR_DOMAINS = 12, FLOOR_AREA_WORDS = 128 };

struct floor_clock {
	char name[16];
	uint64_t parent_rate;
	/** prediv - 1 in bits 18:16, postdiv - 1 in bits 5:0. */
	uint32_t *divider;
	uint32_t users;
};

struct floor {
	uint32_t area[FLOOR_AREA_WORDS];
	uint32_t function_id;
	uint64_t time_ns;
	struct floor_clock clocks[FLOOR_CLOCKS];
	uint32_t dividers[FLOOR_CLOCKS];
	/** Status registers: bit 0 set while it is off. */
	uint32_t domains_off[FLOOR_DOMAINS];
};

/** Serves the command in the area. Returns x0. */
int64_t floor_trap(struct floor *floor, uint32_t function_id);

#endif
