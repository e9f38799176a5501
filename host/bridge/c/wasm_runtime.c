/*
 * The runtime of wasm2c's generated code: memory with checked bounds, one table, traps that come back to the caller.
 * Follows wasm-rt.h of the Debian package wabt. State: the way out of each thread, and types that never change.
 */
#include "wasm_runtime.h"

#include <stdarg.h>

enum { PAGE = 65536, MOST_TYPES = 256, MOST_VALUES = 16 };

_Thread_local jmp_buf *scmi_way_out;

void wasm_rt_trap(wasm_rt_trap_t code)
{
	longjmp(*scmi_way_out, code);
}

bool wasm_rt_is_initialized(void)
{
	return true;
}

/* Called by scmi_create's pthread_once alone, so no lock. The same types get the same number. */
uint32_t wasm_rt_register_func_type(uint32_t params, uint32_t results, ...)
{
	static struct {
		uint32_t params, results;
		int values[MOST_VALUES];
	} types[MOST_TYPES], *type;
	static uint32_t count;
	va_list values;

	if (count == MOST_TYPES || params + results > MOST_VALUES)
		return 0;
	type = &types[count];
	memset(type, 0, sizeof *type);
	type->params = params;
	type->results = results;
	va_start(values, results);
	for (uint32_t i = 0; i < params + results; i++)
		type->values[i] = va_arg(values, int);
	va_end(values);
	for (uint32_t i = 0; i < count; i++)
		if (memcmp(&types[i], type, sizeof *type) == 0)
			return i + 1;
	return ++count;
}

void wasm_rt_allocate_memory(wasm_rt_memory_t *memory, uint32_t pages, uint32_t max_pages)
{
	memory->data = calloc(pages, PAGE);
	memory->pages = memory->data == NULL ? 0 : pages;
	memory->max_pages = max_pages;
	memory->size = memory->pages * PAGE;
}

uint32_t wasm_rt_grow_memory(wasm_rt_memory_t *memory, uint32_t pages)
{
	uint32_t old = memory->pages;
	/* The size in bytes has 32 bits. */
	uint32_t most = memory->max_pages < UINT32_MAX / PAGE ? memory->max_pages : UINT32_MAX / PAGE;
	uint8_t *data;

	if (pages > most || old > most - pages)
		return UINT32_MAX;
	data = realloc(memory->data, (size_t)(old + pages) * PAGE);
	if (data == NULL)
		return UINT32_MAX;
	memset(data + (size_t)old * PAGE, 0, (size_t)pages * PAGE);
	memory->data = data;
	memory->pages = old + pages;
	memory->size = memory->pages * PAGE;
	return old;
}

void wasm_rt_free_memory(wasm_rt_memory_t *memory)
{
	free(memory->data);
}

void wasm_rt_allocate_funcref_table(wasm_rt_funcref_table_t *table, uint32_t elements, uint32_t max_elements)
{
	table->data = calloc(elements, sizeof *table->data);
	table->size = table->data == NULL ? 0 : elements;
	table->max_size = max_elements;
}

void wasm_rt_free_funcref_table(wasm_rt_funcref_table_t *table)
{
	free(table->data);
}
