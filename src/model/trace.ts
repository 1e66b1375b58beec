/** One training step made visible: every intermediate by name, computed by the same kernels that train. */

import { BackendError } from "../base/errors.js";
import { flag, type Given, readOptions } from "../base/options.js";
import type { Shape } from "../base/shape.js";
import type { Data } from "../data/dataset.js";
import type { DataRows } from "../data/rows.js";
import { Status } from "../plan/op.js";
import * as Op from "../plan/ops.js";
import type { TensorRef } from "../plan/tensor.js";
import { buildTrace, type TraceProgram } from "../program/trace.js";
import type { Compiled } from "../program/types.js";
import { Session } from "../runtime/session.js";
import { optimizerSlots } from "../specs/optimizers/facts.js";
import type { ModelState } from "../state/state.js";
import { Feed } from "../training/feed.js";
import { nextLearningRate, updatesTaken } from "../training/step.js";
import type { Progress } from "../training/trainingState.js";
import { checkedData } from "./checkedData.js";
import type { Inside } from "./inside.js";

/** Options of `trace`. */
const traceOptions = {
  /** Also show the slots and changes of the optimizer. @default false */
  optimizer: flag(false),
};

/** Options of `trace`. */
export interface TraceOptions extends Given<typeof traceOptions> {}

/** One intermediate. */
export interface TraceTensor {
  /** The shape, with the batch dimension first if there is one row per sample. */
  readonly shape: Shape;
  readonly data: Float32Array;
}

/**
 * Intermediates by name in the order of computation, gradients of the mean loss with a `d` before the name:
 *
 * | name | textbook | |
 * | --- | --- | --- |
 * | `x`, `y` | x, y | the rows and their targets |
 * | `dense_1/z` | z = xW + b | weighted sums of a layer |
 * | `dense_1/h` | h = f(z) | its output |
 * | `logits` | | input of the loss, if that is not ŷ: another name of the last `z` |
 * | `predictions` | ŷ | another name of the last `h` |
 * | `rowLoss`, `loss` | L | weighted loss of each row, and their mean |
 * | `dPredictions` | ∂L/∂ŷ | another name of the last `dh` |
 * | `dense_2/dz` | ∂L/∂z | |
 * | `dense_2/dKernel`, `dense_2/dBias` | ∂L/∂W, ∂L/∂b | |
 * | `dense_1/dh`, `dx` | ∂L/∂x | of a layer by its input, which is the `h` before it, or x |
 *
 * With `optimizer`, after the step: each slot as `optimizer/m/dense_1/kernel`, the change of each weight as
 * `optimizer/change/dense_1/kernel`, and `optimizer/loss`, the mean loss of the same rows with the new weights.
 *
 * A step whose loss is not finite changes nothing: the trace shows its gradients, and every `optimizer/change` is 0.
 *
 * If the loss is computed from the logits, the step has no ∂L/∂ŷ. It is then computed separately, from the loss on
 * predictions. For the categorical losses, this scales rows to sum 1, so that ∂L/∂ŷ is 1 − y/ŷ (times the row's weight,
 * over rows) and not −y/ŷ; after softmax both give the same ∂L/∂z.
 */
export type Trace = Readonly<Record<string, TraceTensor>>;

/** The subject of a trace: its program, a model's state, and rows that fit it. */
interface TraceSubject {
  readonly program: TraceProgram;
  readonly compiled: Compiled;
  readonly state: ModelState;
  readonly dataset: DataRows;
  /** The training so far: the next step is traced. */
  readonly progress: Progress;
}

/**
 * @param layers of the model, or the same with other parts frozen
 * @throws the errors of `Sequential.trace`.
 */
export function traceModel(core: Inside, data: Data, options: TraceOptions, layers = core.layers): Trace {
  const { optimizer: update } = readOptions("trace", traceOptions, options);
  const { compiled, dataset } = checkedData(core, "trace", data);
  const { spec, state, progress } = core;
  const program = buildTrace(layers, spec.inputShape, compiled, spec.seed, { update });
  if (state.lacksKernels(program.plan)) {
    const reason = "the kernels of this loss or optimizer are not loaded yet";
    throw new BackendError(`trace: ${reason}. Await evaluate or fit first, which load them.`);
  }
  return traceStep({ program, compiled, state, dataset, progress });
}

/** Runs the program of a trace on all rows, as the next training step would. */
function traceStep(subject: TraceSubject): Trace {
  const { program, compiled, state, dataset, progress } = subject;
  const rows = dataset.length;
  const session = new Session(program.plan, rows, state.backend.create);
  state.copyTo(session);
  new Feed(session, program, dataset).write(null, 0, rows);
  session.step = updatesTaken(compiled, progress.step) + 1;
  session.batch = progress.step + 1;
  session.learningRate = nextLearningRate(compiled, progress, progress.epoch);
  session.run("train");
  // Training stops at a loss that is not finite. A trace shows the gradients of such a loss.
  if (session.status === Status.LossNotFinite) runGradients(session, program);
  const trace: Record<string, TraceTensor> = {
    x: { shape: [rows, ...dataset.inputShape], data: Float32Array.from(dataset.x) },
    y: { shape: [rows, ...dataset.targetShape], data: Float32Array.from(dataset.y) },
  };
  for (const { name, tensor } of program.points) trace[name] = read(session, tensor, rows);
  trace.loss = meanLoss(session, rows);
  if (program.updateBegin < program.plan.records.length) Object.assign(trace, readUpdate(session, subject));
  session.release();
  return trace;
}

/** Runs the records between the loss and the update one by one, whatever the status. */
function runGradients(session: Session, { plan, updateBegin }: TraceProgram): void {
  const loss = plan.records.findIndex(({ op }) => op === Op.LossTotal);
  for (let index = loss + 1; index < updateBegin; index++) session.runRecord(index);
}

function read(session: Session, tensor: TensorRef, rows: number): TraceTensor {
  const shape = tensor.slab === "rows" ? [rows, ...tensor.shape] : tensor.shape;
  return { shape, data: session.read(tensor, rows) };
}

function meanLoss(session: Session, rows: number): TraceTensor {
  return { shape: [], data: Float32Array.of(session.lossSum / rows) };
}

/** Slots and changes of weights after the update, and the loss with the new weights. */
function readUpdate(
  session: Session,
  { program, compiled, state, dataset }: TraceSubject,
): Record<string, TraceTensor> {
  const { parameters, trainable, lossEnd } = program;
  const update: Record<string, TraceTensor> = {};
  for (const { slab, name } of optimizerSlots(compiled.optimizer)) {
    for (const { path, tensor } of trainable) {
      update[`optimizer/${name}/${path}`] = read(session, { ...tensor, slab }, dataset.length);
    }
  }
  state.readWeights().forEach(({ name, shape, data: old }, place) => {
    const data = session.read(parameters[place].tensor).map((value, i) => value - old[i]);
    update[`optimizer/change/${name}`] = { shape, data };
  });
  session.resetSums();
  for (let index = 0; index < lossEnd; index++) session.runRecord(index);
  update["optimizer/loss"] = meanLoss(session, dataset.length);
  return update;
}
