// ONNX files as models: ours come back to the bit, others are read or refused by the name of a node.
import { describe, expect, it } from "vitest";
import { FormatError, OptionError } from "../../src/base/errors.js";
import { activation, categoryEncoding, dense, flatten, Sequential, softmax } from "../../src/index.js";
import { importModel } from "../../src/interop/any/index.js";
import { exportOnnx, importOnnx, isOnnx, modelOf, readOnnx } from "../../src/interop/onnx/index.js";
import { ElementType } from "../../src/interop/onnx/messages.js";
import { activationNames } from "../../src/specs/activations.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { MUTATIONS, readDamaged } from "./mutate.js";
import { type FileParts, type NodeRow, onnxFile } from "./onnxFile.js";
import { livelyModel, parts, variants } from "./onnxNets.js";
import { plainLayers } from "./plainLayers.js";
import { NETS, randomNet, rowsFor } from "./randomNets.js";

const quiet = { onWarning: () => {} };
const ONE = { threads: 1 };

/** Expects the same bits from a model after a way through a file. */
async function expectSame(model: Sequential, rows = rowsFor(model, 9)): Promise<void> {
  const { model: copy, notes } = await importOnnx(await exportOnnx(model, quiet), ONE);
  expect(notes).toEqual([]);
  expect(copy.predict(rows)).toEqual(model.predict(rows));
}

describe("a model that went through an ONNX file", () => {
  it.each(activationNames.filter((name) => name !== "sparsemax").flatMap(variants))(
    "has the bits of %j",
    async (one) => {
      await expectSame(await livelyModel({ inputShape: [3], layers: [dense({ units: 6 }), activation(one)], seed: 5 }));
    },
  );

  it.each(layerTypes)("has the bits of %s", async (type) => {
    const rows = type === "categoryEncoding" ? Float32Array.of(0, 3, 2, 1) : undefined;
    await expectSame(await livelyModel(plainLayers(type)), rows);
  });

  it("has the bits of random nets", async () => {
    for (let seed = 0; seed < NETS; seed++) await expectSame(await randomNet(seed, parts));
  });

  it.each([
    [
      "softmax along another axis",
      { inputShape: [2, 3], layers: [softmax({ axis: 0 }), flatten(), dense({ units: 2 })] },
    ],
    ["a mask", { inputShape: [3], layers: [dense({ units: 3 }), softmax({ mask: [true, false, true] })] }],
    [
      "category numbers",
      {
        inputShape: [3],
        layers: [categoryEncoding({ numTokens: 3, outputMode: "oneHot" }), flatten(), dense({ units: 1 })],
      },
    ],
  ])("has the bits of %s", async (what, options) => {
    const model = await livelyModel({ ...options, seed: 3 });
    const rows = what.startsWith("category") ? Float32Array.from({ length: 21 }, (_, i) => i % 3) : undefined;
    await expectSame(model, rows);
  });

  it("keeps layers, names of classes and features, and other metadata", async () => {
    const layers = [dense({ units: 4, activation: "gelu" }), dense({ units: 3, activation: "softmax" })];
    const model = await Sequential.create({ inputShape: [2], layers });
    model.metadata = { classes: ["a", "b", "c"], features: ["x", "y"], unit: "cm" };
    for (const withLabels of [false, true]) {
      const { model: copy } = await importOnnx(await exportOnnx(model, { withLabels }));
      expect(copy.metadata).toEqual(model.metadata);
      expect(copy.layers.map(({ spec }) => spec)).toEqual(model.layers.map(({ spec }) => spec));
    }
  });

  it("trains on", async () => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
    const { model: copy } = await importOnnx(await exportOnnx(model));
    copy.compile({ optimizer: "sgd", loss: "mse" });
    const data = { x: Float32Array.of(0, 1, 1, 0), y: Float32Array.of(1, 0) };
    const { loss } = await copy.evaluate(data);
    await copy.fit(data, { epochs: 20 });
    expect((await copy.evaluate(data)).loss).toBeLessThan(loss);
  });
});

/** [inputs, units] of the first dense layer of small files. */
const kernel = { shape: [2, 2], data: [1, 2, 3, 4] };
const linear = ["MatMul", ["x", "k"], ["z"]] as const;

