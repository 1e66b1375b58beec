// `convert` and `export`: every format there and back, and mistakes.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { dense, Sequential } from "../../src/index.js";
import { importModel, portableOf } from "../../src/interop/any/index.js";
import { type ClassPrediction, TableModel } from "../../src/table/index.js";
import { run } from "./run.js";

const home = mkdtempSync(join(tmpdir(), "simdgrad-convert-"));
const at = (name: string) => join(home, name);
const row = [0.5, -1, 2, 0.25];
let expected: number[];

beforeAll(async () => {
  const layers = [dense({ units: 6, activation: "relu" }), dense({ units: 3, activation: "relu" })];
  const model = await Sequential.create({ inputShape: [4], layers, seed: 2, threads: 1 });
  model.compile({ optimizer: "adam", loss: "meanSquaredError" });
  await model.fit(
    {
      x: [row, row],
      y: [
        [1, 2, 3],
        [1, 2, 3],
      ],
    },
    { epochs: 2 },
  );
  model.metadata = { features: ["w", "x", "y", "z"] };
  expected = [...((await model.predict([row])) as Float32Array)];
  writeFileSync(at("model.safetensors"), model.save());
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const kinds: [string, string[], string][] = [
  ["keras", ["m.keras"], "m.keras"],
  ["onnx", ["m.onnx"], "m.onnx"],
  ["tfjs", ["tfjs", "--to", "tfjs"], "tfjs/model.json"],
  ["torch", ["torch", "--to", "torch"], "torch/model.safetensors"],
  ["brain", ["brain.json", "--to", "brain"], "brain.json"],
  ["simdgrad", ["copy.safetensors"], "copy.safetensors"],
];

describe("convert", () => {
  it.each(kinds)("to %s and back, with the same answers", async (format, [out, ...flags], main) => {
    const there = await run(["convert", at("model.safetensors"), at(out), ...flags]);
    expect(there).toMatchObject({ code: 0 });
    expect(there.out).toMatch(new RegExp(`${main.replaceAll("/", ".")}: [\\d.]+ (bytes|KB)`));
    const back = await run(["convert", at(main), at("back.safetensors"), "--json"]);
    expect(back).toMatchObject({ code: 0 });
    expect(JSON.parse(back.out)).toMatchObject({ command: "convert", from: format, to: "simdgrad" });
    const { model } = await importModel(readFileSync(at("back.safetensors")));
    expect([...((await model.predict([row])) as Float32Array)]).toEqual(expected);
  });

  it("leaves the training out if it should", async () => {
    const { code } = await run(["convert", at("model.safetensors"), at("small.safetensors"), "--no-training"]);
    expect(code).toBe(0);
    expect(readFileSync(at("small.safetensors")).length).toBeLessThan(
      readFileSync(at("model.safetensors")).length * 0.8,
    );
  });

  it.each(["torch", "sklearn"])("leaves the training out of files for %s", async (target) => {
    const model = await Sequential.create({ inputShape: [4], layers: [dense({ units: 1 })], threads: 1 });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    await model.fit({ x: [row], y: [[1]] });
    writeFileSync(at("line.safetensors"), model.save());
    const trainingOf = async (name: string, ...more: string[]) => {
      const argv = ["convert", at("line.safetensors"), at(name), "--to", target, ...more];
      expect(await run(argv)).toMatchObject({ code: 0, err: "" });
      const { model } = await importModel(
        readFileSync(target === "torch" ? join(at(name), "model.safetensors") : at(name)),
      );
      return (await portableOf(model)).compiled;
    };
    expect(await trainingOf(`${target}With`)).not.toBeNull();
    expect(await trainingOf(`${target}Without`, "--no-training")).toBeNull();
    if (target === "torch") expect(readdirSync(at("torchWithout"))).toEqual(["model.py", "model.safetensors"]);
  });

  it("says what is left out, on stderr and in JSON", async () => {
    const { err } = await run(["convert", at("model.safetensors"), at("n.onnx")]);
    expect(err).toContain("warning: ONNX holds no optimizer");
    const { out, err: none } = await run(["convert", at("model.safetensors"), at("n.onnx"), "--json", "-q"]);
    expect(JSON.parse(out).notes[0]).toContain("ONNX holds no optimizer");
    expect(none).toBe("");
  });

  it("takes weights of PyTorch with their layers", async () => {
    await run(["convert", at("model.safetensors"), at("pt"), "--to", "torch"]);
    const layers = JSON.stringify([
      { type: "dense", units: 6, activation: "relu" },
      { type: "dense", units: 3, activation: "relu" },
    ]);
    const weights = at("pt/model.safetensors");
    expect(await run(["convert", weights, at("pt.onnx"), "--layers", layers])).toMatchObject({ code: 0 });
    const wrong = await run(["convert", weights, at("pt.onnx"), "--layers", '[{"type":"dense","units":5}]']);
    expect(wrong.code).toBe(1);
    expect(wrong.err).toContain("model.safetensors: dense_1: expected a module with weight [5, 4]");
    expect((await run(["convert", weights, at("pt.onnx"), "--layers", "dense"])).err).toContain(
      "--layers: expected a list",
    );
  });
});

const NOTE = "warning: Code predicts and does not train: optimizer, loss and metrics are left out.\n";

describe("export", () => {
  it("writes a module, a page and a header", async () => {
    for (const name of ["net.mjs", "page.html", "net.h"]) {
      expect(await run(["export", at("model.safetensors"), at(name)])).toMatchObject({
        code: 0,
        err: expect.stringContaining(NOTE),
      });
    }
    const { predict } = await import(/* @vite-ignore */ pathToFileURL(at("net.mjs")).href);
    const answer = [...predict(row)] as number[];
    expect(answer.every((value, i) => Math.abs(value - expected[i]) < 2e-6)).toBe(true);
    expect(readFileSync(at("page.html"), "utf8")).toContain("<title>A neural network</title>");
    expect(readFileSync(at("net.h"), "utf8")).toContain("net_predict(");
  });

  it("writes the columns of a table model, too, and refuses what has no place for them", async () => {
    const rows = Array.from({ length: 40 }, (_, i) => ({
      age: i,
      plan: i % 3 ? "a" : "b",
      stays: i > 20 ? "yes" : "no",
    }));
    const options = {
      target: "stays",
      hiddenLayerSizes: [3],
      trials: 1,
      members: 1,
      epochs: 2,
      seed: 1,
      onWarning: () => {},
    };
    const table = await TableModel.train(rows, options);
    writeFileSync(at("table.safetensors"), table.save());
    expect(await run(["export", at("table.safetensors"), at("table.mjs")])).toMatchObject({ code: 0, err: NOTE });
    const { predict } = await import(/* @vite-ignore */ pathToFileURL(at("table.mjs")).href);
    expect(predict({ age: 30, plan: null })).toMatchObject({
      label: (table.predict({ age: 30 }) as ClassPrediction).label,
    });
    expect(await run(["export", at("table.safetensors"), at("table.h"), "--weights", "int8"])).toMatchObject({
      code: 0,
    });
    expect(readFileSync(at("table.h"), "utf8")).toContain("int net_predict_class(const double *row)");
    table.dispose();
  });

  it("gives names and kinds of weights", async () => {
    const halves = await run(["convert", at("model.safetensors"), at("half.safetensors"), "--weights", "float16"]);
    expect(halves).toMatchObject({ code: 0 });
    const model = await Sequential.load(readFileSync(at("model.safetensors")));
    expect(new Uint8Array(readFileSync(at("half.safetensors")))).toEqual(model.save({ weights: "float16" }));
    await run(["export", at("model.safetensors"), at("q.h"), "--prefix", "digits", "--weights", "int8"]);
    expect(readFileSync(at("q.h"), "utf8")).toContain("digits_predict(");
    await run(["export", at("model.safetensors"), at("t.html"), "--title", "Flowers"]);
    expect(readFileSync(at("t.html"), "utf8")).toContain("<title>Flowers</title>");
  });
});

describe("mistakes", () => {
  const cases: [string, string[], number, string][] = [
    ["no such file", ["convert", "none.keras", "a.onnx"], 1, 'there is no file "none.keras"'],
    [
      "a file of something else",
      ["convert", "text.txt", "a.onnx"],
      1,
      "text.txt: this file is not a model in a known format. Give .keras",
    ],
    [
      "a pickle",
      ["convert", "pickle.pt", "a.onnx"],
      1,
      "pickle.pt: this file is not a model in a known format. It is a pickle of Python",
    ],
    ["a name that says nothing", ["convert", "model.safetensors", "a.bin"], 2, '"a.bin" does not say what to write'],
    [
      "json, which is several formats",
      ["convert", "model.safetensors", "a.json"],
      2,
      "or give --to tfjs, torch, sklearn, brain",
    ],
    ["another target", ["convert", "model.safetensors", "a", "--to", "caffe"], 2, "Allowed choices are"],
    [
      "a format as code",
      ["export", "model.safetensors", "a.onnx"],
      2,
      "Name a file that ends with .mjs, .js, .html, .h.",
    ],
    [
      "a model that a format lacks",
      ["convert", "model.safetensors", "a.json", "--to", "sklearn"],
      1,
      "dense_2: scikit-learn's MLP has",
    ],
    [
      "layers for other formats",
      ["convert", "model.safetensors", "a.onnx", "--layers", "[]"],
      2,
      "layers are for weights of PyTorch",
    ],
    ["one name", ["convert", "model.safetensors"], 2, "missing required argument 'output'"],
    ["a folder in the place of the file", ["convert", "model.safetensors", "folder.onnx"], 1, "is not a file"],
  ];
  it.each(cases)("%s", async (_, argv, code, message) => {
    writeFileSync(at("text.txt"), "hello, this is not a model");
    writeFileSync(at("pickle.pt"), Uint8Array.of(0x80, 2, 0x7d));
    rmSync(at("folder.onnx"), { recursive: true, force: true });
    if (argv.includes("folder.onnx"))
      await run(["convert", at("model.safetensors"), at("folder.onnx"), "--to", "torch"]);
    const before = readdirSync(home).sort();
    const isName = (word: string, i: number) => i > 0 && i < 3 && !word.startsWith("-");
    const result = await run(argv.map((word, i) => (isName(word, i) ? at(word) : word)));
    expect(result.code).toBe(code);
    expect(result.err.replaceAll(`${home}/`, "")).toContain(message);
    expect(result.err.trim().split("\n")).toHaveLength(1);
    expect(readdirSync(home).sort()).toEqual(before);
  });
});
