/** From plain data to the JSON of brain.js. */

import { FormatError, located } from "../../base/errors.js";
import { type Given, oneOf, readOptions } from "../../base/options.js";
import { forSyncCalls, type OnWarning } from "../../data/onWarning.js";
import type { ActivationSpec } from "../../specs/activations.js";
import { activationText, type Chain, chainOf, idleNotes, type Link } from "../chain.js";
import { checkPortable, type Portable } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import { ACTIVATIONS, type BrainLayer2, type BrainUnit1 } from "./dialects.js";

/** Options of `writeBrain`. */
const writeBrainOptions = {
  /** Version of brain.js that shall read it. @default "2" */
  version: oneOf(["1.6", "2"], "2"),
  ...writingOptions,
};

/** Options of `writeBrain`. */
export interface WriteBrainOptions extends WritingOptions, Given<typeof writeBrainOptions> {}

/**
 * Writes an object for `fromJSON` of brain.js's `NeuralNetwork`, which then answers the same. It has one activation for
 * all layers: sigmoid, relu, tanh, and with version 2 leakyRelu. `features` and `classes` become the names of inputs and
 * outputs. Loss and optimizer are left out.
 * @throws FormatError naming a layer or activation that brain.js does not have; OptionError
 */
export function writeBrain(source: Portable, options: WriteBrainOptions = {}): object {
  return writeBrainFor("writeBrain", source, options, arguments);
}

/** `writeBrain` for the function `where`. */
export function writeBrainFor(
  where: string,
  source: Portable,
  options: WriteBrainOptions,
  extra?: ArrayLike<unknown>,
): object {
  checkPortable(where, source);
  const { version, onWarning } = readOptions(where, writeBrainOptions, options, extra);
  const chain = chainOf(where, "brain.js", source);
  return located(where, () => networkOf(source, chain, version, forSyncCalls(onWarning)));
}

function networkOf(source: Portable, { links, scale, idle }: Chain, version: string, onWarning: OnWarning): object {
  if (scale) {
    throw new FormatError(`normalization: brain.js has dense layers only. Scale the data before, and leave it out.`);
  }
  const activation = activationOf(links, version);
  const inputs = links[0].kernel.shape[0];
  const outputs = links[links.length - 1].spec.units;
  const classes = source.classes && outputs > 1 ? source.classes.map(String) : null;
  const names = { inputs: source.features, outputs: classes ?? outputsIn(source, outputs) };
  const sizes = [inputs, ...links.map(({ spec }) => spec.units)];
  for (const note of [...source.notes, ...idleNotes(idle)]) onWarning(note);
  if (source.compiled) onWarning("brain.js trains in its own way: loss, optimizer and metrics are left out.");
  if (version === "1.6") {
    const layers = unitsOf(links, names.inputs, names.outputs);
    const lookups = { outputLookup: names.outputs !== null, inputLookup: names.inputs !== null };
    return { sizes, layers, ...lookups, activation: activation.name };
  }
  const { name, ...slope } = activation;
  const lookup = (list: readonly string[] | null) => list && Object.fromEntries(list.map((name, i) => [name, i]));
  return {
    type: "NeuralNetwork",
    sizes,
    layers: [{ weights: [], biases: [] }, ...links.map(layerOf)],
    inputLookup: lookup(names.inputs),
    inputLookupLength: names.inputs?.length ?? 0,
    outputLookup: lookup(names.outputs),
    outputLookupLength: names.outputs?.length ?? 0,
    options: { inputSize: inputs, outputSize: outputs, binaryThresh: 0.5, activation: name, ...slope },
    // It reads no trainOpts without a timeout.
    trainOpts: { activation: name, ...slope, timeout: "Infinity" },
  };
}

