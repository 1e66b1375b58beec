/** Random feed-forward nets from a seed, for tests of formats: sizes, layers, activations and weights are drawn. */
import { expect } from "vitest";
import { Random } from "../../src/base/random.js";
import { sizeOf } from "../../src/base/shape.js";
import { type ActivationSpec, dense, type LayerSpec, Sequential } from "../../src/index.js";
import { isQuick } from "../support/inFull.js";

/** The parts that a format can hold. */
export interface NetParts {
  /** Activations of dense layers, all but the last. */
  readonly activations: readonly ActivationSpec[];
  /** Activations of the last layer. @default linear, sigmoid, softmax */
  readonly last?: readonly ActivationSpec[];
  /** Layers that may stand between dense layers, made for that many features. @default none */
  readonly between?: readonly ((features: number) => LayerSpec)[];
  /** Layers that may stand first. @default none */
  readonly first?: readonly ((features: number) => LayerSpec)[];
}

const LAST: readonly ActivationSpec[] = [{ type: "linear" }, { type: "sigmoid" }, { type: "softmax" }];

/** Net number `seed`: 1 to 4 dense layers of 1 to 24 units, weights of every layer drawn, statistics positive. */
export async function randomNet(seed: number, { activations, last = LAST, between = [], first = [] }: NetParts) {
  const random = Random.fromSeed(seed, 0x6e657473);
  const below = (count: number) => random.uint32() % count;
  const pick = <T>(list: readonly T[]): T => list[below(list.length)];
  const inputs = 1 + below(12);
  const layers: LayerSpec[] = [];
  if (first.length > 0 && below(3) === 0) layers.push(pick(first)(inputs));
  const hidden = below(4);
  for (let i = 0; i < hidden; i++) {
    const units = 1 + below(24);
    layers.push(dense({ units, activation: pick(activations), useBias: below(5) > 0 }));
    if (between.length > 0 && below(2) === 0) layers.push(pick(between)(units));
  }
  const activation = pick(last);
  layers.push(dense({ units: activation.type === "softmax" ? 2 + below(4) : 1 + below(5), activation }));
  const model = await Sequential.create({ inputShape: [inputs], layers, seed, threads: 1 });
  const weights = model.getWeights().map(({ name, shape, data }) => {
    const isSpread = /variance|gamma|scale/i.test(name);
    return {
      name,
      shape,
      data: data.map((value) => value + (isSpread ? Math.abs(random.normal()) : 0.3 * random.normal())),
    };
  });
  model.setWeights(weights);
  return model;
}

/** Rows of normal numbers for a model, always the same for a seed. */
export function rowsFor(model: Sequential, rows: number, seed = 1): Float32Array {
  const random = Random.fromSeed(seed, 0x726f7773);
  return Float32Array.from({ length: rows * sizeOf(model.layers[0].inputShape) }, () => 2 * random.normal());
}

/** Number of nets: 20, 6 in the quick run, or the variable NETS of the environment for the long proof. */
export const NETS = Number(process.env.NETS ?? (isQuick ? 6 : 20));

/** The largest differences by test, which the long proof prints as they grow. */
const largest: Record<string, number> = {};

/** The largest difference relative to the larger of 1 and the expected value. The long proof prints it with `what` is compared. */
export function worstDifference(got: ArrayLike<number>, expected: ArrayLike<number>, what = ""): number {
  let worst = got.length === expected.length ? 0 : Number.POSITIVE_INFINITY;
  for (let i = 0; i < expected.length; i++) {
    const difference = Math.abs(got[i] - expected[i]) / Math.max(1, Math.abs(expected[i]));
    if (!(difference <= worst)) worst = difference;
  }
  const test = process.env.NETS && process.env.VITEST && expect.getState().currentTestName;
  const key = `${test}: ${what}`;
  if (test && worst > (largest[key] ?? 0)) {
    largest[key] = worst;
    console.log(`${key} ${worst}`);
  }
  return worst;
}
