// Layers that normalize, against PyTorch: single steps by their records, and whole trainings through the public API.
import { describe, expect, it } from "vitest";
import {
  activation,
  batchNormalization,
  dense,
  layerNormalization,
  type Optimizer,
  Sequential,
  type Weight,
} from "../../src/index.js";
import type { LayerSpec } from "../../src/specs/layers/all.js";
import { runtimes } from "../model/runtimes.js";
import { LayerTrial } from "../support/layerTrial.js";
import { formulaBackends, readFixture, toleranceOf } from "./fixture.js";

interface Single {
  type: "batchNormalization" | "layerNormalization";
  compat: "keras" | "torch";
  epsilon: number;
  center: boolean;
  scale: boolean;
  x: number[][];
  gamma: number[];
  beta: number[];
  dy: number[][];
  y: number[][];
  dx: number[][];
  dGamma?: number[];
  dBeta?: number[];
  before?: { mean: number[]; variance: number[] };
  after?: { mean: number[]; variance: number[] };
  inference?: number[][];
}

type Stored = Omit<Weight, "data"> & { data: number[] };

interface Training {
  name: string;
  layer: { type: Single["type"]; epsilon: number; compat?: "keras" | "torch" };
  activation: "relu" | "tanh";
  optimizer: Optimizer;
  batchSize: number;
  x: number[][];
  y: number[];
  initialWeights: Stored[];
  losses: number[];
  finalWeights: Stored[];
  probabilities: number[][];
}

const { singles, trainings } = readFixture<{ singles: Single[]; trainings: Training[] }>("layers");

function specOf({ type, compat, epsilon, center, scale }: Single): LayerSpec {
  const make = type === "batchNormalization" ? batchNormalization : layerNormalization;
  return make({ compat, epsilon, center, scale });
}

describe.each(formulaBackends)("single steps on %s", (name, factory) => {
  const tolerance = toleranceOf(name);

  function open(given: Single, training: boolean): LayerTrial {
    const trial = new LayerTrial(specOf(given), given.x.length, [given.x[0].length], training, factory);
    trial.write("x", given.x.flat());
    trial.write("dy", given.dy.flat());
    trial.write("gamma", given.gamma);
    trial.write("beta", given.beta);
    return trial;
  }

  it.each(singles.map((given, i) => [`${i}: ${given.type}, ${given.compat}`, given] as const))("%s", (_, given) => {
    const trial = open(given, true);
    if (given.before) {
      trial.write("movingMean", given.before.mean);
      trial.write("movingVariance", given.before.variance);
    }
    trial.run();
    // Means of 20 and more lose digits of x itself, which is float32.
    const scaled = { rtol: 5 * tolerance.rtol, atol: 5 * tolerance.atol };
    expect(trial.read("y"), "y").toBeAllClose(given.y.flat(), scaled);
    expect(trial.read("dx"), "dx").toBeAllClose(given.dx.flat(), scaled);
    if (given.dGamma) expect(trial.read("dGamma"), "dGamma").toBeAllClose(given.dGamma, scaled);
    if (given.dBeta) expect(trial.read("dBeta"), "dBeta").toBeAllClose(given.dBeta, scaled);
    if (given.after) {
      expect(trial.read("movingMean"), "movingMean").toBeAllClose(given.after.mean, scaled);
      expect(trial.read("movingVariance"), "movingVariance").toBeAllClose(given.after.variance, scaled);
    }
  });

  it.each(singles.filter(({ inference }) => inference))("$type by moving statistics, $compat", (given) => {
    const trial = open(given, false);
    trial.write("movingMean", given.after?.mean ?? []);
    trial.write("movingVariance", given.after?.variance ?? []);
    trial.run();
    const scaled = { rtol: 5 * tolerance.rtol, atol: 5 * tolerance.atol };
    expect(trial.read("y")).toBeAllClose(given.inference?.flat() ?? [], scaled);
  });
});

describe.each(runtimes)("trainings on %s", (_, runtime) => {
  it.each(trainings)("$name", async (given) => {
    const { type, ...options } = given.layer;
    const normalize = type === "batchNormalization" ? batchNormalization(options) : layerNormalization(options);
    const layers = [
      dense({ units: 10, useBias: false }),
      normalize,
      activation(given.activation),
      dense({ units: 3, activation: "softmax" }),
    ];
    const model = await Sequential.create({ inputShape: [6], layers, ...runtime });
    model.setWeights(given.initialWeights);
    model.compile({ optimizer: given.optimizer, loss: "sparseCategoricalCrossentropy" });
    const { x, y, batchSize, losses } = given;
    const got: number[] = [];
    for (let step = 0; step < losses.length; step++) {
      const begin = (step * batchSize) % (Math.ceil(x.length / batchSize) * batchSize);
      const end = begin + batchSize;
      const { loss } = await model.trainOnBatch({ x: x.slice(begin, end), y: y.slice(begin, end) });
      got.push(loss);
    }
    expect(got).toBeAllClose(losses, { rtol: 2e-4, atol: 1e-5 });
    model.getWeights().forEach(({ name, data }, i) => {
      expect(name).toBe(given.finalWeights[i].name);
      expect(data, name).toBeAllClose(given.finalWeights[i].data, { rtol: 1e-3, atol: 1e-3 });
    });
    expect(model.predict(x)).toBeAllClose(given.probabilities.flat(), { rtol: 1e-3, atol: 1e-4 });
  });
});
