// Every loss with and without gradient, its total, and every metric.
import { Label, LossKind, MetricKind, Status } from "../../src/plan/op.js";
import * as Op from "../../src/plan/ops.js";
import { Tape } from "../../src/plan/tape.js";
import { describeRecords } from "../support/describeRecords.js";
import type { RecordCase } from "../support/recordCase.js";
import { SIZES } from "../support/sizes.js";
import { distributions, labels, oneHots, uniforms } from "../support/tensors.js";

type Shape = readonly [rows: number, columns: number];

/** Predictions and targets of a loss. */
interface Scene {
  readonly name: string;
  readonly predictions: (rows: number, columns: number) => ArrayLike<number>;
  readonly targets: (rows: number, columns: number) => ArrayLike<number>;
  /** @default no smoothing, weights of 1, gamma 2 */
  readonly numbers?: Numbers;
  /** Each output has an alpha of its own. */
  readonly weighted?: true;
  /** @default rtol 1.3e-6 and atol 2e-6 */
  readonly tolerance?: { readonly rtol: number; readonly atol: number };
}

/** The numbers of a loss record: huber's delta or weights, and the exponent of the focal losses. */
interface Numbers {
  readonly smoothing?: number;
  readonly alpha?: number;
  readonly beta?: number;
  readonly gamma?: number;
}

const isSparse = (kind: LossKind | MetricKind) =>
  kind === LossKind.SparseCategoricalCrossentropy || kind === LossKind.SparseCategoricalCrossentropyLogits;

const logits = (rows: number, columns: number) => uniforms(rows * columns, 20, -4, 4);
/** Logits of ±60 and ±90 among ordinary ones: far beyond where exp overflows, once subtracted. */
const largeLogits = (rows: number, columns: number) => {
  const values = uniforms(rows * columns, 21, -4, 4);
  for (let i = 0; i < values.length; i += 2) values[i] += [60, -60, 90, -90][(i / 2) % 4];
  return values;
};
/** So far below zero that exp gives 0 for all of them, unless the largest is subtracted first. */
const lowLogits = (rows: number, columns: number) => uniforms(rows * columns, 19, -124, -120);
const probabilities = (rows: number, columns: number) => distributions(rows, columns, 22);
/** Rows that do not sum to 1: the categorical losses normalize them. */
const unnormalized = (rows: number, columns: number) => uniforms(rows * columns, 23, 0.05, 0.95);
const classes = (rows: number, columns: number) => labels(rows, columns, 24);
const someClasses = (rows: number, columns: number) =>
  classes(rows, columns).map((label, row) => (row % 3 === 1 ? Label.Ignored : label));
const oneHot = (rows: number, columns: number) => oneHots(rows, columns, 25);
const soft = (rows: number, columns: number) => distributions(rows, columns, 26);
const bits = (rows: number, columns: number) => labels(rows * columns, 2, 27);
const fractions = (rows: number, columns: number) => uniforms(rows * columns, 28, 0, 1);

const signs = (rows: number, columns: number) => labels(rows * columns, 2, 27).map((bit) => 2 * bit - 1);
/** Amounts of 0 and more, as many near 0 as far from it. */
const amounts = (rows: number, columns: number) => uniforms(rows * columns, 36, -2, 4).map((v) => Math.max(v, 0) ** 2);
const positive = (rows: number, columns: number) => uniforms(rows * columns, 37, 0.05, 9);
/** Steps of 1/4 and of 1/1000, so that errors are 0, tiny, and on huber's corner. */
const quarters = (rows: number, columns: number) =>
  uniforms(rows * columns, 38, -4, 4).map((v, i) => Math.round(v * 4) / 4 + (i % 3 === 0 ? 1e-3 : 0));
const otherQuarters = (rows: number, columns: number) =>
  uniforms(rows * columns, 39, -4, 4).map((v) => Math.round(v * 4) / 4);

const LARGE_TOLERANCE = { rtol: 1.3e-6, atol: 2e-5 };

