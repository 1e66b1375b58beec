// Models that train on in PyTorch on several processes, or in Keras, and come back.
// WITNESS=1 runs the real things with `python3` (PYTHON for another one), as far as it has torch, safetensors and keras.
import { execFile, execFileSync, spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, describe, expect, it } from "vitest";
import { FormatError } from "../../src/base/errors.js";
import { readZip } from "../../src/formats/zip.js";
import {
  activityRegularization,
  adam,
  batchNormalization,
  dense,
  dropout,
  exponentialDecay,
  freeze,
  gaussianNoise,
  type Layer,
  layerNormalization,
  learningRateScheduler,
  maxNorm,
  orthogonalRegularizer,
  Sequential,
  spectralNormalization,
} from "../../src/index.js";
import { exportKerasTraining, importKeras } from "../../src/interop/keras/index.js";
import { exportTorch, exportTorchTraining, importTorch, portableOf } from "../../src/interop/torch/index.js";
import { handoverCases } from "./handoverCases.js";
import { worstDifference } from "./randomNets.js";

interface Trained {
  readonly name: string;
  readonly epoch: number;
  readonly files: Readonly<Record<"model.safetensors" | "optimizer.safetensors", string>>;
}

const path = new URL("../../fixtures/interop/torch/ddp.json", import.meta.url);
const trained = JSON.parse(readFileSync(path, "utf8")) as Trained[];
const cases = await handoverCases();

/** The largest difference of weights. */
function apart(one: Sequential, other: Sequential): number {
  const [a, b] = [one, other].map((model) => model.getWeights().flatMap(({ data }) => [...data]));
  return worstDifference(a, b);
}

describe.each(cases.map((one) => [one.name, one] as const))("%s", (name, { model, data, options }) => {
  const there = trained.find((one) => one.name === name) as Trained;
  const files = Object.fromEntries(
    Object.entries(there.files).map(([file, text]) => [file, Buffer.from(text, "base64")]),
  );

  it("40 steps on two processes of PyTorch are 40 steps here, and more follow", async () => {
    const here = await Sequential.load(model.save(), { threads: 1 });
    await here.fit(data, { ...options, resume: false });
    const { model: back, notes } = await importTorch(files as never, { threads: 1 });
    expect(notes).toEqual([]);
    expect(back.metadata).toEqual(model.metadata);
    expect(apart(back, here)).toBeLessThan(1e-6);
    expect(there.epoch).toBe(3 + options.epochs);
    for (const one of [here, back]) await one.fit(data, { ...options, epochs: 5, resume: false });
    expect(apart(back, here)).toBeLessThan(2e-6);
  });
});

describe("files", () => {
  const [{ model, data }] = cases;
  it("the rows are those of NumPy", async () => {
    const { "data.npz": archive } = await exportTorchTraining(model, { data });
    const { "data.npz": same } = await exportKerasTraining(model, { data });
    expect(same).toEqual(archive);
    const arrays = await readZip("test", archive as Uint8Array, () => true);
    expect([...arrays.keys()]).toEqual(["x.npy", "y.npy"]);
    const x = arrays.get("x.npy") as Uint8Array;
    expect([...x.subarray(0, 10)]).toEqual([0x93, ...Buffer.from("NUMPY"), 1, 0, 118, 0]);
    expect(new TextDecoder("latin1").decode(x.subarray(10, 128))).toMatch(
      /^\{'descr': '<f4', 'fortran_order': False, 'shape': \(24, 5,\), \} *\n$/,
    );
    expect(new Float32Array(x.slice(128).buffer)).toEqual(data.x);
  });

  it("the scripts have the options as defaults", async () => {
    const options = { epochs: 7, batchSize: 64, seed: 9, shuffle: false };
    const { "train_ddp.py": ddp, "data.npz": none } = await exportTorchTraining(model, options);
    const { "train.py": keras } = await exportKerasTraining(model, options);
    for (const text of [ddp, keras]) {
      expect(text).toContain("INPUT_SHAPE = (5,)\n");
      for (const value of ["7", "64", "9", "True"]) expect(text).toContain(`default=${value}`);
    }
    expect(none).toBeUndefined();
    const plain = await exportTorchTraining(model);
    expect(plain["train_ddp.py"]).not.toContain("default=True");
    expect(plain["model.py"]).toBe((await exportTorch(model))["model.py"]);
  });

  it("keeps the statistics of frozen layers", async () => {
    const layers = [freeze(batchNormalization()), dense({ units: 1 })] as Layer[];
    const frozen = await Sequential.create({ inputShape: [3], layers });
    frozen.compile({ optimizer: adam(), loss: "meanSquaredError" });
    const warnings: string[] = [];
    const files = await exportTorchTraining(frozen, { onWarning: (message) => warnings.push(message) });
    expect(files["train_ddp.py"]).toContain("        model[0].eval()");
    expect(warnings).toEqual([]);
  });
});

