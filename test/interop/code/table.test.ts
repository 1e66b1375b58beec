// Table models as code: their answers are those of TableModel.predict, for rows with gaps and unknown values, too.
import { spawnSync } from "node:child_process";
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JsonObject } from "../../../src/base/json.js";
import { Random } from "../../../src/base/random.js";
import { cText } from "../../../src/interop/code/cParts.js";
import { exportC, exportModule, exportPage } from "../../../src/interop/code/index.js";
import { readAttachment, withAttachment } from "../../../src/model/attachment.js";
import { type TableColumn, TableModel, type TablePrediction } from "../../../src/table/index.js";
import { itInFull } from "../../support/inFull.js";
import { has, run } from "./compile.js";

const random = Random.fromSeed(11);
const table = Array.from({ length: 160 }, (_, i) => {
  const [age, city, smoker] = [20 + random.integerBelow(50), random.integerBelow(4), random.integerBelow(2)];
  const score = age / 10 - 2 * smoker + city + random.normal();
  return {
    age: i % 9 === 4 ? null : age,
    city: ["Bern", "Basel", "</script>", "Zug"][city],
    smoker: smoker ? "yes" : "no",
    rooms: String(1 + random.integerBelow(6)),
    active: i % 3 === 0,
    zone: [1, 2, 3][random.integerBelow(3)],
    since: `20${10 + (i % 9)}-03-11`,
    risk: score > 7 ? "high" : score > 4 ? "middle" : "low",
    isOld: age > 45 ? "yes" : "no",
    price: 1000 * score,
  };
});
type Row = Record<string, unknown>;
const [known] = table;
const rows: Row[] = [
  ...table.slice(0, 30),
  {},
  { age: "31", city: "Zug", smoker: "YES", rooms: 3, active: "true", zone: "2" },
  { ...known, age: null, city: undefined, smoker: "", rooms: null },
  { ...known, age: "old", city: "Rome", smoker: "perhaps", rooms: "many", zone: 7 },
  { ...known, age: "  ", city: " Bern ", smoker: 1, rooms: "1e1", active: 0, zone: "x" },
  { ...known, age: Number.NaN, city: 3, unknown: 1, rooms: "Infinity" },
  { ...known, age: "0x1F", city: "0", rooms: "0x3", zone: "0x2" },
  { ...known, age: "0b1", zone: "+2.0e0", rooms: "1n" },
  { Age: 31, city: "Zug", "CITY ": "Bern", smo_ker: "yes" },
];

const cases = [
  { target: "risk", columns: ["age", "city", "smoker", "rooms", "active", "zone"] },
  { target: "isOld", columns: ["age", "city", "smoker", "rooms"], more: { maxCategories: 3 } },
  { target: "price", columns: ["age", "city", "smoker", "zone"] },
];

const models = new Map<string, TableModel>();
beforeAll(async () => {
  for (const { target, columns, more } of cases) {
    const options = { target, features: columns, members: 2, trials: 2, epochs: 4, hiddenLayerSizes: [5], seed: 1 };
    const types = columns.includes("zone") ? { zone: "category" as const } : {};
    models.set(target, await TableModel.train(table, { ...options, types, ...more, onWarning: () => {} }));
  }
});
afterAll(() => {
  for (const model of models.values()) model.dispose();
});
const modelOf = (target: string) => models.get(target) as TableModel;

interface TableModule {
  readonly columns: readonly { readonly name: string }[];
  predict(row: unknown, options?: object): TablePrediction & TablePrediction[];
}
const importText = (text: string): Promise<TableModule> =>
  import(/* @vite-ignore */ `data:text/javascript;base64,${Buffer.from(text).toString("base64")}`);

/** The numbers of an answer, and all the rest of it. */
function partsOf(answer: TablePrediction): { numbers: number[]; rest: object } {
  if ("value" in answer) return { numbers: [answer.value, ...answer.interval], rest: { warnings: answer.warnings } };
  const { probability, probabilities, ...rest } = answer;
  return { numbers: [probability, ...Object.values(probabilities)], rest: { ...rest, of: Object.keys(probabilities) } };
}

function expectSame(got: TablePrediction, expected: TablePrediction): void {
  const [a, b] = [partsOf(got), partsOf(expected)];
  expect(a.rest).toEqual(b.rest);
  // Networks predict numbers in deviations of the target, 1000 times those of `score`.
  const unit = "value" in expected ? 1000 : 1;
  for (const [i, value] of b.numbers.entries()) {
    expect(Math.abs(a.numbers[i] - value) / Math.max(unit, Math.abs(value))).toBeLessThan(1e-6);
  }
}

