/** Pixels of a canvas to rows of numbers, resized by area. Knows pixels only: no canvas, no page, no model. */
import { counted } from "../base/counted.js";
import { checkNumber, DataError, show } from "../base/errors.js";
import { isNumericArray, kindOf } from "../base/kinds.js";
import { flag, type Given, number, optional, readOptions, unchecked } from "../base/options.js";

/** The result of a canvas's `getImageData`, or anything of that form: RGBA bytes, row by row from the top. */
export interface Pixels {
  readonly data: Uint8ClampedArray | Uint8Array;
  readonly width: number;
  readonly height: number;
}

/** Options of `fromImageData`. */
const imageOptions = {
  /** Width of the result. @default that of the image */
  width: optional(unchecked<number>()),
  /** Height of the result. @default that of the image */
  height: optional(unchecked<number>()),
  /** One number per pixel, 0.299 R + 0.587 G + 0.114 B (ITU-R BT.601); otherwise three: R, G, B. @default true */
  grayscale: flag(true),
  /** 1 minus each number: dark ink on a light page becomes bright on dark, as in MNIST. @default false */
  invert: flag(false),
  /** Brightness under transparent pixels, from 0 to 1, which is white, as a page shows them. @default 1 */
  background: number({ min: 0, max: 1 }, 1),
};

/** Options of `fromImageData`. */
export interface ImageOptions extends Given<typeof imageOptions> {}

/** Pixels of a side of the result. */
const SIDE = { min: 1, max: 2 ** 14, integer: true };
const LUMA = [0.299, 0.587, 0.114];

/** @throws DataError for anything without RGBA bytes of its size. */
function checkPixels(where: string, image: Pixels): void {
  const { data, width, height } = image ?? {};
  const isBytes = isNumericArray(data) && /^Uint8/.test(kindOf(data));
  const isSized = Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0;
  if (isBytes && isSized && data.length === 4 * width * height) return;
  const got = isBytes ? `${counted(data.length, "byte")} for ${show(width)} × ${show(height)}` : show(image);
  throw new DataError(`${where}: expected what getImageData returns, 4 bytes per pixel, got ${got}.`);
}

/** Brightness of each pixel and channel over the background, 0 to 1, before resizing. */
function channelsOf({ data, width, height }: Pixels, grayscale: boolean, background: number): Float64Array {
  const channels = grayscale ? 1 : 3;
  const values = new Float64Array(width * height * channels);
  for (let pixel = 0; pixel < width * height; pixel++) {
    const alpha = data[4 * pixel + 3] / 255;
    for (let c = 0; c < 3; c++) {
      const value = (data[4 * pixel + c] / 255) * alpha + background * (1 - alpha);
      if (grayscale) values[pixel] += LUMA[c] * value;
      else values[3 * pixel + c] = value;
    }
  }
  return values;
}

/** The source cells that one target cell covers, from the first on, each with its share of it; the shares sum to 1. */
interface Cover {
  readonly first: number;
  readonly shares: readonly number[];
}

function covers(from: number, to: number): Cover[] {
  return Array.from({ length: to }, (_, i) => {
    const [begin, end] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.floor(begin);
    const count = Math.max(1, Math.ceil(end) - first);
    const overlap = (cell: number) => Math.max(0, Math.min(cell + 1, end) - Math.max(cell, begin));
    const shares = Array.from({ length: count }, (_, k) => overlap(first + k) / (end - begin));
    return { first, shares: shares.slice(0, from - first) };
  });
}

/** Resizes one axis: `outer` blocks of `from` cells of `inner` numbers, to blocks of `to` cells. */
function resizeAxis(
  values: Float64Array,
  { outer, from, to, inner }: Record<"outer" | "from" | "to" | "inner", number>,
) {
  if (from === to) return values;
  const plan = covers(from, to);
  const resized = new Float64Array(outer * to * inner);
  for (let block = 0; block < outer; block++) {
    plan.forEach(({ first, shares }, cell) => {
      const target = (block * to + cell) * inner;
      shares.forEach((share, k) => {
        const source = (block * from + first + k) * inner;
        for (let i = 0; i < inner; i++) resized[target + i] += share * values[source + i];
      });
    });
  }
  return resized;
}

/**
 * Pixels as rows for `predict` or a Dataset: numbers from 0 to 1, row by row from the top. A pixel of the result is the
 * mean of the area that it covers.
 *
 * ```js
 * const image = context.getImageData(0, 0, 280, 280); // black ink on a transparent canvas
 * const probabilities = model.predict(fromImageData(image, { width: 28, height: 28, invert: true }));
 * ```
 * @param images One image, or several; all are resized to one size, by default that of the first.
 * @returns [images, height · width], with `grayscale: false` [images, height · width · 3]
 * @throws DataError for anything that is not an image; OptionError.
 */
export function fromImageData(images: Pixels | readonly Pixels[], options: ImageOptions = {}): Float32Array {
  const where = "fromImageData";
  const checked = readOptions(where, imageOptions, options, arguments);
  const list = Array.isArray(images) ? (images as readonly Pixels[]) : [images as Pixels];
  if (list.length === 0) throw new DataError(`${where}: expected at least one image, got none.`);
  list.forEach((image, i) => {
    checkPixels(list.length > 1 ? `${where}: image ${i}` : where, image);
  });
  const { width = list[0].width, height = list[0].height, grayscale, invert, background } = checked;
  checkNumber(`${where}: width`, width, SIDE);
  checkNumber(`${where}: height`, height, SIDE);
  const channels = grayscale ? 1 : 3;
  const size = width * height * channels;
  const rows = new Float32Array(list.length * size);
  list.forEach((image, i) => {
    const values = channelsOf(image, grayscale, background);
    const narrow = resizeAxis(values, { outer: image.height, from: image.width, to: width, inner: channels });
    const small = resizeAxis(narrow, { outer: 1, from: image.height, to: height, inner: width * channels });
    rows.set(invert ? small.map((value) => 1 - value) : small, i * size);
  });
  return rows;
}
