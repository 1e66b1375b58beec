// Generated modules, imported as programs do: they predict what the models do, for every activation and layer.
import { describe, expect, it } from "vitest";
import { sizeOf } from "../../../src/base/shape.js";
import {
  activationNames,
  batchNormalization,
  categoryEncoding,
  dense,
  layerNormalization,
  normalization,
  Sequential,
} from "../../../src/index.js";
import { exportModule } from "../../../src/interop/code/index.js";
import { portableOf } from "../../../src/interop/fromModel.js";
import { resolveActivation } from "../../../src/specs/activations.js";
import { judge, WITH_NORMALIZATION } from "../exact.js";
import { NETS, randomNet, rowsFor, worstDifference } from "../randomNets.js";
import { everyCase } from "./nets.js";
import { importText, rowsOf } from "./run.js";

const cases = await everyCase();
const elementwise = activationNames
  .filter((name) => !/softmax|sparsemax/i.test(name))
  .map((name) => resolveActivation("", name));

async function classifier(units: number, activation: "sigmoid" | "softmax" | "linear", loss?: object) {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units, activation })], seed: 3 });
  if (loss) model.compile({ optimizer: "sgd", loss: loss as never });
  return model;
}

describe("exportModule", () => {
  it.each(cases)("$name", async ({ model, x, expected }) => {
    const { predict } = await importText(await exportModule(model));
    const got = rowsOf(x, sizeOf(model.layers[0].inputShape)).flatMap((row) => predict(row) as number[]);
    expect(worstDifference(got, expected)).toBeLessThan(2e-6);
  });

  it(`agrees on ${NETS} random nets, many rows at once`, async () => {
    const parts = {
      activations: elementwise.filter(({ type }) => type !== "exponential"),
      between: [() => batchNormalization(), () => layerNormalization()],
      first: [() => normalization()],
    };
    for (let seed = 1; seed <= NETS; seed++) {
      const model = await randomNet(seed, parts);
      const x = rowsFor(model, 8, seed);
      const { predict } = await importText(await exportModule(model));
      const got = (predict(rowsOf(x, sizeOf(model.layers[0].inputShape))) as number[][]).flat();
      expect(worstDifference(got, model.predict(x)), `net ${seed}`).toBeLessThan(2e-6);
      await judge(`net ${seed}`, model, x, got, WITH_NORMALIZATION);
    }
  });

  it("takes rows by the names of features, and answers with names of classes", async () => {
    const model = await classifier(3, "softmax");
    model.metadata = { features: ["__proto__", "</script>"], classes: ["a\u2028b", "<!--", "c`$\\"] };
    const text = await exportModule(model);
    expect(text).not.toMatch(/<\/script|<!--|\u2028/);
    const { predict, predictClass, features, classes } = await importText(text);
    expect({ features, classes }).toEqual(model.metadata);
    const row = JSON.parse('{ "__proto__": 1, "</script>": -2 }');
    expect(predict(row)).toEqual(predict([1, -2]));
    expect(predict([row, row])).toEqual(predict([[1, -2], new Float32Array([1, -2])]));
    expect([predictClass?.(row)]).toEqual(await model.predictClasses([[1, -2]]));
  });

  it.each([
    ["two names", "sigmoid", 1, { classes: ["no", "yes"] }, undefined],
    ["two numbers", "sigmoid", 1, null, undefined],
    ["logits", "linear", 1, { classes: [false, true] }, { type: "binaryCrossentropy", fromLogits: true }],
    ["signs", "linear", 1, null, { type: "hinge" }],
    ["several", "softmax", 4, null, undefined],
    ["yes or no for each", "sigmoid", 3, null, undefined],
  ] as const)("reads outputs as predictClasses does: %s", async (_, activation, units, metadata, loss) => {
    const model = await classifier(units, activation, loss);
    model.metadata = metadata;
    const rows = [
      [0.3, 0.2],
      [-1, 2],
      [2, -3],
      [-4, -5],
    ];
    const { predictClass } = await importText(await exportModule(model));
    expect(predictClass?.(rows)).toEqual(await model.predictClasses(rows));
  });

  it("has no predictClass for numbers", async () => {
    expect((await importText(await exportModule(await classifier(1, "linear")))).predictClass).toBeUndefined();
  });

  it("says which row and which input it cannot read", async () => {
    const model = await classifier(1, "linear");
    model.metadata = { features: ["width", "height"] };
    const { predict } = await importText(await exportModule(model));
    expect(() => predict([1])).toThrow("Row: expected 2 numbers, got 1.");
    expect(() => predict(5)).toThrow("Row: expected 2 numbers, got 5.");
    expect(() => predict(null)).toThrow("Row: expected 2 numbers, got null.");
    expect(() => predict([[1, 2], [1]])).toThrow("Row 1: expected 2 numbers, got 1.");
    expect(() => predict([1, Number.NaN])).toThrow("Row, height: expected a number, got NaN.");
    expect(() => predict({ width: 1 })).toThrow("Row, height: expected a number, got undefined.");
    expect(() => predict({ width: "1", height: 2 })).toThrow("Row, width: expected a number, got 1.");
    const layers = [categoryEncoding({ numTokens: 3 }), dense({ units: 1 })];
    const codes = await Sequential.create({ inputShape: [1], layers });
    const coded = await importText(await exportModule(codes));
    for (const code of [3, -1, 0.5]) expect(() => coded.predict([code])).toThrow("expected an integer from 0 to 2");
  });

  it("is readable text without imports, and the same from a model, its file, its worker and plain data", async () => {
    const { model } = cases[0];
    const text = await exportModule(model);
    expect(text).not.toMatch(/\bimport\b|\brequire\b|\beval\b|new Function|[ \t]$/m);
    expect(text.endsWith("}\n") || text.endsWith(";\n")).toBe(true);
    for (const line of text.split("\n")) expect(line.length).toBeLessThanOrEqual(120);
    expect(await exportModule(model.save())).toBe(text);
    expect(await exportModule(await portableOf(model))).toBe(text);
    const there = await Sequential.load(model.save(), { worker: true });
    expect(await exportModule(there)).toBe(text);
    await there.dispose();
  });
});
