/**
 * From layers, loss and optimizer to a plan: the one place where they meet. Runs once per `compile`.
 */
import type { ActivationSpec } from "../activations.js";
import { emitConstraint } from "../constraints.js";
import { OptionError } from "../errors.js";
import { emitActivation } from "../layers/activation.js";
import { emitLayer, lastActivation, type PlacedLayer } from "../layers/index.js";
import { gradientName, isTrainable, type ParameterSpec, type Step } from "../layers/layer.js";
import {
  type FusedLoss,
  fuseLoss,
  type LossSpec,
  lossNumbers,
  lossOfPredictions,
  lossTargets,
  outputReading,
} from "../losses.js";
import { checkMetric, isSummed, type MetricSpec, metricKind, thresholdOf } from "../metrics/metric.js";
import { emitAverages, emitOptimizer, type OptimizerSpec } from "../optimizers/index.js";
import { MetricKind, Op } from "../plan/op.js";
import { outputsOf } from "../plan/record.js";
import { type Plan, Tape } from "../plan/tape.js";
import type { TensorRef } from "../plan/tensor.js";
import { emitPenalties, emitPenaltyGradients, type Penalized } from "../regularizers.js";
import { type Shape, sizeOf } from "../shape.js";

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
  readonly parameters: readonly Parameter[];
  readonly x: TensorRef;
  readonly predictions: TensorRef;
  /** Only where there is a loss. */
  readonly training: TrainingTensors | null;
}

export interface TrainingTensors {
  readonly targets: TensorRef;
  readonly sampleWeights: TensorRef;
  /** Predictions of each section, where a metric needs all of an epoch. */
  readonly collected: Readonly<Record<"evaluate" | "train", TensorRef>> | null;
}

const LINEAR: ActivationSpec = { type: "linear" };

/** Allocates the parameters of all layers in their order: the same offsets in every program of a model. */
function allocateParameters(tape: Tape, layers: readonly PlacedLayer[]): Parameter[] {
  return layers.flatMap((layer) =>
    layer.parameters.map((spec) => {
      const path = `${layer.name}/${spec.name}`;
      return { ...spec, path, tensor: tape.parameter(path, spec.shape) };
    }),
  );
}

/** Emits all layers; the last activation is left out where the loss includes it. */
function emitForward(
  tape: Tape,
  layers: readonly PlacedLayer[],
  parameters: readonly Parameter[],
  x: TensorRef,
  seed: number,
  { dropLast = false, stepwise = false, training = false } = {},
): Step[] {
  const steps: Step[] = [];
  let input = x;
  layers.forEach((layer, i) => {
    const own = parameters.filter((parameter) => parameter.path === `${layer.name}/${parameter.name}`);
    const context = {
      tape,
      name: layer.name,
      parameters: Object.fromEntries(own.map((parameter) => [parameter.name, parameter.tensor])),
      activation: dropLast && i === layers.length - 1 ? LINEAR : lastActivation(layer.spec),
      stepwise,
      training,
      seed,
      stream: i,
    };
    const step = emitLayer(layer.spec, context, input);
    steps.push(step);
    input = step.y;
  });
  return steps;
}

/** Back through the layers as far as there is something to train, or to x itself where its gradient is wanted. */
function emitBackward(
  layers: readonly PlacedLayer[],
  steps: readonly Step[],
  dPredictions: TensorRef,
  { toInput = false } = {},
): void {
  const first = toInput ? 0 : layers.findIndex(({ parameters }) => parameters.some(isTrainable));
  let dy: TensorRef | null = first < 0 ? null : dPredictions;
  for (let i = steps.length - 1; i >= first && dy; i--) dy = steps[i].backward(dy, toInput || i > first);
}

/** What changes the model once the gradients are there: moving statistics, the weights, and their averages. */
function emitUpdate(tape: Tape, compiled: Compiled, steps: readonly Step[], parameters: readonly Parameter[]): void {
  if (compiled.optimizer.type === "lbfgs") {
    refuseConstraints(parameters);
    tape.endPrefix("accumulate"); // what a line search runs: the gradients, and nothing else
  }
  for (const step of steps) step.update?.();
  const trainable = parameters.filter(isTrainable).map(({ tensor }) => tensor);
  emitOptimizer(tape, compiled.optimizer, trainable);
  for (const { constraint, tensor } of parameters.filter(isTrainable))
    if (constraint) emitConstraint(tape, constraint, tensor);
  emitAverages(tape, compiled.optimizer, trainable);
}

function refuseConstraints(parameters: readonly Parameter[]): void {
  const held = parameters.find((parameter) => parameter.constraint && isTrainable(parameter));
  if (!held) return;
  throw new OptionError(`compile: ${held.path} has a constraint, which L-BFGS cannot keep to. Use another optimizer.`);
}

/** The output of the last step, or x where a model begins with nothing. */
function outputOf(steps: readonly Step[]): TensorRef {
  return steps[steps.length - 1].y;
}

interface LossTail {
  readonly fused: FusedLoss;
  /** The loss's options, as its record holds them. */
  readonly numbers: ReturnType<typeof lossNumbers>;
  readonly penalized: readonly Penalized[];
  readonly tensors: Omit<TrainingTensors, "collected"> & { readonly rowLoss: TensorRef };
}

