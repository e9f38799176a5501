// Compiles the engine's module from its bytes.
// WebAssembly JavaScript Interface, section 5.1.

import { CosimError } from "./errors.ts";

/**
 * Compiles a module's bytes.
 * @param name where they come from, for the message
 * @throws CosimError ENGINE_ABI when they are no module
 */
export function compileModule(
	bytes: BufferSource,
	name: string,
): WebAssembly.Module {
	try {
		return new WebAssembly.Module(bytes);
	} catch (cause) {
		throw new CosimError("ENGINE_ABI", `${name}: not a WebAssembly module`, {
			cause,
		});
	}
}
