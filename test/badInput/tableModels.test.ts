// The doors of table models: tables that cannot be learned from, options, rows, files.

import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { show } from "../../src/base/errors.js";
import { dense, Sequential } from "../../src/index.js";
import { readAttachment, withAttachment } from "../../src/model/attachment.js";
import { TableModel } from "../../src/table/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const rows = Array.from({ length: 40 }, (_, i) => ({
  a: (i * 7) % 11,
  kind: i % 3 ? "x" : "y",
  sold: i % 4 ? "no" : "yes",
}));
const quick = { target: "sold", trials: 1, members: 1, onWarning: () => {} };
const folder = mkdtempSync(join(tmpdir(), "tables-"));
const [short, dollars] = ["short.csv", "in $& and $'.csv"].map((name) => join(folder, name));
for (const path of [short, dollars]) writeFileSync(path, "a,sold\n1,no\n2\n");
const model = await TableModel.train(rows, quick);
const numbers = await TableModel.train(rows, { ...quick, target: "a", task: "regression" });
const plain = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });

const train = (what: string, error: Refusal[1], says: string[], table: unknown, options: object = {}): Refusal => [
  what,
  error,
  says,
  () => TableModel.train(table as never, { ...quick, ...options } as never),
];
const option = (what: string, says: string[], options: object): Refusal =>
  train(what, "OptionError", ["TableModel.train", ...says], rows, options);
async function* arriving(all: readonly unknown[]) {
  for (const row of all) yield row as object;
}
const at = (name: string, value: unknown) => rows.map((row) => ({ ...row, [name]: value }));

