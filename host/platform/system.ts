// What a platform says of how it is turned off and reset.
// Tables, compiled by image/system.ts for assembly/platform/system.ts.

/** Registers that turn the system off and reset it, physical addresses. */
export type SystemRegisters = Record<string, never>;
