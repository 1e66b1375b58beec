/** The WebAssembly backend: one memory, which the module imports. */

import { ControlField, Place } from "../plan/op.js";
import type { Backend } from "./backend.js";
import { detectFeatures } from "./features.js";
import { newInstance } from "./instance.js";

const PAGE_BYTES = 65536;

/** Exports of the module; the last three only of one with threads. */
type Exports = Record<string, unknown> & {
  run(tape: number, begin: number, end: number, thread: number, threads: number): number;
  widen(...place: number[]): void;
  runShared(tape: number, begin: number, end: number, threads: number, tailParts: number): number;
  resume(tape: number): number;
  dismiss(): void;
};

function instantiate(module: WebAssembly.Module, memory: WebAssembly.Memory): Exports {
  return newInstance(module, { env: { memory } }).exports as Exports;
}

/** Rounds up to the bytes of whole memory pages. */
export function bytesInPages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** A memory of exactly the needed size. @throws RangeError if it is not available */
export function newMemory(bytes: number, { shared = false } = {}): WebAssembly.Memory {
  const initial = bytesInPages(bytes) / PAGE_BYTES;
  return new WebAssembly.Memory({ initial, maximum: initial, shared });
}

/**
 * Modules that were instantiated once: each further memory takes addresses, of which browsers have few, until it is
 * collected.
 */
const instantiable = new WeakSet<WebAssembly.Module>();

/**
 * Tries to instantiate a module, for a second if there are no addresses. WebKit compiles it despite the page's policy,
 * and fails here. @throws BackendError
 */
export async function checkInstantiable(module: WebAssembly.Module): Promise<void> {
  if (instantiable.has(module)) return;
  const attempt = () => instantiate(module, newMemory(1));
  try {
    attempt();
  } catch (cause) {
    await (await import("./addresses.js")).awaitAddresses(attempt, cause);
  }
  instantiable.add(module);
}

export class WasmBackend implements Backend {
  readonly memory: WebAssembly.Memory;
  floats: Float32Array;
  ints: Int32Array;
  doubles: Float64Array;
  isBroken = false;
  protected readonly exports: Exports;

  /** @throws RangeError if there is not enough memory */
  constructor(module: WebAssembly.Module, words: Int32Array, bytes: number, memory = newMemory(bytes)) {
    const size = bytesInPages(bytes);
    const { buffer } = memory;
    this.memory = memory;
    this.floats = new Float32Array(buffer, 0, size / 4);
    this.ints = new Int32Array(buffer, 0, size / 4);
    this.doubles = new Float64Array(buffer, 0, size / 8);
    this.ints.set(words, Place.Free / 4);
    this.ints[(Place.Control + ControlField.WideRows) / 4] = Number(detectFeatures().relaxedSimd);
    this.exports = instantiate(module, memory);
  }

  run(begin: number, end: number, _isLarge?: boolean): void {
    this.exports.run(Place.Free, begin, end, 0, 1);
  }

  widen(...place: number[]): void {
    this.exports.widen(...place);
  }

  release(): void {}
}
