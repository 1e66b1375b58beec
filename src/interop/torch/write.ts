/** From plain data to PyTorch: weights and optimizer as safetensors, the model as Python. */

import { FormatError } from "../../base/errors.js";
import { type Given, readOptions } from "../../base/options.js";
import { forSyncCalls } from "../../data/onWarning.js";
import { encodeHeader, joinFile, type NamedTensor } from "../../formats/safetensors.js";
import { idleNotes, isIdle } from "../chain.js";
import { checkPortable, type Portable, type PortableTensor } from "../portable.js";
import { writingOptions } from "../writing.js";
import type { TorchModule, TorchWeight } from "./modules.js";
import { currentOptimizer, type TorchOptimizer, times, torchOptimizer } from "./optimizers.js";
import { type PlacedModules, placeModules, turned } from "./place.js";
import { lossCode, pythonFile } from "./python.js";

/** Options of `writeTorch`. */
export interface WriteTorchOptions extends Given<typeof writingOptions> {}

/** Files for PyTorch, by the names under which the Python file looks for them. */
export interface TorchFiles {
  readonly "model.safetensors": Uint8Array<ArrayBuffer>;
  /** Absent if there is no memory of the optimizer, or PyTorch would go on otherwise. */
  readonly "optimizer.safetensors"?: Uint8Array<ArrayBuffer>;
  readonly "model.py": string;
}

/**
 * Writes a model for PyTorch: its weights with the names of `nn.Sequential`, the memory of its optimizer, and a Python file
 * with `make_model`, `make_optimizer`, `loss_of`, `load` and `save`. PyTorch's SGD, Adam and their relatives go on from the
 * same step; Adam in Keras's form, the default here, is a class of that file.
 * @throws FormatError naming a layer or activation that PyTorch does not have; OptionError
 */
export function writeTorch(source: Portable, options: WriteTorchOptions = {}): TorchFiles {
  return writeTorchFor("writeTorch", source, options, arguments);
}

/** `writeTorch` for the function `where`. */
export function writeTorchFor(
  where: string,
  source: Portable,
  options: WriteTorchOptions,
  extra?: ArrayLike<unknown>,
): TorchFiles {
  checkPortable(where, source);
  const told = readOptions(where, writingOptions, options, extra);
  const onWarning = forSyncCalls(told.onWarning);
  const { inputShape, layers, compiled, training } = source;
  const placed = placeModules(
    where,
    layers.map(({ spec }) => spec),
    inputShape,
  );
  const modules = placed.flatMap((one) => one.modules);
  const idle = placed
    .filter((one) => isIdle(one.layer.spec.type) && one.modules.length === 0)
    .map(({ layer }) => `${layer.name} (${layer.spec.type})`);
  const notes = [...source.notes, ...modules.flatMap((one) => one.notes ?? []), ...idleNotes(idle)];
  const optimizer = compiled && torchOptimizer(currentOptimizer(compiled.optimizer, training?.learningRate));
  const isKept = typeof optimizer === "object" && optimizer !== null;
  if (compiled && !isKept) {
    notes.push(`The optimizer is left out, because PyTorch's takes other steps: ${optimizer} to take it along.`);
  }
  const loss = compiled && lossCode(compiled.loss, modules);
  for (const { layer } of placed) {
    const other = layer.parameters.find(({ regularizer }) => regularizer && regularizer.type !== "l1l2");
    if (compiled && other)
      notes.push(`${layer.name}: ${other.regularizer?.type} is left out: add it to the loss in Python.`);
  }
  if (compiled && !loss) notes.push(`The loss ${compiled.loss.type} is left out: write it in Python.`);
  for (const note of notes) onWarning(note);
  const hasMemory = isKept && training !== null && !training.isAveraged && training.step > 0;
  const python = { modules, optimizer: isKept ? optimizer : null, loss, penalties: penaltiesOf(placed) };
  return {
    "model.safetensors": fileOf(where, describe(source), weightsOf(source, placed)),
    ...(hasMemory && { "optimizer.safetensors": fileOf(where, { format: "pt" }, memoryOf(source, placed, optimizer)) }),
    "model.py": pythonFile(python),
  };
}

