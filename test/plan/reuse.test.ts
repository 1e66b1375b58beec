// Row tensors that share memory: never two that are needed at once, and the places worked out by hand.
import { describe, expect, it } from "vitest";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import type { TensorRef } from "../../src/plan/tensor.js";

/** A tape with a section of rescalings `[from, to]` by names; widths in floats, all multiples of 8. */
function offsets(widths: Record<string, number>, steps: readonly (readonly [string, string])[], kept: string[]) {
  const tape = new Tape();
  const tensors: Record<string, TensorRef> = { x: tape.rows("x", 8) };
  tape.begin("predict");
  for (const [from, to] of steps) {
    tensors[to] ??= tape.rows(to, widths[to]);
    tape.emit({ op: Op.Rescale, x: tensors[from], y: tensors[to], columns: 8, scale: 1, offset: 0 });
  }
  tape.end(kept.map((name) => tensors[name]));
  const { slabSizes, rowSizes } = tape.build();
  expect(slabSizes.rows).toBe(rowSizes.predict);
  return { size: slabSizes.rows, ...Object.fromEntries(Object.entries(tensors).map(([name, t]) => [name, t.offset])) };
}

const EQUAL = { a: 8, b: 8, c: 8, d: 8 };

describe("a section that says what is read after it", () => {
  it("lets a chain go to and fro between two places, and leaves alone what lies outside", () => {
    const chain = [
      ["x", "a"],
      ["a", "b"],
      ["b", "c"],
      ["c", "d"],
    ] as const;
    expect(offsets(EQUAL, chain, ["d"])).toEqual({ size: 24, x: 0, a: 8, b: 16, c: 8, d: 16 });
  });

  it("keeps what is read again later", () => {
    const steps = [
      ["x", "a"],
      ["a", "b"],
      ["b", "c"],
      ["a", "d"],
    ] as const;
    expect(offsets(EQUAL, steps, ["d"])).toEqual({ size: 32, x: 0, a: 8, b: 16, c: 24, d: 16 });
  });

  it("keeps to the end what is read after the section", () => {
    const steps = [
      ["x", "a"],
      ["a", "b"],
      ["b", "c"],
      ["c", "d"],
    ] as const;
    expect(offsets(EQUAL, steps, ["a", "d"])).toEqual({ size: 32, x: 0, a: 8, b: 16, c: 24, d: 16 });
  });

  it("fills the first gap that is wide enough", () => {
    const widths = { a: 16, b: 48, c: 16, d: 48 };
    const steps = [
      ["x", "a"],
      ["x", "b"],
      ["b", "c"],
      ["c", "d"],
    ] as const;
    // Strides are odd numbers of lines of 16. a is free when b is, so c fits before b, and d after c.
    const { size, ...places } = offsets(widths, steps, ["d"]);
    expect(places).toEqual({ x: 0, a: 8, b: 8, c: 56, d: 8 });
    expect(size).toBe(72);
  });
});

it("a section that does not say so keeps everything", () => {
  const tape = new Tape();
  tape.begin("train");
  const [a, b] = [tape.rows("a", 8), tape.rows("b", 8)];
  tape.emit({ op: Op.Rescale, x: a, y: b, columns: 8, scale: 1, offset: 0 });
  tape.emit({ op: Op.Rescale, x: b, y: tape.rows("c", 8), columns: 8, scale: 1, offset: 0 });
  tape.end();
  expect(tape.build().slabSizes.rows).toBe(24);
});
