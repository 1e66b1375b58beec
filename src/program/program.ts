/**
 * Builds a plan from layers, loss and optimizer: the only place where all three meet. Runs once per `compile`.
 */

import { type Shape, sizeOf } from "../base/shape.js";
import * as Op from "../plan/ops.js";
import { Tape } from "../plan/tape.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import { gradientName, isTrainable } from "../specs/layers/layer.js";
import { allocateParameters, emitBackward, emitForward, emitUpdate, minimizerOf, outputOf } from "./layers.js";
import { emitLoss, emitMetrics, prepareLoss } from "./loss.js";
import { rules } from "./rules.js";
import type { Compiled, Program } from "./types.js";

/**
 * Builds the plan of a model. Without `compiled` it can only predict. The seed names the streams of random numbers
 * that layers draw from while training.
 * @throws OptionError if the parts do not fit together.
 */
export function buildProgram(
  layers: readonly PlacedLayer[],
  inputShape: Shape,
  compiled: Compiled | null,
  seed = 0,
): Program {
  const tape = new Tape();
  const parameters = allocateParameters(tape, layers);
  const trainable = parameters.filter(isTrainable);
  const x = tape.rows("x", sizeOf(inputShape));
  const tail = compiled && prepareLoss(tape, layers, trainable, compiled.loss);

  tape.begin("predict");
  tape.emit({ op: Op.CheckFinite, x, columns: x.shape[0] });
  const predictions = outputOf(emitForward(tape, layers, parameters, x, seed));
  tape.end([predictions]);
  if (!compiled || !tail) {
    return { plan: tape.build(), layers, parameters, trainable, minimizer: null, x, predictions, training: null };
  }

  const { fused, tensors } = tail;
  const options = { dropLast: fused.dropsActivation, withLoss: true };
  tape.begin("evaluate");
  const evaluatedOutput = outputOf(emitForward(tape, layers, parameters, x, seed, options));
  emitLoss(tape, tail, evaluatedOutput, null);
  const evaluated = emitMetrics(tape, compiled, tail, evaluatedOutput);
  tape.end(evaluated ? [evaluated] : []);

  tape.begin("train");
  const emitted = emitForward(tape, layers, parameters, x, seed, { ...options, training: true });
  const output = outputOf(emitted);
  const gradient = tape.rows(gradientName(output.name), output.shape[0]);
  emitLoss(tape, tail, output, gradient);
  const trained = emitMetrics(tape, compiled, tail, output);
  emitBackward(layers, emitted, gradient);
  if (tail.penalized.length > 0) rules.emitPenaltyGradients(tape, tail.penalized);
  emitUpdate(tape, compiled, emitted, trainable);
  tape.end();

  const isWeighted = compiled.metrics.some(({ weighted }) => weighted);
  const collected = evaluated && trained ? { evaluate: evaluated, train: trained, isWeighted } : null;
  const minimizer = minimizerOf(compiled);
  const training = { ...tensors, collected };
  return { plan: tape.build(), layers, parameters, trainable, minimizer, x, predictions, training };
}
