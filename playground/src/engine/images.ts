/** Image sets: the user's IDX files, images and labels, plain or gzipped; and the sample of MNIST in the build. */
import { type IdxArray, parseIdx } from "simdgrad";
import type { OwnData } from "./ownData.js";

/** With more rows, the page's memory would be the bottleneck, not training. */
const MOST_ROWS = 20_000;

interface Pixels {
  /** Ink from 0 to 255, image after image. */
  readonly data: ArrayLike<number>;
  readonly labels: ArrayLike<number>;
  readonly size: readonly [height: number, width: number];
}

function toOwnData({ data, labels, size: [height, width] }: Pixels): OwnData {
  const rows = Math.min(labels.length, MOST_ROWS);
  const y = Float32Array.from({ length: rows }, (_, row) => labels[row]);
  const classes = y.reduce((most, label) => Math.max(most, label), 0) + 1;
  return {
    x: Float32Array.from({ length: rows * height * width }, (_, i) => data[i] / 255),
    y,
    columns: Array.from({ length: height * width }, (_, i) => `pixel ${i}`),
    classes: Array.from({ length: classes }, (_, i) => String(i)),
    target: "digit",
    image: [height, width],
  };
}

/** @throws Error, in words for the page, for files that are not a pair of images and labels. */
export async function readImages(files: readonly File[]): Promise<OwnData> {
  const arrays: IdxArray[] = [];
  for (const file of files) {
    try {
      arrays.push(await parseIdx(new Uint8Array(await file.arrayBuffer())));
    } catch (error) {
      throw new Error(`${file.name}: ${(error as Error).message}`);
    }
  }
  const images = arrays.find(({ shape }) => shape.length === 3);
  const labels = arrays.find(({ shape }) => shape.length === 1);
  if (!images || !labels || files.length !== 2) {
    throw new Error("Choose two files together: the images (three dimensions) and their labels (one), in IDX format.");
  }
  const [count, height, width] = images.shape;
  if (labels.shape[0] !== count) {
    throw new Error(`There are ${count} images, but ${labels.shape[0]} labels. Choose the two files of one set.`);
  }
  return toOwnData({ data: images.data, labels: labels.data, size: [height, width] });
}

/** The first rows of MNIST, which the build puts into a chunk of its own. */
export async function mnistSample(): Promise<OwnData> {
  const { default: text } = await import("virtual:mnist-sample");
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  const rows = bytes.length / (28 * 28 + 1);
  return toOwnData({ data: bytes.subarray(rows), labels: bytes.subarray(0, rows), size: [28, 28] });
}
