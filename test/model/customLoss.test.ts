// Losses that callers write: against the built-in losses of the same formula, and what their results may be.
import { describe, expect, it } from "vitest";
import {
  checkGradients,
  customLoss,
  type Data,
  dense,
  FormatError,
  type LossFunction,
  type LossSpec,
  NonFiniteError,
  OptionError,
  Sequential,
  ShapeError,
} from "../../src/index.js";
import squared, { together } from "../support/myLosses.js";
import { uniforms } from "../support/tensors.js";
import { runtimes } from "./runtimes.js";

const ROWS = 12;
const x = uniforms(ROWS * 3, 1, -2, 2);
const numbers = uniforms(ROWS * 2, 2, -1, 1);
const oneHot = Float32Array.from({ length: ROWS * 2 }, (_, i) => Number(i % 4 === 0 || i % 4 === 3));
const sampleWeight = uniforms(ROWS, 3, 0, 2);

/** Σ −t ln p, by hand. */
const entropy: LossFunction = (targets, predictions, { rows, columns }) => {
  const loss = new Float64Array(rows);
  const gradient = new Float64Array(rows * columns);
  predictions.forEach((p, i) => {
    if (targets[i] === 0) return;
    loss[Math.floor(i / columns)] -= targets[i] * Math.log(p);
    gradient[i] = -targets[i] / p;
  });
  return { loss, gradient };
};

async function modelOf(
  loss: LossSpec | "mse" | "categoricalCrossentropy",
  { activation = "linear", optimizer = "adam", ...runtime }: Record<string, unknown> = {},
) {
  const layers = [dense({ units: 4, activation: "tanh" }), dense({ units: 2, activation: activation as "linear" })];
  const model = await Sequential.create({ inputShape: [3], layers, seed: 4, ...runtime });
  const metrics = activation === "softmax" ? (["accuracy"] as const) : (["mae"] as const);
  model.compile({ optimizer: optimizer as "adam", loss, metrics });
  return model;
}

const flat = (weights: readonly { data: Float32Array }[]) => weights.flatMap(({ data }) => [...data]);

