// A table in, answers out: what is left out, what is told, the same bits from a file, and scores next to the baselines.
import { beforeAll, describe, expect, it } from "vitest";
import { decodeBase64 } from "../../src/base/base64.js";
import { encodeBase64 } from "../../src/base/encodeBase64.js";
import { Random } from "../../src/base/random.js";
import { Sequential } from "../../src/index.js";
import { readAttachment } from "../../src/model/attachment.js";
import { type ClassPrediction, type NumberPrediction, TableModel } from "../../src/table/index.js";
import { itInFull } from "../support/inFull.js";

/** Customers whose churn depends on three columns, with an identifier, a constant, a copy and gaps. */
function customers(count: number) {
  const random = Random.fromSeed(7);
  return Array.from({ length: count }, (_, i) => {
    const tenure = random.integerBelow(72);
    const contract = ["month", "year"][random.integerBelow(2)];
    const support = random.integerBelow(6);
    const score = (contract === "month" ? 2 : -1) - tenure / 12 + support / 2;
    const churn = random.uniform() * 4 - 2 < score ? "yes" : "no";
    const monthly = 20 + random.integerBelow(100);
    return {
      customerID: `C-${1000 + i}`,
      signup: `20${10 + random.integerBelow(14)}-0${1 + random.integerBelow(9)}-15`,
      tenure,
      months: tenure * 30,
      monthly: i % 40 === 3 ? null : `$${monthly}.50`,
      contract,
      support,
      paperless: i % 2 === 0 ? "yes" : "no",
      country: "DE",
      churn,
    };
  });
}

const rows = customers(800);
const options = { target: "churn", trials: 6, members: 2, seed: 3, onWarning: () => {} } as const;

describe("the network", () => {
  const own = { ...options, members: 1, trials: 2 } as const;

  it("has the sizes, epochs and optimizer that are asked for; only the rest is chosen", async () => {
    const model = await TableModel.train(rows, { ...own, hiddenLayerSizes: [5, 4], epochs: 3 });
    expect(model.trials.map(({ hiddenLayerSizes }) => hiddenLayerSizes)).toEqual([
      [5, 4],
      [5, 4],
    ]);
    expect(model.training.members[0].epochs).toEqual([1, 2, 3]);
    expect(Object.keys(model.baselines)).toEqual(["majority", "linear"]);
    const linear = await TableModel.train(rows, { ...own, hiddenLayerSizes: [] });
    expect(linear.trials.every(({ hiddenLayerSizes }) => hiddenLayerSizes.length === 0)).toBe(true);
    expect(linear.scores?.rocAuc).toBeGreaterThan(0.8);
    for (const one of [model, linear]) one.dispose();
  });

  it.each(["adamw", "nadam", "rmsprop", "sgd"] as const)(
    "learns with %s, and not what adam learns",
    async (optimizer) => {
      const model = await TableModel.train(rows, { ...own, optimizer });
      const adam = await TableModel.train(rows, own);
      expect(model.scores?.rocAuc).toBeGreaterThan(0.8);
      expect(model.scores?.logLoss).not.toBe(adam.scores?.logLoss);
      expect(model.training.options).toMatchObject({ optimizer });
      for (const one of [model, adam]) one.dispose();
    },
  );

  it("takes means for missing numbers", async () => {
    const numbers = Array.from({ length: 40 }, (_, i) => ({ a: i % 4 === 0 ? null : i * i, b: (i * 7) % 5, y: i % 2 }));
    const model = await TableModel.train(numbers, { ...own, target: "y", testSize: 0, missing: "mean" });
    const present = numbers.flatMap(({ a }) => a ?? []);
    expect(model.columns[0].fill).toBe(present.reduce((sum, value) => sum + value, 0) / present.length);
    model.dispose();
  });
});

