// `handover`: files for PyTorch and Keras, a checkpoint back, and mistakes.
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readZip } from "../../src/formats/zip.js";
import { dense, Sequential } from "../../src/index.js";
import { run } from "./run.js";

const home = mkdtempSync(join(tmpdir(), "simdgrad-handover-"));
const at = (name: string) => join(home, name);

beforeAll(async () => {
  const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 2, activation: "softmax" })] });
  model.metadata = { features: ["a", "b"], classes: ["no", "yes"] };
  writeFileSync(at("plain.safetensors"), model.save());
  model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy" });
  writeFileSync(at("model.safetensors"), model.save());
  const pair = await Sequential.create({ inputShape: [1], layers: [dense({ units: 2 })] });
  pair.compile({ optimizer: "lion", loss: "meanSquaredError" });
  writeFileSync(at("pair.safetensors"), pair.save());
  writeFileSync(at("rows.csv"), "b,kind,a\n1,yes,2\n3,no,4\n5,yes,6\n");
  writeFileSync(at("other.csv"), "b,kind,a\n1,maybe,2\n");
  writeFileSync(at("gap.csv"), "b,kind,a\n1,yes,2\n,no,4\n");
  writeFileSync(at("names.csv"), "b,kind,c\n1,yes,2\n");
  writeFileSync(at("three.csv"), "p,q,r\n1,2,3\n4,5,6\n");
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

async function arraysOf(path: string) {
  const files = await readZip("test", readFileSync(path), () => true);
  return [...files.values()].map((file) => [...new Float32Array(file.slice(128).buffer)]);
}

describe("there", () => {
  it("PyTorch, with the rows of a CSV file by the names of the model", async () => {
    const { code, out, err } = await run([
      ...["handover", at("model.safetensors"), "--to", "torch", "--out", at("torch"), "--data", at("rows.csv")],
      ...["--epochs", "7", "--batch-size", "2", "--no-shuffle"],
    ]);
    expect({ code, err }).toEqual({ code: 0, err: "" });
    expect(out).toContain(`\nTrain: torchrun --nproc-per-node=2 --max-restarts=1 ${at("torch/train_ddp.py")}\n`);
    expect(out).toContain(`\nThen: npx simdgrad handover --back ${at("torch")} -o model.safetensors\n`);
    expect(await arraysOf(at("torch/data.npz"))).toEqual([
      [2, 1, 4, 3, 6, 5],
      [1, 0, 1],
    ]);
    const script = readFileSync(at("torch/train_ddp.py"), "utf8");
    for (const value of ["default=7", "default=2", "default=True"]) expect(script).toContain(value);
  });

  it("Keras, with the rows of an archive, which is copied", async () => {
    const argv = ["handover", at("model.safetensors"), "--to", "keras", "--out", at("keras")];
    const { code, out } = await run([...argv, "--data", at("torch/data.npz"), "--json"]);
    expect(code).toBe(0);
    const { files } = JSON.parse(out) as { files: { path: string }[] };
    expect(files.map(({ path }) => path.slice(home.length))).toEqual([
      "/keras/model.keras",
      "/keras/train.py",
      "/keras/data.npz",
    ]);
    expect(readFileSync(at("keras/data.npz"))).toEqual(readFileSync(at("torch/data.npz")));
  });

  it("several targets, by place or by name", async () => {
    for (const [i, names] of [[], ["--target", "r,p"]].entries()) {
      const argv = ["handover", at("pair.safetensors"), "--to", "keras", "--out", at(`pair${i}`)];
      expect(await run([...argv, "--data", at("three.csv"), ...names])).toMatchObject({ code: 0 });
    }
    expect(await arraysOf(at("pair0/data.npz"))).toEqual([
      [1, 4],
      [2, 3, 5, 6],
    ]);
    expect(await arraysOf(at("pair1/data.npz"))).toEqual([
      [2, 5],
      [3, 1, 6, 4],
    ]);
  });
});

it("back: the newest checkpoint of either library", async () => {
  for (const epoch of ["0002", "0010"]) {
    mkdirSync(at(`torch/checkpoints/epoch-${epoch}`), { recursive: true });
    cpSync(at("torch/model.safetensors"), at(`torch/checkpoints/epoch-${epoch}/model.safetensors`));
  }
  mkdirSync(at("keras/checkpoints"));
  cpSync(at("keras/model.keras"), at("keras/checkpoints/epoch-0003.keras"));
  writeFileSync(at("keras/checkpoints/.saved.keras"), "half a file");
  for (const [name, epoch] of [
    ["torch", 10],
    ["keras", 3],
  ] as const) {
    const { code, out } = await run(["handover", "--back", at(name), "-o", at(`${name}.safetensors`), "--json"]);
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ command: "handover", from: name, epoch });
    const [back, model] = await Promise.all(
      [`${name}.safetensors`, "model.safetensors"].map((file) => Sequential.load(readFileSync(at(file)))),
    );
    expect(back.metadata).toEqual(model.metadata);
    expect(back.getWeights()).toEqual(model.getWeights());
  }
});

