/**
 * Lets layers that adapt, such as those of normalization, find their weights from rows of their input. Loaded with models
 * that have such layers (`parts.ts`).
 */

import { sizeOf } from "../base/shape.js";
import type { Data } from "../data/dataset.js";
import type { Numbers } from "../data/matrix.js";
import type { DataArrays } from "../data/rows.js";
import { buildProgram } from "../program/program.js";
import { Session } from "../runtime/session.js";
import { layerFacts } from "../specs/layers/facts.js";
import { CHUNK_ROWS } from "../training/feed.js";
import { fitInputs } from "../training/fitInputs.js";
import type { ModelCore } from "./core.js";
import { outputsFor } from "./predict.js";

/**
 * Gives each layer that adapts the weights that fit its input, in layer order.
 * @throws the errors of `Sequential.adapt`.
 */
export function adaptModel(core: ModelCore, data: Data | Pick<DataArrays, "x"> | Numbers): void {
  const { layers, state, spec } = core;
  const rows = fitInputs("adapt", data, { layers, inputShape: spec.inputShape });
  layers.forEach(({ name, spec, inputShape }, place) => {
    const { adapt } = layerFacts(spec);
    if (!adapt) return;
    const found = adapt(name, inputsOf(core, place, rows), inputShape[0]);
    const weights = state.readWeights().map((weight) => ({ ...weight, data: found.get(weight.name) ?? weight.data }));
    core.writeWeights("adapt", weights);
  });
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
