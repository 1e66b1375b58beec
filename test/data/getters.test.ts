// What the getters of fitted objects give may be changed: the object goes on with what it has learned.
import { expect, it } from "vitest";
import {
  kBinsDiscretizer,
  labelBinarizer,
  labelEncoder,
  minMaxScaler,
  multiLabelBinarizer,
  oneHotEncoder,
  ordinalEncoder,
  polynomialFeatures,
  powerTransformer,
  quantileTransformer,
  simpleImputer,
  standardScaler,
  tableEncoder,
} from "../../src/index.js";
import { TableModel } from "../../src/table/index.js";

const labels = Array.from("abacbacb");
const numbers = labels.map((_, i) => [i, (i * 5) % 8]);
const cells = labels.map((label) => [label]);
const rows = Array.from({ length: 40 }, (_, i) => ({ p: i % 9, q: labels[i % 8], y: i % 9 > 4 ? "no" : "yes" }));

/** Calls all getters, and writes into every list, array and object that they give, as far as that is possible. */
function spoil(object: object): void {
  for (let owner = object; owner !== Object.prototype; owner = Object.getPrototypeOf(owner)) {
    for (const [name, { get }] of Object.entries(Object.getOwnPropertyDescriptors(owner))) {
      if (get && name !== "metadata") overwrite(Reflect.get(object, name));
    }
  }
}

function overwrite(value: unknown): void {
  if (typeof value !== "object" || value === null) return;
  for (const [key, part] of Object.entries(value)) {
    overwrite(part);
    Reflect.set(value, key, ArrayBuffer.isView(value) ? 12_345 : "spoilt"); // false where it is frozen
  }
}

it.each<[string, () => object]>([
  ["labelEncoder", () => labelEncoder().fit(labels)],
  ["labelBinarizer", () => labelBinarizer().fit(labels)],
  ["multiLabelBinarizer", () => multiLabelBinarizer().fit(cells)],
  ["oneHotEncoder", () => oneHotEncoder().fit(cells)],
  ["oneHotEncoder of rare categories", () => oneHotEncoder({ minFrequency: 3 }).fit(cells)],
  ["ordinalEncoder", () => ordinalEncoder().fit(cells)],
  ["simpleImputer", () => simpleImputer().fit(numbers)],
  ["standardScaler", () => standardScaler().fit(numbers)],
  ["minMaxScaler", () => minMaxScaler().fit(numbers)],
  ["quantileTransformer", () => quantileTransformer({ nQuantiles: 4 }).fit(numbers)],
  ["powerTransformer", () => powerTransformer().fit(numbers)],
  ["polynomialFeatures", () => polynomialFeatures().fit(numbers)],
  ["kBinsDiscretizer", () => kBinsDiscretizer({ nBins: 3 }).fit(numbers)],
  ["tableEncoder", () => tableEncoder({ target: "y" }).fit(rows)],
])("%s", (_, fit) => {
  const object = fit();
  const learned = JSON.stringify(object);
  spoil(object);
  expect(JSON.stringify(object)).toBe(learned);
});

it("TableModel, and nothing of the caller's is frozen", async () => {
  const own = { exclude: ["p"], types: { q: "category" } as const, hiddenLayerSizes: [4] };
  const options = { ...own, target: "y", seed: 1, members: 1, trials: 2 };
  const first = await TableModel.train(rows, options);
  const previousTrials = structuredClone(first.trials);
  const model = await TableModel.train(rows, { ...options, previousTrials });
  const [file, answer] = [model.save(), model.predict(rows[0])];
  spoil(model);
  expect(Buffer.compare(model.save(), file)).toBe(0);
  expect(model.predict(rows[0])).toEqual(answer);
  const given = [...Object.values(own), previousTrials, ...previousTrials, rows, rows[0]];
  for (const value of given) expect(Object.isFrozen(value)).toBe(false);
});
