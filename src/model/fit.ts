/**
 * `fit`, as most calls need it. Whatever else a call may have comes with `fitFully.ts`: any option but three, streams, weights
 * of samples, warnings, and every refusal in words. The loop itself is in `training/fit.ts`.
 */

import type { History } from "../callbacks/logTypes.js";
import type { Data } from "../data/dataset.js";
import type { Stream } from "../data/stream.js";
import type { Compiled } from "../program/types.js";
import { BATCH_SIZE } from "../training/feed.js";
import type { Fit } from "../training/fit.js";
import type { FitOptions } from "../training/options.js";
import { plainRows } from "../training/plainRows.js";
import type { ModelCore } from "./core.js";
import { batchesOf, isDoubtful, openFit } from "./openFit.js";

/** @throws the errors of `Sequential.fit`. */
export async function fitModel(core: ModelCore, data: Data | Stream, options: FitOptions): Promise<History> {
  const compiled = core.checkTrainable("fit");
  return core.whileTraining(async () => {
    try {
      await core.state.loadUpdate();
      const fit =
        (await openPlainFit(core, compiled, data, options)) ??
        (await (await import("./fitFully.js")).openFullFit(core, compiled, data, options));
      await fit.train();
      core.state.isAveraged = core.hasAverages(compiled);
      return await fit.end();
    } finally {
      core.training.end();
    }
  });
}

const isCount = (value: unknown) => Number.isInteger(value) && (value as number) > 0 && (value as number) < 2 ** 31;

/** The fit of plain arrays with plain options, or `null`. */
async function openPlainFit(
  core: ModelCore,
  compiled: Compiled,
  data: Data | Stream,
  options: FitOptions,
): Promise<Fit | null> {
  const isBare = options && Object.getPrototypeOf(options) === Object.prototype;
  if (!isBare || core.checksInput || core.state.program.minimizer) return null;
  const { epochs = 1, batchSize = BATCH_SIZE, shuffle = true, ...others } = options;
  const isPlain = isCount(epochs) && isCount(batchSize) && typeof shuffle === "boolean";
  if (!isPlain || Object.keys(others).length > 0 || isDoubtful(core, compiled)) return null;
  const dataset = plainRows(data, core.expectation(compiled));
  return dataset && openFit(core, compiled, { epochs, ...batchesOf(core, dataset, { batchSize, shuffle }) });
}
