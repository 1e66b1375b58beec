/**
 * Losses that callers write: functions of the targets and predictions of a batch. Between two runs of the kernels a
 * session calls the function, checks its results and writes them back (`host.ts`).
 */

import { checkFunction, checkText, OptionError, show } from "../../base/errors.js";
import { importModule } from "../../base/importModule.js";
import { kindOf } from "../../base/kinds.js";
import { type Given, oneOf, optional, readOptions, via } from "../../base/options.js";
import { LossKind } from "../../plan/op.js";
import { addLosses } from "./addLosses.js";
import { checkedLoss, type LossFunction } from "./checkedLoss.js";
import { lossScript } from "./host.js";
import type { CustomLossType, LossEntry } from "./options.js";
import { addReductions } from "./reduction.js";
import { type ReductionOptions, reductionOptions } from "./reductionOptions.js";
import type { LossSpec } from "./table.js";

/** The kinds of targets, each with its type of spec. */
const TYPES = {
  numbers: "custom",
  probabilities: "customProbabilities",
  oneHot: "customOneHot",
  signs: "customSigns",
  labels: "customLabels",
} as const satisfies Record<string, CustomLossType>;

function checkFunctionName(where: string, name: unknown): string {
  if (checkText(where, name) !== "") return name as string;
  throw new OptionError(`${where}: expected a name, got ${show(name)}.`);
}

function checkModule(where: string, module: unknown): string {
  const text = typeof module === "string" ? module : kindOf(module) === "URL" ? String(module) : "";
  if (/^[a-z][a-z\d+.-]*:/i.test(text)) return text;
  throw new OptionError(`${where}: expected new URL("./myLoss.js", import.meta.url), got ${show(module)}.`);
}

/** Options of `customLoss`. */
const customOptions = {
  ...reductionOptions,
  /** The function. It may be omitted for a model in a worker, which takes it from `module`. */
  compute: optional(via<LossFunction, LossFunction>(checkFunction)),
  /** Name of the loss in files and messages; with `module`, of the export that is the function. */
  name: optional(via<string, string>(checkFunctionName)),
  /** Address of a module with the function, which workers import: `new URL("./myLoss.js", import.meta.url)`. */
  module: optional(via<string | object, string>(checkModule)),
  /**
   * Targets that it takes: `numbers`; `probabilities`, 0 to 1, each for a yes or no; `oneHot`, 0 to 1, one for each
   * class; `signs`, −1 and 1; `labels`, one integer for each row. They decide what data are legal, what accuracy means,
   * and whether there are classes to weight. @default "numbers"
   */
  targets: oneOf(["numbers", "probabilities", "oneHot", "signs", "labels"], "numbers"),
};

/** Options of `customLoss`. */
export interface CustomLossOptions extends ReductionOptions, Given<typeof customOptions> {}

/** A custom loss as `compile` keeps it. A file holds all of it but the function. */
export interface CustomLossSpec extends LossSpec {
  readonly type: CustomLossType;
  readonly name: string;
  readonly module?: string;
  readonly compute?: LossFunction;
}

const { compute, name, module } = customOptions;

/** Functions that were imported, by module and export. */
const imported = new Map<string, LossFunction>();

const keyOf = (spec: CustomLossSpec) => `${spec.module} ${spec.name}`;

function entry(targets: LossEntry["targets"], outputs?: "each" | "classes"): LossEntry {
  return {
    kind: LossKind.Host,
    targets,
    ...(outputs && { outputs }),
    options: { name, module, compute },
    script(given) {
      const spec = given as object as CustomLossSpec;
      const run = spec.compute ?? imported.get(keyOf(spec));
      if (run) return lossScript(checkedLoss(spec.name, run));
      throw new OptionError(
        `compile: loss: customLoss ${show(spec.name)} has no function here. ` +
          "Give it as compute; module alone is enough only for a model with worker: true.",
      );
    },
  };
}

/** Entries of the table of losses. */
export const customLosses = {
  custom: entry("numbers"),
  customProbabilities: entry("probabilities", "each"),
  customOneHot: entry("probabilities", "classes"),
  customSigns: entry("signs", "each"),
  customLabels: entry("labels", "classes"),
} satisfies Record<CustomLossType, LossEntry>;

/**
 * A loss of your own. L = mean over rows of w · l, with the loss l of a row as `compute` returns it and its weight w:
 * sample and class weights work as for any loss. The function runs on one thread, whatever the backend, and its results
 * are checked: a step whose loss or gradient has another length, or a value that is not finite, is not taken.
 * `checkGradients` compares your gradient with slopes of your loss.
 *
 * A file holds the name alone. To load it, give the loss again: `Sequential.load(file, { loss: customLoss({ … }) })`.
 * Workers import the function: `module` is the address of a module, `name` that of its export, "default" by default.
 *
 * @example
 * const loss = customLoss({
 *   name: "asymmetric",
 *   compute(targets, predictions) {
 *     const errors = predictions.map((p, i) => p - targets[i]);
 *     const slope = (e) => (e < 0 ? 4 * e : e); // too low costs four times as much
 *     return { loss: errors.map((e) => (slope(e) * e) / 2), gradient: errors.map(slope) }; // one output
 *   },
 * });
 * model.compile({ optimizer: "adam", loss });
 * @throws OptionError for unknown options, and without both compute and module. In training, ShapeError or
 * NonFiniteError for results that do not fit, and OptionError for sample weights of a loss that is one number.
 */
export function customLoss(options: CustomLossOptions): CustomLossSpec {
  const given = readOptions("customLoss", customOptions, options, arguments);
  if (!given.compute && !given.module) {
    throw new OptionError(
      "customLoss: expected a function (targets, predictions) => ({ loss, gradient }) as compute, or a module, got neither.",
    );
  }
  addLosses(customLosses);
  addReductions();
  const { targets, ...kept } = given;
  const byDefault = given.module ? "default" : given.compute?.name || "custom";
  return { type: TYPES[targets], fromLogits: false, ...kept, name: given.name ?? byDefault };
}

/** True for the spec of a custom loss. */
export function isCustom(loss: unknown): loss is CustomLossSpec {
  return Object.hasOwn(customLosses, String((loss as Partial<LossSpec> | null | undefined)?.type));
}

/** Imports the function of a custom loss, if it has only its module. @throws OptionError if there is none */
export async function importLoss(loss: unknown): Promise<void> {
  if (!isCustom(loss) || loss.compute || !loss.module || imported.has(keyOf(loss))) return;
  const where = `compile: loss: customLoss: ${show(loss.module)}`;
  const found = await importModule(loss.module).catch((cause: Error) => {
    throw new OptionError(`${where} could not be imported: ${cause.message}`, { cause });
  });
  const exported = Object.hasOwn(found, loss.name) ? found[loss.name] : undefined;
  if (typeof exported !== "function") {
    const names = Object.keys(found).map(show).join(", ") || "nothing";
    throw new OptionError(`${where} exports ${names}: expected a function ${show(loss.name)}.`);
  }
  imported.set(keyOf(loss), exported as LossFunction);
}