describe("mistakes", () => {
  const there = (model: string, data?: string, ...more: string[]) => [
    ...["handover", at(model), "--to", "torch", "--out", at("new"), ...(data ? ["--data", at(data)] : []), ...more],
  ];
  const cases: [string, () => string[], number, string][] = [
    [
      "no library",
      () => ["handover", at("model.safetensors"), "--out", at("new")],
      2,
      "name a model, a library and a folder",
    ],
    [
      "an option of the way there on the way back",
      () => ["handover", "--back", at("torch"), "--epochs", "3"],
      2,
      "--back reads what was trained. Leave out --epochs.",
    ],
    [
      "rows as they are on the way back",
      () => ["handover", "--back", at("torch"), "--no-shuffle"],
      2,
      "Leave out --no-shuffle.",
    ],
    ["an output on the way there", () => there("model.safetensors", undefined, "-o", at("x")), 2, "Give --back"],
    [
      "no folder",
      () => ["handover", at("model.safetensors"), "--to", "torch"],
      2,
      "name a model, a library and a folder",
    ],
    ["nothing", () => ["handover"], 2, "name a model, a library and a folder"],
    [
      "another library",
      () => ["handover", at("model.safetensors"), "--to", "mxnet", "--out", at("new")],
      2,
      "Allowed choices are torch, keras",
    ],
    ["no such model", () => there("none.safetensors"), 1, "there is no file"],
    ["no such rows", () => there("model.safetensors", "none.csv"), 1, "there is no file"],
    [
      "a model that is not compiled",
      () => there("plain.safetensors"),
      1,
      "plain.safetensors: the model has no optimizer",
    ],
    [
      "an optimizer that is not there",
      () => there("pair.safetensors"),
      1,
      "pair.safetensors: optimizer: PyTorch's takes other steps than lion: use adam or sgd. Or train it there: --to keras.",
    ],
    [
      "an unknown class",
      () => there("model.safetensors", "other.csv"),
      1,
      'other.csv: row 1: kind: expected one of no, yes, got "maybe"',
    ],
    ["a gap", () => there("model.safetensors", "gap.csv"), 1, "gap.csv: row 2: b: expected a number, got null"],
    [
      "a feature that is missing",
      () => there("model.safetensors", "names.csv"),
      1,
      'names.csv: there is no column "a".',
    ],
    [
      "a target that is missing",
      () => there("model.safetensors", "rows.csv", "--target", "kinds"),
      1,
      'there is no column "kinds". It has b, kind, a.',
    ],
    ["too few columns", () => there("pair.safetensors", "rows.csv", "--target", "a"), 1, "expected 1 column of inputs"],
    [
      "a folder in use",
      () => ["handover", at("model.safetensors"), "--to", "torch", "--out", at("torch")],
      1,
      "has checkpoints of another training",
    ],
    [
      "no checkpoints",
      () => ["handover", "--back", at("pair0"), "-o", at("b.safetensors")],
      1,
      "has no checkpoints. Train there first",
    ],
    [
      "both ways",
      () => ["handover", at("model.safetensors"), "--back", at("torch")],
      2,
      "Leave out the model, or --back",
    ],
    [
      "the folder of the model, which a file of PyTorch would replace",
      () => ["handover", at("model.safetensors"), "--to", "torch", "--out", home],
      2,
      'would replace "',
    ],
    [
      "the checkpoint as output",
      () => ["handover", "--back", at("torch"), "-o", at("torch/checkpoints/epoch-0010/model.safetensors")],
      2,
      'would replace "',
    ],
    ["no epochs", () => there("model.safetensors", "rows.csv", "--epochs", "0"), 2, "--epochs"],
  ];
  it.each(cases)("%s", async (_, argv, code, message) => {
    const result = await run(argv());
    expect({ code: result.code, err: result.err }).toEqual({ code, err: expect.stringContaining(message) });
    expect(result.err.trim().split("\n")).toHaveLength(1);
    expect(existsSync(at("new"))).toBe(false);
  });
});
