/** Models that were trained elsewhere, on the page: files of other libraries, numbers as targets, and their programs. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { dense, Sequential } from "simdgrad";
import { exportKeras } from "simdgrad/keras";
import { afterAll, expect, it } from "vitest";
import { itInFull } from "../../test/support/inFull.js";
import { CAME, toCode } from "../src/code.js";
import type { EngineInfo, ProblemView } from "../src/engine/protocol.js";
import { AUTO, type TableView } from "../src/engine/tableView.js";
import type { Setup } from "../src/setup.js";
import { type BroughtFiles, kindOf, ofKeras, ofOnnx, tableOf } from "./broughtFiles.js";
import { Session } from "./session.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "brought-"));
afterAll(() => rmSync(folder, { recursive: true }));

const fileOf = (name: string, bytes: Uint8Array) => new File([bytes as Uint8Array<ArrayBuffer>], name);

/** A table of numbers and a last column to learn, used as the dialog proposes. */
async function withTable(columns: number, targetOf: (row: number) => string | number): Promise<Session> {
  const session = new Session();
  const file = new File([tableOf(columns, targetOf)], "table.csv");
  writeFileSync(join(folder, "table.csv"), Buffer.from(await file.arrayBuffer()));
  const view = await session.ask<TableView>({ type: "readTable", file, reading: AUTO });
  const inputs = view.columns.flatMap(({ name, type }) => (name === "it" || !type ? [] : [{ name, type }]));
  const type = typeof targetOf(0) === "number" ? "number" : "category";
  await session.ask({ type: "useTable", choice: { target: { name: "it", type }, inputs } });
  return session;
}

const openedBy = ({ events }: Session) => events.findLast(({ type }) => type === "opened") as { info: EngineInfo };

// The predictions are those of Keras 3 and of PyTorch, from the fixtures.
it.each<[string, () => BroughtFiles, Partial<Setup>, string[]]>([
  ["a Keras .h5", ofKeras, { hidden: [6], batchNormalization: true }, ["tanh"]],
  ["an ONNX model and its data", ofOnnx, { hidden: [24] }, ["relu"]],
])("%s predicts in a table as there, and trains on", async (_, given, part, activations) => {
  const { columns, x, y, ...brought } = given();
  const files = brought.files.map((file) => fileOf(...file));
  const session = await withTable(columns, kindOf);
  await session.open({ source: "csv", activation: "sigmoid", ...part });
  expect(await session.ask({ type: "receive", files })).toEqual({ kind: "model" });
  const notes = await session.ask<string[]>({ type: "load", files });
  expect(notes).toContain("It takes the columns as they are, without scaling them.");
  const predicted = await session.ask<Float32Array>({ type: "predict", x: Float32Array.from(x) });
  expect(Array.from(predicted)).toEqual(y.map((value) => expect.closeTo(value, 5)));
  expect(openedBy(session).info.own).toMatchObject({ activations, epoch: 0 });
  expect((await session.train(1)).epoch).toBe(1);
});

it("a model that predicts numbers does so in their units, before and after training", async () => {
  const session = await withTable(2, (row) => 1000 + 7 * row);
  await session.open({ source: "csv", hidden: [3] });
  const layers = [dense({ units: 3, activation: "relu" }), dense({ units: 1 })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 3 });
  const weights = model
    .getWeights()
    .map((weight) => ({ ...weight, data: weight.data.map((value) => 100 * value + 9) }));
  model.setWeights(weights);
  const notes = await session.ask<string[]>({ type: "load", files: [fileOf("a.keras", await exportKeras(model))] });
  expect(notes).toContain("Its output counts as it in the units of the table.");
  const x = Float32Array.of(1, 2, -3, 0.5, 0, 0);
  const expected = Array.from(model.predict(x), (value) => expect.closeTo(value, 2));
  const here = async () => session.ask<Float32Array>({ type: "predict", x });
  expect(Array.from(await here())).toEqual(expected);
  const saved = await Sequential.load(await session.ask<Uint8Array>({ type: "save" }));
  expect(Array.from(saved.predict(x))).toEqual(expected);
  await session.train(20);
  const later = await Sequential.load(await session.ask<Uint8Array>({ type: "save" }));
  const now = Array.from(await here());
  expect(Array.from(later.predict(x))).toEqual(now.map((value) => expect.closeTo(value, 2)));
  expect(now).not.toEqual(expected);
});

itInFull("the program for a model that was brought ends with the same weights", async () => {
  const session = await withTable(2, (row) => 1000 + 7 * row);
  const problem = await session.open({ source: "csv", hidden: [3], activation: "tanh" });
  const layers = [dense({ units: 3, activation: "relu" }), dense({ units: 1 })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 3 });
  model.compile({ optimizer: "nadam", loss: "huber", metrics: ["meanAbsoluteError"] });
  await session.ask({ type: "load", files: [fileOf("a.keras", await exportKeras(model))] });
  const frame = await session.train(3);
  const { info } = openedBy(session);
  expect(info.own).toEqual({ epoch: 0, activations: ["relu"], optimizer: "nadam", loss: "huber" });
  writeFileSync(join(folder, CAME), await session.ask<Uint8Array>({ type: "save", asItCame: true }));
  const code = toCode(session.setup, problem as ProblemView, frame, { info });
  expect(code).not.toContain("tanh");
  const input = code.replaceAll(/"(?=table\.|model-as)/g, `"${folder}/`);
  const printed = execFileSync(process.execPath, ["--input-type=module", "-"], { cwd: ROOT, input, encoding: "utf8" });
  expect(printed.trim().split("\n").pop()).toBe(frame.hash);
});
