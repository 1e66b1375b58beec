/**
 * The table of ops, except for those of `moreOps.ts`: the fields of each record in the order of its words, and the amount of work. The types of
 * records, the encoder, the reference backend, traces, profiles and `assembly/ops/` follow from it.
 */
import { op } from "./field.js";
import type { moreOps } from "./moreOps.js";
import { Op } from "./op.js";

const product = ({ inputs, units }: { readonly inputs: number; readonly units: number }) => 2 * inputs * units;

export const ops = {
  [Op.DenseForward]: op(
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
  ),
  [Op.DenseKernelGradient]: op(
    {
      x: "[rows, inputs]",
      dy: "[rows, units]",
      dKernel: "out panels [inputs, units]",
      sums: "[sums]", // doubles, one for each float of dKernel; only if a batch has more rows than Place.PlainRows
      inputs: "int",
      units: "int",
    },
    product,
  ),
  [Op.DenseInputGradient]: op(
    { dy: "[rows, units]", kernel: "panels [inputs, units]", dx: "out [rows, inputs]", inputs: "int", units: "int" },
    product,
  ),
  [Op.ColumnSum]: op({ x: "[rows, columns]", out: "out [columns]", columns: "int" }, ({ columns }) => columns),
  [Op.ActivationForward]: op({
    x: "[rows, columns]",
    y: "out [rows, columns]", // may be x
    columns: "int",
    activation: "ActivationKind",
    alpha: "float",
    threshold: "float", // these two for `GeneralRelu` alone
    maxValue: "float",
  }),
  [Op.ActivationBackward]: op({
    saved: "[rows, columns]", // the output y of the forward function, or its input z, by activation
    dy: "[rows, columns]",
    dx: "out [rows, columns]", // may be dy
    columns: "int",
    activation: "ActivationKind",
    alpha: "float",
    threshold: "float", // these two for `GeneralRelu` alone
    maxValue: "float",
  }),
  [Op.Loss]: op({
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
  }),
  [Op.LossTotal]: op({ rowLoss: "[rows]" }),
  [Op.Metric]: op({
    predictions: "[rows, columns]",
    targets: "[rows, targets]", // columns of floats, or one int32 label
    columns: "int",
    kind: "MetricKind",
    slot: "int", // index of the sum in the control block
    threshold: "float", // above it, a binary prediction counts as 1
  }),
  [Op.CheckFinite]: op({ x: "[rows, columns]", columns: "int" }),
  [Op.Dropout]: op({
    x: "[rows, columns]",
    y: "out [rows, columns]", // may be x
    columns: "int",
    key0: "int", // the layer's key
    key1: "int",
    threshold: "int", // unsigned: words below it drop
    scale: "float", // factor for elements that are kept
  }),
  [Op.BatchNormalization]: op({
    x: "[rows, columns]",
    gamma: "[columns]?", // null for ones
    beta: "[columns]?", // null for zeros
    mean: "out [columns]", // of the batch
    rest: "[columns]", // written: the rounding error of the mean
    variance: "out [columns]", // biased
    y: "out [rows, columns]",
    columns: "int",
    epsilon: "float",
  }),
  [Op.BatchNormalizationBackward]: op({
    x: "[rows, columns]",
    dy: "[rows, columns]",
    gamma: "[columns]?", // null for ones
    mean: "[columns]", // these three as forward left them
    rest: "[columns]",
    variance: "[columns]",
    dGamma: "out [columns]?", // null if it is not needed
    dBeta: "out [columns]?",
    dx: "out [rows, columns]?", // may be dy
    columns: "int",
    epsilon: "float",
  }),
  [Op.MovingStatistics]: op({
    mean: "[columns]", // of the batch
    variance: "[columns]",
    movingMean: "[columns]",
    movingVariance: "[columns]",
    columns: "int",
    rate: "float", // share of the batch
    unbiased: "int", // 1: the moving variance divides by rows - 1
  }),
  [Op.Standardize]: op({
    x: "[rows, columns]",
    y: "out [rows, columns]", // may be x
    mean: "[columns]",
    variance: "[columns]",
    gamma: "[columns]?", // null for ones
    beta: "[columns]?", // null for zeros
    columns: "int",
    epsilon: "float",
    floor: "int", // 1: epsilon is the smallest deviation; 0: it is added to the variance
  }),
  [Op.LayerNormalization]: op({
    x: "[rows, columns]",
    gamma: "[columns]?", // null for ones
    beta: "[columns]?", // null for zeros
    mean: "out [rows]",
    rest: "[rows]", // written: the rounding error of the mean
    inverseDeviation: "out [rows]", // 1 / sqrt(variance + epsilon)
    y: "out [rows, columns]",
    columns: "int",
    epsilon: "float",
  }),
  [Op.LayerNormalizationBackward]: op({
    x: "[rows, columns]",
    dy: "[rows, columns]",
    dx: "out [rows, columns]", // may be dy
    gamma: "[columns]?", // null for ones
    mean: "[rows]", // these three as forward left them
    rest: "[rows]",
    inverseDeviation: "[rows]",
    columns: "int",
  }),
  [Op.LayerNormalizationScaleGradient]: op({
    x: "[rows, columns]",
    dy: "[rows, columns]",
    mean: "[rows]", // these three as forward left them
    rest: "[rows]",
    inverseDeviation: "[rows]",
    dGamma: "out [columns]",
    columns: "int",
  }),
  [Op.GaussianNoise]: op({
    x: "[rows, columns]",
    y: "out [rows, columns]", // may be x
    columns: "int",
    key0: "int", // the layer's key
    key1: "int",
    deviation: "float",
  }),
  [Op.Rescale]: op({
    x: "[rows, columns]",
    y: "out [rows, columns]", // may be x
    columns: "int",
    scale: "float",
    offset: "float",
  }),
  [Op.CategoryEncoding]: op({
    x: "[rows, features]", // category numbers
    y: "out [rows, encoded]", // `tokens` columns if together, else features · tokens
    features: "int",
    tokens: "int",
    together: "int", // 1: all features share the columns
  }),
  [Op.Sgd]: op({
    params: "[count]",
    grads: "[count]",
    velocity: "[count]?",
    count: "int",
    momentum: "float",
    nesterov: "int",
  }),
  [Op.SgdTorch]: op({
    params: "[count]",
    grads: "[count]",
    velocity: "[count]",
    count: "int",
    momentum: "float",
    nesterov: "int",
  }),
  [Op.Adam]: op({
    params: "[count]",
    grads: "[count]",
    m: "[count]",
    v: "[count]",
    count: "int",
    beta1: "double",
    beta2: "double",
    epsilon: "float",
    epsilonInside: "int", // 1: PyTorch's form; 0: Keras's
  }),
  [Op.AmsGrad]: op({
    params: "[count]",
    grads: "[count]",
    m: "[count]",
    v: "[count]",
    vHat: "[count]", // the largest v so far
    count: "int",
    beta1: "double",
    beta2: "double",
    epsilon: "float",
    epsilonInside: "int", // 1: PyTorch's form; 0: Keras's
  }),
  [Op.Adamax]: op({
    params: "[count]",
    grads: "[count]",
    m: "[count]",
    u: "[count]", // decaying maximum of |g|
    count: "int",
    beta1: "double",
    beta2: "double",
    epsilon: "float",
    epsilonInside: "int", // 1: PyTorch's form; 0: Keras's
  }),
  [Op.Nadam]: op({
    params: "[count]",
    grads: "[count]",
    m: "[count]",
    v: "[count]",
    count: "int",
    beta1: "double",
    beta2: "double",
    momentumDecay: "double", // base of the warm-up of beta1
    epsilon: "float",
  }),
  [Op.Radam]: op({
    params: "[count]",
    grads: "[count]",
    m: "[count]",
    v: "[count]",
    count: "int",
    beta1: "double",
    beta2: "double",
    epsilon: "float",
  }),
  [Op.Lion]: op({ params: "[count]", grads: "[count]", m: "[count]", count: "int", beta1: "double", beta2: "double" }),
  [Op.RmsProp]: op({
    params: "[count]",
    grads: "[count]",
    meanSquare: "[count]",
    meanGradient: "[count]?",
    velocity: "[count]?",
    count: "int",
    rho: "double",
    momentum: "float",
    epsilon: "float",
    torch: "int", // 1: PyTorch's form; 0: Keras's
  }),
  [Op.Adagrad]: op({
    params: "[count]",
    grads: "[count]",
    accumulator: "[count]",
    count: "int",
    epsilon: "float",
    torch: "int", // 1: PyTorch's form; 0: Keras's
  }),
  [Op.Adadelta]: op({
    params: "[count]",
    grads: "[count]",
    meanSquare: "[count]",
    meanChange: "[count]",
    count: "int",
    rho: "double",
    epsilon: "float",
  }),
  // Before and after an update. `sums` adds up gradients since the last update; a block has Place.Block floats.
  [Op.AccumulateGradients]: op({ grads: "[count]", sums: "[count]", count: "int" }),
  [Op.MeanGradients]: op({ grads: "[count]", sums: "[count]", count: "int", steps: "int" }),
  [Op.ClipValue]: op({ grads: "[count]", count: "int", limit: "float" }),
  [Op.BlockNorms]: op({ x: "[count]", norms: "[blocks]", count: "int" }),
  [Op.ClipNorm]: op({ grads: "[count]", norms: "[blocks]", count: "int", blocks: "int", limit: "float" }),
  [Op.DecayWeights]: op({ params: "[count]", count: "int", decay: "float" }),
  [Op.AverageWeights]: op({ params: "[count]", average: "[count]", count: "int", momentum: "double" }),
  [Op.Penalty]: op({ params: "[count]", penalties: "[blocks]", count: "int", l1: "float", l2: "float" }),
  [Op.PenaltyTotal]: op({ penalties: "[blocks]", blocks: "int" }),
  [Op.PenaltyGradient]: op({ params: "[count]", grads: "[count]", count: "int", l1: "float", l2: "float" }),
  [Op.NonNegative]: op({ params: "[count]", count: "int" }),
  [Op.KernelNorm]: op({
    kernel: "panels [inputs, units]",
    inputs: "int",
    units: "int",
    axis: "int", // 0: a norm for each unit, over its inputs; 1: for each input, over its units
    low: "float", // bounds of the norm
    high: "float",
    rate: "float", // fraction of the way to the bound
  }),
  // Bounds and rate as in KernelNorm.
  [Op.VectorNorm]: op({ params: "[count]", count: "int", low: "float", high: "float", rate: "float" }),
} as const satisfies Record<Exclude<Op, keyof typeof moreOps>, unknown>;