describe.each(runtimes)("%s", (_, runtime) => {
  it("does what the built-in loss of that formula does", async () => {
    const own = await modelOf(customLoss({ compute: squared }), runtime);
    const built = await modelOf("mse", runtime);
    const data = { x, y: numbers, sampleWeight };
    const options = { epochs: 20, batchSize: 5, validationData: { x, y: numbers } };
    const [history, expected] = [await own.fit(data, options), await built.fit(data, options)];
    for (const name of ["loss", "mae", "valLoss", "valMae"] as const) {
      expect(history[name]).toBeAllClose(expected[name] as number[], { rtol: 1e-4, atol: 1e-5 });
    }
    expect(flat(own.getWeights())).toBeAllClose(flat(built.getWeights()), { rtol: 1e-3, atol: 1e-4 });
    const [result, wanted] = [await own.evaluate(data), await built.evaluate(data, { batchSize: 7 })];
    expect([result.loss]).toBeAllClose([wanted.loss], { rtol: 1e-4, atol: 1e-5 });
    const [step, other] = [await own.trainOnBatch(data), await built.trainOnBatch(data)];
    expect([step.loss]).toBeAllClose([other.loss], { rtol: 1e-4, atol: 1e-5 });
    expect(own.trace(data).rowLoss.data).toBeAllClose(built.trace(data).rowLoss.data, { rtol: 1e-3, atol: 1e-4 });
  });

  it("one number for the batch trains like a loss for each row", async () => {
    const [one, each] = await Promise.all(
      [together, squared].map((compute) => modelOf(customLoss({ compute }), runtime)),
    );
    const data = { x, y: numbers, sampleWeight: new Float32Array(ROWS).fill(0.5) };
    const [losses, expected] = [await one.fit(data, { epochs: 3 }), await each.fit(data, { epochs: 3 })];
    expect(losses.loss).toBeAllClose(expected.loss);
    expect((await checkGradients(one, data)).ok).toBe(true);
  });

  it("knows classes: accuracy, class weights and labels", async () => {
    const custom = customLoss({ name: "entropy", compute: entropy, targets: "oneHot" });
    const own = await modelOf(custom, { activation: "softmax", ...runtime });
    const built = await modelOf("categoricalCrossentropy", { activation: "softmax", ...runtime });
    const options = { epochs: 5, classWeight: { 0: 3, 1: 0.5 } };
    const [history, expected] = [await own.fit({ x, y: oneHot }, options), await built.fit({ x, y: oneHot }, options)];
    expect(history.loss).toBeAllClose(expected.loss, { rtol: 1e-4, atol: 1e-5 });
    expect(history.accuracy).toEqual(expected.accuracy);
    const ofLabels: LossFunction = (labels, predictions, batch) => {
      const targets = predictions.map((_, i) => Number(labels[Math.floor(i / 2)] === i % 2));
      return entropy(targets, predictions, batch);
    };
    const labelled = await modelOf(customLoss({ compute: ofLabels, targets: "labels" }), {
      activation: "softmax",
      ...runtime,
    });
    const y = Float32Array.from({ length: ROWS }, (_, row) => oneHot[2 * row + 1]);
    const again = await labelled.fit({ x, y }, options);
    expect(again.loss).toEqual(history.loss);
    expect(again.accuracy).toEqual(history.accuracy);
  });

  it("checkGradients finds a wrong gradient, and passes a right one", async () => {
    const data = { x, y: numbers, sampleWeight };
    const right = await modelOf(customLoss({ compute: squared }), runtime);
    const check = await checkGradients(right, data, { sample: "all" });
    expect(check.ok, String(check)).toBe(true);
    const twice: LossFunction = (targets, predictions, batch) => {
      const { loss, gradient } = squared(targets, predictions, batch);
      return { loss, gradient: gradient.map((slope) => 2 * slope) };
    };
    const wrong = await modelOf(customLoss({ compute: twice }), runtime);
    const found = await checkGradients(wrong, data);
    expect(found.ok).toBe(false);
    expect(found.worst.gradient / found.worst.slope).toBeCloseTo(2, 3);
  });

  it("L-BFGS minimizes it", async () => {
    const own = await modelOf(customLoss({ compute: squared }), { optimizer: "lbfgs", ...runtime });
    const built = await modelOf("mse", { optimizer: "lbfgs", ...runtime });
    const [history, expected] = [
      await own.fit({ x, y: numbers }, { epochs: 5 }),
      await built.fit({ x, y: numbers }, { epochs: 5 }),
    ];
    expect(history.loss).toBeAllClose(expected.loss, { rtol: 1e-2, atol: 1e-3 });
  });

  it("gets copies, and what it does to them has no effect", async () => {
    const seen: number[] = [];
    const greedy: LossFunction = (targets, predictions, batch) => {
      const result = squared(targets, predictions, batch);
      seen.push(batch.rows, batch.columns, batch.targetColumns, targets.length, predictions.length);
      predictions.fill(Number.NaN);
      targets.fill(Number.NaN);
      batch.sampleWeight.fill(Number.NaN);
      return result;
    };
    const [own, plain] = await Promise.all(
      [greedy, squared].map((compute) => modelOf(customLoss({ compute, name: "own" }), runtime)),
    );
    const data = { x, y: numbers, sampleWeight };
    const options = { epochs: 2, batchSize: 8 };
    expect(await own.fit(data, options)).toEqual(await plain.fit(data, options));
    expect(own.getWeights()).toEqual(plain.getWeights());
    expect(seen.slice(0, 10)).toEqual([8, 2, 2, 16, 16, 4, 2, 2, 8, 8]);
  });
});

it("gives the same bits for any number of threads", async () => {
  const layers = [dense({ units: 300, activation: "relu" }), dense({ units: 40 })];
  const data = { x: uniforms(256 * 64, 5), y: uniforms(256 * 40, 6) };
  const weights = [];
  for (const threads of [1, 3]) {
    const model = await Sequential.create({ inputShape: [64], layers, threads });
    model.compile({ optimizer: "adam", loss: customLoss({ compute: squared }) });
    await model.fit(data, { epochs: 2, batchSize: 128 });
    weights.push(model.getWeights());
    model.dispose();
  }
  expect(weights[1]).toEqual(weights[0]);
});

