/** One rival at one task: opened, checked to compute or learn the right thing, then sampled. */
import { plainProducts } from "../plainProducts.js";
import { PureJsMlp } from "../pureJsMlp.js";
import { assertClose } from "../verify.js";
import { type Opened, RivalProcess } from "./process.js";
import type { Rival } from "./rivals.js";
import type { Task, TaskData } from "./tasks.js";

/** Number of rows for checks of learning and outputs. */
const CHECKED_ROWS = 256;
/** The error must fall to this share of its first value, in at most that many milliseconds of training. */
const LEARNED = 0.95;
const LEARNING_LIMIT = 20_000;
/** Longest epoch, in milliseconds, that is measured whole; for longer ones, steps are measured and scaled. */
const WHOLE_LIMIT = 4000;
/** Factor by which samples are longer if they are scaled to an epoch. */
const SCALED_FACTOR = 3;

/** A rival without a figure for this task. This is not a failure: it does not claim to do it. */
export class NotOffered extends Error {}

/** Mean squared difference of outputs to targets, or to one-hot labels: the same measure for all rivals. */
function errorOf(outputs: readonly number[], { y }: TaskData, classes: number, isLabels: boolean): number {
  let sum = 0;
  for (let i = 0; i < outputs.length; i++) {
    const target = isLabels ? Number(y[Math.floor(i / classes)] === i % classes) : y[i];
    sum += (outputs[i] - target) ** 2;
  }
  return sum / outputs.length;
}

export class Entrant {
  readonly rival: Rival;
  readonly opened: Opened;
  /** Steps or predictions in one sample. */
  count = 1;
  /** Seconds per step or prediction. */
  readonly samples: number[] = [];
  readonly #task: Task;
  readonly #data: TaskData;
  readonly #process: RivalProcess;

  private constructor(rival: Rival, task: Task, data: TaskData, process: RivalProcess, opened: Opened) {
    this.rival = rival;
    this.opened = opened;
    this.#task = task;
    this.#data = data;
    this.#process = process;
  }

  /** Starts and verifies the rival, and sizes its samples. `target`: milliseconds of one sample. */
  static async open(rival: Rival, task: Task, data: TaskData, target: number): Promise<Entrant> {
    const process = new RivalProcess(rival.command);
    try {
      const { sizes, hidden, output, optimizer } = task.net;
      const { rows, files } = data;
      const spec = { sizes, hidden, output, optimizer, rows, files, batch: task.batch, ...rival.options };
      const opened = await process.open(spec);
      if (rival.variant && opened.variant !== rival.variant) {
        throw new NotOffered(`not in this engine, which loaded "${opened.variant}"`);
      }
      if (opened.refuses) throw new NotOffered(opened.refuses);
      if (task.kind === "train" && !opened.canTrain) throw new NotOffered("does not train");
      const entrant = new Entrant(rival, task, data, process, opened);
      if (!opened.ownWeights) await entrant.#verifyOutputs();
      if (task.kind === "train") await entrant.#verifyLearning();
      await entrant.#calibrate(target);
      return entrant;
    } catch (error) {
      process.close();
      throw error;
    }
  }

  async sample(): Promise<void> {
    this.samples.push((await this.#run(this.count)) / this.count / 1000);
  }

  close(): void {
    this.#process.close();
  }

  #run(count: number): Promise<number> {
    const { kind, batch } = this.#task;
    return kind === "train" ? this.#process.train(count) : this.#process.predict(batch, count);
  }

  /** With the given weights, its outputs must equal those of the hand-written net. */
  async #verifyOutputs(): Promise<void> {
    const rows = Math.min(CHECKED_ROWS, this.#data.rows);
    const { sizes } = this.#task.net;
    const mlp = new PureJsMlp({ ...this.#task.net, batchSize: rows }, plainProducts);
    let offset = 0;
    const weights = sizes.slice(1).flatMap((units, i) =>
      [sizes[i] * units, units].map((count) => {
        offset += count;
        return this.#data.weights.subarray(offset - count, offset);
      }),
    );
    mlp.setWeights(weights);
    const expected = mlp.predict(this.#data.x.subarray(0, rows * sizes[0]), rows);
    assertClose("outputs", await this.#process.outputs(rows), expected, { rtol: 1e-3, atol: 1e-5 });
  }

  async #verifyLearning(): Promise<void> {
    const rows = Math.min(CHECKED_ROWS, this.#data.rows);
    const { sizes, output } = this.#task.net;
    const classes = sizes[sizes.length - 1];
    const error = async () => errorOf(await this.#process.outputs(rows), this.#data, classes, output === "softmax");
    const first = await error();
    let last = first;
    let spent = 0;
    for (let steps = 8; spent < LEARNING_LIMIT; steps *= 2) {
      spent += await this.#process.train(Math.min(steps, this.#task.wholeSteps ?? steps));
      last = await error();
      if (last < LEARNED * first) return;
    }
    throw new Error(`does not learn: its error went from ${first.toPrecision(3)} to ${last.toPrecision(3)}`);
  }

  /** Doubles the count until a sample is long enough; this warms the rival up as well. */
  async #calibrate(usual: number): Promise<void> {
    const whole = this.#task.wholeSteps ?? Infinity;
    const target = whole < Infinity ? SCALED_FACTOR * usual : usual;
    for (;;) {
      const milliseconds = await this.#run(this.count);
      if (milliseconds * (whole / this.count) <= WHOLE_LIMIT) {
        this.count = whole;
        return;
      }
      if (milliseconds >= target) return;
      this.count = Math.min(whole, Math.ceil(this.count * Math.min(2, Math.max(1.2, target / milliseconds))));
    }
  }
}