it("a rate that a callback has set goes along, there and back", async () => {
  const [, { model, data }] = cases;
  const copy = await Sequential.load(model.save(), { threads: 1 });
  await copy.fit(data, { epochs: 1, callbacks: [learningRateScheduler(() => 0.0025)] });
  const files = await exportTorch(copy);
  expect(files["model.py"]).toContain("lr=0.0025");
  const { model: back } = await importTorch(files);
  expect((await portableOf(back)).training?.learningRate).toBe(0.0025);
});

describe("refuses, and says why", () => {
  const build = async (layers: readonly Layer[], compile: object | null = {}) => {
    const model = await Sequential.create({ inputShape: [4], layers });
    if (compile) model.compile({ optimizer: adam(), loss: "meanSquaredError", ...compile } as never);
    return model;
  };
  const plain = [dense({ units: 2 })];
  const torch = exportTorchTraining;
  const keras = exportKerasTraining;
  const rows: [string, typeof torch | typeof keras, readonly Layer[], object | null, object, string][] = [
    ["no compile", torch, plain, null, {}, "exportTorchTraining: the model has no optimizer and no loss. Call compile"],
    ["no compile", keras, plain, null, {}, "exportKerasTraining: the model has no optimizer and no loss. Call compile"],
    ["nothing to train", torch, [freeze(dense({ units: 2 }))], {}, {}, "no layer has weights to train. Unfreeze one"],
    [
      "an optimizer that PyTorch lacks",
      torch,
      plain,
      { optimizer: "lion" },
      {},
      "PyTorch's takes other steps than lion: use adam or sgd",
    ],
    ["one of Keras's form", torch, plain, { optimizer: "rmsprop" }, {}, 'than rmsprop: compile with compat: "torch"'],
    ["clipping", torch, plain, { optimizer: adam({ clipNorm: 1 }) }, {}, "than adam: leave clipNorm out"],
    [
      "a schedule",
      torch,
      plain,
      {
        optimizer: adam({
          learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 5, decayRate: 0.9 }),
        }),
      },
      {},
      "give the learning rate as a number",
    ],
    [
      "a loss that PyTorch lacks",
      torch,
      plain,
      { loss: "logCosh" },
      {},
      "PyTorch has none like this logCosh. Compile with",
    ],
    [
      "a cross-entropy after another activation",
      torch,
      plain,
      { loss: "categoricalCrossentropy" },
      {},
      "a cross-entropy after its own activation",
    ],
    [
      "batch statistics",
      torch,
      [batchNormalization(), ...plain],
      {},
      {},
      "batchNormalization_1: each process would normalize with the statistics of its own rows. Use layerNormalization",
    ],
    [
      "noise that PyTorch lacks",
      torch,
      [gaussianNoise(0.1), ...plain],
      {},
      {},
      "gaussianNoise_1: PyTorch has no module for gaussianNoise",
    ],
    [
      "a penalty of outputs",
      torch,
      [...plain, activityRegularization({ l2: 0.1 })],
      {},
      {},
      "no module for activityRegularization",
    ],
    [
      "a constraint",
      torch,
      [dense({ units: 2, kernelConstraint: maxNorm() })],
      {},
      {},
      "dense_1: constraints of weights are left out. Leave that out",
    ],
    [
      "another penalty",
      torch,
      [dense({ units: 2, kernelRegularizer: orthogonalRegularizer() })],
      {},
      {},
      "dense_1: kernel: PyTorch has no orthogonalRegularizer",
    ],
    [
      "a spectral norm",
      torch,
      [spectralNormalization(dense({ units: 2 }))],
      {},
      {},
      "its kernel is not divided by its norm in PyTorch",
    ],
    [
      "a layer that PyTorch lacks",
      torch,
      [{ type: "categoryEncoding", numTokens: 3 } as never, dense({ units: 1 })],
      {},
      {},
      "categoryEncoding",
    ],
    ["averages in Keras", keras, plain, { optimizer: adam({ useEma: true }) }, {}, "Leave useEma out"],
    ["a loss that Keras lacks", keras, plain, { loss: "pinball" }, {}, "loss"],
    ["averages that Keras lacks", keras, plain, { optimizer: "scheduleFree" }, {}, "Keras 3 has no scheduleFree"],
    ["averages that PyTorch lacks", torch, plain, { optimizer: "asgd" }, {}, "other steps than asgd: use adam or sgd"],
    ["weight decay of an optimizer that PyTorch lacks", torch, plain, { optimizer: "muon" }, {}, "use adam or sgd"],
    [
      "rows of another width",
      torch,
      plain,
      {},
      { data: { x: [[1, 2, 3]], y: [[1, 2]] } },
      "x: row 0: expected [4], got 3 values",
    ],
    ["too few targets", torch, plain, {}, { data: { x: [[1, 2, 3, 4]], y: [[1]] } }, "y: expected 2 targets per row"],
    ["no rows", keras, plain, {}, { data: { x: new Float32Array(), y: new Float32Array() } }, "row"],
    [
      "weights of rows",
      torch,
      plain,
      {},
      { data: { x: [[1, 2, 3, 4]], y: [[1, 2]], sampleWeight: [1] } },
      "sampleWeight does not travel",
    ],
    ["half an epoch", torch, plain, {}, { epochs: 0.5 }, "epochs: expected an integer"],
    ["no batch", keras, plain, {}, { batchSize: 0 }, "batchSize"],
    ["an unknown option", torch, plain, {}, { batch: 3 }, "unknown option"],
  ];
  it.each(rows)("%s (%#)", async (_, write, layers, compile, options, message) => {
    const model = await build(layers, compile);
    await expect(write(model, options)).rejects.toThrow(message);
  });

  it("but not what is the same there", async () => {
    const model = await build([layerNormalization(), dropout(0.2), ...plain]);
    expect(Object.keys(await torch(model))).toContain("train_ddp.py");
    await expect(build([batchNormalization(), ...plain]).then((one) => keras(one))).resolves.toHaveProperty("train.py");
    await expect(torch(await build([batchNormalization(), ...plain]))).rejects.toThrow(FormatError);
  });
});

