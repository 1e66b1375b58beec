// Layers that normalize, drop, penalize or mask: options that they cannot take, and inputs that do not fit.
import {
  activityRegularization,
  alphaDropout,
  dense,
  flatten,
  gaussianDropout,
  glu,
  groupNormalization,
  type LayerSpec,
  prelu,
  reshape,
  rmsNormalization,
  Sequential,
  softmax,
  spectralNormalization,
  squareplus,
  threshold,
  unitNormalization,
} from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const factories = {
  ...{ prelu, groupNormalization, rmsNormalization, unitNormalization, softmax, activityRegularization, glu },
};
const drops = { alphaDropout, gaussianDropout };

/** Refusals that every factory with options alone has. */
const common = Object.entries(factories).flatMap(([name, make]): Refusal[] => {
  const call = (options: unknown) => () => (make as (options: never) => LayerSpec)(options as never);
  return [
    [`${name} null`, "OptionError", [name, "options object", "null"], call(null)],
    [`${name} 3`, "OptionError", [name, "options object", "got 3"], call(3)],
    [`${name} "a"`, "OptionError", [name, "options object"], call("a")],
    [`${name} units`, "OptionError", [name, "units"], call({ units: 3 })],
    [`${name} __proto__`, "OptionError", [name], call(JSON.parse('{"__proto__": 1}'))],
    [`${name} twice`, "OptionError", [name], () => (make as (...args: never[]) => LayerSpec)({} as never, {} as never)],
    [
      `${name} named a/b`,
      "OptionError",
      ["starts with a letter", '"a/b"'],
      () => {
        const layer = { ...(make as () => LayerSpec)(), name: "a/b" };
        return Sequential.create({ inputShape: [32], layers: [dense({ units: 64 }), layer] });
      },
    ],
  ];
});

const rates = Object.entries(drops).flatMap(([name, make]): Refusal[] => {
  const call = (rate: unknown, options?: unknown) => () => make(rate as never, options as never);
  return [
    [`${name} -0.1`, "OptionError", [`${name}: rate`, ">= 0", "-0.1"], call(-0.1)],
    [`${name} 1`, "OptionError", [`${name}: rate`, "< 1", "got 1"], call(1)],
    [`${name} NaN`, "OptionError", [`${name}: rate`, "NaN"], call(Number.NaN)],
    [`${name} "0.5"`, "OptionError", [`${name}: rate`, '"0.5"'], call("0.5")],
    [`${name} of nothing`, "OptionError", [`${name}: rate`, "undefined"], call(undefined)],
    [`${name} an object`, "OptionError", [`${name}: rate`], call({ rate: 0.5 })],
    [`${name} seed -1`, "OptionError", [`${name}: seed`, ">= 0", "-1"], call(0.5, { seed: -1 })],
    [`${name} seed 1.5`, "OptionError", [`${name}: seed`, "integer", "1.5"], call(0.5, { seed: 1.5 })],
    [`${name} noiseShape`, "OptionError", [name, "noiseShape"], call(0.5, { noiseShape: [1] })],
  ];
});

describeRefusals("layers of every kind", [...common, ...rates]);

const option = (what: string, says: string[], attempt: () => unknown): Refusal => [
  what,
  "OptionError",
  says,
  () => attempt(),
];

