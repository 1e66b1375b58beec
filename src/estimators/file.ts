/**
 * Estimators in files: what a model's file says of the estimator that holds it, next to the user's metadata. The checks
 * of what comes back are here; what classes and scales are is the estimators' business.
 */

import { counted } from "../base/counted.js";
import { checkBoolean, checkKeys, checkNumber, FormatError, located, SimdgradError, show } from "../base/errors.js";
import type { JsonObject } from "../base/json.js";
import { readOptions } from "../base/options.js";
import { CORE } from "../model/inside.js";
import { insideOf } from "../model/insideOf.js";
import { type RuntimeOptions, runtimeOptions } from "../model/options.js";
import { Sequential } from "../sequential.js";
import type { Course } from "./base.js";
import {
  type CheckedMLP,
  checkMLP,
  localOptions,
  type MLPName,
  type MLPOptions,
  runtimeOf,
  storedNames,
} from "./options.js";
import type { Trained } from "./trained.js";

/** Options of `load`: those that a file does not hold. */
export interface LoadOptions extends RuntimeOptions, Pick<MLPOptions, "callbacks" | "signal" | "onWarning"> {}

const loadOptions = { ...localOptions, ...runtimeOptions };

const VERSION = 1;

/** The contents of the file; `null` if the options cannot be saved, because a learning rate is a function. */
export function describeEstimator(
  estimator: MLPName,
  options: CheckedMLP,
  knowledge: unknown,
  { lossCurve, validationScores: scores, hasConverged }: Course,
): JsonObject | null {
  if (typeof options.optimizer.learningRate === "function") return null;
  const own = Object.fromEntries(storedNames(estimator).map((name) => [name, options[name as keyof CheckedMLP]]));
  const plain = { estimator, version: VERSION, options: own, knowledge, lossCurve, scores, hasConverged };
  return JSON.parse(JSON.stringify(plain)) as JsonObject;
}

/** An estimator that was read: its network, and its options. */
export interface Loaded<K> {
  readonly trained: Trained<K>;
  readonly options: MLPOptions;
}

/** Reads what an estimator knows of targets, and the head that goes with it, for a network of that many outputs. */
type ReadKnowledge<K> = (json: unknown, outputs: number, options: CheckedMLP) => Pick<Trained<K>, "head" | "knowledge">;

/** A model's file, as the estimator that it says holds the model, for the function `where`. @throws FormatError, OptionError, BackendError */
export async function loadEstimator<K>(
  where: string,
  estimator: MLPName,
  bytes: Uint8Array | ArrayBuffer,
  options: LoadOptions,
  read: ReadKnowledge<K>,
): Promise<Loaded<K>> {
  const runtime = runtimeOf(readOptions(where, loadOptions, options));
  const model = await Sequential[CORE](where, bytes, runtime);
  try {
    return located(where, () => readSaved(estimator, model, read));
  } catch (error) {
    model.dispose();
    if (error instanceof FormatError || !(error instanceof SimdgradError)) throw error;
    throw new FormatError(error.message, { cause: error });
  }
}

function readSaved<K>(estimator: MLPName, model: Sequential, read: ReadKnowledge<K>): Loaded<K> {
  const found = insideOf(estimator, model).attachment ?? {};
  const { estimator: name, version, options, knowledge, lossCurve, scores, hasConverged } = found;
  if (name !== estimator) {
    const isMLP = name === "MLPClassifier" || name === "MLPRegressor";
    const loader = isMLP ? `${name}.load` : "loadEstimator";
    const got = typeof name === "string" ? `an ${name}. Use ${loader}` : "a model alone. Use Sequential.load";
    throw new FormatError(`expected the file of an ${estimator}, got that of ${got}.`);
  }
  if (version !== VERSION) throw new FormatError(`expected version ${VERSION}, got ${show(version)}. Update simdgrad.`);
  if (!Array.isArray(lossCurve) || !Array.isArray(scores)) {
    throw new FormatError("expected the loss and the score of each epoch. Save the estimator again.");
  }
  checkKeys("options", options as object, storedNames(estimator));
  const checked = checkMLP("options", options as MLPOptions, estimator);
  const outputs = model.layers[model.layers.length - 1].outputShape.reduce((size, n) => size * n, 1);
  const parts = read(knowledge, outputs, checked);
  if (parts.head.units !== outputs) {
    throw new FormatError(`expected a network of ${counted(parts.head.units, "output")}, got one of ${outputs}.`);
  }
  const trained = {
    model,
    ...parts,
    lossCurve: lossCurve.map((loss) => checkNumber("lossCurve", loss)),
    // JSON has no NaN: a score that was none.
    validationScores: scores.map((score) => (score === null ? Number.NaN : checkNumber("scores", score))),
    hasConverged: checkBoolean("hasConverged", hasConverged),
  };
  return { trained, options: options as MLPOptions };
}
