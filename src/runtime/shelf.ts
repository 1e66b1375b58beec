/**
 * Keeps shared memories that sessions have released, for later sessions that they fit. Otherwise each new memory would
 * stay in the heaps of the workers that served it. Knows neither workers nor sessions.
 */
import { Place } from "../plan/op.js";

/** Most bytes on a shelf; the oldest memories make room. */
const ROOM = 64 * 2 ** 20;
/** Smallest share of a memory that a session must need to get it. */
const LEAST_SHARE = 1 / 2;

export class Shelf {
  readonly #onDrop: (memory: WebAssembly.Memory) => void;
  /** Memories, the oldest first. */
  #memories: WebAssembly.Memory[] = [];

  /** @param onDrop Called with each memory that is no longer kept. */
  constructor(onDrop: (memory: WebAssembly.Memory) => void) {
    this.#onDrop = onDrop;
  }

  /** The smallest memory that fits, zeroed except for the words that synchronize threads; `null` if there is none. */
  take(bytes: number): WebAssembly.Memory | null {
    const fitting = this.#memories.filter(({ buffer: { byteLength } }) => {
      return byteLength >= bytes && byteLength * LEAST_SHARE <= bytes;
    });
    if (fitting.length === 0) return null;
    const memory = fitting.reduce((a, b) => (b.buffer.byteLength < a.buffer.byteLength ? b : a));
    this.#memories = this.#memories.filter((other) => other !== memory);
    // A worker may still be leaving: it must find the generation that dismissed it.
    new Uint8Array(memory.buffer, 0, Place.Sync).fill(0);
    new Uint8Array(memory.buffer, Place.Free, bytes - Place.Free).fill(0);
    return memory;
  }

  /** Keeps a memory that is no longer in use. */
  put(memory: WebAssembly.Memory): void {
    this.#memories.push(memory);
    let bytes = this.#memories.reduce((sum, { buffer }) => sum + buffer.byteLength, 0);
    while (bytes > ROOM) {
      const oldest = this.#memories.shift() as WebAssembly.Memory;
      bytes -= oldest.buffer.byteLength;
      this.#onDrop(oldest);
    }
  }
}