describeRefusals("options of layers", [
  option("prelu alpha", ["prelu", '"alpha"'], () => prelu({ alpha: 0.2 } as never)),
  option("prelu alphaInitializer", ["prelu: alphaInitializer", '"one"', "ones"], () =>
    prelu({ alphaInitializer: "one" as never }),
  ),
  option("prelu alphaInitializer null", ["prelu: alphaInitializer"], () => prelu({ alphaInitializer: null as never })),
  option("prelu alphaRegularizer", ["prelu: alphaRegularizer", '"l3"'], () =>
    prelu({ alphaRegularizer: "l3" as never }),
  ),
  option("prelu alphaConstraint axis", ["prelu: alphaConstraint", "axis"], () =>
    prelu({ alphaConstraint: { type: "maxNorm", maxValue: 1, axis: 1 } as never }),
  ),
  option("prelu trainable 1", ["prelu: trainable", "true or false"], () => prelu({ trainable: 1 as never })),
  option("prelu sharedAxes", ["prelu", "sharedAxes"], () => prelu({ sharedAxes: [1] } as never)),
  option("groups 0", ["groupNormalization: groups", "-1 or", "got 0"], () => groupNormalization({ groups: 0 })),
  option("groups -2", ["groupNormalization: groups", "-2"], () => groupNormalization({ groups: -2 })),
  option("groups 1.5", ["groupNormalization: groups", "integer", "1.5"], () => groupNormalization({ groups: 1.5 })),
  option("groups as text", ["groupNormalization: groups", '"4"'], () => groupNormalization({ groups: "4" as never })),
  option("groups NaN", ["groupNormalization: groups", "NaN"], () => groupNormalization({ groups: Number.NaN })),
  option("group epsilon 0", ["groupNormalization: epsilon", "> 0"], () => groupNormalization({ epsilon: 0 })),
  option("group epsilon null", ["groupNormalization: epsilon"], () => groupNormalization({ epsilon: null as never })),
  option("group center 0", ["groupNormalization: center"], () => groupNormalization({ center: 0 as never })),
  option("group compat", ["groupNormalization: compat", "pytorch"], () =>
    groupNormalization({ compat: "pytorch" as never }),
  ),
  option("group betaInitializer", ["groupNormalization: betaInitializer"], () =>
    groupNormalization({ betaInitializer: "nought" as never }),
  ),
  option("group axis", ["groupNormalization", "axis"], () => groupNormalization({ axis: -1 } as never)),
  option("rms epsilon -1", ["rmsNormalization: epsilon", "> 0", "-1"], () => rmsNormalization({ epsilon: -1 })),
  option("rms epsilon infinite", ["rmsNormalization: epsilon"], () => rmsNormalization({ epsilon: Infinity })),
  option("rms scale", ["rmsNormalization", "scale"], () => rmsNormalization({ scale: false } as never)),
  option("unit axis", ["unitNormalization", "axis"], () => unitNormalization({ axis: 1 } as never)),
  option("unit order", ["unitNormalization", "order"], () => unitNormalization({ order: 1 } as never)),
  option("softmax axis 0.5", ["softmax: axis", "integer", "0.5"], () => softmax({ axis: 0.5 })),
  option("softmax axis as a list", ["softmax: axis"], () => softmax({ axis: [0, 1] as never })),
  option("softmax mask as numbers", ["softmax: mask[0]", "true or false", "got 1"], () =>
    softmax({ mask: [1, 0] as never }),
  ),
  option("softmax mask []", ["softmax: mask", "booleans"], () => softmax({ mask: [] })),
  option("softmax mask as text", ["softmax: mask"], () => softmax({ mask: "101" as never })),
  option("softmax mask without true", ["softmax: mask", "at least one"], () => softmax({ mask: [false, false] })),
  option("softmax mask with holes", ["softmax: mask[1]"], () => {
    const mask = [true, true, true];
    delete mask[1];
    return softmax({ mask });
  }),
  option("activity l1 -1", ["activityRegularization: l1", ">= 0", "-1"], () => activityRegularization({ l1: -1 })),
  option("activity l2 NaN", ["activityRegularization: l2", "NaN"], () => activityRegularization({ l2: Number.NaN })),
  option("activity l2 as text", ["activityRegularization: l2"], () => activityRegularization({ l2: "1" as never })),
  option("squareplus b 0", ["squareplus: b", "> 0", "got 0"], () => squareplus({ b: 0 })),
  option("squareplus b NaN", ["squareplus: b", "NaN"], () => squareplus({ b: Number.NaN })),
  option("squareplus alpha", ["squareplus", "alpha"], () => squareplus({ alpha: 1 } as never)),
  option("squareplus null", ["squareplus", "null"], () => squareplus(null as never)),
  option("threshold NaN", ["threshold: threshold", "NaN"], () => threshold({ threshold: Number.NaN })),
  option("threshold value as text", ["threshold: defaultValue"], () => threshold({ defaultValue: "0" as never })),
  option("threshold value infinite", ["threshold: defaultValue"], () => threshold({ defaultValue: -Infinity })),
  option("threshold 1", ["threshold", "options object", "got 1"], () => threshold(1 as never)),
  option("threshold default_value", ["threshold", "default_value"], () => threshold({ default_value: 1 } as never)),
  ...["activityRegularizer", "activity_regularizer"].map((name) =>
    option(name, [`dense: unknown option "${name}"`, "Put activityRegularization({ l2: 0.01 }) after the layer"], () =>
      dense({ units: 2, [name]: "l2" }),
    ),
  ),
  option("sparse_max", ["dense: activation", '"sparsemax"'], () =>
    dense({ units: 2, activation: "sparse_max" as never }),
  ),
  option("sparsemax with options", ["sparsemax", "axis"], () =>
    dense({ units: 2, activation: { type: "sparsemax", axis: 1 } as never }),
  ),
  option("sparseSigmoid with options", ["sparseSigmoid", "b"], () =>
    dense({ units: 2, activation: { type: "sparseSigmoid", b: 1 } as never }),
  ),
  option("spectral of nothing", ["spectralNormalization", "dense({", "undefined"], () =>
    spectralNormalization(undefined as never),
  ),
  option("spectral null", ["spectralNormalization", "dense({", "null"], () => spectralNormalization(null as never)),
  option("spectral of dropout", ["expected dense(", "got alphaDropout", "no kernel"], () =>
    spectralNormalization(alphaDropout(0.5) as never),
  ),
  option("spectral of itself", ["got spectralNormalization"], () =>
    spectralNormalization(spectralNormalization(dense({ units: 2 })) as never),
  ),
  option("spectral of options", ["expected dense("], () => spectralNormalization({ units: 3 } as never)),
  option("spectral of bad data", ["dense: units"], () => spectralNormalization({ type: "dense" } as never)),
  option("spectral 0 iterations", ["spectralNormalization: powerIterations", ">= 1", "got 0"], () =>
    spectralNormalization(dense({ units: 2 }), { powerIterations: 0 }),
  ),
  option("spectral 1.5 iterations", ["powerIterations", "integer", "1.5"], () =>
    spectralNormalization(dense({ units: 2 }), { powerIterations: 1.5 }),
  ),
  option("spectral power_iterations", ["power_iterations", "powerIterations"], () =>
    spectralNormalization(dense({ units: 2 }), { power_iterations: 1 } as never),
  ),
  option("spectral units twice", ["unknown option", "units"], () =>
    spectralNormalization(dense({ units: 2 }), { units: 3 } as never),
  ),
  option("spectral names twice", ["unknown option", "name"], () =>
    spectralNormalization(dense({ units: 2, name: "a" }), { name: "b" }),
  ),
  option("glu axis", ["glu", "axis"], () => glu({ axis: -1 } as never)),
  option("activity l3", ["activityRegularization", "l3"], () => activityRegularization({ l3: 1 } as never)),
]);

