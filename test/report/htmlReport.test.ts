// The page of a table model: well-formed, harmless, and with the numbers of the model.
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import { htmlReport } from "../../src/report/index.js";
import { TableModel } from "../../src/table/index.js";
import { itInFull } from "../support/inFull.js";
import { type Element, elementsOf, parseXml } from "../support/xml.js";

const random = Random.fromSeed(3);
const people = Array.from({ length: 400 }, (_, i) => {
  const [age, size] = [random.integerBelow(60), random.normal()];
  const kind = ["a", "b", "c"][random.integerBelow(3)];
  const bought = random.uniform() * 60 < age + (kind === "a" ? 20 : 0) ? "yes" : "no";
  return { id: `K-${7000 + i}`, age: i % 30 === 4 ? null : age, size, kind, country: "DE", bought };
});
const quiet = { trials: 1, members: 2, seed: 5, onWarning: () => {} } as const;

/** The page as elements; the first line is no XML. */
const read = (page: string) => parseXml(page.replace("<!doctype html>", ""));
const textOf = ({ text, children }: Element): string => text + children.map(textOf).join("");
const headings = (root: Element) => elementsOf(root, "h2").map(textOf);

/** The cells of the table with a name, as the exact values where there are some. */
function tableOf(root: Element, name: string): (string | number)[][] {
  const region = elementsOf(root, "div").find(({ attributes }) => attributes["aria-label"] === name);
  if (!region) return expect.fail(`no table ${name}`);
  const [, ...rows] = elementsOf(region, "tr");
  return rows.map(({ children }) =>
    children.map((cell) => {
      const [data] = elementsOf(cell, "data");
      return data ? Number(data.attributes.value) : textOf(cell);
    }),
  );
}

/** The lines of the model card. */
function cardOf(root: Element): Map<string, string> {
  const card = elementsOf(root, "dl").find(({ attributes }) => attributes.class === "card");
  const [names, values] = ["dt", "dd"].map((name) => elementsOf(card as Element, name).map(textOf));
  return new Map(names.map((name, i) => [name, values[i]]));
}

