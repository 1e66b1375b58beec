/** Writes layers models of TensorFlow.js. */

import { FormatError, located } from "../../base/errors.js";
import { type Given, readOptions } from "../../base/options.js";
import { forSyncCalls } from "../../data/onWarning.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { type PlacedLayer, placeLayers } from "../../specs/layers/facts.js";
import { type Config, type Context, toSnake } from "../keras/dialect.js";
import { layerEntry, writeLayer } from "../keras/tablesLayers.js";
import { checkPortable, type Portable, type PortableTensor } from "../portable.js";
import { writingOptions } from "../writing.js";
import { replaceNormalizations } from "./normalizations.js";

const SHARD = "group1-shard1of1.bin";
/** The version whose files these are like. */
const VERSION = "4.22.0";

/** Options of `writeTfjs`. */
export interface WriteTfjsOptions extends Given<typeof writingOptions> {}

/** The files of a model, by name. */
export type WrittenTfjs = {
  readonly "model.json": string;
  readonly "group1-shard1of1.bin": Uint8Array<ArrayBuffer>;
};

/**
 * The two files of a layers model that `tf.loadLayersModel` opens. TensorFlow.js has no `Normalization`: a frozen
 * `BatchNormalization` computes the same, and comes back as `normalization`. Optimizer and loss are left out, because its
 * optimizers have other formulas.
 * @throws FormatError naming a layer or activation that TensorFlow.js does not have; OptionError
 */
export function writeTfjs(source: Portable, options: WriteTfjsOptions = {}): WrittenTfjs {
  return writeTfjsFor("writeTfjs", source, options, arguments);
}

/** `writeTfjs` for the function `where`. */
export function writeTfjsFor(
  where: string,
  source: Portable,
  options: WriteTfjsOptions,
  extra?: ArrayLike<unknown>,
): WrittenTfjs {
  checkPortable(where, source);
  const told = readOptions(where, writingOptions, options, extra);
  const onWarning = forSyncCalls(told.onWarning);
  const context: Context = { where, dialect: "tfjs", note: (sentence) => onWarning(sentence) };
  addEveryLayer();
  const { layers, replaced } = replaceNormalizations(source);
  const placed = located(where, () =>
    placeLayers(
      layers.map(({ spec }) => spec),
      source.inputShape,
    ),
  );
  const specs: { name: string; shape: readonly number[]; dtype: "float32" }[] = [];
  const values: Float32Array[] = [];
  const written = placed.map((layer, i) => {
    for (const { path, tensor, shape } of weightsOf(where, layer, layers[i].weights)) {
      specs.push({ name: path, shape, dtype: "float32" });
      values.push(tensor.data);
    }
    return writeOne(context, layer, i === 0 ? source.inputShape : null);
  });
  for (const note of source.notes) onWarning(note);
  if (source.compiled) onWarning("Optimizer, loss and metrics are left out: compile the model in TensorFlow.js.");
  if (Object.keys(replaced).length > 0) {
    onWarning("In TensorFlow.js a BatchNormalization stands for normalization; train the model with it frozen.");
  }
  const json = {
    format: "layers-model",
    generatedBy: `TensorFlow.js tfjs-layers v${VERSION}`,
    convertedBy: "simdgrad",
    modelTopology: {
      class_name: "Sequential",
      config: { name: "sequential", layers: written },
      keras_version: `tfjs-layers ${VERSION}`,
      backend: "tensor_flow.js",
    },
    weightsManifest: [{ paths: [SHARD], weights: specs }],
    userDefinedMetadata: { simdgrad: describe(source, replaced) },
  };
  return { "model.json": JSON.stringify(json), [SHARD]: bytesOf(values) };
}

/** Everything that TensorFlow.js has no place for. */
function describe({ seed, classes, features, metadata }: Portable, normalizations: Config): Config {
  const names = { ...(classes && { classes }), ...(features && { features }), ...(metadata && { metadata }) };
  return { seed, ...names, ...(Object.keys(normalizations).length > 0 && { normalizations }) };
}

function writeOne(context: Context, { name, spec }: PlacedLayer, inputShape: readonly number[] | null): Config {
  const { className, config } = writeLayer(context, name, spec);
  const input = inputShape ? { batch_input_shape: [null, ...inputShape], dtype: "float32" } : {};
  return { class_name: className, config: { ...input, ...config, name } };
}

function weightsOf(
  where: string,
  { name, spec, parameters, inputShape }: PlacedLayer,
  weights: ReadonlyMap<string, PortableTensor>,
) {
  const entry = layerEntry(spec.type);
  return parameters.map(({ name: own, shape }) => {
    const tensor = weights.get(own);
    if (!tensor) throw new FormatError(`${where}: ${name}/${own}: expected [${shape.join(", ")}], got nothing.`);
    const there = entry.shapeThere?.(own, shape, inputShape) ?? shape;
    return { path: `${name}/${toSnake(own)}`, tensor, shape: there };
  });
}

function bytesOf(values: readonly Float32Array[]): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(values.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const { buffer, byteOffset, byteLength } of values) {
    bytes.set(new Uint8Array(buffer, byteOffset, byteLength), at);
    at += byteLength;
  }
  return bytes;
}