/** The activation that all layers share. */
function activationOf(links: readonly Link[], version: string): { name: string; leakyReluAlpha?: number } {
  const [first, ...rest] = links;
  const other = rest.find(({ activation }) => JSON.stringify(activation) !== JSON.stringify(first.activation));
  if (other) {
    throw new FormatError(
      `${other.name}: brain.js has one activation for all layers, the last one included, got ` +
        `${other.activation.type} after ${first.activation.type}. Export to simdgrad/code or simdgrad/torch instead.`,
    );
  }
  const { activation } = first;
  const names = Object.keys(ACTIVATIONS) as (keyof typeof ACTIVATIONS)[];
  const name = names.find((key) => ACTIVATIONS[key] === activation.type);
  if (name && Object.keys(activation).length === 1) return { name };
  const slope = slopeOf(activation);
  if (slope !== null && version === "2") return { name: "leaky-relu", leakyReluAlpha: slope };
  const known = version === "2" ? "sigmoid, relu, tanh, leakyRelu" : "sigmoid, relu, tanh";
  throw new FormatError(
    `${first.name}: brain.js ${version} has ${known}, got ${activationText(activation)}. ` +
      "Export to simdgrad/code or simdgrad/torch instead.",
  );
}

/** The slope of a leaky relu that is below 1 on the left; `null` for another activation. */
function slopeOf(activation: ActivationSpec): number | null {
  if (activation.type === "leakyRelu") return activation.negativeSlope < 1 ? activation.negativeSlope : null;
  const { type, negativeSlope, ...rest } = activation as { type: string; negativeSlope?: number };
  const isLeaky = type === "relu" && Object.keys(rest).length === 0 && negativeSlope !== undefined;
  return isLeaky && negativeSlope < 1 ? negativeSlope : null;
}

/** Names of the outputs that a file of brain.js had, which are not classes. */
function outputsIn({ metadata }: Portable, count: number): readonly string[] | null {
  const names = metadata?.outputs;
  const isNames = Array.isArray(names) && names.length === count && names.every((name) => typeof name === "string");
  return isNames ? (names as readonly string[]) : null;
}

/** The weights of a unit and its bias. */
function unitIn({ kernel, bias, spec: { units } }: Link, unit: number): { weights: number[]; bias: number } {
  const [inputs] = kernel.shape;
  const weights = Array.from({ length: inputs }, (_, input) => kernel.data[input * units + unit]);
  return { weights, bias: bias ? bias.data[unit] : 0 };
}

function layerOf(link: Link): BrainLayer2 {
  const units = Array.from({ length: link.spec.units }, (_, unit) => unitIn(link, unit));
  return { weights: units.map(({ weights }) => weights), biases: units.map(({ bias }) => bias) };
}

/** The layers of version 1: units by name, in an order that objects keep. */
function unitsOf(
  links: readonly Link[],
  inputs: readonly string[] | null,
  outputs: readonly string[] | null,
): object[] {
  const numbers = (count: number) => Array.from({ length: count }, (_, i) => String(i));
  let before = inputs ?? numbers(links[0].kernel.shape[0]);
  const layers: Record<string, BrainUnit1>[] = [named(before.map((name) => [name, {}]))];
  links.forEach((link, i) => {
    const names = (i === links.length - 1 && outputs) || numbers(link.spec.units);
    const units = names.map((name, unit): [string, BrainUnit1] => {
      const { weights, bias } = unitIn(link, unit);
      return [name, { bias, weights: named(weights.map((weight, input) => [before[input], weight])) }];
    });
    layers.push(named(units));
    before = names;
  });
  return layers;
}

/** An object with these keys. @throws FormatError if the language would put them in another order */
function named<T>(entries: readonly (readonly [string, T])[]): Record<string, T> {
  const made = Object.fromEntries(entries);
  const keys = Object.keys(made);
  if (keys.length === entries.length && keys.every((key, i) => key === entries[i][0])) return made;
  throw new FormatError(
    `brain.js 1.6 keeps names in the order of an object, which puts numbers first. ` +
      'Use version: "2", or names that are not numbers.',
  );
}
