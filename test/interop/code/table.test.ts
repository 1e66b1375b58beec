// Table models as code: their answers are those of TableModel.predict, for rows with gaps and unknown values, too.
import { runInNewContext } from "node:vm";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../../src/base/random.js";
import { exportC, exportModule, exportPage } from "../../../src/interop/code/index.js";
import { TableModel, type TablePrediction } from "../../../src/table/index.js";

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

  it("is not written in C", async () => {
    await expect(exportC(modelOf(target))).rejects.toThrow("Use exportModule or exportPage");
  });
});

it("columns that code cannot read are refused by name", async () => {
  const options = { target: "isOld", features: ["age", "since"], members: 1, trials: 1, epochs: 1, seed: 1 };
  const model = await TableModel.train(table, { ...options, onWarning: () => {} });
  await expect(exportModule(model)).rejects.toThrow('columns that this code cannot read: "since" (date)');
  model.dispose();
});
