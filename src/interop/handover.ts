/** Options and data of a training that another library goes on with. */

import { DataError, FormatError } from "../base/errors.js";
import { flag, type Given, nullable, number, readOptions, unchecked } from "../base/options.js";
import { sizeOf } from "../base/shape.js";
import type { Data } from "../data/dataset.js";
import type { OnWarning } from "../data/onWarning.js";
import { writeNpz } from "../formats/npy.js";
import { addEveryLayer } from "../specs/layers/every.js";
import { type PlacedLayer, placeLayers } from "../specs/layers/facts.js";
import { isTrainable } from "../specs/layers/layer.js";
import { addEveryLoss } from "../specs/losses/every.js";
import { fitData } from "../training/fitData.js";
import { checkPortable, type Portable } from "./portable.js";
import { type WritingOptions, writingOptions } from "./writing.js";

const trainingOptions = {
  /**
   * The rows to train on, written to `data.npz`; they fit the model as those of `fit` do. `null` for none: the script is
   * given a file with x and y. @default null
   */
  data: nullable(unchecked<Data>()),
  /** Epochs to train, unless the script is told otherwise. @default 10 */
  epochs: number({ min: 1, max: 1e6, integer: true }, 10),
  /** Rows of one step, those of all processes together. @default 32 */
  batchSize: number({ min: 1, max: 2 ** 31 - 1, integer: true }, 32),
  /** Decides the order of the rows, from 0 to 2^32 - 1. @default 0 */
  seed: number({ min: 0, max: 2 ** 32 - 1, integer: true }, 0),
  /** True for another order in each epoch. @default true */
  shuffle: flag(true),
};

/** Options of a training that another library goes on with. */
export interface TrainingOptions extends WritingOptions, Given<typeof trainingOptions> {}

/** A training that another library goes on with. */
export interface Handover {
  readonly layers: readonly PlacedLayer[];
  /** Defaults of the script. */
  readonly defaults: Readonly<Record<"epochs" | "batchSize" | "seed", number>> & { readonly shuffle: boolean };
  /** `data.npz`, if there are rows. */
  readonly files: { readonly "data.npz"?: Uint8Array };
  readonly onWarning: OnWarning;
}

/**
 * Checks model, data and options.
 * @throws FormatError for a model that is not compiled or has nothing to train; DataError, ShapeError as `fit`; OptionError
 */
export async function handoverOf(
  where: string,
  source: Portable,
  options: TrainingOptions,
  extra: ArrayLike<unknown>,
): Promise<Handover> {
  const { data, onWarning, ...defaults } = readOptions(
    where,
    { ...trainingOptions, ...writingOptions },
    options,
    extra,
  );
  checkPortable(where, source);
  const { compiled, inputShape } = source;
  if (!compiled) {
    throw new FormatError(`${where}: the model has no optimizer and no loss. Call compile before it is handed over.`);
  }
  addEveryLayer();
  addEveryLoss();
  const layers = placeLayers(
    source.layers.map(({ spec }) => spec),
    inputShape,
  );
  const isTrained = layers.some(({ parameters }) => parameters.some(isTrainable));
  if (!isTrained) throw new FormatError(`${where}: no layer has weights to train. Unfreeze one.`);
  const files: { "data.npz"?: Uint8Array } = {};
  if (data !== null) {
    const outputs = sizeOf(layers[layers.length - 1].outputShape);
    const dataset = fitData(where, data, { inputShape, layers, outputs, loss: compiled.loss });
    if (dataset.sampleWeight) {
      throw new DataError(`${where}: sampleWeight does not travel. Leave it out.`);
    }
    const { x, y, length, targetShape } = dataset;
    files["data.npz"] = await writeNpz({
      x: { shape: [length, ...inputShape], data: x },
      y: { shape: [length, ...targetShape], data: y },
    });
  }
  return { layers, defaults, files, onWarning };
}

/** Lines of Python that both scripts share: their arguments, their rows, and their checkpoints. */
export function sharedPython({ epochs, batchSize, seed, shuffle }: Handover["defaults"], shape: readonly number[]) {
  return `INPUT_SHAPE = (${shape.map((size) => `${size},`).join(" ")})


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=HERE / "data.npz", help="an .npz file with x and y, or a folder with x.npy and y.npy")
    parser.add_argument("--epochs", type=int, default=${epochs}, help="epochs after the hand-over (default: ${epochs})")
    parser.add_argument("--batch-size", type=int, default=${batchSize}, help="rows of one step, of all devices together (default: ${batchSize})")
    parser.add_argument("--seed", type=int, default=${seed}, help="decides the order of the rows (default: ${seed})")
    parser.add_argument("--no-shuffle", action="store_true"${shuffle ? "" : ", default=True"}, help="take the rows in their own order")
    parser.add_argument("--keep", type=int, default=2, help="checkpoints to keep (default: 2)")
    found = parser.parse_args()
    for name in ("epochs", "batch_size", "keep"):
        if getattr(found, name) < 1:
            parser.error(f"--{name.replace('_', '-')}: expected 1 or more")
    return found


def rows_of(path):
    """x and y. Files of a folder stay on disk: a step reads its own rows."""
    if not path.exists():
        raise SystemExit(f"there is no {path}. Give --data a file with x and y: numpy.savez('data.npz', x=x, y=y)")
    if path.is_dir():
        x, y = (np.load(path / f"{name}.npy", mmap_mode="r") for name in "xy")
    else:
        with np.load(path) as file:
            missing = {"x", "y"} - set(file.files)
            if missing:
                raise SystemExit(f"{path}: expected arrays x and y, got {', '.join(file.files)}")
            x, y = file["x"], file["y"]
    if x.shape[1:] != INPUT_SHAPE or len(x) == 0:
        raise SystemExit(f"{path}: x: expected rows of shape {INPUT_SHAPE}, got {x.shape}")
    if len(y) != len(x):
        raise SystemExit(f"{path}: y: expected as many rows as x has, {len(x)}, got {len(y)}")
    return x, y


def checkpoints():
    """Finished checkpoints by epoch."""
    found = {}
    for path in CHECKPOINTS.glob("epoch-*"):
        number = path.stem[len("epoch-") :]
        if number.isdigit():
            found[int(number)] = path
    return dict(sorted(found.items()))


def sync(path):
    """Waits until a file or folder is on disk."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)`;
}
