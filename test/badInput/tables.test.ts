// The doors of tables with named columns.
import { fromTable, TableEncoder, tableEncoder } from "../../src/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

const rows = [
  { age: 31, colour: "red", bought: "yes" },
  { age: 54, colour: "blue", bought: "no" },
];
const target = "bought";
const ids = Array.from({ length: 1001 }, (_, i) => ({ id: `row ${i}`, bought: 1 }));

const table = (what: string, error: Refusal[1], says: string[], given: unknown, options: object = {}): Refusal => [
  what,
  error,
  says,
  () => fromTable(given as never, { target, ...options } as never),
];
const option = (what: string, says: string[], options: object): Refusal =>
  table(what, "OptionError", ["tableEncoder", ...says], rows, options);

const encoder = tableEncoder({ target }).fit(rows);
const json = encoder.toJSON();
const altered = (what: string, says: string[], change: object): Refusal => [
  what,
  "FormatError",
  ["TableEncoder.fromJSON", ...says],
  () => TableEncoder.fromJSON({ ...json, ...change }),
];

describeRefusals("fromTable", [
  table("nothing", "DataError", ["an array of objects", "undefined"], undefined),
  table("no rows", "DataError", ["at least one row"], []),
  table("rows of arrays", "DataError", ["row 0", "{ age: 31 }", "[1, 2]"], [[1, 2]]),
  table("a row that is null", "DataError", ["row 1", "got null"], [rows[0], null]),
  table("text", "DataError", ["an array of objects", '"age,colour"'], "age,colour"),
  table("rows that are Maps", "DataError", ["row 0", "got a Map", "Object.fromEntries"], [new Map([["age", 3]])]),
  table("rows that are dates", "DataError", ["row 0", "got a Date"], [new Date()]),
  table("columns alone", "DataError", ["Write { rows: 2, columns } for columns"], { age: [1, 2], bought: [0, 1] }),
  table("columns without rows", "OptionError", ["rows", "an integer", "undefined", "Write { rows, columns }"], {
    columns: {},
  }),
  table("columns without their number", "OptionError", ["rows", "undefined", "Write { rows: 2, columns }"], {
    columns: { age: [1, 2], bought: ["a", "b"] },
  }),
  table("columns of other lengths", "ShapeError", ['"bought": expected 2 cells', "got 1"], {
    rows: 2,
    columns: { bought: ["a"] },
  }),
  table("a column that is null", "ShapeError", ['"bought"', "got undefined"], { rows: 2, columns: { bought: null } }),
  table("columns that are an array", "DataError", ["columns", "arrays by name"], { rows: 2, columns: [[1, 2]] }),
  option("no target", ["target", "undefined"], { target: undefined }),
  table("a hole among rows", "DataError", ["row 0", "{ age: 31 }", "got undefined"], new Array(2)),
  table("one row", "DataError", ["an array of objects", "[row]"], rows[0]),
  table("text as column", "DataError", ['"age"', "an array of cells", '"abc"'], {
    rows: 3,
    columns: { age: "abc", bought: [1, 2, 3] },
  }),
  table("an order that is text", "DataError", ["names", '"age"'], { rows: 1, columns: { age: [1] }, names: "age" }),
  table("a missing target, with an id column", "OptionError", ['no column "bougth"', 'mean "bought"'], ids, {
    target: "bougth",
  }),
  table("a table without columns", "OptionError", ['no column "bought"', "no columns"], [{}]),
  option("a target that is not there", ['no column "bougth"', 'mean "bought"', "Known: age"], { target: "bougth" }),
  option("an unknown option", ['mean "features"'], { feature: ["age"] }),
  option("an excluded column that is not there", ["exclude", 'no column "agee"', 'mean "age"'], { exclude: ["agee"] }),
  option("the target excluded", ["exclude", '"bought" is the target'], { exclude: ["bought"] }),
  option("a column excluded twice", ["exclude", '"age" is there twice'], { exclude: ["age", "age"] }),
  option("a feature excluded", ["exclude", '"age" is one of features'], { features: ["age"], exclude: ["age"] }),
  option("exclude as text", ["exclude", "an array of names", '"age"'], { exclude: "age" }),
  option("all columns excluded", ["at least one column"], { exclude: ["age", "colour"] }),
  option("all columns ignored", ["at least one column"], { types: { age: "ignore", colour: "ignore" } }),
  option("an unknown type", ["types", "age", '"number"', '"money"'], { types: { age: "money" } }),
  option("no parts of dates", ["dates", "an array", "[]"], { dates: [] }),
  option("an unknown part of dates", ["dates[1]", '"day"', 'mean "days"'], { dates: ["year", "day"] }),
  option("parts of dates as text", ["dates", '"year"'], { dates: "year" }),
  option("an unknown order of dates", ["dateOrder", '"ymd"'], { dateOrder: "ymd" }),
  option("one category", ["maxCategories", ">= 2", "got 1"], { maxCategories: 1 }),
  option("half a category", ["maxCategories", "integer", "2.5"], { maxCategories: 2.5 }),
  option("no places for hashes", ["hashPlaces", "got 0"], { hashPlaces: 0 }),
  option("an unknown decimal sign", ["decimal", '";"'], { decimal: ";" as "," }),
  option("an unknown handling of cells", ["handleInvalid", '"skip"'], { handleInvalid: "skip" }),
  table("dates as target", "DataError", ['"bought"', "not dates", '"category"'], rows, { types: { bought: "date" } }),
  table("words as target", "DataError", ['"bought"', "not texts"], rows, { types: { bought: "text" } }),
  table("text that is not a date", "DataError", ['"colour"', "row 0", "expected a date", '"red"', '"category"'], rows, {
    types: { colour: "date" },
  }),
  table("text that is not a boolean", "DataError", ['"colour"', "row 0", "yes or no", '"red"'], rows, {
    types: { colour: "boolean" },
  }),
  table("no number at all", "DataError", ['"colour"', "row 0", "expected a number", '"red"'], rows, {
    types: { colour: "number" },
  }),
  table("objects to hash", "DataError", ['"age"', "row 0", "expected text"], [{ age: {}, bought: 1 }], {
    types: { age: "hash" },
  }),
  option("features as text", ["features", '"age"'], { features: "age" }),
  option("no features", ["features", "at least one column"], { features: [] }),
  option("a feature twice", ['"age" is there twice'], { features: ["age", "age"] }),
  option("the target as feature", ['"bought" is the target'], { features: ["bought"] }),
  option("a feature that is not there", ['no column "agee"', 'mean "age"'], { features: ["agee"] }),
  option("types for a column that is not there", ['types: no column "colur"', 'mean "colour"'], {
    types: { colur: "category" },
  }),
  option("types for what every object has", ['no column "constructor"'], { types: { constructor: "category" } }),
  option("types as a Map", ["types", "an object"], { types: new Map([["age", "category"]]) }),
  option("an unknown handling of targets", ["missingTarget", '"skip"'], { missingTarget: "skip" }),
  option("warnings to nobody", ["onWarning", "a function", "null"], { onWarning: null }),
  option("types null", ["types", "null"], { types: null }),
  option("an unknown type", ["types: age", 'mean "number"'], { types: { age: "numbers" } }),
  option("an unknown filling", ["missing", 'mean "median"'], { missing: "medians" }),
  option("an unknown handling", ["handleUnknown"], { handleUnknown: "skip" }),
  table(
    "text among numbers",
    "DataError",
    ['column "age", row 1', '"old"', 'types: "category"'],
    [rows[0], { ...rows[1], age: "old" }],
  ),
  table(
    "a number among text",
    "DataError",
    ['column "colour", row 1', "a string as in row 0", "got 3"],
    [rows[0], { ...rows[1], colour: 3 }],
  ),
  table("an object as cell", "DataError", ['column "age", row 0', "an object"], [{ ...rows[0], age: {} }]),
  table("infinity", "DataError", ['column "age", row 0', "Infinity"], [{ ...rows[0], age: 1 / 0 }]),
  table(
    "a missing number",
    "DataError",
    ['column "age", row 1', "got null", 'missing: "mean"'],
    [rows[0], { ...rows[1], age: null }],
  ),
  table(
    "a missing category",
    "DataError",
    ['column "colour", row 1', "undefined"],
    [rows[0], { age: 1, bought: "no" }],
  ),
  table(
    "a missing target",
    "DataError",
    ['column "bought", row 1', "NaN", 'tableEncoder does with missingTarget: "drop"'],
    [rows[0], { ...rows[1], bought: NaN }],
    {
      missing: "mean",
    },
  ),
  table("a column of nothing", "DataError", ['column "age"', "got none"], [{ ...rows[0], age: null }]),
  table("too many categories", "DataError", ['column "id"', "at most 1000 categories", "1001"], ids),
  table(
    "a text among 1001 texts that are numbers",
    "DataError",
    ['column "id"', "1000 of 1001", 'row 7 holds "unknown"', '{ "id": "number" }'],
    ids.map((row, i) => ({ ...row, id: i === 7 ? "unknown" : String(i) })),
  ),
  table(
    "a bad cell of a column of numbers",
    "DataError",
    ['column "age", row 1', 'got "old"', "null says"],
    [
      { ...rows[0], age: "31" },
      { ...rows[1], age: "old" },
    ],
    { types: { age: "number" } },
  ),
  table(
    "more than float32 holds",
    "DataError",
    ['column "age", row 0', "3.4e38", "1e+39"],
    [{ ...rows[0], age: 1e39 }],
  ),
  table(
    "no target in any row",
    "DataError",
    ['"bought"', "at least one row with a target"],
    [{ age: 1, bought: null }],
    {
      missingTarget: "drop",
    },
  ),
]);

