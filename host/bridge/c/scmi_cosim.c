/*
 * The C library around the engine: scmi_cosim.h says what each function does.
 * Exports and memory map are those of docs/abi.md; the engine is the same module as everywhere, made into C by wasm2c.
 */
#include "scmi_cosim.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "scmi_abi.h"
#include "scmi_engine.h"
#include "wasm_runtime.h"

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "registers and memory are handed out as they lie in the engine's memory, which is little-endian"
#endif

struct scmi_cosim {
	Z_scmi_instance_t engine;
	/** Linear memory: it stays where it is once the image is loaded. */
	uint8_t *memory;
	void *image;
	uint32_t image_length;
	uint32_t cpus;
	/** Rows of the image, which the engine uses in place. */
	uint32_t blocks, block_count;
	uint32_t channels, channel_count;
	uint32_t services, service_count;
	bool faulty;
};

/* Between the entry and the engine's return no local variable may change, so these are macros and the functions short. */
#define CODE_OF_FAILURE() (scmi_way_out = &way_out, setjmp(way_out))
#define ENTER(instance)                        \
	jmp_buf way_out;                           \
	if ((instance)->faulty)                    \
		return SCMI_FAULT;                     \
	if (CODE_OF_FAILURE() != 0) {              \
		(instance)->faulty = true;             \
		return SCMI_FAULT;                     \
	}

static uint32_t load32(const scmi_cosim *instance, uint32_t at)
{
	uint32_t value;

	memcpy(&value, instance->memory + at, sizeof value);
	return value;
}

static uint64_t load64(const scmi_cosim *instance, uint32_t at)
{
	uint64_t value;

	memcpy(&value, instance->memory + at, sizeof value);
	return value;
}

static uint32_t state(const scmi_cosim *instance, uint32_t field)
{
	return load32(instance, SCMI_ADDRESS_STATE + field);
}

static uint32_t image_field(const scmi_cosim *instance, uint32_t field)
{
	return load32(instance, SCMI_ADDRESS_IMAGE + field);
}

uint32_t scmi_abi_version(void)
{
	return SCMI_ABI_VERSION;
}

static scmi_status start(scmi_cosim *instance)
{
	ENTER(instance)
	Z_scmi_instantiate(&instance->engine);
	return SCMI_OK;
}

/** Loads the image; views of linear memory are right afterwards. */
static scmi_status load(scmi_cosim *instance, uint32_t *error)
{
	uint32_t address;
	ENTER(instance)
	address = Z_scmiZ_reserve(&instance->engine, instance->image_length);
	if (address == 0)
		return SCMI_NO_MEMORY;
	memcpy(instance->engine.w2c_memory.data + address, instance->image, instance->image_length);
	*error = Z_scmiZ_loadImage(&instance->engine, instance->image_length);
	instance->memory = instance->engine.w2c_memory.data;
	return *error == SCMI_LOAD_ERROR_NONE ? SCMI_OK : SCMI_IMAGE;
}

static void find_tables(scmi_cosim *instance)
{
	instance->cpus = state(instance, SCMI_STATE_CPUS);
	instance->blocks = state(instance, SCMI_STATE_BLOCKS);
	instance->block_count = state(instance, SCMI_STATE_BLOCK_COUNT);
	instance->channels = state(instance, SCMI_STATE_CHANNELS);
	instance->channel_count = state(instance, SCMI_STATE_CHANNEL_COUNT);
	instance->services = SCMI_ADDRESS_IMAGE + image_field(instance, SCMI_IMAGE_SERVICES);
	instance->service_count = image_field(instance, SCMI_IMAGE_SERVICES + 4);
}

static scmi_cosim *refuse(scmi_cosim *instance, scmi_error *error, scmi_status status, uint32_t load_error)
{
	if (error != NULL) {
		error->status = status;
		error->load_error = load_error;
		error->load_error_at = status == SCMI_IMAGE && instance != NULL && instance->memory != NULL
			? state(instance, SCMI_STATE_LOAD_ERROR_AT)
			: 0;
		error->text = status == SCMI_IMAGE ? scmi_load_error_text(load_error) : scmi_status_text(status);
	}
	scmi_destroy(instance);
	return NULL;
}

