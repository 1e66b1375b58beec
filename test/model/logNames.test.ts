// Names of metrics: which are taken, and that any other string works wherever logs go.
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  dense,
  earlyStopping,
  f1,
  type Logs,
  modelCheckpoint,
  OptionError,
  recall,
  Sequential,
} from "../../src/index.js";
import { csvLogger, modelCheckpoint as fileCheckpoint } from "../../src/node/index.js";
import { blobs, classifier } from "./models.js";

const data = blobs(12);

describe("compile rejects names that logs and history already hold", () => {
  it.each<[names: string[], key: string, of: string]>([
    [["epoch"], "epoch", "epoch"],
    [["step"], "step", "step"],
    [["loss"], "loss", "loss"],
    [["valLoss"], "valLoss", "loss"],
    [["f1", "f1"], "f1", "f1"],
    [["score", "valScore"], "valScore", "score"],
    [["valScore", "score"], "valScore", "valScore"],
    [["score", "Score"], "valScore", "score"],
    [["constructor", "constructor"], "constructor", "constructor"],
    [["__proto__", "val__proto__"], "val__proto__", "__proto__"],
  ])("%j", async (names, key, of) => {
    const model = await classifier();
    const metrics = names.map((name) => f1({ name }));
    const attempt = () => model.compile({ optimizer: "sgd", loss: "sparseCategoricalCrossentropy", metrics });
    expect(attempt).toThrow(OptionError);
    expect(attempt).toThrow(`compile: metrics: "${key}" is listed twice in the logs, for "${of}" and`);
    expect(attempt).toThrow("Choose another name; epoch, step and loss are taken.");
    expect(Object.keys(await model.evaluate(data))).toEqual(["loss", "accuracy"]);
  });
});

describe("every other name works", () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "simdgrad-"));
  });
  afterEach(() => rm(dir, { recursive: true }));

  const names = [
    ...["constructor", "__proto__", "toString", "hasOwnProperty", "valueOf", "then", "toJSON", "length"],
    ...["valid", "Val", "val", "value", "1", "ä", "😀", "a b", "F1, macro"],
  ];

  it.each(names)("%s", async (name) => {
    const model = await classifier({ metrics: ["f1", recall({ name })] });
    const plain = await classifier({ metrics: ["f1", recall({ name: "plain" })] });
    const twin = `val${name[0].toUpperCase()}${name.slice(1)}`;
    const seen: Logs[] = [];
    const files: Uint8Array<ArrayBuffer>[] = [];
    const options = { epochs: 2, batchSize: 5, validationData: data };
    const history = await model.fit(data, {
      ...options,
      callbacks: [
        { onBatchEnd: (_, logs) => void seen.push(logs()), onEpochEnd: (_, logs) => void seen.push(logs) },
        earlyStopping({ monitor: twin, patience: 5 }),
        csvLogger({ path: join(dir, "log.csv") }),
        fileCheckpoint({ path: join(dir, `{epoch}-{${name}:.3f}`) }),
        modelCheckpoint({ save: (bytes) => void files.push(bytes) }),
      ],
    });
    const expected = await plain.fit<"plain">(data, options);
    const own = (object: object) => Object.getOwnPropertyDescriptor(object, name)?.value;
    expect(own(history)).toEqual(expected.plain);
    expect(Object.getOwnPropertyDescriptor(history, twin)?.value).toEqual(expected.valPlain);
    expect(Object.keys(history).sort()).toEqual(["epoch", "loss", "f1", name, "valLoss", "valF1", twin].sort());
    expect(seen.filter((logs) => typeof own(logs) === "number")).toHaveLength(8);
    expect(own({ ...history })).toEqual(expected.plain);
    expect(own(JSON.parse(JSON.stringify(history)))).toEqual(expected.plain);
    expect(own(structuredClone(history))).toEqual(expected.plain);
    expect(own(await model.evaluate(data))).toBe((await plain.evaluate<"plain">(data)).plain);
    expect(own(await model.trainOnBatch(data))).toBe((await plain.trainOnBatch<"plain">(data)).plain);
    const [header] = (await readFile(join(dir, "log.csv"), "utf8")).split("\n");
    expect(header).toContain(name.includes(",") ? `"${name}"` : name);
    const file = await readFile(join(dir, `2-${expected.plain[1].toFixed(3)}`));
    expect(file.length).toBeGreaterThan(0);
    for await (const log of model.train(data, { epochs: 1 })) expect(typeof own(log)).toBe("number");
    await expect(Sequential.load(files[1])).resolves.toBeInstanceOf(Sequential);
  });
});

it("an enumerable extension of Object.prototype is not a log", async () => {
  const extended = Object.prototype as unknown as Record<string, unknown>;
  const before = await (await classifier()).fit(data, { epochs: 2, validationData: data });
  extended.tap = () => {};
  extended.valTap = 3;
  try {
    const callbacks = [earlyStopping({ patience: 3 })];
    const model = await classifier();
    const history = await model.fit(data, { epochs: 2, validationData: data, callbacks });
    expect(Object.entries(history)).toEqual(Object.entries(before));
    expect(Object.keys(await model.evaluate(data))).toEqual(["loss", "accuracy"]);
    const attempt = model.fit(data, { callbacks: [earlyStopping({ monitor: "valTap", mode: "max" })] });
    await expect(attempt).rejects.toThrow(/nothing is called "valTap"/);
  } finally {
    delete extended.tap;
    delete extended.valTap;
  }
});

it("a checkpoint of an epoch with a number that is not defined can be loaded and trained on", async () => {
  const layers = [dense({ units: 1, activation: "sigmoid" })];
  const model = await Sequential.create({ inputShape: [1], layers });
  model.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics: ["auc"] });
  const ones = { x: [0, 1], y: [1, 1] };
  const files: Uint8Array<ArrayBuffer>[] = [];
  const told: Logs[] = [];
  const listener = { onEpochEnd: (_: number, logs: Logs) => void told.push(logs) };
  const save = (bytes: Uint8Array<ArrayBuffer>) => void files.push(bytes);
  await model.fit(ones, { epochs: 2, callbacks: [modelCheckpoint({ save }), listener] });
  const loaded = await Sequential.load(files[0]);
  await loaded.fit(ones, { epochs: 2, callbacks: [modelCheckpoint({ save }), listener], resume: true });
  expect(told.map(({ auc }) => auc)).toEqual([NaN, NaN, NaN, NaN]);
  expect(told[2]).toEqual(told[0]);
  expect(told[3]).toEqual(told[1]);
});
