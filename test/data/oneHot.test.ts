// oneHot.ts: worked by hand, there and back, and bad labels named by their row.
import { describe, expect, it } from "vitest";
import { DataError, OptionError, ShapeError } from "../../src/base/errors.js";
import { argMax, oneHot } from "../../src/data/oneHot.js";

describe("oneHot", () => {
  it("puts a one into the column of the label", () => {
    expect(oneHot([2, 0, 1], 3)).toEqual(Float32Array.of(0, 0, 1, 1, 0, 0, 0, 1, 0));
    expect(oneHot(Uint8Array.of(1), 4)).toEqual(Float32Array.of(0, 1, 0, 0));
    expect(oneHot([0, 0], 1)).toEqual(Float32Array.of(1, 1));
    expect(oneHot([], 5)).toEqual(new Float32Array(0));
  });

  const refused: [ArrayLike<number>, RegExp][] = [
    [[0, 3], /oneHot: row 1: expected an integer from 0 to 2, got 3/],
    [[0, 1, -1], /row 2: .* got -1/],
    [[0.5], /row 0: .* got 0\.5/],
    [Float32Array.of(1, NaN), /row 1: .* got NaN/],
    [["1"] as unknown as number[], /row 0: .* got "1"/],
  ];
  it.each(refused)("rejects labels %j", (labels, message) => {
    expect(() => oneHot(labels, 3)).toThrow(DataError);
    expect(() => oneHot(labels, 3)).toThrow(message);
  });

  it.each([0, -1, 2.5, NaN, undefined])("rejects %s classes", (classes) => {
    expect(() => oneHot([0], classes as number)).toThrow(OptionError);
    expect(() => oneHot([0], classes as number)).toThrow(/oneHot: classes: expected an integer >= 1/);
  });
});

describe("argMax", () => {
  it("finds the largest of each row, the first of equals", () => {
    expect(argMax([0.1, 0.7, 0.2, 5, 5, 4, -3, -2, -2], 3)).toEqual(Int32Array.of(1, 0, 1));
    expect(argMax(Float32Array.of(-Infinity, -Infinity, Infinity, 0), 2)).toEqual(Int32Array.of(0, 0));
    expect(argMax([3, 1, 2], 1)).toEqual(Int32Array.of(0, 0, 0));
    expect(argMax([], 3)).toEqual(new Int32Array(0));
  });

  it("undoes oneHot", () => {
    const labels = Int32Array.from({ length: 100 }, (_, i) => (i * 37) % 11);
    expect(argMax(oneHot(labels, 11), 11)).toEqual(labels);
  });

  it("rejects ragged rows, NaN and bad columns", () => {
    expect(() => argMax([1, 2, 3, 4], 3)).toThrow(ShapeError);
    expect(() => argMax([1, 2, 3, 4], 3)).toThrow(/expected whole rows of 3, got 4 values/);
    expect(() => argMax([1, 2, NaN, 4], 2)).toThrow(DataError);
    expect(() => argMax([1, 2, 3, NaN], 2)).toThrow(/row 1: expected numbers, got NaN in column 1/);
    expect(() => argMax([1], 0)).toThrow(OptionError);
  });
});