scmi_cosim *scmi_create(const void *image, size_t length, scmi_error *error)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	uint32_t load_error = SCMI_LOAD_ERROR_NONE;
	scmi_cosim *instance;
	scmi_status status;

	pthread_once(&once, Z_scmi_init_module);
	if (length > SCMI_ABI_MAX_MEMORY)
		return refuse(NULL, error, SCMI_IMAGE, SCMI_LOAD_ERROR_MEMORY);
	instance = calloc(1, sizeof *instance);
	if (instance == NULL)
		return refuse(NULL, error, SCMI_NO_MEMORY, 0);
	/* A length of 0 is the engine's to refuse. */
	instance->image = malloc(length + 1);
	instance->image_length = (uint32_t)length;
	/* Nothing but a lack of memory keeps an engine from starting. */
	if (instance->image == NULL || start(instance) != SCMI_OK)
		return refuse(instance, error, SCMI_NO_MEMORY, 0);
	if (length > 0)
		memcpy(instance->image, image, length);
	status = load(instance, &load_error);
	if (status != SCMI_OK)
		return refuse(instance, error, status, load_error);
	find_tables(instance);
	if (error != NULL)
		*error = (scmi_error){SCMI_OK, 0, 0, scmi_status_text(SCMI_OK)};
	return instance;
}

void scmi_destroy(scmi_cosim *instance)
{
	if (instance == NULL)
		return;
	Z_scmi_free(&instance->engine);
	free(instance->image);
	free(instance);
}

scmi_status scmi_reset(scmi_cosim *instance)
{
	uint32_t error;

	return load(instance, &error);
}

uint32_t scmi_cpus(const scmi_cosim *instance)
{
	return instance->cpus;
}

static uint32_t cpu_address(uint32_t cpu)
{
	return SCMI_ADDRESS_CPU + cpu * SCMI_ADDRESS_CPU_STRIDE;
}

uint64_t *scmi_registers(scmi_cosim *instance, uint32_t cpu)
{
	/* malloc aligns linear memory, the memory map the registers. */
	return cpu < instance->cpus ? (uint64_t *)(void *)(instance->memory + cpu_address(cpu)) : NULL;
}

scmi_status scmi_set_secure(scmi_cosim *instance, uint32_t cpu, bool secure)
{
	uint32_t value = secure;

	if (cpu >= instance->cpus)
		return SCMI_USAGE;
	memcpy(instance->memory + cpu_address(cpu) + SCMI_CPU_SECURE, &value, sizeof value);
	return SCMI_OK;
}

scmi_status scmi_trap(scmi_cosim *instance, uint32_t cpu, scmi_conduit conduit)
{
	ENTER(instance)
	if (cpu >= instance->cpus || (conduit != SCMI_HVC && conduit != SCMI_SMC))
		return SCMI_USAGE;
	Z_scmiZ_trap(&instance->engine, cpu, (uint32_t)conduit);
	return SCMI_OK;
}

static uint32_t caller(const scmi_cosim *instance, uint32_t cpu, scmi_conduit conduit)
{
	bool secure = load32(instance, cpu_address(cpu) + SCMI_CPU_SECURE) != 0;

	return cpu << SCMI_CALLER_CPU_SHIFT | (secure ? SCMI_CALLER_SECURE : 0) | (uint32_t)conduit;
}

scmi_status scmi_call(scmi_cosim *instance, uint32_t cpu, scmi_conduit conduit, uint32_t function_id, int32_t *x0)
{
	ENTER(instance)
	if (cpu >= instance->cpus || (conduit != SCMI_HVC && conduit != SCMI_SMC))
		return SCMI_USAGE;
	*x0 = (int32_t)Z_scmiZ_call(&instance->engine, function_id, caller(instance, cpu, conduit));
	return SCMI_OK;
}

uint64_t scmi_time_ns(const scmi_cosim *instance)
{
	return load64(instance, SCMI_ADDRESS_STATE + SCMI_STATE_TIME);
}

