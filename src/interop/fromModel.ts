/** From a model to plain data, by way of its file, so that models in workers and saved models can leave as well. */
import { checkArguments, FormatError } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { sizeOf } from "../base/shape.js";
import type { NamedTensor } from "../formats/safetensors.js";
import type { Compiled } from "../program/types.js";
import type { LayerSpec } from "../specs/layers/all.js";
import { addEveryLayer } from "../specs/layers/every.js";
import { placeLayers } from "../specs/layers/facts.js";
import { namesIn, type Portable, type PortableTensor, type PortableTraining, portable } from "./portable.js";
import { modelFileOf, type Savable } from "./savable.js";

export type { Savable } from "./savable.js";

const OPTIMIZER = "optimizer/";

/** The notes on a model that is a part of something else, and of a table model. */
const ATTACHMENT_NOTE = "The attachment of the model, which belongs to the program that made it, is left out.";
export const TABLE_NOTE =
  "This is the first network of a table model, which takes rows as its columns leave them: what encodes them, other " +
  "networks, calibration and threshold are left out. exportModule, exportPage, exportC and npx simdgrad export write all of it.";

/** The description in a model file. The loader checks it; here a file is as good as its checksum. */
interface Description {
  readonly inputShape: readonly number[];
  readonly layers: readonly LayerSpec[];
  readonly seed: number;
  readonly compiled: Compiled | null;
  readonly progress: { readonly step: number; readonly epoch: number; readonly learningRate: number | null };
  readonly run?: object;
  readonly averaged?: boolean;
  readonly metadata?: JsonObject;
  readonly attachment?: JsonObject;
  readonly optimizer?: boolean;
}

/**
 * A model as plain data, for the `write…` functions. Everything but the place within an epoch is in it.
 * @throws OptionError for anything that is not a model; FormatError for bytes that `save()` did not write.
 */
export async function portableOf(model: Savable): Promise<Portable> {
  checkArguments("portableOf", arguments, 1);
  return portableFor("portableOf", model);
}

/** `portableOf` for the function named `where`. */
export async function portableFor(where: string, model: Savable): Promise<Portable> {
  const { description, tensors } = await modelFileOf(where, model);
  addEveryLayer();
  const { inputShape, layers, seed, compiled, metadata, attachment } = description as unknown as Description;
  const placed = placeLayers(layers, inputShape);
  const { classes, features, ...rest } = metadata ?? {};
  const outputs = sizeOf(placed[placed.length - 1].outputShape);
  const names = namesIn({ classes, features }, sizeOf(inputShape), outputs);
  const more = { ...rest, ...(!names.classes && classes !== undefined && { classes }) };
  const others = { ...more, ...(!names.features && features !== undefined && { features }) };
  const notes = notesOn(description as unknown as Description);
  if (attachment) notes.push(attachment.tableModel === undefined ? ATTACHMENT_NOTE : TABLE_NOTE);
  return portable({
    inputShape,
    layers: placed.map(({ name, spec, parameters }) => ({
      name,
      spec,
      weights: new Map(parameters.map(({ name: own }) => [own, tensorOf(where, tensors, `${name}/${own}`)])),
    })),
    seed,
    compiled,
    training: trainingOf(description as unknown as Description, tensors),
    ...names,
    metadata: Object.keys(others).length > 0 ? others : null,
    notes,
  });
}

function tensorOf(where: string, tensors: ReadonlyMap<string, NamedTensor>, path: string): PortableTensor {
  const tensor = tensors.get(path);
  if (!tensor) throw new FormatError(`${where}: ${path} is not in the file.`);
  return { shape: tensor.shape, data: tensor.data };
}

/** The optimizer's memory; `null` if the file lacks it, or if only this library could go on with it. */
function trainingOf(description: Description, tensors: ReadonlyMap<string, NamedTensor>): PortableTraining | null {
  const { compiled, progress, averaged = false, optimizer } = description;
  if (!compiled || optimizer === false || compiled.optimizer.type === "lbfgs") return null;
  const slots = new Map<string, Map<string, PortableTensor>>();
  for (const { name, shape, data } of tensors.values()) {
    if (!name.startsWith(OPTIMIZER)) continue;
    const [, slot, ...path] = name.split("/");
    slots.set(slot, (slots.get(slot) ?? new Map()).set(path.join("/"), { shape, data }));
  }
  return { ...progress, isAveraged: averaged, slots };
}

function notesOn({ compiled, run, progress }: Description): string[] {
  const notes: string[] = [];
  if (run) notes.push("Training was interrupted within an epoch; that place is left out.");
  if (compiled?.optimizer.type === "lbfgs" && progress.step > 0) {
    notes.push("The memory of lbfgs is left out; it begins anew.");
  }
  return notes;
}
