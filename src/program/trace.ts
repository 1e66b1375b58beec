/** Builds the plan of a trace from layers, loss and optimizer. */

import { type Shape, sizeOf } from "../base/shape.js";
import * as Op from "../plan/ops.js";
import { outputsOf } from "../plan/record.js";
import { type Plan, Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import { emitActivation } from "../specs/layers/emitActivation.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import { gradientName, isTrainable } from "../specs/layers/layer.js";
import { lossOfPredictions } from "../specs/losses/facts.js";
import { allocateParameters, emitBackward, emitForward, emitUpdate, minimizerOf, outputOf } from "./layers.js";
import { emitLoss, emitRowLosses, prepareLoss } from "./loss.js";
import { rules } from "./rules.js";
import type { Compiled, Program } from "./types.js";

/** A tensor of a trace: its name, and its place after the plan has run. */
export interface TracePoint {
  readonly name: string;
  readonly tensor: TensorRef;
}

/** The plan of a trace. */
export interface TraceProgram extends Program {
  readonly points: readonly TracePoint[];
  /** The record after the loss. Running the records before it again gives the loss after an update. */
  readonly lossEnd: number;
  /** The first record of the optimizer's step, or the end of the tape if there is none. */
  readonly updateBegin: number;
}

/**
 * Builds the plan of a forward and backward pass in which every intermediate has a tensor of its own, in order. With
 * `update`, the plan includes the optimizer's step. If the loss is computed from the logits, the plan also computes the
 * predictions and the gradient with respect to them.
 */
export function buildTrace(
  layers: readonly PlacedLayer[],
  inputShape: Shape,
  compiled: Compiled,
  seed: number,
  { update }: { update: boolean },
): TraceProgram {
  const tape = new Tape();
  const parameters = allocateParameters(tape, layers);
  const trainable = parameters.filter(isTrainable);
  const x = tape.rows("x", sizeOf(inputShape));
  const tail = prepareLoss(tape, layers, trainable, compiled.loss);
  const { fused } = tail;
  const aliases = new Map<TensorRef, string>();
  tape.begin("train");
  const options = { dropLast: fused.dropsActivation, stepwise: true, training: true, withLoss: true };
  const emitted = emitForward(tape, layers, parameters, x, seed, options);
  const output = outputOf(emitted);
  let predictions = output;
  const gradient = tape.rows(gradientName(output.name), output.shape[0]);
  let dPredictions = gradient;
  if (fused.link.type !== "linear") {
    aliases.set(output, "logits");
    const name = fused.dropsActivation ? `${layers[layers.length - 1].name}/h` : "predictions";
    predictions = emitActivation(tape, fused.link, output, name);
    dPredictions = tape.rows(gradientName(name), output.shape[0]);
    const beside = { ...tail, fused: { ...fused, kind: lossOfPredictions(compiled.loss) } };
    emitRowLosses(tape, beside, predictions, dPredictions);
  }
  aliases.set(predictions, "predictions").set(dPredictions, "dPredictions");
  emitLoss(tape, tail, output, gradient);
  emitBackward(layers, emitted, gradient, { toInput: true });
  if (tail.penalized.length > 0) rules.emitPenaltyGradients(tape, tail.penalized);
  const updateBegin = tape.length;
  if (update) emitUpdate(tape, compiled, emitted, trainable);
  tape.end();
  const plan = tape.build();
  const lossEnd = 1 + plan.records.findLastIndex(({ op }) => op === Op.LossTotal || op.name === "PenaltyTotal");
  const points = tracePoints(plan, aliases);
  const training = { ...tail.tensors, collected: null };
  const minimizer = minimizerOf(compiled);
  const program = { plan, layers, parameters, trainable, minimizer, x, predictions, training };
  return { ...program, points, lossEnd, updateBegin };
}

/** Every tensor that a record writes, under all its names, in the order of the first writes. */
function tracePoints(plan: Plan, aliases: ReadonlyMap<TensorRef, string>): TracePoint[] {
  const tensors = new Set(plan.records.flatMap(outputsOf));
  return [...tensors].flatMap((tensor) => {
    const name = tensor.slab === "grads" ? gradientName(tensor.name) : tensor.name;
    const alias = aliases.get(tensor) ?? name;
    return alias === name
      ? [{ name, tensor }]
      : [
          { name, tensor },
          { name: alias, tensor },
        ];
  });
}
