/*
 * A guest's calls into the firmware, from C: SMC with a function ID, messages in shared memory, registers, time.
 * Usage: firmware IMAGE, the file that `scmi-cosim image -o IMAGE` writes. Built as docs/c.md says.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scmi_cosim.h"

enum { STATUS = 1, FLAGS = 4, LENGTH = 5, HEADER = 6, PAYLOAD = 7 }; /* words of an area */
enum { POWER = 0x11, CLOCK = 0x14, GPU = 5, GPU_PLL = 42, AUDIO_PLL1 = 18 };
#define SMCCC_VERSION 0x80000000u
#define DIV_CTL0_OF_GPU_PLL 0x30360068u

static void check(scmi_status status)
{
	if (status == SCMI_OK)
		return;
	fprintf(stderr, "firmware: %s\n", scmi_status_text(status));
	exit(1);
}

static uint64_t smc(scmi_cosim *scmi, uint64_t function_id)
{
	uint64_t *x = scmi_registers(scmi, 0);

	x[0] = function_id;
	check(scmi_trap(scmi, 0, SCMI_SMC));
	return x[0];
}

/* Sends a command on the first channel; the reply is in the area that is returned. */
static volatile uint32_t *command(scmi_cosim *scmi, int protocol, int message, int words, const uint32_t *payload)
{
	scmi_channel channel;
	volatile uint32_t *area;

	check(scmi_channel_at(scmi, 0, &channel));
	area = scmi_memory(scmi, channel.address, channel.size);
	area[FLAGS] = 0;
	area[LENGTH] = (uint32_t)(4 + 4 * words);
	area[HEADER] = (uint32_t)(protocol << 10 | message);
	for (int i = 0; i < words; i++)
		area[PAYLOAD + i] = payload[i];
	area[STATUS] = 0;
	if (smc(scmi, channel.function_id) != 0 || area[PAYLOAD] != 0) {
		fprintf(stderr, "firmware: message 0x%x: status %" PRId32 "\n", message, (int32_t)area[PAYLOAD]);
		exit(1);
	}
	return area;
}

static scmi_cosim *open_image(const char *name)
{
	static unsigned char image[1 << 20];
	FILE *file = fopen(name, "rb");
	size_t length = file == NULL ? 0 : fread(image, 1, sizeof image, file);
	scmi_error error;
	scmi_cosim *scmi;

	if (file != NULL)
		fclose(file);
	scmi = scmi_create(image, length, &error);
	if (scmi == NULL) {
		fprintf(stderr, "firmware: %s: %s, at byte %" PRIu32 "\n", name, error.text, error.load_error_at);
		exit(1);
	}
	return scmi;
}

int main(int argc, char **argv)
{
	scmi_cosim *scmi = open_image(argc == 2 ? argv[1] : "");
	volatile uint32_t *reply;
	uint32_t divider;

	printf("SMCCC version 0x%" PRIx64 "\n", smc(scmi, SMCCC_VERSION));

	command(scmi, POWER, 0x4, 3, (uint32_t[]){0, GPU, 0}); /* POWER_STATE_SET: on */
	command(scmi, CLOCK, 0x5, 4, (uint32_t[]){0, GPU_PLL, 1000000000, 0}); /* CLOCK_RATE_SET */
	reply = command(scmi, CLOCK, 0x6, 1, (uint32_t[]){GPU_PLL}); /* CLOCK_RATE_GET */
	printf("gpu_pll_out at %" PRIu32 " Hz\n", reply[PAYLOAD + 1]);
	check(scmi_read32(scmi, DIV_CTL0_OF_GPU_PLL, &divider));
	printf("DIV_CTL0 0x%" PRIx32 ", %" PRIu64 " ns\n", divider, scmi_time_ns(scmi));

	/* Asynchronous: the response comes on the second channel, with an interrupt, once the PLL has locked. */
	command(scmi, CLOCK, 0x5, 4, (uint32_t[]){1, AUDIO_PLL1, 650000000, 0});
	while (scmi_channel_interrupts(scmi, 1) == 0 && scmi_next_event_ns(scmi) != UINT64_MAX)
		check(scmi_advance_to(scmi, scmi_next_event_ns(scmi)));
	printf("interrupts %" PRIu32 ", %" PRIu64 " ns\n", scmi_interrupts(scmi), scmi_time_ns(scmi));

	scmi_destroy(scmi);
	return 0;
}
