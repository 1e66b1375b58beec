/** Single kernels: the matrix products of dense layers, activations, one optimizer update. */
import { ActivationKind, LossKind } from "../src/plan/op.js";
import * as Op from "../src/plan/ops.js";
import { type ContestCase, PLAIN, type Setup, TUNED } from "./cases.js";
import { OpSession } from "./opSession.js";
import { plainProducts } from "./plainProducts.js";
import type { Products } from "./products.js";
import * as rival from "./pureJsActivations.js";
import type { PlainLoss } from "./pureJsLosses.js";
import * as losses from "./pureJsLosses.js";
import { adam } from "./pureJsUpdates.js";
import { tunedProducts } from "./tunedProducts.js";
import { assertClose, seeded, type Tolerance } from "./verify.js";

type Shape = [rows: number, inputs: number, units: number];

/** rows × inputs × units of the layers people train, then squares. */
const FORWARD_SHAPES: Shape[] = [
  [32, 784, 128],
  [32, 128, 10],
  [32, 64, 64],
  [512, 784, 128],
  [256, 256, 256],
  [512, 512, 512],
  [1024, 1024, 1024],
];
const BACKWARD_SHAPES: Shape[] = [
  [32, 784, 128],
  [32, 64, 64],
  [512, 784, 128],
];

const SPARSE_SHAPES: Shape[] = [
  [1, 784, 128],
  [32, 784, 128],
  [512, 784, 128],
];

/** In each row 8 of 40 neighbours are nonzero, shifted by 7 from row to row: as sparse as an image of MNIST. */
function sparseRows(rows: number, inputs: number, seed: number): Float32Array {
  const isInked = (i: number) => ((i % inputs) + 7 * Math.floor(i / inputs)) % 40 < 8;
  return seeded(rows * inputs, seed).map((value, i) => (isInked(i) ? value : 0));
}

/** A kind of left operand, and the suffix of its case name. With zeros there are no flops: kernels skip them. */
interface Fill {
  suffix: string;
  fill(rows: number, inputs: number, seed: number): Float32Array;
  facts(rows: number, inputs: number, units: number): Pick<ContestCase, "flops">;
}

const DENSE: Fill = {
  suffix: "",
  fill: (rows, inputs, seed) => seeded(rows * inputs, seed),
  facts: (rows, inputs, units) => ({ flops: 2 * rows * inputs * units }),
};
const SPARSE: Fill = { suffix: ", 4/5 zeros", fill: sparseRows, facts: () => ({}) };

/** The sums are of `terms` products, each rounded to float32 on our side. */
function sumTolerance(terms: number) {
  return { rtol: 1e-4, atol: 1e-6 * Math.sqrt(terms) };
}

/** The same product by both rivals, each into a buffer of its own. */
function bothRivals(length: number, run: (products: Products, out: Float32Array) => void) {
  const [plain, tuned] = [new Float32Array(length), new Float32Array(length)];
  const rivals = { [PLAIN]: () => run(plainProducts, plain), [TUNED]: () => run(tunedProducts, tuned) };
  const assertEqual = (what: string, ours: Float32Array, tolerance: Tolerance) => {
    for (const rivalRun of Object.values(rivals)) rivalRun();
    assertClose(`${what}, ${PLAIN}`, ours, plain, tolerance);
    assertClose(`${what}, ${TUNED}`, ours, tuned, tolerance);
  };
  return { rivals, assertEqual };
}

function gemmForward([rows, inputs, units]: Shape, { suffix, fill, facts } = DENSE): ContestCase {
  return {
    group: "kernels",
    name: `gemm ${rows}x${inputs}x${units} forward${suffix}`,
    ...facts(rows, inputs, units),
    async open(setup: Setup) {
      const op = await OpSession.open(setup, rows, (tape) => {
        const x = tape.rows("x", inputs);
        const y = tape.rows("y", units);
        const kernel = tape.parameter("kernel", [inputs, units]);
        const bias = tape.parameter("bias", [units]);
        const activation = ActivationKind.Linear;
        tape.emit({ op: Op.DenseForward, x, kernel, bias, y, inputs, units, activation, alpha: 0 });
        return { x, kernel, bias, y };
      });
      const x = fill(rows, inputs, 1);
      const kernel = seeded(inputs * units, 2);
      const bias = seeded(units, 3);
      const { rivals, assertEqual } = bothRivals(rows * units, (products, y) => {
        products.dense(x, kernel, bias, y, rows, inputs, units);
      });
      const verify = () => {
        op.write("x", x);
        op.write("kernel", kernel);
        op.write("bias", bias);
        op.run();
        assertEqual("gemm forward", op.read("y"), sumTolerance(inputs));
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals };
    },
  };
}

