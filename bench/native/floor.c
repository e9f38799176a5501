/*
 * The floor: the same five messages answered by the least C that checks what the firmware checks of a message.
 * SCMI 3.2 (Arm DEN0056E), sections 4.3, 4.6 and 5.1.2. One agent, one area, its clocks and domains in arrays.
 */
#include "floor.h"

#include <string.h>

enum { STATUS = 1, LENGTH = 5, HEADER = 6, PAYLOAD = 7, FREE = 1, ERROR = 2 };
enum { SUCCESS = 0, NOT_SUPPORTED = -1, INVALID_PARAMETERS = -2, NOT_FOUND = -4, PROTOCOL_ERROR = -10 };
enum { POWER = 0x11, CLOCK = 0x14, MOST_PAYLOAD = 124, CLOCK_VERSION = 0x30000 };
enum { ENABLED = 1, PREDIVS = 8, POSTDIVS = 64, PREDIV_SHIFT = 16 };
#define NOT_SERVED (-1)
#define POWER_STATE_OFF 0x40000000u

/** Bytes of the reply's payload. */
typedef uint32_t handler(struct floor *floor, uint32_t *payload);

static uint32_t answer(uint32_t *payload, int32_t status)
{
	payload[0] = (uint32_t)status;
	return 4;
}

static uint32_t version(struct floor *floor, uint32_t *payload)
{
	(void)floor;
	payload[1] = CLOCK_VERSION;
	return answer(payload, SUCCESS) + 4;
}

static uint32_t clock_attributes(struct floor *floor, uint32_t *payload)
{
	const struct floor_clock *clock;

	if (payload[0] >= FLOOR_CLOCKS)
		return answer(payload, NOT_FOUND);
	clock = &floor->clocks[payload[0]];
	payload[1] = clock->users != 0 ? ENABLED : 0;
	memcpy(&payload[2], clock->name, sizeof clock->name);
	payload[6] = 0;
	return answer(payload, SUCCESS) + 24;
}

static uint64_t rate_of(const struct floor_clock *clock)
{
	uint32_t word = *clock->divider;

	return clock->parent_rate / ((word >> PREDIV_SHIFT & (PREDIVS - 1)) + 1) / ((word & (POSTDIVS - 1)) + 1);
}

static uint32_t clock_rate_get(struct floor *floor, uint32_t *payload)
{
	uint64_t rate;

	if (payload[0] >= FLOOR_CLOCKS)
		return answer(payload, NOT_FOUND);
	rate = rate_of(&floor->clocks[payload[0]]);
	memcpy(&payload[1], &rate, sizeof rate);
	return answer(payload, SUCCESS) + 8;
}

/* The two dividers that come nearest from below. */
static uint32_t clock_rate_set(struct floor *floor, uint32_t *payload)
{
	const struct floor_clock *clock;
	uint64_t wanted, best = 0;
	uint32_t dividers = 0;

	if (payload[1] >= FLOOR_CLOCKS)
		return answer(payload, NOT_FOUND);
	clock = &floor->clocks[payload[1]];
	memcpy(&wanted, &payload[2], sizeof wanted);
	if (wanted == 0)
		return answer(payload, INVALID_PARAMETERS);
	for (uint32_t prediv = 1; prediv <= PREDIVS; prediv++) {
		uint64_t source = clock->parent_rate / prediv;
		uint64_t postdiv = (source + wanted - 1) / wanted;
		uint64_t rate;

		if (postdiv < 1)
			postdiv = 1;
		if (postdiv > POSTDIVS)
			continue;
		rate = source / postdiv;
		if (rate > wanted || rate <= best)
			continue;
		best = rate;
		dividers = (prediv - 1) << PREDIV_SHIFT | (uint32_t)(postdiv - 1);
	}
	if (best == 0)
		return answer(payload, INVALID_PARAMETERS);
	*clock->divider = dividers;
	return answer(payload, SUCCESS);
}

static uint32_t power_state_get(struct floor *floor, uint32_t *payload)
{
	if (payload[0] >= FLOOR_DOMAINS)
		return answer(payload, NOT_FOUND);
	payload[1] = floor->domains_off[payload[0]] & 1 ? POWER_STATE_OFF : 0;
	return answer(payload, SUCCESS) + 4;
}

struct message {
	handler *serve;
	uint32_t size;
};

static const struct message clock_messages[] = {
	[0x0] = {version, 0},
	[0x3] = {clock_attributes, 4},
	[0x5] = {clock_rate_set, 16},
	[0x6] = {clock_rate_get, 4},
};
static const struct message power_messages[] = {[0x5] = {power_state_get, 4}};

static const struct message *find(uint32_t header)
{
	uint32_t id = header & 0xff, protocol = header >> 10 & 0xff;

	if (protocol == CLOCK && id < sizeof clock_messages / sizeof *clock_messages)
		return &clock_messages[id];
	if (protocol == POWER && id < sizeof power_messages / sizeof *power_messages)
		return &power_messages[id];
	return NULL;
}

int64_t floor_trap(struct floor *floor, uint32_t function_id)
{
	volatile uint32_t *area = floor->area;
	uint32_t *payload = &floor->area[PAYLOAD];
	uint32_t size, header, replied;
	const struct message *message;

	if (function_id != floor->function_id)
		return NOT_SERVED;
	floor->time_ns += 1000;
	if (area[STATUS] & FREE)
		return -2;
	size = area[LENGTH] - 4;
	header = area[HEADER];
	if (size > MOST_PAYLOAD) {
		area[LENGTH] = 4 + answer(payload, PROTOCOL_ERROR);
		area[STATUS] = FREE | ERROR;
		return 0;
	}
	message = find(header);
	if (message == NULL || message->serve == NULL)
		replied = answer(payload, NOT_SUPPORTED);
	else if (size != message->size)
		replied = answer(payload, PROTOCOL_ERROR);
	else
		replied = message->serve(floor, payload);
	area[LENGTH] = 4 + replied;
	area[STATUS] = FREE;
	return 0;
}
