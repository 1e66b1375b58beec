// The doors of trainings that go to PyTorch and Keras.
import { expect, it } from "vitest";
import { dense, Sequential } from "../../src/index.js";
import { exportKerasTraining, writeKerasTraining } from "../../src/interop/keras/index.js";
import { exportTorchTraining, writeTorchTraining } from "../../src/interop/torch/index.js";
import { checkRefusal, refusalOf } from "./refusals.js";

const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
model.compile({ optimizer: "adam", loss: "meanSquaredError" });
const x = [[1, 2]];
const calls = { exportKerasTraining, exportTorchTraining, writeKerasTraining, writeTorchTraining };

type Refusal = [what: string, error: Parameters<typeof checkRefusal>[1], says: string[], args: unknown[]];

const ofBoth: Refusal[] = [
  ["no model", "OptionError", ["expected a model, or the bytes of its save(), got undefined"], []],
  ["a path", "OptionError", ["expected a model", '"m.safetensors"'], ["m.safetensors"]],
  ["options that are text", "OptionError", ['"fast"'], [model, "fast"]],
  ["an unknown option", "OptionError", ['"epoch"', 'mean "epochs"?'], [model, { epoch: 3 }]],
  ["no epochs", "OptionError", ["epochs: expected", "got 0"], [model, { epochs: 0 }]],
  ["half a row", "OptionError", ["batchSize: expected", "got 1.5"], [model, { batchSize: 1.5 }]],
  ["a seed below 0", "OptionError", ["seed", "got -1"], [model, { seed: -1 }]],
  ["a seed of 33 bits", "OptionError", ["seed", "got 4294967296"], [model, { seed: 2 ** 32 }]],
  ["an order in words", "OptionError", ["shuffle: expected", '"no"'], [model, { shuffle: "no" }]],
  ["a warning that is no function", "OptionError", ["onWarning: expected a function"], [model, { onWarning: 1 }]],
  ["rows alone", "DataError", ["expected { x, y } or a Dataset"], [model, { data: x }]],
  ["rows without targets", "DataError", ["y"], [model, { data: { x } }]],
  ["a file's name as data", "DataError", ['"rows.csv"'], [model, { data: "rows.csv" }]],
  ["a gap in the rows", "DataError", ["x", "NaN"], [model, { data: { x: [[1, NaN]], y: [1] } }]],
];
const rows = ["exportTorchTraining", "exportKerasTraining"].flatMap((name) =>
  ofBoth.map(([what, ...rest]): [string, string, ...typeof rest] => [name, what, ...rest]),
);
const plain = ["writeTorchTraining", "writeKerasTraining"].map((name): [string, ...Refusal] => {
  return [name, "a model in the place of plain data", "OptionError", [`${name}: expected what`, "portableOf"], [model]];
});

it.each([...rows, ...plain])("%s: %s", async (name, _, error, says, args) => {
  const call = calls[name as keyof typeof calls] as (...all: unknown[]) => Promise<unknown>;
  checkRefusal(await refusalOf(() => call(...args)), error, says);
});

it("leaves the model as it was", () => expect(model.predict([[0, 0]])).toHaveLength(1));
