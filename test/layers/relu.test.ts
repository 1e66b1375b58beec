// relu with options: the examples of Keras's documentation, what it is on the tape, and where its name and numbers go.
import { describe, expect, it } from "vitest";
import { explain } from "../../src/explain/index.js";
import { type ActivationSpec, activation, dense, describeTape, relu, Sequential, watch } from "../../src/index.js";
import { resolveActivation } from "../../src/specs/activations.js";
import { runtimes } from "../model/runtimes.js";

const identity = [{ name: "dense_1/kernel", shape: [1, 1], data: [1] }];

async function oneUnit(spec: ActivationSpec | "relu", runtime = {}): Promise<Sequential> {
  const layers = [dense({ units: 1, activation: spec, useBias: false })];
  const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
  model.setWeights(identity);
  return model;
}

describe.each(runtimes)("%s", (_, runtime) => {
  it.each([
    [{}, [0, 0, 0, 5, 10]],
    [{ negativeSlope: 0.5 }, [-5, -2.5, 0, 5, 10]],
    [{ maxValue: 5 }, [0, 0, 0, 5, 5]],
    [{ threshold: 5 }, [-0, -0, -0, -0, 10]],
    [{ negativeSlope: 0.5, maxValue: 8, threshold: 2 }, [-6, -3.5, -1, 5, 8]],
  ])("computes %o in a dense layer, as a layer of its own, and after loading", async (options, expected) => {
    const x = [[-10], [-5], [0], [5], [10]];
    const model = await oneUnit(relu(options), runtime);
    expect(Array.from(model.predict(x), (y) => y + 0)).toEqual(expected.map((y) => y + 0));
    const loaded = await Sequential.load(model.save(), runtime);
    expect(loaded.predict(x)).toEqual(model.predict(x));
    expect(describeTape(loaded)).toBe(describeTape(model));
    const layers = [dense({ units: 1, useBias: false }), activation(relu(options))];
    const apart = await Sequential.create({ inputShape: [1], layers, ...runtime });
    apart.setWeights(identity);
    expect(apart.predict(x)).toEqual(model.predict(x));
  });
});

it("is the plain name where its options are at their defaults", () => {
  expect(relu()).toEqual(resolveActivation("", "relu"));
  expect(relu({ negativeSlope: 0, maxValue: null, threshold: 0 })).toEqual({ type: "relu" });
  const spelled = resolveActivation("", { type: "relu", maxValue: 2, threshold: 1 });
  expect(spelled).toEqual({ type: "relu", maxValue: 2, threshold: 1 });
});

it.each([
  [relu(), "activation=Relu alpha=0"],
  [relu({ negativeSlope: 0.5 }), "activation=LeakyRelu alpha=0.5"],
  [relu({ maxValue: 6 }), "activation=ClippedRelu alpha=6"],
])("%o is computed within the dense layer's record", async (spec, code) => {
  const text = describeTape(await oneUnit(spec));
  expect(text).toContain(code);
  expect(text).not.toContain("ActivationForward");
});

it("with three numbers has a record of its own", async () => {
  const text = describeTape(await oneUnit(relu({ negativeSlope: 0.5, maxValue: 8, threshold: 2 })));
  expect(text).toContain("activation=Linear");
  expect(text).toMatch(/ActivationForward .* activation=GeneralRelu alpha=0.5 threshold=2 maxValue=8/);
});

it.each([
  [relu({ maxValue: 2 }), "relu"],
  [relu({ maxValue: 6 }), "relu6"],
  [relu({ threshold: 1 }), "relu"],
])("%o is watched under its name, with its dead units", async (spec, name) => {
  const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 2, activation: spec })] });
  model.setWeights([
    { name: "dense_1/kernel", shape: [1, 2], data: [1, -1] },
    { name: "dense_1/bias", shape: [2], data: [0, 0] },
  ]);
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const watching = watch();
  await model.fit(
    {
      x: [[1.5], [3]],
      y: [
        [1, 0],
        [1, 0],
      ],
    },
    { epochs: 1, callbacks: [watching] },
  );
  const { activations } = watching.reports[0];
  const { activation, dead } = activations[activations.length - 1];
  expect(activation).toBe(name);
  if (name === "relu") expect(dead).toBe(0.5);
});

it("is explained with its numbers", async () => {
  const layers = [
    dense({ units: 1, activation: relu({ negativeSlope: 0.25, maxValue: 3, threshold: 1 }) }),
    dense({ units: 1 }),
  ];
  const model = await Sequential.create({ inputShape: [1], layers });
  model.setWeights([
    { name: "dense_1/kernel", shape: [1, 1], data: [-2] },
    { name: "dense_1/bias", shape: [1], data: [0] },
    { name: "dense_2/kernel", shape: [1, 1], data: [1] },
    { name: "dense_2/bias", shape: [1], data: [0] },
  ]);
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  const text = (await explain(model, { x: [[1]], y: [[0]] })).toText();
  expect(text).toContain("h₁ = min(z₁, 3) above 1, else 0.25 · (z₁ − 1)");
  expect(text).toContain("h₁[0] = min(−2, 3) above 1, else 0.25 · (−2 − 1) = −0.75");
  expect(text).toContain("0 where z₁ ≥ 3, 1 where z₁ > 1, else 0.25");
});
