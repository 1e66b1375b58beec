/** The contract of a schedule: plain data, and the rate of any step; and parts that several schedules share. */
import { type Given, type Kept, number } from "../../base/options.js";
import type { ScriptMaker, TapeRecord } from "../../plan/record.js";

/** Everything a learning rate needs from one type of schedule. */
export interface ScheduleDefinition<Spec, Options = never> {
  /** Checks options as the factory does, and fills in defaults. */
  readonly resolve: (options: Options) => Spec;
  /** The rate of a step: a pure function of the number of steps before it. @default the one in `rates.ts` */
  rateAt?(spec: Spec, step: number): number;
  /**
   * The script of an update whose momentum changes, too; `step` is the step of the optimizer at which the schedule
   * begins. `record` is `null` for a minimizer. @default none @throws OptionError for a record that it cannot change
   */
  script?(spec: Spec, record: TapeRecord | null, step: number): ScriptMaker | undefined;
}

/** A number of steps. */
export const stepsOption = number({ min: 1, integer: true });

/** Options of every decay. */
export const decayOptions = {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number({ min: 0 }),
  /** Steps over which it decays, an integer >= 1. */
  decaySteps: stepsOption,
};

/** Options of every decay. */
export interface DecayOptions extends Given<typeof decayOptions> {}

/** The same, as part of a spec. */
export interface DecaySpec extends Kept<typeof decayOptions> {}