describe("classes", () => {
  let model: TableModel;
  beforeAll(async () => {
    model = await TableModel.train(rows, options);
  });

  it("leaves out identifiers, constants and copies, with the reason", () => {
    expect(model.excluded).toEqual([
      { column: "customerID", kind: "identifier", reason: "all 800 values differ" },
      { column: "months", kind: "copy", reason: 'it says the same as "tenure"' },
      { column: "country", kind: "constant", reason: "every row has the same value" },
    ]);
    expect(model.columns.map(({ name, type }) => [name, type])).toEqual([
      ["signup", "date"],
      ["tenure", "number"],
      ["monthly", "number"],
      ["contract", "category"],
      ["support", "number"],
      ["paperless", "boolean"],
    ]);
  });

  it("says what became of each column, a line for each", () => {
    expect(model.report).toEqual([
      'churn: 2 categories ("no", "yes") (target)',
      expect.stringMatching(/^signup: date as days, a missing value becomes 20\d\d-0\d-15$/),
      expect.stringMatching(/^tenure: number, a missing value becomes \d+/),
      expect.stringMatching(/^monthly: number, text too, unit "\$", a missing value becomes \d+/),
      expect.stringMatching(/^contract: 2 categories \("month", "year"\), 2 columns of x, a missing/),
      expect.stringMatching(/^support: number, a missing value becomes \d/),
      expect.stringMatching(/^paperless: boolean, "no" or "yes", a missing value becomes "(?:no|yes)"$/),
      "customerID: left out, all 800 values differ",
      'months: left out, it says the same as "tenure"',
      "country: left out, every row has the same value",
    ]);
  });

  it("is better than the majority, and says so next to the baselines", () => {
    expect(model.scores?.rocAuc).toBeGreaterThan(0.8);
    expect(model.baselines.majority.rocAuc).toBe(0.5);
    expect(model.scores?.logLoss).toBeLessThan(model.baselines.majority.logLoss * 0.9);
    expect(model.rows).toEqual({ train: 640, test: 160 });
    expect(Object.keys(model.importance ?? {})[0]).toMatch(/tenure|contract/);
  });

  it("predicts one row and several, and tells what it had to take", () => {
    const row = {
      tenure: "2",
      contract: "month",
      support: 5,
      monthly: "$30.00",
      signup: "2020-01-15",
      paperless: true,
    };
    const one = model.predict(row) as ClassPrediction;
    expect(one.label).toBe("yes");
    expect(one.warnings).toEqual([]);
    expect(one.probability).toBe(one.probabilities.yes);
    expect(one.probabilities.yes + one.probabilities.no).toBeCloseTo(1, 12);
    expect(model.predict([row, row])).toEqual([one, one]);
    expect(model.predict([])).toEqual([]);
    const odd = model.predict({
      tenure: "soon",
      contract: "Week",
      support: "",
      signup: "2020-01-15",
      age: 3,
      churn: "no",
    });
    expect(odd.warnings).toEqual([
      "age: not a column of the model, and not used",
      expect.stringMatching(/^tenure: "soon" is not a number, so \d+ is used$/),
      expect.stringMatching(/^monthly: no value, so [\d.]+ is used$/),
      'contract: "Week" is not known, and counts as none of those known',
      expect.stringMatching(/^support: no value, so \d is used$/),
      expect.stringMatching(/^paperless: no value, so "(?:yes|no)" is used$/),
    ]);
    expect(() => model.predict({ ...row, contract: "Week" }, { strict: true })).toThrow(
      'contract: "Week" is not known',
    );
  });

  it.each([
    ["a number first", [5, "7", 9, "11"]],
    ["a number first, and a sign", [5, 7, 9, "$11"]],
    ["text first", ["$5", 7, "9", 11]],
  ])("reads numbers and text that is a number in one column alike: %s", async (_, cells) => {
    const told: string[] = [];
    const table = Array.from({ length: 60 }, (_, i) => ({ a: cells[i % 4], b: i % 7, y: i % 3 ? "no" : "yes" }));
    const own = { target: "y", trials: 1, members: 1, onWarning: (message: string) => told.push(message) };
    const mixed = await TableModel.train(table, own);
    expect([told, mixed.columns[0].type]).toEqual([[], "number"]);
    const plain = table.map((row) => ({ ...row, a: [5, 7, 9, 11][cells.indexOf(row.a)] }));
    const model = await TableModel.train(plain, own);
    expect(mixed.predict(table)).toEqual(model.predict(plain));
    for (const each of [mixed, model]) each.dispose();
  });

  it.each(["0x10", "0b11", "0o7", "1_0", "1e999"])("reads %s as training does: as no number", (text) => {
    const [own] = model.predict([{ ...rows[0], tenure: text }]);
    expect(own.warnings).toEqual([expect.stringMatching(/^tenure: ".*" is not a number, so \d+ is used$/)]);
  });

  it.each([
    ["١٢", 12],
    ["１２", 12],
    ["+1.2e1", 12],
  ])("reads %s as training does: as a number", (tenure, number) => {
    expect(model.predict({ ...rows[0], tenure })).toEqual(model.predict({ ...rows[0], tenure: number }));
  });

  it("names the column whose name differs in capitals, blanks or signs alone", () => {
    const { tenure, support, ...rest } = rows[0];
    const { warnings } = model.predict({ ...rest, Tenure: tenure, " sup_port": support, Contract: "year" });
    expect(warnings.filter((warning) => warning.includes("not a column"))).toEqual([
      'Tenure: not a column of the model, and not used. Did you mean "tenure"?',
      ' sup_port: not a column of the model, and not used. Did you mean "support"?',
      "Contract: not a column of the model, and not used",
    ]);
  });

  itInFull("gives the same bits from its file, and from the same table", async () => {
    model.metadata = { by: "us" };
    const loaded = await TableModel.load(model.save());
    expect(loaded.predict(rows)).toEqual(model.predict(rows));
    expect(loaded.metadata).toEqual({ by: "us" });
    expect(loaded.save()).toEqual(model.save());
    expect(await loaded.evaluate(rows)).toEqual(await model.evaluate(rows));
    const again = await TableModel.train(rows, options);
    expect(again.save()).toEqual((await TableModel.train(rows, options)).save());
    expect(again.predict(rows)).toEqual(model.predict(rows));
    for (const each of [loaded, again]) each.dispose();
  });

  it("makes all its networks small in a file with int8 weights", async () => {
    const membersOf = (file: Uint8Array) => (readAttachment("test", file) as { members: string[] }).members;
    const small = model.save({ weights: "int8" });
    const members = await Promise.all(
      membersOf(model.save()).map(async (member) => {
        const network = await Sequential.load(decodeBase64(member), { threads: 1 });
        return encodeBase64(network.save({ weights: "int8" }));
      }),
    );
    expect(members).toHaveLength(1);
    expect(membersOf(small)).toEqual(members);
    const loaded = await TableModel.load(small);
    const [before, after] = [model, loaded].map((each) => (each.predict(rows[0]) as ClassPrediction).probability);
    expect(after).not.toBe(before);
    expect(Math.abs(after - before)).toBeLessThan(0.02);
    loaded.dispose();
  });

  itInFull("goes on with the trials of a choice that was stopped, to the same bits", async () => {
    const all = { ...options, trials: 9, members: 1, importance: false } as const;
    const whole = await TableModel.train(rows, all);
    for (const count of [1, 5, 10]) {
      const stop = new AbortController();
      const onProgress = ({ done }: { done: number }) => {
        if (done === count) stop.abort();
      };
      const part = await TableModel.train(rows, { ...all, signal: stop.signal, onProgress });
      expect(part.trials.length).toBe(Math.min(count, 9));
      const { trials: previousTrials } = await TableModel.load(part.save());
      const rest = await TableModel.train(rows, { ...all, previousTrials });
      expect(rest.save()).toEqual(whole.save());
      for (const each of [part, rest]) each.dispose();
    }
    whole.dispose();
  });

  it("waits for what onProgress promises, and ends with its error", async () => {
    const onProgress = ({ stage }: { stage: string }) =>
      stage === "members" ? Promise.reject(new Error("nobody listens")) : undefined;
    const training = TableModel.train(rows, { ...options, trials: 1, members: 1, onProgress });
    await expect(training).rejects.toThrow("nobody listens");
  });

  it("a signal that is given at once leaves a model of the first setting", async () => {
    const early = await TableModel.train(rows, { ...options, signal: AbortSignal.abort() });
    expect([early.trials.length, early.trials[0].hiddenLayerSizes]).toEqual([1, []]);
    expect(early.scores?.rocAuc).toBeGreaterThan(0.7);
    early.dispose();
  });

  it.each([
    [{ previousTrials: 3 }, "previousTrials: expected the trials of a model, got 3"],
    [{ previousTrials: [null] }, "previousTrials[0]: expected a trial of a model, got null"],
    [
      { previousTrials: [{ hiddenLayerSizes: [3], l2: -1, dropout: 0, learningRate: 1, loss: 1, epochs: 4 }] },
      "expected a trial",
    ],
    [{ exclude: ["churn"] }, 'exclude: "churn" is the target'],
  ])("refuses %j", async (wrong, message) => {
    await expect(TableModel.train(rows, { ...options, ...wrong } as never)).rejects.toThrow(message);
  });

  it("takes another threshold, and text as it stands in a file", async () => {
    const one = {
      ...{ tenure: "2", contract: "month", support: "5", monthly: "$30.00", signup: "2020-01-15", paperless: "TRUE" },
    };
    const { label, warnings, probabilities } = model.predict(one, { threshold: 0.999999 }) as ClassPrediction;
    expect([label, warnings]).toEqual(["no", []]);
    expect((model.predict(one, { threshold: probabilities.yes }) as ClassPrediction).label).toBe("yes");
    expect(() => model.predict(one, { threshold: 1 })).toThrow("expected a finite number > 0 and < 1, got 1");
  });

  it("takes columns as parseCsv gives them", async () => {
    const names = ["tenure", "contract", "monthly"] as const;
    const some = rows.slice(0, 9).map(({ tenure, contract, monthly }) => ({ tenure, contract, monthly }));
    const columns = Object.fromEntries(names.map((name) => [name, some.map((row) => row[name])]));
    expect(model.predict({ rows: 9, columns })).toEqual(model.predict(some));
  });

  it("counts the test rows by true and predicted class", () => {
    const [[a, b], [c, d]] = model.confusionMatrix as number[][];
    expect(a + b + c + d).toBe(model.rows.test);
    expect((a + d) / model.rows.test).toBeCloseTo(model.scores?.accuracy as number, 12);
    expect(d / (c + d)).toBeCloseTo(model.scores?.recall as number, 12);
  });

  it("contributions add up to the prediction", () => {
    const { prediction, typical, contributions } = model.explainPrediction(rows[5]);
    const sum = Object.values(contributions).reduce((total, value) => total + value, typical);
    expect(sum).toBeCloseTo((prediction as ClassPrediction).probability, 6);
    expect(Object.keys(contributions)).toHaveLength(6);
  });

  it("the same CSV gives the same model as its rows", async () => {
    const names = Object.keys(rows[0]) as (keyof (typeof rows)[0])[];
    const text = [names.join(), ...rows.map((row) => names.map((name) => row[name] ?? "").join())].join("\n");
    const fromText = await TableModel.train(text, options);
    expect(fromText.predict(rows)).toEqual(model.predict(rows));
    async function* arriving() {
      yield* rows;
    }
    const fromStream = await TableModel.train(arriving(), options);
    expect(fromStream.predict(rows)).toEqual(model.predict(rows));
  });
});

