// classWeight: keys are classes and nothing else, and a row has one class.
import { describe, expect, it, onTestFinished } from "vitest";
import {
  adam,
  binaryCrossentropy,
  DataError,
  Dataset,
  dense,
  type Loss,
  OptionError,
  Sequential,
} from "../../src/index.js";

const x = [[0], [1], [2], [3]];

async function made(units: number, loss: Loss, runtime: { worker?: boolean } = {}): Promise<Sequential> {
  const activation = units === 1 || JSON.stringify(loss).includes("binary") ? "sigmoid" : "softmax";
  const layers = [dense({ units, activation })];
  const model = (await Sequential.create({ inputShape: [1], layers, seed: 1, ...runtime })) as Sequential;
  await model.compile({ optimizer: adam(), loss });
  onTestFinished(() => model.dispose());
  return model;
}

describe("keys that are not classes are refused", () => {
  it.each([
    "",
    " ",
    "a",
    "1.5",
    "-1",
    "3",
    "01",
    "1e0",
    "0x1",
    "1 ",
    "NaN",
    "Infinity",
    "constructor",
    "toString",
    "true",
  ])("%j", async (key) => {
    const model = await made(3, "sparseCategoricalCrossentropy");
    const before = model.save();
    const attempt = model.fit({ x, y: [0, 1, 2, 0] }, { classWeight: { [key]: 2 } });
    await expect(attempt).rejects.toThrow(OptionError);
    await expect(attempt).rejects.toThrow("fit: classWeight: class: expected an integer >= 0");
    expect(model.save()).toEqual(before);
  });

  it("a property __proto__", async () => {
    const model = await made(3, "sparseCategoricalCrossentropy");
    const classWeight = JSON.parse('{"__proto__": 2}');
    await expect(model.fit({ x, y: [0, 1, 2, 0] }, { classWeight })).rejects.toThrow('got "__proto__"');
  });

  it.each([
    ["a Map", new Map([[0, 1]])],
    ["a Set", new Set([0])],
    ["a Date", new Date(0)],
    ["URLSearchParams", new URLSearchParams("0=1")],
    ["a typed array", Float32Array.of(1, 2, 3)],
  ])("%s", async (_, classWeight) => {
    const model = await made(3, "sparseCategoricalCrossentropy");
    const attempt = model.fit({ x, y: [0, 1, 2, 0] }, { classWeight: classWeight as never });
    await expect(attempt).rejects.toThrow('expected { class: weight, … } or "balanced"');
  });

  const named: [what: string, classNames: string[], classWeight: Record<string, number>, says: string][] = [
    [
      "an unknown name",
      ["no", "yes"],
      { yse: 3 },
      ': no class has the name "yse". Did you mean "yes"? Known: "no", "yes".',
    ],
    ["a name and its number", ["no", "yes"], { 1: 2, yes: 3 }, ': "1" and "yes" are one class. Give it one weight.'],
    ["a number as name", ["3", "4"], { 4: 3 }, ': a number means a class number, got the name "4". Write 1 for it.'],
    ["a number of no class", ["no", "yes"], { 2: 3 }, ": class: expected an integer >= 0 and < 2, got 2"],
    ["a weight below 0", ["no", "yes"], { yes: -3 }, "[yes]: expected a finite number >= 0, got -3"],
  ];
  it.each(named)("of a Dataset with class names: %s", async (_, classNames, classWeight, says) => {
    const data = Dataset.from({ x, y: [0, 1, 1, 0] }, { classNames });
    const attempt = (await made(1, "binaryCrossentropy")).fit(data, { classWeight });
    await expect(attempt).rejects.toThrow(OptionError);
    await expect(attempt).rejects.toThrow(`fit: classWeight${says}`);
  });

  it("class names stand for their numbers, in rows, in batches and in a worker", async () => {
    const data = Dataset.from({ x, y: [0, 1, 1, 0] }, { classNames: ["no", "yes"] });
    const losses = async (classWeight: Record<string, number>) => [
      (await (await made(1, "binaryCrossentropy")).fit(data, { classWeight })).loss,
      (await (await made(1, "binaryCrossentropy")).fit(() => [data.slice(0, 2), data.slice(2)], { classWeight })).loss,
      (await (await made(1, "binaryCrossentropy", { worker: true })).fit(data, { classWeight })).loss,
    ];
    expect(await losses({ yes: 3 })).toEqual(await losses({ 1: 3 }));
    expect(await losses({ yes: 3 })).not.toEqual(await losses({ no: 3 }));
  });

  it("weights without a prototype, and in a list, are taken", async () => {
    const bits = async (classWeight: object) => {
      const model = await made(1, "binaryCrossentropy");
      await model.fit({ x, y: [0, 1, 1, 0] }, { classWeight: classWeight as Record<number, number> });
      return model.save();
    };
    const plain = await bits({ 0: 2, 1: 3 });
    expect(await bits(Object.assign(Object.create(null), { 0: 2, 1: 3 }))).toEqual(plain);
    expect(await bits([2, 3])).toEqual(plain);
  });
});

describe("rows that have no single class", () => {
  const several = [
    [1, 0, 0],
    [0, 1, 1],
    [1, 1, 0],
    [0, 0, 0],
  ];

  it.each([{ 0: 5, 1: 1 }, "balanced" as const])("several yes-or-no outputs: %j", async (classWeight) => {
    const model = await made(3, "binaryCrossentropy");
    await expect(model.fit({ x, y: several }, { classWeight })).rejects.toThrow(
      "fit: classWeight: with 3 yes-or-no outputs a row has no single class. Give posWeight: a number for each output, or",
    );
    // The remedies.
    const weighted = await made(3, binaryCrossentropy({ posWeight: [5, 1, 1] }));
    await weighted.fit({ x, y: several });
    await model.fit({ x, y: several, sampleWeight: [5, 1, 5, 1] });
  });

  it.each([
    [
      "no class",
      [
        [1, 0, 0],
        [0, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
      "row 1: expected one class, got [0, 0, 0]",
    ],
    [
      "two classes",
      [
        [1, 0, 0],
        [0, 1, 0],
        [0, 1, 1],
        [0, 0, 1],
      ],
      "row 2: expected one class, got [0, 1, 1]",
    ],
  ])("%s in one-hot rows", async (_, y, says) => {
    for (const classWeight of [{ 0: 2 }, "balanced" as const]) {
      const attempt = (await made(3, "categoricalCrossentropy")).fit({ x, y }, { classWeight });
      await expect(attempt).rejects.toThrow(DataError);
      await expect(attempt).rejects.toThrow(says);
    }
  });

  it("soft targets count as their largest", async () => {
    const soft = [
      [0.7, 0.2, 0.1],
      [0.1, 0.8, 0.1],
      [0.2, 0.2, 0.6],
      [0.5, 0.3, 0.2],
    ];
    const weighted = await made(3, "categoricalCrossentropy");
    await weighted.fit({ x, y: soft }, { classWeight: { 0: 2, 2: 3 }, shuffle: false });
    const byRow = await made(3, "categoricalCrossentropy");
    await byRow.fit({ x, y: soft, sampleWeight: [2, 1, 3, 2] }, { shuffle: false });
    expect(weighted.save()).toEqual(byRow.save());
  });
});
