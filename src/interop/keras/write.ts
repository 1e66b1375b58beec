/** Writes `.keras` files of Keras 3. */

import { FormatError, SimdgradError } from "../../base/errors.js";
import { flag, type Given, readOptions } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import { type OnWarning, withWarnings } from "../../data/onWarning.js";
import { type Hdf5Array, type Hdf5Group, writeHdf5 } from "../../formats/hdf5Write.js";
import { encodeText } from "../../formats/safetensors.js";
import { writeZip } from "../../formats/zip.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { type PlacedLayer, placeLayers } from "../../specs/layers/facts.js";
import { addEveryLoss } from "../../specs/losses/every.js";
import { lossTargets } from "../../specs/losses/facts.js";
import { checkPortable, type Portable, type PortableLayer } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import { writeCompiled } from "./compile.js";
import { type Config, type Context, classToSnake, toJson, writeClass } from "./dialect.js";
import { trainedOf, writeState } from "./state.js";
import { layerEntry, writeLayer } from "./tablesLayers.js";
import { isMissing } from "./tablesOptimizers.js";

/** The version whose files these are like. */
const VERSION = "3.15.1";

const writeOptions = {
  /**
   * True to write optimizer, loss, metrics and the optimizer's memory, so that Keras can go on with the training; false to
   * leave them out. @default true
   */
  compile: flag(true),
  ...writingOptions,
};

/** Options of `writeKeras` and `exportKeras`. */
export interface KerasWriteOptions extends WritingOptions, Given<typeof writeOptions> {}

/**
 * The bytes of a `.keras` file, which `keras.models.load_model` of Keras 3 opens: a Sequential model with weights and, if
 * the model is compiled, optimizer, loss, metrics and the optimizer's memory. Names of classes and features, and other
 * metadata, are in its `metadata.json`, where Keras does not look. The same model gives the same bytes.
 * @param source as `readKeras` and `portableOf` return it
 * @throws FormatError for a layer or activation that Keras lacks, with the name of the layer; and, unless `compile` is
 * false, for an optimizer or loss that Keras lacks or computes otherwise. OptionError for unknown options.
 */
export async function writeKeras(source: Portable, options: KerasWriteOptions = {}): Promise<Uint8Array> {
  return writeKerasFor("writeKeras", source, options, arguments);
}

/** `writeKeras` for the function `where`. */
export async function writeKerasFor(
  where: string,
  source: Portable,
  options: KerasWriteOptions,
  extra?: ArrayLike<unknown>,
): Promise<Uint8Array> {
  const { compile, onWarning } = readOptions(where, writeOptions, options, extra);
  checkPortable(where, source);
  return withWarnings({ onWarning }, (told) => bytesOf(where, source, compile, told.onWarning));
}

function bytesOf(where: string, source: Portable, compile: boolean, onWarning: OnWarning): Promise<Uint8Array> {
  const context: Context = { where, dialect: "keras3", note: (sentence) => onWarning(sentence) };
  for (const note of source.notes) context.note(note);
  addEveryLayer();
  const placed = placedIn(where, source);
  const layers = placed.map((layer, i) => writeOne(context, layer, source.layers[i], i === placed.length - 1));
  const weights: Map<string, Hdf5Group | Hdf5Array> = new Map([
    ["layers", { children: layerGroups(layers) }],
    ["vars", { attributes: { name: "sequential" }, children: new Map() }],
  ]);
  const compileConfig = compile ? compileOf(context, source, placed) : null;
  const { compiled, training } = source;
  if (compileConfig && compiled && training) {
    const list = writeState(compiled.optimizer, training, trainedOf(placed));
    const vars = new Map(list.map((variable, i) => [String(i), variable]));
    const { class_name: className } = compileConfig.optimizer as { class_name: string };
    weights.set("optimizer", {
      children: new Map([["vars", { attributes: { name: classToSnake(className) }, children: vars }]]),
    });
    if (training.isAveraged) context.note("Training goes on from the averages, as it does in Keras after fit.");
  }
  const config = modelConfig(context, source, layers, compileConfig);
  return writeZip(
    new Map([
      ["metadata.json", encodeText(JSON.stringify(metadataOf(source)))],
      ["config.json", encodeText(toJson(config))],
      ["model.weights.h5", writeHdf5({ children: weights })],
    ]),
  );
}

function placedIn(where: string, { layers, inputShape }: Portable): PlacedLayer[] {
  try {
    return placeLayers(
      layers.map(({ spec }) => spec),
      inputShape,
    );
  } catch (cause) {
    if (!(cause instanceof SimdgradError)) throw cause;
    throw new FormatError(`${where}: the layers do not fit together: ${cause.message}`, { cause });
  }
}

/** A layer of the file. */
interface FileLayer {
  readonly name: string;
  readonly className: string;
  readonly config: Config;
  /** Arrays by their places within the layer: `vars/0`. */
  readonly arrays: ReadonlyMap<string, Hdf5Array>;
}

