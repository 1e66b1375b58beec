/** What callbacks may ask of the training that runs. Loaded where there are callbacks. */
import { checkNumber, OptionError, show } from "../base/errors.js";
import { kindOf } from "../base/kinds.js";
import type { Trainer } from "../callbacks/callback.js";
import type { ModelState } from "../state/state.js";
import { readStep } from "./inspectStep.js";
import type { FitPlan } from "./loop.js";
import { isInterrupted } from "./memory.js";
import { nextLearningRate } from "./progress.js";

interface TrainerSettings
  extends Pick<Trainer, "signal" | "epochs" | "initialEpoch" | "metrics" | "validationFreq" | "save"> {
  readonly state: Pick<ModelState, "isAveraged">;
  readonly resumeFrom: (file: Uint8Array) => Promise<void>;
}

export function openTrainer(plan: () => FitPlan, { state, resumeFrom, ...given }: TrainerSettings): Trainer {
  return {
    ...given,
    get stopTraining() {
      return plan().stopTraining;
    },
    set stopTraining(stopTraining) {
      plan().stopTraining = stopTraining;
    },
    get learningRate() {
      const { progress, compiled, run } = plan();
      return nextLearningRate(compiled, progress, run.epoch);
    },
    set learningRate(rate) {
      plan().progress.learningRate = checkNumber("learningRate", rate, { min: 0 });
    },
    get isInterrupted() {
      return given.signal?.aborted === true && isInterrupted(plan());
    },
    resumeFrom(file) {
      if (plan().hasBegun) throw new OptionError("resumeFrom: training has begun. Call it in onTrainBegin.");
      const resuming = resumeFrom(file);
      resuming.catch(() => {}); // fit waits for it, after all of onTrainBegin
      plan().resuming = resuming;
      return resuming;
    },
    snapshot: () => plan().session.readSlab("params"),
    restore(weights) {
      const { session } = plan();
      if (kindOf(weights) !== "Float32Array" || weights.length !== session.plan.slabSizes.params) {
        throw new OptionError(`restore: expected what snapshot() returned, got ${show(weights)}.`);
      }
      state.isAveraged = false;
      session.writeSlab("params", weights);
    },
    inspect: (rows) => readStep(plan().session, plan().program, rows),
  };
}
