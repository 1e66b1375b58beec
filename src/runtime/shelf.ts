/**
 * Keeps shared memories that sessions have given back, for the next sessions that they fit: each new one would stay in
 * the heaps of the workers that served it. Knows neither workers nor sessions.
 */
import { Place } from "../plan/op.js";

/** Bytes that lie on a shelf at most; the oldest memories make room. */
const ROOM = 64 * 2 ** 20;
/** A memory serves a session that needs at least this share of it. */
const LEAST_SHARE = 1 / 2;

export class Shelf {
  readonly #onDrop: (memory: WebAssembly.Memory) => void;
  /** The oldest first. */
  #memories: WebAssembly.Memory[] = [];

  /** @param onDrop is told which memory is no longer kept */
  constructor(onDrop: (memory: WebAssembly.Memory) => void) {
    this.#onDrop = onDrop;
  }

  /** The smallest memory that fits, zeroed but for the words by which threads meet; `null` where there is none. */
  take(bytes: number): WebAssembly.Memory | null {
    const fitting = this.#memories.filter(({ buffer: { byteLength } }) => {
      return byteLength >= bytes && byteLength * LEAST_SHARE <= bytes;
    });
    if (fitting.length === 0) return null;
    const memory = fitting.reduce((a, b) => (b.buffer.byteLength < a.buffer.byteLength ? b : a));
    this.#memories = this.#memories.filter((other) => other !== memory);
    // A worker may still be on its way out: it must find the generation that sent it away.
    new Uint8Array(memory.buffer, 0, Place.Sync).fill(0);
    new Uint8Array(memory.buffer, Place.Free, bytes - Place.Free).fill(0);
    return memory;
  }

  /** Keeps a memory that nobody uses. */
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
