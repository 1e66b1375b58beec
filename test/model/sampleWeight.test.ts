// Effect of sample and class weights on loss and gradient, against numbers worked out by hand.
// All weights of the models are zero, so every output is 1/2 (sigmoid) or 1/3 (softmax), and every row's loss ln 2 or
// ln 3.
import { describe, expect, it, onTestFinished } from "vitest";
import {
  type Data,
  DataError,
  Dataset,
  type DenseSpec,
  dense,
  type Loss,
  pipeline,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
} from "../../src/index.js";
import { runtimes } from "./runtimes.js";

const LN2 = Math.LN2;
const LN3 = Math.log(3);
const x = [[1], [2], [3], [4]];

describe.each(runtimes)("%s", (_, runtime) => {
  async function zeroModel(loss: Loss, last: Pick<DenseSpec, "activation"> & { units: number }): Promise<Sequential> {
    const layers = [dense({ ...last, kernelInitializer: "zeros" })];
    const model = await Sequential.create({ inputShape: [1], layers, ...runtime });
    model.compile({ optimizer: sgd({ learningRate: 1 }), loss, metrics: ["accuracy"] });
    return model;
  }
  const binary = () => zeroModel("binaryCrossentropy", { units: 1, activation: { type: "sigmoid" } });
  const sparse = () => zeroModel("sparseCategoricalCrossentropy", { units: 3, activation: { type: "softmax" } });
  const oneHot = () => zeroModel("categoricalCrossentropy", { units: 3, activation: { type: "softmax" } });

  /** Fits one full batch: the loss before the step, and the bias after it, which is minus its gradient. */
  async function step(model: Sequential, data: Data, classWeight?: Record<number, number>) {
    const history = await model.fit(data, { ...(classWeight && { classWeight }), shuffle: false });
    return { loss: history.loss[0], accuracy: history.accuracy[0], bias: [...model.getWeights()[1].data] };
  }

  it("divides by the number of rows, not by the sum of weights", async () => {
    const y = [0, 1, 1, 0];
    const plain = await step(await binary(), { x, y });
    expect(plain.loss).toBeCloseTo(LN2, 6);
    expect(plain.bias).toEqual([0]); // mean of ½, -½, -½, ½
    const weighted = await step(await binary(), { x, y, sampleWeight: [1, 2, 0, 4] });
    expect(weighted.loss).toBeCloseTo((7 / 4) * LN2, 6);
    expect(weighted.bias).toEqual([-0.375]); // -(1·½ - 2·½ + 4·½) / 4
  });

  it("are named where training diverges by them, and the remedy helps", async () => {
    const y = [0, 0, 1, 1];
    const fit = async (sampleWeight: number[], classWeight = {}) =>
      (await binary()).fit({ x: [[10], [10], [-10], [-10]], y, sampleWeight }, { classWeight, epochs: 3 });
    const cause =
      "weights of rows are large: sampleWeight or classWeight reaches 3.00e+38. Divide all of them by their mean";
    const weights = [3e38, 0, 3e38, 3e38];
    await expect(fit(weights)).rejects.toThrow(cause);
    await expect(fit([1, 1, 1, 1], { 0: 3e38, 1: 3e38 })).rejects.toThrow(cause);
    await fit(weights.map((weight) => weight / (0.75 * 3e38)));
  });

  it("weights by class, times the sample's own weight", async () => {
    const y = [0, 1, 1, 0];
    const byClass = await step(await binary(), { x, y }, { 1: 3 });
    expect(byClass.loss).toBeCloseTo(2 * LN2, 6);
    expect(byClass.bias).toEqual([0.5]); // -(½ - 3·½ - 3·½ + ½) / 4
    const both = await step(await binary(), { x, y, sampleWeight: [1, 2, 0, 4] }, { 1: 3 });
    expect(both.loss).toBeCloseTo((11 / 4) * LN2, 6);
    expect(both.bias).toEqual([0.125]); // -(½ - 6·½ + 4·½) / 4
  });

  it("takes the class from a label or from a one-hot row", async () => {
    const labels = [0, 1, 2, 2];
    const rows = [
      [1, 0, 0],
      [0, 1, 0],
      [0, 0, 1],
      [0, 0, 1],
    ];
    const classWeight = { 0: 2, 2: 0.5 };
    const byLabel = await step(await sparse(), { x, y: labels }, classWeight);
    expect(byLabel.loss).toBeCloseTo(LN3, 6); // (2 + 1 + ½ + ½) / 4
    // -Σ w (1/3 - [label = c]) / 4 with Σ w = 4
    expect(byLabel.bias).toBeAllClose([2 / 4 - 1 / 3, 1 / 4 - 1 / 3, 1 / 4 - 1 / 3], { atol: 1e-7 });
    expect(await step(await oneHot(), { x, y: rows }, classWeight)).toEqual(byLabel);
  });

  it("leaves metrics unweighted, as in Keras", async () => {
    const { accuracy } = await step(await sparse(), { x, y: [0, 0, 0, 1], sampleWeight: [0, 0, 0, 9] }, { 1: 9 });
    expect(accuracy).toBe(0.75);
  });

  it("averages an epoch over its rows, whatever the batches", async () => {
    const model = await binary();
    model.compile({ optimizer: sgd({ learningRate: 0 }), loss: "binaryCrossentropy" });
    const data = { x, y: [0, 1, 1, 0], sampleWeight: [1, 2, 0, 4] };
    const { loss } = await model.fit(data, { batchSize: 3 }); // batches of 3 and 1
    expect(loss[0]).toBeCloseTo((7 / 4) * LN2, 6);
    expect((await model.evaluate(data)).loss).toBeCloseTo((7 / 4) * LN2, 6);
  });

  it("a weight of 0 is as if the row said nothing, a weight of 2 as if it came twice", async () => {
    const twice = await binary();
    const weighted = await binary();
    await twice.fit({ x: [[1], [2], [2], [3]], y: [0, 1, 1, 0] }, { shuffle: false });
    await weighted.fit({ x, y: [0, 1, 0, 1], sampleWeight: [1, 2, 1, 0] }, { shuffle: false });
    const [a, b] = [twice, weighted].map((model) => model.getWeights()[1].data[0]);
    expect(a).toBe(0); // -(½ - ½ - ½ + ½) / 4
    expect(b).toBe(0); // -(½ - 2·½ + ½) / 4
    expect(twice.getWeights()[0].data[0]).toBe(0); // -(½·1 - ½·2 - ½·2 + ½·3) / 4
    expect(weighted.getWeights()[0].data[0]).toBe(0); // -(½·1 - 2·½·2 + ½·3) / 4
  });
});

