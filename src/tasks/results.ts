/** Result files of tasks: one for each, named by the task, written in one step. */

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { PlainProblem, TaskResult } from "../data/executor.js";
import type { OnWarning } from "../data/onWarning.js";
import { DeterminismError, JobError } from "../jobs/errors.js";
import { type JobData, readResult, resultOf } from "../jobs/messages.js";
import { messageOf, writeAtomically } from "../node/atomicFile.js";
import { isLasting } from "../search/resume.js";

/** The folder of the results, and who is told of those that are damaged. */
export interface ResultFolder {
  readonly where: string;
  readonly out: string;
  /** What happens to a damaged file. */
  readonly remedy: string;
  readonly warn: OnWarning;
}

export const resultPath = (out: string, id: string) => join(out, `${id}.json`);

/** The result of a task; `null` without one, with a warning for a file that is something else. */
export async function readResultFile(
  { where, out, remedy, warn }: ResultFolder,
  { id, task }: { readonly id: string; readonly task: JobData["task"] },
  problem: Pick<PlainProblem, "folds" | "scoring">,
): Promise<TaskResult | null> {
  const path = resultPath(out, id);
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw new JobError(`${where}: ${path} cannot be read: ${messageOf(error)}. Give another folder: out.`);
  }
  try {
    const given = JSON.parse(text) as { id?: unknown } | null;
    if (given?.id !== id) throw new JobError(`expected the result of task ${id}`);
    return readResult(problem, task, given);
  } catch (error) {
    await warn(`${where}: ${path} is damaged or of another task: ${messageOf(error)} ${remedy}`);
    return null;
  }
}

const outcomeOf = ({ score, weights, error }: TaskResult) =>
  error ? error.name : `score ${score}, weights ${weights}`;

/**
 * Writes a result, and returns the one that the file then has: a failure of this machine leaves what another has found.
 * @throws DeterminismError where another machine has written another one in the meantime
 */
export async function writeResultFile(
  folder: ResultFolder,
  named: { readonly id: string; readonly task: JobData["task"] },
  result: TaskResult,
  problem: Pick<PlainProblem, "folds" | "scoring">,
): Promise<TaskResult> {
  const { where, out } = folder;
  const path = resultPath(out, named.id);
  const there = await readResultFile({ ...folder, warn: () => {} }, named, problem);
  if (there && isLasting(there)) {
    const [own, other] = [result, there].map(outcomeOf);
    if (own === other || !isLasting(result)) return there;
    const remedy = "Test the memory of both machines, remove the file and run the task again";
    throw new DeterminismError(
      `${where}: two machines trained one task to other bits: ${own} here; ${other} in ${path}, which names its machine. ${remedy}.`,
    );
  }
  const { id, task } = named;
  await writeAtomically(where, path, `${JSON.stringify({ id, task, ...resultOf(result) })}\n`);
  return result;
}
