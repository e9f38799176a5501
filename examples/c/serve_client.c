/* A client of `scmi-cosim serve` on a Unix socket: asks for the version of the base protocol, as agent "linux".
 * Frames and HELLO: docs/serve.md; PROTOCOL_VERSION: SCMI 3.2 (Arm DEN0056E), section 4.2.2.1. */
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* Like the protocol, this assumes a little-endian machine. */
struct frame { uint32_t length, kind, tag; uint8_t payload[512]; };
struct hello { uint32_t version; char simulation[32], agent[16], token[64]; };

static int read_all(int fd, void *to, size_t size)
{
	for (uint8_t *at = to; size > 0;) {
		ssize_t got = read(fd, at, size);
		if (got <= 0)
			return -1;
		at += got, size -= (size_t)got;
	}
	return 0;
}

/* Asks, and returns the bytes of the answer's payload, or -1. What the platform sends unasked is passed over. */
static long ask(int fd, struct frame *f, uint32_t kind, uint32_t size)
{
	f->length = 8 + size, f->kind = kind, f->tag = 1;
	if (write(fd, f, 12 + size) != 12 + (ssize_t)size)
		return -1;
	do {
		if (read_all(fd, f, 12) || f->length < 8 || f->length - 8 > sizeof f->payload)
			return -1;
		if (read_all(fd, f->payload, f->length - 8))
			return -1;
	} while (f->tag != 1);
	if (f->kind == kind + 0x80)
		return (long)f->length - 8;
	fprintf(stderr, "%.*s\n", (int)f->length - 12, (char *)f->payload + 4);
	return -1;
}

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	struct hello hello = { .version = 1, .agent = "linux" };
	uint32_t command = 0x10 << 10, reply[3];
	struct frame f;
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	if (argc != 2)
		return fprintf(stderr, "usage: serve_client SOCKET\n"), 2;
	strncpy(address.sun_path, argv[1], sizeof address.sun_path - 1);
	if (connect(fd, (struct sockaddr *)&address, sizeof address))
		return perror(argv[1]), 1;
	memcpy(f.payload, &hello, sizeof hello);
	if (ask(fd, &f, 1, sizeof hello) < 0)
		return 1;
	memcpy(f.payload, &command, sizeof command);
	if (ask(fd, &f, 2, sizeof command) != sizeof reply)
		return 1;
	memcpy(reply, f.payload, sizeof reply);
	printf("header 0x%x status %d version 0x%x\n", reply[0], (int32_t)reply[1], reply[2]);
	return close(fd);
}
