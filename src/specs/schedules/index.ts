/**
 * Learning-rate schedules as plain data: options, defaults, and the rate at any step, a pure function of the step.
 * Only functions of `math.ts` and exact arithmetic, so every engine computes the same rates. Knows no optimizer.
 */
import { checkName, checkNumber, OptionError, show } from "../../base/errors.js";
import {
  type CosineDecayOptions,
  type CosineDecayRestartsOptions,
  type CosineDecayRestartsSpec,
  type CosineDecaySpec,
  cosineAt,
  cosineDecay,
  cosineDecayRestarts,
  restartsAt,
} from "./cosine.js";
import {
  type ExponentialDecaySpec,
  exponentialAt,
  exponentialDecay,
  type InverseTimeDecaySpec,
  inverseTimeAt,
  inverseTimeDecay,
  type PiecewiseConstantDecayOptions,
  type PiecewiseConstantDecaySpec,
  type PolynomialDecayOptions,
  type PolynomialDecaySpec,
  piecewiseConstantAt,
  piecewiseConstantDecay,
  polynomialAt,
  polynomialDecay,
  type RateDecayOptions,
} from "./decay.js";
import { type OneCycleOptions, type OneCycleSpec, oneCycle, oneCycleAt } from "./oneCycle.js";

/**
 * The learning rate of a step: optimizer steps counted from 0 since `compile`, and the number of the epoch. With
 * `gradientAccumulationSteps` they are updates, as for schedules; Keras counts batches there (ADR 23).
 * A model whose rate is a function cannot be saved; schedules can.
 */
export type LearningRateFunction = (step: number, epoch: number) => number;

/** A schedule with the options that its factory needs: defaults may be left out. */
export type Schedule =
  | ({ readonly type: "exponentialDecay" | "inverseTimeDecay" } & Readonly<RateDecayOptions>)
  | ({ readonly type: "piecewiseConstantDecay" } & Readonly<PiecewiseConstantDecayOptions>)
  | ({ readonly type: "polynomialDecay" } & Readonly<PolynomialDecayOptions>)
  | ({ readonly type: "cosineDecay" } & Readonly<CosineDecayOptions>)
  | ({ readonly type: "cosineDecayRestarts" } & Readonly<CosineDecayRestartsOptions>)
  | ({ readonly type: "oneCycle" } & Readonly<OneCycleOptions>);

/** What an optimizer takes as learning rate. */
export type LearningRate = number | Schedule | LearningRateFunction;

/** Any schedule, as plain data. */
export type ScheduleSpec =
  | ExponentialDecaySpec
  | PiecewiseConstantDecaySpec
  | PolynomialDecaySpec
  | InverseTimeDecaySpec
  | CosineDecaySpec
  | CosineDecayRestartsSpec
  | OneCycleSpec;

function scheduleAt(spec: ScheduleSpec, step: number): number {
  switch (spec.type) {
    case "exponentialDecay":
      return exponentialAt(spec, step);
    case "inverseTimeDecay":
      return inverseTimeAt(spec, step);
    case "piecewiseConstantDecay":
      return piecewiseConstantAt(spec, step);
    case "polynomialDecay":
      return polynomialAt(spec, step);
    case "cosineDecay":
      return cosineAt(spec, step);
    case "cosineDecayRestarts":
      return restartsAt(spec, step);
    case "oneCycle":
      return oneCycleAt(spec, step);
    default:
      return spec satisfies never;
  }
}

/**
 * The learning rate of a step.
 * @param step Optimizer steps taken before it.
 * @throws OptionError when a function returns what is not a number >= 0.
 */
export function learningRateAt(rate: LearningRate, step: number, epoch: number): number {
  if (typeof rate === "number") return rate;
  if (typeof rate !== "function") return scheduleAt(rate as ScheduleSpec, step);
  const value: unknown = rate(step, epoch);
  if (typeof value === "number" && value >= 0 && value < Infinity) return value;
  throw new OptionError(
    `learningRate: the function returned ${show(value)} for step ${step} of epoch ${epoch}. It must return a number >= 0.`,
  );
}

const factories = {
  exponentialDecay,
  inverseTimeDecay,
  piecewiseConstantDecay,
  polynomialDecay,
  cosineDecay,
  cosineDecayRestarts,
  oneCycle,
} as const satisfies Record<ScheduleSpec["type"], unknown>;

/** A number, schedule or function, checked. @throws OptionError with the nearest known name. */
export function resolveLearningRate(where: string, value: unknown): LearningRate {
  if (typeof value === "function") return value as LearningRateFunction;
  if (typeof value !== "object" || value === null) return checkNumber(where, value, { min: 0 });
  const { type, ...options } = value as { type?: unknown };
  const factory = factories[checkName(`${where}: type`, type, Object.keys(factories) as ScheduleSpec["type"][])];
  return factory(options as never);
}
