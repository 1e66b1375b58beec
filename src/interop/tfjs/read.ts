/** Reads layers models of TensorFlow.js, written by it or by its converter. */
import { bytesOf } from "../../base/bytes.js";
import { checkArguments, FormatError, located, OptionError, show } from "../../base/errors.js";
import { isPlainObject } from "../../base/json.js";
import { assemble, Taken, type Values } from "../keras/assemble.js";
import { type Config, type Context, type Dialect, isConfig, toSnake } from "../keras/dialect.js";
import { layerEntry } from "../keras/tablesLayers.js";
import type { Portable, PortableTensor } from "../portable.js";
import { modelJsonIn, objectIn } from "../tables.js";
import { restoreNormalizations } from "./normalizations.js";
import { type Files, readSpecs, readWeights } from "./weights.js";

/** The files of a model: `model.json`, and its weights under the paths of its manifest. */
export interface TfjsFiles {
  readonly "model.json": Uint8Array | ArrayBuffer | string;
  readonly [path: string]: Uint8Array | ArrayBuffer | string;
}

/** The object that TensorFlow.js itself hands over: the argument of `tf.io.withSaveHandler`. */
export interface TfjsArtifacts {
  readonly modelTopology?: object;
  readonly weightSpecs?: readonly object[];
  readonly weightData?: unknown;
  readonly trainingConfig?: object;
  readonly userDefinedMetadata?: object;
}

/** True for the JSON of a model of TensorFlow.js. */
export function isTfjs(json: object): boolean {
  return "modelTopology" in json && ("weightsManifest" in json || "weightSpecs" in json);
}

/**
 * A model from the files of a layers model of TensorFlow.js: `{ "model.json": …, "group1-shard1of1.bin": … }`, or from
 * the artifacts that `tf.io.withSaveHandler` gets. The converter's files of Keras 3 are read, too, and quantized weights.
 * The memory of an optimizer is left out. No path is opened: the caller gives the bytes of every file.
 * @throws FormatError for files that are missing or damaged, for graph models, and for layers that do not exist here;
 * OptionError for anything but files.
 */
export function readTfjs(source: TfjsFiles | TfjsArtifacts): Portable {
  checkArguments("readTfjs", arguments, 1);
  return readTfjsFor("readTfjs", source);
}

/** `readTfjs` for the function `where`. */
export function readTfjsFor(where: string, source: TfjsFiles | TfjsArtifacts): Portable {
  if (!isPlainObject(source)) {
    throw new OptionError(
      `${where}: expected { "model.json": …, "group1-shard1of1.bin": … }, the bytes of each file, got ${show(source)}.`,
    );
  }
  const isWhole = "model.json" in source;
  const json = isWhole ? modelJsonIn(`${where}: model.json`, source["model.json"], "tfjs") : (source as Config);
  const { format, modelTopology, trainingConfig, userDefinedMetadata } = json as Config;
  if (format === "graph-model") {
    throw new FormatError(
      `${where}: this is a graph model, which holds operations, not layers. Convert the model with ` +
        "--output_format=tfjs_layers_model, or from its Keras file.",
    );
  }
  const topology = objectIn(`${where}: modelTopology`, modelTopology);
  const tensors = isWhole
    ? readWeights(where, json.weightsManifest, source as Files)
    : readArtifacts(where, source as Config);
  const config = isConfig(topology.model_config) ? topology.model_config : topology;
  const notes: string[] = [];
  const context: Context = {
    where,
    dialect: dialectOf(topology),
    note: (sentence) => void notes.push(sentence),
  };
  const own = isConfig(userDefinedMetadata) ? userDefinedMetadata : {};
  const compileConfig = trainingConfig ?? topology.training_config;
  const plain = assemble(context, notes, config, compileConfig, valuesIn(tensors), own, bytesIn(tensors));
  return located(where, () => restoreNormalizations(plain, own));
}

function readArtifacts(where: string, { weightSpecs, weightData }: Config): ReadonlyMap<string, PortableTensor> {
  const parts = (Array.isArray(weightData) ? weightData : [weightData]).map((part) => bytesOf(part));
  if (!Array.isArray(weightSpecs) || parts.some((part) => part === null)) {
    throw new FormatError(`${where}: expected weightSpecs and weightData, the bytes of the weights.`);
  }
  const paths = parts.map((_, i) => String(i));
  const files = Object.fromEntries(parts.map((part, i) => [String(i), part]));
  if (parts.length > 1) return readWeights(where, [{ paths, weights: weightSpecs }], files);
  const tensors = new Map<string, PortableTensor>();
  readSpecs(`${where}: weightSpecs`, weightSpecs, parts[0] as Uint8Array, tensors);
  return tensors;
}

/** Bytes of all weights as they are here. */
const bytesIn = (tensors: ReadonlyMap<string, PortableTensor>) =>
  [...tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);

/** The dialect of the layers, by the version that the topology names. */
function dialectOf({ keras_version: version }: Config): Dialect {
  const text = String(version ?? "tfjs");
  if (text.startsWith("3.")) return "keras3";
  return /^\d/.test(text) ? "keras2" : "tfjs";
}

/** Weights by the names of their layers: `dense_1/kernel`, also after `sequential/` and before `:0`. */
function valuesIn(tensors: ReadonlyMap<string, PortableTensor>): Values {
  const named = [...tensors].map(([name, tensor]) => [`/${name.replace(/:0$/, "")}`, tensor] as const);
  const taken = new Taken();
  return {
    weight({ source, spec }, name) {
      if (!source) return null;
      const path = `/${source.name}/${toSnake(name)}`;
      const found = named.find(([there]) => there.endsWith(path));
      if (!found) return null;
      taken.add(found[0], found[0].slice(0, found[0].lastIndexOf("/")), layerEntry(spec.type).spare);
      return found[1];
    },
    rest: () => taken.rest(named.map(([there]) => there)),
    optimizer: () => [],
  };
}