describe.each(cases)("code for a table model that predicts $target", ({ target, columns }) => {
  it("answers as the model does", async () => {
    const model = modelOf(target);
    const module = await importText(await exportModule(model));
    expect(module.columns.map(({ name }) => name)).toEqual(columns);
    const all = module.predict(rows);
    for (const [i, expected] of model.predict(rows).entries()) expectSame(all[i], expected);
    expectSame(module.predict(known), model.predict(known));
    expect(() => module.predict([[1, 2]])).toThrow("expected an object");
    if (model.classes?.length !== 2) return;
    for (const threshold of [0.01, 0.99]) {
      expectSame(module.predict(known, { threshold }), model.predict(known, { threshold }));
    }
  });

  it("is the same from bytes, and stands in a page whose script computes the same", async () => {
    const module = await exportModule(modelOf(target).save());
    expect(module).toBe(await exportModule(modelOf(target)));
    const page = await exportPage(modelOf(target), { title: "Who?" });
    expect(page.match(/<\/script/g)).toHaveLength(1);
    expect(page).not.toMatch(/\bhttps?:|\bimport\b|\beval\b/);
    const script = page.split('<script type="module">')[1].split("</script>")[0];
    const said: Record<string, { textContent: string }> = {};
    /** Elements as far as the form uses them. */
    const element = (): Row => ({
      ...{ appendChild: (child: unknown) => child, replaceChildren() {}, addEventListener() {}, style: {}, value: "" },
      textContent: "",
      get valueAsNumber() {
        return Number((this as unknown as { value: string }).value);
      },
    });
    const getElementById = (id: string) => {
      said[id] ??= element() as unknown as { textContent: string };
      return said[id];
    };
    runInNewContext(script.replace(/^export /gm, ""), { document: { getElementById, createElement: element }, atob });
    const answer = modelOf(target).predict({});
    const says = "label" in answer ? String(answer.label) : String(Number(answer.value.toPrecision(6)));
    expect(said.answer.textContent).toBe(`${target}: ${says}`);
  });
});

const COMPILERS: readonly (readonly string[])[] = [
  ["gcc", "-std=c99", "-pedantic", "-Wall", "-Wextra", "-Wconversion", "-Werror", "-O1"],
  ["tcc"],
];

/** A cell as C takes it: numbers as they are, everything that a column knows by its text as the place of that text. */
function cellOf(prefix: string, { type }: TableColumn, column: number, cell: unknown): string {
  if (cell === null || cell === undefined || cell === "") return `${prefix.toUpperCase()}_MISSING`;
  if (type === "number") return Number.isNaN(Number(cell)) ? "NAN" : String(Number(cell));
  return `${prefix}_value(${column}, ${cText(String(cell))})`;
}

/** Statements that print, for each row, its outputs, how many values were told of, and its class. */
function rowsInC(prefix: string, { columns, classes }: TableModel, rows: readonly Row[]): string {
  const cells = rows.map((row) => columns.map((column, i) => cellOf(prefix, column, i, row[column.name])));
  const name = prefix.toUpperCase();
  const each = cells.map(
    (row) => `{ const double row[] = {${row.join(", ")}}; int told = ${prefix}_predict(row, y);
    for (i = 0; i < ${name}_OUTPUTS; i++) printf("%.17g ", y[i]);
    printf("%d ${classes ? "%s" : ""}|", told${classes ? `, ${prefix}_class_name(${prefix}_predict_class(row))` : ""}); }`,
  );
  return `{ double y[${name}_OUTPUTS]; int i;\n${each.join("\n")}\nprintf("\\n"); }`;
}

