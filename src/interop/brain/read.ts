/** From the JSON of brain.js to plain data. Trusts nothing in it. */
import { counted } from "../../base/counted.js";
import { checkArguments, FormatError, located, show } from "../../base/errors.js";
import type { ActivationSpec } from "../../specs/activations.js";
import { dense } from "../../specs/layers/dense.js";
import { type Portable, type PortableLayer, type PortableTensor, portable } from "../portable.js";
import { listIn, matrixIn, modelJsonIn, numberIn, objectIn, vectorIn } from "../tables.js";
import { ACTIVATIONS, LEAKY_SLOPE } from "./dialects.js";

/** Weights as brain.js has them: a row for each unit. */
interface Table {
  readonly rows: PortableTensor;
  readonly biases: PortableTensor;
}

/** A network of either version. */
interface Network {
  readonly tables: readonly Table[];
  readonly inputs: readonly string[] | null;
  readonly outputs: readonly string[] | null;
}

/** True for the JSON of a network of brain.js, of either version. */
export function isBrain(json: object): boolean {
  const { layers, sizes } = json as { layers?: unknown; sizes?: unknown };
  return Array.isArray(layers) && Array.isArray(sizes);
}

/**
 * Reads what `toJSON()` of brain.js's `NeuralNetwork` returns, of version 1.6 or 2: the object, or its text or bytes.
 * Names of inputs become `features`, those of several outputs `classes`. The "leaky-relu" of version 1.6 is in truth
 * x < 0 ? 0 : α x, and becomes a relu after weights times α; the file does not say α, and 0.01 is taken.
 * @throws FormatError naming what is missing or wrong; recurrent networks by their type
 */
export function readBrain(source: string | Uint8Array | object): Portable {
  checkArguments("readBrain", arguments, 1);
  return readBrainFor("readBrain", source);
}

/** `readBrain` for the function `where`. */
export function readBrainFor(where: string, source: string | Uint8Array | object): Portable {
  const json = modelJsonIn(where, source, "brain");
  return located(where, () => portableIn(json));
}

function portableIn(json: Readonly<Record<string, unknown>>): Portable {
  const { type = "NeuralNetwork" } = json;
  if (type !== "NeuralNetwork" && type !== "NeuralNetworkGPU") {
    throw new FormatError(
      `expected a NeuralNetwork, which is a chain of layers, got ${show(type)}. Others stay in brain.js.`,
    );
  }
  const layers = listIn(`layers`, json.layers);
  if (layers.length < 2) throw new FormatError(`layers: expected at least 2, got ${layers.length}.`);
  const isNew = "weights" in objectIn(`layers[1]`, layers[1]) && "biases" in (layers[1] as object);
  const { tables, inputs, outputs } = isNew ? readVersion2(json, layers) : readVersion1(json, layers);
  const { activation, factor, notes } = readActivation(json, isNew);
  const isLabelled = outputs !== null && outputs.length > 1;
  return portable({
    inputShape: [tables[0].rows.shape[1]],
    layers: tables.map((table, i): PortableLayer => layerOf(table, `dense_${i + 1}`, activation, factor)),
    classes: isLabelled ? outputs : null,
    features: inputs,
    metadata: outputs && !isLabelled ? { outputs } : null,
    notes: [...notes, "brain.js keeps no loss and no optimizer; compile the model to train it on."],
  });
}

function layerOf({ rows, biases }: Table, name: string, activation: ActivationSpec, factor: number): PortableLayer {
  const [units, inputs] = rows.shape;
  const kernel = new Float32Array(rows.data.length);
  for (let unit = 0; unit < units; unit++) {
    for (let input = 0; input < inputs; input++)
      kernel[input * units + unit] = factor * rows.data[unit * inputs + input];
  }
  const weights = {
    kernel: { shape: [inputs, units], data: kernel },
    bias: { shape: [units], data: biases.data.map((value) => factor * value) },
  };
  return { name, spec: dense({ units, activation }), weights: new Map(Object.entries(weights)) };
}

