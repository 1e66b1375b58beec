/** The updates that few programs have, and the rates of schedules. Loaded for the models that need them (`updates.ts`). */
import { exp, log } from "../../base/math.js";
import * as Op from "../../plan/ops.js";
import { rates } from "../schedules/rates.js";
import type { AdamSpec, AdamwSpec } from "./adam.js";
import type { AdamaxSpec, LionSpec, NadamSpec } from "./adamax.js";
import type { AdadeltaSpec, AdagradSpec, RmspropSpec } from "./adaptive.js";
import type { UpdateRecord } from "./optimizer.js";
import type { RadamSpec } from "./radam.js";
import type { SgdSpec } from "./sgd.js";
import { emitAccumulation, emitClipping, emitEma } from "./stages.js";

type RareSpec =
  | SgdSpec
  | AdamSpec
  | AdamwSpec
  | AdamaxSpec
  | NadamSpec
  | RadamSpec
  | LionSpec
  | RmspropSpec
  | AdagradSpec
  | AdadeltaSpec;

/** The record of an update that `OptimizerDefinition.record` does not know. */
function rareRecord(spec: RareSpec): UpdateRecord {
  switch (spec.type) {
    case "sgd": {
      const { momentum, nesterov, dampening } = spec;
      return { op: Op.SgdTorch, momentum, nesterov: Number(nesterov), dampening };
    }
    case "adam":
    case "adamw":
      return { op: Op.AmsGrad, ...adamNumbers(spec) };
    case "adamax":
      return { op: Op.Adamax, ...adamNumbers(spec) };
    case "nadam": {
      const { beta1, beta2, epsilon, momentumDecay: speed } = spec;
      const momentumDecay = speed === 1 ? 0.96 : exp(speed * log(0.96));
      return { op: Op.Nadam, beta1, beta2, momentumDecay, epsilon };
    }
    case "radam": {
      const { beta1, beta2, epsilon } = spec;
      return { op: Op.Radam, beta1, beta2, epsilon };
    }
    case "lion": {
      const { beta1, beta2 } = spec;
      return { op: Op.Lion, beta1, beta2 };
    }
    case "rmsprop": {
      const { rho, momentum, epsilon, compat } = spec;
      const torch = Number(compat === "torch");
      return { op: Op.RmsProp, meanGradient: null, velocity: null, rho, momentum, epsilon, torch };
    }
    case "adagrad": {
      const { epsilon, lrDecay, compat } = spec;
      return { op: Op.Adagrad, epsilon, torch: Number(compat === "torch"), lrDecay };
    }
    case "adadelta": {
      const { rho, epsilon } = spec;
      return { op: Op.Adadelta, rho, epsilon };
    }
  }
}

interface AdamLike {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly compat: "keras" | "torch";
}

function adamNumbers({ beta1, beta2, epsilon, compat }: AdamLike) {
  return { beta1, beta2, epsilon, epsilonInside: Number(compat === "torch") };
}

export const rareUpdates = { rareRecord, emitAccumulation, emitClipping, emitEma, rates };
