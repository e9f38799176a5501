/*
 * Replays a recording: reads it from standard input, writes the replies to standard output, chunk by chunk.
 * The format is that of test/support/recording.ts; the firmware is reached by scmi_cosim.h alone.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "scmi_cosim.h"

enum { MESSAGE = 1, TRAP, READ, WRITE, ADVANCE, SECURE, RESET_AGENT, RESET, RECEIVE, CHECK };
enum { STATUS = 0x04, LENGTH = 0x14, HEADER = 0x18, PAYLOAD = 0x1c, FREE = 1 };

struct bytes {
	uint8_t *data;
	size_t length, room;
};

static scmi_cosim *scmi;
static struct bytes input, out;
static size_t at;

static void fail(const char *format, ...)
{
	va_list values;

	va_start(values, format);
	fputs("replay: ", stderr);
	vfprintf(stderr, format, values);
	fputc('\n', stderr);
	va_end(values);
	exit(1);
}

static void check(scmi_status status)
{
	if (status != SCMI_OK)
		fail("%s, operation before byte %zu of the chunk", scmi_status_text(status), at);
}

static uint8_t *append(struct bytes *bytes, size_t size)
{
	if (bytes->length + size > bytes->room) {
		bytes->room = 2 * (bytes->length + size);
		bytes->data = realloc(bytes->data, bytes->room);
		if (bytes->data == NULL)
			fail("memory is short");
	}
	bytes->length += size;
	return bytes->data + bytes->length - size;
}

static void put(const void *data, size_t size)
{
	if (size > 0)
		memcpy(append(&out, size), data, size);
}

static void put8(uint8_t value)
{
	put(&value, sizeof value);
}

static void put16(uint16_t value)
{
	put(&value, sizeof value);
}

static void put32(uint32_t value)
{
	put(&value, sizeof value);
}

static void put64(uint64_t value)
{
	put(&value, sizeof value);
}

static const uint8_t *take(size_t size)
{
	if (size > input.length - at)
		fail("the chunk ends in an operation");
	at += size;
	return input.data + at - size;
}

static uint64_t number(size_t size)
{
	uint64_t value = 0;

	memcpy(&value, take(size), size);
	return value;
}

static uint32_t load32(const uint8_t *from)
{
	uint32_t value;

	memcpy(&value, from, sizeof value);
	return value;
}

static uint8_t *area_at(uint32_t address, uint32_t size)
{
	uint8_t *area = scmi_memory(scmi, address, size);

	if (area == NULL)
		fail("no memory at 0x%x", (unsigned)address);
	return area;
}

/* As much of an area as its length says. */
static void put_area(const uint8_t *area, uint32_t size)
{
	uint32_t length = load32(area + LENGTH);
	uint32_t used = length < size - HEADER ? HEADER + length : size;

	if (used < PAYLOAD)
		used = PAYLOAD;
	put16((uint16_t)used);
	put(area, used);
}

static void message(void)
{
	uint32_t cpu = (uint32_t)number(1);
	scmi_conduit conduit = (scmi_conduit)number(1);
	uint64_t *x = scmi_registers(scmi, cpu);
	uint32_t address, size, length;
	uint8_t *area;

	memset(x, 0, 4 * sizeof *x);
	x[0] = number(4);
	address = (uint32_t)number(4);
	size = (uint32_t)number(2);
	length = (uint32_t)number(2);
	area = area_at(address, size);
	memcpy(area, take(length), length);
	check(scmi_trap(scmi, cpu, conduit));
	put64(x[0]);
	put_area(area, size);
}

static void trap(void)
{
	uint32_t cpu = (uint32_t)number(1);
	scmi_conduit conduit = (scmi_conduit)number(1);
	uint64_t *x = scmi_registers(scmi, cpu);

	for (int i = 0; i < 4; i++)
		x[i] = number(8);
	check(scmi_trap(scmi, cpu, conduit));
	put(x, 4 * sizeof *x);
}

static bool answered(scmi_status status)
{
	if (status != SCMI_BUS_ERROR)
		check(status);
	return status == SCMI_OK;
}

static void read_register(void)
{
	uint32_t value = 0;

	put8(answered(scmi_read32(scmi, (uint32_t)number(4), &value)));
	put32(value);
}

static void write_register(void)
{
	uint32_t address = (uint32_t)number(4);

	put8(answered(scmi_write32(scmi, address, (uint32_t)number(4))));
}

static void receive(void)
{
	uint32_t address = (uint32_t)number(4), size = (uint32_t)number(2);
	uint8_t *area = area_at(address, size);
	uint32_t freed = FREE;

	if (load32(area + STATUS) & FREE)
		put16(0);
	else
		put_area(area, size);
	memcpy(area + STATUS, &freed, sizeof freed);
}

/* FNV-1a over the words of all memory in use. */
static uint32_t hash(void)
{
	static uint8_t *copy;
	size_t size = scmi_snapshot_size(scmi);
	uint32_t hash = 0x811c9dc5;

	if (copy == NULL)
		copy = malloc(size);
	if (copy == NULL)
		fail("memory is short");
	scmi_snapshot(scmi, copy);
	for (size_t i = 0; i + 4 <= size; i += 4)
		hash = (hash ^ load32(copy + i)) * 0x01000193;
	return hash;
}

static void check_all(void)
{
	put64(scmi_time_ns(scmi));
	put64(scmi_next_event_ns(scmi));
	put32(scmi_interrupts(scmi));
	put32(scmi_stopped(scmi));
	put32(hash());
}

static void operation(void)
{
	uint8_t kind = (uint8_t)number(1);
	uint32_t which;

	switch (kind) {
	case MESSAGE:
		message();
		break;
	case TRAP:
		trap();
		break;
	case READ:
		read_register();
		break;
	case WRITE:
		write_register();
		break;
	case ADVANCE:
		check(scmi_advance(scmi, number(8)));
		put64(scmi_time_ns(scmi));
		break;
	case SECURE:
		which = (uint32_t)number(1);
		check(scmi_set_secure(scmi, which, number(1) != 0));
		break;
	case RESET_AGENT:
		which = (uint32_t)number(1);
		put8(scmi_reset_agent(scmi, which, number(1) != 0) == SCMI_OK);
		break;
	case RESET:
		check(scmi_reset(scmi));
		break;
	case RECEIVE:
		receive();
		break;
	case CHECK:
		check_all();
		break;
	default:
		fail("operation %u", kind);
	}
}

static void read_input(size_t size)
{
	input.length = 0;
	at = 0;
	if (fread(append(&input, size), 1, size, stdin) != size)
		fail("the recording ends too early");
}

int main(void)
{
	scmi_error error;
	uint32_t length;

	read_input(16);
	if (memcmp(take(8), "SCMIREC1", 8) != 0 || number(4) != scmi_abi_version())
		fail("not a recording for ABI version %u", (unsigned)scmi_abi_version());
	length = (uint32_t)number(4);
	read_input(length);
	scmi = scmi_create(take(length), length, &error);
	if (scmi == NULL)
		fail("%s, at byte %u of the image", error.text, (unsigned)error.load_error_at);
	for (;;) {
		read_input(4);
		length = (uint32_t)number(4);
		if (length == 0)
			break;
		read_input(length);
		out.length = 0;
		while (at < input.length)
			operation();
		length = (uint32_t)out.length;
		fwrite(&length, sizeof length, 1, stdout);
		fwrite(out.data, 1, out.length, stdout);
		if (fflush(stdout) != 0)
			fail("the replies cannot be written");
	}
	scmi_destroy(scmi);
	free(input.data);
	free(out.data);
	return 0;
}
