/** `simdgrad/tasks`: searches as plans, whose tasks a scheduler runs. No logic. */
export { DeterminismError, JobError } from "../jobs/errors.js";
export type { EncodeTableOptions } from "../table/encoded.js";
export { type MadePlan, makePlan, writePlan } from "./makePlan.js";
export type {
  FitBestOptions,
  GridPlanOptions,
  OfTable,
  OpenPlanOptions,
  PlanOutOptions,
  PlanTableOptions,
  RandomPlanOptions,
} from "./options.js";
export { type GatheredPlan, openPlan, type Plan, type PlanTask } from "./plan.js";
