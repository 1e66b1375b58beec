/** Finds means and variances for the normalization layers of a model, in float64. */

import { OptionError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { columnMeans, columnVariances } from "../data/columnStats.js";
import type { Data, DataArrays } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import { buildProgram } from "../program/program.js";
import { Session } from "../runtime/session.js";
import { layerFacts } from "../specs/layers/facts.js";
import { CHUNK_ROWS, fitInputs } from "../training/feed.js";
import type { ModelCore } from "./core.js";
import { outputsFor } from "./predict.js";

/**
 * Gives each layer that adapts the mean and variance of its input, in layer order.
 * @throws the errors of `Sequential.adapt`.
 */
export function adaptModel(core: ModelCore, data: Data | Pick<DataArrays, "x"> | Numbers): void {
  const { layers, state, spec } = core;
  core.checkIdle("adapt");
  const rows = fitInputs("adapt", data, { layers, inputShape: spec.inputShape });
  const places = layers.flatMap(({ spec }, i) => (layerFacts(spec).adapts ? [i] : []));
  if (places.length === 0) {
    throw new OptionError("adapt: no layer to adapt. Add normalization().");
  }
  for (const place of places) {
    const { name, inputShape } = layers[place];
    const inputs = inputsOf(core, place, rows);
    const means = columnMeans(inputs, inputShape[0]);
    const variances = Float32Array.from(columnVariances(inputs, means));
    const found = new Map([
      [`${name}/mean`, Float32Array.from(means)],
      // A constant column is only shifted: the sums of equal values of float32 are exact in float64.
      [`${name}/variance`, variances.map((variance) => variance || 1)],
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
