// The optimizers that run in TypeScript, with what surrounds an update: clipping, penalties, frozen layers, exclusions.
import { describe, expect, it } from "vitest";
import { dense, l2, type OptimizerSpec, Sequential, type Weight } from "../../src/index.js";
import { resolveOptimizer } from "../../src/specs/optimizers/facts.js";
import { moreOptimizers } from "../../src/specs/optimizers/more.js";
import { blobs } from "./models.js";

const data = blobs(24);
const names = Object.keys(moreOptimizers);

async function trained(options: object, layer: object = {}, factor = 1): Promise<[Weight[], Weight[]]> {
  const hidden = dense({ units: 11, activation: "tanh", ...layer });
  const layers = [hidden, dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 1, backend: "reference" });
  const optimizer = resolveOptimizer("test", { learningRate: 0.01, ...options }) as OptimizerSpec;
  const sampleWeight = new Array(data.length).fill(factor);
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
  const before = model.getWeights();
  for (let step = 0; step < 3; step++) await model.trainOnBatch({ x: data.x, y: data.y, sampleWeight });
  const after = model.getWeights();
  model.dispose();
  return [before, after];
}

const values = (weights: readonly Weight[], part = "") => {
  return weights.filter(({ name }) => name.includes(part)).flatMap(({ data: numbers }) => [...numbers]);
};

describe.each(names)("%s", (type) => {
  it("leaves frozen layers as they are, and trains the others", async () => {
    const [before, after] = await trained({ type }, { trainable: false });
    const [frozen] = before;
    const layer = frozen.name.split("/")[0];
    expect(values(after, layer)).toEqual(values(before, layer));
    expect(values(after)).not.toEqual(values(before));
  });

  it("adds an L2 penalty to the gradients", async () => {
    const [, plain] = await trained({ type });
    const [, penalized] = await trained({ type }, { kernelRegularizer: l2(0.5) });
    expect(values(penalized, "kernel")).not.toEqual(values(plain, "kernel"));
  });

  it.each([{ clipNorm: 1e-3 }, { globalClipNorm: 1e-3 }])(
    "clips gradients to a length, whatever theirs was: %o",
    async (clip) => {
      // Powers of two scale gradients without rounding; both are far above the limit.
      const [[, one], [, other]] = [await trained({ type, ...clip }), await trained({ type, ...clip }, {}, 4)];
      expect(values(other)).toBeAllClose(values(one), { rtol: 1e-3, atol: 1e-5 });
      expect(values(one)).not.toEqual(values((await trained({ type, ...clip }))[0]));
    },
  );

  it("clips elements, of which rprop sees the signs only", async () => {
    const [, one] = await trained({ type, clipValue: 1e-6 });
    const [, other] = await trained({ type });
    if (type === "rprop") expect(values(one)).toEqual(values(other));
    else expect(values(one)).not.toEqual(values(other));
  });

  it("decays all weights but those that are excluded", async () => {
    const result = async (options: object) => values((await trained({ type, ...options }))[1]);
    const [none, all] = [await result({ weightDecay: 0 }), await result({ weightDecay: 0.5 })];
    const some = await result({ weightDecay: 0.5, excludeFromWeightDecay: ["dense_1/kernel"] });
    expect(all).not.toEqual(none);
    expect(some).not.toEqual(all);
    expect(some).not.toEqual(none);
    const excluded = await result({ weightDecay: 0.5, excludeFromWeightDecay: ["kernel", "bias"] });
    expect(excluded).toBeAllClose(none, { rtol: 1e-6, atol: 1e-7 });
  });
});
