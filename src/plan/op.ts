/**
 * The vocabulary shared by TypeScript and AssemblyScript: kinds, and fixed places in memory.
 * This file is compiled by both `tsc` and `asc` and must stay portable: plain enums, nothing else.
 */

/** Activations. All are element-wise, except softmax, its logarithm and sparsemax, which work on whole rows. */
export enum ActivationKind {
  Linear,
  Relu,
  LeakyRelu,
  Elu,
  Sigmoid,
  Tanh,
  Softmax,
  LogSoftmax,
  Selu,
  Celu,
  ClippedRelu,
  HardSigmoid,
  LogSigmoid,
  HardTanh,
  TanhShrink,
  SoftShrink,
  HardShrink,
  Exponential,
  Softplus,
  Softsign,
  Silu,
  HardSilu,
  Gelu,
  GeluTanh,
  Mish,
  GeneralRelu,
  SparsePlus,
  SparseSigmoid,
  Squareplus,
  Threshold,
  Sparsemax,
}

/** Loss functions. Those ending in `Logits` are fused with the softmax or sigmoid before them. */
export enum LossKind {
  MeanSquaredError,
  CategoricalCrossentropy,
  CategoricalCrossentropyLogits,
  SparseCategoricalCrossentropy,
  SparseCategoricalCrossentropyLogits,
  BinaryCrossentropy,
  BinaryCrossentropyLogits,
  MeanAbsoluteError,
  MeanAbsolutePercentageError,
  MeanSquaredLogarithmicError,
  Huber,
  LogCosh,
  CosineSimilarity,
  Poisson,
  KlDivergence,
  Hinge,
  SquaredHinge,
  CategoricalHinge,
  BinaryFocalCrossentropy,
  BinaryFocalCrossentropyLogits,
  CategoricalFocalCrossentropy,
  CategoricalFocalCrossentropyLogits,
  Pinball,
  /** Computed by no kernel, but between two runs. */
  Host,
}

/** Metrics summed over rows while an epoch runs. */
export enum MetricKind {
  SparseCategoricalAccuracy,
  CategoricalAccuracy,
  BinaryAccuracy,
  MeanSquaredError,
  MeanAbsoluteError,
  /** Number of rows that count: those whose label is not ignored. */
  CountedRows,
}

/** Labels that do not stand for a class. */
export enum Label {
  /** Label of a row that takes no part in loss and metrics. */
  Ignored = -1,
}

/** Reasons for a run to stop early. */
export enum Status {
  Running,
  LossNotFinite,
  UpdateNotFinite,
  InputNotFinite,
}

/** Byte addresses and sizes that never change. */
export enum Place {
  /** The control block: `ControlField` gives the offsets within it. */
  Control = 64,
  /** The words that synchronize threads: `SyncField` gives the offsets within them. */
  Sync = 512,
  /** The first byte free for tapes and slabs. */
  Free = 1024,
  /** Bytes in one tape record: sixteen 32-bit words, one cache line. */
  RecordBytes = 64,
  /** Lanes in one kernel panel: the number of units stored side by side. */
  PanelWidth = 8,
  /** Floats in one block of a sum over a slab. */
  Block = 1024,
  /** Most metrics that one tape can sum. */
  MetricSlots = 8,
  /** Most rows that are summed in float32 alone. */
  PlainRows = 512,
  /** Number of updates between two passes that set decayed slots to 0. */
  FlushPeriod = 128,
}

/** Byte offsets within the control block. TypeScript writes the first three and the last two, the kernels the rest. */
export enum ControlField {
  /** i32: rows in this batch. */
  Rows = 0,
  /** i32: number of this optimizer step, from 1; from 2^31 on, a number with the same meaning to the kernels. */
  Step = 4,
  /** f32: learning rate of this step. */
  LearningRate = 8,
  /** i32: a `Status`; 0 while all is well. */
  Status = 12,
  /** f64: sum over rows of the weighted loss. */
  LossSum = 16,
  /** f64[MetricSlots]: sum over rows of each metric. */
  MetricSums = 24,
  /** i32: number of this batch, from 1, modulo 2^32. The random draws of layers depend on it. */
  Batch = 128,
  /** i32: 1 if the engine has registers enough for `forwardRow` by four panels. */
  WideRows = 132,
}

/** Byte offsets of the words that synchronize threads; those that several threads write have a cache line each. */
export enum SyncField {
  /**
   * i32: a counter above `Work.ThreadBits` bits with the number of threads that share the work. The first thread changes
   * it when there is work, or when workers should leave; then no thread shares it.
   */
  Epoch = 0,
  /** i32: number of workers asleep on `Epoch`. */
  EpochSleepers = 4,
  /** i32: number of threads that have reached the barrier. */
  Arrived = 64,
  /** i32: the last thread to reach the barrier increments it. */
  Phase = 128,
  /** i32: number of threads asleep on `Phase`. */
  PhaseSleepers = 132,
  /** i32: the current generation; a worker serves while it equals the one it was given. */
  Generation = 192,
  /** i32: first record of the work. */
  Begin = 196,
  /** i32: the record after the last one of the work. */
  End = 200,
  /** i32: record after which the first thread waits longer than one nap; only that thread writes it. */
  LateRecord = 204,
  /** i32: the phase whose end it waits for. */
  LatePhase = 208,
  /** i32: 1 if a worker left before its work was done. */
  Gone = 212,
  /**
   * i32: into how many parts the last record is cut for each thread but the first, which takes one fewer; 0 if all take
   * the same, and meet after it like after all others. The first thread writes it.
   */
  TailParts = 216,
  /** i32[4]: the arguments of `widen` for `Work.Widening`, without the last; the first thread writes them. */
  Widened = 256,
  /** f64: the last. */
  WidenedScale = 272,
  /** i32: incremented after each change of the number of threads. Workers that share no work wait for it. */
  Roster = 320,
  /** i32: number of workers asleep on `Roster`. */
  RosterSleepers = 324,
}

/** Constants of the work of several threads. */
export enum Work {
  /** In place of a record: the widening of a batch. */
  Widening = -1,
  /** Bits of `SyncField.Epoch` for the number of threads. */
  ThreadBits = 9,
}