/** Inputs of kinds; those not listed are tried on ordinary numbers. */
const SCENES: Partial<Record<LossKind, readonly Scene[]>> = {
  [LossKind.MeanSquaredError]: [{ name: "ordinary", predictions: logits, targets: largeLogits }],
  [LossKind.CategoricalCrossentropy]: [
    { name: "probabilities", predictions: probabilities, targets: oneHot },
    { name: "unnormalized, soft targets", predictions: unnormalized, targets: soft },
    { name: "smoothed", predictions: probabilities, targets: oneHot, numbers: { smoothing: 0.1 } },
  ],
  [LossKind.CategoricalCrossentropyLogits]: [
    { name: "ordinary", predictions: logits, targets: oneHot },
    { name: "soft targets", predictions: logits, targets: soft },
    { name: "smoothed", predictions: logits, targets: oneHot, numbers: { smoothing: 0.1 } },
    { name: "large logits", predictions: largeLogits, targets: oneHot, tolerance: LARGE_TOLERANCE },
    { name: "low logits", predictions: lowLogits, targets: oneHot, tolerance: LARGE_TOLERANCE },
  ],
  [LossKind.SparseCategoricalCrossentropy]: [
    { name: "probabilities", predictions: probabilities, targets: classes },
    { name: "unnormalized", predictions: unnormalized, targets: classes },
    { name: "rows ignored", predictions: unnormalized, targets: someClasses },
  ],
  [LossKind.SparseCategoricalCrossentropyLogits]: [
    { name: "ordinary", predictions: logits, targets: classes },
    { name: "rows ignored", predictions: logits, targets: someClasses },
    { name: "large logits", predictions: largeLogits, targets: classes, tolerance: LARGE_TOLERANCE },
    { name: "low logits", predictions: lowLogits, targets: classes, tolerance: LARGE_TOLERANCE },
  ],
  [LossKind.BinaryCrossentropy]: [
    { name: "bits", predictions: unnormalized, targets: bits },
    { name: "fractions", predictions: unnormalized, targets: fractions },
    { name: "smoothed, weighted", predictions: unnormalized, targets: bits, numbers: { smoothing: 0.1, alpha: 3.5 } },
    { name: "each output weighted", predictions: unnormalized, targets: fractions, weighted: true },
  ],
  [LossKind.BinaryCrossentropyLogits]: [
    { name: "bits", predictions: logits, targets: bits },
    { name: "fractions", predictions: logits, targets: fractions },
    { name: "large logits", predictions: largeLogits, targets: bits, tolerance: LARGE_TOLERANCE },
    { name: "smoothed, weighted", predictions: logits, targets: bits, numbers: { smoothing: 0.1, alpha: 3.5 } },
    { name: "each output weighted", predictions: logits, targets: fractions, weighted: true },
  ],
  [LossKind.MeanAbsoluteError]: [{ name: "quarters", predictions: quarters, targets: otherQuarters }],
  [LossKind.MeanAbsolutePercentageError]: [
    { name: "ordinary", predictions: logits, targets: positive, tolerance: LARGE_TOLERANCE },
  ],
  [LossKind.MeanSquaredLogarithmicError]: [{ name: "amounts", predictions: quarters, targets: amounts }],
  [LossKind.Huber]: [
    { name: "quarters", predictions: quarters, targets: otherQuarters },
    {
      name: "delta 0.3",
      predictions: logits,
      targets: largeLogits,
      numbers: { alpha: 0.3 },
      tolerance: LARGE_TOLERANCE,
    },
  ],
  [LossKind.LogCosh]: [
    { name: "quarters", predictions: quarters, targets: otherQuarters },
    { name: "large errors", predictions: logits, targets: largeLogits, tolerance: LARGE_TOLERANCE },
  ],
  [LossKind.CosineSimilarity]: [
    { name: "ordinary", predictions: logits, targets: largeLogits },
    { name: "zeros", predictions: (rows, columns) => new Float32Array(rows * columns), targets: logits },
  ],
  [LossKind.Poisson]: [{ name: "amounts", predictions: positive, targets: amounts, tolerance: LARGE_TOLERANCE }],
  [LossKind.KlDivergence]: [
    { name: "distributions", predictions: probabilities, targets: soft },
    { name: "one-hot", predictions: probabilities, targets: oneHot },
  ],
  [LossKind.Hinge]: [
    { name: "signs", predictions: quarters, targets: signs },
    { name: "bits", predictions: logits, targets: bits },
  ],
  [LossKind.SquaredHinge]: [
    { name: "signs", predictions: quarters, targets: signs },
    { name: "bits", predictions: logits, targets: bits },
  ],
  [LossKind.CategoricalHinge]: [{ name: "one-hot, ties", predictions: otherQuarters, targets: oneHot }],
  [LossKind.BinaryFocalCrossentropy]: [
    { name: "bits", predictions: unnormalized, targets: bits },
    {
      name: "fractions, balanced",
      predictions: unnormalized,
      targets: fractions,
      numbers: { alpha: 0.25, beta: 0.75, gamma: 1.5 },
    },
    { name: "smoothed, gamma 0", predictions: unnormalized, targets: bits, numbers: { smoothing: 0.2, gamma: 0 } },
  ],
  [LossKind.BinaryFocalCrossentropyLogits]: [
    { name: "bits", predictions: logits, targets: bits },
    {
      name: "fractions, balanced",
      predictions: logits,
      targets: fractions,
      numbers: { alpha: 0.25, beta: 0.75, gamma: 1.5 },
    },
    { name: "large logits", predictions: largeLogits, targets: bits, tolerance: LARGE_TOLERANCE },
  ],
  [LossKind.CategoricalFocalCrossentropy]: [
    { name: "probabilities", predictions: probabilities, targets: oneHot, numbers: { alpha: 0.25 } },
    { name: "soft, smoothed", predictions: unnormalized, targets: soft, numbers: { smoothing: 0.1, gamma: 0.7 } },
    { name: "each class weighted", predictions: unnormalized, targets: soft, weighted: true },
  ],
  [LossKind.CategoricalFocalCrossentropyLogits]: [
    { name: "ordinary", predictions: logits, targets: oneHot, numbers: { alpha: 0.25 } },
    { name: "soft, smoothed", predictions: logits, targets: soft, numbers: { smoothing: 0.1, gamma: 0.7 } },
    { name: "each class weighted", predictions: logits, targets: soft, weighted: true },
    { name: "large logits", predictions: largeLogits, targets: oneHot, tolerance: LARGE_TOLERANCE },
  ],
};

