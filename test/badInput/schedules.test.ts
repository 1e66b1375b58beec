// Wrong schedules: every factory rejects them by name, and so does an optimizer that is given one as plain data.
import {
  adagrad,
  adam,
  asgd,
  cosineDecay,
  cosineDecayRestarts,
  dense,
  exponentialDecay,
  inverseTimeDecay,
  lbfgs,
  linearSchedule,
  lion,
  muon,
  nadam,
  type OptimizerSpec,
  oneCycle,
  piecewiseConstantDecay,
  polynomialDecay,
  radam,
  rmsprop,
  Sequential,
  sgd,
  warmup,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const decay = { initialLearningRate: 0.1, decaySteps: 10 };
const rated = { ...decay, decayRate: 0.5 };

const rise = { warmupSteps: 5, learningRate: 0.1 };
const cycle = { maxLearningRate: 1, totalSteps: 10, cycleMomentum: true };
const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] });
const linear = { learningRate: 0.1 };

function wrong<Options>(
  factory: (options: Options) => unknown,
  base: Options,
  option: string,
  value: unknown,
  ...says: string[]
): Refusal {
  const attempt = () => factory({ ...base, [option]: value });
  return [
    `${factory.name} ${option} ${String(value)}`,
    "OptionError",
    [`${factory.name}: ${option}`, ...says],
    attempt,
  ];
}

