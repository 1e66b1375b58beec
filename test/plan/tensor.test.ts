// Storage of tensors: strides, panels, and the way between them and plain row-major order.
import { describe, expect, it } from "vitest";
import { roundUp } from "../../src/base/shape.js";
import { Tape } from "../../src/plan/tape.js";
import { pack, panelStride, rowStride, unpack } from "../../src/plan/tensor.js";
import { SIZES } from "../support/sizes.js";
import { uniforms } from "../support/tensors.js";

describe("strides", () => {
  it.each([
    [1, 8],
    [8, 8],
    [9, 16],
    [16, 16],
    [17, 48],
    [48, 48],
    [49, 80],
    [784, 784],
    [1024, 1040],
  ])("rows of %i columns are %i floats apart", (columns, stride) => {
    expect(rowStride(columns)).toBe(stride);
  });

  it.each(SIZES)("hold %i columns in whole panels, on an odd number of cache lines when wide", (columns) => {
    const stride = rowStride(columns);
    expect(stride).toBeGreaterThanOrEqual(roundUp(columns, 8));
    if (columns > 8) expect((stride / 16) % 2).toBe(1);
  });

  it("leave a line between panels", () => {
    expect(panelStride(4)).toBe(4 * 8 + 16);
    expect(panelStride(5)).toBe(8 * 8 + 16);
  });
});

describe("pack and unpack", () => {
  it.each(SIZES.flatMap((inputs) => [1, 7, 8, 9, 33].map((units) => [inputs, units])))(
    "are inverse for a kernel of %i × %i, and leave padding alone",
    (inputs, units) => {
      const tape = new Tape();
      tape.parameter("before", [3]);
      const kernel = tape.parameter("kernel", [inputs, units]);
      const bias = tape.parameter("bias", [units]);
      const slab = new Float32Array(tape.build().slabSizes.params).fill(NaN);
      const [kernelValues, biasValues] = [uniforms(inputs * units, 1), uniforms(units, 2)];
      pack(kernel, kernelValues, slab);
      pack(bias, biasValues, slab);
      expect(unpack(kernel, slab)).toEqual(kernelValues);
      expect(unpack(bias, slab)).toEqual(biasValues);
      expect(slab.filter((value) => !Number.isNaN(value))).toHaveLength(inputs * units + units);
    },
  );

  it("put the eight units of a panel side by side, input by input", () => {
    const kernel = new Tape().parameter("kernel", [2, 10]);
    const values = Float32Array.from({ length: 20 }, (_, i) => (i < 10 ? i : 100 + i - 10)); // 100 · input + unit
    const slab = new Float32Array(2 * kernel.stride);
    pack(kernel, values, slab);
    expect([...slab.subarray(0, 16)]).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 100, 101, 102, 103, 104, 105, 106, 107]);
    expect([...slab.subarray(kernel.stride, kernel.stride + 16)]).toEqual([
      8, 9, 0, 0, 0, 0, 0, 0, 108, 109, 0, 0, 0, 0, 0, 0,
    ]);
  });
});
