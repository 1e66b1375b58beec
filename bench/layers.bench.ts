/** Kernels of normalization and dropout, and the time that these layers add to a training step. */
import { batchNormalization, dense, dropout, type LayerSpec, Sequential } from "simdgrad";
import * as Op from "../src/plan/ops.js";
import type { Tape } from "../src/plan/tape.js";
import { type ContestCase, type FigureCase, PLAIN, type Setup } from "./cases.js";
import { factsOf } from "./nets.js";
import { OpSession } from "./opSession.js";
import * as rival from "./pureJsLayers.js";
import { assertClose, seeded, seededLabels } from "./verify.js";

const EPSILON = 1e-3;
const TOLERANCE = { rtol: 1e-4, atol: 1e-5 };

function affine(columns: number): rival.Affine {
  return { gamma: seeded(columns, 3), beta: seeded(columns, 4), epsilon: EPSILON };
}

function emitBatchNormalization(tape: Tape, columns: number) {
  const [x, y, dy, dx] = ["x", "y", "dy", "dx"].map((name) => tape.rows(name, columns));
  const [gamma, beta] = ["gamma", "beta"].map((name) => tape.parameter(name, [columns]));
  const [dGamma, dBeta] = [gamma, beta].map((parameter) => tape.twin(parameter, "grads"));
  const [mean, rest, variance] = ["mean", "rest", "variance"].map((name) => tape.scratch(name, columns));
  const common = { x, gamma, mean, rest, variance, columns, epsilon: EPSILON };
  tape.emit({ op: Op.BatchNormalization, ...common, y, beta });
  tape.emit({ op: Op.BatchNormalizationBackward, ...common, dy, dx, dGamma, dBeta });
  return { x, y, dy, dx, gamma, beta };
}

function batchNormalizationCase(rows: number, columns: number, record: 0 | 1): ContestCase {
  return {
    group: "kernels",
    name: `batchNormalization ${rows}x${columns} ${record === 0 ? "forward" : "backward"}`,
    async open(setup: Setup) {
      const op = await OpSession.open(setup, rows, (tape) => emitBatchNormalization(tape, columns));
      const [x, dy] = [seeded(rows * columns, 1), seeded(rows * columns, 2)];
      const [y, dx] = [new Float32Array(x.length), new Float32Array(x.length)];
      const [mean, inverse, dGamma, dBeta] = Array.from({ length: 4 }, () => new Float32Array(columns));
      const given = affine(columns);
      const forward = () => rival.batchNormalization(x, y, given, mean, inverse);
      const backward = () => rival.batchNormalizationBackward(x, dy, dx, given, mean, inverse, dGamma, dBeta);
      const verify = () => {
        for (const [name, values] of Object.entries({ x, dy, gamma: given.gamma, beta: given.beta })) {
          op.write(name as "x", values);
        }
        op.run();
        forward();
        backward();
        assertClose("batchNormalization", op.read("y"), y, TOLERANCE);
        assertClose("batchNormalization backward", op.read("dx"), dx, TOLERANCE);
      };
      const rivals = { [PLAIN]: record === 0 ? forward : backward };
      return { engine: () => op.engine, verify, ours: () => op.runRecord(record), rivals };
    },
  };
}

function layerNormalizationCase(rows: number, columns: number): ContestCase {
  return {
    group: "kernels",
    name: `layerNormalization ${rows}x${columns} forward`,
    async open(setup: Setup) {
      const op = await OpSession.open(setup, rows, (tape) => {
        const [x, y] = ["x", "y"].map((name) => tape.rows(name, columns));
        const [gamma, beta] = ["gamma", "beta"].map((name) => tape.parameter(name, [columns]));
        const [mean, rest, inverseDeviation] = ["mean", "rest", "s"].map((name) => tape.rowScalars(name));
        const left = { mean, rest, inverseDeviation };
        tape.emit({ op: Op.LayerNormalization, x, y, gamma, beta, ...left, columns, epsilon: EPSILON });
        return { x, y, gamma, beta };
      });
      const x = seeded(rows * columns, 1);
      const y = new Float32Array(x.length);
      const given = affine(columns);
      const plain = () => rival.layerNormalization(x, y, given);
      const verify = () => {
        for (const [name, values] of Object.entries({ x, gamma: given.gamma, beta: given.beta })) {
          op.write(name as "x", values);
        }
        op.run();
        plain();
        assertClose("layerNormalization", op.read("y"), y, TOLERANCE);
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals: { [PLAIN]: plain } };
    },
  };
}

function dropoutCase(rows: number, columns: number): ContestCase {
  return {
    group: "kernels",
    name: `dropout ${rows}x${columns}`,
    async open(setup: Setup) {
      const constants = { key0: 12345, key1: 67890, threshold: 0.5 * 2 ** 32, scale: 2, offset: -0, dropped: 0 };
      const op = await OpSession.open(setup, rows, (tape) => {
        const [x, y] = ["x", "y"].map((name) => tape.rows(name, columns));
        tape.emit({ op: Op.Dropout, x, y, columns, ...constants });
        return { x, y };
      });
      const x = seeded(rows * columns, 1);
      const y = new Float32Array(x.length);
      const inStep = { ...constants, key1: constants.key1 + 1 }; // the session is at step 1
      const plain = () => rival.dropout(x, y, columns, inStep);
      const verify = () => {
        op.write("x", x);
        op.run();
        plain();
        assertClose("dropout", op.read("y"), y, { rtol: 0, atol: 0 });
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals: { [PLAIN]: plain } };
    },
  };
}

const BATCH = 128;
const STEPS = 16;

function layersOf(units: number, extra: LayerSpec[]): LayerSpec[] {
  return [dense({ units, activation: "relu" }), ...extra];
}

async function openStep(setup: Setup, optimizer: "adam" | "adamw", hidden: (units: number) => LayerSpec[]) {
  const layers = [...hidden(256), ...hidden(128), dense({ units: 10, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [784], layers, seed: 1, ...setup });
  model.compile({ optimizer, loss: "sparseCategoricalCrossentropy" });
  return model;
}

/**
 * Time that dropout and batch normalization after both hidden layers, and AdamW instead of Adam, add to a step of 128
 * rows, both sides in turn.
 */
const layersInStep: FigureCase = {
  group: "figures",
  name: "784-256-128-10: + dropout, norms, AdamW",
  unit: "%",
  limit: 35,
  async measure(setup, effort) {
    const without = await openStep(setup, "adam", (units) => layersOf(units, []));
    const withThem = await openStep(setup, "adamw", (units) => layersOf(units, [batchNormalization(), dropout(0.5)]));
    const data = { x: seeded(STEPS * BATCH * 784, 1), y: seededLabels(STEPS * BATCH, 10, 2) };
    const time = async (model: Sequential) => {
      const start = performance.now();
      await model.fit(data, { batchSize: BATCH });
      return performance.now() - start;
    };
    for (const model of [without, withThem]) await time(model);
    const values: number[] = [];
    for (let i = 0; i < 5 * effort.rounds; i++) {
      const base = await time(without);
      values.push(100 * ((await time(withThem)) / base - 1));
    }
    const { engine } = factsOf(withThem);
    const facts = { engine: engine(), values };
    for (const model of [without, withThem]) model.dispose();
    return facts;
  },
};

export const layerCases = [
  ...([0, 1] as const).map((record) => batchNormalizationCase(128, 256, record)),
  layerNormalizationCase(128, 256),
  dropoutCase(128, 256),
  layersInStep,
];
