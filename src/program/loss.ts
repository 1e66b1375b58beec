/** Emits the records of a model's loss and metrics. */

import { OptionError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { MetricKind, Place } from "../plan/op.js";
import * as Op from "../plan/ops.js";
import type { ScriptMaker } from "../plan/record.js";
import type { Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import { type ActivationSpec, isElementwise } from "../specs/activations.js";
import { emitActivation } from "../specs/layers/emitActivation.js";
import { lastActivation, type PlacedLayer } from "../specs/layers/facts.js";
import {
  entryOf,
  type FusedLoss,
  fuseLoss,
  logitsActivation,
  lossNumbers,
  lossTargets,
  lossWeights,
  mostLabels,
  outputReading,
  targetColumns,
} from "../specs/losses/facts.js";
import { extras, type LossSpec } from "../specs/losses/table.js";
import { checkMetric, metricKind, thresholdOf } from "../specs/metrics/metric.js";
import { isLossMetric, isSummed } from "../specs/metrics/table.js";
import type { Penalized } from "../specs/regularizers.js";
import { rules } from "./rules.js";
import type { Compiled, Parameter, TrainingTensors } from "./types.js";

export interface LossTail {
  readonly loss: LossSpec;
  readonly fused: FusedLoss;
  /** The activation of the last layer. */
  readonly last: ActivationSpec;
  /** Options of the loss, as its record holds them. */
  readonly numbers: ReturnType<typeof lossNumbers>;
  /** Values of the option that differs from output to output, if there is one. */
  readonly weights: TensorRef | null;
  /** Computes the loss, if no kernel does. */
  readonly script: ScriptMaker | undefined;
  readonly penalized: readonly Penalized[];
  readonly tensors: Omit<TrainingTensors, "collected"> & { readonly rowLoss: TensorRef };
}

/** Decides how to compute the loss, and allocates its inputs. Runs before any section opens, for all of them. */
export function prepareLoss(
  tape: Tape,
  layers: readonly PlacedLayer[],
  trainable: readonly Parameter[],
  loss: LossSpec,
): LossTail {
  const { spec, outputShape } = layers[layers.length - 1];
  const outputs = sizeOf(outputShape);
  const last = lastActivation(spec);
  checkSoftmax(layers);
  const fused = checkLoss(loss, outputs, last);
  const targets = lossTargets(loss) === "labels" ? tape.labels("y") : tape.rows("y", targetColumns(loss, outputs));
  const [sampleWeights, rowLoss] = [tape.rowScalars("sampleWeights"), tape.rowScalars("rowLoss")];
  const ignoreClass = loss.ignoreClass ?? null;
  const tensors = { targets, sampleWeights, rowLoss, ignoreClass, mostLabels: mostLabels(loss, outputs) };
  const penalized = trainable.flatMap(({ tensor, regularizer }) => {
    return regularizer ? [{ tensor, regularizer }] : [];
  });
  const script = entryOf(loss).script?.(loss as Required<LossSpec>);
  const perOutput = lossWeights(loss);
  const weights = perOutput && tape.constant("lossWeights", perOutput);
  return { loss, fused, last, numbers: lossNumbers(loss), weights, script, penalized, tensors };
}

/** The computation of a loss, or of a metric that is one. @throws OptionError if it does not fit the outputs */
function checkLoss(loss: LossSpec, outputs: number, last: ActivationSpec): FusedLoss {
  const reading = outputReading(loss);
  if (outputs < 2 && reading === "several") {
    throw new OptionError(`compile: ${loss.type} needs at least 2 outputs, got ${outputs}.`);
  }
  if (outputs < 2 && reading === "classes") {
    throw new OptionError(
      `compile: ${loss.type} needs one output per class, at least 2, got ${outputs}. ` +
        `For two classes and one output use "binaryCrossentropy" after a sigmoid.`,
    );
  }
  entryOf(loss).checkOutputs?.(outputs, loss);
  const weights = lossWeights(loss);
  if (weights && weights.length !== outputs) {
    const option = loss.alpha === weights ? "alpha" : "posWeight";
    throw new OptionError(
      `compile: ${loss.type}: ${option}: expected one number or ${outputs}, one for each output, got ${weights.length}.`,
    );
  }
  return fuseLoss(loss, last);
}

/** @throws OptionError for a softmax over one unit, which gives the same number for every row */
function checkSoftmax(layers: readonly PlacedLayer[]): void {
  for (const { spec, name, outputShape } of layers) {
    const activation = lastActivation(spec);
    if (isElementwise(activation) || sizeOf(outputShape) > 1) continue;
    throw new OptionError(
      `compile: ${name}: ${activation.type} over one unit is the same for every row. For yes or no use activation: ` +
        `"sigmoid" and "binaryCrossentropy", for a number no activation.`,
    );
  }
}

export function emitLoss(tape: Tape, tail: LossTail, output: TensorRef, gradient: TensorRef | null): void {
  emitRowLosses(tape, tail, output, gradient);
  tape.emit({ op: Op.LossTotal, rowLoss: tail.tensors.rowLoss });
  if (tail.penalized.length > 0) rules.emitPenalties(tape, tail.penalized);
}

export function emitRowLosses(
  tape: Tape,
  { loss, fused, numbers, weights, script, tensors }: LossTail,
  output: TensorRef,
  gradient: TensorRef | null,
): void {
  const { targets, sampleWeights, rowLoss } = tensors;
  const columns = output.shape[0];
  const record = { predictions: output, targets, sampleWeights, dPredictions: gradient, rowLoss, columns };
  tape.emit({ op: Op.Loss, ...record, kind: fused.kind, ...numbers, weights, ...(script && { script }) });
  extras.after?.(loss, tape, sampleWeights, gradient);
}

/**
 * Emits the metrics. Accuracies can read logits as well as probabilities; all other metrics get predictions.
 * Returns the predictions if a metric needs those of a whole epoch.
 */
export function emitMetrics(
  tape: Tape,
  { loss, metrics }: Compiled,
  tail: LossTail,
  output: TensorRef,
): TensorRef | null {
  const { link } = tail.fused;
  const { targets } = tail.tensors;
  const columns = targetColumns(loss, output.shape[0]);
  let computed: TensorRef | null = link.type === "linear" ? output : null;
  const predictions = () => {
    computed ??= emitActivation(tape, link, output, "predictions");
    return computed;
  };
  for (const metric of metrics) {
    checkMetric(metric, loss, columns);
    if (!isLossMetric(metric)) continue;
    // Predictions to which the loss applied another activation are not the logits of this one.
    const isOther = link.type !== "linear" && link.type !== logitsActivation(metric as LossSpec);
    checkLoss(metric as LossSpec, columns, isOther ? link : tail.last);
  }
  const summed = metrics.filter(isSummed);
  summed.forEach((metric, slot) => {
    const kind = metricKind(metric, loss, columns);
    const needsPredictions = kind === MetricKind.MeanSquaredError || kind === MetricKind.MeanAbsoluteError;
    const read = needsPredictions ? predictions() : output;
    const threshold = thresholdOf(metric, { loss, onLogits: link.type !== "linear" });
    tape.emit({ op: Op.Metric, predictions: read, targets, columns, kind, slot, threshold });
  });
  if (tail.tensors.ignoreClass !== null && summed.length > 0) {
    if (summed.length === Place.MetricSlots) {
      throw new OptionError(
        `compile: metrics: with ignoreClass at most ${Place.MetricSlots - 1} that are summed over rows.`,
      );
    }
    const counted = { kind: MetricKind.CountedRows, slot: summed.length, threshold: 0 };
    tape.emit({ op: Op.Metric, predictions: output, targets, columns, ...counted });
  }
  return metrics.every(isSummed) ? null : { ...predictions(), shape: [columns] };
}