/** The one activation of all layers, and a factor of their weights. */
function readActivation(json: Readonly<Record<string, unknown>>, isNew: boolean) {
  const trainOpts = objectIn(`trainOpts`, json.trainOpts ?? {});
  const options = objectIn(`options`, json.options ?? {});
  const name = isNew ? (trainOpts.activation ?? options.activation ?? "sigmoid") : (json.activation ?? "sigmoid");
  const plain = Object.hasOwn(ACTIVATIONS, name as string) && ACTIVATIONS[name as keyof typeof ACTIVATIONS];
  if (plain) return { activation: { type: plain } as ActivationSpec, factor: 1, notes: [] };
  if (name !== "leaky-relu") {
    throw new FormatError(
      `activation: expected ${Object.keys(ACTIVATIONS).join(", ")} or leaky-relu, got ${show(name)}.`,
    );
  }
  const given = (isNew && (trainOpts.leakyReluAlpha ?? options.leakyReluAlpha)) || LEAKY_SLOPE;
  const slope = numberIn(`leakyReluAlpha`, given);
  if (slope <= 0) throw new FormatError(`leakyReluAlpha: expected a number above 0, got ${slope}.`);
  if (isNew) return { activation: { type: "leakyRelu", negativeSlope: slope } as ActivationSpec, factor: 1, notes: [] };
  const note =
    `The leaky-relu of brain.js 1.6 is x < 0 ? 0 : α x. It became relu, with weights times ${slope}, ` +
    "the default α, because the file does not say it.";
  return { activation: { type: "relu" } as ActivationSpec, factor: slope, notes: [note] };
}

function readVersion2(json: Readonly<Record<string, unknown>>, layers: readonly unknown[]): Network {
  let before: number | null = null;
  const tables = layers.slice(1).map((layer, i) => {
    const where = `layers[${i + 1}]`;
    const { weights, biases } = objectIn(where, layer);
    const rows = matrixIn(`${where}.weights`, weights);
    if (before !== null && rows.shape[1] !== before) {
      throw new FormatError(`${where}.weights: expected rows of ${counted(before, "number")}, got ${rows.shape[1]}.`);
    }
    before = rows.shape[0];
    return { rows, biases: vectorIn(`${where}.biases`, biases, before) };
  });
  const inputs = tables[0].rows.shape[1];
  const outputs = tables[tables.length - 1].rows.shape[0];
  return {
    tables,
    inputs: readLookup("inputLookup", json.inputLookup, inputs),
    outputs: readLookup("outputLookup", json.outputLookup, outputs),
  };
}

/** Names in the order of their numbers. */
function readLookup(what: string, value: unknown, count: number): readonly string[] | null {
  if (value === undefined || value === null || value === false) return null;
  const names: string[] = [];
  for (const [name, place] of Object.entries(objectIn(`${what}`, value))) {
    const isPlace = Number.isInteger(place) && (place as number) >= 0 && (place as number) < count;
    if (!isPlace || names[place as number] !== undefined) {
      throw new FormatError(`${what}: ${show(name)}: expected a place of its own below ${count}, got ${show(place)}.`);
    }
    names[place as number] = name;
  }
  const named = Object.keys(names).length;
  if (named === count) return names;
  throw new FormatError(`${what}: expected ${counted(count, "name")}, got ${named}.`);
}

/** Units by their names, in the order in which the file has them, as brain.js takes them. */
function readVersion1(json: Readonly<Record<string, unknown>>, layers: readonly unknown[]): Network {
  const names = layers.map((layer, i) => Object.keys(objectIn(`layers[${i}]`, layer)));
  const tables = layers.slice(1).map((layer, i) => {
    const units = Object.entries(layer as Readonly<Record<string, unknown>>).map(([name, unit]) => {
      const where = `layers[${i + 1}].${name}`;
      const { bias, weights } = objectIn(where, unit);
      const own = objectIn(`${where}.weights`, weights);
      const count = Object.keys(own).length;
      if (count !== names[i].length || names[i].some((before) => !Object.hasOwn(own, before))) {
        throw new FormatError(
          `${where}.weights: expected a number for each of ${names[i].length} units, got ${count}.`,
        );
      }
      return { bias, row: names[i].map((before) => own[before]) };
    });
    const place = `layers[${i + 1}]`;
    const rows = matrixIn(
      `${place}.weights`,
      units.map(({ row }) => row),
    );
    return {
      rows,
      biases: vectorIn(
        `${place}.bias`,
        units.map(({ bias }) => bias),
      ),
    };
  });
  const named = (list: readonly string[], isNamed: unknown) => (isNamed || !list.includes("0") ? list : null);
  return {
    tables,
    inputs: named(names[0], json.inputLookup),
    outputs: named(names[names.length - 1], json.outputLookup),
  };
}