uint64_t scmi_next_event_ns(const scmi_cosim *instance)
{
	return load64(instance, SCMI_ADDRESS_STATE + SCMI_STATE_DUE);
}

scmi_status scmi_advance(scmi_cosim *instance, uint64_t ns)
{
	ENTER(instance)
	Z_scmiZ_advance(&instance->engine, (uint32_t)ns, (uint32_t)(ns >> 32));
	return SCMI_OK;
}

scmi_status scmi_advance_to(scmi_cosim *instance, uint64_t time_ns)
{
	uint64_t now = scmi_time_ns(instance);

	return scmi_advance(instance, time_ns > now ? time_ns - now : 0);
}

scmi_stop scmi_stopped(const scmi_cosim *instance)
{
	return (scmi_stop)state(instance, SCMI_STATE_STOP);
}

scmi_status scmi_read32(scmi_cosim *instance, uint32_t address, uint32_t *value)
{
	ENTER(instance)
	if (!Z_scmiZ_busHas(&instance->engine, address))
		return SCMI_BUS_ERROR;
	*value = Z_scmiZ_read32(&instance->engine, address);
	return SCMI_OK;
}

scmi_status scmi_write32(scmi_cosim *instance, uint32_t address, uint32_t value)
{
	ENTER(instance)
	if (!Z_scmiZ_busHas(&instance->engine, address))
		return SCMI_BUS_ERROR;
	Z_scmiZ_write32(&instance->engine, address, value);
	return SCMI_OK;
}

void *scmi_memory(scmi_cosim *instance, uint32_t address, uint32_t length)
{
	for (uint32_t i = 0; i < instance->block_count; i++) {
		uint32_t row = instance->blocks + i * SCMI_BLOCK_SIZE;
		uint32_t base = load32(instance, row + SCMI_BLOCK_BASE);
		uint32_t size = load32(instance, row + SCMI_BLOCK_LENGTH);

		if (load32(instance, row + SCMI_BLOCK_KIND) != SCMI_BLOCK_KIND_RAM)
			continue;
		if (address >= base && length <= size && address - base <= size - length)
			return instance->memory + load32(instance, row + SCMI_BLOCK_LINEAR) + (address - base);
	}
	return NULL;
}

uint32_t scmi_block_count(const scmi_cosim *instance)
{
	return instance->block_count;
}

scmi_status scmi_block_at(const scmi_cosim *instance, uint32_t index, scmi_block *block)
{
	uint32_t row = instance->blocks + index * SCMI_BLOCK_SIZE;

	if (index >= instance->block_count)
		return SCMI_USAGE;
	block->address = load32(instance, row + SCMI_BLOCK_BASE);
	block->size = load32(instance, row + SCMI_BLOCK_LENGTH);
	block->memory = load32(instance, row + SCMI_BLOCK_KIND) == SCMI_BLOCK_KIND_RAM;
	return SCMI_OK;
}

uint32_t scmi_channel_count(const scmi_cosim *instance)
{
	return instance->channel_count;
}

scmi_status scmi_channel_at(const scmi_cosim *instance, uint32_t index, scmi_channel *channel)
{
	uint32_t row = instance->channels + index * SCMI_CHANNEL_SIZE;

	if (index >= instance->channel_count)
		return SCMI_USAGE;
	channel->address = load32(instance, row + SCMI_CHANNEL_AREA);
	channel->size = load32(instance, row + SCMI_CHANNEL_LENGTH);
	channel->agent = load32(instance, row + SCMI_CHANNEL_AGENT);
	channel->from_platform =
		load32(instance, row + SCMI_CHANNEL_DIRECTION) == SCMI_CHANNEL_DIRECTION_PLATFORM_TO_AGENT;
	/* Every channel is in the service of its function ID, which has the addresses of its rows. */
	for (uint32_t i = 0; i < instance->service_count; i++) {
		uint32_t service = instance->services + i * SCMI_SERVICE_SIZE;
		uint32_t kind = load32(instance, service + SCMI_SERVICE_KIND);
		uint32_t first = load32(instance, service + SCMI_SERVICE_FIRST);
		uint32_t size = load32(instance, service + SCMI_SERVICE_COUNT) * SCMI_CHANNEL_SIZE;

		if (kind != SCMI_SERVICE_KIND_CHANNELS && kind != SCMI_SERVICE_KIND_READ)
			continue;
		if (row < first || row - first >= size)
			continue;
		channel->function_id = load32(instance, service + SCMI_SERVICE_FUNCTION_ID);
		channel->conduit = (scmi_conduit)load32(instance, service + SCMI_SERVICE_EXCEPTION_LEVEL);
		channel->secure = load32(instance, service + SCMI_SERVICE_SECURE) != 0;
	}
	return SCMI_OK;
}

