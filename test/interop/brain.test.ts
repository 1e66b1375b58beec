// brain.js 1.6.1 and 2, both ways, with the libraries themselves.
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/base/errors.js";
import { dense, dropout, gelu, leakyRelu, normalization, relu, Sequential } from "../../src/index.js";
import { exportBrain, importBrain, readBrain, writeBrain } from "../../src/interop/brain/index.js";
import { activationNames } from "../../src/specs/activations.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { loadPeer } from "../peers/load.js";
import { judge } from "./exact.js";
import { readDamaged } from "./mutate.js";
import { plainLayers } from "./plainLayers.js";
import { NETS, randomNet, rowsFor, worstDifference } from "./randomNets.js";

type Values = Readonly<Record<string, number>> | readonly number[];

interface Net {
  train(data: readonly { input: Values; output: Values }[], options?: object): unknown;
  run(input: Values | Float32Array): Record<string, number> | Float32Array;
  toJSON(): object;
  fromJSON(json: object): Net;
}

interface Brain {
  readonly NeuralNetwork: new (options?: object) => Net;
  readonly recurrent: {
    readonly LSTM: new (options?: object) => { toJSON(): object; train(data: unknown, o: object): void };
  };
}

const libraries = [
  ["1.6", loadPeer<Brain>("brain1")],
  ["2", loadPeer<Brain>("brain.js")],
] as const;

const lists = [0, 1, 2, 3].map((i) => ({ input: [i & 1, i >> 1, 0.5], output: [(i & 1) ^ (i >> 1)] }));
const objects = [
  { input: { red: 0.2, green: 0.9 }, output: { dark: 1 } },
  { input: { green: 0.4, blue: 0.1 }, output: { light: 1 } },
  { input: { red: 0.8, blue: 0.7 }, output: { light: 0.5, dark: 0.5 } },
];

function trained({ NeuralNetwork }: Brain, activation: string, data: typeof lists | typeof objects): Net {
  const net = new NeuralNetwork({ hiddenLayers: [4, 3], activation, leakyReluAlpha: 0.05 });
  net.train(data, { iterations: 20, ...(activation === "leaky-relu" && { leakyReluAlpha: 0.05 }) });
  return net;
}

describe.each(libraries)("brain.js %s", (version, library) => {
  it.each(["sigmoid", "relu", "tanh"])("a net with %s answers the same here", async (activation) => {
    const net = trained(library, activation, lists);
    const { model } = await importBrain(JSON.stringify(net.toJSON()), { threads: 1 });
    for (const { input } of lists) {
      const [expected] = Object.values(net.run(input));
      expect(worstDifference(await model.predict([input]), [expected])).toBeLessThan(2e-6);
    }
  });

  it("names of inputs and outputs become features and classes", async () => {
    const net = trained(library, "sigmoid", objects);
    const { model } = await importBrain(net.toJSON(), { threads: 1 });
    const features = model.metadata?.features as string[];
    const classes = model.metadata?.classes as string[];
    expect([...features].sort()).toEqual(["blue", "green", "red"]);
    for (const { input } of objects) {
      const expected = net.run(input) as Record<string, number>;
      const row = features.map((name) => (input as Record<string, number>)[name] ?? 0);
      const predictions = await model.predict([row]);
      expect(
        worstDifference(
          predictions,
          classes.map((name) => expected[name]),
        ),
      ).toBeLessThan(2e-6);
    }
  });

  it("a net from here answers the same there", async () => {
    for (const activation of [{ type: "sigmoid" }, { type: "relu" }, { type: "tanh" }] as const) {
      for (let seed = 0; seed < NETS / 3; seed++) {
        const model = await randomNet(seed, { activations: [activation], last: [activation] });
        const net = new library.NeuralNetwork().fromJSON(
          JSON.parse(JSON.stringify(await exportBrain(model, { version }))),
        );
        const inputs = model.layers[0].inputShape[0];
        const x = rowsFor(model, 3);
        const answers = [0, 1, 2].flatMap((row) => [
          ...(net.run(x.slice(row * inputs, (row + 1) * inputs)) as Float32Array),
        ]);
        expect(worstDifference(await model.predict(x), answers), `${activation.type}, net ${seed}`).toBeLessThan(2e-6);
        await judge(`${activation.type}, net ${seed}`, model, x, answers);
        model.dispose();
      }
    }
  });

  it("goes there and back with the same bits and names", async () => {
    const layers = [dense({ units: 5, activation: "tanh" }), dropout(0.1), dense({ units: 2, activation: "tanh" })];
    const model = await Sequential.create({ inputShape: [3], layers });
    model.metadata = { features: ["a", "__proto__", "constructor"], classes: ["yes", "no"] };
    const warnings: string[] = [];
    const json = JSON.stringify(await exportBrain(model, { version, onWarning: (message) => warnings.push(message) }));
    expect(warnings).toEqual(["Only training needs dropout_1 (dropout); left out."]);
    const { model: copy, notes } = await importBrain(json);
    expect(notes).toEqual(["brain.js keeps no loss and no optimizer; compile the model to train it on."]);
    expect(copy.metadata).toEqual(model.metadata);
    const x = rowsFor(model, 6);
    expect(await copy.predict(x)).toEqual(await model.predict(x));
  });

  it("refuses recurrent networks by their type", async () => {
    const net = { ...trained(library, "sigmoid", lists).toJSON(), type: "LSTM" };
    expect(() => readBrain(net)).toThrow('expected a NeuralNetwork, which is a chain of layers, got "LSTM". Others');
  });

  it("survives damage", async () => {
    const files = [lists, objects].map((data) =>
      new TextEncoder().encode(JSON.stringify(trained(library, "relu", data))),
    );
    await readDamaged(files, (file) => readBrain(file));
  });
});