describeRefusals("TableEncoder", [
  ["before fit", "OptionError", ["fit(table) first"], () => tableEncoder({ target }).inputs(rows)],
  [
    "an unknown category",
    "DataError",
    ['column "colour", row 0', '"rad"', 'mean "red"'],
    () => encoder.inputs([{ age: 1, colour: "rad" }]),
  ],
  ["a lacking column", "OptionError", ['no column "colour"', "Known: age", "null"], () => encoder.inputs([{ age: 1 }])],
  ["a row of nothing", "OptionError", ['no column "age"', "no columns"], () => encoder.inputs([{}])],
  [
    "null without a filling",
    "DataError",
    ['column "age", row 0', "got null", 'missing: "mean"'],
    () => encoder.inputs([{ age: null, colour: "red" }]),
  ],
  [
    "a number as text",
    "DataError",
    ['column "age", row 0', 'got "3"', 'types: "number"'],
    () => encoder.inputs([{ age: "3", colour: "red" }]),
  ],
  [
    "empty text for a number",
    "DataError",
    ['column "age", row 0', 'got ""', "null says"],
    () => encoder.inputs([{ age: "", colour: "red" }]),
  ],
  [
    "a category as text that is known as a number",
    "DataError",
    ['column "age", row 0', 'got "31". Known is the number 31'],
    () => fromTable(rows, { target, types: { age: "category" } }).encoder.inputs([{ age: "31", colour: "red" }]),
  ],
  [
    "a long unknown category",
    "DataError",
    ['column "colour", row 0', "…"],
    () => encoder.inputs([{ age: 1, colour: "x".repeat(100_000) }]),
  ],
  [
    "an unknown class",
    "DataError",
    ['"bought", row 0', '"ye"', '"yes"'],
    () => encoder.transform([{ ...rows[0], bought: "ye" }]),
  ],
  ["an invalid label", "DataError", ["row 0", "from 0 to 1", "got 2"], () => encoder.classesOf([2])],
  ["a label that lists have", "DataError", ["row 0", '"length"'], () => encoder.classesOf(["length"] as never)],
  [
    "classes of a number",
    "OptionError",
    ['"age" is a number'],
    () => fromTable(rows, { target: "age" }).encoder.classesOf([1]),
  ],
  ["fit of one from JSON", "OptionError", ["keeps what it learned"], () => TableEncoder.fromJSON(json).fit(rows)],
  ["JSON as text", "FormatError", ["JSON.parse"], () => TableEncoder.fromJSON(JSON.stringify(json))],
  altered("another type", ["type", '"scaler"'], { type: "scaler" }),
  altered("no features", ["features", "[]"], { features: [] }),
  altered("a feature without a name", ["features"], { features: [{ categories: null, fill: null }] }),
  altered("categories out of order", ["target"], { target: { name: "a", categories: ["b", "a"], fill: null } }),
  altered("a flag that is text", ["target"], { target: { ...json.target, fromText: "yes" } }),
  altered("another handling of cells", ["handleInvalid"], { handleInvalid: "skip" }),
  altered("a key that its kind has not", ["features"], {
    features: [{ name: "a", categories: null, fill: 1, other: true }],
  }),
  altered("dates without an order", ["features"], {
    features: [{ name: "a", kind: "date", categories: null, fill: 1 }],
  }),
  altered("an unknown kind", ["features"], { features: [{ name: "a", kind: "ship", categories: null, fill: null }] }),
  altered("no places", ["features"], {
    features: [{ name: "a", kind: "hash", categories: null, places: 0, fill: null }],
  }),
  altered("one word instead of two", ["features"], {
    features: [{ name: "a", kind: "boolean", categories: null, words: ["no"], fill: 0 }],
  }),
  altered("another notation", ["features"], {
    features: [{ name: "a", categories: null, fill: 0, fromText: true, notation: { decimal: "x" } }],
  }),
  altered("another handling of targets", ["missingTarget"], { missingTarget: "skip" }),
  altered("no handling", ["handleUnknown"], { handleUnknown: undefined }),
]);
