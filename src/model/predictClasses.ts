/** `predictClasses`: from outputs to classes, as the last layer and the loss say. Loaded with its first use. */
import { counted } from "../base/counted.js";
import { DataError, located, OptionError, show } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { log } from "../base/math.js";
import { type Given, number, optional, readOptions, via } from "../base/options.js";
import { sizeOf } from "../base/shape.js";
import { argMax } from "../data/oneHot.js";
import type { Compiled } from "../program/types.js";
import type { ActivationSpec } from "../specs/activations.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import { lastActivation } from "../specs/layers/facts.js";
import { hasClasses } from "../specs/losses/classes.js";
import { outputReading, targetKind } from "../specs/losses/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import { taskOf } from "../specs/metrics/metric.js";
import type { Task } from "../specs/metrics/options.js";
import { nest } from "./predict.js";

/** The name of a class, as JSON has it. */
type ClassName = string | number | boolean;

/** Options of `predictClasses`. */
const predictClassesOptions = {
  /** A yes-or-no output is a 1 if its probability is above this, 0 to 1. @default 0.5 */
  threshold: optional(number({ min: 0, max: 1 })),
  /**
   * A name for each class, in the order of their numbers; `null` for numbers. @default `metadata.classes`, if it is a
   * list
   */
  classes: optional(via<readonly ClassName[] | null, readonly ClassName[] | null>(checkNames)),
};

/** Options of `predictClasses`. */
export interface PredictClassesOptions extends Given<typeof predictClassesOptions> {}

/** The facts of a model that say how its outputs are read. */
export interface Answering {
  readonly layers: readonly Pick<PlacedLayer, "spec" | "outputShape">[];
  readonly state: { readonly compiled: Pick<Compiled, "loss"> | null };
  readonly metadata: JsonObject | null;
}

function checkNames(where: string, names: unknown): readonly ClassName[] | null {
  const isName = (name: unknown) => /string|number|boolean/.test(typeof name);
  if (names === null || (Array.isArray(names) && names.every(isName))) return names;
  throw new OptionError(`${where}: expected a list of names, or null for numbers, got ${show(names)}.`);
}

/** @throws the errors of `Sequential.predictClasses`. */
export function classesOfOutputs(core: Answering, outputs: Float32Array, options: PredictClassesOptions): unknown[] {
  const where = "predictClasses";
  const { threshold, classes } = readOptions(where, predictClassesOptions, options);
  const last = core.layers[core.layers.length - 1];
  const width = sizeOf(last.outputShape);
  const { task, cut } = readingOf(where, lastActivation(last.spec), core.state.compiled?.loss, width);
  if (task === "multiclass") {
    if (threshold !== undefined) {
      throw new OptionError(
        `${where}: threshold is for yes-or-no outputs, and this model chooses one of ${width} classes. Leave it out.`,
      );
    }
    return named(
      where,
      core,
      classes,
      located(where, () => argMax(outputs, width)),
      width,
    );
  }
  const bad = outputs.findIndex(Number.isNaN);
  if (bad >= 0) {
    throw new DataError(
      `${where}: row ${Math.floor(bad / width)}: expected numbers, got NaN. Find what made it first.`,
    );
  }
  const limit = cut(threshold);
  const labels = outputs.map((output) => (output > limit ? 1 : 0));
  if (task === "binary") return named(where, core, classes, labels, 2);
  if (classes) {
    throw new OptionError(
      `${where}: classes: this model has ${width} yes-or-no outputs, and gives rows of 0 and 1. Leave it out.`,
    );
  }
  return nest(labels, last.outputShape);
}

/** The reading of outputs, and the output beyond which a yes-or-no answer is yes. */
export interface Reading {
  readonly task: Task;
  cut(threshold?: number): number;
}

/** The reading of the loss if it is one of classes, else of the last activation. @throws OptionError for numbers */
export function readingOf(
  where: string,
  activation: ActivationSpec,
  loss: LossSpec | undefined,
  width: number,
): Reading {
  const probability = (threshold = 0.5) => threshold;
  if (activation.type === "softmax" || activation.type === "logSoftmax")
    return { task: "multiclass", cut: probability };
  if (loss && hasClasses(loss) && outputReading(loss) !== "several") {
    const task = taskOf(loss, width);
    if (targetKind(loss) === "signs") return { task, cut: aroundZero(where, loss) };
    return { task, cut: loss.fromLogits ? (threshold = 0.5) => log(threshold) - log(1 - threshold) : probability };
  }
  if (activation.type === "sigmoid" || activation.type === "hardSigmoid")
    return { task: width === 1 ? "binary" : "multilabel", cut: probability };
  const reason = loss ? `${loss.type} after ${activation.type} is for numbers` : `${activation.type} gives numbers`;
  throw new OptionError(`${where}: ${reason}, not classes. Use predict or predictRows.`);
}

/** Outputs trained with a hinge are above 0 for yes, and no probabilities. */
function aroundZero(where: string, { type }: LossSpec): Reading["cut"] {
  return (threshold) => {
    if (threshold === undefined) return 0;
    throw new OptionError(
      `${where}: threshold is for probabilities, and outputs for ${type} lie around 0. Leave it out.`,
    );
  };
}

/** The names of classes by their numbers; without names the numbers. */
function named(
  where: string,
  { metadata }: Answering,
  given: readonly ClassName[] | null | undefined,
  numbers: ArrayLike<number>,
  count: number,
): ClassName[] {
  const own = Array.isArray(metadata?.classes) ? metadata.classes : null;
  const names = given === undefined ? checkNames(`${where}: metadata.classes`, own) : given;
  if (names === null) return Array.from(numbers);
  if (names.length !== count) {
    const place = given === undefined ? "metadata.classes" : "classes";
    throw new OptionError(
      `${where}: ${place}: expected ${counted(count, "name")}, one for each class, got ${names.length}. For numbers give classes: null.`,
    );
  }
  return Array.from(numbers, (label) => names[label]);
}
