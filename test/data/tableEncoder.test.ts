// Tables with named columns: worked by hand, there and back, on rows that fit has not seen.
import { describe, expect, it } from "vitest";
import { Dataset, fromTable, TableEncoder, tableEncoder } from "../../src/index.js";

const rows = [
  { age: 31, colour: "red", member: true, bought: "yes" },
  { age: 54, colour: "blue", member: false, bought: "no" },
  { age: 40, colour: "red", member: false, bought: "maybe" },
];
const columns = {
  rows: 3,
  columns: {
    age: Float64Array.of(31, 54, 40),
    colour: ["red", "blue", "red"],
    member: [true, false, false],
    bought: ["yes", "no", "maybe"],
  },
};
const x = [31, 0, 1, 1, 54, 1, 0, 0, 40, 0, 1, 0];

describe.each([
  ["objects", rows],
  ["columns", columns],
])("a table of %s", (_, table) => {
  it("numbers as they are, booleans as 0 and 1, text one-hot, the target as class", () => {
    const { data, encoder } = fromTable(table, { target: "bought" });
    expect(data).toBeInstanceOf(Dataset);
    expect([...data.x]).toEqual(x);
    expect([...data.y]).toEqual([2, 1, 0]);
    expect(data.featureNames).toEqual(["age", "colour_blue", "colour_red", "member"]);
    expect(data.classNames).toEqual(["maybe", "no", "yes"]);
    expect(encoder.classesOf(data.y)).toEqual(["yes", "no", "maybe"]);
  });

  it("takes the features that are named, in their order, and a number as target", () => {
    const { data, encoder } = fromTable(table, { features: ["member", "colour"], target: "age" });
    expect([...data.x]).toEqual([1, 0, 1, 0, 1, 0, 0, 0, 1]);
    expect([...data.y]).toEqual([31, 54, 40]);
    expect([data.classNames, encoder.classes]).toEqual([null, null]);
  });

  it("reads columns as told", () => {
    const { data, encoder } = fromTable(table, {
      features: ["age"],
      target: "member",
      types: { age: "category", member: "number" },
    });
    expect(data.featureNames).toEqual(["age_31", "age_40", "age_54"]);
    expect([...data.x]).toEqual([1, 0, 0, 0, 0, 1, 0, 1, 0]);
    expect([...data.y]).toEqual([1, 0, 0]);
    expect(encoder.classes).toBeNull();
    const classes = fromTable(table, { features: ["colour"], target: "age", types: { age: "category" } });
    expect(classes.encoder.classes).toEqual([31, 40, 54]);
    expect([...classes.data.y]).toEqual([0, 2, 1]);
    expect(classes.data.classNames).toEqual(["31", "40", "54"]);
  });
});

