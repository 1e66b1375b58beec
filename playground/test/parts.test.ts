/** What of the playground needs no browser: setups and links, axes, drawn digits, and which part may import which. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { activation, Dataset, dense, Sequential } from "simdgrad";
import { exportBrain } from "simdgrad/brain";
import { playground } from "simdgrad/datasets";
import { exportKeras } from "simdgrad/keras";
import { exportOnnx } from "simdgrad/onnx";
import { exportSklearn } from "simdgrad/sklearn";
import { exportTfjs } from "simdgrad/tfjs";
import { exportTorch, type TorchFiles } from "simdgrad/torch";
import { beforeAll, describe, expect, it } from "vitest";
import { contrast, groundsOn, paperColor } from "../src/draw/colors.js";
import { centredImage } from "../src/draw/digit.js";
import { PrincipalAxes, project, unproject } from "../src/engine/axes.js";
import { bringBack } from "../src/engine/bringBack.js";
import { bestOf, isOverfitting, spansDecades, thinned } from "../src/engine/logs.js";
import { mainFirst } from "../src/engine/modelFiles.js";
import { createModel } from "../src/engine/network.js";
import { View } from "../src/engine/view.js";
import { counted, short, tick } from "../src/numbers.js";
import { defaults, presets, type Setup } from "../src/setup.js";
import { fromHash, toHash } from "../src/url.js";

describe("links", () => {
  const odd: Partial<Setup> = {
    hidden: [],
    features: ["x1²", "sin x2"],
    axes: [3, 1],
    dropout: 0.25,
    learningRate: 1e-5,
  };

  it.each([...presets.map(({ name, setup }) => [name, setup] as const), ["odd", odd] as const])(
    "%s comes back from its link",
    (_, part) => {
      const setup = { ...defaults, ...part };
      expect(fromHash(`#${toHash(setup)}`)).toEqual({ setup, problems: [] });
    },
  );

  it("the defaults are an empty link", () => {
    expect(toHash(defaults)).toBe("");
  });

  it.each([
    "noise=2",
    "noise=",
    "samples=20.5",
    "hidden=0",
    "hidden=8-",
    "hidden=1-1-1-1-1-1-1",
    "features=",
    "features=0-0",
    "features=9",
    "axes=1-1",
    "axes=1",
    "axes=9-1",
    "optimizer=toString",
    "batchNormalization=yes",
    "toString=1",
    "__proto__=1",
  ])("%s is left out and told", (part) => {
    const { setup, problems } = fromHash(`#${part}`);
    expect(setup).toEqual(defaults);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(part.slice(0, part.indexOf("=")));
  });

  it.each([
    ["hidden=0x10", 'hidden: "0x10" is not possible'],
    ["hidden=8-4-x", 'hidden: "8-4-x" is not possible'],
    ["features=9", 'features: "9" is not possible'],
    ["axes=a", 'axes: "a" is not possible'],
    ["learningRate=Infinity", 'learningRate: "Infinity" is not possible'],
    ["samples=20.5", "samples: 20.5 is not possible"],
    [`points=${"-".repeat(9000)}`, `points: "${"-".repeat(59)}… is not possible`],
    [`${"x".repeat(9000)}=1`, `${"x".repeat(60)}…: unknown`],
  ])("link %# is told as it was written, as far as there is room", (part, told) => {
    expect(fromHash(`#${part}`).problems).toEqual([told]);
  });
});

describe("principal axes", () => {
  // Three columns; after standardizing, the first two move together and the third by itself.
  const rows = Array.from({ length: 50 }, (_, i) => [i, 1000 - 20 * i, (i * 17) % 23]);
  const x = Float32Array.from(rows.flat());

  it("the first is the diagonal of what moves together", () => {
    const { directions } = new PrincipalAxes(x, 3).plane([1, 2]);
    const [first, second] = directions;
    expect(Math.abs(first[0])).toBeCloseTo(Math.SQRT1_2, 1);
    expect(first[0]).toBeCloseTo(-first[1], 5);
    expect(Math.abs(second[2])).toBeGreaterThan(0.9);
  });

  it("a point of the plane comes back to its place", () => {
    const plane = new PrincipalAxes(x, 3).plane([2, 1]);
    const points = Float32Array.of(0.5, -1, 2, 0.25);
    expect(Array.from(project(unproject(points, plane), plane))).toEqual(
      Array.from(points, (value) => expect.closeTo(value, 3)),
    );
  });

  it("beyond the last axis is the last", () => {
    const axes = new PrincipalAxes(x, 3);
    expect(axes.plane([8, 1]).directions[0]).toBe(axes.plane([3, 1]).directions[0]);
  });
});

describe("curves", () => {
  const run = (losses: readonly (readonly [loss: number, valLoss: number])[]) =>
    losses.map(([loss, valLoss], i) => ({ epoch: i + 1, loss, valLoss, score: 0, valScore: 0 }));

  it("keep the first epochs, stay evenly spread after them, and end with the last epoch", () => {
    const epochs = thinned(run(Array.from({ length: 5001 }, () => [0, 0] as const)), 1000).map(({ epoch }) => epoch);
    expect(epochs.slice(0, 3)).toEqual([1, 2, 3]);
    expect(epochs.slice(48, 54)).toEqual([49, 50, 56, 64, 72, 80]);
    expect(epochs.at(-1)).toBe(5001);
    expect(epochs.length).toBeLessThanOrEqual(1000);
  });

  it("are logarithmic beyond two powers of ten, and mark the best epoch and overfitting", () => {
    const falls = run([
      [1, 2],
      [0.1, 0.2],
      [0.011, 0.021],
    ]);
    expect(spansDecades(falls)).toBe(true); // 2 to 0.011
    expect(spansDecades(falls.slice(0, 2))).toBe(false);
    expect(bestOf(falls)?.epoch).toBe(3);
    expect(bestOf(run([[1, Number.NaN]]))).toBeNull();
    const turned = Array.from({ length: 40 }, (_, i) => [1 / (i + 1), i < 10 ? 1 - i / 20 : 0.55 + i / 100] as const);
    expect(bestOf(run(turned))?.epoch).toBe(10);
    expect(isOverfitting(run(turned))).toBe(true);
    expect(isOverfitting(run(turned.slice(0, 25)))).toBe(false);
    expect(isOverfitting(run(turned.map(([, valLoss]) => [valLoss, valLoss] as const)))).toBe(false);
    expect(isOverfitting([])).toBe(false);
  });
});

describe("a drawing", () => {
  const side = 64;
  const drawing = (isInk: (x: number, y: number) => boolean) => {
    const data = new Uint8ClampedArray(4 * side * side);
    for (let i = 0; i < side * side; i++) data[4 * i + 3] = isInk(i % side, Math.floor(i / side)) ? 255 : 0;
    return { data, width: side, height: side } as ImageData;
  };

  it("is cropped and centred: a bar in a corner becomes a bar in the middle", () => {
    const image = centredImage(
      drawing((x, y) => x >= 2 && x < 6 && y >= 1 && y < 33),
      [8, 8],
    );
    const columns = Array.from({ length: 8 }, (_, j) =>
      Array.from({ length: 8 }, (_, i) => image?.[i * 8 + j] ?? 0).reduce((a, b) => a + b),
    );
    expect(columns.map((sum) => sum > 1)).toEqual([false, false, false, true, true, false, false, false]);
  });

  it("that is empty is none", () => {
    expect(
      centredImage(
        drawing(() => false),
        [8, 8],
      ),
    ).toBeNull();
  });
});

it.each([
  [0, "0"],
  [0.05, "0.0500"],
  [0.00005, "5.0e-5"],
  [-123456, "-1.2e+5"],
  [Number.NaN, "–"],
])("%s is short: %s", (value, text) => {
  expect(short(value)).toBe(text);
});

it.each([
  [[400_000, 450_000, 500_000], "400k 450k 500k"],
  [[1_000_000, 1_000_200, 1_000_400], "1M 1.0002M 1.0004M"],
  [[0, 1e11, 2.5e11], "0 100G 250G"],
  [[0, 0.1 + 0.2, -0.25], "0 0.3 -0.25"],
  [[1e-5, 2.5e-5, 0.001, 1, 2000, 10_000], "1e-5 2.5e-5 0.001 1 2000 10k"],
  [[1e15, -3e20], "1e15 -3e20"],
])("ticks are told apart: %s", (values, texts) => {
  expect(values.map(tick).join(" ")).toBe(texts);
});

it("one epoch, two epochs", () => {
  expect([0, 1, 2].map((count) => counted(count, "epoch"))).toEqual(["0 epochs", "1 epoch", "2 epochs"]);
});

// WCAG 2: black on white is 21, and #777777 on white the well-known 4.48.
it("the grounds of two areas differ by 3:1 in luminance, in both themes", () => {
  expect(contrast([0, 0, 0], [255, 255, 255])).toBeCloseTo(21, 5);
  expect(contrast([119, 119, 119], [255, 255, 255])).toBeCloseTo(4.48, 2);
  for (const isDark of [false, true]) {
    expect(contrast(...groundsOn(paperColor(isDark)))).toBeGreaterThanOrEqual(3);
  }
});

describe("models from files", () => {
  const setup = { ...defaults, hidden: [4, 3], activation: "sigmoid" as const };
  const train = playground("spiral", { samples: 40, seed: 1 });
  const shown = {
    plane: null,
    image: null,
    columns: ["x1", "x2"],
    target: "class",
    fields: [],
    wantsScaling: false,
    targetScale: null,
  };
  const problem = {
    ...shown,
    train,
    test: train,
    classes: ["blue", "orange"],
    notes: [],
    isStratified: true,
    program: null,
    copies: 0,
  };
  const fileOf = (name: string, content: Uint8Array | string) => new File([content as Uint8Array<ArrayBuffer>], name);
  const filesOf = (files: object) => Object.entries(files).map(([name, content]) => fileOf(name, content));
  /** Weights as `safetensors.torch.save_file` writes them: without a word about layers. */
  const bare = ({ "model.safetensors": bytes }: TorchFiles) => {
    const end = 8 + new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
    const { __metadata__, ...tensors } = JSON.parse(new TextDecoder().decode(bytes.subarray(8, end)));
    const header = new TextEncoder().encode(JSON.stringify(tensors));
    const length = Uint8Array.of(...new Uint8Array(BigUint64Array.of(BigInt(header.length)).buffer));
    return fileOf("state.safetensors", Buffer.concat([length, header, bytes.subarray(end)]));
  };
  const layers = [
    dense({ units: 4, activation: "sigmoid", name: "hidden2" }),
    dense({ units: 3, activation: "sigmoid", name: "first" }),
    dense({ units: 1, activation: "sigmoid", name: "hidden1" }),
  ];
  const quietly = { onWarning: () => {} };
  let page: Sequential;
  let model: Sequential;
  beforeAll(async () => {
    page = await createModel(setup, problem);
    model = await Sequential.create({ inputShape: [2], layers, seed: 7 });
    model.compile({ optimizer: "adam", loss: "binaryCrossentropy", metrics: ["accuracy"] });
    await model.fit(train, { epochs: 1 });
  });

  const formats: Record<string, () => Promise<File[]>> = {
    simdgrad: async () => [fileOf("a.safetensors", model.save())],
    keras: async () => [fileOf("a.keras", await exportKeras(model, quietly))],
    onnx: async () => [fileOf("a.onnx", await exportOnnx(model, quietly))],
    "TensorFlow.js, its shards first": async () => filesOf(await exportTfjs(model, quietly)).reverse(),
    "PyTorch with optimizer": async () =>
      filesOf(await exportTorch(model, quietly)).filter(({ name }) => /safe/.test(name)),
    "PyTorch, weights alone": async () => [bare(await exportTorch(model, quietly))],
    "scikit-learn": async () => [fileOf("a.json", await exportSklearn(model, quietly))],
    "brain.js": async () => [fileOf("a.json", JSON.stringify(await exportBrain(model, quietly)))],
  };
  it.each(Object.entries(formats))("%s becomes the model of the page, which trains it on", async (_, files) => {
    const { model: back } = await bringBack(await files(), { setup, problem, model: page });
    const names = (each: Sequential) => each.getWeights().map(({ name }) => name);
    expect(names(back)).toEqual(names(page));
    expect(Array.from(back.predict(train.x))).toEqual(
      Array.from(model.predict(train.x), (value) => expect.closeTo(value, 6)),
    );
    const history = await back.fit(train, { epochs: 1, validationData: train });
    expect(history).toMatchObject({ valLoss: [expect.any(Number)], valAccuracy: [expect.any(Number)] });
  });

  it("the optimizer goes on where it was", async () => {
    const { model: back } = await bringBack([fileOf("a.keras", await exportKeras(model, quietly))], {
      setup,
      problem,
      model: page,
    });
    const other = await Sequential.load(model.save());
    const further = async (each: Sequential) => {
      await each.trainOnBatch(train);
      return each.getWeights().map(({ data }) => data);
    };
    expect(await further(back)).toEqual(await further(other));
  });

  it("other settings and activations are told", async () => {
    const relu = [dense({ units: 4, activation: "relu" }), ...layers.slice(1)];
    const other = await Sequential.create({ inputShape: [2], layers: relu });
    other.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    const { notes, model: back } = await bringBack([fileOf("a.model", other.save())], { setup, problem, model: page });
    expect(notes).toEqual([
      "hidden1 has the activation relu, that of the page is sigmoid.",
      "Its loss and metrics are not for these data: it trains with the settings of this page.",
    ]);
    expect(back.compiled).toEqual(page.compiled);
  });

  it("the health of units is that of the model's own activations", async () => {
    const own = [dense({ units: 4, activation: "relu" }), dense({ units: 3 }), activation("tanh"), ...layers.slice(2)];
    const other = await Sequential.create({ inputShape: [2], layers: own, seed: 1 });
    const { model: back } = await bringBack([fileOf("a.keras", await exportKeras(other))], {
      setup,
      problem,
      model: page,
    });
    const canvas = { reach: 1, rowsOf: () => new Float32Array() } as never; // nothing is drawn
    const view = await View.open({ setup, problem, canvas, model: back });
    const { health } = view.look({ boundary: 0, unit: null, maps: 0, weights: true, results: false });
    const expected = [
      { name: "hidden1", activation: "relu", dead: expect.any(Number), saturated: null },
      { name: "hidden2", activation: "tanh", dead: null, saturated: expect.any(Number) },
      { name: "output", activation: "sigmoid", dead: null, saturated: null },
    ];
    expect(health).toMatchObject(expected);
    view.dispose();
  });

  const three = Dataset.from({ x: train.x, y: Float32Array.from(train.y, (_, i) => i % 3) }, { inputShape: [2] });
  const numbers = Dataset.from({ x: train.x, y: Float32Array.from(train.y, (_, i) => i / 40) }, { inputShape: [2] });
  const others: [string, Partial<Setup>, object][] = [
    ["three classes", {}, { train: three, test: three, classes: ["a", "b", "c"] }],
    ["numbers", {}, { train: numbers, test: numbers, classes: null }],
    ["batch normalization and dropout", { batchNormalization: true, dropout: 0.2 }, {}],
    ["no hidden layer", { hidden: [] }, {}],
  ];
  it.each(others)("a model comes back as it was: %s", async (_, of, data) => {
    const [own, task] = [
      { ...setup, ...of, seed: 3 },
      { ...problem, ...data },
    ];
    const mine = await createModel(own, task);
    await mine.fit(task.train, { epochs: 1, onWarning: () => {} });
    const here = { setup: own, problem: task, model: await createModel({ ...own, seed: 4 }, task) };
    const made = [
      fileOf("a.keras", await exportKeras(mine, quietly)),
      fileOf("a.onnx", await exportOnnx(mine, quietly)),
      fileOf("a.safetensors", mine.save()),
    ];
    for (const file of made) {
      const { model: back } = await bringBack([file], here);
      expect(Array.from(back.predict(train.x))).toEqual(
        Array.from(mine.predict(train.x), (value) => expect.closeTo(value, 5)),
      );
    }
  });

  it("logits become probabilities", async () => {
    const logits = await Sequential.create({
      inputShape: [2],
      layers: [...model.layers.slice(0, 2), dense({ units: 1 })],
    });
    const file = fileOf("a.onnx", await exportOnnx(logits));
    const { notes, model: back } = await bringBack([file], { setup, problem, model: page });
    expect(Array.from(back.predict(train.x))).toEqual(
      Array.from(logits.predict(train.x), (value) => expect.closeTo(1 / (1 + Math.exp(-value)), 6)),
    );
    expect(notes[0]).toBe("Its output has no activation: it got the sigmoid of this page, for probabilities.");
  });

  it.each<[string, () => Promise<File[]> | File[], RegExp]>([
    ["no file", () => [], /No file came/],
    [
      "a file of something else",
      () => [fileOf("a.txt", "no model at all")],
      /^a\.txt: this file is not a model .*Give .*\.keras/,
    ],
    ["a pickle", () => [fileOf("a.pt", "PK\u0003\u0004archive/data.pkl")], /^a\.pt: .*safetensors\.torch\.save_file/],
    ["parts alone", () => [fileOf("b.bin", ""), fileOf("a.onnx.data", "")], /^b\.bin, a\.onnx\.data: .*Add it/],
    ["two models", () => [fileOf("a.onnx", ""), fileOf("b.keras", "")], /^a\.onnx, b\.keras: .*files of one/],
    [
      "a missing shard",
      async () => filesOf(await exportTfjs(model, quietly)).filter(({ name }) => name === "model.json"),
      /^model\.json: .*bin/,
    ],
    [
      "another network",
      async () => [
        fileOf("a.onnx", await exportOnnx(await Sequential.create({ inputShape: [2], layers: [layers[2]] }))),
      ],
      /^a\.onnx: .*expected hidden1 with 2 inputs and 4 neurons, got \S+ with 2 inputs and 1 neuron\. Choose/,
    ],
  ])("%s is refused by name, with a remedy", async (_, files, message) => {
    await expect(bringBack(await files(), { setup, problem, model: page })).rejects.toThrow(message);
  });

  it.each([
    [["a.bin"], "a.bin"],
    [["weights.bin", "model.json"], "model.json"],
    [["net.onnx_data", "net.onnx"], "net.onnx"],
    [["optimizer.safetensors", "model.safetensors"], "model.safetensors"],
  ])("of %s the main file is %s", (names, main) => {
    const sorted = mainFirst(names.map((name) => ({ name })));
    expect(sorted[0].name).toBe(main);
    expect(sorted).toHaveLength(names.length);
  });
});

describe("imports", () => {
  const root = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => path.split(sep).join("/"));
  const importsOf = (path: string) =>
    [
      ...readFileSync(join(root, path), "utf8").matchAll(/^(?:import|\} from)[^;]*?"([^"]+)";|import\("([^"]+)"\)/gm),
    ].map(([, fixed, later]) => fixed ?? later);

  it.each(files)("%s takes what its part may take", (path) => {
    for (const name of importsOf(path)) {
      if (name.startsWith("simdgrad")) expect(path, name).toMatch(/^engine\//);
      if (!name.startsWith(".")) continue;
      const target = relative(root, join(root, path, "..", name))
        .split(sep)
        .join("/");
      expect(target, "stays within the playground").not.toMatch(/^\.\./);
      if (path.startsWith("engine/")) expect(target, name).toMatch(/^(engine\/|setup\.js)/);
      if (path.startsWith("draw/")) expect(target, name).toMatch(/^draw\//);
    }
  });
});