uint32_t scmi_interrupts(const scmi_cosim *instance)
{
	return state(instance, SCMI_STATE_INTERRUPTS);
}

uint32_t scmi_channel_interrupts(const scmi_cosim *instance, uint32_t channel)
{
	if (channel >= instance->channel_count)
		return 0;
	return load32(instance, instance->channels + channel * SCMI_CHANNEL_SIZE + SCMI_CHANNEL_INTERRUPTS);
}

scmi_status scmi_reset_agent(scmi_cosim *instance, uint32_t agent, bool permissions)
{
	ENTER(instance)
	return Z_scmiZ_resetAgent(&instance->engine, agent, permissions) ? SCMI_OK : SCMI_USAGE;
}

size_t scmi_snapshot_size(const scmi_cosim *instance)
{
	return state(instance, SCMI_STATE_END);
}

void scmi_snapshot(const scmi_cosim *instance, void *snapshot)
{
	memcpy(snapshot, instance->memory, scmi_snapshot_size(instance));
}

scmi_status scmi_restore(scmi_cosim *instance, const void *snapshot, size_t length)
{
	if (instance->faulty)
		return SCMI_FAULT;
	if (length != scmi_snapshot_size(instance))
		return SCMI_SNAPSHOT;
	memcpy(instance->memory, snapshot, length);
	return SCMI_OK;
}

const char *scmi_status_text(scmi_status status)
{
	switch (status) {
	case SCMI_OK:
		return "done";
	case SCMI_USAGE:
		return "there is no such CPU, conduit, block, channel or agent";
	case SCMI_BUS_ERROR:
		return "nothing answers at that address, or it is no multiple of 4";
	case SCMI_NO_MEMORY:
		return "memory is short";
	case SCMI_IMAGE:
		return "the image is refused";
	case SCMI_SNAPSHOT:
		return "the snapshot is another platform's";
	case SCMI_FAULT:
		return "the engine has failed";
	}
	return "unknown status";
}

const char *scmi_load_error_text(uint32_t load_error)
{
	switch (load_error) {
	case SCMI_LOAD_ERROR_NONE:
		return "no error";
	case SCMI_LOAD_ERROR_MAGIC:
		return "no magic number";
	case SCMI_LOAD_ERROR_VERSION:
		return "an image of another format version";
	case SCMI_LOAD_ERROR_LENGTH:
		return "a length that is not the image's";
	case SCMI_LOAD_ERROR_SECTION:
		return "a section outside the image";
	case SCMI_LOAD_ERROR_RANGE:
		return "a value out of range";
	case SCMI_LOAD_ERROR_REFERENCE:
		return "a reference to a row that does not exist";
	case SCMI_LOAD_ERROR_ADDRESS:
		return "a physical address that no block covers, or none of a kind that does for it";
	case SCMI_LOAD_ERROR_CYCLE:
		return "a clock or power domain that is its own ancestor, or nested too deeply";
	case SCMI_LOAD_ERROR_DUPLICATE:
		return "a duplicate";
	case SCMI_LOAD_ERROR_PROTOCOL:
		return "a protocol or version that the engine does not have";
	case SCMI_LOAD_ERROR_MEMORY:
		return "more memory than there is";
	}
	return "unknown error";
}
