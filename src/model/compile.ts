/**
 * From layers, loss and optimizer to a plan: the one place where they meet. Runs once per `compile`.
 */
import type { PlacedLayer } from "../layers/index.js";
import { gradientName, type ParameterSpec } from "../layers/layer.js";
import type { LossSpec } from "../losses.js";
import type { MetricSpec } from "../metrics/metric.js";
import type { OptimizerSpec } from "../optimizers/index.js";
import { Op } from "../plan/op.js";
import { type Plan, Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import { emitPenaltyGradients } from "../regularizers.js";
import { type Shape, sizeOf } from "../shape.js";
import { allocateParameters, emitBackward, emitForward, emitUpdate, outputOf } from "./emit.js";
import { emitLoss, emitMetrics, prepareLoss } from "./emitLoss.js";

/** What `compile` was given, resolved. */
export interface Compiled {
  readonly optimizer: OptimizerSpec;
  readonly loss: LossSpec;
  readonly metrics: readonly MetricSpec[];
}

/** A weight tensor and where it is stored. */
export interface Parameter extends ParameterSpec {
  /** `dense_1/kernel` */
  readonly path: string;
  readonly tensor: TensorRef;
}

/** A plan, and the tensors by which the model feeds and reads it. */
export interface Program {
  readonly plan: Plan;
  readonly layers: readonly PlacedLayer[];
  readonly parameters: readonly Parameter[];
  readonly x: TensorRef;
  readonly predictions: TensorRef;
  /** Only where there is a loss. */
  readonly training: TrainingTensors | null;
}

export interface TrainingTensors {
  readonly targets: TensorRef;
  readonly sampleWeights: TensorRef;
  /** The label of rows that count for nothing. */
  readonly ignoreClass: number | null;
  /** Predictions of each section, where a metric needs all of an epoch. */
  readonly collected: Readonly<Record<"evaluate" | "train", TensorRef>> | null;
}

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
