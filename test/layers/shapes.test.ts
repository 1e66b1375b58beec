// flatten and reshape: only shapes, so a model with them has the numbers of the one without.
import { describe, expect, it } from "vitest";
import {
  activation,
  dense,
  flatten,
  type LayerSpec,
  type Numbers,
  OptionError,
  reshape,
  Sequential,
  ShapeError,
} from "../../src/index.js";
import { weightBytes } from "../model/models.js";
import { runtimes } from "../model/runtimes.js";
import { uniforms } from "../support/tensors.js";

const flat = uniforms(40 * 12, 1);
const y = Array.from({ length: 40 }, (_, row) => [flat[12 * row] - flat[12 * row + 11], flat[12 * row + 5]]);
const head: LayerSpec[] = [dense({ units: 12, activation: "tanh" }), dense({ units: 2 })];

/** The same numbers as images of 3 × 4. */
function nested(): number[][][] {
  return Array.from({ length: 40 }, (_, row) =>
    Array.from({ length: 3 }, (_, i) => [...flat.subarray(12 * row + 4 * i, 12 * row + 4 * i + 4)]),
  );
}

describe.each(runtimes)("%s", (_, runtime) => {
  async function train(inputShape: number[], layers: LayerSpec[], x: Numbers): Promise<Sequential> {
    const model = await Sequential.create({ inputShape, layers, seed: 3, ...runtime });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await model.fit({ x, y }, { epochs: 3, batchSize: 16 });
    return model;
  }

  it("flatten and reshape change no number, wherever they stand", async () => {
    const plain = await train([12], head, flat);
    const shaped = await train([3, 4], [flatten(), head[0], reshape([4, -1]), flatten(), head[1]], nested());
    expect(weightBytes(shaped)).toEqual(weightBytes(plain));
    expect(shaped.predict(nested())).toEqual(plain.predict(flat));
    expect(shaped.layers.map(({ outputShape }) => outputShape)).toEqual([[12], [12], [4, 3], [12], [2]]);
    const trace = shaped.trace({ x: nested(), y });
    expect(trace["dense_1/dKernel"].data).toEqual(plain.trace({ x: flat, y })["dense_1/dKernel"].data);
  });

  it("a model may end in a shape, and saving keeps it", async () => {
    const model = await train([3, 4], [activation("tanh"), flatten(), head[1], reshape([2, 1])], flat);
    const loaded = await Sequential.load(model.save(), runtime);
    expect(loaded.layers.map(({ spec }) => spec)).toEqual(model.layers.map(({ spec }) => spec));
    expect(loaded.predict(flat)).toEqual(model.predict(flat));
  });
});

it.each([
  ["dense on images", [3, 4], [dense({ units: 1 })], "dense_1: expected input [*, features], got [*, 3, 4]"],
  ["softmax on images", [3, 4], [activation("softmax"), flatten(), head[1]], "activation_1: expected input"],
  ["another size", [12], [reshape([5, 2]), flatten(), head[1]], "reshape_1: expected rows of [5, 2], got [*, 12]"],
  ["no whole rest", [12], [reshape([5, -1]), flatten(), head[1]], "reshape_1: expected rows of [5, -1]"],
] as [string, number[], LayerSpec[], string][])("rejects %s", async (_, inputShape, layers, says) => {
  const attempt = Sequential.create({ inputShape, layers });
  await expect(attempt).rejects.toThrow(says);
  await expect(attempt).rejects.toBeInstanceOf(ShapeError);
});

it.each([
  ["no shape", () => reshape(undefined as never), "the shape of one row"],
  ["an empty shape", () => reshape([]), "the shape of one row"],
  ["a number", () => reshape(4 as never), "got 4"],
  ["a fraction", () => reshape([1.5]), "reshape: shape[0]"],
  ["zero", () => reshape([4, 0]), "no dimension may be 0"],
  ["two unknowns", () => reshape([-1, -1]), "only one dimension"],
  ["below -1", () => reshape([-2]), ">= -1"],
  ["an unknown option", () => reshape([2], { nmae: "x" } as never), '"name"'],
  ["an unknown option of flatten", () => flatten({ shape: [2] } as never), '"shape"'],
])("rejects %s", (_, attempt, says) => {
  expect(attempt).toThrow(OptionError);
  expect(attempt).toThrow(says);
});
