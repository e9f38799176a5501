/*
 * What scmi_cosim.h promises beyond answers: instances that share nothing, also on threads; faults that come back; no signal
 * handlers; arguments out of range; calls that do what traps do. Usage: instances IMAGE. Prints the first promise that is
 * broken and exits with 1.
 */
#define _POSIX_C_SOURCE 200809L

#include <inttypes.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scmi_abi.h"
#include "scmi_cosim.h"

#define EXPECT(condition)                                                        \
	do {                                                                         \
		if (!(condition)) {                                                      \
			fprintf(stderr, "instances.c:%d: %s\n", __LINE__, #condition);       \
			exit(1);                                                             \
		}                                                                        \
	} while (0)

enum { CALLS = 20000, SIGNALS = 32 };
#define SMCCC_VERSION 0x80000000u
#define SIP_UID 0x8200ff01u
#define TX_FUNCTION_ID 0xc20000feu
#define WDOG1_WCR 0x30280000u
#define CCM 0x30380000u

static unsigned char image[1 << 20];
static size_t image_length;

static scmi_cosim *create(void)
{
	scmi_error error;
	scmi_cosim *scmi = scmi_create(image, image_length, &error);

	EXPECT(scmi != NULL && error.status == SCMI_OK);
	return scmi;
}

static uint64_t smc(scmi_cosim *scmi, uint32_t cpu, uint64_t x0)
{
	scmi_registers(scmi, cpu)[0] = x0;
	EXPECT(scmi_trap(scmi, cpu, SCMI_SMC) == SCMI_OK);
	return scmi_registers(scmi, cpu)[0];
}

static uint32_t *ask_for_rate(scmi_cosim *scmi, uint32_t clock)
{
	uint32_t *area = scmi_memory(scmi, 0x93f000, 0x200);

	area[4] = 0;
	area[5] = 8;
	area[6] = 0x14 << 10 | 0x6;
	area[7] = clock;
	area[1] = 0;
	return area;
}

static uint32_t rate_get(scmi_cosim *scmi, uint32_t cpu, uint32_t clock)
{
	uint32_t *area = ask_for_rate(scmi, clock);

	EXPECT(smc(scmi, cpu, TX_FUNCTION_ID) == 0);
	EXPECT(area[1] == 1 && area[7] == 0);
	return area[8];
}

/* An engine whose last call's area lies outside of its memory. */
static void break_engine(scmi_cosim *scmi)
{
	size_t size = scmi_snapshot_size(scmi);
	uint8_t *snapshot = malloc(size);
	uint32_t outside = 0xfffffff0;

	EXPECT(snapshot != NULL);
	EXPECT(rate_get(scmi, 0, 128) != 0);
	scmi_snapshot(scmi, snapshot);
	memcpy(snapshot + SCMI_ADDRESS_LAST_CALL + SCMI_LAST_CALL_AREA, &outside, sizeof outside);
	EXPECT(scmi_restore(scmi, snapshot, size) == SCMI_OK);
	scmi_registers(scmi, 0)[0] = TX_FUNCTION_ID;
	EXPECT(scmi_trap(scmi, 0, SCMI_SMC) == SCMI_FAULT);
	free(snapshot);
}

static void faults_come_back(void)
{
	scmi_cosim *broken = create(), *other = create();
	uint32_t value;
	int32_t x0 = 7;

	break_engine(broken);
	EXPECT(scmi_trap(broken, 0, SCMI_SMC) == SCMI_FAULT);
	EXPECT(scmi_call(broken, 0, SCMI_SMC, TX_FUNCTION_ID, &x0) == SCMI_FAULT && x0 == 7);
	EXPECT(scmi_advance(broken, 1) == SCMI_FAULT);
	EXPECT(scmi_advance_to(broken, 1) == SCMI_FAULT);
	EXPECT(scmi_read32(broken, CCM, &value) == SCMI_FAULT);
	EXPECT(scmi_write32(broken, CCM, 0) == SCMI_FAULT);
	EXPECT(scmi_reset(broken) == SCMI_FAULT);
	EXPECT(scmi_reset_agent(broken, 1, false) == SCMI_FAULT);
	EXPECT(rate_get(other, 0, 128) == 24000000);
	scmi_destroy(broken);
	EXPECT(rate_get(other, 0, 128) == 24000000);
	scmi_destroy(other);
}

/* One stops, the other goes on. */
static void stops_are_ones_own(void)
{
	scmi_cosim *stopped = create(), *running = create();
	uint64_t *x = scmi_registers(stopped, 0);
	uint64_t time;

	EXPECT(scmi_write32(stopped, WDOG1_WCR, 0) == SCMI_OK);
	EXPECT(scmi_stopped(stopped) == SCMI_RESET);
	EXPECT(smc(stopped, 0, SMCCC_VERSION) == (uint64_t)-1);
	time = scmi_time_ns(stopped);
	EXPECT(scmi_advance(stopped, 1000) == SCMI_OK && scmi_time_ns(stopped) == time);
	EXPECT(scmi_stopped(running) == SCMI_RUNNING);
	EXPECT(smc(running, 0, SMCCC_VERSION) == 0x10004);
	EXPECT(scmi_reset(stopped) == SCMI_OK);
	EXPECT(scmi_registers(stopped, 0) == x);
	EXPECT(scmi_stopped(stopped) == SCMI_RUNNING && scmi_time_ns(stopped) == 0);
	EXPECT(smc(stopped, 0, SMCCC_VERSION) == 0x10004);
	scmi_destroy(stopped);
	scmi_destroy(running);
}

static void snapshots_go_back(void)
{
	scmi_cosim *one = create(), *two = create();
	size_t size = scmi_snapshot_size(one);
	void *snapshot = malloc(size);
	uint32_t before, value;

	EXPECT(snapshot != NULL);
	EXPECT(scmi_read32(one, CCM, &before) == SCMI_OK);
	scmi_snapshot(one, snapshot);
	EXPECT(scmi_write32(one, CCM, before ^ 1) == SCMI_OK);
	EXPECT(scmi_advance(one, 12345) == SCMI_OK);
	scmi_snapshot(one, snapshot);
	EXPECT(scmi_restore(two, snapshot, size - 1) == SCMI_SNAPSHOT);
	EXPECT(scmi_time_ns(two) == 0);
	EXPECT(scmi_restore(two, snapshot, size) == SCMI_OK);
	EXPECT(scmi_time_ns(two) == 12345);
	EXPECT(scmi_read32(two, CCM, &value) == SCMI_OK && value == (before ^ 1));
	free(snapshot);
	scmi_destroy(one);
	scmi_destroy(two);
}

/* Two instances, one rung by traps, the other by calls, and then the same but for the CPU's x0. */
static void ring_both(scmi_cosim *trapped, scmi_cosim *called, uint32_t cpu, scmi_conduit conduit, uint32_t function_id)
{
	uint64_t *x = scmi_registers(trapped, cpu), *kept = scmi_registers(called, cpu);
	size_t size = scmi_snapshot_size(trapped);
	void *snapshots[] = {malloc(size), malloc(size)};
	int32_t x0;

	EXPECT(snapshots[0] != NULL && snapshots[1] != NULL);
	x[0] = function_id;
	kept[0] = 0x1122334455667788;
	EXPECT(scmi_trap(trapped, cpu, conduit) == SCMI_OK);
	EXPECT(scmi_call(called, cpu, conduit, function_id, &x0) == SCMI_OK);
	EXPECT(x[0] == (uint64_t)x0 && kept[0] == 0x1122334455667788);
	x[0] = kept[0] = 0;
	scmi_snapshot(trapped, snapshots[0]);
	scmi_snapshot(called, snapshots[1]);
	EXPECT(memcmp(snapshots[0], snapshots[1], size) == 0);
	free(snapshots[0]);
	free(snapshots[1]);
}

static void calls_are_traps(void)
{
	scmi_cosim *trapped = create(), *called = create();
	uint32_t *area;
	int32_t x0 = 7;

	for (uint32_t i = 0; i < 12; i++) {
		uint32_t cpu = i % 4;

		EXPECT(scmi_set_secure(trapped, cpu, i >= 8) == SCMI_OK);
		EXPECT(scmi_set_secure(called, cpu, i >= 8) == SCMI_OK);
		/* The second one finds the first one's channel. */
		for (int again = 0; again < 2; again++) {
			ask_for_rate(trapped, 128);
			area = ask_for_rate(called, 128);
			ring_both(trapped, called, cpu, i % 2 ? SCMI_HVC : SCMI_SMC, TX_FUNCTION_ID);
			EXPECT(area[1] == 1 && area[7] == 0 && area[8] == 24000000);
		}
		/* A free channel, more results than one, nobody's function ID. */
		ring_both(trapped, called, cpu, SCMI_SMC, TX_FUNCTION_ID);
		ring_both(trapped, called, cpu, SCMI_SMC, SIP_UID);
		ring_both(trapped, called, cpu, SCMI_HVC, 0x1234);
	}
	EXPECT(scmi_call(called, 0, SCMI_SMC, 0x1234, &x0) == SCMI_OK && x0 == -1);
	EXPECT(scmi_write32(called, WDOG1_WCR, 0) == SCMI_OK);
	EXPECT(scmi_call(called, 0, SCMI_SMC, SMCCC_VERSION, &x0) == SCMI_OK && x0 == -1);
	scmi_destroy(trapped);
	scmi_destroy(called);
}

static void arguments_are_checked(void)
{
	scmi_cosim *scmi = create();
	scmi_channel channel;
	scmi_block block;
	uint32_t value = 7;
	int32_t x0 = 7;
	scmi_error error;

	EXPECT(scmi_cpus(scmi) == 4);
	EXPECT(scmi_registers(scmi, 4) == NULL);
	EXPECT(scmi_trap(scmi, 4, SCMI_SMC) == SCMI_USAGE);
	EXPECT(scmi_trap(scmi, 0, (scmi_conduit)1) == SCMI_USAGE);
	EXPECT(scmi_call(scmi, 4, SCMI_SMC, SMCCC_VERSION, &x0) == SCMI_USAGE);
	EXPECT(scmi_call(scmi, 0, (scmi_conduit)1, SMCCC_VERSION, &x0) == SCMI_USAGE && x0 == 7);
	EXPECT(scmi_set_secure(scmi, 4, true) == SCMI_USAGE);
	EXPECT(scmi_set_secure(scmi, 3, true) == SCMI_OK);
	EXPECT(scmi_time_ns(scmi) == 0);
	EXPECT(scmi_read32(scmi, CCM + 2, &value) == SCMI_BUS_ERROR && value == 7);
	EXPECT(scmi_read32(scmi, 0, &value) == SCMI_BUS_ERROR && value == 7);
	EXPECT(scmi_write32(scmi, 0xfffffffc, 0) == SCMI_BUS_ERROR);
	EXPECT(scmi_reset_agent(scmi, 0, false) == SCMI_USAGE);
	EXPECT(scmi_reset_agent(scmi, 2, false) == SCMI_USAGE);
	EXPECT(scmi_reset_agent(scmi, 1, true) == SCMI_OK);
	EXPECT(scmi_channel_count(scmi) == 4);
	EXPECT(scmi_channel_at(scmi, 4, &channel) == SCMI_USAGE);
	EXPECT(scmi_channel_interrupts(scmi, 4) == 0);
	EXPECT(scmi_channel_at(scmi, 3, &channel) == SCMI_OK);
	EXPECT(channel.function_id == 0xc60000ff && channel.conduit == SCMI_HVC && channel.address == 0x93f200);
	EXPECT(channel.size == 0x200 && channel.agent == 1 && channel.from_platform && !channel.secure);
	EXPECT(scmi_block_count(scmi) > 5);
	EXPECT(scmi_block_at(scmi, scmi_block_count(scmi), &block) == SCMI_USAGE);
	EXPECT(scmi_block_at(scmi, 0, &block) == SCMI_OK);
	EXPECT(block.address == 0x93f000 && block.size == 0x1000 && block.memory);
	EXPECT(scmi_memory(scmi, 0x93f000, 0x1000) != NULL);
	EXPECT(scmi_memory(scmi, 0x93f000, 0x1001) == NULL);
	EXPECT(scmi_memory(scmi, 0x93fffc, 8) == NULL);
	EXPECT(scmi_memory(scmi, 0x93effc, 8) == NULL);
	EXPECT(scmi_memory(scmi, 0x93f000, UINT32_MAX) == NULL);
	EXPECT(scmi_memory(scmi, CCM, 4) == NULL);
	scmi_destroy(scmi);
	scmi_destroy(NULL);

	EXPECT(scmi_create(image, image_length - 1, &error) == NULL);
	EXPECT(error.status == SCMI_IMAGE && error.load_error == SCMI_LOAD_ERROR_LENGTH);
	EXPECT(scmi_create(NULL, 0, &error) == NULL && error.status == SCMI_IMAGE);
	EXPECT(scmi_create("x", 1, NULL) == NULL);
	EXPECT(scmi_create(image, (size_t)-1, &error) == NULL && error.load_error == SCMI_LOAD_ERROR_MEMORY);
	image[4] ^= 0x40;
	EXPECT(scmi_create(image, image_length, &error) == NULL);
	EXPECT(error.load_error == SCMI_LOAD_ERROR_VERSION && error.load_error_at == 4);
	EXPECT(strcmp(error.text, "an image of another format version") == 0);
	image[4] ^= 0x40;
}

struct work {
	uint32_t rate, other;
	bool breaks;
};

/* Retunes a clock to its own rate over and over, so that any state that threads share would show. */
static void *run(void *argument)
{
	struct work *work = argument;
	scmi_cosim *scmi = create();
	uint32_t *area = scmi_memory(scmi, 0x93f000, 0x200);

	for (int i = 0; i < CALLS; i++) {
		uint32_t rate = i % 2 ? work->rate : work->other;

		area[4] = 0;
		area[5] = 20;
		area[6] = 0x14 << 10 | 0x5;
		area[7] = 0;
		area[8] = 42;
		area[9] = rate;
		area[10] = 0;
		area[1] = 0;
		EXPECT(smc(scmi, (uint32_t)i % 4, TX_FUNCTION_ID) == 0 && area[7] == 0);
		EXPECT(rate_get(scmi, (uint32_t)i % 4, 42) == rate);
		if (work->breaks && i % 100 == 0) {
			scmi_cosim *broken = create();

			break_engine(broken);
			scmi_destroy(broken);
		}
	}
	scmi_destroy(scmi);
	return NULL;
}

static void threads_do_not_meet(void)
{
	struct work works[] = {{1000000000, 800000000, false}, {600000000, 750000000, true}};
	pthread_t threads[2];

	for (int i = 0; i < 2; i++)
		EXPECT(pthread_create(&threads[i], NULL, run, &works[i]) == 0);
	for (int i = 0; i < 2; i++)
		EXPECT(pthread_join(threads[i], NULL) == 0);
}

static void read_handlers(void (*handlers[])(int))
{
	for (int number = 1; number < SIGNALS; number++) {
		struct sigaction action;

		handlers[number] = sigaction(number, NULL, &action) == 0 ? action.sa_handler : SIG_DFL;
	}
}

int main(int argc, char **argv)
{
	void (*before[SIGNALS])(int) = {0}, (*after[SIGNALS])(int) = {0};
	FILE *file = argc == 2 ? fopen(argv[1], "rb") : NULL;

	EXPECT(file != NULL);
	image_length = fread(image, 1, sizeof image, file);
	fclose(file);
	read_handlers(before);
	threads_do_not_meet();
	faults_come_back();
	stops_are_ones_own();
	snapshots_go_back();
	calls_are_traps();
	arguments_are_checked();
	read_handlers(after);
	EXPECT(memcmp(before, after, sizeof before) == 0);
	puts("kept");
	return 0;
}