const NUMBERS = { smoothing: 0, alpha: 1, beta: 1, gamma: 2 };

function lossCase(kind: LossKind, scene: Scene, [rows, columns]: Shape, withGradient: boolean): RecordCase {
  const tape = new Tape();
  const predictions = tape.rows("predictions", columns);
  const targets = isSparse(kind) ? tape.labels("targets") : tape.rows("targets", columns);
  const sampleWeights = tape.rowScalars("sampleWeights");
  const rowLoss = tape.rowScalars("rowLoss");
  const dPredictions = withGradient ? tape.rows("dPredictions", columns) : null;
  const values = uniforms(columns, 41, 0.1, 4);
  const weights = scene.weighted ? tape.constant("weights", [...values]) : null;
  return {
    label: `${LossKind[kind]}, ${scene.name}, ${rows} × ${columns}${withGradient ? " with gradient" : ""}`,
    tape,
    record: {
      op: Op.Loss,
      predictions,
      targets,
      sampleWeights,
      dPredictions,
      rowLoss,
      columns,
      kind,
      ...NUMBERS,
      ...scene.numbers,
      weights,
    },
    rows,
    inputs: [
      [predictions, scene.predictions(rows, columns)],
      [targets, scene.targets(rows, columns)],
      [sampleWeights, uniforms(rows, 29, 0, 3)],
      ...(weights ? [[weights, values] as const] : []),
    ],
    outputs: dPredictions ? [rowLoss, dPredictions] : [rowLoss],
    tolerance: scene.tolerance ?? { rtol: 1.3e-6, atol: 2e-6 },
  };
}

const SHAPES: readonly Shape[] = SIZES.map((columns, i) => [SIZES[(i * 5) % 12], columns]);

const ordinary: Scene = { name: "ordinary", predictions: quarters, targets: otherQuarters };

const KINDS = Object.values(LossKind).filter((value) => typeof value === "number");

for (const kind of KINDS.filter((kind) => kind !== LossKind.Host)) {
  const scenes = SCENES[kind] ?? [ordinary];
  describeRecords(
    LossKind[kind],
    scenes.flatMap((scene) =>
      SHAPES.flatMap((shape) => [true, false].map((withGradient) => lossCase(kind, scene, shape, withGradient))),
    ),
  );
}

