/**
 * The reference backend: a naive scalar interpreter of the tape in plain JavaScript. It is the readable
 * specification of every op, the oracle of the tests, and the fallback where there is no WebAssembly SIMD.
 * Sums run in float64; values are stored as float32, or as float64 for gradient checks.
 */
import type { ScriptOp } from "../../plan/moreOps.js";
import { Op, Place, Status } from "../../plan/op.js";
import type { Backend } from "../backend.js";
import { activationBackward, activationForward } from "./activation.js";
import { checkFinite } from "./check.js";
import { columnSum, denseForward, denseInputGradient, denseKernelGradient } from "./dense.js";
import { decode, type Fields } from "./fields.js";
import {
  layerNormalization,
  layerNormalizationBackward,
  layerNormalizationScaleGradient,
} from "./layerNormalization.js";
import { loss, lossTotal } from "./loss.js";
import { type Floats, Memory } from "./memory.js";
import { metric } from "./metric.js";
import { dropout, gaussianNoise } from "./noise.js";
import { batchNormalization, batchNormalizationBackward, movingStatistics, standardize } from "./normalization.js";
import { updateFunctions } from "./optimizer/index.js";
import { categoryEncoding, rescale } from "./preprocessing.js";

/** Ops that do not run as scripts. */
type KernelOp = Exclude<Op, ScriptOp>;

/** Functions that execute the ops. */
const functions: { readonly [O in KernelOp]: (memory: Memory, record: Fields<O>) => void } = {
  [Op.DenseForward]: denseForward,
  [Op.DenseKernelGradient]: denseKernelGradient,
  [Op.DenseInputGradient]: denseInputGradient,
  [Op.ColumnSum]: columnSum,
  [Op.ActivationForward]: activationForward,
  [Op.ActivationBackward]: activationBackward,
  [Op.Loss]: loss,
  [Op.LossTotal]: lossTotal,
  [Op.Metric]: metric,
  [Op.CheckFinite]: checkFinite,
  [Op.Dropout]: dropout,
  [Op.GaussianNoise]: gaussianNoise,
  [Op.Rescale]: rescale,
  [Op.CategoryEncoding]: categoryEncoding,
  [Op.BatchNormalization]: batchNormalization,
  [Op.BatchNormalizationBackward]: batchNormalizationBackward,
  [Op.MovingStatistics]: movingStatistics,
  [Op.Standardize]: standardize,
  [Op.LayerNormalization]: layerNormalization,
  [Op.LayerNormalizationBackward]: layerNormalizationBackward,
  [Op.LayerNormalizationScaleGradient]: layerNormalizationScaleGradient,
  ...updateFunctions,
};

function execute<O extends KernelOp>(memory: Memory, record: Fields<O>): void {
  functions[record.op](memory, record);
}

export class ReferenceBackend implements Backend {
  readonly isBroken = false;
  readonly #memory: Memory;
  readonly #records: readonly Fields<Op>[];

  /** @param precision 64 keeps every value in float64, in separate memory. @default 32 */
  constructor(words: Int32Array, bytes: number, precision: 32 | 64 = 32) {
    this.#memory = new Memory(bytes, precision);
    const view = new DataView(words.buffer, words.byteOffset, words.byteLength);
    const count = words.byteLength / Place.RecordBytes;
    this.#records = Array.from({ length: count }, (_, i) => decode(view, i * Place.RecordBytes));
  }

  get floats(): Floats {
    return this.#memory.floats;
  }

  get ints(): Int32Array {
    return this.#memory.ints;
  }

  get doubles(): Float64Array {
    return this.#memory.doubles;
  }

  run(begin: number, end: number): void {
    for (let index = begin; index < end; index++) {
      execute(this.#memory, this.#records[index] as Fields<KernelOp>);
      if (this.#memory.status !== Status.Running) return;
    }
  }

  release(): void {}
}
