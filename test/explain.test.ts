// explain(): the steps of a network worked by hand, the same for any network and loss, and pages that stand by
// themselves.
import { describe, expect, it } from "vitest";
import { type Explanation, explain } from "../src/explain/index.js";
import {
  activation,
  activationNames,
  activityRegularization,
  adam,
  batchNormalization,
  binaryCrossentropy,
  type CompileOptions,
  dense,
  dropout,
  type LayerSpec,
  l1,
  l1l2,
  l2,
  relu,
  Sequential,
  sgd,
  sparseCategoricalCrossentropy,
} from "../src/index.js";
import { checkRefusal, refusalOf } from "./badInput/refusals.js";
import { stateOf } from "./model/models.js";
import { normals } from "./support/tensors.js";

async function compiled(inputs: number, layers: LayerSpec[], options: CompileOptions): Promise<Sequential> {
  const model = await Sequential.create({ inputShape: [inputs], layers, seed: 3 });
  model.compile(options);
  return model;
}

/** 2 inputs, 2 hidden and 1 output unit, all sigmoid; the kernels are [0, 1] per unit, the biases 0. */
async function byHand(): Promise<Sequential> {
  const layers = [dense({ units: 2, activation: "sigmoid" }), dense({ units: 1, activation: "sigmoid" })];
  const model = await compiled(2, layers, { optimizer: sgd({ learningRate: 0.1 }), loss: "meanSquaredError" });
  model.setWeights([
    { name: "dense_1/kernel", shape: [2, 2], data: [0, 0, 1, 1] },
    { name: "dense_1/bias", shape: [2], data: [0, 0] },
    { name: "dense_2/kernel", shape: [2, 1], data: [0, 1] },
    { name: "dense_2/bias", shape: [1], data: [0] },
  ]);
  return model;
}
const sample = { x: [[2, 3]], y: [1] };
const TOLERANCE = { rtol: 1e-6, atol: 1e-7 };

