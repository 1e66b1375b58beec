/** `evaluate`, and the validation of `fit`, of a model. Loaded with the first of them. */

import type { Evaluation, Logs } from "../callbacks/logTypes.js";
import type { Data, Dataset } from "../data/dataset.js";
import type { Pipeline } from "../data/pipeline.js";
import { isStream, type Stream } from "../data/stream.js";
import { validationName } from "../specs/metrics/metric.js";
import { collectorFor, type EvaluationHost, evaluatePatiently, evaluateRows } from "../training/evaluate.js";
import { BATCH_SIZE, CHUNK_ROWS, type Expectation, fitData } from "../training/feed.js";
import type { Validate } from "../training/fit.js";
import { type CheckedFit, isValidated } from "../training/options.js";
import { collects, openCollector } from "../training/step.js";
import type { ModelCore } from "./core.js";
import { checkEvaluate, type EvaluateOptions } from "./options.js";

/** @throws the errors of `Sequential.evaluate`. */
export async function evaluateModel(
  core: ModelCore,
  data: Data | Stream,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const host = hostOf(core, "evaluate");
  const { batchSize } = checkEvaluate(options);
  if (isStream(data)) {
    const { toBatches } = await import("../training/streams.js");
    return evaluatePatiently(host, toBatches("evaluate", data, batchSize), batchSize);
  }
  const { dataset } = core.check("evaluate", data);
  const collector = collects(host.program) ? await openCollector(host.program, dataset.length) : null;
  return evaluateRows(host, dataset, batchSize, collector);
}

/** The view of a model for evaluation. @throws OptionError before `compile`, BackendError */
function hostOf(core: ModelCore, where: string): EvaluationHost {
  const compiled = core.checkCompiled(where);
  return {
    where,
    program: core.state.program,
    compiled,
    openSession: (rows) => {
      core.checkUsable(where);
      return core.openSession(rows, "evaluate");
    },
    fitBatch: (batch, index) => fitData(`${where}: batch ${index}`, batch as Data, core.expectation(compiled)),
  };
}

/** The validation data as given to `fit`, checked. @throws OptionError, ShapeError, DataError */
export async function prepareValidation(
  { batchSize = BATCH_SIZE, validationData }: CheckedFit,
  expectation: Expectation,
): Promise<Dataset | Pipeline<unknown>> {
  const where = "fit: validationData";
  const data = validationData as Data | Stream;
  if (!isStream(data)) return fitData(where, data, expectation);
  const { toBatches } = await import("../training/streams.js");
  return toBatches(where, data, batchSize);
}

/** Evaluates after the epochs that `validationFreq` names. */
export function openValidation(
  core: ModelCore,
  validation: Dataset | Pipeline<unknown>,
  options: CheckedFit,
): Validate {
  const batchSize = options.validationBatchSize ?? CHUNK_ROWS;
  const host = hostOf(core, `fit: validation${options.validationSplit === 0 ? "Data" : "Split"}`);
  let collector: ReturnType<typeof collectorFor> | null = null;
  return (epoch) => {
    if (!isValidated(options, epoch)) return null;
    collector ??= collectorFor(host.program, validation);
    return collector.then((opened) => evaluatePatiently(host, validation, batchSize, opened)).then(prefixed);
  };
}

/** `loss` as `valLoss`. */
function prefixed(logs: Logs<string>): Logs<string> {
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [validationName(name), value]));
}