const create = (inputShape: number[], ...layers: LayerSpec[]) => {
  return () => Sequential.create({ inputShape, layers: [...layers, flatten(), dense({ units: 1 })] });
};
const shape = (what: string, says: string[], attempt: () => unknown): Refusal => [what, "ShapeError", says, attempt];

describeRefusals("inputs of layers", [
  shape(
    "32 groups of 12",
    ["groupNormalization_1: groups", "12 channels", "got 32"],
    create([12], groupNormalization()),
  ),
  shape("5 groups of 12", ["divisor of the 12", "got 5"], create([12], groupNormalization({ groups: 5 }))),
  shape("groups of one", ["groups of one value", "fewer"], create([12], groupNormalization({ groups: 12 }))),
  shape("instances of features", ["-1 gives groups of one value"], create([12], groupNormalization({ groups: -1 }))),
  shape("groups of a last dimension", ["3 channels"], create([4, 3], groupNormalization({ groups: 4 }))),
  shape("rms of two dimensions", ["rmsNormalization_1", "flatten()"], create([4, 3], rmsNormalization())),
  shape("unit of two dimensions", ["unitNormalization_1", "flatten()"], create([4, 3], unitNormalization())),
  shape("glu of five", ["glu_1", "even", "[*, 5]"], create([5], glu())),
  shape("glu of a last dimension", ["glu_1", "[*, 4, 3]"], create([4, 3], glu())),
  shape(
    "spectral of two dimensions",
    ["spectralNormalization_1", "flatten()"],
    create([4, 3], spectralNormalization(dense({ units: 2 }))),
  ),
  shape("softmax axis 1 of one", ["softmax_1: axis", "from -1 to 0", "got 1"], create([4], softmax({ axis: 1 }))),
  shape("softmax axis -3 of two", ["softmax_1: axis", "from -2 to 1"], create([4, 3], softmax({ axis: -3 }))),
  shape("softmax axis 2 of two", ["softmax_1: axis", "got 2"], create([4, 3], softmax({ axis: 2 }))),
  shape("softmax of one", ["softmax over one value"], create([1], softmax())),
  shape("softmax along one", ["softmax over one value"], create([4, 1], softmax())),
  shape("a mask too short", ["softmax_1: mask", "4 booleans", "got 2"], create([4], softmax({ mask: [true, false] }))),
  shape("a mask too long", ["mask: expected 2"], create([2, 4], softmax({ axis: 0, mask: [true, false, true] }))),
  shape("a mask after reshape", ["mask: expected 3"], create([12], reshape([4, 3]), softmax({ mask: [true, true] }))),
  [
    "weights of alpha of another size",
    "ShapeError",
    ["prelu_1/alpha"],
    async () => {
      const model = await create([4], prelu())();
      model.setWeights(model.getWeights().map((one) => ({ ...one, shape: [1], data: [1] })));
    },
  ],
  ...["lbfgs", "scheduleFree"].map((optimizer): Refusal => {
    const says = ["spectralNormalization_1/kernel", "cannot keep to", "another optimizer"];
    const attempt = async () => {
      const model = await create([4], spectralNormalization(dense({ units: 2 })))();
      model.compile({ optimizer: optimizer as "lbfgs", loss: "meanSquaredError" });
      await model.fit({ x: [[1, 2, 3, 4]], y: [1] }, { epochs: 1 });
    };
    return [`spectral with ${optimizer}`, "OptionError", says, attempt];
  }),
  [
    "prelu alone, frozen",
    "OptionError",
    ["at least one layer with weights"],
    () => Sequential.create({ inputShape: [2], layers: [unitNormalization()] }),
  ],
]);