function gemmKernelGradient([rows, inputs, units]: Shape, { suffix, fill, facts } = DENSE): ContestCase {
  return {
    group: "kernels",
    name: `gemm ${rows}x${inputs}x${units} dKernel${suffix}`,
    ...facts(rows, inputs, units),
    async open(setup: Setup) {
      const op = await OpSession.open(setup, rows, (tape) => {
        const x = tape.rows("x", inputs);
        const dy = tape.rows("dy", units);
        const kernel = tape.parameter("kernel", [inputs, units]);
        const dKernel = tape.twin(kernel, "grads");
        tape.emit({ op: Op.DenseKernelGradient, x, dy, dKernel, sums: tape.sums(kernel), inputs, units });
        return { x, dy, dKernel };
      });
      const x = fill(rows, inputs, 1);
      const dy = seeded(rows * units, 2);
      const { rivals, assertEqual } = bothRivals(inputs * units, (products, dKernel) => {
        products.kernelGradient(x, dy, dKernel, rows, inputs, units);
      });
      const verify = () => {
        op.write("x", x);
        op.write("dy", dy);
        op.run();
        assertEqual("gemm dKernel", op.read("dKernel"), sumTolerance(rows));
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals };
    },
  };
}

function gemmInputGradient([rows, inputs, units]: Shape): ContestCase {
  return {
    group: "kernels",
    name: `gemm ${rows}x${inputs}x${units} dx`,
    flops: 2 * rows * inputs * units,
    async open(setup: Setup) {
      const op = await OpSession.open(setup, rows, (tape) => {
        const dy = tape.rows("dy", units);
        const dx = tape.rows("dx", inputs);
        const kernel = tape.parameter("kernel", [inputs, units]);
        tape.emit({ op: Op.DenseInputGradient, dy, kernel, dx, inputs, units });
        return { dy, kernel, dx };
      });
      const dy = seeded(rows * units, 1);
      const kernel = seeded(inputs * units, 2);
      const { rivals, assertEqual } = bothRivals(rows * inputs, (products, dx) => {
        products.inputGradient(dy, kernel, dx, rows, inputs, units);
      });
      const verify = () => {
        op.write("dy", dy);
        op.write("kernel", kernel);
        op.run();
        assertEqual("gemm dx", op.read("dx"), sumTolerance(units));
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals };
    },
  };
}

type Elementwise = (x: Float32Array, y: Float32Array, count: number) => void;
type ElementwiseBackward = (dx: Float32Array, dy: Float32Array, y: Float32Array, count: number) => void;
type Activation = [name: string, kind: ActivationKind, forward: Elementwise, backward: ElementwiseBackward, from?: "z"];

/** Softmax works on rows, so its rival is built for a row width. */
function activations(columns: number): Activation[] {
  return [
    ["relu", ActivationKind.Relu, rival.relu, rival.reluBackward],
    ["generalRelu", ActivationKind.GeneralRelu, rival.generalRelu, rival.generalReluBackward],
    ["sigmoid", ActivationKind.Sigmoid, rival.sigmoid, rival.sigmoidBackward],
    ["tanh", ActivationKind.Tanh, rival.tanh, rival.tanhBackward],
    ["elu", ActivationKind.Elu, rival.elu, rival.eluBackward],
    ["softplus", ActivationKind.Softplus, rival.softplus, rival.softplusBackward],
    ["silu", ActivationKind.Silu, rival.silu, rival.siluBackward, "z"],
    ["gelu", ActivationKind.Gelu, rival.gelu, rival.geluBackward, "z"],
    ["mish", ActivationKind.Mish, rival.mish, rival.mishBackward, "z"],
    [
      "softmax",
      ActivationKind.Softmax,
      (x, y, count) => rival.softmax(x, y, count / columns, columns),
      (dx, dy, y, count) => rival.softmaxBackward(dx, dy, y, count / columns, columns),
    ],
  ];
}

/** The parameters of general relu; other kinds read at most alpha. */
const RELU = { alpha: 1, threshold: rival.THRESHOLD, maxValue: rival.MAX_VALUE };
const FORWARD_RECORD = 0;
const BACKWARD_RECORD = 1;