it("brain.js 1.6 means relu by leaky-relu, with weights times 0.01; version 2 means it", async () => {
  const [[, old], [, recent]] = libraries;
  const wrong = trained(old, "leaky-relu", lists);
  (wrong as unknown as { leakyReluAlpha: number }).leakyReluAlpha = 0.01;
  const first = await importBrain(wrong.toJSON());
  expect(first.notes[0]).toContain("It became relu, with weights times 0.01");
  expect(first.model.layers[0].spec).toMatchObject({ activation: { type: "relu" } });
  const right = trained(recent, "leaky-relu", lists);
  const second = await importBrain(right.toJSON());
  expect(second.model.layers[0].spec).toMatchObject({ activation: { type: "leakyRelu", negativeSlope: 0.05 } });
  for (const [net, { model }] of [
    [wrong, first],
    [right, second],
  ] as const) {
    for (const { input } of lists) {
      const expected = Object.values(net.run(input));
      expect(worstDifference(await model.predict([input]), expected)).toBeLessThan(2e-6);
    }
  }
  const there = new recent.NeuralNetwork().fromJSON(await exportBrain(second.model, { version: "2" }));
  const { input } = lists[2];
  expect(worstDifference(there.run(input) as Float32Array, right.run(input) as Float32Array)).toBeLessThan(1e-7);
});

