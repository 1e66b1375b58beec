/**
 * Keeps targets, predictions and, if a metric counts by them, sample weights of an epoch for the metrics that need all
 * of them. Its memory is allocated once, for the expected rows, and doubled only if a stream turns out to be longer.
 * Loaded, with the formulas, by `step.ts` for the first model that has such a metric.
 */
import { newArray, OptionError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { Label } from "../plan/op.js";
import type { Compiled, TrainingTensors } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import type { MetricSpec } from "../specs/metrics/table.js";
import { type Collected, type Judge, judgeOf } from "./judge.js";

/** The user of the memory, as named in an error. */
const COLLECTED = "Metrics that need all rows";

export class Collector {
  readonly #tensors: TrainingTensors;
  readonly #width: number;
  readonly #outputs: number;
  #targets: Float32Array;
  #predictions: Float32Array;
  #weights: Float32Array | null;
  #rows = 0;
  #isMarked = false;
  /** Metrics of the rows so far; `null` if there are more since. */
  #judge: Judge | null = null;

  /** A collector for about `rows` rows of `outputs` predictions. */
  constructor(tensors: TrainingTensors, outputs: number, rows: number) {
    this.#tensors = tensors;
    this.#outputs = outputs;
    this.#width = sizeOf(tensors.targets.shape);
    this.#targets = newArray(Float32Array, rows * this.#width, COLLECTED);
    this.#predictions = newArray(Float32Array, rows * outputs, COLLECTED);
    this.#weights = tensors.collected?.isWeighted ? newArray(Float32Array, rows, COLLECTED) : null;
  }

  /** Forgets all rows, for a new epoch. Earlier marks keep their rows. */
  reset(): void {
    this.#rows = 0;
    this.#judge = null;
    if (!this.#isMarked) return;
    this.#isMarked = false;
    this.#targets = new Float32Array(this.#targets.length);
    this.#predictions = new Float32Array(this.#predictions.length);
    this.#weights &&= new Float32Array(this.#weights.length);
  }

  /**
   * Adds the rows that the section has just run on.
   * @param factor That of their weights in the session; by default rows / rows that count.
   */
  add(session: Session, section: "evaluate" | "train", rows: number, factor?: number | null): void {
    const { targets, collected, sampleWeights } = this.#tensors;
    if (!collected) return;
    this.#judge = null;
    this.#grow(this.#rows + rows);
    const begin = this.#rows;
    if (targets.format === "labels") session.readLabels(targets, rows, this.#targets, this.#rows);
    else session.readRows(targets, rows, this.#targets, this.#rows * this.#width);
    session.readRows(collected[section], rows, this.#predictions, this.#rows * this.#outputs);
    if (this.#weights) session.readRows(sampleWeights, rows, this.#weights, this.#rows);
    this.#rows += rows;
    if (this.#tensors.ignoreClass === null) return;
    this.#dropIgnored(begin);
    const scale = factor ?? rows / (this.#rows - begin);
    for (let row = begin; this.#weights && row < this.#rows; row++) this.#weights[row] /= scale;
  }

  /** Removes rows with an ignored label, from row `begin` on. */
  #dropIgnored(begin: number): void {
    const [targets, predictions, outputs, weights] = [this.#targets, this.#predictions, this.#outputs, this.#weights];
    let kept = begin;
    for (let row = begin; row < this.#rows; row++) {
      if (targets[row] === Label.Ignored) continue;
      targets[kept] = targets[row];
      if (weights) weights[kept] = weights[row];
      predictions.copyWithin(kept * outputs, row * outputs, (row + 1) * outputs);
      kept++;
    }
    this.#rows = kept;
  }

  /** A copy of all rows since the last reset. */
  store(): Collected {
    const { targets, predictions, weights } = this.#kept();
    const copy = { targets: targets.slice(), predictions: predictions.slice() };
    return weights ? { ...copy, weights: weights.slice() } : copy;
  }

  /** Continues from the result of `store`, of at most `mostRows` rows. @throws OptionError for anything else. */
  restore({ targets, predictions, weights }: Collected, mostRows: number): void {
    this.#rows = 0;
    this.#judge = null;
    const rows = predictions.length / this.#outputs;
    const isWeighted = this.#weights !== null;
    if (
      targets.length !== rows * this.#width ||
      rows > mostRows ||
      weights?.length !== (isWeighted ? rows : undefined)
    ) {
      throw new OptionError(
        "fit: resume: the predictions in the file are not those of the interrupted epoch. Leave out resume to begin it again.",
      );
    }
    this.#grow(rows);
    this.#targets.set(targets);
    this.#predictions.set(predictions);
    if (weights) this.#weights?.set(weights);
    this.#rows = rows;
  }

  /** A metric of all rows since the last reset. */
  metric(spec: MetricSpec, compiled: Compiled): number {
    this.#judge ??= judgeOf(this.#kept(), this.#outputs);
    return this.#judge.metric(spec, compiled);
  }

  /** Metrics of the rows so far, even if they are read later. */
  mark(): Judge {
    this.#isMarked = true;
    return judgeOf(this.#kept(), this.#outputs);
  }

  #kept(): Collected {
    const kept = {
      targets: this.#targets.subarray(0, this.#rows * this.#width),
      predictions: this.#predictions.subarray(0, this.#rows * this.#outputs),
    };
    return this.#weights ? { ...kept, weights: this.#weights.subarray(0, this.#rows) } : kept;
  }

  #grow(rows: number): void {
    if (rows * this.#outputs <= this.#predictions.length) return;
    const room = Math.max(rows, 2 * this.#rows);
    const larger = (old: Float32Array, width: number) => {
      const values = newArray(Float32Array, room * width, COLLECTED);
      values.set(old.subarray(0, this.#rows * width));
      return values;
    };
    this.#targets = larger(this.#targets, this.#width);
    this.#predictions = larger(this.#predictions, this.#outputs);
    this.#weights &&= larger(this.#weights, 1);
  }
}
