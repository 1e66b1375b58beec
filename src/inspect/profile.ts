/** `profile`: the time of a training step, record by record, on the kernels that train. */

import { counted } from "../base/counted.js";
import { type Given, number, readOptions } from "../base/options.js";
import type { Data } from "../data/dataset.js";
import { checkedData } from "../model/checkedData.js";
import { insideOf } from "../model/insideOf.js";
import { flopsOf, outputsOf, type TapeRecord } from "../plan/record.js";
import { Session } from "../runtime/session.js";
import { now } from "../runtime/yield.js";
import type { Sequential } from "../sequential.js";
import { Feed } from "../training/feed.js";
import { updatesTaken } from "../training/step.js";
import { formatShare, formatShort, formatTable } from "./table.js";

/** Options of `profile`. */
const profileOptions = {
  /** Milliseconds to measure for. @default 250 */
  time: number({ above: 0, max: 600_000 }, 250),
};

/** Options of `profile`. */
export interface ProfileOptions extends Given<typeof profileOptions> {}

/** One record of the training step. */
export interface ProfileOp {
  /** Its number on the tape, as `describeTape` prints it. */
  readonly index: number;
  /** `DenseForward` */
  readonly op: string;
  /** The tensor it writes: `dense_1/h`. */
  readonly output: string;
  /** Median time of one run on one thread; includes the call, about 0.1 µs. */
  readonly microseconds: number;
  /** Multiplications and additions of matrix products and column sums; `null` for ops without them. */
  readonly flops: number | null;
  /** 10⁹ operations per second. */
  readonly gflops: number | null;
  /** Share of the sum over all records, 0 to 1. */
  readonly share: number;
}

/** The time of a training step. */
export interface Profile {
  readonly rows: number;
  /** Steps that were measured. */
  readonly steps: number;
  /** Median time of the step as a whole, with the threads that training would use. */
  readonly stepMicroseconds: number;
  readonly ops: readonly ProfileOp[];
  /** A table for the terminal. */
  toString(): string;
}

const WARM_UP = 3;
const FEWEST_STEPS = 10;

/**
 * Times one training step on all rows of `data`, as one batch: every record by itself, and the step as a whole. Runs
 * in a session of its own with a learning rate of 0, so the model does not change. Copies in and out between
 * steps are not timed.
 *
 * @example console.log(String(await profile(model, train.slice(0, 32))));
 * @throws OptionError, ShapeError, DataError
 */
export async function profile(model: Sequential, data: Data, options: ProfileOptions = {}): Promise<Profile> {
  const inside = insideOf("profile", model);
  const { time } = readOptions("profile", profileOptions, options, arguments);
  await inside.state.loadKernels();
  const { dataset, compiled } = checkedData(inside, "profile", data);
  const rows = dataset.length;
  const { program, backend } = inside.state;
  const session = new Session(program.plan, rows, backend.create);
  inside.state.copyTo(session);
  session.learningRate = 0;
  const firstStep = updatesTaken(compiled, inside.progress.step) + 1 + WARM_UP;
  session.batch = inside.progress.step + 1;
  new Feed(session, program, dataset).write(null, 0, rows);

  const [begin, end] = program.plan.sections.train ?? [0, 0];
  const samples = Array.from({ length: end - begin }, (): number[] => []);
  const whole: number[] = [];
  const started = now();
  for (let step = -WARM_UP; step < FEWEST_STEPS || now() - started < time; step++) {
    session.resetSums();
    // Steps count up as in training: optimizers clear their slots now and then.
    session.step = firstStep + step;
    const spent = samples.map((_, i) => timeOf(() => session.runRecord(begin + i)));
    session.resetSums();
    const total = timeOf(() => session.run("train"));
    if (step < 0) continue;
    spent.forEach((one, i) => {
      samples[i].push(one);
    });
    whole.push(total);
  }
  session.release();
  return report(program.plan.records.slice(begin, end), begin, rows, samples, whole);
}

/** Milliseconds that a call takes. */
function timeOf(call: () => void): number {
  const began = now();
  call();
  return now() - began;
}

/** The median, or the mean if the clock is too coarse to tell the median from 0. */
function typical(milliseconds: readonly number[]): number {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const median = sorted[sorted.length >> 1];
  return median > 0 ? median : sorted.reduce((sum, value) => sum + value, 0) / sorted.length;
}

/** The name of the tensor that a record writes; for an optimizer, the number of weights it moves. */
function outputName(record: TapeRecord): string {
  const outputs = outputsOf(record);
  if (outputs.length > 0) return outputs.map(({ name, slab }) => (slab === "grads" ? `∂ ${name}` : name)).join(", ");
  return "count" in record ? `${record.count} weights` : "";
}

function report(
  records: readonly TapeRecord[],
  begin: number,
  rows: number,
  samples: readonly (readonly number[])[],
  whole: readonly number[],
): Profile {
  const times = samples.map((one) => typical(one) * 1000);
  const sum = times.reduce((total, one) => total + one, 0);
  const ops = records.map((record, i): ProfileOp => {
    const microseconds = times[i];
    const perRow = flopsOf(record);
    const flops = perRow === null ? null : rows * perRow;
    const gflops = flops === null || microseconds === 0 ? null : flops / microseconds / 1000;
    const share = sum === 0 ? 0 : microseconds / sum;
    return { index: begin + i, op: record.op.name, output: outputName(record), microseconds, flops, gflops, share };
  });
  const stepMicroseconds = typical(whole) * 1000;
  return {
    rows,
    steps: whole.length,
    stepMicroseconds,
    ops,
    toString() {
      const head = ["op", "output", "µs", "MFLOP", "GFLOP/s", "share"];
      const lines = ops.map((one) => [
        ...[one.op, one.output, formatShort(one.microseconds), formatShort(one.flops && one.flops / 1e6)],
        ...[formatShort(one.gflops), formatShare(one.share)],
      ]);
      const total = `${counted(rows, "row")}: ${formatShort(sum)} µs record by record, ${formatShort(stepMicroseconds)} µs as a step`;
      return `${formatTable([head, ...lines])}\n${total} (medians of ${whole.length})`;
    },
  };
}
