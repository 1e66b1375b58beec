/** Options of cosine decay, once and with restarts. */
import { OptionError } from "../../base/errors.js";
import { type Given, makeSpec, nullable, number, type Spec } from "../../base/options.js";
import { type DecayOptions, type DecaySpec, decayOptions, stepsOption } from "./schedule.js";

/** Options of `cosineDecay`. */
const cosineDecayOptions = {
  ...decayOptions,
  /** Rate at the end as a share of the rate it decays from, 0 to 1. @default 0 */
  alpha: number({ min: 0, max: 1 }, 0),
  /** Rise to this rate in a straight line first, then decay from it. `null` for none. @default null */
  warmupTarget: nullable(number({ min: 0 })),
  /** Steps of the rise, before `decaySteps` begin; needs a `warmupTarget`. @default 0 */
  warmupSteps: number({ min: 0, integer: true }, 0),
};

/** Options of `cosineDecay`. */
export interface CosineDecayOptions extends DecayOptions, Given<typeof cosineDecayOptions> {}

/** A cosine decay with every option spelled out. */
export interface CosineDecaySpec extends DecaySpec, Spec<"cosineDecay", typeof cosineDecayOptions> {}

/** @throws OptionError */
export function resolveCosineDecay(options: CosineDecayOptions, args?: ArrayLike<unknown>): CosineDecaySpec {
  const spec = makeSpec("cosineDecay", cosineDecayOptions, options, args);
  if (spec.warmupTarget === null && spec.warmupSteps > 0) {
    throw new OptionError("cosineDecay: warmupSteps needs a warmupTarget, the rate to rise to, got none.");
  }
  return spec;
}

/** Options of `cosineDecayRestarts`. */
const cosineDecayRestartsOptions = {
  /** Rate of the first step, >= 0. */
  initialLearningRate: number({ min: 0 }),
  /** Steps until the first restart, an integer >= 1. */
  firstDecaySteps: stepsOption,
  /** Factor of the length of each period after the first, >= 1. @default 2 */
  tMul: number({ min: 1 }, 2),
  /** Factor of the rate at which each period after the first starts, > 0. @default 1 */
  mMul: number({ above: 0 }, 1),
  /** Rate at the end of a period as a share of `initialLearningRate`, 0 to 1. @default 0 */
  alpha: number({ min: 0, max: 1 }, 0),
};

/** Options of `cosineDecayRestarts`. */
export interface CosineDecayRestartsOptions extends Given<typeof cosineDecayRestartsOptions> {}

/** A cosine decay with restarts, with every option spelled out. */
export interface CosineDecayRestartsSpec extends Spec<"cosineDecayRestarts", typeof cosineDecayRestartsOptions> {}

/** @throws OptionError */
export function resolveCosineDecayRestarts(
  options: CosineDecayRestartsOptions,
  args?: ArrayLike<unknown>,
): CosineDecayRestartsSpec {
  return makeSpec("cosineDecayRestarts", cosineDecayRestartsOptions, options, args);
}
