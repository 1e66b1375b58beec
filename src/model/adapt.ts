/** Finds means and variances for the normalization layers of a model, in float64. */

import { OptionError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import type { Data, DataArrays } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { buildProgram } from "../program/program.js";
import { Session } from "../runtime/session.js";
import { layerFacts } from "../specs/layers/index.js";
import { CHUNK_ROWS, fitInputs } from "../training/feed.js";
import type { ModelCore } from "./core.js";
import { outputsFor } from "./predict.js";

/** @throws the errors of `Sequential.adapt`. */
export function adaptModel(core: ModelCore, data: Data | Pick<DataArrays, "x"> | Numbers): void {
  core.checkIdle("adapt");
  adaptLayers(core, fitInputs("adapt", data, { layers: core.layers, inputShape: core.spec.inputShape }));
}

/** Gives each layer that adapts the mean and variance of its input, in layer order. */
function adaptLayers(core: ModelCore, rows: Float32Array): void {
  const { layers, state } = core;
  const places = layers.flatMap(({ spec }, i) => (layerFacts(spec).adapts ? [i] : []));
  if (places.length === 0) {
    throw new OptionError(`adapt: there is no layer to adapt. Put normalization() among the layers.`);
  }
  for (const place of places) {
    const { name, inputShape } = layers[place];
    const { mean, variance } = describeColumns(inputsOf(core, place, rows), inputShape[0]);
    const found = new Map([
      [`${name}/mean`, mean],
      [`${name}/variance`, variance],
    ]);
    const weights = state.readWeights().map((weight) => ({ ...weight, data: found.get(weight.name) ?? weight.data }));
    core.writeWeights("adapt", weights);
  }
}

/** The input of layer `place`: the outputs of the layers before it. */
function inputsOf({ layers, spec, state }: ModelCore, place: number, rows: Float32Array): Float32Array {
  if (place === 0) return rows;
  const { inputShape } = spec;
  // The parameters of the first layers come first, at the same positions.
  const program = buildProgram(layers.slice(0, place), inputShape, null);
  const { plan } = program;
  const count = rows.length / sizeOf(inputShape);
  const session = new Session(plan, Math.min(count, CHUNK_ROWS), state.backend.create);
  session.writeSlab("params", state.readParameters().subarray(0, plan.slabSizes.params));
  const out = outputsFor("adapt: x", session, program, rows);
  session.release();
  return out;
}

/** Mean and biased variance of each column, in two passes; variance 1 for a constant column, which is only shifted. */
function describeColumns(rows: Float32Array, columns: number): { mean: Float32Array; variance: Float32Array } {
  const count = rows.length / columns;
  const sums = new Float64Array(columns);
  for (let i = 0; i < rows.length; i++) sums[i % columns] += rows[i];
  const means = sums.map((sum) => sum / count);
  const squares = new Float64Array(columns);
  for (let i = 0; i < rows.length; i++) {
    const d = rows[i] - means[i % columns];
    squares[i % columns] += d * d;
  }
  // The sums of equal values of float32 are exact in float64, so the squares of a constant column are 0.
  const variance = Float32Array.from(squares, (sum) => Math.fround(sum / count) || 1);
  return { mean: Float32Array.from(means), variance };
}