/** The prediction for the row (1, -2), whose product with the kernel is (-5, -6). */
async function predictionOf(file: FileParts): Promise<number[]> {
  const { model } = await importOnnx(onnxFile({ ...file, constants: { k: kernel, ...file.constants } }), ONE);
  return Array.from(model.predict([[1, -2]]));
}

/** A tensor of the shape that is 0 but at the indices. */
const sparse = (name: string, dims: number[], [data, indices]: [number[], number[]], rank = 1) => ({
  dims,
  values: { name, dims: [data.length], dataType: ElementType.Float, floatData: data },
  indices: {
    dims: rank === 1 ? [indices.length] : [indices.length / rank, rank],
    dataType: ElementType.Int64,
    int64Data: indices,
  },
});

describe("an ONNX file by hand", () => {
  it.each<[string, FileParts, readonly number[]]>([
    ["one layer", { nodes: [["MatMul", ["x", "k"], ["y"]]] }, [-5, -6]],
    [
      "alpha, beta and transB",
      {
        nodes: [["Gemm", ["x", "k", "b"], ["y"], { alpha: 0.5, beta: { float: 2 }, transB: 1 }]],
        constants: { b: [1, 2] },
      },
      [0.5, 1.5],
    ],
    [
      "a bias for all",
      { nodes: [["Gemm", ["x", "k", "b"], ["y"]]], constants: { b: { shape: [], data: [1] } } },
      [-4, -5],
    ],
    [
      "a sparse kernel, and a sparse bias by places of each dimension",
      {
        nodes: [["Gemm", ["x", "s", "b"], ["y"]]],
        sparse: [
          sparse(
            "s",
            [2, 2],
            [
              [3, 4],
              [0, 3],
            ],
          ),
          sparse("b", [1, 2], [[7], [0, 1]], 2),
        ],
      },
      [3, -1],
    ],
    [
      "a sparse constant of a node",
      {
        nodes: [
          ["Constant", [], ["s"], { sparse_value: sparse("", [2, 2], [[5], [1]]) }],
          ["MatMul", ["x", "s"], ["y"]],
        ],
      },
      [0, 5],
    ],
    [
      "a bias of one unit",
      {
        nodes: [
          ["MatMul", ["x", "w"], ["z"]],
          ["Add", ["z", "b"], ["y"]],
        ],
        constants: { w: { shape: [2, 1], data: [1, 1] }, b: { shape: [1, 1], data: [7] } },
      },
      [6],
    ],
    [
      "a line after the layer",
      { nodes: [linear, ["Mul", ["z", "a"], ["m"]], ["Sub", ["m", "b"], ["y"]]], constants: { a: [2, -1], b: [1, 1] } },
      [-11, 5],
    ],
    [
      "a constant that comes late",
      { nodes: [linear, ["Add", ["z", "c"], ["y"]], ["Constant", [], ["c"], { value_float: 0.25 }]] },
      [-4.75, -5.75],
    ],
    [
      "a kernel that is computed",
      {
        nodes: [
          ["Transpose", ["k"], ["t"]],
          ["MatMul", ["x", "t"], ["y"]],
        ],
      },
      [-3, -5],
    ],
    ["a vector as kernel", { nodes: [["MatMul", ["x", "v"], ["y"]]], constants: { v: [2, 1] } }, [0]],
    [
      "Keras 2's hard sigmoid",
      {
        nodes: [linear, ["Mul", ["z", "a"], ["m"]], ["Add", ["m", "b"], ["s"]], ["Clip", ["s", "lo", "hi"], ["y"]]],
        constants: { a: [0.1], b: [0.75], lo: { shape: [], data: [0] }, hi: { shape: [], data: [1] } },
      },
      [0.25, 0.15],
    ],
    [
      "bounds as attributes",
      { opset: 9, nodes: [linear, ["Clip", ["z"], ["y"], { min: { float: -1 }, max: { float: 1 } }]], constants: {} },
      [-1, -1],
    ],
    [
      "rows that are scaled first",
      {
        nodes: [
          ["Sub", ["x", "m"], ["c"]],
          ["Div", ["c", "s"], ["n"]],
          ["MatMul", ["n", "k"], ["y"]],
        ],
        constants: { m: [1, 2], s: [2, 4] },
      },
      [-3, -4],
    ],
    [
      "rows that are turned over",
      {
        nodes: [
          ["Mul", ["x", "m"], ["n"]],
          ["MatMul", ["n", "k"], ["y"]],
        ],
        constants: { m: [-1, 1] },
      },
      [-7, -10],
    ],
    [
      "scikit-learn's scaler",
      {
        nodes: [
          ["ai.onnx.ml:Scaler", ["x"], ["n"], {}],
          ["MatMul", ["n", "k"], ["y"]],
        ],
      },
      [-5, -6],
    ],
    [
      "a softmax along the axis of before opset 13",
      { opset: 11, nodes: [linear, ["Softmax", ["z"], ["y"]]] },
      [0.7310586, 0.2689414],
    ],
    [
      "a function of the file",
      {
        nodes: [linear, ["own:twice", ["z"], ["y"]]],
        functions: [
          {
            name: "twice",
            input: ["a"],
            output: ["b"],
            nodes: [
              ["Neg", ["a"], ["n"]],
              ["Sub", ["a", "n"], ["b"]],
            ],
          },
        ],
      },
      [-10, -12],
    ],
    [
      "the one of two functions with a name that the overload says",
      {
        nodes: [linear, ["own:act:plain", ["z"], ["y"]]],
        functions: [
          { name: "act", overload: "plain", input: ["a"], output: ["b"], nodes: [["Identity", ["a"], ["b"]]] },
          { name: "act", overload: "other", input: ["a"], output: ["b"], nodes: [["Neg", ["a"], ["b"]]] },
        ],
      },
      [-5, -6],
    ],
    ...[
      { dataType: ElementType.Uint16, rawData: new Uint8Array(Uint16Array.of(1, 2, 65535, 4).buffer) },
      { dataType: ElementType.Uint32, rawData: new Uint8Array(Uint32Array.of(1, 2, 65535, 4).buffer) },
      { dataType: ElementType.Uint64, rawData: new Uint8Array(BigUint64Array.of(1n, 2n, 65535n, 4n).buffer) },
      { dataType: ElementType.Uint16, int32Data: [1, 2, 65535, 4] },
      { dataType: ElementType.Uint32, uint64Data: [1, 2, 65535, 4] },
      { dataType: ElementType.Uint64, uint64Data: [1, 2, 65535, 4] },
    ].map((values): [string, FileParts, number[]] => [
      `whole numbers of the type ${values.dataType} ${values.rawData ? "in bytes" : "one by one"}`,
      {
        nodes: [
          ["Cast", ["w"], ["k"], { to: ElementType.Float }],
          ["MatMul", ["x", "k"], ["y"]],
        ],
        constants: {},
        tensors: [{ name: "w", dims: [2, 2], ...values }],
      },
      [1 - 2 * 65535, -6],
    ]),
    [
      "a step between two numbers that are tried",
      {
        nodes: [
          linear,
          ["HardSigmoid", ["z"], ["h"], { alpha: 1 / 6, beta: 0.5 }],
          ["ThresholdedRelu", ["h"], ["y"], { alpha: 0.01 }],
        ],
        constants: { k: { shape: [2, 2], data: [-2.97, -2.9, 0, 0] } },
      },
      [0, 1 / 60],
    ],
    [
      "a limit that scaled numbers reach late",
      {
        nodes: [linear, ["Mul", ["z", "a"], ["m"]], ["Clip", ["m", "lo", "hi"], ["y"]]],
        constants: {
          k: { shape: [2, 2], data: [100, 200, 300, 400] },
          a: { shape: [], data: [0.01] },
          lo: { shape: [], data: [-1] },
          hi: { shape: [], data: [1] },
        },
      },
      [-1, -1],
    ],
    [
      "a shape that is computed",
      {
        input: [null, 1, 2],
        nodes: [
          ["Shape", ["x"], ["s"]],
          ["Gather", ["s", "i"], ["n"]],
          ["Concat", ["n", "r"], ["t"], { axis: 0 }],
          ["Reshape", ["x", "t"], ["f"]],
          ["MatMul", ["f", "k"], ["y"]],
        ],
        integers: { i: [0], r: [-1] },
      },
      [-5, -6],
    ],
    [
      "a batch of one row",
      {
        input: [1, 2],
        nodes: [
          ["Reshape", ["x", "t"], ["f"]],
          ["MatMul", ["f", "k"], ["y"]],
        ],
        integers: { t: [1, 2] },
      },
      [-5, -6],
    ],
    ["features that the file does not say", { input: [null, null], nodes: [["MatMul", ["x", "k"], ["y"]]] }, [-5, -6]],
    [
      "groups",
      {
        nodes: [
          linear,
          ["Reshape", ["z", "t"], ["g"]],
          ["InstanceNormalization", ["g", "one", "zero"], ["i"], { epsilon: 1e-5 }],
          ["Reshape", ["i", "u"], ["y"]],
        ],
        constants: { one: [1], zero: [0] },
        integers: { t: [0, 1, -1], u: [-1, 2] },
      },
      [0.99998, -0.99998],
    ],
  ])("is read: %s", async (_, file, expected) => {
    const got = await predictionOf(file);
    expect(got).toHaveLength(expected.length);
    for (const [i, value] of expected.entries()) expect(got[i]).toBeCloseTo(value, 5);
  });

  it("of half precision, and of bfloat16, is read to the bit", async () => {
    // numpy: np.array([1.5, -2, 6.1e-5, 65504], "float16").tobytes()
    const half = Uint8Array.from([0x00, 0x3e, 0x00, 0xc0, 0xff, 0x03, 0xff, 0x7b]);
    const values = { dims: [2, 2], dataType: ElementType.Half, rawData: half, name: "k" };
    const [layer] = readOnnx(onnxFile({ nodes: [["MatMul", ["x", "k"], ["y"]]], tensors: [values] })).layers;
    expect(Array.from(layer.weights.get("kernel")?.data ?? [])).toEqual([1.5, -2, 1023 / 2 ** 24, 65504]);
    const brain = {
      ...values,
      dataType: ElementType.Bfloat,
      rawData: Uint8Array.from([0xc0, 0x3f, 0, 0xc0, 0, 0, 0x80, 0x3f]),
    };
    const [second] = readOnnx(onnxFile({ nodes: [["MatMul", ["x", "k"], ["y"]]], tensors: [brain] })).layers;
    expect(Array.from(second.weights.get("kernel")?.data ?? [])).toEqual([1.5, -2, 0, 1]);
  });

  it("takes weights from the bytes of the file beside, and opens nothing", async () => {
    const external = [
      { key: "location", value: "../../etc/passwd" },
      { key: "offset", value: "4" },
      { key: "length", value: "16" },
    ];
    const tensor = { dims: [2, 2], dataType: ElementType.Float, name: "k", dataLocation: 1, externalData: external };
    const file = onnxFile({ nodes: [["MatMul", ["x", "k"], ["y"]]], tensors: [tensor] });
    const externalData = new Uint8Array(Float32Array.of(0, 1, 2, 3, 4).buffer);
    const { model } = await importOnnx(file, { externalData, threads: 1 });
    expect(Array.from(model.predict([[1, -2]]))).toEqual([-5, -6]);
    expect(() => readOnnx(file)).toThrow('readOnnx: "k": its values are in "../../etc/passwd", which is not opened.');
    expect(() => readOnnx(file, { externalData: externalData.subarray(4) })).toThrow("expected 16 bytes at 4");
  });

  it("takes weights from several files by their names, and from one file only if there is no other", async () => {
    const tensors = ["a", "b"].map((name) => ({
      ...{ dims: [2, 2], dataType: ElementType.Float, name, dataLocation: 1 },
      externalData: [{ key: "location", value: `${name}.data` }],
    }));
    const nodes: NodeRow[] = [
      ["MatMul", ["x", "a"], ["z"]],
      ["MatMul", ["z", "b"], ["y"]],
    ];
    const file = onnxFile({ nodes, tensors });
    const [one, two] = [Float32Array.of(1, 2, 3, 4), Float32Array.of(1, 0, 0, -1)].map((k) => new Uint8Array(k.buffer));
    const externalData = { "a.data": one, "b.data": two };
    const { model } = await importOnnx(file, { externalData, threads: 1 });
    expect(Array.from(model.predict([[1, -2]]))).toEqual([-5, 6]);
    const named = await importModel({ "m.onnx": file, "b.data": two, "a.data": one }, { threads: 1 });
    expect(Array.from(named.model.predict([[1, -2]]))).toEqual([-5, 6]);
    expect(() => readOnnx(file, { externalData: one })).toThrow(
      'readOnnx: the values are in 2 files, and the bytes of one are given. Give each by its name: { externalData: { "a.data": bytes, "b.data": bytes } }.',
    );
    expect(() => readOnnx(file, { externalData: { "a.data": one } })).toThrow('"b": its values are in "b.data", which');
    expect(() => readOnnx(file, { externalData: { "a.data": 1 as never } })).toThrow(
      'externalData["a.data"]: expected the bytes of a file, got 1.',
    );
  });

  it("says which classes it has", () => {
    const properties = { classes: '["no", "yes"]', features: '["a", "b"]', metadata: '{"n": 1}' };
    const plain = readOnnx(onnxFile({ nodes: [["MatMul", ["x", "k"], ["y"]]], constants: { k: kernel }, properties }));
    expect(plain).toMatchObject({ classes: ["no", "yes"], features: ["a", "b"], metadata: { n: 1 } });
    const odd = { classes: "{", features: '["a"]', metadata: "[]" };
    const other = readOnnx(
      onnxFile({ nodes: [["MatMul", ["x", "k"], ["y"]]], constants: { k: kernel }, properties: odd }),
    );
    expect(other).toMatchObject({ classes: null, features: null, metadata: null });
    expect(other.notes).toEqual(["ONNX holds no loss and no optimizer; compile the model to train it on."]);
  });

  it("may give another output", () => {
    const file = onnxFile({
      nodes: [linear, ["Softmax", ["z"], ["y"]]],
      constants: { k: kernel },
      outputs: ["y", "z"],
    });
    expect(readOnnx(file).layers[0].spec).toMatchObject({ activation: { type: "softmax" } });
    expect(readOnnx(file, { output: "z" }).layers[0].spec).toMatchObject({ activation: { type: "linear" } });
  });

  it.each<[string, FileParts, string]>([
    [
      "clipped observations",
      {
        nodes: [
          ["Sub", ["x", "m"], ["c"]],
          ["Div", ["c", "s"], ["n"]],
          ["Clip", ["n"], ["q"], { min: { float: -10 }, max: { float: 10 } }],
          ["MatMul", ["q", "k"], ["y"]],
        ],
        opset: 9,
        constants: { m: [100, 200], s: [40, 70] },
      },
      "Clip q: the function of this node is none",
    ],
    [
      "limits of each column",
      { nodes: [linear, ["Min", ["z", "c"], ["y"]]], constants: { c: [100, 120] } },
      "Min y: the function of this node is none",
    ],
    [
      "limits of each column after an activation",
      { nodes: [linear, ["Relu", ["z"], ["r"]], ["Min", ["r", "c"], ["y"]]], constants: { c: [100, 120] } },
      "Min y: the function of this node is none",
    ],
    [
      "a bend far away",
      { nodes: [linear, ["HardSigmoid", ["z"], ["y"], { alpha: 1e-9, beta: 0.5 }]] },
      "HardSigmoid y: the function of this node is none",
    ],
    [
      "a bump between two numbers that are tried",
      {
        nodes: [
          linear,
          ["Relu", ["z"], ["r"]],
          ["Mul", ["z", "f"], ["e"]],
          ["Sub", ["e", "a"], ["g"]],
          ["Sigmoid", ["g"], ["up"]],
          ["Sub", ["e", "b"], ["h"]],
          ["Sigmoid", ["h"], ["down"]],
          ["Sub", ["up", "down"], ["bump"]],
          ["Add", ["r", "bump"], ["y"]],
        ],
        constants: {
          a: { shape: [], data: [34400] },
          b: { shape: [], data: [34600] },
          f: { shape: [], data: [10000] },
        },
      },
      "Relu r: the function from here to Add y is none",
    ],
    [
      "a triangle between two numbers that are tried",
      {
        nodes: [
          linear,
          ["Relu", ["z"], ["r"]],
          ["Mul", ["z", "tenth"], ["t"]],
          ["Sub", ["t", "a"], ["d"]],
          ["Abs", ["d"], ["e"]],
          ["Sub", ["b", "e"], ["f"]],
          ["Relu", ["f"], ["g"]],
          ["Add", ["r", "g"], ["y"]],
        ],
        constants: {
          tenth: { shape: [], data: [0.1] },
          a: { shape: [], data: [0.345] },
          b: { shape: [], data: [0.001] },
        },
      },
      "Relu r: the function from here to Add y is none",
    ],
    [
      "a second bend far away",
      {
        nodes: [
          linear,
          ["Relu", ["z"], ["r"]],
          ["Mul", ["z", "a"], ["m"]],
          ["Sub", ["m", "o"], ["n"]],
          ["Relu", ["n"], ["q"]],
          ["Add", ["r", "q"], ["y"]],
        ],
        constants: { a: { shape: [], data: [0.001] }, o: { shape: [], data: [1] } },
      },
      "Relu r: the function from here to Add y is none",
    ],
    [
      "a scaled bend far away",
      {
        nodes: [
          linear,
          ["Mul", ["z", "a"], ["m"]],
          ["Shrink", ["m"], ["s"], { lambd: { float: 100 }, bias: { float: 100 } }],
          ["Mul", ["s", "s"], ["y"]],
        ],
        constants: { a: { shape: [], data: [0.01] } },
      },
      "Mul y: the function of this node is none",
    ],
    [
      "a limit of 0",
      { nodes: [linear, ["Min", ["z", "o"], ["y"]]], constants: { o: { shape: [], data: [0] } } },
      "Min y: the function of this node is none",
    ],
    [
      "a small file that claims many weights",
      {
        nodes: [
          ["ConstantOfShape", ["s"], ["w"]],
          ["MatMul", ["x", "w"], ["y"]],
        ],
        integers: { s: [2, 1e6] },
      },
      "the graph computes more numbers than a chain of layers of its size needs",
    ],
    ["Conv", { nodes: [["Conv", ["x", "k"], ["y"]]] }, "readOnnx: Conv y: there is no such layer here."],
    [
      "QLinearMatMul",
      { nodes: [["QLinearMatMul", ["x", "k"], ["y"]]] },
      "QLinearMatMul y: there is no such layer here.",
    ],
    ["another domain", { nodes: [["com.microsoft:Relu", ["x"], ["y"]]] }, "Relu y: there is no such layer here."],
    [
      "a sum of two computed values",
      { nodes: [linear, ["Add", ["x", "z"], ["y"]]] },
      "readOnnx: Add y: two computed inputs: the graph is not a chain of layers.",
    ],
    [
      "an unknown function",
      { nodes: [linear, ["Sigmoid", ["z"], ["s"]], ["Mul", ["s", "s"], ["y"]]] },
      "readOnnx: Mul y: the function of this node is none that layers here compute.",
    ],
    [
      "a longer one",
      { nodes: [linear, ["Mul", ["z", "z"], ["a"]], ["Add", ["a", "a"], ["y"]]] },
      "readOnnx: Mul a: the function from here to Add y is none that layers here compute.",
    ],
    ["transA", { nodes: [["Gemm", ["x", "k"], ["y"], { transA: 1 }]] }, "Gemm y: transA turns rows into columns."],
    [
      "a computed kernel",
      { nodes: [["MatMul", ["x", "x"], ["y"]]] },
      "MatMul y: its input 1 is computed from the input.",
    ],
    ["rows as units", { nodes: [["MatMul", ["k", "x"], ["y"]]] }, "MatMul y: "],
    [
      "a kernel of other inputs",
      { nodes: [["MatMul", ["x", "w"], ["y"]]], constants: { w: { shape: [3, 1], data: [1, 2, 3] } } },
      "MatMul y: expected a matrix of 2 inputs, got the shape [3,1].",
    ],
    [
      "a dense layer on images",
      { input: [null, 3, 2], nodes: [["MatMul", ["x", "k"], ["y"]]] },
      "MatMul y: expected rows of one dimension, got [batch, 3, 2].",
    ],
    [
      "rows that are mixed",
      { nodes: [linear, ["Reshape", ["z", "t"], ["y"]]], integers: { t: [-1, 1] } },
      "Reshape y: a reshape to [-1,1] mixes rows of 2 values.",
    ],
    [
      "a mean over rows",
      { nodes: [linear, ["ReduceMean", ["z"], ["y"], { axes: [0] }]] },
      "ReduceMean y: it mixes rows",
    ],
    [
      "one row picked",
      { nodes: [linear, ["Gather", ["z", "i"], ["y"], { axis: 0 }]], integers: { i: [0] } },
      "Gather y: it picks rows",
    ],
    ["a missing tensor", { nodes: [["MatMul", ["x", "w"], ["y"]]] }, 'MatMul y: nothing makes its input "w"'],
    [
      "a circle",
      {
        nodes: [
          ["Add", ["x", "b"], ["a"]],
          ["Relu", ["a"], ["b"]],
          ["Relu", ["b"], ["y"]],
        ],
      },
      "the graph runs in a circle.",
    ],
    ["a tensor made twice", { nodes: [linear, linear] }, 'MatMul z: the tensor "z" is made twice.'],
    ["no way from the input", { nodes: [["Relu", ["k"], ["y"]]] }, 'the output "y" does not depend on the input "x".'],
    [
      "a product with zero",
      { nodes: [linear, ["Mul", ["z", "o"], ["y"]]], constants: { o: { shape: [], data: [0] } } },
      "the result does not depend on the input.",
    ],
    ["no layers", { nodes: [["Identity", ["x"], ["y"]]] }, "readOnnx: the graph has no layers."],
    [
      "dropout that drops",
      { nodes: [linear, ["Dropout", ["z", "r", "t"], ["y"]]], constants: { r: [0.5], t: [1] } },
      "Dropout y: it drops values when the model runs, too.",
    ],
    [
      "batch statistics",
      {
        nodes: [["BatchNormalization", ["x", "a", "a", "a", "a"], ["y"], { training_mode: 1 }]],
        constants: { a: [1, 1] },
      },
      "BatchNormalization y: it is in training mode.",
    ],
    [
      "a negative variance",
      { nodes: [["BatchNormalization", ["x", "a", "a", "a", "v"], ["y"]]], constants: { a: [1, 1], v: [1, -1] } },
      "BatchNormalization y: a variance below 0.",
    ],
    [
      "one dimension",
      { input: [2], nodes: [["MatMul", ["x", "k"], ["y"]]] },
      'readOnnx: the input "x": expected [batch, features], got 1 dimension.',
    ],
    [
      "an open shape",
      { input: [null, null, 2], nodes: [["Flatten", ["x"], ["y"]]] },
      "expected a fixed shape of rows.",
    ],
    [
      "wide rows",
      { input: [null, 1e9], nodes: [["Relu", ["x"], ["y"]]] },
      "rows of 1000000000 values need more weights",
    ],
    ["text", { type: ElementType.Text, nodes: [["Relu", ["x"], ["y"]]] }, "expected numbers, got text."],
    [
      "a large constant",
      {
        nodes: [
          ["ConstantOfShape", ["s"], ["c"]],
          ["Add", ["x", "c"], ["y"]],
        ],
        integers: { s: [1e6, 1e6] },
      },
      "more numbers than a chain of layers",
    ],
    [
      "a function with the name of an operator",
      {
        nodes: [linear, ["Relu", ["z"], ["y"]]],
        functions: [{ name: "Relu", domain: "", input: ["a"], output: ["b"], nodes: [["Neg", ["a"], ["b"]]] }],
      },
      "Relu y: a function of the file has the name of an operator",
    ],
    [
      "functions in a circle",
      {
        nodes: [["own:f", ["x"], ["y"]]],
        functions: [
          {
            name: "f",
            input: ["a"],
            output: ["b"],
            nodes: [
              ["own:f", ["a"], ["c"]],
              ["own:f", ["c"], ["b"]],
            ],
          },
        ],
      },
      "functions call each other in a circle",
    ],
    [
      "quantized weights",
      {
        nodes: [["MatMul", ["x", "w"], ["y"]]],
        tensors: [{ name: "w", dims: [2, 2], dataType: 17, rawData: new Uint8Array(4) }],
      },
      '"w": expected numbers of 8 to 64 bits, got the type 17.',
    ],
    [
      "too few bytes",
      {
        nodes: [["MatMul", ["x", "w"], ["y"]]],
        tensors: [{ name: "w", dims: [2, 2], dataType: 1, rawData: new Uint8Array(12) }],
      },
      '"w": expected 16 bytes, got 12.',
    ],
    [
      "too few values",
      { nodes: [["MatMul", ["x", "w"], ["y"]]], tensors: [{ name: "w", dims: [2, 2], dataType: 1, floatData: [1] }] },
      '"w": expected 4 values, got 1.',
    ],
    [
      "a sparse size beyond all",
      { nodes: [["MatMul", ["x", "s"], ["y"]]], sparse: [sparse("s", [2, 2 ** 30], [[1], [0]])] },
      "the graph computes more numbers than",
    ],
    [
      "places outside a sparse tensor",
      { nodes: [["MatMul", ["x", "s"], ["y"]]], sparse: [sparse("s", [2, 2], [[1], [4]])] },
      '"s": indices: expected integers >= 0 and < 4, got 4.',
    ],
    [
      "places of another number than values",
      { nodes: [["MatMul", ["x", "s"], ["y"]]], sparse: [sparse("s", [2, 2], [[1, 2], [3]])] },
      '"s": indices: expected 2 values, got 1.',
    ],
    [
      "a size beyond all",
      {
        nodes: [["MatMul", ["x", "w"], ["y"]]],
        tensors: [{ name: "w", dims: [2 ** 40, 2 ** 40], dataType: 1, floatData: [1] }],
      },
      '"w": expected a shape',
    ],
  ])("is refused: %s", (_, file, text) => {
    const read = () => readOnnx(onnxFile({ ...file, constants: { k: kernel, ...file.constants } }));
    expect(read).toThrow(FormatError);
    expect(read).toThrow(text);
  });

  it.each<[unknown, object, string]>([
    ["model.onnx", {}, 'readOnnx: expected the bytes of a file, got "model.onnx".'],
    [new Float32Array(2), {}, "readOnnx: expected the bytes of a file, got a Float32Array of 8 bytes."],
    [onnxFile({ nodes: [linear], outputs: ["z"] }), { output: "y" }, 'readOnnx: output: expected one of "z", got "y".'],
    [
      onnxFile({ nodes: [["MatMul", ["x", "k"], ["y"]]], constants: { k: kernel } }),
      { outputs: "y" },
      'readOnnx: unknown option "outputs". Did you mean "output"?',
    ],
    [new Uint8Array(), { output: 1 }, "expected the name of an output, got 1."],
    [new Uint8Array(), { externalData: "file" }, 'externalData: expected the bytes of a file, got "file".'],
  ])("%s with %j is refused", async (bytes, options, text) => {
    expect(() => readOnnx(bytes as Uint8Array, options)).toThrow(OptionError);
    expect(() => readOnnx(bytes as Uint8Array, options)).toThrow(text);
    const attempt = importOnnx(bytes as Uint8Array, options);
    await expect(attempt).rejects.toThrow(OptionError);
  });

  it("is told from other files", async () => {
    const file = await exportOnnx(await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] }));
    expect(isOnnx(file)).toBe(true);
    expect([new Uint8Array(), Uint8Array.of(0x50, 0x4b, 3, 4), new TextEncoder().encode('{"a": 1}')].some(isOnnx)).toBe(
      false,
    );
    expect(() => readOnnx(new Uint8Array())).toThrow("readOnnx: the file has no graph: it is not an ONNX model.");
  });
});

it("a graph without weights is refused under the name of the function that was called", async () => {
  const file = onnxFile({ nodes: [["Softmax", ["x"], ["y"], { axis: 1 }]] });
  await expect(importOnnx(file)).rejects.toThrow(
    /^importOnnx: this does not describe a model: .*layers: expected at least one layer with weights/,
  );
});

it(`${MUTATIONS} damaged files are read or refused, quickly and in little memory`, async () => {
  const models = await Promise.all([0, 1, 2, 3, 4, 5, 6, 7].map((seed) => randomNet(seed, parts)));
  const files = await Promise.all(models.map((model) => exportOnnx(model, quiet)));
  const { accepted } = await readDamaged(files, (file) => readOnnx(file));
  expect(accepted).toBeGreaterThan(0);
}, 600_000);

it("damaged files that are read make models, or are refused", async () => {
  const model = await randomNet(3, parts);
  const file = await exportOnnx(model, quiet);
  const row = rowsFor(model, 1);
  const { accepted } = await readDamaged(
    [file],
    async (damaged) => (await modelOf(readOnnx(damaged), ONE)).predict(row),
    { count: 300 },
  );
  expect(accepted).toBeGreaterThan(10);
});
