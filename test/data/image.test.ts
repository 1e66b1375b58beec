// fromImageData: means of areas worked by hand, and bad images.
import { describe, expect, it } from "vitest";
import { fromImageData } from "../../src/index.js";
import { describeRefusals, type Refusal } from "../badInput/refusals.js";

/** Gray pixels, opaque. */
function gray(rows: number[][]) {
  const data = Uint8ClampedArray.from(rows.flat().flatMap((value) => [value, value, value, 255]));
  return { data, width: rows[0].length, height: rows.length };
}

const CLOSE = { rtol: 1e-6, atol: 1e-7 };

describe("fromImageData", () => {
  it("scales bytes to 0 … 1, row by row", () => {
    const rows = [
      [0, 51, 255],
      [102, 204, 153],
    ];
    expect(fromImageData(gray(rows))).toBeAllClose([0, 0.2, 1, 0.4, 0.8, 0.6], CLOSE);
    expect(fromImageData(gray(rows), { invert: true })).toBeAllClose([1, 0.8, 0, 0.6, 0.2, 0.4], CLOSE);
  });

  it("weighs colours by BT.601, or keeps them", () => {
    const image = { data: Uint8ClampedArray.of(255, 0, 0, 255, 0, 255, 0, 255, 0, 0, 255, 255), width: 3, height: 1 };
    expect(fromImageData(image)).toBeAllClose([0.299, 0.587, 0.114], CLOSE);
    expect([...fromImageData(image, { grayscale: false })]).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(fromImageData(image, { grayscale: false, width: 1 })).toBeAllClose([1 / 3, 1 / 3, 1 / 3], CLOSE);
  });

  it("puts transparent pixels on the background", () => {
    const image = { data: Uint8ClampedArray.of(0, 0, 0, 0, 0, 0, 0, 51, 255, 255, 255, 51), width: 3, height: 1 };
    expect(fromImageData(image)).toBeAllClose([1, 0.8, 1], CLOSE);
    expect(fromImageData(image, { background: 0 })).toBeAllClose([0, 0, 0.2], CLOSE);
    expect(fromImageData(image, { background: 0.5, invert: true })).toBeAllClose([0.5, 0.6, 0.4], CLOSE);
  });

  it("takes means of the areas that pixels cover", () => {
    const image = gray([
      [0, 255, 0],
      [255, 255, 0],
      [0, 0, 255],
    ]);
    // Each of 2 × 2 covers 1.5 × 1.5: a corner, halves of two edges, a quarter of the centre.
    const mean = (corner: number, a: number, b: number, centre: number) => (corner + (a + b) / 2 + centre / 4) / 2.25;
    const expected = [mean(0, 1, 1, 1), mean(0, 1, 0, 1), mean(0, 1, 0, 1), mean(1, 0, 0, 1)];
    expect(fromImageData(image, { width: 2, height: 2 })).toBeAllClose(expected, CLOSE);
    expect(fromImageData(image, { width: 1, height: 1 })).toBeAllClose([4 / 9], CLOSE);
    expect(fromImageData(image, { width: 1 })).toBeAllClose([1 / 3, 2 / 3, 1 / 3], CLOSE);
    expect(fromImageData(gray([[0, 255]]), { width: 4, height: 2 })).toBeAllClose([0, 0, 1, 1, 0, 0, 1, 1], CLOSE);
  });

  it.each([
    [280, 28],
    [100, 28],
    [7, 5],
    [5, 7],
  ])("keeps the mean brightness from %d to %d pixels", (from, to) => {
    const rows = Array.from({ length: from }, (_, i) =>
      Array.from({ length: from }, (_, j) => (i * 31 + j * j * 7) % 256),
    );
    const mean = (values: ArrayLike<number>) =>
      Array.from(values).reduce((sum, value) => sum + value, 0) / values.length;
    const resized = fromImageData(gray(rows), { width: to, height: to });
    expect(resized).toHaveLength(to * to);
    expect(mean(resized)).toBeCloseTo(mean(rows.flat()) / 255, 6);
  });

  it("puts several images into rows, of the size of the first", () => {
    const images = [
      gray([[0, 255]]),
      gray([
        [255, 255, 0, 0],
        [255, 255, 0, 0],
      ]),
    ];
    expect(fromImageData(images)).toBeAllClose([0, 1, 1, 0], CLOSE);
  });
});

const image = gray([[0, 255]]);
const refused = (what: string, error: Refusal[1], says: string[], given: unknown, options: object = {}): Refusal => [
  what,
  error,
  ["fromImageData", ...says],
  () => fromImageData(given as never, options as never),
];

describeRefusals("fromImageData", [
  refused("nothing", "DataError", ["getImageData", "undefined"], undefined),
  refused("no images", "DataError", ["at least one image"], []),
  refused("bytes alone", "DataError", ["getImageData"], new Uint8ClampedArray(8)),
  refused("too few bytes", "DataError", ["4 bytes for 2 × 1"], { ...image, data: new Uint8ClampedArray(4) }),
  refused("no width", "DataError", ["8 bytes for undefined × 1"], { ...image, width: undefined }),
  refused("a plain array", "DataError", ["getImageData", "an object"], { ...image, data: [0, 0, 0, 0, 0, 0, 0, 0] }),
  refused("an invalid second image", "DataError", ["image 1", "null"], [image, null]),
  refused("an unknown option", "OptionError", ['mean "grayscale"'], image, { greyscale: true }),
  refused("width 0", "OptionError", ["width", ">= 1", "got 0"], image, { width: 0 }),
  refused("half a pixel", "OptionError", ["height", "an integer", "2.5"], image, { height: 2.5 }),
  refused("background 255", "OptionError", ["background", "<= 1", "255"], image, { background: 255 }),
  refused("invert as text", "OptionError", ["invert", '"yes"'], image, { invert: "yes" }),
]);
