/*
 * What a message costs in C: request written into shared memory, trap, reply read; on the library, and on the floor.
 * Usage: native IMAGE. Prints a JSON array of {name, nsNative, nsFloor}: the medians of rounds that alternate.
 * The messages and their parameters are those of bench/messages.ts.
 */
#define _POSIX_C_SOURCE 200809L

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "floor.h"
#include "scmi_cosim.h"

/* Batches are so short that most are not interrupted by the machine's other work. */
enum { ROUNDS = 101, BATCH = 500, STATUS = 1, FLAGS = 4, LENGTH = 5, HEADER = 6, PAYLOAD = 7, FREE = 1 };
enum { USDHC3 = 145, USDHC3_ROOT_CLK = 208, DOMAIN = 10 };
#define FUNCTION_ID 0xc20000feu

struct request {
	const char *name;
	uint32_t protocol, message, words;
	uint32_t payload[4];
	/* Word 2 of every other message. */
	uint32_t other;
};

static const struct request requests[] = {
	{"PROTOCOL_VERSION", 0x14, 0x0, 0, {0}, 0},
	{"CLOCK_ATTRIBUTES", 0x14, 0x3, 1, {USDHC3_ROOT_CLK}, 0},
	{"CLOCK_RATE_GET", 0x14, 0x6, 1, {USDHC3_ROOT_CLK}, 0},
	{"CLOCK_RATE_SET", 0x14, 0x5, 4, {0, USDHC3, 148500000, 0}, 52000001},
	{"POWER_STATE_GET", 0x11, 0x5, 1, {DOMAIN}, 0},
};
enum { REQUESTS = sizeof requests / sizeof *requests };

static scmi_cosim *scmi;
static struct floor plain;

static void fail(const char *what)
{
	fprintf(stderr, "native: %s\n", what);
	exit(1);
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec * 1e9 + (double)time.tv_nsec;
}

static inline void write_request(volatile uint32_t *area, const struct request *request, int i)
{
	area[STATUS] = 0;
	area[LENGTH] = 4 + 4 * request->words;
	area[HEADER] = request->protocol << 10 | request->message;
	area[PAYLOAD] = request->payload[0];
	area[PAYLOAD + 1] = request->payload[1];
	area[PAYLOAD + 2] = i % 2 && request->other != 0 ? request->other : request->payload[2];
	area[PAYLOAD + 3] = request->payload[3];
}

static double measure_native(const struct request *request)
{
	volatile uint32_t *area = scmi_memory(scmi, 0x93f000, 0x200);
	uint64_t *x = scmi_registers(scmi, 0);
	uint32_t bad = 0;
	double start = now();

	for (int i = 0; i < BATCH; i++) {
		write_request(area, request, i);
		x[0] = FUNCTION_ID;
		bad |= (uint32_t)scmi_trap(scmi, 0, SCMI_SMC);
		bad |= (uint32_t)x[0] | (area[STATUS] ^ FREE) | area[PAYLOAD];
	}
	if (bad != 0)
		fail(request->name);
	return (now() - start) / BATCH;
}

static double measure_floor(const struct request *request)
{
	volatile uint32_t *area = plain.area;
	uint32_t bad = 0;
	double start = now();

	for (int i = 0; i < BATCH; i++) {
		write_request(area, request, i);
		bad |= (uint32_t)floor_trap(&plain, FUNCTION_ID);
		bad |= (area[STATUS] ^ FREE) | area[PAYLOAD];
	}
	if (bad != 0)
		fail(request->name);
	return (now() - start) / BATCH;
}

static int ascending(const void *a, const void *b)
{
	double one = *(const double *)a, other = *(const double *)b;

	return (one > other) - (one < other);
}

static double median(double *values)
{
	qsort(values, ROUNDS, sizeof *values, ascending);
	return values[ROUNDS / 2];
}

static void prepare(const char *name)
{
	static unsigned char image[1 << 20];
	FILE *file = fopen(name, "rb");
	size_t length = file == NULL ? 0 : fread(image, 1, sizeof image, file);
	scmi_error error;

	if (file != NULL)
		fclose(file);
	scmi = scmi_create(image, length, &error);
	if (scmi == NULL)
		fail(error.text);
	plain.function_id = FUNCTION_ID;
	for (int i = 0; i < FLOOR_CLOCKS; i++) {
		struct floor_clock *clock = &plain.clocks[i];

		snprintf(clock->name, sizeof clock->name, "clock%d", i);
		clock->parent_rate = 400000000;
		clock->divider = &plain.dividers[i];
	}
}

int main(int argc, char **argv)
{
	static double native[REQUESTS][ROUNDS], least[REQUESTS][ROUNDS];

	prepare(argc == 2 ? argv[1] : "");
	for (int round = 0; round < ROUNDS; round++)
		for (int i = 0; i < REQUESTS; i++) {
			native[i][round] = measure_native(&requests[i]);
			least[i][round] = measure_floor(&requests[i]);
		}
	for (int i = 0; i < REQUESTS; i++)
		printf("%c{\"name\":\"%s\",\"nsNative\":%.1f,\"nsFloor\":%.1f}", i == 0 ? '[' : ',', requests[i].name,
		       median(native[i]), median(least[i]));
	puts("]");
	scmi_destroy(scmi);
	return 0;
}
