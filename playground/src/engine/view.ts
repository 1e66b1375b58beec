/** Views of a model for the page: its plane, its units, its weights, its mistakes. Changes nothing. */
import {
  BackendError,
  confusionMatrix,
  type Dataset,
  type LayerSpec,
  Sequential,
  type Trace,
  type Weight,
} from "simdgrad";
import type { Setup } from "../setup.js";
import { activationsOf } from "./activations.js";
import { type Canvas, places } from "./canvas.js";
import { classOf, lossOf } from "./classes.js";
import { outputsOf, runtimeOf } from "./network.js";
import { type Problem, scoredPart } from "./problem.js";
import type { Frame, LayerHealth, Results, ThreadsView, UnitPlace, ViewOptions, WorstRow } from "./protocol.js";
import { natural } from "./targetScale.js";

type Seen = Pick<Frame, "boundary" | "unit" | "maps" | "weights" | "health" | "threads" | "results">;

/** Number of rows for the health of units, and for results. */
const HEALTH_ROWS = 64;
const RESULT_ROWS = 5000;
const WORST = 12;
/** Most units of a layer whose maps are drawn. */
const MOST_MAPS = 12;
/** Share of its range from an end at which a unit counts as saturated. */
const END = 0.01;

/** Subject of a view. */
export interface Parts {
  readonly setup: Setup;
  readonly problem: Problem;
  readonly canvas: Canvas;
  readonly model: Sequential;
}

/** A trace, or `null` if the kernels of a rare loss are not loaded yet: the first scores load them. */
function traceOf(model: Sequential, rows: Dataset): Trace | null {
  try {
    return model.trace(rows);
  } catch (error) {
    if (error instanceof BackendError) return null;
    throw error;
  }
}

export class View {
  readonly #parts: Parts;
  /** The model up to each hidden layer, with copies of its weights. */
  readonly #stems: readonly Sequential[];
  readonly #inputs = new Map<number, Float32Array>();

  private constructor(parts: Parts, stems: readonly Sequential[]) {
    this.#parts = parts;
    this.#stems = stems;
  }

  static async open(parts: Parts): Promise<View> {
    const { setup, problem, model } = parts;
    // The model may have been brought, with other activations than the page's.
    const layers = model.layers.map(({ spec }) => spec);
    const ends = model.layers.flatMap(({ name }, i) => (name.startsWith("hidden") ? [endOf(layers, i)] : []));
    const { inputShape } = problem.train;
    const stems = ends.map((end) =>
      Sequential.create({ inputShape, layers: layers.slice(0, end), ...runtimeOf(setup), threads: 1 }),
    );
    return new View(parts, await Promise.all(stems));
  }

  /** The same model, seen on another canvas. */
  on(canvas: Canvas): View {
    return new View({ ...this.#parts, canvas }, this.#stems);
  }

  look({ boundary, unit, maps, weights, results }: ViewOptions): Seen {
    const { model } = this.#parts;
    const all = model.getWeights();
    return {
      boundary: boundary > 0 && !unit ? this.#predict(this.#inputsOf(boundary)) : null,
      unit: unit ? this.#unit(unit, boundary, all) : null,
      maps: maps > 0 ? this.#maps(maps, all) : null,
      weights: weights ? all : null,
      health: weights ? this.#health() : null,
      threads: weights ? threadsOf(model) : null,
      results: results ? this.#results() : null,
    };
  }

  /** Outputs [rows, units] of a hidden layer for these inputs. */
  hidden(layer: number, inputs: Float32Array): Float32Array {
    return this.#outputs(layer, inputs, this.#parts.model.getWeights());
  }

  dispose(): void {
    for (const stem of this.#stems) stem.dispose();
  }

  #inputsOf(side: number): Float32Array {
    let inputs = this.#inputs.get(side);
    if (!inputs) {
      const { canvas } = this.#parts;
      inputs = canvas.rowsOf(places(side, canvas.reach));
      this.#inputs.set(side, inputs);
    }
    return inputs;
  }

  /** Predictions, in the units of the target. */
  #predict(inputs: Float32Array): Float32Array {
    const { model, problem } = this.#parts;
    return natural(model.predict(inputs), problem.targetScale);
  }

  /** Outputs [rows, units] of a hidden layer, or predictions. */
  #outputs(layer: number, inputs: Float32Array, all: readonly Weight[]): Float32Array {
    const stem = this.#stems[layer];
    if (!stem) return this.#predict(inputs);
    const names = new Set(stem.getWeights().map(({ name }) => name));
    stem.setWeights(all.filter(({ name }) => names.has(name)));
    return stem.predict(inputs);
  }

