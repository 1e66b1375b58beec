/** What several schedules share. */
import { checkNumber } from "../../base/errors.js";
import { cos } from "../../base/math.js";

/** What every decay starts from. */
export interface DecayOptions {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number;
  /** Steps over which it decays, an integer >= 1. */
  decaySteps: number;
}

export function checkDecay(where: string, { initialLearningRate, decaySteps }: DecayOptions): Required<DecayOptions> {
  return {
    initialLearningRate: checkNumber(`${where}: initialLearningRate`, initialLearningRate, { min: 0 }),
    decaySteps: checkSteps(`${where}: decaySteps`, decaySteps),
  };
}

export function checkSteps(where: string, steps: number): number {
  return checkNumber(where, steps, { min: 1, integer: true });
}

/** ½(1 + cos πp): from 1 at p = 0 to 0 at p = 1. */
export function cosineFall(p: number): number {
  return 0.5 * (1 + cos(Math.PI * p));
}