describe("a 2-2-1 network", () => {
  it("takes 13 steps there and back, then update and new loss, with the numbers worked by hand", async () => {
    const h = 1 / (1 + Math.exp(-3));
    const p = 1 / (1 + Math.exp(-h));
    const dp = -2 * (1 - p);
    const dz2 = dp * p * (1 - p);
    const dz1 = dz2 * h * (1 - h);
    const w = 1 - 0.1 * dz2 * h;
    // The second hidden sum goes from 3 to 3 − 0.1 · (2·2 + 3·3 + 1) dz1.
    const hNew = 1 / (1 + Math.exp(-(3 - 1.4 * dz1)));
    const zNew = -0.1 * dz2 * h * h + w * hNew - 0.1 * dz2;
    const newLoss = (1 - 1 / (1 + Math.exp(-zNew))) ** 2;
    const expected: [formula: string, ...results: [symbol: string, values: number[]][]][] = [
      ["z₁ = x W₁ + b₁", ["x", [2, 3]], ["W₁", [0, 0, 1, 1]], ["b₁", [0, 0]], ["z₁", [3, 3]]],
      ["h₁ = 1 / (1 + e^(−z₁))", ["h₁", [h, h]]],
      ["z₂ = h₁ W₂ + b₂", ["W₂", [0, 1]], ["b₂", [0]], ["z₂", [h]]],
      ["ŷ = 1 / (1 + e^(−z₂))", ["ŷ", [p]]],
      ["L = mean of (ŷ − y)²", ["y", [1]], ["L", [(1 - p) ** 2]]],
      ["∂L/∂ŷ = 2 (ŷ − y) / n", ["∂L/∂ŷ", [dp]]],
      ["∂ŷ/∂z₂ = ŷ · (1 − ŷ)", ["∂ŷ/∂z₂", [p * (1 - p)]]],
      ["∂L/∂z₂ = ∂L/∂ŷ ⊙ ∂ŷ/∂z₂", ["∂L/∂z₂", [dz2]]],
      ["∂L/∂W₂ = h₁ᵀ ∂L/∂z₂,  ∂L/∂b₂ = ∂L/∂z₂", ["∂L/∂W₂", [h * dz2, h * dz2]], ["∂L/∂b₂", [dz2]]],
      ["∂L/∂h₁ = ∂L/∂z₂ W₂ᵀ", ["∂L/∂h₁", [0, dz2]]],
      ["∂h₁/∂z₁ = h₁ · (1 − h₁)", ["∂h₁/∂z₁", [h * (1 - h), h * (1 - h)]]],
      ["∂L/∂z₁ = ∂L/∂h₁ ⊙ ∂h₁/∂z₁", ["∂L/∂z₁", [0, dz1]]],
      ["∂L/∂W₁ = xᵀ ∂L/∂z₁,  ∂L/∂b₁ = ∂L/∂z₁", ["∂L/∂W₁", [0, 2 * dz1, 0, 3 * dz1]], ["∂L/∂b₁", [0, dz1]]],
      [
        "W ← W − 0.1 · ∂L/∂W",
        ["ΔW₁", [0, -0.2 * dz1, 0, -0.3 * dz1]],
        ["Δb₁", [0, -0.1 * dz1]],
        ["ΔW₂", [-0.1 * h * dz2, -0.1 * h * dz2]],
        ["Δb₂", [-0.1 * dz2]],
      ],
      ["L, as above", ["L", [newLoss]]],
    ];
    const { steps } = await explain(await byHand(), sample);
    expect(steps.map(({ number }) => number)).toEqual(expected.map((_, i) => i + 1));
    steps.forEach(({ formula, results }, i) => {
      const [wanted, ...values] = expected[i];
      expect(formula).toBe(wanted);
      expect(results.map(({ symbol }) => symbol)).toEqual(values.map(([symbol]) => symbol));
      results.forEach(({ symbol, data }, j) => {
        expect(data, symbol).toBeAllClose(values[j][1], TOLERANCE);
      });
    });
    expect(steps.flatMap(({ worked }) => worked)).toEqual([
      "z₁[0] = 2·0 + 3·1 + 0 = 3",
      "z₁[1] = 2·0 + 3·1 + 0 = 3",
      "h₁[0] = 1 / (1 + e^(−3)) = 0.9526",
      "z₂[0] = 0.9526·0 + 0.9526·1 + 0 = 0.9526",
      "ŷ[0] = 1 / (1 + e^(−0.9526)) = 0.7216",
      "L = (0.7216 − 1)² = 0.07749",
      "∂L/∂ŷ[0] = 2 · (0.7216 − 1) = −0.5567",
      "∂ŷ/∂z₂[0] = 0.7216 · (1 − 0.7216) = 0.2009",
      "∂L/∂z₂[0] = (−0.5567) · 0.2009 = −0.1118",
      "∂L/∂W₂[0, 0] = 0.9526 · (−0.1118) = −0.1065",
      "∂L/∂h₁[1] = (−0.1118)·1 = −0.1118",
      "∂h₁/∂z₁[0] = 0.9526 · (1 − 0.9526) = 0.04518",
      "∂L/∂z₁[1] = (−0.1118) · 0.04518 = −0.005052",
      "∂L/∂W₁[1, 1] = 3 · (−0.005052) = −0.01516",
      "W₁[1, 1] ← 1 − 0.1 · (−0.01516) = 1.002",
      "before 0.07749, now 0.07400",
    ]);
  });

  it("reads well in a terminal", async () => {
    const text = (await explain(await byHand(), sample)).toText();
    expect(text.split("\n").slice(0, 16).join("\n")).toMatchInlineSnapshot(`
      "One training step of a 2-2-1 network

       1. Weighted sums of dense_1
          z₁ = x W₁ + b₁
          z₁[0] = 2·0 + 3·1 + 0 = 3
          z₁[1] = 2·0 + 3·1 + 0 = 3
          x [1, 2] = 2  3
          W₁ [2, 2] = 0  0
                      1  1
          b₁ [2] = 0  0
          z₁ [1, 2] = 3  3

       2. Activation of dense_1: sigmoid
          h₁ = 1 / (1 + e^(−z₁))
          h₁[0] = 1 / (1 + e^(−3)) = 0.9526
          h₁ [1, 2] = 0.9526  0.9526"
    `);
  });

  it("changes nothing", async () => {
    const model = await byHand();
    const before = stateOf(model);
    await explain(model, sample);
    expect(stateOf(model)).toBe(before);
  });
});

