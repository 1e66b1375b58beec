/** One training step made visible: every intermediate by name, computed by the same kernels that train. */
import type { Dataset } from "../data/dataset.js";
import type { SelectedBackend } from "../runtime/select.js";
import { Session } from "../runtime/session.js";
import { type Shape, sizeOf } from "../shape.js";
import type { TraceProgram } from "./compile.js";
import { Feed } from "./feed.js";

/** One intermediate. */
export interface TraceTensor {
  /** With the batch dimension first where there is one row per sample. */
  readonly shape: Shape;
  readonly data: Float32Array;
}

/**
 * Intermediates by name in the order of computation: `dense_1/z`, `dense_1/h`, …, `predictions`, `rowLoss`, then the
 * gradients `dense_2/dh`, `dense_2/dz`, `dense_2/dKernel`, `dense_2/dBias`, `dense_1/dh`, … and the mean `loss`.
 */
export type Trace = Readonly<Record<string, TraceTensor>>;

/** Runs the program of a trace on all rows, as training step `step` would. */
export function traceStep(
  program: TraceProgram,
  backend: SelectedBackend,
  dataset: Dataset,
  params: Float32Array,
  step: number,
): Trace {
  const rows = dataset.length;
  const session = new Session(program.plan, rows, backend.create);
  session.writeSlab("params", params);
  session.step = step;
  new Feed(session, program, dataset).write(null, 0, rows);
  session.run("train");
  const trace: Record<string, TraceTensor> = {};
  for (const { name, tensor } of program.points) {
    const shape = tensor.slab === "rows" ? [rows, ...tensor.shape] : tensor.shape;
    const data = new Float32Array(sizeOf(shape));
    if (tensor.slab === "rows") session.readRows(tensor, rows, data);
    else data.set(session.readParameter(tensor));
    trace[name] = { shape, data };
  }
  trace.loss = { shape: [], data: Float32Array.of(session.lossSum / rows) };
  return trace;
}
