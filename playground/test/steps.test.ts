/** One sample on the diagram: the numbers of a net worked by hand, and those that the library explains. */
import { dense, Sequential, sgd } from "simdgrad";
import { explain } from "simdgrad/explain";
import { beforeAll, describe, expect, it } from "vitest";
import type { Walk } from "../src/engine/protocol.js";
import type { Setup } from "../src/setup.js";
import { brief, briefPair } from "../src/steps/format.js";
import { stagesOf } from "../src/steps/stages.js";
import type { Stage } from "../src/steps/types.js";
import { Session } from "./session.js";

describe("a 2-2-1 network, worked by hand", () => {
  // x = (2, 3), y = 1, squared error, gradient descent with a rate of 0.01
  let stages: Stage[];
  beforeAll(async () => {
    const model = await Sequential.create({
      inputShape: [2],
      layers: [dense({ units: 2, activation: "relu", name: "hidden1" }), dense({ units: 1, name: "output" })],
    });
    model.setWeights([
      { name: "hidden1/kernel", shape: [2, 2], data: Float32Array.of(1, -1, 0.5, 1) },
      { name: "hidden1/bias", shape: [2], data: Float32Array.of(0, -0.5) },
      { name: "output/kernel", shape: [2, 1], data: Float32Array.of(0.5, 2) },
      { name: "output/bias", shape: [1], data: Float32Array.of(0.25) },
    ]);
    model.compile({ optimizer: sgd({ learningRate: 0.01 }), loss: "meanSquaredError" });
    const { steps } = await explain(model, { x: [[2, 3]], y: [1] });
    stages = stagesOf({ steps, x: Float32Array.of(2, 3), y: 1 });
    model.dispose();
  });

  it("numbers travel forward, the loss follows, gradients travel back, weights change", () => {
    expect(stages.map(({ phase, layer }) => `${phase} ${layer}`)).toEqual([
      "forward 0",
      "forward 1",
      "forward 1",
      "forward 2",
      "forward 2",
      "loss 2",
      ...["backward 2", "backward 2", "backward 2", "backward 2"],
      ...["backward 1", "backward 1", "backward 1", "backward 1"],
      "update 1",
      "update 2",
      "update 2",
    ]);
  });

  it.each<[number, readonly (readonly [string, ...number[]] | null)[]]>([
    [0, [["x", 2, 3], null, null]],
    [1, [["x", 2, 3], ["z₁", 3.5, 0.5], null]],
    [2, [["x", 2, 3], ["h₁", 3.5, 0.5], null]],
    [
      3,
      [
        ["x", 2, 3],
        ["h₁", 3.5, 0.5],
        ["z₂", 3],
      ],
    ],
    [
      4,
      [
        ["x", 2, 3],
        ["h₁", 3.5, 0.5],
        ["ŷ", 3],
      ],
    ],
    [
      6,
      [
        ["x", 2, 3],
        ["h₁", 3.5, 0.5],
        ["∂L/∂ŷ", 4],
      ],
    ],
    [
      8,
      [
        ["x", 2, 3],
        ["h₁", 3.5, 0.5],
        ["∂L/∂z₂", 4],
      ],
    ],
    [
      10,
      [
        ["x", 2, 3],
        ["∂L/∂h₁", 2, 8],
        ["∂L/∂z₂", 4],
      ],
    ],
    [
      12,
      [
        ["x", 2, 3],
        ["∂L/∂z₁", 2, 8],
        ["∂L/∂z₂", 4],
      ],
    ],
  ])("at stage %i the neurons show these", (at, layers) => {
    expect(stages[at].board.map((on) => on && [on.symbol, ...on.values])).toEqual(layers);
  });

  it("the connections show weights and what travels along them, gradients, and the change", () => {
    const seen = [1, 3, 9, 10, 13].map((at) =>
      [stages[at].links?.values, stages[at].links?.flow].map((each) => [...(each ?? [])]),
    );
    expect(seen).toEqual([
      [
        [1, -1, 0.5, 1],
        [2, -2, 1.5, 3],
      ],
      [
        [0.5, 2],
        [1.75, 1],
      ],
      [
        [14, 2],
        [14, 2],
      ],
      [
        [0.5, 2],
        [2, 8],
      ],
      [
        [4, 16, 6, 24],
        [4, 16, 6, 24],
      ],
    ]);
    const [one, other] = stages
      .slice(14, 16)
      .map(({ links }) => Array.from(links?.after ?? [], (value) => value.toFixed(4)));
    expect(one).toEqual(["0.9600", "-1.1600", "0.4400", "0.7600"]);
    expect(other).toEqual(["0.3600", "1.9800"]);
  });

  it("the formula has the numbers of the neuron that is followed", () => {
    expect([0, 1].flatMap((unit) => stages[1].worked(unit))).toEqual([
      "z₁[0] = 2·1 + 3·0.5 + 0 = 3.5",
      "z₁[1] = 2·(−1) + 3·1 + (−0.5) = 0.5",
    ]);
    expect(stages[10].worked(1)).toEqual(["∂L/∂h₁[1] = 4·2 = 8"]);
    expect(stages[13].worked(0)).toEqual(["∂L/∂W₁[1, 0] = 3 · 2 = 6", "∂L/∂b₁[0] = 2"]);
    expect(stages[14].worked(1)).toEqual(["W₁[1, 1] ← 1 + (−0.24) = 0.76", "b₁[1] ← −0.5 + (−0.08) = −0.58"]);
  });

  it("the loss is 4, and with the new weights smaller", () => {
    expect(stages[4].loss).toBe("");
    expect(stages[5].loss).toBe("L = 4");
    // z₁ = (3.22, −0.62), and its second neuron is off: ŷ = 3.22 · 0.36 + 0.21
    expect(stages.at(-1)?.loss).toBe(`L = 4 → ${String(Number(((3.22 * 0.36 + 0.21 - 1) ** 2).toPrecision(4)))}`);
  });
});

