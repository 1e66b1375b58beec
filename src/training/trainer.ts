/** The trainer that a fit gives to its callbacks. Loaded with the first fit that has callbacks, with all that they need. */
import { OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { Trainer } from "../callbacks/callback.js";
import { checkedTrainer } from "../callbacks/checkedTrainer.js";
import type { ModelState } from "../state/state.js";
import { Audience } from "./audience.js";
import type { Fit } from "./fit.js";
import { readStep } from "./inspectStep.js";
import { nextLearningRate } from "./step.js";

interface TrainerSettings extends Pick<Trainer, "initialEpoch" | "validationFreq" | "save"> {
  readonly state: Pick<ModelState, "isAveraged">;
  readonly resumeFrom: (file: Uint8Array) => Promise<void>;
}

export { resolveCallbacks } from "../callbacks/callback.js";

/** Gives a fit its callbacks. */
export function openAudience(fit: Fit, settings: TrainerSettings): void {
  fit.audience = new Audience(fit, openTrainer(fit, settings));
}

function openTrainer(fit: Fit, { state, resumeFrom, ...given }: TrainerSettings): Trainer {
  const { parts } = fit;
  const { progress, compiled, signal, epochs, program } = parts;
  return checkedTrainer({
    ...given,
    signal,
    epochs,
    metrics: compiled.metrics,
    get stopTraining() {
      return fit.stopTraining;
    },
    set stopTraining(stopTraining) {
      fit.stopTraining = stopTraining;
    },
    get learningRate() {
      return nextLearningRate(compiled, progress, fit.run.epoch);
    },
    set learningRate(rate) {
      progress.learningRate = rate;
    },
    get isInterrupted() {
      return signal?.aborted === true && fit.isUnfinished;
    },
    resumeFrom(file) {
      if (fit.hasBegun) throw new OptionError("resumeFrom: training has begun. Call it in onTrainBegin.");
      const resuming = resumeFrom(file);
      resuming.catch(() => {}); // fit waits for it, after all of onTrainBegin
      fit.resuming = resuming;
      return resuming;
    },
    snapshot: () => parts.session.readSlab("params"),
    restore(weights) {
      const { session } = parts;
      if (kindOf(weights) !== "Float32Array" || weights.length !== session.plan.slabSizes.params) {
        throw new OptionError(`restore: expected what snapshot() returned, got ${show(weights)}.`);
      }
      state.isAveraged = false;
      session.writeSlab("params", weights);
    },
    inspect: (rows) => readStep(parts.session, program, rows, fit.audience?.stepRows ?? 0),
  });
}
