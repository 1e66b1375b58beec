/** The reference backend as a choice. Loaded only on use, so that programs on Wasm ship neither it nor its reasons. */
import { BackendError } from "../base/errors.js";
import type { SelectedBackend } from "./backend.js";
import { ReferenceBackend } from "./reference/backend.js";

let warned = false;

/** The reference backend, and the reason for it. */
export function reference(reason = `backend: "reference" was asked for`): SelectedBackend {
  const selected: SelectedBackend = {
    info: { backend: "reference", variant: null, threads: 1, reason, threadsReason: "the reference backend has one" },
    create: (words, bytes) => new ReferenceBackend(words, bytes),
    withThreads: async () => selected,
  };
  return selected;
}

/**
 * The reference backend on an engine that cannot run the core.
 * @throws BackendError if the core was asked for
 */
export function insteadOfWasm(isRequired: boolean, reason: string): SelectedBackend {
  if (isRequired) throw new BackendError(`backend: "wasm" was asked for, but ${reason}. Use backend: "auto".`);
  if (!warned) console.warn(`simdgrad: ${reason}. Training works, but is many times slower.`);
  warned = true;
  return reference(reason);
}
