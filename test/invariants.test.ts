// The promises: same seed, same bits; interrupted or not, same bits; no NaN ever reaches a weight.
import { describe, expect, it } from "vitest";
import {
  adam,
  dense,
  type Loss,
  NonFiniteError,
  type Optimizer,
  type RuntimeOptions,
  Sequential,
  sgd,
} from "../src/index.js";
import { blobs, classifier, fnv1a, stateOf, weightBytes } from "./model/models.js";
import { runtimes } from "./model/runtimes.js";
import { labels, uniforms } from "./support/tensors.js";

const optimizers: [name: string, optimizer: Optimizer][] = [
  ["sgd", sgd({ learningRate: 0.1 })],
  ["momentum", sgd({ learningRate: 0.05, momentum: 0.9, nesterov: true })],
  ["adam", adam({ learningRate: 0.01 })],
];

describe.each(runtimes)("%s", (_, runtime) => {
  it("same seed, same bits; another seed, others", async () => {
    const data = blobs(50);
    const trained = async (seed: number, shuffle = true) => {
      const model = await classifier({ ...runtime, seed });
      const first = stateOf(model);
      await model.fit(data, { epochs: 3, batchSize: 8, shuffle });
      return [first, stateOf(model)];
    };
    const [one, again, other, unshuffled] = [
      await trained(1),
      await trained(1),
      await trained(2),
      await trained(1, false),
    ];
    expect(again).toEqual(one);
    expect(other[0]).not.toBe(one[0]);
    expect(other[1]).not.toBe(one[1]);
    expect(unshuffled[0]).toBe(one[0]);
    expect(unshuffled[1]).not.toBe(one[1]);
  });

  it("each epoch has an order of its own", async () => {
    // With learning rate 0 only the order of rows can change the running means.
    const model = await classifier({ ...runtime, optimizer: sgd({ learningRate: 0 }) });
    const means: number[] = [];
    const onBatchEnd = ({ step }: { step: number }, logs: () => Readonly<Record<string, number>>) => {
      if (step === 0) means.push(logs().loss);
    };
    await model.fit(blobs(60), { epochs: 4, batchSize: 10, callbacks: [{ onBatchEnd }] });
    expect(new Set(means).size).toBe(4);
  });

  it.each(optimizers)("3 epochs, save, load, 2 more are 5 epochs: %s", async (_, optimizer) => {
    const data = blobs(50);
    const whole = await classifier({ ...runtime, optimizer });
    const history = await whole.fit(data, { epochs: 5, batchSize: 8 });
    const first = await classifier({ ...runtime, optimizer });
    await first.fit(data, { epochs: 3, batchSize: 8 });
    const second = await Sequential.load(first.save(), runtime);
    expect(stateOf(second)).toBe(stateOf(first));
    const rest = await second.fit(data, { epochs: 5, initialEpoch: 3, batchSize: 8 });
    expect(weightBytes(second)).toEqual(weightBytes(whole));
    expect(stateOf(second)).toBe(stateOf(whole)); // the optimizer's memory and the progress, too
    expect(rest).toEqual(Object.fromEntries(Object.entries(history).map(([key, values]) => [key, values.slice(3)])));
    expect(stateOf(first)).not.toBe(stateOf(whole));
  });

  it("a loaded model predicts the same bits, compiled or not", async () => {
    const data = blobs(20);
    const model = await classifier(runtime);
    await model.fit(data);
    expect((await Sequential.load(model.save(), runtime)).predict(data.x)).toEqual(model.predict(data.x));
    const layers = [dense({ units: 3, activation: "softmax" })];
    const plain = await Sequential.create({ inputShape: [2], layers, ...runtime });
    const loaded = await Sequential.load(plain.save(), runtime);
    expect(loaded.predict(data.x)).toEqual(plain.predict(data.x));
    await expect(loaded.fit(data)).rejects.toThrow(/call compile/);
  });
});

it("a model resumes in another backend, within rounding", async () => {
  const data = blobs(50);
  const model = await classifier();
  await model.fit(data, { epochs: 2 });
  const loaded = await Sequential.load(model.save(), { backend: "reference" });
  await model.fit(data, { epochs: 2 });
  await loaded.fit(data, { epochs: 2 });
  expect(loaded.predict(data.x)).toBeAllClose(model.predict(data.x), { rtol: 1e-5, atol: 1e-5 });
});

