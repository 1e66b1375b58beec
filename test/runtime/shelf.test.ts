/** Memories that sessions have returned: the choice for another session, and their remaining contents. */
import { describe, expect, it } from "vitest";
import { Place } from "../../src/plan/op.js";
import { Shelf } from "../../src/runtime/shelf.js";

const PAGE = 65536;
const MIB = 2 ** 20;

function memoryOf(bytes: number): WebAssembly.Memory {
  const pages = bytes / PAGE;
  return new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
}

describe("Shelf", () => {
  it("gives the smallest memory that fits, and none twice", () => {
    const shelf = new Shelf(() => {});
    const [small, middle, large] = [2, 3, 4].map((pages) => memoryOf(pages * PAGE));
    for (const memory of [large, small, middle]) shelf.put(memory);
    expect(shelf.take(3 * PAGE)).toBe(middle);
    expect(shelf.take(3 * PAGE)).toBe(large);
    expect(shelf.take(3 * PAGE)).toBe(null);
    expect(shelf.take(2 * PAGE)).toBe(small);
  });

  it("gives no memory of which less than half would be used", () => {
    const shelf = new Shelf(() => {});
    const memory = memoryOf(4 * PAGE);
    shelf.put(memory);
    expect(shelf.take(PAGE)).toBe(null);
    expect(shelf.take(2 * PAGE)).toBe(memory);
  });

  it("gives zeros, but for the words by which threads meet", () => {
    const shelf = new Shelf(() => {});
    const memory = memoryOf(2 * PAGE);
    const bytes = new Uint8Array(memory.buffer);
    bytes.fill(7);
    shelf.put(memory);
    shelf.take(2 * PAGE);
    const left = bytes.reduce((count, byte) => count + (byte === 7 ? 1 : 0), 0);
    expect(left).toBe(Place.Free - Place.Sync);
    expect(bytes.subarray(Place.Sync, Place.Free).every((byte) => byte === 7)).toBe(true);
    expect(bytes[bytes.length - 1]).toBe(0);
  });

  it("keeps 64 MiB, and drops the oldest first", () => {
    const dropped: WebAssembly.Memory[] = [];
    const shelf = new Shelf((memory) => dropped.push(memory));
    const memories = [30, 20, 10, 25, 70].map((size) => memoryOf(size * MIB));
    for (const memory of memories.slice(0, 3)) shelf.put(memory);
    expect(dropped).toEqual([]);
    shelf.put(memories[3]);
    expect(dropped).toEqual([memories[0]]);
    shelf.put(memories[4]);
    expect(dropped).toEqual(memories);
    expect(shelf.take(70 * MIB)).toBe(null);
  });
});