/** Decides how the loss is computed and allocates what it reads: before any section, for all of them. */
function prepareLoss(
  tape: Tape,
  layers: readonly PlacedLayer[],
  parameters: readonly Parameter[],
  loss: LossSpec,
): LossTail {
  const last = layers[layers.length - 1];
  const outputs = sizeOf(last.outputShape);
  checkOutputs(loss, outputs);
  const fused = fuseLoss(loss, lastActivation(last.spec));
  const targets = lossTargets(loss) === "labels" ? tape.labels("y") : tape.rows("y", outputs);
  const tensors = { targets, sampleWeights: tape.rowScalars("sampleWeights"), rowLoss: tape.rowScalars("rowLoss") };
  const penalized = parameters.filter(isTrainable).flatMap(({ tensor, regularizer }) => {
    return regularizer ? [{ tensor, regularizer }] : [];
  });
  return { fused, numbers: lossNumbers(loss), penalized, tensors };
}

function emitLoss(tape: Tape, tail: LossTail, output: TensorRef, gradient: TensorRef | null): void {
  emitRowLosses(tape, tail, output, gradient);
  tape.emit({ op: Op.LossTotal, rowLoss: tail.tensors.rowLoss });
  emitPenalties(tape, tail.penalized);
}

function emitRowLosses(
  tape: Tape,
  { fused, numbers, tensors }: LossTail,
  output: TensorRef,
  gradient: TensorRef | null,
): void {
  const { targets, sampleWeights, rowLoss } = tensors;
  const columns = output.shape[0];
  const record = { predictions: output, targets, sampleWeights, dPredictions: gradient, rowLoss, columns };
  tape.emit({ op: Op.Loss, ...record, kind: fused.kind, ...numbers });
}

/**
 * Accuracies read logits as well as probabilities; the other metrics get predictions. Returns those if there is a
 * metric that needs all of an epoch.
 */
function emitMetrics(tape: Tape, { loss, metrics }: Compiled, tail: LossTail, output: TensorRef): TensorRef | null {
  const { link } = tail.fused;
  const { targets } = tail.tensors;
  const columns = output.shape[0];
  let computed: TensorRef | null = link.type === "linear" ? output : null;
  const predictions = () => {
    computed ??= emitActivation(tape, link, output, "predictions");
    return computed;
  };
  for (const metric of metrics) checkMetric(metric, loss, columns);
  metrics.filter(isSummed).forEach((metric, slot) => {
    const kind = metricKind(metric, loss, columns);
    const needsPredictions = kind === MetricKind.MeanSquaredError || kind === MetricKind.MeanAbsoluteError;
    const read = needsPredictions ? predictions() : output;
    const threshold = thresholdOf(metric, { loss, onLogits: link.type !== "linear" });
    tape.emit({ op: Op.Metric, predictions: read, targets, columns, kind, slot, threshold });
  });
  return metrics.every(isSummed) ? null : predictions();
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
  tape.section("predict", () => {
    tape.emit({ op: Op.CheckFinite, x, columns: x.shape[0] });
    predictions = outputOf(emitForward(tape, layers, parameters, x, seed));
  });
  if (!compiled || !tail) return { plan: tape.build(), parameters, x, predictions, training: null };
  const { fused, tensors } = tail;
  const forward = (training: boolean) => {
    return emitForward(tape, layers, parameters, x, seed, { dropLast: fused.dropsActivation, training });
  };

  let evaluated: TensorRef | null = null;
  let trained: TensorRef | null = null;
  tape.section("evaluate", () => {
    const output = outputOf(forward(false));
    emitLoss(tape, tail, output, null);
    evaluated = emitMetrics(tape, compiled, tail, output);
  });
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
  return { plan: tape.build(), parameters, x, predictions, training: { ...tensors, collected } };
}

function checkOutputs(loss: LossSpec, outputs: number): void {
  const reading = outputReading(loss);
  if (outputs >= 2 || reading === null || reading === "each") return;
  if (reading === "several") throw new OptionError(`compile: ${loss.type} needs at least 2 outputs, got ${outputs}.`);
  throw new OptionError(
    `compile: ${loss.type} needs one output per class, at least 2, got ${outputs}. ` +
      `For two classes and one output use "binaryCrossentropy" behind a sigmoid.`,
  );
}

/** A tensor of a trace: its name, and where to read it when the plan has run. */
export interface TracePoint {
  readonly name: string;
  readonly tensor: TensorRef;
}

/** The plan of a trace. */
export interface TraceProgram extends Program {
  readonly points: readonly TracePoint[];
  /** The record behind the loss: those up to it tell the loss again after an update. */
  readonly lossEnd: number;
  /** Whether it ends with the optimizer's step. */
  readonly updates: boolean;
}

/**
 * The plan of a forward and backward pass in which every intermediate has a tensor of its own, in order; with
 * `update` also of the optimizer's step. Where the loss is computed from the logits, predictions and the gradient by
 * them are computed beside it.
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
  const x = tape.rows("x", sizeOf(inputShape));
  const tail = prepareLoss(tape, layers, parameters, compiled.loss);
  const { fused } = tail;
  const aliases = new Map<TensorRef, string>();
  let predictions = x;
  tape.section("train", () => {
    const options = { dropLast: fused.dropsActivation, stepwise: true, training: true };
    const steps = emitForward(tape, layers, parameters, x, seed, options);
    const output = outputOf(steps);
    predictions = output;
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
    emitBackward(layers, steps, gradient, { toInput: true });
    emitPenaltyGradients(tape, tail.penalized);
    if (update) emitUpdate(tape, compiled, steps, parameters);
  });
  const plan = tape.build();
  const lossEnd = 1 + plan.records.findLastIndex(({ op }) => op === Op.LossTotal || op === Op.PenaltyTotal);
  const points = tracePoints(plan, aliases);
  const training = { ...tail.tensors, collected: null };
  return { plan, parameters, x, predictions, training, points, lossEnd, updates: update };
}

/** Every tensor that a record writes, in the order in which they are written first, under all its names. */
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
