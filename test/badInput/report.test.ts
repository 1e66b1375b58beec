// The door of the HTML report.
import { expect, it } from "vitest";
import { htmlReport } from "../../src/report/index.js";
import { TableModel } from "../../src/table/index.js";
import { checkRefusal, refusalOf } from "./refusals.js";

const rows = Array.from({ length: 40 }, (_, i) => ({
  age: (i * 7) % 31,
  kind: i % 3 ? "a" : "b",
  paid: i % 2 ? "yes" : "no",
}));
const model = await TableModel.train(rows, { target: "paid", trials: 1, members: 1, onWarning: () => {} });
const report = (...args: unknown[]) => (htmlReport as (...args: unknown[]) => string)(...args);

const other = rows.map((row) => ({ ...row, paid: "no" }));
const refusals: [what: string, error: Parameters<typeof checkRefusal>[1], says: string[], args: unknown[]][] = [
  ["nothing", "OptionError", ["htmlReport: expected a TableModel, got undefined"], [undefined]],
  ["null", "OptionError", ["expected a TableModel, got null"], [null]],
  ["a number", "OptionError", ["expected a TableModel, got 5"], [5]],
  ["rows", "OptionError", ["expected a TableModel", "TableModel.train"], [rows]],
  ["a file", "OptionError", ["expected a TableModel", "bytes"], [new Uint8Array(3)]],
  ["a surplus argument", "OptionError", ["htmlReport"], [model, {}, 1]],
  ["options that are text", "OptionError", ["htmlReport", '"x"'], [model, "x"]],
  ["an unknown option", "OptionError", ['"titel"', 'mean "title"?'], [model, { titel: "x" }]],
  ["a title that is a number", "OptionError", ["title: expected text, got 7"], [model, { title: 7 }]],
  ["a command that is a list", "OptionError", ["command: expected text"], [model, { command: ["node"] }]],
  ["a Date as date", "OptionError", ["date: expected text"], [model, { date: new Date(0) }]],
  ["an unknown theme", "OptionError", ["theme", 'mean "dark"?'], [model, { theme: "drak" }]],
  ["a card that is a list", "OptionError", ["card: expected lines by name"], [model, { card: ["a"] }]],
  [
    "a line that is null",
    "OptionError",
    ['card: "a": expected text or a finite number, got null'],
    [model, { card: { a: null } }],
  ],
  [
    "a line that is NaN",
    "OptionError",
    ['card: "a": expected text or a finite number'],
    [model, { card: { a: Number.NaN } }],
  ],
  [
    "CSV text as table",
    "DataError",
    ["htmlReport: table", "an array of objects"],
    [model, { table: "age,paid\n1,yes" }],
  ],
  ["scores as results", "OptionError", ["results", "details: true"], [model, { results: { accuracy: 1 } }]],
  [
    "results of numbers",
    "OptionError",
    ["results: expected those of this model", "details: true"],
    [
      model,
      { results: { rows: 1, skipped: 0, scores: {}, evaluation: { task: "regression", points: [], worst: [] } } },
    ],
  ],
  [
    "results of three classes",
    "OptionError",
    ["results: expected those of this model"],
    [model, { results: { scores: {}, confusionMatrix: [[], [], []], evaluation: { task: "classification" } } }],
  ],
  ["no rows", "DataError", ["table", "at least one row"], [model, { table: [] }]],
  [
    "a table without the target",
    "DataError",
    ['no column "paid"', "rows that are shown"],
    [model, { table: [{ age: 1, kind: "a" }] }],
  ],
  [
    "a table without a feature",
    "DataError",
    ['no column "age"', "rows that are shown"],
    [model, { table: [{ paid: "no", kind: "a" }] }],
  ],
  [
    "a table of fewer rows",
    "DataError",
    ["table: row", "expected paid", "got undefined"],
    [model, { table: rows.slice(0, 1) }],
  ],
  ["a table of other rows", "DataError", ["table: row", 'expected paid "yes", got "no"'], [model, { table: other }]],
];

it.each(refusals)("htmlReport: %s", async (_, name, says, args) => {
  const before = model.save();
  checkRefusal(await refusalOf(() => report(...args)), name, says);
  expect(model.save()).toEqual(before);
});
