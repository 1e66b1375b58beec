/** Our optimizers as PyTorch's: the code that makes them, and the names of their slots. */
import type { OptimizerSpec } from "../../specs/optimizers/facts.js";
import { nadamProduct } from "../nadam.js";
import type { PortableTensor } from "../portable.js";
import { py } from "./modules.js";

/** An optimizer of PyTorch. */
export interface TorchOptimizer {
  /** `torch.optim.Adam(parameters, lr=0.001)` */
  readonly code: string;
  /** PyTorch's names of our slots. */
  readonly slots: Readonly<Record<string, string>>;
  /** Factor from our values to PyTorch's, by our slot. @default 1 */
  readonly factors?: Readonly<Record<string, number>>;
  /** True if the state of a parameter has its number of steps. */
  readonly hasStep: boolean;
  /** Another number in the state of each parameter, computed from the steps taken. */
  readonly extra?: { readonly name: string; readonly valueAt: (step: number) => number };
  /** Name of a class of the generated file that the code needs. */
  readonly needs?: string;
}

type Spec<Type extends OptimizerSpec["type"]> = OptimizerSpec & { readonly type: Type };

const MOMENTS = { m: "exp_avg", v: "exp_avg_sq" };
const ADVICE = 'compile with compat: "torch"';

/** The optimizer with the rate that a callback has set instead of its own. */
export function currentOptimizer(spec: OptimizerSpec, learningRate: number | null | undefined): OptimizerSpec {
  const isSet = typeof learningRate === "number" && typeof spec.learningRate === "number";
  return isSet ? { ...spec, learningRate } : spec;
}

/** The optimizer in PyTorch, or the reason why its steps would be others. */
export function torchOptimizer(spec: OptimizerSpec): TorchOptimizer | string {
  const reason = reasonAgainst(spec);
  // Another optimizer is the first advice: it would not help to leave out options of one that PyTorch lacks.
  const found = ofType(spec, reason ? 0 : (spec.learningRate as number));
  return typeof found === "string" ? found : (reason ?? found);
}

/** The optimizer in PyTorch with that learning rate, or advice if there is none like it. */
function ofType(spec: OptimizerSpec, rate: number): TorchOptimizer | string {
  switch (spec.type) {
    case "sgd":
      return sgdOf(spec, rate);
    case "adam":
    case "adamw":
      return adamOf(spec, rate);
    case "radam": {
      const code = `torch.optim.RAdam(parameters, lr=${py(rate)}, ${betas(spec)}, eps=${py(spec.epsilon)})`;
      return { code, slots: MOMENTS, hasStep: true };
    }
    case "nadam":
      return nadamOf(spec, rate);
    case "adamax": {
      if (spec.compat !== "torch") return ADVICE;
      const code = `torch.optim.Adamax(parameters, lr=${py(rate)}, ${betas(spec)}, eps=${py(spec.epsilon)})`;
      return { code, slots: { m: "exp_avg", u: "exp_inf" }, hasStep: true };
    }
    case "rmsprop":
      return rmspropOf(spec, rate);
    case "adagrad": {
      if (spec.compat !== "torch") return ADVICE;
      const start = py(spec.initialAccumulatorValue);
      const more = `lr_decay=${py(spec.lrDecay)}, initial_accumulator_value=${start}, eps=${py(spec.epsilon)}`;
      return {
        code: `torch.optim.Adagrad(parameters, lr=${py(rate)}, ${more})`,
        slots: { accumulator: "sum" },
        hasStep: true,
      };
    }
    case "adadelta": {
      const code = `torch.optim.Adadelta(parameters, lr=${py(rate)}, rho=${py(spec.rho)}, eps=${py(spec.epsilon)})`;
      return { code, slots: { meanSquare: "square_avg", meanChange: "acc_delta" }, hasStep: true };
    }
    default:
      return "use adam or sgd";
  }
}