function activationCases(rows: number, columns: number): ContestCase[] {
  const count = rows * columns;
  return activations(columns).flatMap(([name, activation, forward, backward, from = "y"]) => {
    const open = async (setup: Setup, record: number) => {
      const op = await OpSession.open(setup, rows, (tape) => {
        const [x, y, dy, dx] = ["x", "y", "dy", "dx"].map((tensor) => tape.rows(tensor, columns));
        tape.emit({ op: Op.ActivationForward, x, y, columns, activation, ...RELU });
        const saved = from === "z" ? x : y;
        tape.emit({ op: Op.ActivationBackward, saved, dy, dx, columns, activation, ...RELU });
        return { x, y, dy, dx };
      });
      const x = seeded(count, 1, 4);
      const dy = seeded(count, 2);
      const y = new Float32Array(count);
      const dx = new Float32Array(count);
      const saved = from === "z" ? x : y;
      const verify = () => {
        op.write("x", x);
        op.write("dy", dy);
        op.runRecord(FORWARD_RECORD);
        op.runRecord(BACKWARD_RECORD);
        forward(x, y, count);
        backward(dx, dy, saved, count);
        assertClose(name, op.read("y"), y, { rtol: 1e-5, atol: 1e-6 });
        assertClose(`${name} backward`, op.read("dx"), dx, { rtol: 1e-5, atol: 1e-6 });
      };
      const plain = record === FORWARD_RECORD ? () => forward(x, y, count) : () => backward(dx, dy, saved, count);
      return { engine: () => op.engine, verify, ours: () => op.runRecord(record), rivals: { [PLAIN]: plain } };
    };
    const title = `${name} ${rows}x${columns}`;
    return [
      { group: "kernels", name: `${title} forward`, open: (setup: Setup) => open(setup, FORWARD_RECORD) },
      { group: "kernels", name: `${title} backward`, open: (setup: Setup) => open(setup, BACKWARD_RECORD) },
    ];
  });
}

function lossCase(name: string, kind: LossKind, plain: PlainLoss, rows: number, columns: number): ContestCase {
  const count = rows * columns;
  return {
    group: "kernels",
    name: `loss ${name} ${rows}x${columns}`,
    async open(setup: Setup) {
      const op = await OpSession.open(setup, rows, (tape) => {
        const [predictions, targets, dPredictions] = ["p", "t", "d"].map((tensor) => tape.rows(tensor, columns));
        const [sampleWeights, rowLoss] = ["weights", "rowLoss"].map((tensor) => tape.rowScalars(tensor));
        const numbers = { smoothing: 0, alpha: 1, beta: 1, gamma: 2, weights: null };
        const tensors = { predictions, targets, sampleWeights, dPredictions, rowLoss };
        tape.emit({ op: Op.Loss, ...tensors, columns, kind, ...numbers });
        return tensors;
      });
      const p = seeded(count, 1, 4);
      const t = seeded(count, 2).map((value) => Number(value > 0));
      const d = new Float32Array(count);
      const verify = () => {
        op.write("predictions", p);
        op.write("targets", t);
        op.write("sampleWeights", new Float32Array(rows).fill(1));
        op.run();
        const loss = plain(p, t, d, count) / columns;
        const sum = op.read("rowLoss").reduce((total, value) => total + value, 0);
        assertClose(`${name} loss`, Float32Array.of(sum), Float32Array.of(loss), { rtol: 1e-5, atol: 1e-6 });
        assertClose(`${name} gradient`, op.read("dPredictions"), d, { rtol: 1e-4, atol: 1e-9 });
      };
      return {
        engine: () => op.engine,
        verify,
        ours: () => op.run(),
        rivals: { [PLAIN]: () => plain(p, t, d, count) },
      };
    },
  };
}

function adamCase(count: number): ContestCase {
  return {
    group: "kernels",
    name: `adam ${count}`,
    async open(setup: Setup) {
      const op = await OpSession.open(setup, 1, (tape) => {
        const params = tape.parameter("params", [count]);
        const grads = tape.twin(params, "grads");
        const [m, v] = [tape.twin(params, "slot1"), tape.twin(params, "slot2")];
        const constants = { beta1: 0.9, beta2: 0.999, epsilon: 1e-7, epsilonInside: 0 };
        tape.emit({ op: Op.Adam, params, grads, m, v, count, ...constants });
        return { params, grads };
      });
      const params = seeded(count, 1);
      const grads = seeded(count, 2);
      const m = new Float32Array(count);
      const v = new Float32Array(count);
      let step = 0;
      const plain = () => adam(params, grads, m, v, ++step);
      const verify = () => {
        op.write("params", params);
        op.write("grads", grads);
        for (let i = 1; i <= 3; i++) {
          op.session.step = i;
          op.run();
          plain();
        }
        assertClose("adam", op.read("params"), params, { rtol: 1e-6, atol: 1e-6 });
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals: { [PLAIN]: plain } };
    },
  };
}

export const kernelCases: ContestCase[] = [
  ...FORWARD_SHAPES.map((shape) => gemmForward(shape)),
  ...SPARSE_SHAPES.map((shape) => gemmForward(shape, SPARSE)),
  ...BACKWARD_SHAPES.map((shape) => gemmKernelGradient(shape)),
  ...SPARSE_SHAPES.map((shape) => gemmKernelGradient(shape, SPARSE)),
  ...BACKWARD_SHAPES.map(gemmInputGradient),
  ...activationCases(32, 128),
  ...activationCases(512, 512),
  lossCase("huber", LossKind.Huber, losses.huber, 32, 128),
  lossCase("logCosh", LossKind.LogCosh, losses.logCosh, 32, 128),
  lossCase("binary focal", LossKind.BinaryFocalCrossentropyLogits, losses.binaryFocal, 32, 128),
  adamCase(784 * 128),
];
