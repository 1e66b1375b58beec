/** From PyTorch's safetensors to plain data. Trusts nothing in them. */
import { bytesOf } from "../../base/bytes.js";
import { FormatError, located, OptionError, show } from "../../base/errors.js";
import { type Given, optional, readOptions, unchecked } from "../../base/options.js";
import { readSafetensors, type SafetensorsFile, safetensorsMetadata } from "../../formats/foreignSafetensors.js";
import { otherFile } from "../../formats/otherFile.js";
import type { NamedTensor } from "../../formats/safetensors.js";
import type { Compiled } from "../../program/types.js";
import type { Layer } from "../../specs/layers/all.js";
import { resolveOptimizer } from "../../specs/optimizers/facts.js";
import { addEveryOptimizer } from "../../specs/optimizers/more.js";
import {
  type Portable,
  type PortableLayer,
  type PortableTensor,
  type PortableTraining,
  portable,
} from "../portable.js";
import { objectIn } from "../tables.js";
import { readForeign } from "./foreign.js";
import type { TorchWeight } from "./modules.js";
import { currentOptimizer, times, torchOptimizer } from "./optimizers.js";
import { type PlacedModules, placeModules, turned } from "./place.js";
import { layerOf, listed, tensorIn } from "./weights.js";

/** Options of `readTorch`, for weights that simdgrad did not write. */
export const readTorchOptions = {
  /** The layers of the model, from input to output: the file has only weights. @default those that the file names */
  layers: optional(unchecked<readonly Layer[]>()),
  /** Shape of one input row. @default [in_features] of the first linear module */
  inputShape: optional(unchecked<readonly number[]>()),
  /** Names of modules with weights, in the order of the layers: `["encoder", "head"]`. @default by number and name */
  modules: optional(unchecked<readonly string[]>()),
};

/** Options of `readTorch`. */
export interface ReadTorchOptions extends Given<typeof readTorchOptions> {}

/** The files of a model in PyTorch. */
export interface TorchWeights {
  readonly "model.safetensors": Uint8Array | ArrayBuffer;
  readonly "optimizer.safetensors"?: Uint8Array | ArrayBuffer;
}

/**
 * Reads weights that `safetensors.torch.save_file(model.state_dict(), …)` wrote: the bytes, or the files that `writeTorch`
 * writes, with the optimizer's. Files from here, also after `save` of `model.py`, say what their layers are. For others
 * give `layers`: weights go to them in order, and must have their shapes. float64, float16 and bfloat16 become float32.
 *
 * @example readTorch(bytes, { layers: [dense({ units: 16, activation: "relu" }), dense({ units: 3 })] })
 * @throws FormatError naming the tensor that is missing, left over or of another shape; OptionError
 */
export function readTorch(source: Uint8Array | ArrayBuffer | TorchWeights, options: ReadTorchOptions = {}): Portable {
  return readTorchFor("readTorch", source, options, arguments);
}

/** `readTorch` for the function `where`. */
export function readTorchFor(
  where: string,
  source: Uint8Array | ArrayBuffer | TorchWeights,
  options: ReadTorchOptions,
  extra?: ArrayLike<unknown>,
): Portable {
  const { layers, inputShape, modules } = readOptions(where, readTorchOptions, options, extra);
  const { weights, memory } = filesIn(where, source);
  const file = readSafetensors(where, weights);
  if (layers) return readForeign(where, file, layers, inputShape, modules);
  if (file.metadata.simdgrad === undefined) {
    const own = otherFile(weights, "torch");
    throw new FormatError(
      own
        ? `${where}: this is not a file of PyTorch. ${own}`
        : `${where}: the file has weights, but does not say what its layers are. Give them as options: ` +
            `{ layers: [dense({ units: 16, activation: "relu" }), …] }. It has ${listed(file)}.`,
    );
  }
  if (inputShape || modules) throw new OptionError(`${where}: inputShape and modules are for files read with layers.`);
  return readOwn(where, file, memory);
}

/** True for a safetensors file that is not one of `model.save()`. */
export function isTorch(bytes: Uint8Array): boolean {
  try {
    return safetensorsMetadata("isTorch", bytes).format !== "simdgrad";
  } catch {
    return false;
  }
}

function filesIn(where: string, source: unknown): { weights: Uint8Array; memory: Uint8Array | null } {
  const bytes = bytesOf(source);
  if (bytes) return { weights: bytes, memory: null };
  const files = (source ?? {}) as Partial<TorchWeights>;
  const weights = bytesOf(files["model.safetensors"]);
  if (weights) return { weights, memory: bytesOf(files["optimizer.safetensors"]) };
  throw new OptionError(
    `${where}: expected the bytes of a safetensors file, or what writeTorch returns, got ${show(source)}.`,
  );
}

