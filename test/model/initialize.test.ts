// specs/initializers/: the Keras 3 rules as formulas and as statistics of what is drawn.
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import {
  constant,
  type Initializer,
  identity,
  orthogonal,
  randomNormal,
  randomUniform,
  truncatedNormal,
  varianceScaling,
} from "../../src/index.js";
import { fills, spreadOf as spreadOfRule } from "../../src/specs/initializers/fills.js";
import { addFills, initialize, resolveInitializer } from "../../src/specs/initializers/table.js";

addFills(fills);

const COUNT = 40_000;

function draw(initializer: Initializer, fanIn = 784, fanOut = 128, seed = 1): Float32Array {
  return initialize(resolveInitializer("test", initializer), Random.fromSeed(seed), COUNT, fanIn, fanOut);
}

/** Names for a rule of variance scaling, and the rule. */
const rules = {
  glorotUniform: { scale: 1, mode: "fanAverage", distribution: "uniform" },
  glorotNormal: { scale: 1, mode: "fanAverage" },
  heUniform: { scale: 2, distribution: "uniform" },
  heNormal: { scale: 2 },
  lecunUniform: { distribution: "uniform" },
  lecunNormal: {},
  torchDefault: { scale: 1 / 3, distribution: "uniform" },
} as const;

type ScalingName = keyof typeof rules;

function spreadOf(name: ScalingName, fanIn: number, fanOut: number): number {
  return spreadOfRule(varianceScaling(rules[name]), { fanIn, fanOut });
}

function statistics(values: Float32Array): { mean: number; variance: number; largest: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  const variance = values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((max, x) => Math.max(max, Math.abs(x)), 0) };
}

// Limits of the uniform ones and target variances, written out for fans 784 and 128.
const uniformCases: [ScalingName, number, number][] = [
  ["glorotUniform", Math.sqrt(6 / (784 + 128)), 2 / (784 + 128)],
  ["heUniform", Math.sqrt(6 / 784), 2 / 784],
  ["lecunUniform", Math.sqrt(3 / 784), 1 / 784],
  ["torchDefault", 1 / Math.sqrt(784), 1 / (3 * 784)],
];
const normalCases: [ScalingName, number][] = [
  ["glorotNormal", 2 / (784 + 128)],
  ["heNormal", 2 / 784],
  ["lecunNormal", 1 / 784],
];

describe("variance scaling", () => {
  it.each(uniformCases)("%s is uniform up to its limit", (name, limit, expectedVariance) => {
    expect(spreadOf(name, 784, 128)).toBeCloseTo(limit, 15);
    const values = draw(name);
    const { mean, variance, largest } = statistics(values);
    expect(largest).toBeLessThanOrEqual(Math.fround(limit));
    expect(largest).toBeGreaterThan(0.999 * limit);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expectedVariance / COUNT));
    expect(Math.abs(variance / expectedVariance - 1)).toBeLessThan(0.025);
    const inner = values.filter((x) => Math.abs(x) < limit / 2).length / COUNT;
    expect(Math.abs(inner - 0.5)).toBeLessThan(0.0125); // flat: half of it in the inner half
  });

  it.each(normalCases)("%s is a truncated normal of the exact variance", (name, expectedVariance) => {
    const deviation = Math.sqrt(expectedVariance) / 0.87962566103423978;
    expect(spreadOf(name, 784, 128)).toBeCloseTo(deviation, 15);
    const values = draw(name);
    const { mean, variance, largest } = statistics(values);
    expect(largest).toBeLessThanOrEqual(Math.fround(2 * deviation));
    expect(largest).toBeGreaterThan(1.98 * deviation);
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(expectedVariance / COUNT));
    expect(Math.abs(variance / expectedVariance - 1)).toBeLessThan(0.03);
    const inner = values.filter((x) => Math.abs(x) < deviation).length / COUNT;
    expect(Math.abs(inner - 0.682689 / 0.9545)).toBeLessThan(0.0115); // bell-shaped, not flat
  });

  it("looks at the right fans", () => {
    expect(spreadOf("heNormal", 100, 7)).toBe(spreadOf("heNormal", 100, 900));
    expect(spreadOf("heNormal", 100, 7)).not.toBe(spreadOf("heNormal", 101, 7));
    expect(spreadOf("glorotUniform", 100, 7)).toBe(spreadOf("glorotUniform", 7, 100));
    expect(spreadOf("glorotUniform", 3, 3)).toBe(1);
  });

  it("floors the fan at 1, as Keras does", () => {
    expect(spreadOf("lecunUniform", 0, 0)).toBe(Math.sqrt(3));
    expect(spreadOf("torchDefault", 0, 5)).toBe(1);
    expect(spreadOf("glorotUniform", 0, 1)).toBe(Math.sqrt(3));
  });
});