it.each([
  ["number", "", undefined, true],
  ["number", " \t", undefined, true],
  ["number", "\u00a0", undefined, true],
  ["flag", " ", undefined, true],
  ["plan", " ", undefined, true],
  ["tag", "", "", false],
  ["tag", " ", undefined, true],
])("reads %s %j as %j, and tells of it: %j", async (name, given, same, isTold) => {
  const table = Array.from({ length: 60 }, (_, i) => ({
    ...{ number: i % 11, flag: i % 2 === 0, plan: i % 3 ? "pro" : "free", tag: ["c", "", "b", "b"][i % 4] },
    sold: (i % 11) + (i % 4) > 8 ? "no" : "yes",
  }));
  const model = await TableModel.train(table, { ...options, target: "sold", trials: 1, members: 1 });
  const [got, expected] = [given, same].map((cell) => model.predict({ ...table[1], [name]: cell }));
  expect(got).toEqual(expected);
  expect(got.warnings.filter((text) => text.startsWith(`${name}: no value`))).toHaveLength(Number(isTold));
});

it("gives the answer that test/browsers/cases/storage.test.ts holds browsers to", async () => {
  const sold = Array.from({ length: 60 }, (_, i) => ({
    a: (i * 7) % 11,
    kind: i % 3 ? "x" : "y",
    sold: i % 4 ? "no" : "yes",
  }));
  const model = await TableModel.train(sold, { target: "sold", trials: 2, members: 2, onWarning: () => {} });
  expect(model.predict({ a: 3, kind: "x" })).toMatchObject({ probability: 0.6821361129405255 });
});