const classes = 10;
const variants: [string, LayerSpec[], CompileOptions][] = [
  [
    "softmax and labels",
    [dense({ units: 12, activation: "tanh" }), dense({ units: classes, activation: "softmax" })],
    { optimizer: adam(), loss: "sparseCategoricalCrossentropy" },
  ],
  [
    "logits",
    [dense({ units: 12, activation: "tanh" }), dense({ units: classes })],
    { optimizer: sgd({ momentum: 0.9 }), loss: sparseCategoricalCrossentropy({ fromLogits: true }) },
  ],
  [
    "activations as layers",
    [dense({ units: 12 }), activation("tanh"), dense({ units: classes }), activation("softmax")],
    { optimizer: "sgd", loss: "sparseCategoricalCrossentropy" },
  ],
  [
    "three hidden layers, one of them frozen, one without bias",
    [
      dense({ units: 9, activation: "relu" }),
      dense({ units: 7, activation: "elu", trainable: false }),
      dense({ units: 5, activation: "leakyRelu", useBias: false }),
      dense({ units: classes, activation: "softmax" }),
    ],
    { optimizer: sgd({ momentum: 0.9, nesterov: true }), loss: "sparseCategoricalCrossentropy" },
  ],
];
const x = [Array.from(normals(16, 5))];

describe.each(variants)("%s", (_, layers, options) => {
  it("shows what the trace holds, and the factors multiply to the gradients", async () => {
    const model = await compiled(16, layers, options);
    const trace = await model.trace({ x, y: [3] }, { optimizer: true });
    const weights = new Map(model.getWeights().map((weight) => [weight.name, weight]));
    const { steps } = await explain(model, { x, y: [3] });
    const results = steps.flatMap((step) => step.results);
    const depth = layers.filter(({ type }) => type === "dense").length;
    expect(steps).toHaveLength(2 * depth + 2 + 3 * depth + (depth - 1) + 2);
    for (const { name, shape, data } of results.filter(({ name }) => name !== "")) {
      expect(data, name).toEqual((trace[name] ?? weights.get(name)).data);
      expect(shape, name).toEqual((trace[name] ?? weights.get(name)).shape);
    }
    const of = (symbol: string) => Array.from(results.find((result) => result.symbol === symbol)?.data ?? []);
    const z = String.fromCodePoint(0x2080 + depth);
    const [jacobian, dp, dz] = [of(`∂ŷ/∂z${z}`), of("∂L/∂ŷ"), of(`∂L/∂z${z}`)];
    const chained = dz.map((_, j) => dp.reduce((sum, d, i) => sum + d * jacobian[i * classes + j], 0));
    expect(chained).toBeAllClose(dz, { rtol: 1e-5, atol: 1e-6 });
    for (let k = 1; k < depth; k++) {
      const [slope, upstream, own] = [
        of(`∂h${"₀₁₂₃"[k]}/∂z${"₀₁₂₃"[k]}`),
        of(`∂L/∂h${"₀₁₂₃"[k]}`),
        of(`∂L/∂z${"₀₁₂₃"[k]}`),
      ];
      expect(upstream.length).toBeGreaterThan(0);
      expect(
        upstream.map((d, i) => d * slope[i]),
        `layer ${k}`,
      ).toBeAllClose(own, { rtol: 1e-5, atol: 1e-7 });
    }
  });
});

