/**
 * Keeps targets and predictions of an epoch for the metrics that need all of them. Its memory is allocated once, for
 * the expected rows, and doubled only if a stream turns out to be longer. Loaded, with the formulas, by
 * `step.ts` for the first model that has such a metric.
 */
import { newArray, OptionError } from "../base/errors.js";
import { sizeOf } from "../base/shape.js";
import { Label } from "../plan/op.js";
import type { Compiled, TrainingTensors } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import { epochMetric } from "../specs/metrics/epoch.js";
import { type MetricSpec, taskOf } from "../specs/metrics/metric.js";

/** The user of the memory, as named in an error. */
const COLLECTED = "Metrics that need all rows";

/** Computes metrics of the collected rows. */
export interface Judge {
  metric(spec: MetricSpec, compiled: Compiled): number;
}

/** Targets and predictions, row after row. */
export interface Collected {
  readonly targets: Float32Array;
  readonly predictions: Float32Array;
}

export class Collector {
  readonly #tensors: TrainingTensors;
  readonly #width: number;
  readonly #outputs: number;
  #targets: Float32Array;
  #predictions: Float32Array;
  #rows = 0;
  #isMarked = false;

  /** A collector for about `rows` rows of `outputs` predictions. */
  constructor(tensors: TrainingTensors, outputs: number, rows: number) {
    this.#tensors = tensors;
    this.#outputs = outputs;
    this.#width = sizeOf(tensors.targets.shape);
    this.#targets = newArray(Float32Array, rows * this.#width, COLLECTED);
    this.#predictions = newArray(Float32Array, rows * outputs, COLLECTED);
  }

  /** Forgets all rows, for a new epoch. Earlier marks keep their rows. */
  reset(): void {
    this.#rows = 0;
    if (!this.#isMarked) return;
    this.#isMarked = false;
    this.#targets = new Float32Array(this.#targets.length);
    this.#predictions = new Float32Array(this.#predictions.length);
  }

  /** Adds the rows that the section has just run on. */
  add(session: Session, section: "evaluate" | "train", rows: number): void {
    const { targets, collected } = this.#tensors;
    if (!collected) return;
    this.#grow(this.#rows + rows);
    const begin = this.#rows;
    if (targets.format === "labels") session.readLabels(targets, rows, this.#targets, this.#rows);
    else session.readRows(targets, rows, this.#targets, this.#rows * this.#width);
    session.readRows(collected[section], rows, this.#predictions, this.#rows * this.#outputs);
    this.#rows += rows;
    if (this.#tensors.ignoreClass !== null) this.#dropIgnored(begin);
  }

  /** Removes rows with an ignored label, from row `begin` on. */
  #dropIgnored(begin: number): void {
    const [targets, predictions, outputs] = [this.#targets, this.#predictions, this.#outputs];
    let kept = begin;
    for (let row = begin; row < this.#rows; row++) {
      if (targets[row] === Label.Ignored) continue;
      targets[kept] = targets[row];
      predictions.copyWithin(kept * outputs, row * outputs, (row + 1) * outputs);
      kept++;
    }
    this.#rows = kept;
  }

  /** A copy of all rows since the last reset. */
  store(): Collected {
    const { targets, predictions } = this.#kept();
    return { targets: targets.slice(), predictions: predictions.slice() };
  }

  /** Continues from the result of `store`, of at most `mostRows` rows. @throws OptionError for anything else. */
  restore({ targets, predictions }: Collected, mostRows: number): void {
    this.#rows = 0;
    const rows = predictions.length / this.#outputs;
    if (targets.length !== rows * this.#width || rows > mostRows) {
      throw new OptionError(
        "fit: resume: the predictions in the file are not those of the interrupted epoch. Leave out resume to begin it again.",
      );
    }
    this.#grow(rows);
    this.#targets.set(targets);
    this.#predictions.set(predictions);
    this.#rows = rows;
  }

  /** A metric of all rows since the last reset. */
  metric(spec: MetricSpec, compiled: Compiled): number {
    return this.#judge(this.#kept(), spec, compiled);
  }

  /** Metrics of the rows so far, even if they are read later. */
  mark(): Judge {
    this.#isMarked = true;
    const kept = this.#kept();
    return { metric: (spec, compiled) => this.#judge(kept, spec, compiled) };
  }

  #judge(kept: Collected, spec: MetricSpec, { loss }: Compiled): number {
    const outputs = this.#outputs;
    return epochMetric(spec, {
      ...kept,
      rows: kept.predictions.length / outputs,
      outputs,
      task: taskOf(loss, outputs),
    });
  }

  #kept(): Collected {
    return {
      targets: this.#targets.subarray(0, this.#rows * this.#width),
      predictions: this.#predictions.subarray(0, this.#rows * this.#outputs),
    };
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
  }
}
