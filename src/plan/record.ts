/**
 * The words of each tape record: one table that gives the TypeScript types, the encoder, the decoder of the
 * reference backend and the readable dump. `assembly/record.ts` lists the same fields; a test compares them.
 */
import { Op } from "./op.js";
import type { TensorRef } from "./tensor.js";
import { updateFields } from "./updateRecords.js";

/**
 * What a field holds, and the words it takes:
 * `vector` an address; `strided` an address and a stride in bytes; either with `?` may be null (zeros);
 * `int` and `float` one word; `double` two, on an even word.
 */
export type FieldKind = "vector" | "vector?" | "strided" | "strided?" | "int" | "float" | "double";

/** Fields of each record in the order of its words, after the opcode. */
export const recordFields = {
  [Op.DenseForward]: {
    x: "strided",
    kernel: "strided",
    bias: "vector",
    y: "strided",
    inputs: "int",
    units: "int",
    activation: "int",
    alpha: "float",
  },
  [Op.DenseKernelGradient]: {
    x: "strided",
    dy: "strided",
    dKernel: "strided",
    sums: "vector",
    inputs: "int",
    units: "int",
  },
  [Op.DenseInputGradient]: { dy: "strided", kernel: "strided", dx: "strided", inputs: "int", units: "int" },
  [Op.ColumnSum]: { x: "strided", out: "vector", columns: "int" },
  [Op.ActivationForward]: {
    x: "strided",
    y: "strided",
    columns: "int",
    activation: "int",
    alpha: "float",
    threshold: "float",
    maxValue: "float",
  },
  [Op.ActivationBackward]: {
    saved: "strided",
    dy: "strided",
    dx: "strided",
    columns: "int",
    activation: "int",
    alpha: "float",
    threshold: "float",
    maxValue: "float",
  },
  [Op.Loss]: {
    predictions: "strided",
    targets: "strided",
    sampleWeights: "vector",
    dPredictions: "strided?",
    rowLoss: "vector",
    columns: "int",
    kind: "int",
    smoothing: "float",
    alpha: "float",
    beta: "float",
    gamma: "float",
    weights: "vector?",
  },
  [Op.LossTotal]: { rowLoss: "vector" },
  [Op.Metric]: {
    predictions: "strided",
    targets: "strided",
    columns: "int",
    kind: "int",
    slot: "int",
    threshold: "float",
  },
  [Op.CheckFinite]: { x: "strided", columns: "int" },
  [Op.BatchNormalization]: {
    x: "strided",
    y: "strided",
    gamma: "vector?",
    beta: "vector?",
    mean: "vector",
    rest: "vector",
    variance: "vector",
    columns: "int",
    epsilon: "float",
  },
  [Op.BatchNormalizationBackward]: {
    x: "strided",
    dy: "strided",
    dx: "strided?",
    gamma: "vector?",
    mean: "vector",
    rest: "vector",
    variance: "vector",
    dGamma: "vector?",
    dBeta: "vector?",
    columns: "int",
    epsilon: "float",
  },
  [Op.MovingStatistics]: {
    mean: "vector",
    variance: "vector",
    movingMean: "vector",
    movingVariance: "vector",
    columns: "int",
    rate: "float",
    unbiased: "int",
  },
  [Op.Standardize]: {
    x: "strided",
    y: "strided",
    mean: "vector",
    variance: "vector",
    gamma: "vector?",
    beta: "vector?",
    columns: "int",
    epsilon: "float",
    floor: "int",
  },
  [Op.LayerNormalization]: {
    x: "strided",
    y: "strided",
    gamma: "vector?",
    beta: "vector?",
    mean: "vector",
    rest: "vector",
    inverseDeviation: "vector",
    columns: "int",
    epsilon: "float",
  },
  [Op.LayerNormalizationBackward]: {
    x: "strided",
    dy: "strided",
    dx: "strided",
    gamma: "vector?",
    mean: "vector",
    rest: "vector",
    inverseDeviation: "vector",
    columns: "int",
  },
  [Op.LayerNormalizationScaleGradient]: {
    x: "strided",
    dy: "strided",
    mean: "vector",
    rest: "vector",
    inverseDeviation: "vector",
    dGamma: "vector",
    columns: "int",
  },
  [Op.GaussianNoise]: {
    x: "strided",
    y: "strided",
    columns: "int",
    key0: "int",
    key1: "int",
    deviation: "float",
  },
  [Op.Rescale]: { x: "strided", y: "strided", columns: "int", scale: "float", offset: "float" },
  [Op.CategoryEncoding]: { x: "strided", y: "strided", features: "int", tokens: "int", together: "int" },
  [Op.Dropout]: {
    x: "strided",
    y: "strided",
    columns: "int",
    key0: "int",
    key1: "int",
    threshold: "int",
    scale: "float",
  },
  ...updateFields,
} as const satisfies Record<Op, Record<string, FieldKind>>;

/** The fields by which a record hands on new values, in the order in which a trace shows them. */
export const outputFields: Readonly<Partial<Record<Op, readonly string[]>>> = {
  [Op.DenseForward]: ["y"],
  [Op.DenseKernelGradient]: ["dKernel"],
  [Op.DenseInputGradient]: ["dx"],
  [Op.ColumnSum]: ["out"],
  [Op.ActivationForward]: ["y"],
  [Op.ActivationBackward]: ["dx"],
  [Op.Loss]: ["rowLoss", "dPredictions"],
  [Op.BatchNormalization]: ["mean", "variance", "y"],
  [Op.BatchNormalizationBackward]: ["dGamma", "dBeta", "dx"],
  [Op.Standardize]: ["y"],
  [Op.LayerNormalization]: ["mean", "inverseDeviation", "y"],
  [Op.LayerNormalizationBackward]: ["dx"],
  [Op.LayerNormalizationScaleGradient]: ["dGamma"],
  [Op.GaussianNoise]: ["y"],
  [Op.Rescale]: ["y"],
  [Op.CategoryEncoding]: ["y"],
  [Op.Dropout]: ["y"],
};

type FieldValue<Kind> = Kind extends "vector" | "strided"
  ? TensorRef
  : Kind extends "vector?" | "strided?"
    ? TensorRef | null
    : number;

type Fields = typeof recordFields;

/** A record as the tape holds it, before addresses are known. */
export type TapeRecord = {
  [O in Op]: { readonly op: O } & { readonly [F in keyof Fields[O]]: FieldValue<Fields[O][F]> };
}[Op];

/** Words that a field takes. */
export function fieldWords(kind: FieldKind): number {
  return kind === "strided" || kind === "strided?" || kind === "double" ? 2 : 1;
}

/** Calls `visit` for each field of an opcode with the word it starts at. */
export function forEachField(op: Op, visit: (name: string, kind: FieldKind, word: number) => void): void {
  let word = 1;
  for (const [name, kind] of Object.entries<FieldKind>(recordFields[op])) {
    if (kind === "double" && word % 2 === 1) word++;
    visit(name, kind, word);
    word += fieldWords(kind);
  }
}

/** The tensors that a record writes, in order. */
export function outputsOf(record: TapeRecord): TensorRef[] {
  const tensors = record as unknown as Record<string, TensorRef | null>;
  return (outputFields[record.op] ?? []).map((name) => tensors[name]).filter((tensor) => tensor !== null);
}