describe("results that do not fit", () => {
  const good = (t: Float64Array, p: Float64Array, batch: Parameters<LossFunction>[2]) => squared(t, p, batch);
  type Bad = [what: string, compute: unknown, type: new (...given: never[]) => Error, says: string | RegExp];
  const bad: readonly Bad[] = [
    ["nothing", () => {}, OptionError, 'customLoss "bad": expected { loss, gradient } from compute, got undefined'],
    ["null", () => null, OptionError, "got null"],
    ["a number", () => 3, OptionError, "got 3"],
    ["a promise", async () => ({ loss: 1, gradient: [] }), OptionError, "It must not be async"],
    ["no gradient", () => ({ loss: 1 }), OptionError, "expected { loss, gradient }"],
    ["no loss", () => ({ gradient: new Float64Array(24) }), OptionError, "expected { loss, gradient }"],
    ["a gradient of text", () => ({ loss: 1, gradient: "1" }), OptionError, "gradient: expected an array of numbers"],
    ["a gradient of null", () => ({ loss: 1, gradient: null }), OptionError, "gradient: expected an array of numbers"],
    ["bigints", () => ({ loss: 1, gradient: new BigInt64Array(24) }), OptionError, "expected an array of numbers"],
    ["a short gradient", () => ({ loss: 1, gradient: [1] }), ShapeError, "24 numbers, for 12 rows × 2 outputs, got 1"],
    ["a long gradient", () => ({ loss: 1, gradient: new Float64Array(25) }), ShapeError, "got 25"],
    [
      "a loss for each output",
      () => ({ loss: new Float64Array(24), gradient: new Float64Array(24) }),
      ShapeError,
      "loss: expected 12 numbers, for 12 rows, got 24",
    ],
    ["a loss of text", () => ({ loss: "1", gradient: new Float64Array(24) }), OptionError, "loss: expected an array"],
    [
      "a NaN gradient",
      (...given: Parameters<LossFunction>) => {
        const result = good(...given);
        result.gradient[5] = Number.NaN;
        return result;
      },
      NonFiniteError,
      'customLoss "bad": gradient: row 2, output 1: expected a finite number, got NaN',
    ],
    [
      "an infinite loss of a row",
      (...given: Parameters<LossFunction>) => {
        const result = good(...given);
        result.loss[3] = Number.POSITIVE_INFINITY;
        return result;
      },
      NonFiniteError,
      "loss: row 3: expected a finite number, got Infinity",
    ],
    [
      "a NaN loss of the batch",
      () => ({ loss: Number.NaN, gradient: new Float64Array(24) }),
      NonFiniteError,
      "loss: expected a finite number, got NaN",
    ],
    [
      "a hole",
      () => ({ loss: new Array(12), gradient: new Float64Array(24) }),
      OptionError,
      "loss: row 0: expected a finite number, got undefined",
    ],
    [
      "an error of its own",
      () => {
        throw new RangeError("mine");
      },
      RangeError,
      "mine",
    ],
  ];

  it.each(bad)("%s: the step is not taken, and the model goes on", async (_, compute, type, says) => {
    let isBad = false;
    const loss = customLoss({
      name: "bad",
      compute: (...given) => (isBad ? (compute as LossFunction)(...given) : squared(...given)),
    });
    const [model, untouched] = [await modelOf(loss), await modelOf(loss)];
    const data = { x, y: numbers };
    await model.fit(data, { batchSize: ROWS });
    await untouched.fit(data, { batchSize: ROWS });
    isBad = true;
    for (const attempt of [() => model.fit(data), () => model.trainOnBatch(data), () => model.evaluate(data)]) {
      await expect(attempt()).rejects.toThrow(type);
      await expect(attempt()).rejects.toThrow(says);
    }
    isBad = false;
    expect(model.getWeights()).toEqual(untouched.getWeights());
    await model.trainOnBatch(data);
    await untouched.trainOnBatch(data);
    expect(model.getWeights()).toEqual(untouched.getWeights());
  });

  it("weights of a loss that is one number", async () => {
    const model = await modelOf(customLoss({ compute: together }));
    const fit = model.fit(
      { x, y: numbers, sampleWeight: [1, 1, 3, ...new Array(ROWS - 3).fill(1)] },
      { shuffle: false },
    );
    await expect(fit).rejects.toThrow(OptionError);
    await expect(fit).rejects.toThrow(/one number for the batch has no weighted mean.* row 0 has 1, row 2 3/);
  });

  it.each<[string, LossSpec, Data, RegExp]>([
    ["a half", customLoss({ compute: squared, targets: "signs" }), { x, y: numbers }, /expects targets of -1 and 1/],
    ["a share of -1", customLoss({ compute: squared, targets: "probabilities" }), { x, y: numbers }, /from 0 to 1/],
    ["one target", customLoss({ compute: squared }), { x, y: numbers.slice(ROWS) }, /expected 2 targets per row/],
  ])("targets: %s", async (_, loss, data, message) => {
    await expect((await modelOf(loss)).fit(data)).rejects.toThrow(message);
  });
});

