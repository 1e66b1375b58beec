/** Runs stages over rows in one memory: the layout of the numbers, and the calls for each block of rows. */
import type { NumericArray } from "../../base/kinds.js";
import { ActivationKind, Place } from "../../plan/op.js";
import type { QuantizedBuild, QuantizedKernels } from "../../runtime/quantized.js";
import type { Stage, StageOf } from "./stages.js";

/** Units of a panel of weights; rows end in whole panels, too. */
const PANEL = 2 * Place.PanelWidth;
/** Rows that stay in the second-level cache with their inputs. */
const BLOCK = 64;
const upTo = (count: number, step: number) => Math.ceil(count / step) * step;
/** Bytes of a row of floats. */
const strideOf = (columns: number) => 4 * upTo(columns, PANEL);

/** A stage in memory. Called with the address and the number of rows; says where the results are. */
type Run = (x: number, rows: number) => number;

/** Runs stages over rows. */
export class Engine {
  /** True if `run` tells NaN and infinity: the first dense layer sees the inputs, or a multiple of them. */
  readonly seesInputs: boolean;
  readonly #floats: Float32Array;
  readonly #runs: readonly Run[];
  readonly #x: number;
  readonly #inputs: number;
  readonly #outputs: number;
  #sawWrong = false;

  constructor(build: QuantizedBuild, stages: readonly Stage[], inputs: number, outputs: number) {
    const layout = new Layout();
    const widest = stages.reduce((most, stage) => Math.max(most, columnsOf(stage)), inputs);
    this.#inputs = inputs;
    this.#outputs = outputs;
    const first = stages.findIndex(({ kind }) => kind === "dense");
    this.seesInputs = stages.slice(0, first).every(({ kind }) => kind === "scale");
    this.#x = layout.take(BLOCK * strideOf(inputs));
    const buffers = {
      q: layout.take(2 * BLOCK * upTo(widest, PANEL)),
      y: layout.take(BLOCK * strideOf(widest)),
      lists: layout.take((BLOCK / 2) * (2 * upTo(widest, PANEL) + 8)),
    };
    const places = stages.map((stage) => layout.take(bytesOf(stage)));
    const { buffer, kernels } = build.open(layout.bytes);
    this.#floats = new Float32Array(buffer);
    const isSmall = build.variant === "quantized-relaxed";
    this.#runs = stages
      .map((stage, i) => {
        if (stage.kind === "scale") return scaleRun(kernels, buffer, places[i], stage);
        if (stage.kind === "activation") return activationRun(kernels, buffer, places[i], stage);
        const see = i === first ? () => (this.#sawWrong = true) : null;
        const floor = isRelu(stages[i + 1]) ? 0 : -Infinity;
        return denseRun(kernels, buffer, places[i], stage, { ...buffers, isSmall, floor, see });
      })
      .filter((_, i) => !(isRelu(stages[i]) && stages[i - 1]?.kind === "dense"));
  }

  /** Runs rows one after the other. Returns true if an input may be NaN or infinite. */
  run(rows: NumericArray, out: Float32Array): boolean {
    this.#sawWrong = false;
    const count = rows.length / this.#inputs;
    for (let begin = 0; begin < count; begin += BLOCK) {
      const block = Math.min(BLOCK, count - begin);
      this.#write(rows, begin, block);
      let at = this.#x;
      for (const run of this.#runs) at = run(at, block);
      this.#read(at, block, out, begin * this.#outputs);
    }
    return this.#sawWrong;
  }

  #write(rows: NumericArray, begin: number, count: number): void {
    const [inputs, stride, at] = [this.#inputs, strideOf(this.#inputs) / 4, this.#x / 4];
    if (stride === inputs) {
      this.#floats.set(rows.subarray(begin * inputs, (begin + count) * inputs), at);
      return;
    }
    for (let row = 0; row < count; row++) {
      this.#floats.set(rows.subarray((begin + row) * inputs, (begin + row + 1) * inputs), at + row * stride);
    }
  }

  #read(from: number, count: number, out: Float32Array, to: number): void {
    const [outputs, stride, floats] = [this.#outputs, strideOf(this.#outputs) / 4, this.#floats];
    for (let row = 0; row < count; row++) {
      const [source, target] = [from / 4 + row * stride, to + row * outputs];
      for (let i = 0; i < outputs; i++) out[target + i] = floats[source + i];
    }
  }
}

/** Addresses one after the other, each of whole lines of a cache. */
class Layout {
  bytes = 64;

  take(bytes: number): number {
    const at = this.bytes;
    this.bytes += upTo(bytes, 64);
    return at;
  }
}

const isRelu = (stage: Stage | undefined) =>
  stage?.kind === "activation" && stage.code.activation === ActivationKind.Relu;

const columnsOf = (stage: Stage) => (stage.kind === "dense" ? Math.max(stage.inputs, stage.units) : stage.columns);

/** Bytes of the constants of a stage, in either build. */
function bytesOf(stage: Stage): number {
  if (stage.kind === "activation") return 12;
  if (stage.kind === "scale") return 3 * strideOf(stage.columns);
  return 2 * upTo(stage.inputs, PANEL) * upTo(stage.units, PANEL) + 3 * strideOf(stage.units);
}

function scaleRun(kernels: QuantizedKernels, buffer: ArrayBuffer, at: number, stage: StageOf<"scale">): Run {
  const { columns, center, scale, shift } = stage;
  const stride = strideOf(columns);
  for (const [i, table] of [center, scale, shift].entries()) new Float32Array(buffer, at + i * stride).set(table);
  return (x, rows) => {
    kernels.scaleRows(x, stride, rows, columns, at, at + stride, at + 2 * stride);
    return x;
  };
}

function activationRun(kernels: QuantizedKernels, buffer: ArrayBuffer, at: number, stage: StageOf<"activation">): Run {
  const { columns, code } = stage;
  new Float32Array(buffer, at, 3).set([code.alpha, code.threshold, code.maxValue]);
  const stride = strideOf(columns);
  return (x, rows) => {
    kernels.activateRows(code.activation, x, stride, rows, columns, code.alpha, at);
    return x;
  };
}

interface DensePlace {
  /** Address of the inputs as integers. */
  readonly q: number;
  /** Address of the results. */
  readonly y: number;
  /** Address of room for the places of inputs that are not 0. */
  readonly lists: number;
  /** True if integers are bytes, otherwise they are int16. */
  readonly isSmall: boolean;
  /** Least result: 0 for relu. */
  readonly floor: number;
  /** Called if an input is NaN or infinite. */
  readonly see: (() => void) | null;
}

function denseRun(
  kernels: QuantizedKernels,
  buffer: ArrayBuffer,
  at: number,
  stage: StageOf<"dense">,
  { q, y, lists, isSmall, floor, see }: DensePlace,
): Run {
  const { inputs, units, kernel, scale, bias, steps } = stage;
  const padded = upTo(units, PANEL);
  const tables = at + 2 * upTo(inputs, PANEL) * padded;
  const [start, factor, shift] = [0, 1, 2].map((i) => tables + 4 * i * padded);
  const lines = upTo(inputs, PANEL) / (isSmall ? 4 : 2);
  placeWeights(buffer, at, stage, isSmall);
  const starts = new Int32Array(buffer, start, units);
  const factors = new Float32Array(buffer, factor, units);
  if (bias) new Float32Array(buffer, shift, units).set(bias);
  for (let unit = 0; unit < units; unit++) {
    let sum = 0;
    for (let i = unit * inputs; i < (unit + 1) * inputs; i++) sum += kernel[i];
    starts[unit] = steps.low * sum;
    factors[unit] = steps.step * scale[unit];
  }
  const [xStride, yStride, qStride] = [strideOf(inputs), strideOf(units), upTo(inputs, PANEL) * (isSmall ? 1 : 2)];
  const inverse = 1 / steps.step;
  return (x, rows) => {
    if (kernels.quantizeRows(x, xStride, q, qStride, rows, inputs, inverse, steps.low)) see?.();
    const isListed = kernels.listSteps(q, qStride, rows, lines, lists) === 1;
    const run = isListed ? kernels.listedRows : kernels.productRows;
    run(q, qStride, at, lines, start, factor, shift, y, yStride, rows, padded, floor, lists);
    return y;
  };
}

/** Writes weights as panels. */
function placeWeights(
  buffer: ArrayBuffer,
  at: number,
  { inputs, units, kernel }: StageOf<"dense">,
  isSmall: boolean,
): void {
  const width = isSmall ? 4 : 2;
  const panel = PANEL * upTo(inputs, PANEL);
  const weights = isSmall ? new Int8Array(buffer, at) : new Int16Array(buffer, at);
  for (let unit = 0; unit < units; unit++) {
    const own = kernel.subarray(unit * inputs, (unit + 1) * inputs);
    const [first, inPanel] = [Math.floor(unit / PANEL), unit % PANEL];
    const base = first * panel + inPanel * width;
    own.forEach((weight, i) => {
      weights[base + Math.floor(i / width) * width * PANEL + (i % width)] = weight;
    });
  }
}
