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

  it("finds columns that the first row lacks", () => {
    const { data } = fromTable([{ y: 1 }, { y: 2, n: 5 }], { features: ["n"], target: "y", missing: "mean" });
    expect([...data.x]).toEqual([5, 5]);
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
