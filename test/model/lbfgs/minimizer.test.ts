// The algorithms alone, in float64: known minima of known functions.
import { describe, expect, it } from "vitest";
import { type LinePoint, strongWolfe } from "../../../src/training/lbfgs/lineSearch.js";
import {
  Minimizer,
  type MinimizerOptions,
  type Objective,
  type Pair,
  type Point,
} from "../../../src/training/lbfgs/minimizer.js";

const OPTIONS = { historySize: 10, lineSearch: "strongWolfe", tolerance: 1e-10 } as const;

type Gradient = (x: Float64Array, gradient: Float64Array) => number;

interface Settings extends Partial<MinimizerOptions> {
  readonly limit?: number;
  readonly history?: Pair[];
}

function minimize(f: Gradient, start: readonly number[], { limit = 200, history = [], ...options }: Settings = {}) {
  const calls = { count: 0 };
  const problem: Objective<Float64Array> = {
    evaluate(x, gradient) {
      calls.count++;
      return f(x, gradient);
    },
  };
  const x = Float64Array.from(start);
  const place: Point<Float64Array> = { x, gradient: new Float64Array(x.length), value: 0 };
  place.value = problem.evaluate(place.x, place.gradient);
  const minimizer = new Minimizer(problem, place, { ...OPTIONS, ...options }, history);
  const values = [place.value];
  let iterations = 0;
  while (iterations < limit && !minimizer.iterate(place, 1)) {
    iterations++;
    values.push(place.value);
  }
  return { place, iterations, values, calls: calls.count, history };
}

/** Rosenbrock's valley: the minimum 0 lies at (1, 1, …). */
const rosenbrock: Gradient = (x, gradient) => {
  gradient.fill(0);
  let value = 0;
  for (let i = 0; i + 1 < x.length; i++) {
    const [a, b] = [x[i + 1] - x[i] * x[i], 1 - x[i]];
    value += 100 * a * a + b * b;
    gradient[i] += -400 * a * x[i] - 2 * b;
    gradient[i + 1] += 200 * a;
  }
  return value;
};

/** ½ Σ cᵢ (xᵢ − i)². */
const bowl: Gradient = (x, gradient) => {
  let value = 0;
  for (let i = 0; i < x.length; i++) {
    const c = 10 ** (i - 2);
    gradient[i] = c * (x[i] - i);
    value += 0.5 * gradient[i] * (x[i] - i);
  }
  return value;
};

describe("Minimizer", () => {
  it("goes through Rosenbrock's valley to its end", () => {
    for (const start of [
      [-1.2, 1],
      [-1.2, 1, -1.2, 1, -1.2, 1],
      [10, -10, 5],
    ]) {
      const { place, iterations, calls, values } = minimize(rosenbrock, start);
      expect([...place.x]).toBeAllClose(
        start.map(() => 1),
        { rtol: 1e-8, atol: 0 },
      );
      expect(iterations).toBeLessThan(90);
      expect(calls).toBeLessThan(150);
      for (let i = 1; i < values.length; i++) expect(values[i]).toBeLessThan(values[i - 1]);
    }
  });

  it("solves an ill-conditioned bowl in few iterations", () => {
    const { place, iterations } = minimize(bowl, [5, 5, 5, 5, 5]);
    expect([...place.x]).toBeAllClose([0, 1, 2, 3, 4], { rtol: 1e-7, atol: 1e-7 });
    expect(iterations).toBeLessThan(50);
  });

  it("remembers no more than it is told to, and resumes from its memory as if it had not stopped", () => {
    const whole = minimize(rosenbrock, [-1.2, 1], { limit: 12, historySize: 3 });
    expect(whole.history).toHaveLength(3);
    const half = minimize(rosenbrock, [-1.2, 1], { limit: 7, historySize: 3 });
    const rest = minimize(rosenbrock, [...half.place.x], { limit: 5, historySize: 3, history: half.history });
    expect(rest.place.x).toEqual(whole.place.x);
  });

  it("stays where the gradient is within the tolerance", () => {
    const { iterations, calls } = minimize(rosenbrock, [1, 1]);
    expect([iterations, calls]).toEqual([0, 1]);
  });

  it("ends where nothing is lower, though the gradient says otherwise", () => {
    const liar: Gradient = (_, gradient) => {
      gradient.fill(1);
      return 5;
    };
    const { place, iterations } = minimize(liar, [2, 3]);
    expect(iterations).toBe(0);
    expect([...place.x]).toEqual([2, 3]);
    expect(place.value).toBe(5);
  });

  it("shrinks back from where the function is not finite", () => {
    const wall: Gradient = (x, gradient) => {
      gradient[0] = 1 - 1 / x[0];
      return x[0] > 0 ? x[0] - Math.log(x[0]) : Infinity;
    };
    const { place } = minimize(wall, [50]);
    expect(place.x[0]).toBeCloseTo(1, 7);
  });

  it("without a line search takes the first step as it is", () => {
    const { place, calls, iterations } = minimize(bowl, [1], { lineSearch: "none", limit: 3 });
    expect(calls).toBe(iterations + 1);
    expect(place.value).toBeLessThan(0.005);
  });
});

describe("strongWolfe", () => {
  const along =
    (f: (t: number) => [value: number, slope: number]) =>
    (t: number): LinePoint => {
      const [value, slope] = f(t);
      return { t, value, slope };
    };
  const functions: [name: string, (t: number) => [number, number]][] = [
    ["a parabola", (t) => [(t - 3) ** 2, 2 * (t - 3)]],
    ["a narrow one", (t) => [1e6 * (t - 1e-3) ** 2, 2e6 * (t - 1e-3)]],
    ["a wide one", (t) => [1e-4 * (t - 700) ** 2, 2e-4 * (t - 700)]],
    ["a wave", (t) => [Math.cos(t) + t / 10, -Math.sin(t) + 0.1]],
    ["a quartic", (t) => [(t * t - 4) ** 2 - t, 4 * t * (t * t - 4) - 1]],
    ["a kink", (t) => [Math.abs(t - 2) + 0.1 * (t - 2) ** 2, Math.sign(t - 2) + 0.2 * (t - 2)]],
  ];

  it.each(functions)("finds a point on %s that fulfils both conditions, or as near as a kink allows", (name, f) => {
    // A point at which the slope is negative.
    const begin = name === "a wave" ? 1 : 0;
    const line = along((t) => f(begin + t));
    const start = line(0);
    expect(start.slope).toBeLessThan(0);
    for (const first of [1e-3, 1, 50]) {
      const found = strongWolfe(line, start, first) ?? expect.fail("nothing found");
      expect(found.value).toBeLessThanOrEqual(start.value + 1e-4 * found.t * start.slope);
      if (name !== "a kink") expect(Math.abs(found.slope)).toBeLessThanOrEqual(-0.9 * start.slope);
    }
  });

  it("gives up after as many evaluations as it may make", () => {
    let calls = 0;
    const rising = (t: number) => {
      calls++;
      return { t, value: 1 + t, slope: 1 };
    };
    expect(strongWolfe(rising, { t: 0, value: 1, slope: -1 }, 1, 6)).toBeNull();
    expect(calls).toBe(6);
  });
});