describe("files", () => {
  const loss = customLoss({ name: "squared", compute: squared });
  const data = { x, y: numbers };

  it("hold the name, and go on with the function", async () => {
    const model = await modelOf(loss);
    await model.fit(data, { epochs: 2 });
    const file = model.save();
    expect(new TextDecoder().decode(file)).toContain('\\"name\\":\\"squared\\"');
    const again = await Sequential.load(file, { loss });
    expect(again.compiled?.loss).toEqual(loss);
    await model.fit(data, { epochs: 4, initialEpoch: 2 });
    await again.fit(data, { epochs: 4, initialEpoch: 2 });
    expect(again.getWeights()).toEqual(model.getWeights());
  });

  it.each<[string, object, new (...given: never[]) => Error, string]>([
    ["no loss", {}, OptionError, 'customLoss "squared", whose function is not in the file. Give it: Sequential.load('],
    ["a name", { loss: "mse" }, OptionError, 'Got "mse"'],
    ["a function", { loss: squared }, OptionError, "Got a function"],
    ["another name", { loss: customLoss({ compute: squared, name: "cubed" }) }, OptionError, 'got customLoss "cubed"'],
    [
      "other targets",
      { loss: customLoss({ compute: squared, name: "squared", targets: "signs" }) },
      OptionError,
      'got customLoss "squared" of type "customSigns"',
    ],
  ])("are not loaded with %s", async (_, options, type, says) => {
    const file = (await modelOf(loss)).save();
    await expect(Sequential.load(file, options)).rejects.toThrow(type);
    await expect(Sequential.load(file, options)).rejects.toThrow(says);
  });

  it("of other losses take none", async () => {
    const file = (await modelOf("mse")).save();
    await expect(Sequential.load(file, { loss })).rejects.toThrow("has no custom loss. Leave loss out");
    await expect(Sequential.load(new Uint8Array(9), { loss })).rejects.toThrow(FormatError);
  });
});

describe("workers", () => {
  const module = new URL("../support/myLosses.js", import.meta.url);
  const data = { x, y: numbers, sampleWeight };

  it.each([
    ["with the function", customLoss({ compute: squared, module })],
    ["with the module alone", customLoss({ module: module.href })],
  ])("import it: %s", async (_, loss) => {
    const here = await modelOf(customLoss({ compute: squared }));
    const there = await modelOf(loss, { worker: true });
    await there.compile({ optimizer: "adam", loss });
    here.compile({ optimizer: "adam", loss: customLoss({ compute: squared }) });
    expect(await there.fit(data, { epochs: 3 })).toEqual(await here.fit(data, { epochs: 3 }));
    expect(await there.getWeights()).toEqual(here.getWeights());
    const file = await there.save();
    const loaded = await Sequential.load(file, { loss, worker: true });
    expect(await loaded.evaluate(data)).toEqual(await here.evaluate(data));
    const local = await Sequential.load(file, { loss: customLoss({ compute: squared, name: "default" }) });
    expect(await local.evaluate(data)).toEqual(await here.evaluate(data));
    for (const model of [there, loaded]) await model.dispose();
  });

  it.each<[string, LossSpec, string | RegExp]>([
    ["a function alone", customLoss({ compute: squared }), /a function stays with the caller.* module: new URL\(/],
    ["no such module", customLoss({ module: new URL("./missing.js", module) }), /missing\.js" could not be imported/],
    ["no such export", customLoss({ module, name: "cubed" }), /exports .*"together".*: expected a function "cubed"/],
    ["another export", customLoss({ module, name: "notAFunction" }), /expected a function "notAFunction"/],
    ["an inherited name", customLoss({ module, name: "toString" }), /expected a function "toString"/],
  ])("refuse %s", async (_, loss, says) => {
    const model = await Sequential.create({ inputShape: [3], layers: [dense({ units: 2 })], worker: true });
    await expect(model.compile({ optimizer: "sgd", loss })).rejects.toThrow(OptionError);
    await expect(model.compile({ optimizer: "sgd", loss })).rejects.toThrow(says);
    model.dispose();
  });

  it("a module alone needs a worker", async () => {
    await expect(modelOf(customLoss({ module }))).rejects.toThrow(
      /has no function here.* only for a model with worker/,
    );
  });
});