/** Metadata that `readTorch` makes the model of. */
function describe({ inputShape, layers, seed, compiled, training, classes, features, metadata }: Portable) {
  const { slots: _, ...progress } = training ?? {};
  const specs = layers.map(({ spec }) => spec);
  const names = { ...(classes && { classes }), ...(features && { features }), ...(metadata && { metadata }) };
  return { format: "pt", simdgrad: JSON.stringify({ inputShape, layers: specs, seed, compiled, progress, ...names }) };
}

function fileOf(
  where: string,
  metadata: Readonly<Record<string, string>>,
  tensors: readonly NamedTensor[],
): Uint8Array<ArrayBuffer> {
  const header = encodeHeader(metadata, tensors);
  if (header) return joinFile(header, tensors);
  throw new FormatError(`${where}: the description of this model takes more than 100 MB. Use less metadata.`);
}

function weightsOf({ layers }: Portable, placed: readonly PlacedModules[]): NamedTensor[] {
  return eachWeight(placed).map(({ path, layer, weight }) => {
    const { own, fill = 0, shape } = weight;
    if (own === null) return { name: path, shape, data: new Float32Array(shape[0]).fill(fill) };
    return { name: path, ...turned(weight, layers[layer].weights.get(own) as PortableTensor) };
  });
}

/** Every weight of every module, with its path and the number of its layer. */
function eachWeight(placed: readonly PlacedModules[]) {
  return placed.flatMap(({ first, modules }, layer) =>
    modules.flatMap(({ weights }, i) =>
      weights.map((weight: TorchWeight) => ({ path: `${first + i}.${weight.name}`, layer, weight })),
    ),
  );
}

/** The state of each parameter as PyTorch names it: `0.weight.exp_avg`. */
function memoryOf({ layers, training }: Portable, placed: readonly PlacedModules[], optimizer: TorchOptimizer) {
  const { slots, step } = training as NonNullable<Portable["training"]>;
  const scalar = (name: string, value: number) => ({ name, shape: [], data: Float32Array.of(value) });
  return eachWeight(placed).flatMap(({ path, layer, weight }) => {
    const { own, isTrained } = weight;
    if (!isTrained || own === null) return [];
    const states = Object.entries(optimizer.slots).map(([slot, name]) => {
      const tensor = slots.get(slot)?.get(`${layers[layer].name}/${own}`) as PortableTensor;
      return { name: `${path}.${name}`, ...turned(weight, times(tensor, optimizer.factors?.[slot] ?? 1)) };
    });
    const { extra, hasStep } = optimizer;
    if (hasStep) states.push(scalar(`${path}.step`, step));
    if (extra) states.push(scalar(`${path}.${extra.name}`, extra.valueAt(step)));
    return states;
  });
}

/** Penalties of l1 and l2, which are part of the loss. */
function penaltiesOf(placed: readonly PlacedModules[]): string[] {
  return placed.flatMap(({ layer, first, modules }) =>
    modules.flatMap(({ weights }: TorchModule, i) =>
      weights.flatMap(({ own, name, isTrained }) => {
        const regularizer = layer.parameters.find((parameter) => parameter.name === own)?.regularizer;
        if (!regularizer || !isTrained || regularizer.type !== "l1l2") return [];
        const tensor = `model[${first + i}].${name}`;
        const { l1, l2 } = regularizer;
        return [
          ...(l1 > 0 ? [`    loss = loss + ${l1} * ${tensor}.abs().sum()`] : []),
          ...(l2 > 0 ? [`    loss = loss + ${l2} * (${tensor} ** 2).sum()`] : []),
        ];
      }),
    ),
  );
}
