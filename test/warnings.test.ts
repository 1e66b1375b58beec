// A receiver of warnings may be async: calls that return a promise wait for it, and its error is theirs. Functions whose
// results are used at once may not be: the error says so, and it is the only one.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { onceEach } from "../src/bullmq/errors.js";
import { parseCsv } from "../src/csv/index.js";
import { MLPRegressor, transformedTargetRegressor } from "../src/estimators/index.js";
import {
  customLoss,
  customMetric,
  dense,
  fromTable,
  learningRateScheduler,
  Sequential,
  tableEncoder,
} from "../src/index.js";
import { exportBrain, portableOf, writeBrain } from "../src/interop/brain/index.js";
import { exportC, exportModule, exportPage } from "../src/interop/code/index.js";
import { compact } from "../src/interop/compact/index.js";
import { exportKeras, writeKeras } from "../src/interop/keras/index.js";
import { exportOnnx, writeOnnx } from "../src/interop/onnx/index.js";
import { exportSklearn, writeSklearn } from "../src/interop/sklearn/index.js";
import { exportTfjs, writeTfjs } from "../src/interop/tfjs/index.js";
import { exportTorch, writeTorch } from "../src/interop/torch/index.js";
import { readCsv } from "../src/node/index.js";
import { gridSearch, randomSearch } from "../src/search/index.js";
import { TableModel } from "../src/table/index.js";
import { makePlan, openPlan, writePlan } from "../src/tasks/index.js";

type Tell = (message: string) => unknown;
const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const folder = mkdtempSync(join(tmpdir(), "simdgrad-warnings-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const doubtful = "a,a,y\n1,2,no\n3,4,yes\n";
writeFileSync(join(folder, "rows.csv"), doubtful);
const times = Array.from({ length: 16 }, (_, i) => [1.7e12 + i]);
const y = times.map((_, i) => [i / 16]);
const people = Array.from({ length: 60 }, (_, i) => ({
  age: i === 7 ? "unknown" : i % 20,
  old: i % 20 < 10 ? "no" : "yes",
}));
const table = { target: "old", trials: 1, members: 1, epochs: 1 } as const;

async function netOf(worker = false) {
  const layers = [dense({ units: 3, activation: "tanh" }), dense({ units: 1 })];
  const model = await Sequential.create({ inputShape: [1], layers, seed: 1, threads: 1, worker });
  await model.compile({ optimizer: "lion", loss: "meanSquaredError", metrics: ["concordanceCorrelation"] });
  return model as Sequential;
}

const calls: Record<string, (onWarning: Tell) => Promise<unknown>> = {
  "fit, about the last layer": async (onWarning) => {
    const model = await netOf();
    model.compile({ optimizer: "sgd", loss: "binaryCrossentropy" });
    return model.fit({ x: [[1]], y: [[1]] }, { onWarning });
  },
  "fit, about sorted labels": async (onWarning) => {
    const model = await netOf();
    model.compile({ optimizer: "sgd", loss: "hinge" });
    const rows = { x: times.map((_, i) => [i]), y: times.map((_, i) => [i < 8 ? -1 : 1]) };
    return model.fit(rows, { onWarning, validationSplit: 0.25 });
  },
  "fit, about rows in float32": async (onWarning) => (await netOf()).fit({ x: times, y }, { onWarning }),
  "fit, about batches in float32": async (onWarning) => (await netOf()).fit(() => [{ x: times, y }], { onWarning }),
  "fit in a worker": async (onWarning) => (await netOf(true)).fit({ x: times, y }, { onWarning }),
  "fit in a worker, of which the end is told first": async (onWarning) =>
    (await netOf(true)).fit({ x: times, y }, { onWarning: (message) => sleep(100).then(() => onWarning(message)) }),
  parseCsv: (onWarning) => parseCsv(doubtful, { onWarning }),
  readCsv: (onWarning) => readCsv(join(folder, "rows.csv"), { onWarning }),
  "TableModel.train": (onWarning) => TableModel.train(people, { ...table, onWarning }),
  makePlan: (onWarning) =>
    makePlan(randomSearch, people, {
      ...{ estimator: "classifier", space: { alpha: [1e-4, 1e-2] }, trials: 2, folds: 2 },
      ...{ table: { target: "old" }, onWarning },
    } as never),
  "Plan.run and Plan.gather": async (onWarning) => {
    const path = join(folder, "plan.json");
    const grid = { alpha: [1e-4, 1e-2] };
    await writePlan(
      path,
      gridSearch,
      { x: y, y },
      { estimator: "regressor", grid, folds: 2, options: { maxEpochs: 1 } },
    );
    const [quiet, plan] = await Promise.all([openPlan(path), openPlan(path, { onWarning })]);
    const out = { out: join(folder, "results") };
    writeFileSync((await quiet.run(0, out)).file, "{");
    await expect(plan.run(0, out)).rejects.toThrow("nobody listens");
    return plan.gather(out).finally(() => [quiet, plan].map((each) => each.close()));
  },
  "MLPRegressor.fit": (onWarning) => new MLPRegressor({ maxEpochs: 1, onWarning }).fit({ x: y, y }),
  "TransformedTargetRegressor.fit": (onWarning) =>
    transformedTargetRegressor({
      regressor: new MLPRegressor({ maxEpochs: 1, onWarning: () => {} }),
      ...{ func: (value: number) => value + 1, inverseFunc: (value: number) => value, onWarning },
    }).fit({ x: y, y }),
  exportBrain: async (onWarning) => {
    const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1, activation: "tanh" })] });
    model.compile({ optimizer: "sgd", loss: "mse" });
    return exportBrain(model, { onWarning });
  },
  exportC: async (onWarning) => exportC(await netOf(), { onWarning }),
  exportModule: async (onWarning) => exportModule(await netOf(), { onWarning }),
  exportPage: async (onWarning) => exportPage(await netOf(), { onWarning }),
  compact: async (onWarning) => compact(await netOf(), { weights: "float16", onWarning }),
  exportKeras: async (onWarning) => {
    const model = await netOf();
    model.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics: ["balancedAccuracy"] });
    return exportKeras(model, { onWarning });
  },
  exportOnnx: async (onWarning) => exportOnnx(await netOf(), { onWarning }),
  exportSklearn: async (onWarning) => exportSklearn(await netOf(), { onWarning }),
  exportTfjs: async (onWarning) => exportTfjs(await netOf(), { onWarning }),
  writeKeras: async (onWarning) => {
    const model = await netOf();
    model.compile({ optimizer: "sgd", loss: "binaryCrossentropy", metrics: ["balancedAccuracy"] });
    return writeKeras(await portableOf(model.save()), { onWarning });
  },
  exportTorch: async (onWarning) => exportTorch(await netOf(), { onWarning }),
};

