/**
 * Resumes an interrupted `fit`: checks that it can, and restores the states of its callbacks. Loaded when one resumes.
 */
import { OptionError, show } from "../base/errors.js";
import type { Callback } from "../callbacks/callback.js";
import { copyState } from "./callbackStates.js";
import type { FitHost } from "./parts.js";
import { beginRun, type Run, type RunConditions, type StoredState, type TrainingState } from "./trainingState.js";
import { whileUsable } from "./whileUsable.js";

/** The run that was interrupted; without one, the run after the finished epochs. @throws OptionError */
export function resumedRun(training: TrainingState, conditions: RunConditions): Run {
  if (training.isForgotten) {
    throw new OptionError(
      "fit: resume: the model was saved with optimizer: false. Leave out resume, or save without it.",
    );
  }
  const { epoch } = training.progress;
  return checkConditions(training.interrupted ?? beginRun(conditions, epoch, epoch), conditions);
}

/** Makes the `fit` that is about to begin continue the loaded run. @throws OptionError as `resumedRun`. */
export function resumeLive(training: TrainingState): void {
  const { live } = training;
  if (live) live.run = resumedRun(training, live.run.conditions);
}

/** The run to resume. @throws OptionError if an interrupted epoch cannot resume under other conditions. */
function checkConditions(run: Run, conditions: RunConditions): Run {
  const copy = { ...run, conditions, epochEnd: run.epochEnd && { ...run.epochEnd } };
  if (run.step === 0 && run.batch === 0) return copy;
  for (const name of ["rows", "batchSize", "shuffle", "stepsPerEpoch"] as const) {
    const [before, now] = [run.conditions[name], conditions[name]];
    if (before === now) continue;
    throw new OptionError(
      `fit: resume: epoch ${run.epoch} was interrupted at step ${run.step} with ${name} ${before}, and now it is ` +
        `${now}. Give the same data and options, or leave out resume to begin the epoch again.`,
    );
  }
  return copy;
}

/** Restores the states of callbacks, by name and order. @throws OptionError for a state without a callback. */
export async function restoreStates(
  callbacks: readonly Callback[],
  states: readonly StoredState[],
  host: FitHost,
): Promise<void> {
  const waiting = callbacks.filter(({ setState }) => setState);
  for (const { name, state } of states) {
    const place = waiting.findIndex((callback) => callback.name === name);
    if (place < 0) {
      throw new OptionError(
        `fit: resume: the interrupted fit had the callback ${show(name)}, and now there is none. ` +
          `Give the same callbacks, or leave out resume.`,
      );
    }
    const [callback] = waiting.splice(place, 1);
    await whileUsable(host, "fit", callback.setState?.(copyState(`fit: resume: ${show(name)}`, state)));
  }
}
