/*
 * The entry into the engine: what wasm2c's generated code needs of a runtime, and a way out when it fails.
 * Follows wasm-rt.h of the Debian package wabt. Its own runtime is not used: it keeps one way out for all threads.
 */
#ifndef SCMI_WASM_RUNTIME_H
#define SCMI_WASM_RUNTIME_H

#include <setjmp.h>

#include "wasm-rt.h"

#if WASM_RT_MEMCHECK_SIGNAL_HANDLER || WASM_RT_USE_STACK_DEPTH_COUNT
#error "build with -DWASM_RT_MEMCHECK_SIGNAL_HANDLER=0 -DWASM_RT_USE_STACK_DEPTH_COUNT=0, as the Makefile does"
#endif

/** Where generated code goes when it fails on this thread: set before each entry. */
extern _Thread_local jmp_buf *scmi_way_out;

#endif