describeRefusals("TableModel.train", [
  option("an executor", ["executor", "such as localExecutor()", "got 2"], { executor: 2 }),
  option("other bits by an executor", ["deterministic: false", "leave out executor"], {
    executor: { open: () => [] },
    deterministic: false,
  }),
  option("an executor without lanes", ["open to give at least one lane", "[]"], { executor: { open: () => [] } }),
  train("nothing", "DataError", ["a path, CSV text, an array", "undefined"], undefined),
  train("a number", "DataError", ["got 5"], 5),
  train("a file that is not there", "DataError", ['"nowhere.csv"', "no such file", "Check the path"], "nowhere.csv"),
  train("a folder", "DataError", ['"test"', "it is a folder"], "test"),
  train("an empty text", "DataError", ["could not be read"], ""),
  train("a header alone", "DataError", ["at least one row of data"], "a,sold\n"),
  train("no rows", "DataError", ["at least one row"], []),
  train("nine rows", "DataError", ["at least 10 rows", "got 9"], rows.slice(0, 9)),
  train("numbers instead of rows", "DataError", ["row 0", "{ age: 31 }"], [1, 2]),
  train("one class", "DataError", ['"sold"', "at least two classes", '"yes"'], at("sold", "yes")),
  train("one number", "DataError", ['"sold"', "expected different numbers, got only 2.5"], at("sold", 2.5)),
  train("no target anywhere", "DataError", ["at least 10 rows with a target", "got 0"], at("sold", null)),
  train("blanks as target", "DataError", ["got 0"], at("sold", "")),
  train("objects as target", "DataError", ['"sold"', "a string, a number or a boolean"], at("sold", {})),
  train("bigints as target", "DataError", ['"sold"', "got 1n", "Number(cell)"], at("sold", 1n)),
  train("dates as target", "DataError", ['"sold"', "toISOString()"], at("sold", new Date(0))),
  train("bigints", "DataError", ['"a", row 0', "got 1n", "Number(cell)"], at("a", 1n), { dropSuspicious: false }),
  train(
    "text and numbers as target",
    "DataError",
    ["classes of one type"],
    rows.map((row, i) => ({ ...row, sold: i % 2 ? 1 : "yes" })),
  ),
  train("text as number", "DataError", ['"sold"', "expected a number"], rows, { task: "regression" }),
  train(
    "nothing but the target",
    "DataError",
    ["no column is left", "features"],
    rows.map(({ sold }) => ({ sold })),
  ),
  train(
    "nothing but an id",
    "DataError",
    ["no column is left", "id: all 40 values differ"],
    rows.map(({ sold }, i) => ({ id: `k${i}z`, sold })),
  ),
  train("bytes", "DataError", ["got a Uint8Array", "await parseCsv(bytes)"], new Uint8Array(3)),
  train("a Blob", "DataError", ["a path, CSV text", "await blob.text()"], new Blob(["a,sold"])),
  train("a promise of rows", "DataError", ["a path, CSV text", "await it"], Promise.resolve(rows)),
  train("an URL", "DataError", ["a path, CSV text", "fileURLToPath(url)"], new URL("file:///rows.csv")),
  train("a generator that is not called", "DataError", ["got a function", "call it"], () => arriving(rows)),
  train("columns alone", "DataError", ["Write { rows: 2, columns }"], { a: [1, 2], sold: ["no", "yes"] }),
  train("columns without rows", "OptionError", ["TableModel.train: rows", "Write { rows: 2, columns }"], {
    columns: { a: [1, 2], sold: ["no", "yes"] },
  }),
  train("CSV with a short row", "FormatError", ["TableModel.train: line 3: expected 2"], "a,sold\n1,no\n2\n"),
  train("a file with a short row", "FormatError", ['TableModel.train: "', 'short.csv": line 3: expected 2'], short),
  train("a name with dollars", "FormatError", ["/in $& and $'.csv\": line 3: expected 2"], dollars),
  train("a file that is no CSV", "FormatError", ['TableModel.train: "', '.json": the text is not CSV'], "package.json"),
  train("test data of a file with a short row", "FormatError", ['testData: "', 'short.csv": line 3'], rows, {
    testData: short,
  }),
  train(
    "a stream of bytes",
    "DataError",
    ["row 0", "Uint8Array", "its path", "sampleCsv(open)"],
    arriving([new Uint8Array(3)]),
  ),
  train("a stream of lines", "DataError", ["row 1", '"1,no"', "its path"], arriving([{ a: 1 }, "1,no"])),
  train("a Map of rows", "DataError", ["a path, CSV text", "map.values()"], new Map([[7, rows[0]]])),
  train("no rows that arrive", "DataError", ["TableModel.train", "at least one row"], arriving([])),
  train("a number that arrives", "DataError", ["row 1", "{ age: 31 }", "got 7"], arriving([{ a: 1 }, 7])),
  train("invalid numbers of rows", "DataError", ["rowNumbers", "sampleCsv", "Leave them out"], {
    ...{ rows: 2, columns: { a: [1, 2] }, rowNumbers: [0, 5] },
  }),
  option("nine rows at most", ["maxRows", ">= 10", "got 9"], { maxRows: 9 }),
  option("test data and a test size", ["testSize", "testData", "Leave testSize out"], {
    testData: rows,
    testSize: 0.1,
  }),
  option("test data without the target", ["testData", 'no column "sold"'], { testData: [{ a: 1, kind: "x" }] }),
  option("test data without a column", ["testData", 'no column "kind"', 'mean "Kind"', "null says"], {
    testData: rows.map(({ kind, ...row }) => ({ ...row, Kind: kind })),
  }),
  train("test data without a known target", "DataError", ["testData", "at least one row with a sold"], rows, {
    testData: at("sold", null),
  }),
  train("test data of another class", "DataError", ["testData", '"sold"', '"maybe"'], rows, {
    testData: at("sold", "maybe"),
  }),
  train("test data that are a number", "DataError", ["testData", "a path, CSV text", "got 5"], rows, { testData: 5 }),
  option("no target", ["target", "a column's name", "undefined"], { target: undefined }),
  option("a target that is not there", ["target", 'mean "sold"', "Known: a, kind, sold"], { target: "solt" }),
  option("an unknown option", ['mean "trials"'], { trial: 3 }),
  option("no trials", ["trials", "got 0"], { trials: 0 }),
  option("half a trial", ["trials", "integer"], { trials: 1.5 }),
  option("no time", ["seconds", "got 0"], { seconds: 0 }),
  option("a size that is text", ["hiddenLayerSizes[0]", '"64"'], { hiddenLayerSizes: ["64"] }),
  option("a number as sizes", ["hiddenLayerSizes", "a list such as [64, 32]", "got 64"], { hiddenLayerSizes: 64 }),
  option("a layer without units", ["hiddenLayerSizes[1]", "got 0"], { hiddenLayerSizes: [8, 0] }),
  option("no epochs", ["epochs", "got 0"], { epochs: 0 }),
  option("an unknown optimizer", ["optimizer", 'mean "adam"'], { optimizer: "adm" }),
  option("an unknown filling", ["missing", 'mean "median"'], { missing: "medien" }),
  option("no members", ["members", "got 0"], { members: 0 }),
  option("21 members", ["members", "<= 20"], { members: 21 }),
  option("a negative test size", ["testSize", "-1"], { testSize: -1 }),
  option("all rows for the test", ["testSize", "leaves none to train on"], { testSize: 40 }),
  option("seven rows to train on", ["testSize: 33 of 40 rows leaves 7", "at least 8", "Give 32"], { testSize: 33 }),
  option("a share that leaves four rows", ["testSize: 0.9 of 40 rows leaves 4", "Give 32"], { testSize: 0.9 }),
  option("a test row for two classes", ["TableModel.train: testSize: expected a row of each of 2", "Put 2 to 38"], {
    testSize: 1,
  }),
  option("an unknown task", ["task", '"sort"'], { task: "sort" }),
  option("a threshold of 1", ["threshold", "1"], { threshold: 1 }),
  option("an unknown threshold", ["threshold", '"best"'], { threshold: "best" }),
  option("an unknown positive class", ["positive", '"no", "yes"', '"maybe"'], { positive: "maybe" }),
  option("a positive class of three", ["positive", "two classes", "got 11"], {
    target: "a",
    task: "classification",
    positive: 1,
  }),
  option("an excluded column that is not there", ["exclude", 'no column "kynd"', 'mean "kind"'], { exclude: ["kynd"] }),
  option("a feature that is not there", ["features", 'no column "b"'], { features: ["b"] }),
  option("the target as feature", ["features", '"sold" is the target'], { features: ["sold"] }),
  option("types of a column that is not there", ["types", 'no column "b"'], { types: { b: "number" } }),
  option("an unknown type", ["types", '"zip"'], { types: { a: "zip" } }),
  option("weights of an unknown class", ["classWeight", '"no", "yes"', '"maybe"'], { classWeight: { maybe: 2 } }),
  option("weights that are negative", ["classWeight", "-1"], { classWeight: { yes: -1 } }),
  option("weights of 0 alone", ["classWeight", "above 0", "Leave it out"], { classWeight: { yes: 0, no: 0 } }),
  option("weights of numbers", ["classWeight", "the target is a number"], {
    target: "a",
    task: "regression",
    classWeight: "balanced",
  }),
  option("a seed that is negative", ["seed", "-1"], { seed: -1 }),
  option("onProgress that is text", ["onProgress", '"log"'], { onProgress: "log" }),
  option("an unknown backend", ["backend", '"gpu"'], { backend: "gpu" }),
]);