describe("the strict variant gives these very bits in every engine", () => {
  /** A change of these is a breaking change: it needs a major version, and a line in the changelog. */
  const promised: [name: string, optimizer: Optimizer, loss: Loss, hash: string][] = [
    ["sgd with momentum", sgd({ learningRate: 0.05, momentum: 0.9 }), "sparseCategoricalCrossentropy", "f24e0038"],
    ["adam", adam({ learningRate: 0.01 }), "sparseCategoricalCrossentropy", "f6610e62"],
    ["adam as in PyTorch", adam({ learningRate: 0.01, compat: "torch" }), "meanSquaredError", "51db4842"],
  ];

  it.each(promised)("%s", async (_, optimizer, loss, hash) => {
    const layers = [
      dense({ units: 33, activation: "tanh" }),
      dense({ units: 12, activation: "elu", kernelInitializer: "heNormal" }),
      dense({ units: 9, activation: "sigmoid" }),
      dense({ units: 8, activation: "relu" }),
      dense({ units: 3, activation: "softmax" }),
    ];
    const model = await Sequential.create({ inputShape: [37], layers, seed: 42, backend: "wasm" });
    model.compile({ optimizer, loss });
    const x = uniforms(101 * 37, 1, -2, 2);
    const y = loss === "meanSquaredError" ? uniforms(101 * 3, 2, 0, 1) : labels(101, 3, 2);
    await model.fit({ x, y }, { epochs: 20, batchSize: 16 });
    expect(fnv1a(weightBytes(model))).toBe(hash);
  });
});