/** Nothing runs, and nothing is fetched. */
function expectHarmless(page: string): void {
  const elements = elementsOf(read(page), "html").flatMap(function all(one: Element): Element[] {
    return [one, ...one.children.flatMap(all)];
  });
  const names = new Set(elements.map(({ name }) => name));
  for (const bad of ["script", "iframe", "object", "embed", "link", "img", "image", "use", "a", "form", "base"]) {
    expect([...names]).not.toContain(bad);
  }
  for (const { name, attributes, text } of elements) {
    for (const [key, value] of Object.entries(attributes)) {
      expect(key).not.toMatch(/^on|href|src|^style$|action/);
      if (key !== "xmlns") expect(value).not.toMatch(/url\(|javascript:/);
    }
    if (name === "style") expect(text).not.toMatch(/url\(|@import|https?:/);
  }
  expect(page.replaceAll('xmlns="http://www.w3.org/2000/svg"', "")).not.toMatch(/https?:/);
}

/** The printed value is the one next to it, rounded. */
function expectRounded(root: Element): void {
  for (const { text, attributes } of elementsOf(root, "data")) {
    const value = Number(attributes.value);
    const shown = Number(text.replaceAll(",", "").replaceAll("\u2212", "-"));
    expect(Math.abs(shown - value), text).toBeLessThanOrEqual(Math.max(5.001e-5, Math.abs(value) * 5e-4));
  }
}

describe("two classes", () => {
  let model: TableModel;
  let page: string;
  let root: Element;
  beforeAll(async () => {
    model = await TableModel.train(people, { target: "bought", ...quiet });
    page = htmlReport(model, { command: "node <train>.js", date: "1 May", card: { "SHA-256": "ab12" }, table: people });
    root = read(page);
  });

  it("has all parts, no script and no links", () => {
    expectHarmless(page);
    expect(headings(root)).toEqual([
      ...["Scores", "Columns", "Predictions for the test rows", "Importance of the columns", "Worst rows"],
      ...["Training", "Model card"],
    ]);
    expect(elementsOf(root, "svg").filter(({ attributes }) => attributes.role === "img")).toHaveLength(6);
    expect(textOf(elementsOf(root, "h1")[0])).toBe("Model of bought");
    expectRounded(root);
  });

  it("shows the scores of the model next to those of simple ones", () => {
    const rows = tableOf(root, "Scores next to simple models");
    const all = { "this model": model.scores, ...model.baselines };
    expect(rows).toEqual(Object.entries(all).map(([name, scores]) => [name, ...Object.values(scores ?? {})]));
    const tiles = elementsOf(root, "dl").find(({ attributes }) => attributes.class === "tiles") as Element;
    const shown = elementsOf(tiles, "data");
    expect(shown.map(({ attributes }) => Number(attributes.value))).toEqual(Object.values(model.scores ?? {}));
    expect(shown[0].text).toBe(model.scores?.rocAuc.toFixed(4));
  });

  it("the confusion matrix, the curves and the thresholds agree with the scores", () => {
    const { accuracy, precision, recall, f1, rocAuc } = model.scores ?? {};
    const picture = elementsOf(root, "svg").find(({ children }) => textOf(children[0]) === "Confusion matrix");
    const counts = elementsOf(picture as Element, "text").map(textOf).filter((text) => /^\d+$/.test(text)).map(Number); // biome-ignore format: one
    expect(counts).toHaveLength(4);
    expect(counts.reduce((sum, count) => sum + count)).toBe(model.rows.test);
    expect((counts[0] + counts[3]) / model.rows.test).toBeCloseTo(accuracy as number, 12);
    expect(counts[3] / (counts[1] + counts[3])).toBeCloseTo(precision as number, 12);
    expect(tableOf(root, "Areas under the curves")[0][1]).toBeCloseTo(rocAuc as number, 12);
    expect(elementsOf(root, "title").map(textOf)).toContain(`ROC curve: AUC ${rocAuc?.toFixed(4)}`);
    const thresholds = tableOf(root, "Scores by threshold") as number[][];
    expect(thresholds).toHaveLength(20);
    const own = thresholds.find(([threshold]) => threshold === model.threshold) as number[];
    expect(own.slice(1, 5)).toBeAllClose([precision, recall, f1, accuracy] as number[], { rtol: 1e-12, atol: 0 });
    const marks = elementsOf(root, "strong");
    expect(marks).toHaveLength(1);
    expect(Number(elementsOf(marks[0], "data")[0].attributes.value)).toBe(model.threshold);
    expect(own.slice(5)).toEqual([counts[1] + counts[3], counts[3], counts[1]]);
    const calibration = tableOf(root, "Calibration") as number[][];
    expect(calibration.reduce((sum, [, , rows]) => sum + rows, 0)).toBe(model.rows.test);
  });

  it("shows columns, what fills them, what was left out, and importance", () => {
    const shown = (fill: unknown) => String(typeof fill === "number" ? Number(fill.toPrecision(12)) : fill);
    expect(tableOf(root, "Columns that are read")).toEqual(
      model.columns.map(({ name, type, inputs, fill, categories }) => [
        ...[name, type, inputs.length, shown(fill), categories?.join(", ") ?? "–"],
      ]),
    );
    expect(tableOf(root, "Columns that are not read")).toEqual([
      ["id", "identifier", "all 400 values differ"],
      ["country", "constant", "every row has the same value"],
    ]);
    const bars = elementsOf(root, "dl").find(({ attributes }) => attributes.class === "bars") as Element;
    const values = elementsOf(bars, "data").map(({ attributes }) => Number(attributes.value));
    expect(elementsOf(bars, "dt").map(textOf)).toEqual(Object.keys(model.importance ?? {}));
    expect(values).toEqual(Object.values(model.importance ?? {}));
  });

  it("shows the cells of the worst rows, which the file does not hold", async () => {
    const worst = tableOf(root, "Worst rows");
    expect(worst).toHaveLength(10);
    const columns = Object.keys(model.importance ?? {}) as (keyof (typeof people)[0])[];
    for (const [row, truth, predicted, probability, ...cells] of worst) {
      const person = people[row as number];
      expect(truth).toBe(person.bought);
      const prediction = model.predict({ ...person });
      expect(prediction).toMatchObject({ label: predicted });
      expect((prediction as { probabilities: Record<string, number> }).probabilities[person.bought]).toBe(probability);
      expect(cells).toEqual(columns.map((name) => String(person[name] ?? "–")));
    }
    const without = htmlReport(model);
    expect(tableOf(read(without), "Worst rows")).toEqual(worst.map((cells) => cells.slice(0, 4)));
    const file = new TextDecoder("latin1").decode(model.save());
    expect(people.some(({ size }) => file.includes(String(size)))).toBe(false);
    expect(file).not.toContain("K-70");
  });

  it("the card has all that is needed to repeat the training, and a date only if it is given", () => {
    const card = cardOf(root);
    expect(card.get("Seed")).toBe("5");
    expect(card.get("Command")).toBe("node <train>.js");
    expect(card.get("Date")).toBe("1 May");
    expect(card.get("SHA-256")).toBe("ab12");
    expect(card.get("Trained with")).toBe(`simdgrad ${model.training.version}`);
    expect(card.get("Options")).toContain('target: "bought"');
    expect(model.training.options).toMatchObject({ trials: 1, members: 2, seed: 5, testSize: 0.2, threshold: "f1" });
    expect(cardOf(read(htmlReport(model))).has("Date")).toBe(false);
  });

  it("is the same page for the model from its file", async () => {
    const loaded = await TableModel.load(model.save());
    expect(htmlReport(loaded)).toBe(htmlReport(model));
    expect(loaded.training).toEqual(model.training);
    loaded.dispose();
  });

  it("has the colours of one theme, if asked", () => {
    expect(page).toContain("prefers-color-scheme:dark");
    for (const theme of ["light", "dark"] as const) {
      expect(htmlReport(model, { theme })).not.toContain("prefers-color-scheme");
    }
  });
});

describe("names and cells that look like markup", () => {
  const nasty = [
    ...["<script>alert(1)</script>", "</style><b>", `a "b" & 'c'`, "__proto__", "12", "\u202egnp.exe", "{{x}}"],
    ...["https://example.org/?a&b", "javascript:alert(1)", "x".repeat(400), "\u0000\u0007", "]]>", "<!-- "],
  ];

  it("are text like any other", async () => {
    const rows = Array.from({ length: 120 }, (_, i) => {
      const cells = nasty.map((name, k): [string, unknown] => [
        name,
        k < 3 ? nasty[(i * (k + 2)) % 7] : random.normal(),
      ]);
      return Object.fromEntries([...cells, ["</title>", nasty[i % 4]]]);
    });
    const model = await TableModel.train(rows, { target: "</title>", ...quiet });
    model.metadata = { "</code><script>": ["<script>"] };
    const options = { title: "</title><script>", command: "<script>", card: { "</dt><script>": "</dd>" }, table: rows };
    const page = htmlReport(model, options);
    const root = read(page);
    expect(page).not.toMatch(/<script|<b>|\u202e/i);
    expect(page).not.toContain("\u0000");
    const elements = elementsOf(root, "style").length;
    expect(elements).toBe(1 + elementsOf(root, "svg").filter(({ attributes }) => attributes.role).length);
    const columns = tableOf(root, "Columns that are read").map(([name]) => name);
    expect(columns).toContain("<script>alert(1)</script>");
    expect(columns).toContain("__proto__");
    expect(columns).toContain("\ufffdgnp.exe");
    expect(textOf(elementsOf(root, "h1")[0])).toBe("</title><script>");
    expect(headings(root)).toHaveLength(7);
    expectHarmless(page.replaceAll("https://example.org", "").replaceAll("javascript:", ""));
    const mistakes = tableOf(root, "Most frequent mistakes") as [string, string, number][];
    const right = tableOf(root, "Scores of each class").reduce((sum, row) => sum + (row[3] as number), 0);
    expect(mistakes.reduce((sum, [, , count]) => sum + count, right)).toBe(model.rows.test);
    model.dispose();
  });
});

itInFull("of many classes shows the mistakes, and the file stays small", async () => {
  const rows = Array.from({ length: 1200 }, (_, i) => ({ place: i % 120, size: random.normal(), code: `c${i % 120}` }));
  const model = await TableModel.train(rows, { target: "code", ...quiet });
  expect(model.confusionMatrix).toBeNull();
  expect(model.save().length).toBeLessThan(30_000);
  const root = read(htmlReport(model, { table: rows }));
  expect(textOf(root)).toContain("There are 120 classes: too many for a confusion matrix that can be read.");
  expect(tableOf(root, "Most frequent mistakes").length).toBeLessThanOrEqual(20);
  expect(tableOf(root, "Areas under the curves")).toHaveLength(6);
  model.dispose();
});

describe("numbers, and no test rows", () => {
  const houses = Array.from({ length: 500 }, () => {
    const area = 40 + random.integerBelow(200);
    return { area, age: random.integerBelow(90), price: 1e5 + 3000 * area + random.normal() * 2e4 };
  });

  it("shows predicted against true and residuals", async () => {
    const model = await TableModel.train(houses, { target: "price", ...quiet, testSize: 400 });
    const page = htmlReport(model, { table: houses });
    expectHarmless(page);
    const root = read(page);
    expectRounded(root);
    const titles = elementsOf(root, "title").map(textOf);
    expect(titles).toEqual(
      expect.arrayContaining(["Predicted against true", "Residuals", "Distribution of the residuals"]),
    );
    expect(textOf(root)).toContain("Pictures show 300 of the 400 test rows.");
    const worst = tableOf(root, "Worst rows") as number[][];
    for (const [row, truth, predicted, residual] of worst) {
      expect(truth).toBe(houses[row].price);
      expect(residual).toBe(predicted - truth);
      expect(model.predict(houses[row])).toMatchObject({ value: predicted });
    }
    const sizes = worst.map(([, , , residual]) => Math.abs(residual));
    expect(sizes).toEqual([...sizes].sort((a, b) => b - a));
    model.dispose();
  });

  it("leaves out what it has no rows for", async () => {
    const options = { target: "price", ...quiet, testSize: 0, importance: false };
    const model = await TableModel.train(houses.slice(0, 60), options);
    const root = read(htmlReport(model));
    expect(headings(root)).toEqual(["Columns", "Training", "Model card"]);
    expect(textOf(root)).toContain("No rows were held back (testSize: 0)");
    model.dispose();
  });
});

it("models name the version of the package", async () => {
  const { VERSION } = await import("../../src/table/training.js");
  const manifest = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  expect(VERSION).toBe(manifest.version);
});
