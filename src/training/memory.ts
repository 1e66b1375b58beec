/** What a model remembers of its training: progress, and the run that is under way or was interrupted. */
import { OptionError } from "../base/errors.js";
import type { NamedTensor } from "../formats/safetensors.js";
import type { FitPlan } from "./loop.js";
import type { CheckedFit } from "./options.js";
import type { Progress } from "./progress.js";
import { beginRun, checkConditions, type Run, type RunConditions, statesOf, storeRun } from "./run.js";

/** True if the run would go on, had it not been aborted. */
export function isInterrupted({
  run,
  epochs,
  stopTraining,
}: Pick<FitPlan, "run" | "epochs" | "stopTraining">): boolean {
  if (run.epochEnd) return true;
  return run.epoch < epochs && (!stopTraining || run.step > 0);
}

/** What an optimizer remembers beside the slots of its parameters. */
export interface OptimizerMemory {
  /** Forgets everything: the weights are others. */
  reset(): void;
  /** As tensors for a file. */
  save(): NamedTensor[];
}

export class TrainingMemory {
  readonly progress: Progress = { step: 0, epoch: 0, learningRate: null };
  /** Of an optimizer that has a memory, once it is used. */
  optimizer: OptimizerMemory | null = null;
  /** The run that was interrupted last. */
  #interrupted: Run | null = null;
  #live: FitPlan | null = null;
  /** True after loading a file without the optimizer's memory, until training begins. */
  #isForgotten = false;

  /** Forgets what belongs to an optimizer. */
  forget(): void {
    Object.assign(this.progress, this.untrained);
    this.optimizer = null;
    this.#interrupted = null;
    this.#isForgotten = false;
  }

  /** The progress without what belongs to an optimizer. */
  get untrained(): Progress {
    return { step: 0, epoch: this.progress.epoch, learningRate: null };
  }

  /** A new run, or with `resume` the interrupted one. @throws OptionError where that cannot go on. */
  openRun({ resume, initialEpoch }: CheckedFit, conditions: RunConditions): Run {
    if (resume) return this.#resumed(conditions);
    return beginRun(conditions, initialEpoch, this.progress.epoch);
  }

  /** Lets the `fit` that is about to begin go on with the run that was loaded. @throws OptionError as `openRun`. */
  resumeLive(): void {
    if (this.#live) this.#live.run = this.#resumed(this.#live.run.conditions);
  }

  #resumed(conditions: RunConditions): Run {
    if (this.#isForgotten) {
      throw new OptionError(
        "fit: resume: the model was saved with optimizer: false. Leave out resume, or save without it.",
      );
    }
    const { epoch } = this.progress;
    return checkConditions(this.#interrupted ?? beginRun(conditions, epoch, epoch), conditions);
  }

  begin(plan: FitPlan): void {
    this.#isForgotten = false;
    this.#live = plan;
  }

  /** Keeps what is needed to resume, if the run would have gone on. */
  end(): void {
    const live = this.#live;
    this.#live = null;
    if (live) this.#interrupted = this.#current(live);
  }

  /** As JSON for a file, and tensors beside it. */
  store(): { description: object; tensors: NamedTensor[] } {
    const run = this.#live ? this.#current(this.#live) : this.#interrupted;
    const own = this.optimizer?.save() ?? [];
    if (!run) return { description: { progress: this.progress }, tensors: own };
    const { json, tensors } = storeRun(run);
    return { description: { progress: this.progress, run: json }, tensors: [...own, ...tensors] };
  }

  /** Takes what `store` gave; `isForgotten` where the file has nothing of the optimizer's. */
  load(progress: Progress, run: Run | null, isForgotten: boolean): void {
    Object.assign(this.progress, progress);
    this.#interrupted = run;
    this.#isForgotten = isForgotten;
  }

  /** The live run as it is now; the one before it where it has not begun; `null` where it is over. */
  #current(plan: FitPlan): Run | null {
    const { run, callbacks, session, stopTraining, collector } = plan;
    if (!isInterrupted(plan)) return null;
    if (!plan.hasBegun) return this.#interrupted;
    const state = { ...run, isStopping: stopTraining, callbacks: statesOf(callbacks) };
    if (run.step === 0) return { ...state, sums: [], collected: null };
    return { ...state, sums: [...session.readSums()], collected: collector?.store() ?? null };
  }
}