describe("says where and what is wrong with", () => {
  const some = { target: "y", trials: 1, members: 1, epochs: 1, onWarning: () => {} } as const;
  const rowsOf = (make: (row: number) => object) => Array.from({ length: 40 }, (_, row) => make(row));
  it.each<[what: string, make: (row: number) => object, message: RegExp, classWeight?: Record<string, number>]>([
    [
      "cells that are objects",
      (row) => ({ a: { b: row % 7 }, c: row % 9, y: row % 2 ? "no" : "yes" }),
      /^TableModel\.train: column "a", row 0: expected .* got an object\. Make a column of each of its values\.$/,
    ],
    [
      "a target that is not finite",
      (row) => ({ a: row % 9, y: row === 3 ? Infinity : row * 1.5 }),
      /^TableModel\.train: column "y", row 3: expected a number, got Infinity/,
    ],
    [
      "weights of classes that leave the finite numbers",
      (row) => ({ a: row % 9, y: row % 2 ? "no" : "yes" }),
      /^TableModel\.train: epoch 0, step 0: .* weights of rows are large/,
      { no: 3e38, yes: 3e38 },
    ],
  ])("%s", async (_, make, message, classWeight) => {
    await expect(TableModel.train(rowsOf(make), { ...some, ...(classWeight && { classWeight }) })).rejects.toThrow(
      message,
    );
  });

  it("classes that differ in capitals or blanks alone", async () => {
    const told: string[] = [];
    const table = rowsOf((row) => ({ a: row % 9, y: ["no", "yes", "No ", "other"][row % 4] }));
    const model = await TableModel.train(table, { ...some, onWarning: (message) => told.push(message) });
    model.dispose();
    expect(told).toContain(
      'TableModel.train: column "y": "No " and "no" are two classes. Write them alike, if one is meant.',
    );
  });
});

