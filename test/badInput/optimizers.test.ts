// Wrong options of optimizers: every factory rejects them alike, and by name.
import type { OptimizerSpec } from "../../src/index.js";
import * as simdgrad from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

type Factory = (options: never) => OptimizerSpec;
/** Every optimizer; L-BFGS takes none of the common options. */
const exported = new Map<string, unknown>(Object.entries(simdgrad));
const factories = simdgrad.optimizerNames
  .filter((name) => name !== "lbfgs")
  .map((name) => exported.get(name) as Factory);

const {
  adadelta,
  adafactor,
  adagrad,
  adam,
  adamax,
  adamw,
  asgd,
  ftrl,
  lamb,
  lion,
  muon,
  nadam,
  rmsprop,
  rprop,
  scheduleFree,
  sgd,
} = simdgrad;

function wrong(factory: Factory, option: string, value: unknown, ...says: string[]): Refusal {
  const attempt = () => factory({ [option]: value } as never);
  return [
    `${factory.name} ${option} ${String(value)}`,
    "OptionError",
    [`${factory.name}: ${option}`, ...says],
    attempt,
  ];
}

describeRefusals(
  "options of every optimizer",
  factories.flatMap((factory): Refusal[] => [
    wrong(factory, "learningRate", -1, ">= 0", "got -1"),
    wrong(factory, "gradientAccumulationSteps", 0, "an integer >= 1", "got 0"),
    wrong(factory, "gradientAccumulationSteps", 2.5, "an integer", "got 2.5"),
    wrong(factory, "clipNorm", 0, "> 0", "got 0"),
    wrong(factory, "globalClipNorm", -1, "> 0", "got -1"),
    wrong(factory, "clipValue", Number.NaN, "got NaN"),
    wrong(factory, "weightDecay", -0.1, ">= 0", "got -0.1"),
    wrong(factory, "excludeFromWeightDecay", "bias", "a list of names", 'got "bias"'),
    wrong(factory, "excludeFromWeightDecay", [""], "a list of names"),
    wrong(factory, "useEma", 1, "true or false", "got 1"),
    wrong(factory, "emaMomentum", 1, "< 1", "got 1"),
    wrong(factory, "emaOverwriteFrequency", 0, "an integer >= 1", "got 0"),
    wrong(factory, "emaOverwriteFrequency", 2.5, "an integer >= 1", "got 2.5"),
    [
      `${factory.name} clipped twice`,
      "OptionError",
      [`${factory.name}: give only one of clipNorm`, "got clipNorm and clipValue"],
      () => factory({ clipNorm: 1, clipValue: 1 } as never),
    ],
    [
      `${factory.name} lr`,
      "OptionError",
      [`${factory.name}: unknown option "lr"`, "Known: learningRate"],
      () => factory({ lr: 0.1 } as never),
    ],
    [
      `${factory.name} without options`,
      "OptionError",
      [`${factory.name}: expected an options object, got null`],
      () => factory(null as never),
    ],
  ]),
);

