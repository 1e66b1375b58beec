/** The tasks of the comparison, and their data as files that every process reads. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { mnist } from "../../build/js/node/index.js";
import { MNIST, type Net, SMALL, XOR } from "../nets.js";
import { threeDigits } from "../table.js";
import { seeded } from "../verify.js";

export interface Task {
  name: string;
  net: Net;
  kind: "train" | "predict";
  /** Rows of one training step, or of one prediction. */
  batch: number;
  /** Number of steps in the whole task: an epoch. A slow rival takes fewer, and its time is scaled. */
  wholeSteps?: number;
  /** Converts the seconds of one step or prediction to the figure. */
  format(seconds: number): string;
  /** Unit of the figure. */
  unit: string;
}

export function samplesPerSecond(batch: number) {
  return (seconds: number) => {
    const rate = batch / seconds;
    return rate >= 1e6
      ? `${threeDigits(rate / 1e6)} M`
      : rate >= 1e3
        ? `${threeDigits(rate / 1e3)} k`
        : threeDigits(rate);
  };
}

const microseconds = (seconds: number) => threeDigits(seconds * 1e6);
const EPOCH_STEPS = 60_000 / 32;

/** The net of MNIST on rows without zeros, because some libraries skip zeros. */
const NO_ZEROS: Net = { ...MNIST, name: "784-128-10-no-zeros" };

export const tasks: readonly Task[] = [
  {
    name: "MNIST epoch, batch 32",
    net: MNIST,
    kind: "train",
    batch: 32,
    wholeSteps: EPOCH_STEPS,
    format: (seconds) => threeDigits(seconds * EPOCH_STEPS),
    unit: "s per epoch",
  },
  {
    name: "784-128-10, no zeros, batch 32",
    net: NO_ZEROS,
    kind: "train",
    batch: 32,
    format: samplesPerSecond(32),
    unit: "samples/s",
  },
  { name: "MNIST, batch 512", net: MNIST, kind: "train", batch: 512, format: samplesPerSecond(512), unit: "samples/s" },
  { name: "MNIST predict 1 row", net: MNIST, kind: "predict", batch: 1, format: microseconds, unit: "µs" },
  {
    name: "MNIST predict 1000 rows",
    net: MNIST,
    kind: "predict",
    batch: 1000,
    format: samplesPerSecond(1000),
    unit: "samples/s",
  },
  { name: "XOR 2-3-1, 4 rows", net: XOR, kind: "train", batch: 4, format: microseconds, unit: "µs per step" },
  { name: "64-64-10, batch 32", net: SMALL, kind: "train", batch: 32, format: samplesPerSecond(32), unit: "samples/s" },
];

export interface TaskData {
  x: Float32Array;
  y: Float32Array;
  /** Kernel and bias of each layer, one after the other. */
  weights: Float32Array;
  rows: number;
  files: { x: string; y: string; weights: string };
}

/** Glorot's uniform kernels, zero biases. */
function firstWeights(sizes: readonly number[]): Float32Array {
  const parts = sizes.slice(1).flatMap((units, i) => {
    const inputs = sizes[i];
    return [...seeded(inputs * units, i + 1, Math.sqrt(6 / (inputs + units))), ...new Float32Array(units)];
  });
  return Float32Array.from(parts);
}

async function rowsOf(net: Net): Promise<Pick<TaskData, "x" | "y" | "rows">> {
  if (net === MNIST) {
    const { train } = await mnist();
    return { x: train.x, y: train.y, rows: train.length };
  }
  if (net === XOR) return { x: Float32Array.of(0, 0, 0, 1, 1, 0, 1, 1), y: Float32Array.of(0, 1, 1, 0), rows: 4 };
  // The class is the largest of the first features, so that there is something to learn.
  const [rows, inputs, classes] = [2048, net.sizes[0], net.sizes[net.sizes.length - 1]];
  const x = seeded(rows * inputs, 1);
  const y = Float32Array.from({ length: rows }, (_, i) => {
    const first = x.subarray(i * inputs, i * inputs + classes);
    return first.indexOf(Math.max(...first));
  });
  return { x, y, rows };
}

/** Data of all nets, made on first use; `close` removes the files. */
export class DataFiles {
  readonly #directory = mkdtempSync(join(tmpdir(), "simdgrad-versus-"));
  readonly #made = new Map<Net, TaskData>();

  async of(net: Net): Promise<TaskData> {
    const made = this.#made.get(net);
    if (made) return made;
    const { x, y, rows } = await rowsOf(net);
    const weights = firstWeights(net.sizes);
    const write = (name: string, values: Float32Array) => {
      const file = join(this.#directory, `${net.name}-${name}.f32`);
      writeFileSync(file, new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
      return file;
    };
    const files = { x: write("x", x), y: write("y", y), weights: write("weights", weights) };
    const data = { x, y, weights, rows, files };
    this.#made.set(net, data);
    return data;
  }

  close(): void {
    rmSync(this.#directory, { recursive: true, force: true });
  }
}