const generalRelu = relu({ negativeSlope: 0.3, maxValue: 1.1, threshold: 0.2 });
it.each([...activationNames, generalRelu])(
  "takes the derivative of %o where it is, also where the gradient is 0",
  async (name) => {
    const layers = [dense({ units: 4, activation: name }), dense({ units: 3 })];
    const model = await compiled(2, layers, { optimizer: "sgd", loss: "meanSquaredError" });
    const weights = model.getWeights();
    weights[2].data.fill(0, 0, 3); // the first hidden unit is not asked: its gradient is 0
    model.setWeights(weights);
    const data = { x: [[0.7, -1.2]], y: [[1, 0, -1]] };
    const { steps } = await explain(model, data);
    const [slopes] = steps.find(({ formula }) => formula.startsWith("∂h₁/∂z₁"))?.results ?? [];
    const z = Array.from((await model.trace(data))["dense_1/z"].data);
    const bare = await Sequential.create({
      inputShape: [4],
      layers: [dense({ units: 4, useBias: false }), activation(name)],
    });
    bare.setWeights([
      { name: "dense_1/kernel", shape: [4, 4], data: [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1] },
    ]);
    const f = (at: number, by: number) => bare.predict([z.map((value, i) => value + (i === at ? by : 0))]);
    const step = 1e-2;
    const jacobian = z.map((_, j) => {
      const [above, below] = [f(j, step), f(j, -step)];
      return Array.from(above, (value, i) => (value - below[i]) / (2 * step));
    });
    const isMatrix = slopes.shape[0] === 4;
    expect(isMatrix).toBe(name === "softmax" || name === "logSoftmax" || name === "sparsemax");
    const expected = isMatrix ? z.flatMap((_, i) => jacobian.map((row) => row[i])) : jacobian.map((row, i) => row[i]);
    expect(slopes.data).toBeAllClose(expected, { rtol: 1e-3, atol: 1e-4 });
  },
);

it("shows what other layers hand on and back", async () => {
  const layers = [dense({ units: 6, activation: "relu" }), dropout(0.5), dense({ units: 1 })];
  const model = await compiled(4, layers, { optimizer: "sgd", loss: "meanSquaredError" });
  const data = { x: [[1, 2, 3, 4]], y: [1] };
  const trace = await model.trace(data);
  const { steps } = await explain(model, data);
  const of = (title: string) => steps.find((step) => step.title === title)?.results ?? [];
  expect(of("Output of dropout_1")[0].data).toEqual(trace["dropout_1/h"].data);
  expect(of("Gradients at dropout_1")[0].data).toEqual(trace["dense_1/dh"].data);
  expect(steps.find(({ title }) => title.startsWith("Weighted sums of the output"))?.formula).toBe(
    "z₂ = dropout_1/h W₂ + b₂",
  );
});

