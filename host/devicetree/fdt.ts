// Flattened devicetree blobs (DTB): reading and writing.
// Follows the Devicetree Specification v0.4, chapter 5.

export { MAX_BLOB_SIZE, readFdt } from "./fdt-reader.ts";
export { writeFdt } from "./fdt-writer.ts";