describe("what the library explains", () => {
  const session = new Session();

  it.each<[name: string, part: Partial<Setup>, outputs: number]>([
    ["two hidden layers", { hidden: [3, 2] }, 1],
    ["no hidden layer", { hidden: [] }, 1],
    [
      "softmax, penalty, normalization, dropout",
      { source: "arms", hidden: [3], activation: "relu", batchNormalization: true, regularization: "l2", dropout: 0.1 },
      5,
    ],
    ["an activation without a formula", { hidden: [9], activation: "gelu", optimizer: "sgd" }, 1],
    ["numbers", { source: "plane", hidden: [2, 2], activation: "sigmoid", loss: "huber" }, 1],
    ["64 inputs", { source: "digits", hidden: [12] }, 10],
  ])("is all there, at its place, with the same words: %s", async (_, part, outputs) => {
    const inputs = (await session.open(part))?.columns.length ?? 0;
    await session.train(1);
    const walk = await session.ask<Walk>({ type: "walk", place: { part: "train", row: 1 } });
    const sizes = [inputs, ...session.setup.hidden, outputs];
    const stages = stagesOf(walk);
    // The sample before, and the update layer by layer.
    expect(stages.length).toBe(walk.steps.length + 1 + session.setup.hidden.length);
    for (const { board, layer, units } of stages) {
      expect(units).toBe(sizes[layer]);
      const lengths = board.map((on, each) => on?.values.length ?? sizes[each]);
      expect(lengths).toEqual(sizes);
    }
    const said = new Set(
      stages.flatMap((stage) => Array.from({ length: stage.units }, (_, unit) => stage.worked(unit)).flat()),
    );
    const own = /[a-z]+(ization|out)_?\d*\/d?h/;
    for (const { title, worked } of walk.steps) {
      if (/^Update/.test(title)) continue; // by its change, whatever the optimizer
      for (const line of worked) expect(said, title).toContain(line.replaceAll("dropout_1/h", "d₁"));
    }
    for (const line of said) expect(line).not.toMatch(own);
  });
});

it("the update by Adam shows its corrected moments, of any neuron, and comes out as printed", async () => {
  const session = new Session();
  await session.open({ hidden: [2], source: "xor", learningRate: 0.05 });
  await session.train(1);
  const walk = await session.ask<Walk>({ type: "walk", place: { part: "train", row: 3 } });
  const stage = stagesOf(walk).find(({ title }) => title === "Update of layer 1 by Adam");
  const step = walk.steps.find(({ title }) => /^Update/.test(title));
  const numberOf = (text: string) => Number(text.replaceAll("−", "-"));
  for (const unit of [0, 1]) {
    const [moments, line] = stage?.worked(unit) ?? [];
    const [, m, v] = (/^m̂ = (\S+), v̂ = (\S+)$/.exec(moments) ?? []).map(numberOf);
    const [, row, old, rate, now] = (/^W₁\[(\d), \d\] ← (\S+) − (\S+) · .* = (\S+)$/.exec(line) ?? []).map(numberOf);
    expect(rate).toBe(0.05);
    expect(now).toBeCloseTo(old - (rate * m) / Math.sqrt(v), 3);
    const mean = step?.results.find(({ symbol }) => symbol === "m̂(W₁)")?.data[2 * row + unit];
    expect(m).toBeCloseTo(mean ?? Number.NaN, 4);
  }
});

it.each([
  [-0.33333, "−0.333"],
  [1234.5, "1230"],
  [0.00012, "1e−4"],
  [-54321, "−5e4"],
])("%d on a neuron is %s", (value, text) => {
  expect(brief(value)).toBe(text);
});

it("a small change of a weight is seen", () => {
  expect(briefPair(0.5, 0.51)).toEqual(["0.500", "0.510"]);
  expect(briefPair(-0.33333, -0.33353)).toEqual(["−0.33333", "−0.33353"]);
  expect(briefPair(0.25, 0.25)).toEqual(["0.25", "0.25"]);
});