// Probabilities of exactly 0 and 1 are clipped to [1e-7, 1 - 1e-7], and get no gradient.
const certain = (rows: number, columns: number) => labels(rows * columns, 2, 30);
describeRecords("clipped probabilities", [
  lossCase(
    LossKind.BinaryCrossentropy,
    { name: "wrong and certain", predictions: () => [0, 0, 0, 0, 0, 0], targets: () => [1, 1, 1, 1, 1, 1] },
    [2, 3],
    true,
  ),
  lossCase(
    LossKind.BinaryCrossentropy,
    { name: "right and certain", predictions: certain, targets: certain },
    [5, 7],
    true,
  ),
  lossCase(
    LossKind.CategoricalCrossentropy,
    { name: "certain", predictions: () => [1, 0, 0, 0, 1, 0], targets: () => [1, 0, 0, 1, 0, 0] },
    [2, 3],
    true,
  ),
  lossCase(
    LossKind.SparseCategoricalCrossentropy,
    { name: "certain", predictions: () => [1, 0, 0, 0, 1, 0], targets: () => [0, 0] },
    [2, 3],
    true,
  ),
]);

// Near 1 float32 has no 1 - 1e-7: the kernel clips 1 - p, not p, and gets -ln 1e-7 all the same.
describeRecords("a probability of 1 where the target is 0", [
  lossCase(
    LossKind.BinaryCrossentropy,
    { name: "certain and wrong", predictions: () => [1, 1], targets: () => [0, 0] },
    [2, 1],
    true,
  ),
]);

function totalCase(values: Float32Array, status: Status): RecordCase {
  const tape = new Tape();
  const rowLoss = tape.rowScalars("rowLoss");
  return {
    label: `LossTotal of ${values.length} rows, ${Status[status]}`,
    tape,
    record: { op: Op.LossTotal, rowLoss },
    rows: values.length,
    inputs: [[rowLoss, values]],
    outputs: [],
    sums: [0],
    status,
    tolerance: { rtol: 1e-14, atol: 1e-14 },
  };
}

describeRecords("LossTotal", [
  ...SIZES.map((rows) => totalCase(uniforms(rows, 31, 0, 9), Status.Running)),
  totalCase(Float32Array.of(1, NaN, 2), Status.LossNotFinite),
  totalCase(Float32Array.of(1, 2, Infinity), Status.LossNotFinite),
  totalCase(Float32Array.of(3e38, 3e38), Status.Running),
]);

function metricCase(kind: MetricKind, [rows, columns]: Shape, slot: number, threshold: number): RecordCase {
  const tape = new Tape();
  const sparse = kind === MetricKind.SparseCategoricalAccuracy || kind === MetricKind.CountedRows;
  const predictions = tape.rows("predictions", columns);
  const targets = sparse ? tape.labels("targets") : tape.rows("targets", columns);
  // Halves, so that there are ties and values on the threshold.
  const halves = (seed: number) => uniforms(rows * columns, seed, -2, 2).map((value) => Math.round(value * 2) / 2);
  const targetValues = {
    [MetricKind.SparseCategoricalAccuracy]: someClasses,
    [MetricKind.CountedRows]: someClasses,
    [MetricKind.CategoricalAccuracy]: oneHot,
    [MetricKind.BinaryAccuracy]: bits,
    [MetricKind.MeanSquaredError]: () => uniforms(rows * columns, 32),
    [MetricKind.MeanAbsoluteError]: () => uniforms(rows * columns, 33),
  }[kind];
  return {
    label: `${MetricKind[kind]} ${rows} × ${columns}, slot ${slot}, threshold ${threshold}`,
    tape,
    record: { op: Op.Metric, predictions, targets, columns, kind, slot, threshold },
    rows,
    inputs: [
      [predictions, halves(34)],
      [targets, targetValues(rows, columns)],
    ],
    outputs: [],
    sums: [1 + slot],
    tolerance: { rtol: 1.3e-6, atol: 1e-9 },
  };
}

const METRICS = Object.values(MetricKind).filter((kind): kind is MetricKind => typeof kind === "number");

for (const kind of METRICS) {
  describeRecords(
    `metric ${MetricKind[kind]}`,
    SHAPES.map((shape, i) => metricCase(kind, shape, i % 8, i % 2 === 0 ? 0.5 : 0)),
  );
}