describeRefusals("schedules", [
  wrong(exponentialDecay, rated, "initialLearningRate", -1, ">= 0", "got -1"),
  wrong(exponentialDecay, rated, "initialLearningRate", "0.1", "a finite number", 'got "0.1"'),
  wrong(exponentialDecay, rated, "decaySteps", 0, "an integer >= 1", "got 0"),
  wrong(exponentialDecay, rated, "decaySteps", 2.5, "an integer >= 1", "got 2.5"),
  wrong(exponentialDecay, rated, "decayRate", 0, "> 0", "got 0"),
  wrong(exponentialDecay, rated, "decayRate", Number.NaN, "got NaN"),
  wrong(exponentialDecay, rated, "staircase", 1, "true or false", "got 1"),
  wrong(inverseTimeDecay, rated, "decayRate", -0.5, "got -0.5"),
  wrong(polynomialDecay, decay, "power", 0, "> 0", "got 0"),
  wrong(polynomialDecay, decay, "endLearningRate", -1, ">= 0"),
  wrong(polynomialDecay, decay, "cycle", "yes", "true or false"),
  wrong(cosineDecay, decay, "alpha", 2, "<= 1", "got 2"),
  wrong(cosineDecay, decay, "warmupTarget", -1, ">= 0", "got -1"),
  wrong(cosineDecay, decay, "warmupSteps", -1, ">= 0", "got -1"),
  wrong(cosineDecayRestarts, { initialLearningRate: 0.1, firstDecaySteps: 5 }, "tMul", 0.5, ">= 1", "got 0.5"),
  wrong(cosineDecayRestarts, { initialLearningRate: 0.1, firstDecaySteps: 5 }, "mMul", 0, "> 0"),
  wrong(cosineDecayRestarts, { initialLearningRate: 0.1, firstDecaySteps: 5 }, "firstDecaySteps", 0, ">= 1"),
  wrong(oneCycle, { maxLearningRate: 1, totalSteps: 10 }, "maxLearningRate", 0, "> 0"),
  wrong(oneCycle, { maxLearningRate: 1, totalSteps: 10 }, "totalSteps", 0, ">= 1"),
  wrong(oneCycle, { maxLearningRate: 1, totalSteps: 10 }, "warmupFraction", 30, "<= 1", "got 30"),
  wrong(oneCycle, { maxLearningRate: 1, totalSteps: 10 }, "divFactor", 0.5, ">= 1"),
  wrong(oneCycle, { maxLearningRate: 1, totalSteps: 10 }, "anneal", "cosinus", '"cosine"', 'Did you mean "cosine"?'),
  wrong(oneCycle, cycle, "cycleMomentum", 1, "true or false", "got 1"),
  wrong(oneCycle, cycle, "cycleMomentum", null, "true or false", "got null"),
  wrong(oneCycle, cycle, "baseMomentum", 1, "< 1", "got 1"),
  wrong(oneCycle, cycle, "baseMomentum", -0.1, ">= 0", "got -0.1"),
  wrong(oneCycle, cycle, "maxMomentum", 1.5, "< 1", "got 1.5"),
  wrong(oneCycle, cycle, "maxMomentum", "0.9", "a finite number", 'got "0.9"'),
  [
    "oneCycle with momenta the wrong way round",
    "OptionError",
    ["oneCycle: baseMomentum must be at most maxMomentum", "got 0.9 and 0.8"],
    () => oneCycle({ ...cycle, baseMomentum: 0.9, maxMomentum: 0.8 }),
  ],
  [
    "oneCycle with a momentum that it does not cycle",
    "OptionError",
    ["oneCycle", "no effect without cycleMomentum: true"],
    () => oneCycle({ maxLearningRate: 1, totalSteps: 10, maxMomentum: 0.9 }),
  ],
  ...[
    sgd({ learningRate: oneCycle(cycle) }),
    ...[rmsprop, nadam, radam, lion, adagrad, muon, asgd, lbfgs].map((factory) => {
      return (factory as object as (options: object) => OptimizerSpec)({ learningRate: oneCycle(cycle) });
    }),
    lion({ learningRate: warmup({ warmupSteps: 3, learningRate: oneCycle(cycle) }) }),
  ].map((optimizer, i): Refusal => {
    return [
      `momentum cycled of ${optimizer.type} (${i})`,
      "OptionError",
      ["oneCycle: cycleMomentum needs adam, adamw, or sgd with a momentum above 0", "or cycleMomentum: false"],
      () => model.compile({ optimizer, loss: "meanSquaredError" }),
    ];
  }),
  wrong(linearSchedule, linear, "learningRate", -0.1, ">= 0", "got -0.1"),
  wrong(linearSchedule, linear, "learningRate", undefined, "a finite number", "got undefined"),
  wrong(linearSchedule, linear, "learningRate", cosineDecay(decay), "a finite number"),
  wrong(linearSchedule, linear, "startFactor", -1, ">= 0", "got -1"),
  wrong(linearSchedule, linear, "startFactor", "1/3", "a finite number", 'got "1/3"'),
  wrong(linearSchedule, linear, "endFactor", Number.NaN, "got NaN"),
  wrong(linearSchedule, linear, "endFactor", Infinity, "a finite number", "got Infinity"),
  wrong(linearSchedule, linear, "totalSteps", 0, "an integer >= 1", "got 0"),
  wrong(linearSchedule, linear, "totalSteps", 1.5, "an integer >= 1", "got 1.5"),
  wrong(warmup, rise, "warmupSteps", 0, "an integer >= 1", "got 0"),
  wrong(warmup, rise, "warmupSteps", 2.5, "an integer >= 1", "got 2.5"),
  wrong(warmup, rise, "warmupSteps", "5", "an integer", 'got "5"'),
  wrong(warmup, rise, "warmupSteps", undefined, "an integer >= 1", "got undefined"),
  wrong(warmup, rise, "initialLearningRate", -1, ">= 0", "got -1"),
  wrong(warmup, rise, "initialLearningRate", null, "got null"),
  wrong(warmup, rise, "learningRate", -1, ">= 0", "got -1"),
  wrong(warmup, rise, "learningRate", "0.1", "a number >= 0 or a schedule", 'got "0.1"'),
  wrong(warmup, rise, "learningRate", null, "got null"),
  wrong(warmup, rise, "learningRate", Number.NaN, "got NaN"),
  wrong(warmup, rise, "learningRate", undefined, "a number >= 0 or a schedule", "got undefined"),
  wrong(warmup, rise, "learningRate", () => 0.1, "a number >= 0 or a schedule", "Let the function itself"),
  wrong(warmup, rise, "learningRate", [0.1], "type"),
  wrong(warmup, rise, "learningRate", { type: "cosinDecay" }, "type", 'Did you mean "cosineDecay"?'),
  wrong(warmup, rise, "learningRate", { type: "adam" }, "type", "Pass any other as warmup() or the like."),
  wrong(warmup, rise, "learningRate", { type: "exponentialDecay", ...decay }, "exponentialDecay: decayRate"),
  wrong(
    warmup,
    rise,
    "learningRate",
    { type: "warmup", ...rise, warmupSteps: 0 },
    "warmup: warmupSteps",
    "an integer >= 1",
  ),
  ["warmup without options", "OptionError", ["warmup"], () => warmup(undefined as never)],
  ["warmup after", "OptionError", [`unknown option "after"`], () => warmup({ ...rise, after: 0.1 } as never)],
  [
    "linearSchedule totalIters",
    "OptionError",
    ['unknown option "totalIters"', "totalSteps"],
    () => linearSchedule({ ...linear, totalIters: 5 } as never),
  ],
  ["exponentialDecay without options", "OptionError", ["exponentialDecay"], () => exponentialDecay(undefined as never)],
  [
    "exponentialDecay decayStep",
    "OptionError",
    ['unknown option "decayStep"', 'mean "decaySteps"'],
    () => exponentialDecay({ ...rated, decayStep: 5 } as never),
  ],
  [
    "cosineDecay with warm-up steps to nowhere",
    "OptionError",
    ["cosineDecay: warmupSteps needs a warmupTarget"],
    () => cosineDecay({ ...decay, warmupSteps: 5 }),
  ],
  [
    "piecewiseConstantDecay with as many values as boundaries",
    "OptionError",
    ["expected 3 values", "got 2"],
    () => piecewiseConstantDecay({ boundaries: [5, 10], values: [1, 0.1] }),
  ],
  [
    "piecewiseConstantDecay with boundaries that fall",
    "OptionError",
    ["boundaries must rise", "place 1"],
    () => piecewiseConstantDecay({ boundaries: [10, 5], values: [1, 0.1, 0.01] }),
  ],
  [
    "piecewiseConstantDecay with a boundary that is not a step",
    "OptionError",
    ["boundaries[1]", "an integer", "got 5.5"],
    () => piecewiseConstantDecay({ boundaries: [1, 5.5], values: [1, 0.1, 0.01] }),
  ],
  [
    "piecewiseConstantDecay with a value below 0",
    "OptionError",
    ["values[1]", "got -0.1"],
    () => piecewiseConstantDecay({ boundaries: [5], values: [1, -0.1] }),
  ],
  [
    "piecewiseConstantDecay with a number for a list",
    "OptionError",
    ["boundaries", "a list", "got 5"],
    () => piecewiseConstantDecay({ boundaries: 5 as never, values: [1, 2] }),
  ],
  ["a learning rate of null", "OptionError", ["sgd: learningRate", "null"], () => sgd({ learningRate: null as never })],
  ["a learning rate of -1", "OptionError", ["adam: learningRate", "-1"], () => adam({ learningRate: -1 })],
  [
    "a schedule of an unknown type",
    "OptionError",
    ["adam: learningRate: type", 'Did you mean "cosineDecay"?'],
    () => adam({ learningRate: { type: "cosinDecay" } as never }),
  ],
  [
    "a schedule with options that its factory rejects",
    "OptionError",
    ["exponentialDecay: decayRate"],
    () => adam({ learningRate: { type: "exponentialDecay", ...decay } as never }),
  ],
]);
