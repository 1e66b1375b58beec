/** `evaluate` and validation: from a model, data and options to passes over rows. Loaded when first used. */
import type { Data, Dataset } from "../data/dataset.js";
import type { Pipeline } from "../data/pipeline.js";
import { validationName } from "../metrics/metric.js";
import type { ModelCore } from "./core.js";
import { collectorFor, type EvaluationHost, evaluatePatiently, evaluateRows } from "./evaluate.js";
import { fitData, PASS_ROWS, refuseRows } from "./feed.js";
import { type CheckedFit, isValidated } from "./fitOptions.js";
import { collects, openCollector } from "./logs.js";
import type { Evaluation, Logs } from "./logTypes.js";
import { checkEvaluate, type EvaluateOptions } from "./options.js";
import { isStream, type Stream } from "./prepare.js";

/** @throws what `Sequential.evaluate` throws. */
export async function evaluateModel(
  core: ModelCore,
  data: Data | Stream,
  options: EvaluateOptions,
): Promise<Evaluation> {
  const host = hostOf(core, "evaluate");
  refuseRows("evaluate", data);
  const { batchSize } = checkEvaluate(options);
  if (isStream(data)) {
    const { toBatches } = await import("./streams.js");
    return evaluatePatiently(host, toBatches("evaluate", data, batchSize), batchSize);
  }
  const { dataset } = core.check("evaluate", data);
  const collector = collects(host.program) ? await openCollector(host.program, dataset.length) : null;
  return evaluateRows(host, dataset, batchSize, collector);
}

/** Loss and metrics on validation data after an epoch, as `valLoss` and so on; `null` for an epoch without. */
export function validator(
  core: ModelCore,
  validation: Dataset | Pipeline<unknown>,
  options: CheckedFit,
): (epoch: number) => Promise<Logs<string>> | null {
  const batchSize = options.validationBatchSize ?? PASS_ROWS;
  const host = hostOf(core, `fit: validation${options.validationSplit === 0 ? "Data" : "Split"}`);
  const collector = collectorFor(host.program, validation, batchSize);
  return (epoch) => {
    if (!isValidated(options, epoch)) return null;
    return collector.then((opened) => evaluatePatiently(host, validation, batchSize, opened)).then(prefixed);
  };
}

function prefixed(logs: Logs<string>): Logs<string> {
  return Object.fromEntries(Object.entries(logs).map(([name, value]) => [validationName(name), value]));
}

/** What evaluation sees of a model. @throws OptionError before `compile`, BackendError */
function hostOf(core: ModelCore, where: string): EvaluationHost {
  const compiled = core.checkCompiled(where);
  return {
    where,
    program: core.state.program,
    compiled,
    openSession: (rows) => {
      core.checkUsable(where);
      return core.openSession(rows);
    },
    fitBatch: (batch, index) => fitData(`${where}: batch ${index}`, batch as Data, core.expectation(compiled)),
  };
}
