/** Finds means and variances for the normalization layers of a model, in float64. */
import { OptionError } from "../errors.js";
import type { PlacedLayer } from "../layers/index.js";
import { Session } from "../runtime/session.js";
import { type Shape, sizeOf } from "../shape.js";
import { buildProgram } from "./compile.js";
import type { ModelState } from "./state.js";

/** Rows per pass through the layers before a normalization. */
const PASS_ROWS = 256;

/** What `adapt` works on. */
export interface AdaptSubject {
  readonly layers: readonly PlacedLayer[];
  readonly inputShape: Shape;
  readonly state: ModelState;
}

/**
 * Gives each normalization layer mean and variance of what reaches it, first things first.
 * @throws OptionError where there is none.
 */
export function adaptLayers(subject: AdaptSubject, rows: Float32Array): void {
  const { layers, state } = subject;
  const places = layers.flatMap(({ spec }, i) => (spec.type === "normalization" ? [i] : []));
  if (places.length === 0) {
    throw new OptionError(`adapt: there is no layer to adapt. Put normalization() among the layers.`);
  }
  for (const place of places) {
    const { name, inputShape } = layers[place];
    const { mean, variance } = describeColumns(inputsOf(subject, place, rows), inputShape[0]);
    const found = new Map([
      [`${name}/mean`, mean],
      [`${name}/variance`, variance],
    ]);
    const weights = state.readWeights().map((weight) => ({ ...weight, data: found.get(weight.name) ?? weight.data }));
    state.writeWeights("adapt", weights);
  }
}

/** What layer `place` is given: the outputs of those before it. */
function inputsOf({ layers, inputShape, state }: AdaptSubject, place: number, rows: Float32Array): Float32Array {
  if (place === 0) return rows;
  // The parameters of the first layers come first, in the same places.
  const { plan, x, predictions } = buildProgram(layers.slice(0, place), inputShape, null);
  const count = rows.length / sizeOf(inputShape);
  const session = new Session(plan, Math.min(count, PASS_ROWS), state.backend.create);
  session.writeSlab("params", state.readParameters().subarray(0, plan.slabSizes.params));
  const columns = predictions.shape[0];
  const out = new Float32Array(count * columns);
  for (let begin = 0; begin < count; begin += session.capacity) {
    const pass = Math.min(session.capacity, count - begin);
    session.rows = pass;
    session.writeRows(x, rows, null, begin, pass);
    session.run("predict");
    session.readRows(predictions, pass, out, begin * columns);
  }
  session.release();
  return out;
}

/** Mean and biased variance of each column, in two passes. */
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
  return { mean: Float32Array.from(means), variance: Float32Array.from(squares, (sum) => sum / count) };
}