function writeOne(context: Context, placed: PlacedLayer, { weights }: PortableLayer, isLast: boolean): FileLayer {
  const { name, parameters, inputShape } = placed;
  const spec = placed.spec.type === "normalization" ? withoutOldStatistics(placed.spec, weights) : placed.spec;
  if (spec.type === "glu" && !isLast) {
    const reason = "Keras expects as many outputs as inputs after its glu, so that it can only be the last layer";
    throw new FormatError(
      `${context.where}: ${name}: ${reason}. Export to simdgrad/code instead, or train without it.`,
    );
  }
  const { className, config } = writeLayer(context, name, spec);
  const entry = layerEntry(spec.type);
  const names = parameters.map((parameter) => parameter.name);
  const places = entry.places?.(names) ?? names.map((_, i) => `vars/${i}`);
  const arrays = new Map<string, Hdf5Array>();
  const isSetting = spec.type === "normalization" && spec.mean !== null;
  for (const [i, { name: weight, shape }] of parameters.entries()) {
    const tensor = weights.get(weight);
    if (tensor?.data.length !== sizeOf(shape)) {
      throw new FormatError(
        `${context.where}: ${name}/${weight}: expected [${shape.join(", ")}], got ${tensor ? `[${tensor.shape.join(", ")}]` : "nothing"}.`,
      );
    }
    const there = entry.shapeThere?.(weight, shape, inputShape) ?? shape;
    if (!isSetting) arrays.set(places[i], { shape: there, data: tensor.data });
  }
  if (spec.type === "normalization" && !isSetting) arrays.set("vars/2", { shape: [], data: Int32Array.of(0) });
  // The wrapper of Keras lists the kernel as its own, too.
  const kernel = arrays.get("layer/vars/0");
  if (kernel) arrays.set("vars/0", kernel);
  return { name, className, config: { name, trainable: true, dtype: "float32", ...config }, arrays };
}

/** Statistics as settings only if they are still those of the layer. */
function withoutOldStatistics<S extends { mean: unknown; variance: unknown }>(
  spec: S,
  weights: PortableLayer["weights"],
): S {
  const isKept = (["mean", "variance"] as const).every((what) => {
    const value = spec[what] as number | readonly number[] | null;
    return weights
      .get(what)
      ?.data.every((one, i) => one === Math.fround(typeof value === "object" ? (value?.[i] ?? NaN) : value));
  });
  return isKept ? spec : { ...spec, mean: null, variance: null };
}

/** Groups by Keras's own names: the class, and the number among layers of that class. */
function layerGroups(layers: readonly FileLayer[]): Map<string, Hdf5Group> {
  const counts = new Map<string, number>();
  return new Map(
    layers.map(({ name, className, arrays }) => {
      const count = counts.get(className) ?? 0;
      counts.set(className, count + 1);
      const own = [...arrays].filter(([place]) => place.startsWith("vars/"));
      const inner = [...arrays].filter(([place]) => place.startsWith("layer/vars/"));
      const group = (entries: typeof own, label: string): Hdf5Group => ({
        attributes: { name: label },
        children: new Map(entries.map(([place, array]) => [place.replace(/^.*\//, ""), array])),
      });
      const children = new Map<string, Hdf5Group>([["vars", group(own, name)]]);
      if (inner.length > 0) children.set("layer", { children: new Map([["vars", group(inner, `${name}_dense`)]]) });
      return [`${classToSnake(className)}${count > 0 ? `_${count}` : ""}`, { children }];
    }),
  );
}

function compileOf(context: Context, { compiled, training }: Portable, placed: readonly PlacedLayer[]): Config | null {
  if (!compiled) return null;
  addEveryLoss();
  const outputs = sizeOf(placed[placed.length - 1].outputShape);
  const isLabels = lossTargets(compiled.loss) === "labels";
  const config = writeCompiled(context, compiled, training?.learningRate ?? null, outputs, isLabels);
  if (!isMissing(config)) return config;
  throw new FormatError(
    `${context.where}: ${config.missing}. Compile otherwise, or call exportKeras with compile: false, which leaves the training out.`,
  );
}

function modelConfig(
  context: Context,
  { inputShape }: Portable,
  layers: readonly FileLayer[],
  compileConfig: Config | null,
): Config {
  const names = new Set(layers.map(({ name }) => name));
  let input = "input_layer";
  while (names.has(input)) input += "_0";
  const batchShape = [null, ...inputShape];
  const first = { batch_shape: batchShape, dtype: "float32", sparse: false, ragged: false, name: input };
  return {
    module: "keras",
    class_name: "Sequential",
    config: {
      name: "sequential",
      trainable: true,
      dtype: "float32",
      layers: [
        writeClass(context, "layers", "InputLayer", first),
        ...layers.map(({ className, config }) => writeClass(context, "layers", className, config)),
      ],
      build_input_shape: batchShape,
    },
    registered_name: null,
    build_config: { input_shape: batchShape },
    ...(compileConfig && { compile_config: compileConfig }),
  };
}

/** The version of Keras, which readers look for, and what only simdgrad reads. */
function metadataOf({ seed, training, classes, features, metadata }: Portable): Config {
  const own = {
    seed,
    epoch: training?.epoch ?? 0,
    ...(classes && { classes }),
    ...(features && { features }),
    ...(metadata && { metadata }),
  };
  return { keras_version: VERSION, simdgrad: own };
}
