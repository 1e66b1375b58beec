/**
 * From layers, loss and optimizer to a plan: the one place where they meet. Runs once per `compile`.
 */

import { type Shape, sizeOf } from "../base/shape.js";
import { Op } from "../plan/op.js";
import { Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import type { PlacedLayer } from "../specs/layers/index.js";
import { gradientName } from "../specs/layers/layer.js";
import { emitPenaltyGradients } from "../specs/regularizers.js";
import { allocateParameters, emitBackward, emitForward, emitUpdate, outputOf } from "./layers.js";
import { emitLoss, emitMetrics, prepareLoss } from "./loss.js";
import type { Compiled, Program } from "./types.js";

/**
 * Builds the plan of a model. Without `compiled` it can only predict. The seed names the streams of random numbers
 * that layers draw from while training.
 * @throws OptionError where the parts do not go together.
 */
export function buildProgram(
  layers: readonly PlacedLayer[],
  inputShape: Shape,
  compiled: Compiled | null,
  seed = 0,
): Program {
  const tape = new Tape();
  const parameters = allocateParameters(tape, layers);
  const x = tape.rows("x", sizeOf(inputShape));
  const tail = compiled && prepareLoss(tape, layers, parameters, compiled.loss);
  let predictions = x;
  const predict = () => {
    tape.emit({ op: Op.CheckFinite, x, columns: x.shape[0] });
    predictions = outputOf(emitForward(tape, layers, parameters, x, seed));
  };
  tape.section("predict", predict, () => [predictions]);
  if (!compiled || !tail) return { plan: tape.build(), layers, parameters, x, predictions, training: null };
  const { fused, tensors } = tail;
  const forward = (training: boolean) => {
    return emitForward(tape, layers, parameters, x, seed, { dropLast: fused.dropsActivation, training });
  };

  let evaluated: TensorRef | null = null;
  let trained: TensorRef | null = null;
  const evaluate = () => {
    const output = outputOf(forward(false));
    emitLoss(tape, tail, output, null);
    evaluated = emitMetrics(tape, compiled, tail, output);
  };
  tape.section("evaluate", evaluate, () => (evaluated ? [evaluated] : []));
  tape.section("train", () => {
    const steps = forward(true);
    const output = outputOf(steps);
    const gradient = tape.rows(gradientName(output.name), output.shape[0]);
    emitLoss(tape, tail, output, gradient);
    trained = emitMetrics(tape, compiled, tail, output);
    emitBackward(layers, steps, gradient);
    emitPenaltyGradients(tape, tail.penalized);
    emitUpdate(tape, compiled, steps, parameters);
  });
  const collected = evaluated && trained ? { evaluate: evaluated, train: trained } : null;
  return { plan: tape.build(), layers, parameters, x, predictions, training: { ...tensors, collected } };
}