describe("rows that all weigh 0", () => {
  const y = [0, 1, 1, 0];
  const none = [0, 0, 0, 0];
  const idle: Data = { x, y, sampleWeight: none };
  const last: Data = { x, y, sampleWeight: [0, 0, 0, 1] };
  const ignoring = sparseCategoricalCrossentropy({ ignoreClass: 1 });
  const ignored: Data = { x, y: [1, 1, 1, 1] };
  const quiet = { onWarning: () => {} };

  async function modelOf(loss: Loss = "binaryCrossentropy", worker = false): Promise<Sequential> {
    const last =
      loss === "binaryCrossentropy"
        ? dense({ units: 1, activation: "sigmoid" })
        : dense({ units: 2, activation: "softmax" });
    const model = (await Sequential.create({ inputShape: [1], layers: [last], seed: 1, worker })) as Sequential;
    await model.compile({ optimizer: "adam", loss });
    onTestFinished(() => model.dispose());
    return model;
  }

  type Refused = [where: string, ends: string, attempt: () => Promise<unknown>];
  const refused: Refused[] = [
    ["fit", "sampleWeight", async () => (await modelOf()).fit(idle)],
    ["fit", "sampleWeight", async () => (await modelOf("binaryCrossentropy", true)).fit(idle)],
    [
      "fit",
      "sampleWeight or classWeight",
      async () => (await modelOf()).fit({ x, y }, { classWeight: { 0: 0, 1: 0 } }),
    ],
    ["fit", "sampleWeight or classWeight", async () => (await modelOf()).fit(last, { classWeight: { 0: 0 } })],
    ["fit", "sampleWeight or ignoreClass", async () => (await modelOf(ignoring)).fit(ignored)],
    [
      "fit",
      "sampleWeight or ignoreClass",
      async () => (await modelOf(ignoring)).fit({ x, y: [1, 1, 0, 1], sampleWeight: [1, 1, 0, 1] }),
    ],
    ["fit", "sampleWeight", async () => (await modelOf()).fit(() => [idle, idle])],
    [
      "fit",
      "sampleWeight or classWeight",
      async () => (await modelOf()).fit(pipeline(Dataset.from(last)).batch(2), { classWeight: { 0: 0 } }),
    ],
    ["fit: validationData", "sampleWeight", async () => (await modelOf()).fit(last, { validationData: idle })],
    ["fit: validationData", "sampleWeight", async () => (await modelOf()).fit(last, { validationData: () => [idle] })],
    [
      "fit: validationSplit",
      "sampleWeight",
      async () => (await modelOf()).fit({ x, y, sampleWeight: [1, 1, 1, 0] }, { validationSplit: 0.25, ...quiet }),
    ],
    ["fit", "sampleWeight", async () => (await modelOf()).fit(last, { validationSplit: 0.25, ...quiet })],
    ["evaluate", "sampleWeight", async () => (await modelOf()).evaluate(idle)],
    ["evaluate", "sampleWeight or ignoreClass", async () => (await modelOf(ignoring)).evaluate(ignored)],
    ["evaluate", "sampleWeight", async () => (await modelOf()).evaluate(() => [idle, idle])],
  ];
  it.each(refused)("%s: change %s", async (where, ends, attempt) => {
    const says = `${where}: expected at least one row with a weight above 0, got none. Change ${ends}.`;
    await expect(attempt()).rejects.toThrow(new DataError(says));
  });

  it("is no matter for some batches", async () => {
    const model = await modelOf();
    const fitted = await model.fit(() => [idle, last], { ...quiet, epochs: 2 });
    expect(fitted.loss.every((loss) => loss > 0)).toBe(true);
    expect((await model.evaluate(() => [idle, last])).loss).toBeGreaterThan(0);
  });

  it("is a warning for a first epoch of a longer pass", async () => {
    const warnings: string[] = [];
    const options = { stepsPerEpoch: 2, epochs: 2, onWarning: (warning: string) => warnings.push(warning) };
    await (await modelOf()).fit(() => [idle, idle, last], options);
    expect(warnings).toEqual([
      "fit: the first epoch: expected at least one row with a weight above 0, got none. Change sampleWeight.",
    ]);
  });
});
