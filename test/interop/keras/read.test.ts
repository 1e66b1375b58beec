// Files that Keras 3.15 has saved: predictions and further training are those of Keras.
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { FormatError } from "../../../src/base/errors.js";
import { Dataset } from "../../../src/index.js";
import { importKeras, isKeras, readKeras } from "../../../src/interop/keras/index.js";
import { worstDifference } from "../randomNets.js";

interface Saved {
  readonly name: string;
  readonly keras: string;
  readonly h5?: string | null;
}

interface Predicted extends Saved {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const FOLDER = new URL("../../../fixtures/interop/keras/", import.meta.url);
const read = (name: string) => JSON.parse(readFileSync(new URL(name, FOLDER), "utf8"));
const unpack = (text: string) => new Uint8Array(gunzipSync(Buffer.from(text, "base64")));

const torch = read("models-torch.json") as { models: Predicted[]; refused: Saved[] };
const tensorflow = read("models-tensorflow.json") as { models: Predicted[] };
const training = read("training.json") as {
  x: number[];
  y: number[];
  models: (Saved & { weights: number[][] })[];
};

const files = [
  ...torch.models.map((one) => ({ ...one, title: `${one.name}, by PyTorch`, bytes: unpack(one.keras) })),
  ...torch.models
    .filter(({ h5 }) => h5)
    .map((one) => ({ ...one, title: `${one.name}, .h5`, bytes: unpack(one.h5 ?? "") })),
  ...tensorflow.models.map((one) => ({ ...one, title: `${one.name}, by TensorFlow`, bytes: unpack(one.keras) })),
];

const fresh = { threads: 1 };

describe("a model from Keras", () => {
  it.each(files)("predicts as there: $title", async ({ title, bytes, x, y }) => {
    expect(isKeras(bytes)).toBe(true);
    const { model, notes } = await importKeras(bytes, fresh);
    expect(worstDifference(model.predict(Float32Array.from(x)), y)).toBeLessThan(2e-6);
    const isHuber = title.startsWith("schedule");
    expect(notes).toEqual(
      isHuber ? ["The file does not hold delta of Huber, which is a gap of Keras: the default is used."] : [],
    );
    model.dispose();
  });

  it("is compiled as there", async () => {
    const compiled = async (name: string) => {
      const file = torch.models.find((one) => one.name === name) as Predicted;
      return (await readKeras(unpack(file.keras))).compiled;
    };
    expect(await compiled("compiled")).toMatchObject({
      optimizer: { type: "adam", epsilon: 1e-7 },
      loss: { type: "meanSquaredError" },
      metrics: [
        { type: "meanAbsoluteError", name: "mae" },
        { type: "meanSquaredError", name: "squares" },
      ],
    });
    expect(await compiled("classifier")).toMatchObject({
      optimizer: { type: "sgd", momentum: 0.9, nesterov: true },
      loss: { type: "categoricalCrossentropy" },
      metrics: [{ type: "accuracy" }],
    });
    expect(await compiled("schedule")).toMatchObject({
      optimizer: {
        type: "adamw",
        clipNorm: 1,
        learningRate: { type: "cosineDecay", decaySteps: 100, warmupTarget: 0.1, warmupSteps: 5 },
      },
      loss: { type: "huber", delta: 1 },
      metrics: [{ type: "meanSquaredError", name: "mse", weighted: true }],
    });
  });

  it("keeps what trains it", async () => {
    const file = torch.models.find(({ name }) => name === "regularized") as Predicted;
    const { layers } = await readKeras(unpack(file.keras));
    expect(layers[0].spec).toMatchObject({
      kernelRegularizer: { type: "l1l2", l1: 0, l2: 0.01 },
      biasRegularizer: { type: "l1l2", l2: 0 },
      kernelConstraint: { type: "maxNorm", maxValue: 3 },
      biasConstraint: { type: "nonNeg" },
    });
    expect(layers[1].spec).toMatchObject({
      kernelRegularizer: { type: "orthogonalRegularizer" },
      kernelInitializer: { type: "varianceScaling", scale: 2, mode: "fanAverage" },
    });
    expect(layers[2].spec).toMatchObject({ type: "activityRegularization", l1: 0.1, l2: 0.2 });
  });

  it.each([
    ["conv", "conv1d: there is no Conv1D layer here."],
    ["lambda", "lambda: there is no Lambda layer here."],
    ["two branches", "right: dense is used twice"],
    ["two outputs", "is used twice"],
    ["dense on rows of rows", "wide: expected input [*, features]"],
    ["inverted normalization", "back: invert: true does not exist here."],
    ["embedding", "embedding: there is no Embedding layer here."],
  ])("is refused by name: %s", async (name, message) => {
    const file = torch.refused.find((one) => one.name === name) as Saved;
    const error = await readKeras(unpack(file.keras)).then(
      () => null,
      (thrown: unknown) => thrown as Error,
    );
    expect(error).toBeInstanceOf(FormatError);
    expect(error?.message).toContain(name.startsWith("two") ? "is used twice" : message);
    expect(error?.message).toMatch(/^readKeras: /);
  });
});

describe("a file of Keras 2", () => {
  const olds = read("keras2.json") as (Predicted & { h5: string })[];

  it.each(olds)("predicts as there: $name", async ({ name, h5, x, y }) => {
    const { model, notes } = await importKeras(unpack(h5), fresh);
    expect(worstDifference(model.predict(Float32Array.from(x)), y)).toBeLessThan(2e-6);
    const isTrained = name === "sequential";
    const note = "The memory of the optimizer is left out: it is kept in another form in Keras 2.";
    expect(notes).toEqual(isTrained ? [note] : []);
    expect(model.compiled?.optimizer ?? null).toEqual(
      isTrained ? expect.objectContaining({ type: "adam", learningRate: 0.0003 }) : null,
    );
    expect(model.layers.map(({ spec }) => spec.type)).toEqual([
      ...["dense", "rescaling", "activation", "batchNormalization", "activation", "dense"],
    ]);
    model.dispose();
  });
});

describe("training that Keras began", () => {
  const table = (values: number[], columns: number) =>
    Array.from({ length: values.length / columns }, (_, row) => values.slice(row * columns, (row + 1) * columns));
  const data = Dataset.from({ x: table(training.x, 4), y: table(training.y, 2) });

  const runs = training.models.flatMap((one) => [
    { ...one, title: one.name, bytes: unpack(one.keras) },
    ...(one.h5 ? [{ ...one, title: `${one.name}, .h5`, bytes: unpack(one.h5) }] : []),
  ]);

  it.each(runs)("goes on for 20 steps: $title", async ({ title, bytes, weights }) => {
    const { model, notes } = await importKeras(bytes, fresh);
    expect(notes).toEqual([]);
    await model.fit(data, { epochs: 20, batchSize: 12, shuffle: false });
    if (title.startsWith("average")) model.useAverages(false);
    const worst = model.getWeights().map(({ data }, i) => worstDifference(data, weights[i]));
    for (const one of worst) expect(one).toBeLessThan(1e-5);
    model.dispose();
  });
});