describe.each(COMPILERS.filter(([command]) => has(command)))("C of table models by %s %s", (...compiler) => {
  const inC: Row[] = [
    ...table.slice(0, 30),
    {},
    { ...known, age: null, city: undefined, smoker: null, zone: null, active: null },
    { ...known, age: -3, city: "Rome", smoker: "perhaps", active: "maybe", zone: 7 },
    { ...known, age: 1e300, rooms: Number.NaN },
  ];

  itInFull("answers as the models do, and tells of as many values", async () => {
    const headers = Object.fromEntries(
      await Promise.all(
        cases.map(async ({ target: prefix }) => [`${prefix}.h`, await exportC(modelOf(prefix), { prefix })]),
      ),
    );
    const statements = cases.map(({ target }) => rowsInC(target, modelOf(target), inC));
    const printed = run(headers, statements, compiler).trimEnd().split("\n");
    for (const [i, { target }] of cases.entries()) {
      const model = modelOf(target);
      const expected = model.predict(inC);
      const got = printed[i].split("|").slice(0, -1);
      expect(got).toHaveLength(inC.length);
      for (const [row, text] of got.entries()) {
        const { warnings, ...answer } = expected[row];
        const wanted = "value" in answer ? [answer.value] : Object.values(answer.probabilities);
        const parts = text.trim().split(" ");
        const scale = "value" in answer ? 1000 : 1;
        wanted.forEach((value, j) => {
          expect(Math.abs(Number(parts[j]) - value) / Math.max(scale, Math.abs(value))).toBeLessThan(2e-6);
        });
        const told = new Set(
          warnings.filter((warning) => !warning.includes("not a column")).map((w) => w.split(":")[0]),
        );
        expect(Number(parts[wanted.length])).toBe(told.size);
        if ("label" in answer) expect(parts[wanted.length + 1]).toBe(String(answer.label));
      }
    }
  });
});

it.each(
  [
    ["avr-gcc", "-mmcu=atmega328p"],
    ["arm-none-eabi-gcc", "-mcpu=cortex-m3"],
  ].filter(([command]) => has(command)),
)("C of table models compiles for small targets: %s %s", async (command, machine) => {
  const text = await exportC(modelOf("risk"), { weights: "int8" });
  const flags = ["-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror", "-Os", "-fsyntax-only", "-xc", "-"];
  expect(spawnSync(command, [machine, ...flags], { encoding: "utf8", input: text }).stderr).toBe("");
  for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
  expect(text).not.toMatch(/[ \t]$/m);
});

it("a value that nothing stands for is refused in C", async () => {
  const file = modelOf("isOld").save();
  const attachment = readAttachment("test", file) as { features: JsonObject[] };
  const features = attachment.features.map((column) => ({ ...column, fill: null }));
  const bytes = withAttachment("test", file, { ...attachment, features } as JsonObject);
  const text = await exportC(bytes, { prefix: "strict" });
  const call = (cells: string) =>
    `{ const double row[] = {${cells}}; double y[2] = {7, 7};
    printf("%d %d %g ", strict_predict(row, y), strict_predict_class(row), y[0]); }`;
  const cells = ["STRICT_MISSING, 0, 0, 1", "30, STRICT_MISSING, 0, 1", "30, 0, -1, 1"];
  if (has("tcc")) expect(run({ "strict.h": text }, cells.map(call), ["tcc"])).toBe("-1 -1 7 ".repeat(3));
  const model = await TableModel.load(bytes);
  expect(() => model.predict({ age: 30 })).toThrow("expected a value");
  await expect(exportC(model, { weights: "int8", calibration: [[1]] })).rejects.toThrow("this is a table model");
  model.dispose();
});

it.each([
  ["a minus of print", "\u2212", "-"],
  ["a digit of another script", "\u0663", "3"],
])("numbers with %s are refused, and can be read once they are written as advised", async (_, own, ascii) => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ rate: `${own}${i % 20}.5`, isLow: i % 20 > 9 ? "yes" : "no" }));
  const options = { target: "isLow", members: 1, trials: 1, epochs: 1, seed: 1, onWarning: () => {} };
  const model = await TableModel.train(rows, options);
  await expect(exportModule(model)).rejects.toThrow(
    '"rate" (numbers in a notation of its own: write them like -1234.5 before)',
  );
  const plain = rows.map((row) => ({ ...row, rate: row.rate.replace(own, ascii) }));
  const other = await TableModel.train(plain, options);
  expect(await exportModule(other, { onWarning: () => {} })).toContain("rate");
  model.dispose();
  other.dispose();
});

it("columns that code cannot read are refused by name", async () => {
  const options = { target: "isOld", features: ["age", "since"], members: 1, trials: 1, epochs: 1, seed: 1 };
  const model = await TableModel.train(table, { ...options, onWarning: () => {} });
  await expect(exportModule(model)).rejects.toThrow('columns that this code cannot read: "since" (date)');
  model.dispose();
});