describe("a warning whose receiver rejects is the error of", () => {
  it.each(Object.entries(calls))("%s", async (_, call) => {
    const told: string[] = [];
    const result = call(async (message) => {
      told.push(message);
      await sleep(2);
      throw new RangeError("nobody listens");
    });
    const error = await result.then(
      () => "nothing",
      (reason: Error) => reason.message,
    );
    expect({ told: told.length > 0, error }).toEqual({ told: true, error: "nobody listens" });
  });
});

describe("where no call waits, the console is told of the error, and no rejection is left:", () => {
  const plain = async (activation: "tanh" | "linear" = "linear") => {
    const layers = [dense({ units: 1, activation })];
    const model = await Sequential.create({ inputShape: [1], layers, seed: 1, threads: 1 });
    model.compile({ optimizer: activation === "tanh" ? "sgd" : "lion", loss: "mse" });
    return portableOf(model.save());
  };
  const rows = Array.from({ length: 6 }, (_, i) => ({ c: i > 4 ? "x" : String(i), y: i }));
  const told: Record<string, (onWarning: Tell) => unknown> = {
    "tableEncoder.fit": (onWarning) => tableEncoder({ target: "y", onWarning }).fit(rows),
    "tableEncoder.transform": (onWarning) => {
      const encoder = tableEncoder({ target: "y", types: { c: "category" }, handleUnknown: "ignore", onWarning });
      return encoder.fit(rows).transform([{ c: " X", y: 1 }]);
    },
    fromTable: (onWarning) => fromTable(rows, { target: "y", onWarning }),
    writeBrain: async (onWarning) => writeBrain(await plain("tanh"), { onWarning }),
    writeOnnx: async (onWarning) => writeOnnx(await plain(), { onWarning }),
    writeSklearn: async (onWarning) => writeSklearn(await plain(), { onWarning }),
    writeTfjs: async (onWarning) => writeTfjs(await plain(), { onWarning }),
    writeTorch: async (onWarning) => writeTorch(await plain(), { onWarning }),
    "an event of a queue": (onWarning) => onceEach(onWarning)("the server is away"),
    "an event of a queue, with an error at once": (onWarning) =>
      onceEach((message) => {
        Promise.resolve(onWarning(message)).catch(() => {});
        throw new RangeError("nobody listens");
      })("the server is away"),
  };
  it.each(Object.entries(told))("%s", async (_, call) => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", hear);
    const console_ = vi.spyOn(console, "error").mockImplementation(() => {});
    const warnings: string[] = [];
    await call(async (message) => {
      warnings.push(message);
      throw new RangeError("nobody listens");
    });
    await sleep(5);
    process.off("unhandledRejection", hear);
    const lines = console_.mock.calls.flat();
    console_.mockRestore();
    expect(unhandled).toEqual([]);
    expect(warnings).not.toEqual([]);
    for (const warning of warnings) {
      expect(lines).toContain(
        `onWarning: its error is not that of a call: RangeError: nobody listens. The warning was: ${warning}`,
      );
    }
  });
});

describe("a function that returns a promise is refused, and no rejection is left, for", () => {
  const fails = () => Promise.reject(new Error("nobody listens")) as never;
  const rows = { x: y, y };
  const functions: [string, () => Promise<unknown>, RegExp][] = [
    [
      "customMetric",
      async () => {
        const model = await netOf();
        model.compile({ optimizer: "sgd", loss: "mse", metrics: [customMetric({ name: "own", compute: fails })] });
        return model.fit(rows);
      },
      /"own": expected its function to return a number, got .*It must not be async/,
    ],
    [
      "customLoss",
      async () => {
        const model = await netOf();
        model.compile({ optimizer: "sgd", loss: customLoss({ compute: fails }) });
        return model.fit(rows);
      },
      /expected \{ loss, gradient \} from compute, got .*It must not be async/,
    ],
    [
      "learningRateScheduler",
      async () => (await netOf()).fit(rows, { callbacks: [learningRateScheduler(fails)] }),
      /learningRateScheduler: epoch 0: expected a finite number/,
    ],
    [
      "transformedTargetRegressor",
      () => transformedTargetRegressor({ regressor: new MLPRegressor(), func: fails, inverseFunc: fails }).fit(rows),
      /expected a finite number of func/,
    ],
  ];

  it.each(functions)("%s", async (_, call, message) => {
    const unhandled: unknown[] = [];
    const hear = (reason: unknown) => unhandled.push(reason);
    process.on("unhandledRejection", hear);
    await expect(call()).rejects.toThrow(message);
    await sleep(5);
    process.off("unhandledRejection", hear);
    expect(unhandled).toEqual([]);
  });
});
