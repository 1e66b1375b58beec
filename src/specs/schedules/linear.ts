/** A straight line between two shares of a learning rate: options, and the rate of any step. */
import { type Given, makeSpec, number, type Spec } from "../../base/options.js";
import { addSchedules } from "./addSchedules.js";
import type { ScheduleDefinition } from "./schedule.js";

/** Options of `linearSchedule`. */
const linearScheduleOptions = {
  /** Rate η that both factors multiply, >= 0. */
  learningRate: number({ min: 0 }),
  /** Share of η in the first step, >= 0. @default 1/3 */
  startFactor: number({ min: 0 }, () => 1 / 3),
  /** Share of η from step `totalSteps` on, >= 0. @default 1 */
  endFactor: number({ min: 0 }, 1),
  /** Steps from one to the other, an integer >= 1. @default 5 */
  totalSteps: number({ min: 1, integer: true }, 5),
};

/** Options of `linearSchedule`. */
export interface LinearScheduleOptions extends Given<typeof linearScheduleOptions> {}

/** A straight line with every option spelled out. */
export interface LinearScheduleSpec extends Spec<"linearSchedule", typeof linearScheduleOptions> {}

/**
 * η · (startFactor + (endFactor − startFactor) · min(t, totalSteps) / totalSteps), as PyTorch's `LinearLR` and with its
 * defaults, which make it a warm-up. `polynomialDecay` is a straight line from one rate to another.
 */
export function linearSchedule(options: LinearScheduleOptions): LinearScheduleSpec {
  addSchedules({ linearSchedule: linearScheduleDefinition });
  return makeSpec("linearSchedule", linearScheduleOptions, options, arguments);
}

export const linearScheduleDefinition: ScheduleDefinition<LinearScheduleSpec, LinearScheduleOptions> = {
  resolve: linearSchedule,
  rateAt({ learningRate, startFactor, endFactor, totalSteps }, step) {
    const share = Math.min(step, totalSteps) / totalSteps;
    return learningRate * (startFactor + (endFactor - startFactor) * share);
  },
};