  #unit({ layer, unit }: UnitPlace, side: number, all: readonly Weight[]): Float32Array | null {
    const inputs = this.#inputsOf(side);
    return byUnit(this.#outputs(layer, inputs, all), side * side)[unit] ?? null;
  }

  #maps(side: number, all: readonly Weight[]): Float32Array[][] {
    const inputs = this.#inputsOf(side);
    const layers = [...this.#stems.keys(), this.#stems.length];
    return layers.map((layer) => byUnit(this.#outputs(layer, inputs, all), side * side, MOST_MAPS));
  }

  /** The health of each layer, from a trace of a few rows; `null` before the first scores. */
  #health(): LayerHealth[] | null {
    const { model, problem } = this.#parts;
    const rows = problem.train.slice(0, Math.min(problem.train.length, HEALTH_ROWS));
    const trace = traceOf(model, rows);
    if (!trace) return null;
    return activationsOf(model.layers).map(({ name, activation, at }) => {
      const h = trace[`${at}/h`];
      const kernel = trace[`${name}/dKernel`].data;
      const gradient = kernel.reduce((sum, value) => sum + Math.abs(value), 0) / kernel.length;
      if (name === "output" || !h) return { name, activation, dead: null, saturated: null, gradient };
      return {
        name,
        activation,
        dead: activation === "relu" ? shareOfDead(h.data, h.shape[1]) : null,
        saturated: activation in ranges ? shareNearEnds(h.data, ranges[activation as "tanh"]) : null,
        gradient,
      };
    });
  }

  #results(): Results {
    const { problem } = this.#parts;
    const part = scoredPart(problem);
    const rows = problem[part].slice(0, Math.min(problem[part].length, RESULT_ROWS));
    const predictions = this.#predict(rows.x);
    const targets = natural(rows.y, problem.targetScale);
    const columns = outputsOf(problem);
    const rowsOf = (row: number) => predictions.slice(row * columns, (row + 1) * columns);
    const losses = Array.from(targets, (target, row) => lossOf(rowsOf(row), target, problem.classes !== null));
    const order = Array.from(losses.keys()).sort((a, b) => losses[b] - losses[a]);
    return {
      part,
      confusion: problem.classes ? confusionOf(rows, predictions, problem.classes.length) : [],
      worst: order.slice(0, WORST).map((row): WorstRow => {
        const [width] = rows.inputShape;
        const x = rows.x.slice(row * width, (row + 1) * width);
        return { row, x, target: targets[row], predictions: rowsOf(row), loss: losses[row] };
      }),
    };
  }
}

/** The lower and the upper end of activations that have them. */
const ranges = { tanh: [-1, 1], sigmoid: [0, 1] } as const;

/** The place after a layer, and after its activation if that is a layer of its own. */
function endOf(layers: readonly LayerSpec[], place: number): number {
  return layers[place + 1]?.type === "activation" ? place + 2 : place + 1;
}

function threadsOf(model: Sequential): ThreadsView {
  const { threads, threadsReason } = model.info();
  return { threads, threadsReason };
}

/** Splits [rows, units] into one array for each of the first units. */
function byUnit(values: Float32Array, rows: number, most = Infinity): Float32Array[] {
  const units = values.length / rows;
  return Array.from({ length: Math.min(units, most) }, (_, unit) =>
    Float32Array.from({ length: rows }, (_, row) => values[row * units + unit]),
  );
}

function shareOfDead(values: Float32Array, units: number): number {
  const isAlive = new Uint8Array(units);
  for (let i = 0; i < values.length; i++) if (values[i] > 0) isAlive[i % units] = 1;
  return isAlive.reduce((sum, alive) => sum + 1 - alive, 0) / units;
}

function shareNearEnds(values: Float32Array, [low, high]: readonly [number, number]): number {
  const margin = END * (high - low);
  return values.reduce((sum, value) => sum + Number(value < low + margin || value > high - margin), 0) / values.length;
}

function confusionOf({ y }: Dataset, predictions: Float32Array, classes: number): number[] {
  const columns = predictions.length / y.length;
  const decided = Array.from(y, (_, row) => classOf(predictions.subarray(row * columns, (row + 1) * columns)));
  return Array.from(confusionMatrix(y, decided, { classes }).counts);
}