/** A file that names its layers. */
function readOwn(where: string, file: SafetensorsFile, memory: Uint8Array | null): Portable {
  const plain = objectIn(`${where}: metadata.simdgrad`, file.metadata.simdgrad);
  const {
    layers,
    inputShape,
    seed = 0,
    compiled = null,
    progress,
    classes = null,
    features = null,
    metadata = null,
  } = plain;
  if (!Array.isArray(layers) || !Array.isArray(inputShape)) {
    throw new FormatError(`${where}: metadata.simdgrad: expected layers and inputShape.`);
  }
  const bytes = [...file.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
  const placed = placeModules(where, layers, inputShape, bytes);
  const taken = new Set<string>();
  const read = placed.map(({ layer, first, modules }): PortableLayer => {
    const own = modules.flatMap(({ weights }, i) =>
      weights.map((weight): [TorchWeight, string] => [weight, `${first + i}.${weight.name}`]),
    );
    for (const [, path] of own) taken.add(path);
    return located(where, () => layerOf(layer, own, file.tensors));
  });
  const training = located(where, () => {
    checkAllTaken(file, taken);
    return compiled === null ? null : trainingIn(compiled, progress, memory, placed);
  });
  return portable({
    inputShape: inputShape as number[],
    layers: read,
    seed: seed as number,
    compiled: compiled as Compiled | null,
    training,
    ...(metadata !== null && { metadata: objectIn(`${where}: metadata`, metadata) as Portable["metadata"] }),
    ...located(where, () => namesIn(classes, features)),
  });
}

function namesIn(classes: unknown, features: unknown): Pick<Portable, "classes" | "features"> {
  for (const [what, names] of Object.entries({ classes, features })) {
    if (names !== null && !Array.isArray(names)) {
      throw new FormatError(`metadata.simdgrad: ${what}: expected a list, got ${show(names)}.`);
    }
  }
  return { classes, features } as Pick<Portable, "classes" | "features">;
}

function checkAllTaken({ tensors }: SafetensorsFile, taken: ReadonlySet<string>): void {
  const left = [...tensors.keys()].filter((name) => !taken.has(name));
  if (left.length === 0) return;
  throw new FormatError(`the layers have no place for ${left.slice(0, 5).map(show).join(", ")}.`);
}

type Progress = Pick<PortableTraining, "epoch" | "step" | "learningRate">;

/** The memory of the optimizer, as PyTorch keeps it. */
function trainingIn(
  compiled: unknown,
  progress: unknown,
  bytes: Uint8Array | null,
  placed: readonly PlacedModules[],
): PortableTraining | null {
  if (!bytes) return null;
  addEveryOptimizer();
  const done = objectIn(`progress`, progress ?? {}) as Partial<Progress>;
  const { epoch = 0, step: before = 0, learningRate = null } = done;
  const found = (() => {
    try {
      return torchOptimizer(
        currentOptimizer(resolveOptimizer("optimizer", (compiled as Partial<Compiled>).optimizer), learningRate),
      );
    } catch (cause) {
      throw new FormatError(`metadata.simdgrad: compiled: ${(cause as Error).message}`, { cause });
    }
  })();
  if (typeof found === "string") throw new FormatError(`optimizer.safetensors: PyTorch has no such optimizer.`);
  const { tensors } = readSafetensors(`optimizer.safetensors`, bytes);
  const slots = new Map<string, Map<string, PortableTensor>>();
  for (const slot of Object.keys(found.slots)) slots.set(slot, new Map());
  // PyTorch counts no steps for SGD: at least one has been taken.
  let step = found.hasStep ? 0 : Math.max(before, 1);
  for (const { layer, first, modules } of placed) {
    for (const [i, { weights }] of modules.entries()) {
      for (const weight of weights) {
        if (!weight.isTrained || weight.own === null) continue;
        const path = `${first + i}.${weight.name}`;
        for (const [slot, name] of Object.entries(found.slots)) {
          const tensor = turned(weight, tensorIn(`${path}.${name}`, weight.shape, tensors));
          slots.get(slot)?.set(`${layer.name}/${weight.own}`, times(tensor, 1 / (found.factors?.[slot] ?? 1)));
        }
        if (found.hasStep) step = stepIn(`${path}.step`, tensors);
      }
    }
  }
  return { step, epoch, learningRate, isAveraged: false, slots };
}

function stepIn(path: string, tensors: ReadonlyMap<string, NamedTensor>): number {
  const { data } = tensorIn(path, [], tensors);
  if (Number.isSafeInteger(data[0]) && data[0] >= 0) return data[0];
  throw new FormatError(`${path}: expected a number of steps, got ${data[0]}.`);
}
