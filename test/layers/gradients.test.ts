// Layers that work otherwise while training: their backward formulas against central differences of the training
// forward pass, in float64; then every Wasm build's gradients against those of float64.
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../src/base/shape.js";
import {
  activation,
  alphaDropout,
  batchNormalization,
  dense,
  dropout,
  flatten,
  gaussianDropout,
  gaussianNoise,
  type LayerSpec,
  layerNormalization,
  normalization,
  rescaling,
  reshape,
} from "../../src/index.js";
import { addEveryLayer } from "../../src/specs/layers/every.js";
import { resolveLayer } from "../../src/specs/layers/facts.js";
import { isTrainable } from "../../src/specs/layers/layer.js";
import { resolveLoss } from "../../src/specs/losses/table.js";
import { readFixture } from "../golden/fixture.js";
import { oracle, wasmBackends } from "../support/backends.js";
import type { LayerStep } from "../support/layerSteps.js";
import { largest, SLOPE_TOLERANCE, slopesOf } from "../support/slopes.js";
import { uniforms } from "../support/tensors.js";
import { Trial, type TrialModel } from "../support/trial.js";

const INPUTS = 11;
const ROWS = 9;

const first = dense({ units: 13, activation: "tanh" });
const last = dense({ units: 3 });

/** Each layer after one with weights, so that its input gradient is needed, and first, where it is not. */
const recipes: [name: string, layers: LayerSpec[]][] = [
  ["dropout", [first, dropout(0.4), last]],
  ["dropout, first and twice", [dropout(0.2), first, dropout(0.5), dropout(0.1, { seed: 8 }), last]],
  ["dropout, last", [first, last, dropout(0.5)]],
  ["batchNormalization", [first, batchNormalization(), last]],
  ["batchNormalization, first and last", [batchNormalization(), first, last, batchNormalization({ epsilon: 0.1 })]],
  ["batchNormalization without center", [first, batchNormalization({ center: false }), activation("relu"), last]],
  ["batchNormalization without scale", [batchNormalization({ scale: false }), activation("tanh"), last]],
  ["batchNormalization without either", [first, batchNormalization({ center: false, scale: false }), last]],
  ["a frozen batchNormalization", [first, batchNormalization({ trainable: false }), last]],
  ["batchNormalization and dropout", [first, batchNormalization(), activation("tanh"), dropout(0.3), last]],
  ["layerNormalization", [first, layerNormalization(), last]],
  ["layerNormalization, first and last", [layerNormalization(), first, last, layerNormalization({ epsilon: 0.1 })]],
  ["layerNormalization without center", [first, layerNormalization({ center: false }), activation("elu"), last]],
  ["layerNormalization without scale", [first, layerNormalization({ scale: false }), activation("tanh"), last]],
  ["layerNormalization without either", [first, layerNormalization({ center: false, scale: false }), last]],
  ["a frozen layerNormalization", [first, layerNormalization({ trainable: false }), last]],
  ["gaussianNoise", [gaussianNoise(0.3), first, gaussianNoise(0.5, { seed: 3 }), last]],
  ["rescaling and normalization, first", [rescaling({ scale: 0.5, offset: -1 }), normalization(), first, last]],
  [
    "rescaling and normalization, between",
    [first, rescaling({ scale: 3 }), normalization(), rescaling({ scale: -1 }), last],
  ],
  ["alphaDropout", [first, alphaDropout(0.4), last]],
  ["gaussianDropout", [gaussianDropout(0.2), first, gaussianDropout(0.5, { seed: 3 }), last]],
  ["dropout after activations", [first, activation("sigmoid"), dropout(0.5), activation("elu"), last]],
];

/**
 * The layers of fixtures/layerSteps.json, each with its options, in the shape that it has there; without those that
 * change trained weights before a step, where slopes are not gradients: `everyLayer.test.ts` has these.
 */
function recipesOfFixture(): [name: string, layers: LayerSpec[]][] {
  addEveryLayer();
  return readFixture<{ steps: LayerStep[] }>("layerSteps")
    .steps.filter(({ after }) => !after)
    .map(({ layer, inputShape }) => {
      const before = dense({ units: sizeOf(inputShape), activation: "tanh" });
      return [JSON.stringify(layer), [before, reshape(inputShape), resolveLayer("", layer), flatten(), last]];
    });
}

recipes.push(...recipesOfFixture());

function makeModel(layers: LayerSpec[], rows: number): TrialModel {
  return {
    layers,
    inputs: INPUTS,
    loss: resolveLoss("", "meanSquaredError"),
    rows,
    weights: (path, count) =>
      path.endsWith("kernel") ? uniforms(count, 81, -0.5, 0.5) : uniforms(count, 82, 0.5, 1.5),
    x: uniforms(rows * INPUTS, 83, -2, 2),
    y: uniforms(rows * 3, 86, 0, 1),
    sampleWeights: uniforms(rows, 87, 0.2, 3),
  };
}

/** Positions of trained parameters in `params`. */
function trainedPositions(trial: Trial): number[] {
  return trial.positions(trial.program.parameters.filter(isTrainable));
}

describe.each(recipes)("%s", (_, layers) => {
  it("has the slopes of the training loss, in float64", () => {
    const trial = new Trial(makeModel(layers, ROWS), oracle);
    trial.gradients();
    const gradients = Float64Array.from(trial.grads);
    const positions = trainedPositions(trial);
    const slopes = slopesOf(trial, positions, () => trial.gradients()); // the training loss
    const scale = largest(slopes);
    expect(scale, "the gradient vanishes").toBeGreaterThan(1e-5);
    const at = positions.map((position) => gradients[position]);
    expect(at).toBeAllClose(slopes, { rtol: SLOPE_TOLERANCE, atol: SLOPE_TOLERANCE * scale });
  });

  it.each(wasmBackends)("has the gradients of float64 on %s, whatever the rows", (_, factory) => {
    for (const rows of [1, 2, ROWS, 33]) {
      const expected = new Trial(makeModel(layers, rows), oracle);
      const actual = new Trial(makeModel(layers, rows), factory);
      expect([actual.gradients()], `loss of ${rows} rows`).toBeAllClose([expected.gradients()], { rtol: 1e-5 });
      const tolerance = { rtol: 1e-4, atol: 1e-5 * largest(expected.grads) };
      expect(actual.grads, `${rows} rows`).toBeAllClose(expected.grads, tolerance);
      const trained = new Set(trainedPositions(actual));
      expect(
        actual.grads.findIndex((gradient, i) => gradient !== 0 && !trained.has(i)),
        "stray gradient",
      ).toBe(-1);
    }
  });
});