describe("refuses", () => {
  const known = new Set<string>(["dense", "activation", "flatten", "reshape"]);
  const idle = /dropout|noise|activityRegularization/i;
  it.each(layerTypes.filter((type) => !known.has(type) && !idle.test(type)))("the layer %s by name", async (type) => {
    const model = await Sequential.create(plainLayers(type));
    await expect(exportBrain(model)).rejects.toThrow(FormatError);
    await expect(exportBrain(model)).rejects.toThrow(new RegExp(`${type}.*brain.js has|brain.js has.*${type}`));
  });

  const taken = ["sigmoid", "relu", "tanh", "leakyRelu"];
  it.each(activationNames.filter((name) => !taken.includes(name)))("the activation %s by name", async (activation) => {
    const layers = [dense({ units: 4, activation }), dense({ units: 2, activation })];
    const model = await Sequential.create({ inputShape: [3], layers });
    await expect(exportBrain(model)).rejects.toThrow(
      `dense_1: brain.js 2 has sigmoid, relu, tanh, leakyRelu, got ${activation}`,
    );
  });

  const build = (...activations: unknown[]) =>
    Sequential.create({
      inputShape: [2],
      layers: activations.map((activation) => dense({ units: 2, activation: activation as "relu" })),
    });

  it("two activations, leakyRelu in 1.6, steep slopes, options, scaled inputs, and names that would be sorted", async () => {
    const cases: [Promise<Sequential>, object, string][] = [
      [build("relu", "linear"), {}, "dense_2: brain.js has one activation for all layers"],
      [build(leakyRelu()), { version: "1.6" }, "brain.js 1.6 has sigmoid, relu, tanh, got leakyRelu"],
      [build(leakyRelu({ negativeSlope: 2 })), {}, "got leakyRelu with options"],
      [build(relu({ maxValue: 6 })), {}, "got relu with options"],
      [build("gelu"), {}, "got gelu. "],
      [build(gelu({ approximate: true })), {}, "got gelu with options"],
      [
        Sequential.create({ inputShape: [2], layers: [normalization(), dense({ units: 1 })] }),
        {},
        "normalization: brain.js has",
      ],
    ];
    for (const [model, options, message] of cases) {
      await expect(exportBrain(await model, options)).rejects.toThrow(message);
    }
    const named = await build("relu");
    named.metadata = { features: ["b", "2"] };
    await expect(exportBrain(named, { version: "1.6" })).rejects.toThrow('Use version: "2"');
    const { model: copy } = await importBrain(await exportBrain(named, { version: "2" }));
    expect(copy.metadata).toEqual(named.metadata);
  });

  const net = trained(libraries[1][1], "sigmoid", objects).toJSON() as Record<string, unknown>;
  const layers = net.layers as object[];
  const changes: [string, unknown, string][] = [
    ["no JSON", "net", "this is not JSON"],
    ["no layers", { ...net, layers: undefined }, "layers: expected a list"],
    ["inputs only", { ...net, layers: layers.slice(0, 1) }, "layers: expected at least 2, got 1"],
    [
      "layers that do not fit",
      { ...net, outputLookup: null, layers: [layers[0], layers[1], layers[3]] },
      "expected rows of",
    ],
    [
      "biases that do not fit",
      { ...net, layers: [layers[0], { ...layers[1], biases: [1] }] },
      "biases: expected 4 numbers, got 1",
    ],
    [
      "a text among weights",
      { ...net, layers: [layers[0], { weights: [["1"]], biases: [1] }] },
      "expected a finite number",
    ],
    ["another activation", { ...net, trainOpts: { activation: "softmax" } }, 'got "softmax"'],
    [
      "a name without a place",
      { ...net, inputLookup: { a: 0, b: 1, c: 7 } },
      "expected a place of its own below 3, got 7",
    ],
    ["a place twice", { ...net, inputLookup: { a: 0, b: 1, c: 1 } }, "expected a place of its own below 3, got 1"],
    ["too few names", { ...net, inputLookup: { a: 0, b: 1 } }, "expected 3 names, got 2"],
    [
      "a slope of -1",
      { ...net, trainOpts: { activation: "leaky-relu", leakyReluAlpha: -1 } },
      "expected a number above 0",
    ],
    [
      "units that lack a weight",
      { layers: [{ a: {}, b: {} }, { 0: { bias: 0, weights: { a: 1 } } }] },
      "expected a number for each of 2 units, got 1",
    ],
    [
      "units without a bias",
      { layers: [{ a: {} }, { 0: { weights: { a: 1 } } }] },
      "expected a finite number, got undefined",
    ],
  ];
  it.each(changes)("%s", (_, source, message) => {
    expect(() => readBrain(source as object)).toThrow(FormatError);
    expect(() => readBrain(source as object)).toThrow(message);
  });

  it("unknown options and versions", () => {
    const plain = readBrain(net);
    expect(() => writeBrain(plain, { version: "3" as "2" })).toThrow(OptionError);
    expect(() => writeBrain(plain, { form: 1 } as never)).toThrow(OptionError);
    expect(() => (readBrain as (...args: unknown[]) => unknown)(net, {})).toThrow(OptionError);
  });
});