/** A common option that the generated optimizer does not have, as advice; `null` if none is used. */
function reasonAgainst(spec: OptimizerSpec): string | null {
  if (typeof spec.learningRate !== "number") return "give the learning rate as a number";
  if (spec.gradientAccumulationSteps !== 1) return "leave gradientAccumulationSteps out";
  const clips = ["clipNorm", "globalClipNorm", "clipValue"] as const;
  const clip = clips.find((name) => spec[name] !== null);
  if (clip) return `leave ${clip} out`;
  if (spec.useEma) return "leave useEma out";
  if (spec.weightDecay !== 0 && spec.type !== "adamw") return "use adamw for weightDecay";
  return spec.excludeFromWeightDecay.length > 0 ? "leave excludeFromWeightDecay out" : null;
}

const betas = ({ beta1, beta2 }: { beta1: number; beta2: number }) => `betas=(${py(beta1)}, ${py(beta2)})`;
const bool = (value: boolean) => (value ? "True" : "False");

/** Velocities of Keras's form are those of PyTorch's times −η. */
function sgdOf({ momentum, nesterov, dampening, compat }: Spec<"sgd">, rate: number): TorchOptimizer | string {
  const more = `momentum=${py(momentum)}, dampening=${py(dampening)}, nesterov=${bool(nesterov)}`;
  const code = `torch.optim.SGD(parameters, lr=${py(rate)}, ${more})`;
  if (momentum === 0) return { code, slots: {}, hasStep: false };
  const slots = { velocity: "momentum_buffer" };
  if (compat === "torch") return { code, slots, hasStep: false };
  return rate > 0 ? { code, slots, factors: { velocity: -1 / rate }, hasStep: false } : ADVICE;
}

function adamOf(spec: Spec<"adam"> | Spec<"adamw">, rate: number): TorchOptimizer | string {
  const { epsilon, amsgrad, compat, type } = spec;
  const decay = type === "adamw" ? `, weight_decay=${py(spec.weightDecay)}` : "";
  const slots = { ...MOMENTS, ...(amsgrad && { vHat: "max_exp_avg_sq" }) };
  if (compat === "torch") {
    const name = type === "adamw" ? "AdamW" : "Adam";
    const more = `${betas(spec)}, eps=${py(epsilon)}, amsgrad=${bool(amsgrad)}${decay}`;
    return { code: `torch.optim.${name}(parameters, lr=${py(rate)}, ${more})`, slots, hasStep: true };
  }
  if (amsgrad) return ADVICE;
  const code = `KerasAdam(parameters, lr=${py(rate)}, ${betas(spec)}, eps=${py(epsilon)}${decay})`;
  return { code, slots, hasStep: true, needs: "KerasAdam" };
}

function nadamOf(spec: Spec<"nadam">, rate: number): TorchOptimizer {
  const { beta1, epsilon, momentumDecay } = spec;
  const more = `${betas(spec)}, eps=${py(epsilon)}, momentum_decay=${py(momentumDecay)}`;
  const valueAt = (step: number) => nadamProduct(beta1, momentumDecay, step);
  const code = `torch.optim.NAdam(parameters, lr=${py(rate)}, ${more})`;
  return { code, slots: MOMENTS, hasStep: true, extra: { name: "mu_product", valueAt } };
}

function rmspropOf(spec: Spec<"rmsprop">, rate: number): TorchOptimizer | string {
  const { rho, epsilon, momentum, centered, compat } = spec;
  if (compat !== "torch") return ADVICE;
  const more = `alpha=${py(rho)}, eps=${py(epsilon)}, momentum=${py(momentum)}, centered=${bool(centered)}`;
  const slots = {
    meanSquare: "square_avg",
    ...(centered && { meanGradient: "grad_avg" }),
    ...(momentum > 0 && { velocity: "momentum_buffer" }),
  };
  return { code: `torch.optim.RMSprop(parameters, lr=${py(rate)}, ${more})`, slots, hasStep: true };
}

/** A tensor times a number. */
export function times({ shape, data }: PortableTensor, factor: number): PortableTensor {
  return { shape, data: factor === 1 ? data : data.map((value) => value * factor) };
}
