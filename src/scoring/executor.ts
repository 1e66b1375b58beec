/** The seam between the scoring of a file and those who do it: threads of this machine, or others. Types and one check. */
import { OptionError, show } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Lane } from "../base/lanes.js";
import type { Part, PartResult, ScoringJob } from "./job.js";

/**
 * Scores the parts of a file. A lane does one part at a time: it writes the part's file into the folder of the output,
 * as `scorePart` does, and gives its hash. Jobs, parts and results are plain data. An error that a lane throws ends the
 * scoring; the parts that are there stay.
 */
export interface ScoringExecutor {
  /** Lanes for these parts, of which there is at least one; the scoring closes them. */
  openScoring(
    job: ScoringJob,
    parts: readonly Part[],
    context: { readonly where: string; readonly signal: Signal },
  ): Promise<readonly Lane<Part, PartResult>[]>;
}

/** @throws OptionError for anything without the method `openScoring`. */
export function checkScoringExecutor(where: string, given: unknown): ScoringExecutor {
  if (typeof (given as Partial<ScoringExecutor> | null)?.openScoring === "function") return given as ScoringExecutor;
  const example = "bullExecutor({ queue, connection, data }) of simdgrad/bullmq";
  throw new OptionError(`${where}: expected an executor such as ${example}, got ${show(given)}.`);
}
