/** Backends that run models: the public part of this room. */

export type { BackendInfo, BackendName } from "./backend.js";
export type { WasmSource } from "./variants.js";
