/** Ops of every model: dense layers, activations, losses, metrics, checks. `ops.ts` says what follows from them. */
import { op } from "./field.js";

const product = ({ inputs, units }: { readonly inputs: number; readonly units: number }) => 2 * inputs * units;

export const DenseForward = op(
  0,
  "DenseForward",
  {
    x: "[rows, inputs]",
    kernel: "panels [inputs, units]",
    bias: "[units]", // zeros for a layer without bias
    y: "out [rows, units]",
    inputs: "int",
    units: "int",
    activation: "ActivationKind",
    alpha: "float",
  },
  product,
);

export const DenseKernelGradient = op(
  1,
  "DenseKernelGradient",
  {
    x: "[rows, inputs]",
    dy: "[rows, units]",
    dKernel: "out panels [inputs, units]",
    sums: "[sums]", // doubles, one for each float of dKernel; only if a batch has more rows than Place.PlainRows
    inputs: "int",
    units: "int",
  },
  product,
);

export const DenseInputGradient = op(
  2,
  "DenseInputGradient",
  { dy: "[rows, units]", kernel: "panels [inputs, units]", dx: "out [rows, inputs]", inputs: "int", units: "int" },
  product,
);

export const ColumnSum = op(
  3,
  "ColumnSum",
  { x: "[rows, columns]", out: "out [columns]", columns: "int" },
  ({ columns }) => columns,
);

export const ActivationForward = op(4, "ActivationForward", {
  x: "[rows, columns]",
  y: "out [rows, columns]", // may be x
  columns: "int",
  activation: "ActivationKind",
  alpha: "float",
  threshold: "float", // these two for `GeneralRelu` alone
  maxValue: "float",
});

export const ActivationBackward = op(5, "ActivationBackward", {
  saved: "[rows, columns]", // the output y of the forward function, or its input z, by activation
  dy: "[rows, columns]",
  dx: "out [rows, columns]", // may be dy
  columns: "int",
  activation: "ActivationKind",
  alpha: "float",
  threshold: "float", // these two for `GeneralRelu` alone
  maxValue: "float",
});

export const Loss = op(6, "Loss", {
  predictions: "[rows, columns]", // probabilities or logits, by kind
  targets: "[rows, targets]", // columns of floats, or one int32 label
  sampleWeights: "[rows]",
  rowLoss: "out [rows]", // weighted
  dPredictions: "out [rows, columns]?", // null if no gradient is needed
  columns: "int",
  kind: "LossKind",
  smoothing: "float", // label smoothing, 0 for none
  alpha: "float", // huber's delta; weight of positive targets, or of all targets in the categorical focal loss
  beta: "float", // weight of negative targets in the binary focal loss
  gamma: "float", // exponent of the focal losses
  weights: "[columns]?", // replaces alpha if each output has its own
});

export const LossTotal = op(7, "LossTotal", { rowLoss: "[rows]" });

export const Metric = op(8, "Metric", {
  predictions: "[rows, columns]",
  targets: "[rows, targets]", // columns of floats, or one int32 label
  columns: "int",
  kind: "MetricKind",
  slot: "int", // index of the sum in the control block
  threshold: "float", // above it, a binary prediction counts as 1
});

export const CheckFinite = op(11, "CheckFinite", { x: "[rows, columns]", columns: "int" });
