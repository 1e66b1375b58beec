// Tables that do not fit into memory: rows as they arrive, some of many, the same bits as from the whole table.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { parseCsv, sampleCsv } from "../../src/csv/index.js";
import { htmlReport } from "../../src/report/index.js";
import { type NumberPrediction, TableModel } from "../../src/table/index.js";

const random = Random.fromSeed(5);
const rows = Array.from({ length: 600 }, (_, i) => {
  const [size, kind] = [random.integerBelow(50), ["a", "b", "c"][random.integerBelow(3)]];
  const sold = size + (kind === "b" ? 20 : 0) + random.integerBelow(12) > 35;
  // Names of columns that objects have by themselves, cells that are missing in several ways, a column of both kinds.
  return {
    size: i % 50 === 3 ? null : size,
    kind: i % 60 === 5 ? undefined : kind,
    constructor: i % 4 ? i % 13 : Number.NaN,
    mixed: i % 40 === 39 ? "unknown" : String(i % 17),
    flag: i % 3 === 0,
    ...(i % 7 === 0 ? {} : { often: (i * 7) % 23 }),
    price: size * 3 + (kind === "c" ? 10 : 0) + random.uniform(),
    sold: i % 100 === 99 ? "" : sold ? "yes" : "no",
  };
});
const options = { target: "sold", trials: 4, members: 2, onWarning: () => {} } as const;

async function* arriving(all: readonly object[]) {
  for (const row of all) yield row;
}

function* generated(all: readonly object[]) {
  yield* all;
}

const folder = mkdtempSync(join(tmpdir(), "simdgrad-table-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("rows that arrive one after the other", () => {
  it("give the model of the same rows in memory, bit for bit", async () => {
    const [one, two] = [await TableModel.train(rows, options), await TableModel.train(arriving(rows), options)];
    expect(two.save()).toEqual(one.save());
  });

  it.each<[string, (all: readonly object[]) => Iterable<object>]>([
    ["a Set", (all) => new Set(all)],
    ["the values of a Map", (all) => new Map(all.entries()).values()],
    ["a generator", (all) => generated(all)],
  ])("may come at once, as %s", async (_, make) => {
    const own = { ...options, trials: 1, members: 1 };
    const one = await TableModel.train(rows, { ...own, testData: rows.slice(400) });
    const two = await TableModel.train(make(rows), { ...own, testData: make(rows.slice(400)) });
    expect([two.scores, two.predict(rows)]).toEqual([one.scores, one.predict(rows)]);
    expect(await two.evaluate(make(rows), { details: true })).toEqual(await one.evaluate(rows, { details: true }));
  });

  it("are kept at random beyond maxRows, which is told; and so are rows in memory", async () => {
    const own = { ...options, maxRows: 200 };
    const [one, two] = [await TableModel.train(rows, own), await TableModel.train(arriving(rows), own)];
    expect(two.warnings[0]).toBe("200 of 600 rows are used, chosen at random: maxRows.");
    expect(one.warnings[0]).toBe("200 of 600 rows are used, chosen at random: maxRows.");
    expect([two.scores, two.rows]).toEqual([one.scores, one.rows]);
    expect(two.predict(rows.slice(0, 20))).toEqual(one.predict(rows.slice(0, 20)));
    expect(two.evaluation?.worst).toEqual(one.evaluation?.worst);
    expect(two.evaluation?.worst.some(({ row }) => row >= 200)).toBe(true);
    expect(htmlReport(two, { table: rows })).toContain("Worst rows");
  });

  it("of a CSV file that is read twice are those of the whole file", async () => {
    const names = Object.keys(rows[1]);
    const csv = `${names.join()}\n${rows.map((row) => names.map((name) => (row as never)[name] ?? "").join()).join("\n")}`;
    async function* open() {
      yield new TextEncoder().encode(csv);
    }
    const table = await parseCsv(csv, { onWarning: () => {} });
    const same = await TableModel.train(await sampleCsv(open), options);
    const whole = await TableModel.train(table, options);
    expect(same.save()).toEqual(whole.save());
    const part = await sampleCsv(open, { maxRows: 150 });
    const some = await TableModel.train(part, options);
    expect(some.warnings[0]).toBe("150 of 600 rows are used, chosen at random: maxRows.");
    expect(some.evaluation?.worst.every(({ row }) => part.rowNumbers?.includes(row))).toBe(true);
    expect(htmlReport(some, { table: part })).toContain("Worst rows");
  });
});

