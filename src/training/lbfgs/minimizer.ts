/**
 * L-BFGS (Nocedal and Wright, algorithm 7.5): steps along a direction made of the last few changes of point and
 * gradient. Knows functions of vectors, not models. Sums run in float64 in the order of the elements.
 */
import { type LinePoint, strongWolfe } from "./lineSearch.js";

export type Vector = Float32Array | Float64Array;

/** The changes of the point and the gradient in one iteration. */
export interface Pair {
  readonly s: Vector;
  readonly y: Vector;
}

/** A function to minimize. */
export interface Objective<V extends Vector> {
  /** Returns the value at `x`, or infinity if it is not finite. Writes the gradient. */
  evaluate(x: V, gradient: V): number;
}

export interface MinimizerOptions {
  /** Pairs that are remembered. */
  readonly historySize: number;
  readonly lineSearch: "strongWolfe" | "none";
  /** Largest absolute element of the gradient at a minimum. */
  readonly tolerance: number;
}

/** A point, its value and its gradient. */
export interface Point<V extends Vector> {
  readonly x: V;
  readonly gradient: V;
  value: number;
}

/** Pairs with less curvature than this share of |y|² are dropped: they would spoil the direction. */
const LEAST_CURVATURE = 1e-10;

/** Moves a place towards a minimum, iteration by iteration. */
export class Minimizer<V extends Vector> {
  readonly #problem: Objective<V>;
  readonly #options: MinimizerOptions;
  readonly #history: Pair[];
  readonly #direction: Float64Array;
  readonly #origin: V;
  readonly #originGradient: V;

  /** @param history Earlier pairs, the oldest first; it is kept up to date. */
  constructor(problem: Objective<V>, place: Point<V>, options: MinimizerOptions, history: Pair[] = []) {
    this.#problem = problem;
    this.#options = options;
    this.#history = history;
    this.#direction = new Float64Array(place.x.length);
    this.#origin = place.x.slice() as V;
    this.#originGradient = place.gradient.slice() as V;
  }

  /**
   * One iteration from `place`, which holds the value and gradient of its x before and after. Returns true if there is
   * no lower point: then the place has not changed.
   * @param rate Length of the first step to try, as a share of the direction.
   */
  iterate(place: Point<V>, rate: number): boolean {
    if (largest(place.gradient) <= this.#options.tolerance) return true;
    for (;;) {
      const isFirst = this.#history.length === 0;
      const slope = this.#turn(place.gradient);
      if (slope < 0 && this.#search(place, slope, isFirst ? rate * firstStep(place.gradient) : rate)) return false;
      if (isFirst) return true;
      this.#history.length = 0; // its directions lead nowhere: start again with the steepest
    }
  }

  /** Sets the direction −H·gradient by the two-loop recursion; returns its slope. */
  #turn(gradient: V): number {
    const direction = this.#direction;
    for (let i = 0; i < direction.length; i++) direction[i] = -gradient[i];
    const last = this.#history[this.#history.length - 1];
    const shares = new Float64Array(this.#history.length);
    for (let k = this.#history.length - 1; k >= 0; k--) {
      const { s, y } = this.#history[k];
      shares[k] = dot(s, direction) / dot(s, y);
      add(direction, -shares[k], y);
    }
    const scale = last ? dot(last.s, last.y) / dot(last.y, last.y) : 1;
    for (let i = 0; i < direction.length; i++) direction[i] *= scale;
    this.#history.forEach(({ s, y }, k) => {
      add(direction, shares[k] - dot(y, direction) / dot(s, y), s);
    });
    return dot(gradient, direction);
  }

  /** Moves along the direction to a lower place, and remembers the pair. Returns false if there is none. */
  #search(place: Point<V>, slope: number, first: number): boolean {
    const [origin, originGradient, start] = [this.#origin, this.#originGradient, place.value];
    origin.set(place.x);
    originGradient.set(place.gradient);
    const evaluate = (t: number): LinePoint => {
      for (let i = 0; i < origin.length; i++) place.x[i] = origin[i] + t * this.#direction[i];
      place.value = this.#problem.evaluate(place.x, place.gradient);
      return { t, value: place.value, slope: dot(place.gradient, this.#direction) };
    };
    let at = Number.NaN;
    const noted = (t: number) => {
      at = t;
      return evaluate(t);
    };
    const found =
      this.#options.lineSearch === "none"
        ? finite(noted(first))
        : strongWolfe(noted, { t: 0, value: start, slope }, first);
    if (found === null) {
      place.x.set(origin);
      place.gradient.set(originGradient);
      place.value = start;
      return false;
    }
    if (found.t !== at) evaluate(found.t);
    this.#remember(place);
    return true;
  }

  #remember({ x, gradient }: Point<V>): void {
    const s = x.map((value, i) => value - this.#origin[i]);
    const y = gradient.map((value, i) => value - this.#originGradient[i]);
    if (!(dot(s, y) > LEAST_CURVATURE * dot(y, y))) return;
    this.#history.push({ s, y });
    if (this.#history.length > this.#options.historySize) this.#history.shift();
  }
}

function finite(point: LinePoint): LinePoint | null {
  return Number.isFinite(point.value) ? point : null;
}

/** Length of the first step without a history: 1 / |gradient|₁, but at most 1. */
function firstStep(gradient: Vector): number {
  let sum = 0;
  for (const value of gradient) sum += Math.abs(value);
  return Math.min(1, 1 / sum);
}

function largest(values: Vector): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

function dot(a: Vector, b: Vector): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

/** a += factor · b */
function add(a: Float64Array, factor: number, b: Vector): void {
  for (let i = 0; i < a.length; i++) a[i] += factor * b[i];
}