const predict = (what: string, says: string[], row: unknown, options?: unknown): Refusal => [
  what,
  what.includes("option") ? "OptionError" : "DataError",
  ["TableModel.predict", ...says],
  () => model.predict(row as never, options as never),
];
describeRefusals("TableModel.predict", [
  predict("nothing", ["row 0", "{ age: 31 }", "undefined"], undefined),
  predict("text", ["row 0", '"a"'], "a"),
  predict("a Map", ["row 0", "got a Map", "Object.fromEntries"], new Map([["a", 1]])),
  predict("a form's data", ["row 1", "got a FormData", "Object.fromEntries"], [{ a: 1 }, new FormData()]),
  predict("a Set of rows", ["rows one by one", "Give [...rows]"], new Set([{ a: 1 }])),
  predict("a generator of rows", ["rows one by one", "Give [...rows]"], [{ a: 1 }].values()),
  predict("a stream of rows", ["rows one by one", "by for await"], arriving([{ a: 1 }])),
  [
    "columns of two lengths",
    "ShapeError",
    ["TableModel.predict", '"kind"', "expected 2 cells, got 1"],
    () => model.predict({ rows: 2, columns: { a: [1, 2], kind: ["x"] } }),
  ],
  predict("a row that is null", ["row 1", "null"], [{ a: 1 }, null]),
  predict("rows of arrays", ["row 0"], [[1, 2]]),
  predict("an unknown option", ['mean "strict"'], { a: 1 }, { stric: true }),
  predict("an option that is no boolean", ["strict", '"yes"'], { a: 1 }, { strict: "yes" }),
  predict("strictly: a gap", ["row 0", "kind: no value", "strict: false"], { a: 1 }, { strict: true }),
  predict("strictly: an unknown category", ['kind: "z" is not known'], { a: 1, kind: "z" }, { strict: true }),
  predict("strictly: blanks as number", ["a: no value"], { a: " \u00a0", kind: "x" }, { strict: true }),
  predict("strictly: text as number", ['a: "one" is not a number'], { a: "one", kind: "x" }, { strict: true }),
  predict("strictly: another column", ["b: not a column"], { a: 1, kind: "x", b: 2 }, { strict: true }),
]);