describe("tableEncoder", () => {
  const encoder = tableEncoder({ target: "bought" }).fit(rows);

  it("encodes rows it has not seen alike, with or without a target", () => {
    const fresh = [{ colour: "blue", age: 7, member: true, bought: "no", more: "ignored" }];
    expect([...encoder.inputs(fresh)]).toEqual([7, 1, 0, 1]);
    expect([...encoder.transform(fresh).y]).toEqual([1]);
    expect([...encoder.inputs([{ age: 8, colour: "red", member: false }])]).toEqual([8, 0, 1, 0]);
  });

  it("fills in what is missing with what the training rows had", () => {
    const holes = [
      { n: 1, c: "b", y: 0 },
      { n: null, c: "a", y: 1 },
      { n: 3, c: undefined, y: 0 },
      { n: 8, c: "b", y: 0 },
    ];
    const filled = (missing: "mean" | "median" | "mostFrequent") =>
      Array.from(fromTable(holes, { target: "y", missing }).data.x);
    expect(filled("mean")).toEqual([1, 0, 1, 4, 1, 0, 3, 0, 1, 8, 0, 1]);
    expect(filled("median")[3]).toBe(3);
    expect(filled("mostFrequent")[3]).toBe(1);
    const { encoder } = fromTable(holes, { target: "y", missing: "mean" });
    expect([...encoder.inputs([{ n: Number.NaN, c: null }])]).toEqual([4, 0, 1]);
  });

  it("takes the keys of all rows as columns; what a row lacks is missing", () => {
    const some = [
      { a: 1, y: 0 },
      { a: 2, b: 5, y: 1 },
      { y: 1, c: "q", b: 7 },
    ];
    const { data, encoder } = fromTable(some, { target: "y", missing: "mean" });
    expect(data.featureNames).toEqual(["a", "b", "c_q"]);
    expect([...data.x]).toEqual([1, 6, 1, 2, 5, 1, 1.5, 7, 1]);
    expect([...encoder.inputs([{ a: 3 }, { b: 4, c: null }])]).toEqual([3, 6, 1, 1.5, 4, 1]);
    expect(() => fromTable(some, { target: "y" })).toThrow('column "a", row 2: expected a value, got undefined');
    const late = fromTable([{ y: 1 }, { y: 2, n: 5 }], { features: ["n"], target: "y", missing: "mean" });
    expect([...late.data.x]).toEqual([5, 5]);
  });

  it("takes rows of an interface and instances of a class", () => {
    interface Flower {
      size: number;
      kind: string;
    }
    const flowers: Flower[] = [{ size: 1, kind: "rose" }];
    class Stone {
      weight = 3;
      kind = "flint";
      get heavy() {
        return this.weight > 2;
      }
    }
    expect(fromTable(flowers, { target: "kind" }).data.featureNames).toEqual(["size"]);
    expect(fromTable([new Stone()], { target: "kind" }).data.featureNames).toEqual(["weight"]);
  });

  it.each(["constructor", "__proto__", "toString", "hasOwnProperty", "length", "", "7", "😀", "a b"])(
    "takes %j as column, as target and as category",
    (name) => {
      const cells = ["u", "v", "u"];
      const objects = cells.map((cell, i) => JSON.parse(`{ ${JSON.stringify(name)}: "${cell}", "n": ${i} }`));
      const columns = JSON.parse(`{ ${JSON.stringify(name)}: ["u", "v", "u"], "n": [0, 1, 2] }`);
      for (const table of [objects, { rows: 3, columns }]) {
        const { data, encoder } = fromTable(table, { target: "n" });
        expect(data.featureNames).toEqual([`${name}_u`, `${name}_v`]);
        expect([...data.x]).toEqual([1, 0, 0, 1, 1, 0]);
        expect(TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder))).transform(table)).toEqual(data);
        expect(fromTable(table, { target: name }).data.classNames).toEqual(["u", "v"]);
        const types = JSON.parse(`{ ${JSON.stringify(name)}: "category" }`);
        expect(fromTable(table, { target: "n", types }).data.featureNames).toEqual(data.featureNames);
      }
      const named = [name, "\uffff", name].map((cell, i) => ({ cell, n: i }));
      const options = { target: "n", types: { cell: "category" } } as const;
      expect([...fromTable(named, options).data.x]).toEqual([1, 0, 0, 1, 1, 0]);
    },
  );

  it("is not harmed by what others add to Object.prototype", () => {
    const shared = Object.prototype as { tap?: unknown };
    shared.tap = () => {};
    try {
      const { data, encoder } = fromTable(rows, { target: "bought", types: { colour: "category" } });
      expect([...data.x]).toEqual(x);
      expect(Object.keys(encoder.toJSON())).toEqual(["type", "version", "features", "target", "handleUnknown"]);
    } finally {
      delete shared.tap;
    }
  });

  it("gives every column of x a name of its own", () => {
    const { data } = fromTable(
      [
        { a: "b_c", a_b: "c", y: 0 },
        { a: "b", a_b: "b", y: 1 },
      ],
      { target: "y" },
    );
    expect(data.featureNames).toEqual(["a_b", "a_b_c", "a_b_b", "a_b_c_2"]);
    const numbers = fromTable([{ a: "b", a_b: 3, y: 0 }], { target: "y" });
    expect(numbers.data.featureNames).toEqual(["a_b", "a_b_2"]);
  });

  it("keeps the order of the columns that names says", () => {
    const named = { rows: 1, names: ["9", "b", "gone"], columns: { 1: [1], 9: [9], b: [2], y: [0] } };
    const { data } = fromTable(named, { target: "y" });
    expect(data.featureNames).toEqual(["9", "b", "1"]);
    expect([...data.x]).toEqual([9, 2, 1]);
  });

  it("reads text as numbers where types says so, in all rows to come", () => {
    const text = [{ n: " 31 " }, { n: "-4.5e1" }, { n: null }, { n: "00501" }, { n: 7 }].map((row, y) => ({
      ...row,
      y,
    }));
    const { data, encoder } = fromTable(text, { target: "y", types: { n: "number" }, missing: "median" });
    expect([...data.x]).toEqual([31, -45, 19, 501, 7]);
    const restored = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect([...restored.inputs([{ n: "8" }, { n: null }])]).toEqual([8, 19]);
    expect(restored.toJSON()).toEqual(encoder.toJSON());
    for (const n of ["x", "", "1,5", "0x10", "Infinity", "1e999"]) {
      expect(() => restored.inputs([{ n }])).toThrow(`column "n", row 0: expected a number, got "${n}"`);
    }
    const target = fromTable([{ a: 1, y: "2.5" }], { target: "y", types: { y: "number" } });
    expect([...target.data.y]).toEqual([2.5]);
  });

  it("warns of text among which are numbers, unless types says what it is", () => {
    const told = (cells: readonly string[], types = {}) => {
      const warnings: string[] = [];
      const onWarning = (message: string) => warnings.push(message);
      fromTable(
        cells.map((n, y) => ({ n, y })),
        { target: "y", types, onWarning },
      );
      return warnings;
    };
    expect(told(["1", "2"])).toEqual([]);
    expect(told(["1", "unknown", "2"])).toEqual([expect.stringContaining('row 1 holds "unknown"')]);
    expect(told(["1", "2"], { n: "category" })).toEqual([]);
    expect(told(["1", "2"], { n: "number" })).toEqual([]);
    expect(told(["00501", "01234"])).toEqual([]);
    const rounded = 'row 1: "9007199254740993" is rounded to 9007199254740992';
    expect(told(["5", "9007199254740993"], { n: "number" })).toEqual([expect.stringContaining(rounded)]);
    expect(told(["a", "b", "3"])).toEqual([]);
  });

  it("warns of an ignored category that is known but for capitals and blanks, once", () => {
    const warnings: string[] = [];
    const onWarning = (message: string) => warnings.push(message);
    const own = tableEncoder({ target: "bought", handleUnknown: "ignore", onWarning }).fit(rows);
    const row = { age: 1, member: true };
    own.inputs(["Red ", "Red ", "green"].map((colour) => ({ ...row, colour })));
    expect(warnings).toEqual([
      expect.stringContaining('column "colour", row 0: "Red " is not known and ignored, but "red"'),
    ]);
  });

  it("leaves out rows without a target if asked to", () => {
    const gaps = [{ n: 1, y: "a" }, { n: 2, y: null }, { n: 3 }, { n: 4, y: "b" }];
    const { data, encoder } = fromTable(gaps, { target: "y", missingTarget: "drop", missing: "mean" });
    expect([[...data.x], [...data.y], data.classNames]).toEqual([
      [1, 4],
      [0, 1],
      ["a", "b"],
    ]);
    expect([...encoder.inputs([{ n: null }])]).toEqual([2.5]);
    const restored = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(restored.transform(gaps)).toEqual(data);
    const columns = { rows: 4, columns: { n: [1, 2, 3, 4], y: ["a", null, undefined, "b"] } };
    expect(fromTable(columns, { target: "y", missingTarget: "drop" }).data).toEqual(data);
    const late = [
      { n: 1, y: null },
      { n: "x", y: 0 },
    ];
    expect(() => fromTable(late, { target: "y", missingTarget: "drop", types: { n: "number" } })).toThrow("row 1");
  });

  it("keeps float64: times in milliseconds differ in inputs", () => {
    const times = [0, 1000, 2000].map((ms, y) => ({ time: 1_700_000_000_000 + ms, y }));
    const { encoder } = fromTable(times, { target: "y" });
    expect([...encoder.inputs(times)]).toEqual(times.map(({ time }) => time));
  });

  it("takes nothing of the caller's", () => {
    const features = ["age"];
    const types = { age: "number" as const };
    const own = tableEncoder({ target: "bought", features, types });
    features.push("nothing");
    (types as Record<string, string>).nothing = "category";
    const json = own.fit(rows).toJSON();
    const restored = TableEncoder.fromJSON(json);
    json.features.pop();
    (json.target.categories as string[]).reverse();
    expect(restored.transform(rows)).toEqual(own.transform(rows));
    expect(restored.classes).toEqual(["maybe", "no", "yes"]);
  });

  it("ignores unknown categories if asked to", () => {
    const { encoder } = fromTable(rows, { features: ["colour"], target: "age", handleUnknown: "ignore" });
    expect([...encoder.inputs([{ colour: "green" }, { colour: "red" }])]).toEqual([0, 0, 0, 1]);
  });

  it("goes through JSON", () => {
    const restored = TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder)));
    expect(restored.transform(rows)).toEqual(encoder.transform(rows));
    expect(restored.toJSON()).toEqual(encoder.toJSON());
    expect(restored.classesOf([2, 0])).toEqual(["yes", "maybe"]);
  });

  it("is not lost in 100 000 rows", () => {
    const many = Array.from({ length: 100_000 }, (_, i) => ({ n: i, c: i % 2 ? "odd" : "even", y: i % 3 }));
    const { data } = fromTable(many, { target: "y" });
    expect([...data.x.subarray(-3)]).toEqual([99_999, 0, 1]);
    expect(data.length).toBe(100_000);
  });
});