describe.each(runtimes)("what is not finite, on %s", (_, runtime) => {
  const x = [
    [0.5, 1],
    [-1, 0.25],
    [2, -0.5],
    [0.1, 0.2],
  ];
  const y = [1, -1, 0.5, 2];

  async function regression(learningRate: number): Promise<Sequential> {
    const layers = [dense({ units: 4 }), dense({ units: 1 })];
    const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...runtime });
    model.compile({ optimizer: sgd({ learningRate }), loss: "meanSquaredError" });
    return model;
  }

  async function failure(fitted: Promise<unknown>): Promise<NonFiniteError> {
    const error = await fitted.then(
      () => null,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(NonFiniteError);
    return error as NonFiniteError;
  }

  /** Finite, and it predicts and evaluates as a new model with these weights does: nothing is left of the failure. */
  async function checkUsable(model: Sequential): Promise<void> {
    for (const { data } of model.getWeights()) expect(data.every(Number.isFinite)).toBe(true);
    const fresh = await regression(0.01);
    fresh.setWeights(model.getWeights());
    expect(
      model.predict([
        [5, 7],
        [1, 1],
      ]),
    ).toEqual(
      fresh.predict([
        [5, 7],
        [1, 1],
      ]),
    );
  }

  it("a learning rate that is too high: stops in time, and says where and why", async () => {
    const model = await regression(3);
    let steps = 0;
    const callbacks = [{ onBatchEnd: () => steps++ }];
    const error = await failure(model.fit({ x, y }, { epochs: 100, batchSize: 2, callbacks }));
    const { epoch, step, tensor, cause } = error.details ?? expect.fail("no details");
    expect(steps).toBe(epoch * 2 + step);
    expect(epoch).toBeGreaterThan(0);
    expect(tensor).toMatch(/^dense_[12]\/h$|weights|gradient/);
    expect(cause).toMatch(
      /^the learning rate 3 is too high\. Try 0\.01, .*\. Begin with a new model: dense_\d\/\w+ has /,
    );
    expect(error.message).toContain(`epoch ${epoch}, step ${step}`);
    expect(error.message).toContain(cause);
    await checkUsable(model);
    const { loss } = await (await regression(0.01)).fit({ x, y }, { epochs: 20 });
    expect(loss[19]).toBeLessThan(loss[0]);
  });

  it.each([
    // Column 1 has a mean of squares of 5000: a linear unit diverges from a rate of 2 / (2 · 5000) on.
    {
      learningRate: 0.01,
      remedy: /^inputs are not scaled: column 1 .* 100\. Scale x to about -1 to 1\. Begin with a new/,
    },
    { learningRate: 100, remedy: /Scale x to about -1 to 1\. Lower the learning rate from 100 to 0\.01\. Begin/ },
  ])("columns of different width, learning rate $learningRate: the remedy trains", async ({ learningRate, remedy }) => {
    const wide = Array.from({ length: 40 }, (_, i) => [Math.cos(i), 100 * Math.cos(2 * i)]);
    const targets = wide.map(([a, b]) => a - b / 50);
    const { details } = await failure((await regression(learningRate)).fit({ x: wide, y: targets }, { epochs: 50 }));
    expect(details?.cause).toMatch(remedy);
    const scaled = wide.map(([a, b]) => [a, b / 100]);
    const { loss } = await (await regression(0.01)).fit({ x: scaled, y: targets }, { epochs: 200 });
    expect(loss[199]).toBeLessThan(0.01 * loss[0]);
  });

  it("an infinite loss leaves the weights of the last step", async () => {
    const [model, alone] = [await regression(3), await regression(3)];
    let steps = 0;
    const { details } = await failure(
      model.fit({ x, y }, { epochs: 100, callbacks: [{ onBatchEnd: () => steps++ }], shuffle: false }),
    );
    expect(details?.tensor).toMatch(/^dense_\d\/h$|^loss$/);
    for (let step = 0; step < steps; step++) await alone.trainOnBatch({ x, y });
    expect(model.getWeights()).toEqual(alone.getWeights());
  });

  it("inputs that are not scaled: names the column", async () => {
    const model = await regression(0.01);
    const before = model.getWeights();
    const { details } = await failure(model.fit({ x: [...x, [1, 1e30]], y: [...y, 0] }, { shuffle: false }));
    expect(details).toMatchObject({ epoch: 0, step: 0 });
    expect(details?.cause).toMatch(/inputs are not scaled: column 1 of x reaches 1\.00e\+30\. Scale x/);
    expect(model.getWeights()).toEqual(before);
    await checkUsable(model);
    await model.fit({ x, y }, { epochs: 2 });
  });

  it("targets that are not scaled", async () => {
    const model = await regression(0.01);
    const { details } = await failure(model.fit({ x, y: [1, 2, 3, -1e30] }));
    expect(details?.cause).toMatch(/targets are not scaled: y reaches -1\.00e\+30\. Scale y/);
    await checkUsable(model);
    await model.fit({ x, y });
  });

  it("an update beyond the range of float32, by either optimizer", async () => {
    const model = await regression(1e38);
    const first = await failure(model.fit({ x: [[10, 10]], y: [9] }));
    expect(first.message).toMatch(/epoch 0, step 0: an update is not finite.*learning rate 1e\+38 is too high/);
    await checkUsable(model);
    for (const optimizer of [adam({ learningRate: 3e38 }), sgd({ learningRate: 3e38, momentum: 0.9 })]) {
      const other = await regression(0.01);
      other.compile({ optimizer, loss: "meanSquaredError" });
      await failure(other.fit({ x, y }, { epochs: 3 }));
      await checkUsable(other);
    }
  });

  it("evaluate and validation reject a loss that is not finite instead of averaging it", async () => {
    const model = await regression(0.01);
    const wild = {
      x: [
        [1, 1],
        [1e30, 1],
      ],
      y: [1, 1],
    };
    await expect(model.evaluate(wild, { batchSize: 1 })).rejects.toThrow(/evaluate: the loss of the rows from 1 on/);
    await expect(model.evaluate(wild)).rejects.toThrow(NonFiniteError);
    await failure(model.fit({ x, y }, { validationData: wild }));
    await checkUsable(model);
    expect((await model.evaluate({ x, y })).loss).toBeGreaterThan(0);
  });

  it("huge logits are not a problem where the loss is fused", async () => {
    const layers = [dense({ units: 3, activation: "softmax", kernelInitializer: "ones" })];
    const options: RuntimeOptions = runtime;
    const model = await Sequential.create({ inputShape: [3], layers, ...options });
    model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
    model.setWeights([
      { name: "dense_1/kernel", shape: [3, 3], data: [1e4, 0, 0, 0, 1e4, 0, 0, 0, 1e4] },
      { name: "dense_1/bias", shape: [3], data: [0, 0, 0] },
    ]);
    const { loss } = await model.evaluate({
      x: [
        [1, 0, 0],
        [0, 1, 0],
      ],
      y: [0, 2],
    });
    expect(loss).toBe(5000); // (0 + 10 000) / 2
    await model.fit(
      {
        x: [
          [1, 0, 0],
          [0, 1, 0],
        ],
        y: [0, 2],
      },
      { epochs: 5 },
    );
    expect([...model.predict([[1, 0, 0]])]).toEqual([1, 0, 0]);
  });
});