describeRefusals("options of their own", [
  wrong(sgd, "compat", "pytorch", '"torch"', 'got "pytorch"'),
  wrong(adamw, "beta1", 1, "< 1", "got 1"),
  wrong(adam, "amsgrad", "yes", "true or false"),
  wrong(adamax, "beta2", -0.1, ">= 0"),
  wrong(nadam, "epsilon", 0, "> 0", "got 0"),
  wrong(lion, "beta2", 1.5, "< 1", "got 1.5"),
  wrong(rmsprop, "rho", 1, "< 1", "got 1"),
  wrong(rmsprop, "momentum", 1, "< 1", "got 1"),
  wrong(rmsprop, "centered", "no", "true or false"),
  wrong(adagrad, "initialAccumulatorValue", -1, ">= 0", "got -1"),
  wrong(adagrad, "epsilon", Number.POSITIVE_INFINITY, "got Infinity"),
  wrong(adadelta, "rho", "0.9", 'got "0.9"'),
  wrong(ftrl, "learningRatePower", 0.5, "<= 0", "got 0.5"),
  wrong(ftrl, "initialAccumulatorValue", -1, ">= 0", "got -1"),
  wrong(ftrl, "l1RegularizationStrength", -1, ">= 0", "got -1"),
  wrong(ftrl, "l2RegularizationStrength", Number.NaN, "got NaN"),
  wrong(ftrl, "l2ShrinkageRegularizationStrength", -0.1, ">= 0"),
  wrong(ftrl, "beta", "1", 'got "1"'),
  ["ftrl l1", "OptionError", ['ftrl: unknown option "l1"'], () => ftrl({ l1: 1 } as never)],
  wrong(lamb, "beta1", 1, "< 1", "got 1"),
  wrong(lamb, "beta2", -0.5, ">= 0", "got -0.5"),
  wrong(lamb, "epsilon", 0, "> 0", "got 0"),
  ["lamb betas", "OptionError", ['lamb: unknown option "betas"'], () => lamb({ betas: [0.9, 0.99] } as never)],
  wrong(adafactor, "beta2Decay", 0, "< 0", "got 0"),
  wrong(adafactor, "epsilon1", -1, ">= 0", "got -1"),
  wrong(adafactor, "epsilon2", Number.NaN, "got NaN"),
  wrong(adafactor, "clipThreshold", 0, "> 0", "got 0"),
  wrong(adafactor, "relativeStep", "yes", "true or false"),
  ["adafactor beta1", "OptionError", ['adafactor: unknown option "beta1"'], () => adafactor({ beta1: 0.9 } as never)],
  wrong(asgd, "lambd", -1, ">= 0", "got -1"),
  wrong(asgd, "alpha", Number.NaN, "got NaN"),
  wrong(asgd, "t0", -1, ">= 0", "got -1"),
  wrong(asgd as Factory, "useEma", false, "an average of its own", "Leave useEma out"),
  wrong(asgd as Factory, "emaMomentum", 0.5, "an average of its own", "Leave emaMomentum out"),
  wrong(asgd as Factory, "emaOverwriteFrequency", 5, "an average of its own", "Leave emaOverwriteFrequency out"),
  wrong(scheduleFree as Factory, "emaOverwriteFrequency", 5, "Leave emaOverwriteFrequency out"),
  wrong(sgd, "emaOverwriteFrequency", 5, "needs useEma: true"),
  wrong(muon, "emaOverwriteFrequency", 5, "needs useEma: true"),
  ["asgd momentum", "OptionError", ['asgd: unknown option "momentum"'], () => asgd({ momentum: 0.9 } as never)],
  wrong(scheduleFree, "beta1", 0, "> 0", "got 0"),
  wrong(scheduleFree, "beta1", 1, "< 1", "got 1"),
  wrong(scheduleFree, "beta2", 1, "< 1", "got 1"),
  wrong(scheduleFree, "epsilon", 0, "> 0", "got 0"),
  wrong(scheduleFree, "warmupSteps", 2.5, "an integer", "got 2.5"),
  wrong(scheduleFree, "method", "adam", '"adamw"', "Did you mean"),
  wrong(scheduleFree as Factory, "useEma", false, "an average of its own", "Leave useEma out"),
  wrong(scheduleFree as Factory, "emaMomentum", 0.5, "an average of its own"),
  [
    "scheduleFree with a schedule",
    "OptionError",
    ["scheduleFree: learningRate: expected a number", "warmupSteps"],
    () => scheduleFree({ learningRate: () => 0.1 }),
  ],
  wrong(muon, "momentum", 1, "< 1", "got 1"),
  wrong(muon, "nesterov", 1, "true or false"),
  wrong(muon, "nsSteps", 0, "an integer", "got 0"),
  wrong(muon, "nsSteps", 2.5, "an integer", "got 2.5"),
  wrong(muon, "adjustLearningRate", "match", '"matchRmsAdamw"'),
  wrong(muon, "adamLearningRateRatio", -1, ">= 0", "got -1"),
  wrong(muon, "adamBeta1", 1, "< 1", "got 1"),
  wrong(muon, "adamBeta2", -1, ">= 0", "got -1"),
  wrong(muon, "epsilon", 0, "> 0", "got 0"),
  ["muon rho", "OptionError", ['muon: unknown option "rho"'], () => muon({ rho: 0.9 } as never)],
  wrong(sgd, "dampening", 1.5, "<= 1", "got 1.5"),
  wrong(adagrad, "lrDecay", -1, ">= 0", "got -1"),
  wrong(nadam, "momentumDecay", -1, ">= 0", "got -1"),
  wrong(sgd, "dampening", 0.5, "needs a momentum above 0", 'compat: "torch"'),
  ["sgd dampening in Keras's form", "OptionError", ['compat: "torch"'], () => sgd({ dampening: 0.5, momentum: 0.9 })],
  [
    "sgd dampening with nesterov",
    "OptionError",
    ["sgd: dampening", "no nesterov"],
    () => sgd({ dampening: 0.5, momentum: 0.9, nesterov: true, compat: "torch" }),
  ],
  [
    "adamax momentumDecay",
    "OptionError",
    ['unknown option "momentumDecay"'],
    () => adamax({ momentumDecay: 1 } as never),
  ],
  wrong(rprop, "etaMinus", 1, "< 1", "got 1"),
  wrong(rprop, "etaMinus", 0, "> 0", "got 0"),
  wrong(rprop, "etaPlus", 1, "> 1", "got 1"),
  wrong(rprop, "minStep", -1, ">= 0", "got -1"),
  wrong(rprop, "maxStep", 0, "> 0", "got 0"),
  ["rprop etas", "OptionError", [`rprop: unknown option "etas"`], () => rprop({ etas: [0.5, 1.2] } as never)],
  ["rprop minStep over maxStep", "OptionError", ["rprop: minStep", "<= maxStep"], () => rprop({ minStep: 60 })],
  [
    "rprop with a schedule",
    "OptionError",
    ["rprop: learningRate: expected a number"],
    () => rprop({ learningRate: () => 0.1 }),
  ],
  ["lion with epsilon", "OptionError", ['lion: unknown option "epsilon"'], () => lion({ epsilon: 1 } as never)],
]);