/** The value of a worked line, from the numbers that it prints. */
function numberOf(text: string): number {
  const source = text
    .replaceAll("−", "-")
    .replaceAll("·", "*")
    .replace(/√\(/g, "Math.sqrt(")
    .replace(/\)²/g, ")**2")
    .replace(/e\^\(/g, "Math.exp(")
    .replace(/\^(\d)/g, "**$1")
    .replace(/tanh\(/g, "Math.tanh(")
    .replace(/max\(/g, "Math.max(")
    .replace(/ln ([\d.e+-]+)/g, "Math.log($1)")
    .replace(/--/g, "+")
    .replace(/- -/g, "+ ");
  return Number(new Function(`return ${source}`)());
}

const penalized = { kernelRegularizer: l1l2({ l1: 0.03, l2: 0.02 }), biasRegularizer: l1(0.05) };
describe.each<[string, LayerSpec[], CompileOptions]>([
  [
    "l1 of 0.1",
    [dense({ units: 2, activation: "tanh", kernelRegularizer: l1(0.1) }), dense({ units: 1, activation: "sigmoid" })],
    { optimizer: "sgd", loss: "binaryCrossentropy" },
  ],
  [
    "penalties everywhere",
    [dense({ units: 3, activation: "sigmoid", ...penalized }), dense({ units: 1, ...penalized })],
    { optimizer: sgd({ learningRate: 0.3 }), loss: "meanSquaredError" },
  ],
  [
    "batch normalization",
    [dense({ units: 3, activation: "relu" }), batchNormalization(), dense({ units: 1, activation: "sigmoid" })],
    { optimizer: adam(), loss: "binaryCrossentropy" },
  ],
  [
    "batch normalization of the inputs, without gamma and beta",
    [batchNormalization({ scale: false, center: false }), dense({ units: 1, kernelRegularizer: l2(0.3) })],
    { optimizer: "sgd", loss: "meanSquaredError" },
  ],
  [
    "penalties on activations, before and without normalization",
    [
      dense({ units: 4, activation: "tanh" }),
      activityRegularization({ l1: 0.2, l2: 0.1 }),
      batchNormalization(),
      dense({ units: 2, activation: "tanh" }),
      activityRegularization({ l2: 0.4 }),
      dense({ units: 1, activation: "sigmoid" }),
    ],
    { optimizer: "sgd", loss: "binaryCrossentropy" },
  ],
])("%s", (_, layers, options) => {
  it("has only sums that come out as they are printed", async () => {
    const model = await compiled(2, layers, options);
    await model.fit(
      {
        x: [
          [1, 2],
          [-2, 1],
          [0.5, -3],
        ],
        y: [1, 0, 1],
      },
      { epochs: 3, batchSize: 3 },
    );
    const { steps } = await explain(model, { x: [[0.7, -1.3]], y: [1] });
    const lines = steps.flatMap(({ worked }) => worked).filter((line) => !line.startsWith("before"));
    expect(lines.length).toBeGreaterThan(6);
    for (const line of lines) {
      const [, sum, result] = /(?: = |← )(.*) = (\S+)$/.exec(line) as RegExpExecArray;
      const size = Math.max(1e-3, ...(sum.match(/[\d.]+/g)?.map(Number) ?? []));
      expect(Math.abs(numberOf(sum) - numberOf(result)), line).toBeLessThan(2e-3 * size);
    }
  });

  it("gives the loss and the gradients of finite differences", async () => {
    const model = await compiled(2, layers, options);
    const sampled = { x: [[0.7, -1.3]], y: [1] };
    const { steps } = await explain(model, sampled);
    const of = (name: string) => steps.flatMap(({ results }) => results).find((result) => result.name === name);
    const { loss } = await model.evaluate(sampled);
    expect(of("loss")?.data[0]).toBeCloseTo(loss, 5);
    const weights = model.getWeights();
    for (const weight of weights.filter(({ name }) =>
      of(name.replace(/(\w)(\w*)$/, (_, a, b) => `d${a.toUpperCase()}${b}`)),
    )) {
      const gradient = of(weight.name.replace(/(\w)(\w*)$/, (_, a, b) => `d${a.toUpperCase()}${b}`));
      const lossAt = async (by: number) => {
        model.setWeights(
          weights.map((each) =>
            each === weight ? { ...each, data: each.data.map((w, i) => (i === 0 ? w + by : w)) } : each,
          ),
        );
        return (await model.evaluate(sampled)).loss;
      };
      const slope = ((await lossAt(0.01)) - (await lossAt(-0.01))) / 0.02;
      expect(Math.abs(slope - (gradient?.data[0] ?? Number.NaN)), weight.name).toBeLessThan(2e-3);
    }
  });
});

describe("the update", () => {
  const row = { x: [[0.7, -1.3]], y: [1] };
  const layers = [dense({ units: 2, activation: "tanh", name: "a" }), dense({ units: 1, name: "b" })];
  const first = ({ steps }: Explanation, symbol: string) =>
    steps.flatMap(({ results }) => results).find((result) => result.symbol === symbol)?.data[0];

  it("of Adam begins with m̂ = g and v̂ = g², and goes on with both as their definition says", async () => {
    const model = await compiled(2, layers, { optimizer: adam({ beta1: 0.8, beta2: 0.9 }), loss: "meanSquaredError" });
    let [m, v] = [0, 0];
    for (let step = 1; step <= 3; step++) {
      const explanation = await explain(model, row);
      const g = first(explanation, "∂L/∂W₁") ?? Number.NaN;
      [m, v] = [0.8 * m + 0.2 * g, 0.9 * v + 0.1 * g * g];
      expect(first(explanation, "m̂(W₁)")).toBeCloseTo(m / (1 - 0.8 ** step), 6);
      expect(first(explanation, "v̂(W₁)")).toBeCloseTo(v / (1 - 0.9 ** step), 6);
      await model.fit(row, { epochs: 1, shuffle: false });
    }
  });

  it("of Adam adds ε to the root as Keras does, before the correction: the sum is the new weight", async () => {
    const optimizer = adam({ learningRate: 0.5, beta1: 0.8, beta2: 0.9, epsilon: 0.5 });
    const model = await compiled(2, layers, { optimizer, loss: "meanSquaredError" });
    for (let step = 1; step <= 2; step++) {
      const update = (await explain(model, row)).steps.find(({ title }) => title.startsWith("Update"));
      const [, sum, result] = /← (.*) = (\S+)$/.exec(update?.worked[2] ?? "") as RegExpExecArray;
      expect(numberOf(sum), sum).toBeCloseTo(numberOf(result), 3);
      await model.fit(row, { epochs: 1, shuffle: false });
    }
  });

  it("has the learning rate that the next step takes", async () => {
    const model = await compiled(2, layers, { optimizer: sgd({ learningRate: 0.5 }), loss: "meanSquaredError" });
    const onTrainBegin = (trainer: { learningRate: number }) => {
      trainer.learningRate = 0.03;
    };
    await model.fit(row, { epochs: 1, callbacks: [{ onTrainBegin }] });
    const update = (await explain(model, row)).steps.find(({ title }) => title.startsWith("Update"));
    expect(update?.formula).toBe("W ← W − 0.03 · ∂L/∂W");
    const [, sum, result] = /← (.*) = (\S+)$/.exec(update?.worked[0] ?? "") as RegExpExecArray;
    expect(numberOf(sum)).toBeCloseTo(numberOf(result), 3);
  });
});

describe("pages", () => {
  it("stand by themselves, in HTML and Markdown, with every step and nothing unsaid", async () => {
    const [, layers, options] = variants[0];
    const explanation = await explain(await compiled(16, layers, options), { x, y: [3] });
    const html = explanation.toHtml();
    expect(html).toMatch(/^<!doctype html>/);
    expect(html).not.toMatch(/<script|<link|src=|href=|https?:|@import|url\(/);
    expect(html).toContain("prefers-color-scheme:dark");
    expect(html).toContain('content="width=device-width');
    expect(html.match(/<section /g)).toHaveLength(explanation.steps.length);
    for (const tag of ["section", "table", "tr", "td", "p", "div", "sup"]) {
      const count = (end: string) => html.match(new RegExp(`<${end}${tag}[ >]`, "g"))?.length;
      expect(count("/"), tag).toBe(count(""));
    }
    const markdown = explanation.toMarkdown();
    expect(markdown.match(/^## \d+\. /gm)).toHaveLength(explanation.steps.length);
    expect(markdown.match(/^```/gm)).toHaveLength(2 * explanation.steps.length);
    for (const text of [html, markdown, explanation.toText()]) {
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object/);
      expect(text).toContain("One training step of a 16-12-10 network");
    }
  });

  it("draw formulas with fractions, roots and indices, and the network with its weights", async () => {
    const layers = [dense({ units: 2, activation: "sigmoid" }), batchNormalization(), dense({ units: 1 })];
    const model = await compiled(3, layers, { optimizer: "adam", loss: "meanSquaredError" });
    const html = (await explain(model, { x: [[1, 2, 3]], y: [1] })).toHtml();
    const [z, e] = ["<msub><mi>z</mi><mrow><mi>1</mi></mrow></msub>", "<mi>e</mi>"];
    const flat = html.replace(/<mspace[^>]*>/g, "");
    expect(flat).toContain(
      `<mfrac><mrow><mn>1</mn></mrow><mrow><mn>1</mn><mo>+</mo><msup>${e}<mrow><mo>−</mo>${z}</mrow></msup></mrow></mfrac>`,
    );
    expect(flat).toContain("<msqrt><mrow><msup><mi>σ</mi><mi>2</mi></msup><mo>+</mo><mi>ε</mi></mrow></msqrt>");
    expect(flat).toContain(`<mfrac><mrow><mo>∂</mo><mi>L</mi></mrow><mrow><mo>∂</mo>${z}</mrow></mfrac>`);
    expect(html.match(/<line /g)).toHaveLength(3 * 2 + 2 * 1);
    expect(html.match(/<circle /g)).toHaveLength(3 + 2 + 1);
    for (const tag of ["math", "mrow", "mfrac", "msub", "msup", "msqrt", "svg", "figure"]) {
      const count = (end: string) => html.match(new RegExp(`<${end}${tag}[ >]`, "g"))?.length;
      expect(count("/"), tag).toBe(count(""));
    }
  });

  it("give small networks in full and shorten what is long", async () => {
    expect((await explain(await byHand(), sample)).toText()).not.toMatch(/…|⋮/);
    const [, layers, options] = variants[0];
    const wide = await explain(await compiled(16, layers, options), { x, y: [3] });
    expect(wide.toText()).toMatch(/W₁ \[16, 12\] = .*…/);
    expect(
      Math.max(
        ...wide
          .toText()
          .split("\n")
          .map((line) => line.length),
      ),
    ).toBeLessThanOrEqual(100);
    expect(wide.steps[0].results.map(({ data }) => data.length)).toEqual([16, 16 * 12, 12, 12]);
  });

  it("work out the binary cross-entropy of several outputs", async () => {
    const model = await compiled(2, [dense({ units: 2 })], {
      optimizer: "sgd",
      loss: binaryCrossentropy({ fromLogits: true }),
    });
    model.setWeights([
      { name: "dense_1/kernel", shape: [2, 2], data: [1, 0, 0, -1] },
      { name: "dense_1/bias", shape: [2], data: [0, 0] },
    ]);
    const { steps } = await explain(model, { x: [[1, 1]], y: [[1, 0]] });
    const line = "L = −(1·ln 0.7311 + 0·ln 0.2689 + 0·ln 0.2689 + 1·ln 0.7311) / 2 = 0.3133";
    expect(steps[2].worked).toEqual([line]);
    const dz = steps.find(({ formula }) => formula.startsWith("∂L/∂z₁"));
    const q = 1 / (1 + Math.E);
    expect(dz?.results[0].data).toBeAllClose([-q / 2, q / 2], TOLERANCE);
    expect(dz?.note).toContain("(ŷ − y) / n");
  });
});

describe("rejects", () => {
  it.each<[string, "OptionError" | "ShapeError" | "DataError", string[], () => unknown]>([
    ["anything but a model", "OptionError", ["explain", "a model", "got 5"], () => explain(5 as never, sample)],
    ["nothing", "OptionError", ["explain", "a model", "undefined"], () => explain(undefined as never, sample)],
    [
      "a model without a loss",
      "OptionError",
      ["explain", "compile"],
      async () => explain(await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] }), sample),
    ],
    [
      "several rows",
      "ShapeError",
      ["explain", "one row", "got 2", "x[0]"],
      async () =>
        explain(await byHand(), {
          x: [
            [1, 2],
            [3, 4],
          ],
          y: [0, 1],
        }),
    ],
    [
      "rows of another width",
      "ShapeError",
      ["expected [2]", "got 1"],
      async () => explain(await byHand(), { x: [[1]], y: [1] }),
    ],
    ["NaN", "DataError", ["NaN"], async () => explain(await byHand(), { x: [[1, Number.NaN]], y: [1] })],
  ])("%s", async (_, name, says, attempt) => {
    checkRefusal(await refusalOf(attempt), name, says);
  });
});