it("says what each column is read as, a line for each, also after JSON", () => {
  const rows = Array.from({ length: 8 }, (_, i) => ({
    price: i === 3 ? null : `${i + 1}.000,50 EUR`,
    day: `2024-12-0${i + 1}`,
    open: i % 2 ? "Yes" : "no",
    kind: ["a", "b", "c", "d", "e", "f"][i % 6],
    zip: `0${1000 + i}`,
    note: "two words",
    constructor: i,
    sold: i % 2 ? "x" : "y",
  }));
  const encoder = tableEncoder({
    ...{
      target: "sold",
      exclude: ["constructor"],
      missing: "median",
      maxCategories: 5,
      hashPlaces: 3,
      onWarning: () => {},
    },
    ...{ types: { note: "text", zip: "hash" }, dates: ["year", "monthCycle"] },
  }).fit(rows);
  const lines = [
    'sold: 2 categories ("x", "y") (target)',
    'price: number, text too, decimal sign ",", thousands ".", unit "EUR", a missing value becomes 5000.5',
    "day: date as year, monthCycle, 3 columns of x, a missing value becomes 2024-12-04",
    'open: boolean, "no" or "yes", a missing value becomes "no"',
    'kind: 4 categories ("a", "b", "c", "d"), and the rare ones as one, 5 columns of x, a missing value becomes "a"',
    "zip: categories, hashed, 3 columns of x",
    "note: words, hashed, 3 columns of x",
  ];
  expect(encoder.report).toEqual([...lines, "constructor: left out"]);
  expect(TableEncoder.fromJSON(JSON.parse(JSON.stringify(encoder))).report).toEqual(lines);
});