describe("numbers", () => {
  it("come in the units of the target, with an interval that covers nine of ten", async () => {
    const random = Random.fromSeed(1);
    const houses = Array.from({ length: 600 }, () => {
      const area = 40 + random.integerBelow(200);
      const garden = random.integerBelow(2) === 1;
      return { area, garden, price: 1e5 + 3000 * area + (garden ? 5e4 : 0) + (random.uniform() - 0.5) * 4e4 };
    });
    const model = await TableModel.train(houses, { target: "price", trials: 3, members: 2, onWarning: () => {} });
    expect(model.task).toBe("regression");
    expect(model.scores?.r2).toBeGreaterThan(0.98);
    expect(model.baselines.mean.r2).toBeLessThan(0.01);
    const predictions = model.predict(houses) as NumberPrediction[];
    const within = predictions.filter(
      ({ interval: [low, high] }, i) => low <= houses[i].price && houses[i].price <= high,
    );
    expect(within.length / houses.length).toBeGreaterThan(0.85);
    expect(Math.abs(predictions[0].value - houses[0].price)).toBeLessThan(5e4);
  });

  it("that float32 cannot tell apart are learned as their distances from the mean", async () => {
    const rows = Array.from({ length: 200 }, (_, i) => ({ a: i % 5, b: i % 7, y: 1e9 + 0.01 * (i % 5) }));
    const model = await TableModel.train(rows, { target: "y", trials: 3, members: 1, onWarning: () => {} });
    expect(model.scores?.r2).toBeGreaterThan(0.99);
    expect(model.baselines.mean.r2).toBeLessThan(0.01);
    expect(await model.evaluate(rows)).toMatchObject({ r2: expect.closeTo(1, 1), mae: expect.closeTo(0, 2) });
    const { value } = model.predict({ a: 4, b: 3 }) as NumberPrediction;
    expect(Math.abs(value - 1e9 - 0.04)).toBeLessThan(0.005);
    model.dispose();
  });

  it("may be times of day, which are hours", async () => {
    const pad = (n: number) => String(n).padStart(2, "0");
    const rows = Array.from({ length: 200 }, (_, i) => ({ a: i % 97, y: `${pad(8 + Math.floor((i % 97) / 10))}:30` }));
    const options = { target: "y", task: "regression", trials: 1, members: 1, onWarning: () => {} } as const;
    const model = await TableModel.train(rows, options);
    expect(model.report[0]).toBe("y: number, hours of times such as 08:30 (target)");
    expect(Math.abs((model.predict({ a: 45 }) as NumberPrediction).value - 12.5)).toBeLessThan(1.5);
    model.dispose();
  });
});
