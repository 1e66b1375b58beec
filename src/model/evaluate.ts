/** `evaluate`, and the validation of `fit`, of a model. Loaded with the first of them. */

import { type Given, number, readOptions } from "../base/options.js";
import type { Evaluation, Logs } from "../callbacks/logTypes.js";
import type { Data } from "../data/dataset.js";
import type { Pipeline } from "../data/pipeline.js";
import { isInMemory } from "../data/readArrays.js";
import type { DataRows } from "../data/rows.js";
import type { Stream } from "../data/stream.js";
import { validationName } from "../specs/metrics/metric.js";
import { counts, noneCounts } from "../training/counts.js";
import { collectorFor, type EvaluationHost, evaluatePatiently, evaluateRows } from "../training/evaluate.js";
import { BATCH_SIZE, CHUNK_ROWS, type Expectation } from "../training/feed.js";
import { fitBatch } from "../training/fitBatch.js";
import { fitData } from "../training/fitData.js";
import type { CheckedFit } from "../training/options.js";
import type { Validate } from "../training/parts.js";
import { openCollector } from "../training/step.js";
import { whileUsable } from "../training/whileUsable.js";
import { checkedData } from "./checkedData.js";
import type { ModelCore } from "./core.js";
import { traceModel } from "./trace.js";
import { keepTrace } from "./tracing.js";

/** Options of `evaluate`. */
const evaluateOptions = {
  /** Rows per chunk; it does not change the result. @default 256 */
  batchSize: number({ min: 1, integer: true }, CHUNK_ROWS),
};

/** Options of `evaluate`. */
export interface EvaluateOptions extends Given<typeof evaluateOptions> {}

/** @throws the errors of `Sequential.evaluate`. */
export async function evaluateModel(
  core: ModelCore,
  data: Data | Stream,
  options: EvaluateOptions,
): Promise<Evaluation> {
  core.checkCompiled("evaluate");
  keepTrace(traceModel);
  await core.state.loadKernels();
  const host = hostOf(core, "evaluate");
  const { batchSize } = readOptions("evaluate", evaluateOptions, options);
  if (!isInMemory(data)) {
    const { toBatches } = await import("../training/streams.js");
    return evaluatePatiently(host, toBatches("evaluate", data, batchSize), batchSize) as Promise<Evaluation>;
  }
  const { dataset } = checkedData(core, "evaluate", data);
  const collector = host.program.training?.collected ? await openCollector(host.program, dataset.length) : null;
  return evaluateRows(host, dataset, batchSize, collector);
}

/** The view of a model for evaluation. @throws OptionError before `compile`, BackendError */
function hostOf(core: ModelCore, method: string, where = method): EvaluationHost {
  const compiled = core.checkCompiled(where);
  return {
    where,
    program: core.state.program,
    compiled,
    openSession: (rows) => {
      core.checkUsable(where);
      return core.openSession(rows, "evaluate");
    },
    fitBatch: (batch, index) => fitBatch(where, batch, index, core.expectation(compiled)),
    wait: (work) => whileUsable(core, method, work),
  };
}

/** The validation data as given to `fit`, checked. @throws OptionError, ShapeError, DataError */
export async function prepareValidation(
  { batchSize = BATCH_SIZE, validationData }: CheckedFit,
  expectation: Expectation,
): Promise<DataRows | Pipeline<unknown>> {
  const where = "fit: validationData";
  const data = validationData as Data | Stream;
  if (isInMemory(data)) return fitData(where, data, expectation);
  const { toBatches } = await import("../training/streams.js");
  return toBatches(where, data, batchSize);
}

/** Evaluates after the epochs that `validationFreq` names. */
export function openValidation(
  core: ModelCore,
  validation: DataRows | Pipeline<unknown>,
  options: CheckedFit,
): Validate {
  const batchSize = options.validationBatchSize ?? CHUNK_ROWS;
  const host = hostOf(core, "fit", `fit: validation${options.validationSplit === 0 ? "Data" : "Split"}`);
  const { where, compiled } = host;
  if ("length" in validation && !counts(validation, validation.sampleWeight, compiled.loss)) {
    throw noneCounts(where, compiled.loss);
  }
  let collector: ReturnType<typeof collectorFor> | null = null;
  return (epoch) => {
    if (!isValidated(options, epoch)) return null;
    collector ??= collectorFor(host.program, validation);
    const { signal = null } = options;
    return collector
      .then((opened) => evaluatePatiently(host, validation, batchSize, { collector: opened, signal }))
      .then((logs) => logs && prefixed(logs));
  };
}

/** `loss` as `valLoss`. */
function prefixed(logs: Logs<string>): Logs<string> {
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [validationName(name), value]));
}

/** True if validation follows this epoch. Lists count from 1, as in Keras. */
function isValidated({ validationFreq }: CheckedFit, epoch: number): boolean {
  if (typeof validationFreq === "number") return (epoch + 1) % validationFreq === 0;
  return validationFreq.includes(epoch + 1);
}
