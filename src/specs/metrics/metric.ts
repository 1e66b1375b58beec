/** The metrics of a model: which it follows, how it reads its targets for them, and which the kernels sum. */
import { counted } from "../../base/counted.js";
import { OptionError } from "../../base/errors.js";
import { log } from "../../base/log.js";
import { MetricKind, Place } from "../../plan/op.js";
import { entryOf as lossEntryOf, lossTargets, outputReading, targetKind } from "../losses/facts.js";
import type { LossSpec } from "../losses/table.js";
import type { Task } from "./options.js";
import { entryOf, isSummed, type MetricSpec, summedKind } from "./table.js";

/**
 * The metrics that a model with that many outputs follows: those with weights after the others, called `weighted…` if
 * the others have their name (as in Keras), and one for each class or threshold where that was asked for.
 * @throws OptionError for names that share a key in the logs
 */
export function listMetrics(
  plain: readonly MetricSpec[],
  weighted: readonly MetricSpec[],
  outputs: number,
): readonly MetricSpec[] {
  const specs = plain.flatMap((spec) => eachOf(spec, outputs));
  const names = new Set(specs.map(({ name }) => name));
  for (const spec of weighted.flatMap((one) => eachOf(one, outputs))) {
    // In the order of the table of options, as a file gives them back.
    const { type, name, weighted: _, ...more } = spec;
    specs.push({ type, name: names.has(name) ? prefixed("weighted", name) : name, weighted: true, ...more });
  }
  checkNames(specs);
  if (specs.filter(isSummed).length > Place.MetricSlots) {
    throw new OptionError(`compile: metrics: at most ${Place.MetricSlots} that are summed over rows.`);
  }
  return specs;
}

function eachOf(spec: MetricSpec, outputs: number): MetricSpec[] {
  return entryOf(spec).list?.(spec, outputs) ?? [spec];
}

function prefixed(prefix: string, name: string): string {
  return `${prefix}${name[0].toUpperCase()}${name.slice(1)}`;
}

/** The key of a number's twin on the validation data: `valLoss` of `loss`. */
export function validationName(name: string): string {
  return prefixed("val", name);
}

/** Refuses names of which two, or their validation twins, would share a key. @throws OptionError */
function checkNames(specs: readonly MetricSpec[]): void {
  const owners = new Map<string, string>();
  for (const name of ["epoch", "step", "loss", ...specs.map((spec) => spec.name)]) {
    for (const key of [name, validationName(name)]) {
      if (owners.has(key)) {
        const two = `for "${owners.get(key)}" and "${name}"`;
        throw new OptionError(
          `compile: metrics: "${key}" is listed twice in the logs, ${two}. Choose another name; epoch, step and loss are taken.`,
        );
      }
      owners.set(key, name);
    }
  }
}

/**
 * Reading of a loss and a number of outputs. Keras reads several yes-or-no outputs as one class of several (ADR 23).
 */
export function taskOf(loss: LossSpec, outputs: number): Task {
  if (outputs === 1) return "binary";
  return outputReading(loss) === "each" ? "multilabel" : "multiclass";
}

const ROWS = "one target per output";
const LABELS = "integer labels";

/** Refuses metrics that cannot be told from the targets of the loss. @throws OptionError saying what could be. */
export function checkMetric(spec: MetricSpec, loss: LossSpec, outputs: number): void {
  lossEntryOf(loss).checkMetric?.(spec);
  const { type, average, k } = spec;
  const { reads, fault } = entryOf(spec);
  const labels = lossTargets(loss) === "labels";
  const task = taskOf(loss, outputs);
  const refuse = (reason: string) => {
    throw new OptionError(`compile: metrics: ${type}${reason}`);
  };
  if (typeof reads === "object") {
    if (targetKind(loss) === "signs" && type !== "accuracy") {
      refuse(` reads probabilities, but ${loss.type} gives none. Use "accuracy".`);
    }
    if (!reads.includes(task)) {
      const got = task === "multilabel" ? "outputs that are each yes or no" : "one output";
      refuse(` needs one class per row, but ${loss.type} with ${counted(outputs, "output")} has ${got}.`);
    }
  }
  if (reads === (labels ? "numbers" : "labels")) {
    const [needed, given] = labels ? [ROWS, LABELS] : [LABELS, ROWS];
    refuse(` needs ${needed}, but ${loss.type} takes ${given}.${labels ? "" : ' Use "accuracy".'}`);
  }
  if (average === "binary" && (task === "multilabel" || outputs > 2)) {
    refuse(`: average: "binary" needs one output or two classes, got ${outputs}. Choose "macro".`);
  }
  if (k && k > outputs) refuse(`: k: expected at most ${outputs}, the number of classes, got ${k}.`);
  const reason = fault?.(spec, task, outputs);
  if (reason) refuse(reason);
}

/** The kernel's kind for a metric that is summed. */
export function metricKind(spec: MetricSpec, loss: LossSpec, outputs: number): MetricKind {
  const kind = summedKind(spec);
  if (typeof kind === "number") return kind;
  if (lossTargets(loss) === "labels") return MetricKind.SparseCategoricalAccuracy;
  return taskOf(loss, outputs) === "multiclass" ? MetricKind.CategoricalAccuracy : MetricKind.BinaryAccuracy;
}

/** The threshold of a metric on predictions, or on the logits they come from: ln(t / (1 − t)). Of hinges it is 0. */
export function thresholdOf(
  { type, threshold: given = 0.5 }: MetricSpec,
  { loss, onLogits }: { loss: LossSpec; onLogits: boolean },
): number {
  const threshold = given as number;
  if (type === "accuracy" && targetKind(loss) === "signs") return 0;
  return onLogits ? log(threshold) - log(1 - threshold) : threshold;
}

/** The number to show for the mean over rows of a summed metric. */
export function finishSum({ type }: MetricSpec, mean: number): number {
  return type === "rootMeanSquaredError" ? Math.sqrt(mean) : mean;
}
