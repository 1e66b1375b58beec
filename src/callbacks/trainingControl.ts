/** Pauses and resumes training from outside. */
import { checkArguments } from "../base/errors.js";
import type { Callback, Trainer } from "./callback.js";

/** A callback that pauses and resumes training from outside. */
export interface TrainingControl extends Callback {
  readonly isPaused: boolean;
  /** Pauses training after the running step. The model may be used and saved meanwhile. */
  pause(): void;
  resume(): void;
}

/** All controls. They never use their trainer, so nothing needs to be sent to them ahead of time. */
export const controls = new WeakSet<Callback>();

/**
 * Pauses training: give it to `fit` among the callbacks, and call `pause()` and `resume()` at any time. An abort also
 * ends a pause.
 */
export function trainingControl(): TrainingControl {
  checkArguments("trainingControl", arguments, 0);
  let release: (() => void) | null = null;
  let gate: Promise<void> | null = null;
  let trainer: Trainer;

  function resume(): void {
    release?.();
    release = null;
    gate = null;
  }
  const hold = () => {
    if (gate && !trainer.signal?.aborted) return gate;
  };
  const control: TrainingControl = {
    get isPaused() {
      return gate !== null;
    },
    pause() {
      gate ??= new Promise((resolve) => {
        release = resolve;
      });
    },
    resume,
    onTrainBegin(started) {
      trainer = started;
      trainer.signal?.addEventListener("abort", resume);
    },
    onEpochBegin: hold,
    onBatchEnd: hold,
    onTrainEnd() {
      trainer.signal?.removeEventListener("abort", resume);
    },
  };
  controls.add(control);
  return control;
}