describe("testData", () => {
  const [train, test] = [rows.slice(0, 400), rows.slice(400)];

  it("are the rows of the scores, from a file too", async () => {
    const model = await TableModel.train(train, { ...options, testData: test });
    const known = test.filter(({ sold }) => sold !== "");
    expect(model.rows).toEqual({ train: 396, test: known.length });
    expect(model.scores).toEqual(await model.evaluate(known));
    expect(Object.keys(model.baselines)).toEqual(["majority", "linear"]);
    expect(model.warnings).toContain("testData: 2 of 200 rows have no sold and are left out.");
    const path = join(folder, "test.csv");
    const names = Object.keys(test[1]);
    const cell = (row: object, name: string) => String((row as Record<string, unknown>)[name] ?? "");
    writeFileSync(path, [names.join(), ...test.map((row) => names.map((name) => cell(row, name)).join())].join("\n"));
    const fromFile = await TableModel.train(train, { ...options, testData: path });
    expect([fromFile.scores, fromFile.evaluation]).toEqual([model.scores, model.evaluation]);
    expect(fromFile.training.options).toMatchObject({ testData: path, testSize: 0 });
  });
});

describe("testData and evaluate score the labels and numbers that predict gives", () => {
  type Given = Omit<Parameters<typeof TableModel.train>[1], "target">;
  const money = (price: number) => `€${price.toFixed(2)}`;
  it.each<[string, (price: number) => unknown, Given, string]>([
    ["classes 1, 2, 3", (price) => 1 + (Math.floor(price / 20) % 3), {}, "number"],
    ["classes -1 and 1", (price) => (price > 70 ? 1 : -1), {}, "number"],
    ["0 and 1 with 0 as the positive class", (price) => Number(price > 70), { positive: 0 }, "number"],
    ["halves as classes", (price) => (price > 70 ? 0.5 : 1.5), { types: { y: "category" } }, "category"],
    ["text", (price) => (price > 70 ? "dear" : "cheap"), {}, "category"],
    ["numbers as text, by task", (price) => String(price), { task: "regression" }, "number"],
    ["numbers as text, as the warning advises", (price) => String(price), { types: { y: "number" } }, "number"],
    ["amounts", money, { task: "regression" }, "number"],
    ["booleans as numbers", (price) => price > 70, { task: "regression" }, "number"],
  ])("%s", async (_, targetOf, given, type) => {
    const table = rows.map(({ price, sold: _, ...row }) => ({ ...row, y: targetOf(price) }));
    const test = table.slice(400);
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const own = { ...options, trials: 1, members: 1, ...given, target: "y", testData: test, onWarning };
    const model = await TableModel.train(table.slice(0, 400), own);
    const [cells, answers] = [test.map(({ y }) => y), model.predict(test)];
    const isRight = (i: number) => String((answers[i] as { label: unknown }).label) === String(cells[i]);
    const numberOf = (cell: unknown) => Number(typeof cell === "string" ? cell.replace("€", "") : cell);
    const errorOf = (i: number) => Math.abs((answers[i] as NumberPrediction).value - numberOf(cells[i]));
    const scoreOf = model.classes ? (i: number) => Number(isRight(i)) : errorOf;
    const expected = test.reduce((sum, _, i) => sum + scoreOf(i), 0) / test.length;
    expect(model.scores?.[model.classes ? "accuracy" : "mae"]).toBeCloseTo(expected, 5);
    expect(await model.evaluate(test)).toEqual(model.scores);
    expect(model.report[0]).toContain(type === "number" ? "y: number" : "categories");
    expect(warnings.filter((warning) => warning.includes('"y"'))).toEqual([]);
  });
});

describe("evaluate with details", () => {
  it("says of other rows what training says of the test rows", async () => {
    const model = await TableModel.train(rows, { ...options, testSize: 0 });
    const held = await TableModel.train(rows.slice(0, 400), { ...options, testData: rows.slice(400) });
    const {
      scores,
      confusionMatrix,
      evaluation,
      rows: count,
      skipped,
    } = await held.evaluate(rows.slice(400), {
      details: true,
    });
    expect([scores, confusionMatrix, evaluation]).toEqual([held.scores, held.confusionMatrix, held.evaluation]);
    expect([count, skipped]).toEqual([198, 2]);
    const results = await model.evaluate(arriving(rows), { details: true });
    const page = htmlReport(model, { results, table: rows });
    expect(page).toContain("Predictions for the evaluated rows");
    expect(page).not.toContain("test rows in training");
  });

  it("of numbers gives points and the largest errors", async () => {
    const model = await TableModel.train(rows, { ...options, target: "price", testSize: 100 });
    const { evaluation, scores, confusionMatrix } = await model.evaluate(rows.slice(0, 50), { details: true });
    const errors = rows.slice(0, 50).map((row) => Math.abs((model.predict(row) as NumberPrediction).value - row.price));
    const largest = errors.reduce((most, error) => Math.max(most, error), 0);
    expect(evaluation.task).toBe("regression");
    expect(errors[evaluation.worst[0].row]).toBe(largest);
    expect(scores.mae).toBeCloseTo(errors.reduce((sum, error) => sum + error, 0) / 50, 9);
    expect(confusionMatrix).toBe(null);
  });
});
