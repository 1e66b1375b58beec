/** Finds the first bad value after a training step was refused, and its most likely cause. */
import { NonFiniteError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { LossKind, Status } from "../plan/op.js";
import * as Op from "../plan/ops.js";
import { type LossRecord, outputsOf } from "../plan/record.js";
import { doubtOf } from "../program/lastLayer.js";
import type { Compiled, Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { layerFacts } from "../specs/layers/facts.js";
import { type OptimizerSpec, resolveOptimizer } from "../specs/optimizers/facts.js";
import { scalingRemedy } from "./targetScale.js";

/** The position and the size of a refused step. */
export interface RefusedPosition {
  readonly epoch: number;
  readonly step: number;
  readonly rows: number;
  readonly learningRate: number;
}

/** A step that set a status, with its rows of x. */
export interface Refusal {
  readonly parts: { readonly session: Session; readonly program: Program; readonly compiled: Compiled };
  readonly position: RefusedPosition;
  readonly status: Status;
  readonly x: Float32Array;
}

/** Inputs, targets, weights of rows or weights beyond this are named as the likely cause. */
const LARGE = 1000;
/** Inputs beyond this are named before the learning rate: the highest rate that converges falls with their square. */
const WIDE = 10;

function largest(values: Float32Array): { value: number; at: number } {
  let at = 0;
  for (let i = 1; i < values.length; i++) if (!(Math.abs(values[i]) <= Math.abs(values[at]))) at = i;
  return { value: values[at], at };
}

/** Runs the forward records again, one by one: the weights are still those from before the step. */
function firstBadOutput(session: Session, { plan }: Program, rows: number): string | null {
  const [begin, end] = plan.sections.train ?? [0, 0];
  session.resetSums();
  for (let index = begin; index < end; index++) {
    const record = plan.records[index];
    if (record.op === Op.Loss) break;
    session.runRecord(index);
    const outputs = outputsOf(record).filter(({ slab }) => slab === "rows");
    const bad = outputs.find((tensor) => !session.read(tensor, rows).every(Number.isFinite));
    if (bad) return bad.name;
  }
  return null;
}

function firstBadGradient(session: Session, { parameters }: Program): string | null {
  const bad = parameters.find(({ tensor }) => {
    return !session.read({ ...tensor, slab: "grads" }).every(Number.isFinite);
  });
  return bad ? `the gradient of ${bad.path}` : null;
}

function unscaledTargets(targets: Float32Array, width: number, { layers }: Program): string[] {
  const found = `targets are not scaled: y reaches ${largest(targets).value.toPrecision(3)}`;
  const { name, spec } = layers[layers.length - 1];
  const scales = layerFacts(spec).line ? [`Leave ${name} out: it multiplies gradients, too`] : [];
  return [found, ...scales, scalingRemedy(targets, width, false)];
}

/** A prediction below 0 if the loss takes its logarithm; `null` if there is none. */
function negativeRate(session: Session, { plan }: Program, rows: number): number | null {
  const [begin, end] = plan.sections.train ?? [0, 0];
  const record = plan.records.slice(begin, end).find(({ op }) => op === Op.Loss);
  const loss = record as LossRecord | undefined;
  if (loss?.kind !== LossKind.Poisson) return null;
  return session.read(loss.predictions, rows).find((rate) => rate < 0) ?? null;
}

/** The most likely cause, then the remedy, as sentences. */
function likelyCause({ parts, position, x: rowsOfX }: Refusal): string {
  const { session, program, compiled } = parts;
  const { rows, learningRate } = position;
  const { x, training, parameters, layers } = program;
  const inputs = largest(rowsOfX);
  const column = `column ${inputs.at % sizeOf(x.shape)} of x reaches ${inputs.value.toPrecision(3)}`;
  const unscaled = [`inputs are not scaled: ${column}`, "Scale x to about -1 to 1"];
  const targets = training?.targets.format === "rows" ? session.read(training.targets, rows) : new Float32Array(1);
  const width = targets.length / rows;
  const target = Math.abs(largest(targets).value);
  const doubt = doubtOf(layers, compiled.loss);
  const rate = negativeRate(session, program, rows);
  const weight = training ? largest(session.read(training.sampleWeights, rows)).value : 1;
  const tenth = Number((learningRate / 10).toPrecision(3));
  // From a far higher rate, a tenth, and a tenth of that, would diverge too; scaled data would not help either.
  const lower = Math.min(tenth, usualRate(compiled.optimizer));
  const andLower = lower < tenth ? [`Lower the learning rate from ${learningRate} to ${lower}`] : [];

  const causes = (): readonly string[] => {
    if (doubt) return [doubt.message, doubt.remedy, ...(Math.abs(inputs.value) > LARGE ? [unscaled[1]] : [])];
    if (weight > LARGE) {
      const found = `weights of rows are large: sampleWeight or classWeight reaches ${weight.toPrecision(3)}`;
      return [found, "Divide all of them by their mean", ...andLower];
    }
    if (Math.abs(inputs.value) > LARGE) return [...unscaled, ...andLower];
    if (target > LARGE) return [...unscaledTargets(targets, width, program), ...andLower];
    if (rate !== null) {
      const found = `poisson takes rates above 0, and a prediction is ${rate.toPrecision(3)}`;
      return [found, "End with exponential or softplus"];
    }
    if (Math.abs(inputs.value) > WIDE) return [...unscaled, ...andLower];
    if (target > WIDE) return [...unscaledTargets(targets, width, program), ...andLower];
    return [`the learning rate ${learningRate} is too high`, `Try ${lower}, then less if that diverges`];
  };
  const weights = parameters.map(({ path, tensor }) => ({ path, ...largest(session.read(tensor)) }));
  const worst = weights.reduce((a, b) => (Math.abs(b.value) > Math.abs(a.value) ? b : a));
  const isLost = Math.abs(worst.value) > LARGE;
  const anew = isLost ? [`Begin with a new model: ${worst.path} has grown to ${worst.value.toPrecision(3)}`] : [];
  return [...causes(), ...anew].join(". ");
}

/** The optimizer's default rate. */
function usualRate({ type }: OptimizerSpec): number {
  return resolveOptimizer("optimizer", type).learningRate as number;
}

/** The error for a step that set a status. The weights are finite. */
export function diagnose(refused: Refusal): NonFiniteError {
  const { parts, position, status, x } = refused;
  const { session, program } = parts;
  const { epoch, step, rows } = position;
  session.rows = rows;
  session.writeRows(program.x, x, null, 0, rows);
  const badOutput = firstBadOutput(session, program, rows);
  const isLoss = status === Status.LossNotFinite;
  const tensor = (isLoss ? badOutput : firstBadGradient(session, program)) ?? (isLoss ? "loss" : "the updated weights");
  const cause = likelyCause(refused);
  session.resetSums(); // and the status, which would stop the next run
  const what = isLoss ? "the loss is not finite" : "an update is not finite";
  return new NonFiniteError(
    `fit: epoch ${epoch}, step ${step}: ${what}; the first values that went bad are in ${tensor}. ` +
      `Most likely ${cause}. Every weight keeps its last finite value.`,
    { epoch, step, tensor, cause },
  );
}