describe("fixed distributions", () => {
  it("fills zeros, ones and constants", () => {
    expect(draw("zeros").every((x) => x === 0)).toBe(true);
    expect(draw("ones").every((x) => x === 1)).toBe(true);
    expect(draw(constant({ value: 0.1 })).every((x) => x === Math.fround(0.1))).toBe(true);
  });

  it("draws randomUniform between its bounds", () => {
    const byDefault = statistics(draw("randomUniform"));
    expect(byDefault.largest).toBeLessThanOrEqual(Math.fround(0.05));
    expect(byDefault.variance * 1e4).toBeCloseTo((0.1 ** 2 / 12) * 1e4, 0);
    const values = draw(randomUniform({ minimum: 2, maximum: 3 }));
    expect(values.every((x) => x >= 2 && x <= 3)).toBe(true);
    expect(statistics(values).mean).toBeCloseTo(2.5, 1);
  });

  it("draws randomNormal untruncated", () => {
    const { mean, variance, largest } = statistics(draw("randomNormal"));
    expect(Math.abs(mean)).toBeLessThan((5 * 0.05) / Math.sqrt(COUNT));
    expect(Math.abs(Math.sqrt(variance) / 0.05 - 1)).toBeLessThan(0.02);
    expect(largest).toBeGreaterThan(3.3 * 0.05);
    const shifted = statistics(draw(randomNormal({ mean: 3, standardDeviation: 0.5 })));
    expect(Math.abs(shifted.mean - 3)).toBeLessThan(0.0125);
    expect(Math.abs(Math.sqrt(shifted.variance) - 0.5)).toBeLessThan(0.01);
  });

  it("draws truncatedNormal without rescaling", () => {
    const { variance, largest } = statistics(draw("truncatedNormal"));
    expect(largest).toBeLessThanOrEqual(Math.fround(0.1));
    expect(Math.abs(Math.sqrt(variance) / (0.05 * 0.87962566) - 1)).toBeLessThan(0.02);
    const shifted = draw(truncatedNormal({ mean: 10, standardDeviation: 1 }));
    expect(shifted.every((x) => x >= 8 && x <= 12)).toBe(true);
  });
});

describe("varianceScaling", () => {
  it.each(Object.keys(rules) as ScalingName[])("draws what %s draws", (name) => {
    expect(draw(varianceScaling(rules[name]))).toEqual(draw(name));
  });

  it("draws normals that are not truncated, by the units they feed", () => {
    const options = { scale: 3, mode: "fanOut", distribution: "untruncatedNormal" } as const;
    const { variance, largest } = statistics(draw(varianceScaling(options)));
    expect(Math.abs(variance / (3 / 128) - 1)).toBeLessThan(0.03);
    expect(largest).toBeGreaterThan(3.3 * Math.sqrt(3 / 128));
  });
});

describe("kernels", () => {
  const kernel = (initializer: Initializer, inputs: number, units: number) => {
    const spec = resolveInitializer("test", initializer, "matrix");
    return initialize(spec, Random.fromSeed(3), inputs * units, inputs, units);
  };

  it("identity has its gain on the diagonal", () => {
    expect([...kernel("identity", 2, 3)]).toEqual([1, 0, 0, 0, 1, 0]);
    expect([...kernel(identity({ gain: -2 }), 3, 2)]).toEqual([-2, 0, 0, -2, 0, 0]);
  });

  it.each([
    [7, 7],
    [31, 6],
    [5, 40],
    [1, 3],
  ])("orthogonal %d × %d has orthonormal rows or columns", (inputs, units) => {
    const values = kernel(orthogonal({ gain: 3 }), inputs, units);
    const at = (i: number, j: number) => (inputs >= units ? values[j * units + i] : values[i * units + j]);
    const [count, length] = [Math.min(inputs, units), Math.max(inputs, units)];
    for (let a = 0; a < count; a++) {
      for (let b = 0; b < count; b++) {
        const product = Array.from({ length }, (_, i) => at(a, i) * at(b, i)).reduce((sum, value) => sum + value, 0);
        expect(product).toBeCloseTo(a === b ? 9 : 0, 5);
      }
    }
    expect(values).not.toEqual(initialize(orthogonal({ gain: 3 }), Random.fromSeed(4), values.length, inputs, units));
  });

  it("orthogonal is the orthogonal factor of what is drawn, its signs those of a positive triangle", () => {
    const [inputs, units] = [4, 2];
    const q = kernel("orthogonal", inputs, units);
    const random = Random.fromSeed(3);
    const drawn = Array.from({ length: units }, () => Array.from({ length: inputs }, () => random.normal()));
    const r = (i: number, j: number) => drawn[j].reduce((sum, value, k) => sum + q[k * units + i] * value, 0);
    expect(r(0, 0)).toBeGreaterThan(0);
    expect(r(1, 1)).toBeGreaterThan(0);
    expect(r(1, 0)).toBeCloseTo(0, 6);
  });
});

describe("reproducibility", () => {
  it("repeats for the same stream only", () => {
    expect(draw("heNormal")).toEqual(draw("heNormal"));
    expect(draw("heNormal", 784, 128, 2)).not.toEqual(draw("heNormal"));
  });

  it("draws what it always drew", () => {
    const kernel = initialize({ type: "glorotUniform" }, Random.fromSeed(1, 0), 3, 2, 3);
    expect([...kernel]).toEqual([0.3905940055847168, 0.09504038840532303, 0.8560445308685303]);
    const normal = initialize({ type: "heNormal" }, Random.fromSeed(1, 0), 3, 2, 3);
    expect([...normal]).toEqual([2.2119810581207275, 1.1094049215316772, 0.6902317404747009]);
    expect(initialize({ type: "heNormal" }, Random.fromSeed(1), 0, 2, 3).length).toBe(0);
  });
});
