// Notes of generated code and of compact files: what they lack, though predictions are the same.
import { expect, it, vi } from "vitest";
import { dense, dropout, Sequential, spectralNormalization } from "../../../src/index.js";
import { exportC, exportModule, exportPage } from "../../../src/interop/code/index.js";
import { compact } from "../../../src/interop/compact/index.js";
import { TableModel } from "../../../src/table/index.js";

const layers = [spectralNormalization(dense({ units: 4 })), dropout(0.5), dense({ units: 2 })];
const model = await Sequential.create({ inputShape: [2], layers, threads: 1 });
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
model.metadata = { features: ["a", "b"], classes: ["x", "y"], unit: "cm" };

const CODE = [
  "Only training needs dropout_1; left out.",
  "spectralNormalization_1 becomes a dense layer: its vector is left out.",
  "Code predicts and does not train: optimizer, loss and metrics are left out.",
  "Metadata other than classes and features is left out: unit.",
];
const NAMES = [
  "Names of features are left out: C takes inputs in their order.",
  "Names of classes are left out: C gives outputs in their order.",
];
const FILE = ["The optimizer's memory is left out: training begins anew from this file."];

const writers = { exportModule, exportPage, exportC, compact } as unknown as Readonly<
  Record<string, (model: unknown, options: object) => Promise<unknown>>
>;

it.each<[string, object, string[]]>([
  ["exportModule", {}, CODE],
  ["exportPage", {}, CODE],
  ["exportC", {}, [...CODE, ...NAMES]],
  ["exportC", { weights: "int8" }, [...CODE, ...NAMES]],
  ["compact", { weights: "int8" }, FILE],
])("%s with %j tells onWarning, or else the console", async (name, options, expected) => {
  const warn = vi.spyOn(console, "warn").mockImplementation(() => {});
  const notes: string[] = [];
  const written = await writers[name](model, { ...options, onWarning: (note: string) => notes.push(note) });
  expect(notes).toEqual(expected);
  expect(warn).not.toHaveBeenCalled();
  expect(await writers[name](model.save(), options)).toEqual(written);
  expect(warn.mock.calls.flat()).toEqual(expected);
  warn.mockRestore();
});

it("a table model loses its training alone, and says which networks stay large", async () => {
  const rows = Array.from({ length: 40 }, (_, i) => ({ age: (i * 7) % 40, isOld: (i * 7) % 40 > 20 }));
  const options = { target: "isOld", members: 2, trials: 1, epochs: 1, seed: 1, onWarning: () => {} };
  const table = await TableModel.train(rows, options);
  const notes: string[] = [];
  const onWarning = (note: string) => notes.push(note);
  await exportModule(table, { onWarning });
  expect(notes.filter((note) => !note.startsWith("Only training"))).toEqual([CODE[2]]);
  notes.length = 0;
  await compact(table, { weights: "float16", onWarning });
  expect(notes).toEqual([...FILE, "Networks after the first one stay float32, as they are in the attachment: 1."]);
  table.dispose();
});