const bytes = model.save();
describeRefusals("TableModel.save, load, evaluate and metadata", [
  [
    "an unknown type of weights",
    "OptionError",
    ["TableModel.save: weights", 'mean "int8"?'],
    () => model.save({ weights: "int4" as never }),
  ],
  [
    "the optimizer of a table model",
    "OptionError",
    ["TableModel.save", '"optimizer"', "Known: weights"],
    () => model.save({ optimizer: false } as never),
  ],
  ["its JSON", "OptionError", ["TableModel", "save()", "TableModel.load(bytes)"], () => JSON.stringify({ model })],
  [
    "a target that is missing",
    "DataError",
    ["TableModel.evaluate", "row 1", "leave such rows out"],
    () => model.evaluate([rows[0], { ...rows[1], sold: null }]),
  ],
  [
    "nothing",
    "FormatError",
    ["TableModel.load: expected", "Uint8Array or ArrayBuffer"],
    () => TableModel.load(undefined as never),
  ],
  [
    "the file of a model",
    "FormatError",
    ["TableModel.load", "a model alone", "Sequential.load"],
    () => TableModel.load(plain.save()),
  ],
  ["half a file", "FormatError", ["TableModel.load: "], () => TableModel.load(bytes.slice(0, bytes.length / 2))],
  [
    "a changed byte",
    "FormatError",
    ["TableModel.load: "],
    () => TableModel.load(bytes.map((byte, i) => (i === 900 ? byte ^ 1 : byte))),
  ],
  ...["*", 7, "====", ""].map((member): Refusal => {
    const attachment = { ...readAttachment("test", bytes), members: [member] };
    const altered = withAttachment("test", bytes, attachment as never);
    return [
      `a member that is ${show(member)}`,
      "FormatError",
      ["TableModel.load", "altered"],
      () => TableModel.load(altered),
    ];
  }),
  ["an unknown option", "OptionError", ['mean "threads"'], () => TableModel.load(bytes, { thread: 2 } as never)],
  [
    "no target to evaluate",
    "OptionError",
    ["TableModel.evaluate", 'no column "sold"'],
    () => model.evaluate([{ a: 1, kind: "x" }]),
  ],
  [
    "an unknown class to evaluate",
    "DataError",
    ['"sold"', '"maybe"'],
    () => model.evaluate([{ a: 1, kind: "x", sold: "maybe" }]),
  ],
  [
    "an unknown option of evaluate",
    "OptionError",
    ["TableModel.evaluate", 'mean "details"'],
    () => model.evaluate(rows, { detail: true } as never),
  ],
  [
    "no target at all, in detail",
    "DataError",
    ["TableModel.evaluate", "at least one row with a sold", "got none"],
    () => model.evaluate([{ a: 1, kind: "x", sold: null }], { details: true }),
  ],
  [
    "text that arrives",
    "DataError",
    ["TableModel.evaluate", "row 8193", '"1,no"', "its path"],
    () => model.evaluate(arriving([...Array.from({ length: 8193 }, () => rows[0]), "1,no"])),
  ],
  [
    "a column that none of the rows has",
    "OptionError",
    ["TableModel.evaluate", 'no column "kind"', "Known: a, sold", "null says"],
    () => model.evaluate(rows.map(({ kind: _, ...row }) => row)),
  ],
  ["no rows that arrive", "DataError", ["TableModel.evaluate", "at least one row"], () => model.evaluate(arriving([]))],
  ["text to evaluate", "DataError", ['"a"', "expected a number"], () => numbers.evaluate([{ a: "x", kind: "x" }])],
  [
    "metadata that is text",
    "OptionError",
    ["metadata", '"me"'],
    () => {
      model.metadata = "me" as never;
    },
  ],
]);