const python = process.env.PYTHON ?? "python3";
const has = (modules: string) => {
  if (process.env.WITNESS !== "1") return false;
  try {
    execFileSync(python, ["-c", `import ${modules}`], {
      stdio: "ignore",
      env: { KERAS_BACKEND: "torch", ...process.env },
    });
    return true;
  } catch {
    return false;
  }
};

describe.skipIf(process.env.WITNESS !== "1")("the real things", () => {
  const home = mkdtempSync(join(tmpdir(), "simdgrad-handover-"));
  afterAll(() => rmSync(home, { recursive: true, force: true }));
  const write = (folder: string, files: object) => {
    execFileSync("mkdir", ["-p", join(home, folder)]);
    for (const [name, content] of Object.entries(files)) writeFileSync(join(home, folder, name), content);
    return join(home, folder);
  };
  const done = (folder: string) => {
    try {
      return readdirSync(join(folder, "checkpoints"))
        .filter((name) => name.startsWith("epoch-"))
        .sort();
    } catch {
      return [];
    }
  };
  const newest = (folder: string) => join(folder, "checkpoints", done(folder).pop() as string);
  const torchrun = ["-m", "torch.distributed.run", "--standalone", "--nproc-per-node=2"];

  /** The process of torchrun with that rank. */
  const processOf = (rank: number, parent: number) =>
    readdirSync("/proc").find((id) => {
      try {
        const isChild = readFileSync(`/proc/${id}/stat`, "utf8").split(" ")[3] === String(parent);
        return isChild && readFileSync(`/proc/${id}/environ`, "latin1").split("\0").includes(`RANK=${rank}`);
      } catch {
        return false;
      }
    });

  it.skipIf(!has("torch, safetensors, numpy"))(
    "torchrun: as here, and the same with a process killed",
    { timeout: 300_000 },
    async () => {
      const { model, data } = cases[1];
      const options = { epochs: 60, batchSize: 10, data };
      const files = await exportTorchTraining(model, options);
      const [whole, killed] = [write("whole", files), write("killed", files)];
      await promisify(execFile)(python, [...torchrun, "train_ddp.py"], { cwd: whole });
      const run = spawn(python, [...torchrun, "--max-restarts=1", "train_ddp.py"], { cwd: killed, stdio: "ignore" });
      const ended = new Promise((resolve) => run.on("exit", resolve));
      while (done(killed).length < 2) await new Promise((resolve) => setTimeout(resolve, 2));
      process.kill(Number(processOf(1, run.pid as number)), "SIGKILL");
      expect(await ended).toBe(0);
      expect(done(killed)).toEqual(["epoch-0062", "epoch-0063"]);
      for (const name of ["model.safetensors", "optimizer.safetensors"] as const) {
        expect(readFileSync(join(newest(killed), name))).toEqual(readFileSync(join(newest(whole), name)));
      }
      for (const one of cases) {
        const folder = write(one.name, await exportTorchTraining(one.model, { ...one.options, data: one.data }));
        await promisify(execFile)(python, [...torchrun, "train_ddp.py"], { cwd: folder });
        const names = ["model.safetensors", "optimizer.safetensors"];
        const checkpoint = Object.fromEntries(names.map((name) => [name, readFileSync(join(newest(folder), name))]));
        const { model: back } = await importTorch(checkpoint as never, { threads: 1 });
        const here = await Sequential.load(one.model.save(), { threads: 1 });
        await here.fit(one.data, { ...one.options, resume: false });
        expect(apart(back, here)).toBeLessThan(1e-6);
      }
    },
  );

  it.skipIf(!has("keras"))("Keras: as here, and the same when it was stopped", { timeout: 300_000 }, async () => {
    const env = { KERAS_BACKEND: "torch", ...process.env };
    const { model, data, options } = cases[0];
    const files = await exportKerasTraining(model, { ...options, data });
    const [whole, stopped] = [write("keras", files), write("stopped", files)];
    const train = (folder: string, ...args: string[]) =>
      promisify(execFile)(python, [join(folder, "train.py"), ...args], { env });
    await train(whole);
    await train(stopped, "--epochs", "15");
    await train(stopped);
    const [one, two] = await Promise.all(
      [whole, stopped].map(async (folder) => importKeras(readFileSync(newest(folder)), { threads: 1 })),
    );
    expect(one.notes).toEqual([]);
    expect(one.model.metadata).toEqual(model.metadata);
    expect(apart(two.model, one.model)).toBe(0);
    const here = await Sequential.load(model.save(), { threads: 1 });
    await here.fit(data, { ...options, resume: false });
    expect(apart(one.model, here)).toBeLessThan(5e-6);
    await one.model.fit(data, { epochs: 2 });
  });
});
