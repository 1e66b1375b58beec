/** From plain data to a model, by way of its file, so that the same checks guard every way in. */

import { checkKeys } from "../base/errors.js";
import { readOptions } from "../base/options.js";
import type { NamedTensor } from "../formats/safetensors.js";
import { CORE } from "../model/inside.js";
import { type LoadOptions, loadOptions } from "../model/loadOptions.js";
import type { RuntimeOptions } from "../model/options.js";
import { writeModelFile } from "../model/writeModelFile.js";
import { Sequential } from "../sequential.js";
import { checkPortable, type Portable, type PortableTensor, type PortableTraining } from "./portable.js";

const UNTRAINED: PortableTraining = { step: 0, epoch: 0, learningRate: null, isAveraged: false, slots: new Map() };

/** A model that came from another format. */
export interface Imported {
  readonly model: Sequential;
  /** Everything of the file that the model lacks, one sentence each. */
  readonly notes: readonly string[];
}

/**
 * A model from plain data, as `read…` functions return it. Names of classes and features are its `metadata`.
 * @throws FormatError if the data describe no model; OptionError, BackendError as `Sequential.load`.
 */
export async function modelOf(source: Portable, options: RuntimeOptions & LoadOptions = {}): Promise<Sequential> {
  const checked = readOptions("modelOf", loadOptions, options, arguments);
  checkPortable("modelOf", source);
  return Sequential[CORE]("modelOf", fileOf(source), checked);
}

/**
 * A model and what was left out, for the `import…` function `where`; `read` gives the plain data from the options in `table`,
 * the others are of the model.
 * @throws OptionError for unknown options; the errors of `read` and of `modelOf`
 */
export async function importedFrom<Reading extends object = object>(
  where: string,
  read: (where: string, options: Reading) => Portable | Promise<Portable>,
  options: Reading & RuntimeOptions & LoadOptions,
  table: Record<keyof Reading, unknown> = {} as Record<keyof Reading, unknown>,
): Promise<Imported> {
  checkImport(where, options, table);
  const given = Object.entries(options).filter(([, value]) => value !== undefined);
  const own = Object.fromEntries(given.filter(([name]) => name in table)) as Reading;
  const checked = readOptions(where, loadOptions, Object.fromEntries(given.filter(([name]) => !(name in table))));
  const source = await read(where, own);
  return { model: await Sequential[CORE](where, fileOf(source), checked), notes: source.notes };
}

/** @throws OptionError for options that are neither in `table` nor those of the model, and lists all */
export function checkImport(where: string, options: object, table: object): void {
  checkKeys(where, options, Object.keys({ ...table, ...loadOptions }));
}

/** The bytes of a model file, as `save()` writes them. */
function fileOf({ inputShape, layers, seed, compiled, training, classes, features, metadata }: Portable): Uint8Array {
  const { slots, isAveraged, ...progress } = training ?? UNTRAINED;
  const ownMetadata = { ...metadata, ...(classes && { classes }), ...(features && { features }) };
  const description = {
    inputShape,
    layers: layers.map(({ spec }) => spec),
    seed,
    compiled,
    progress,
    ...(isAveraged && { averaged: true }),
    ...(Object.keys(ownMetadata).length > 0 && { metadata: ownMetadata }),
    ...(!training && { optimizer: false }),
  };
  const weights = layers.flatMap(({ name, weights }) => tensorsOf(`${name}/`, weights));
  const memory = [...slots].flatMap(([slot, tensors]) => tensorsOf(`optimizer/${slot}/`, tensors));
  return writeModelFile(description, [...weights, ...memory]);
}

function tensorsOf(prefix: string, tensors: ReadonlyMap<string, PortableTensor>): NamedTensor[] {
  return [...tensors].map(([name, { shape, data }]) => ({ name: prefix + name, shape, data }));
}
