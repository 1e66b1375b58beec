// Generated data against formulas written out here, scikit-learn's points, and a checksum for every engine.
import { describe, expect, it } from "vitest";
import {
  blobs,
  circles,
  gaussianQuantiles,
  moons,
  playground,
  playgroundNames,
  regression,
  spiral,
  xor,
} from "../../src/datasets/index.js";
import type { Dataset } from "../../src/index.js";
import { readFixture } from "../golden/fixture.js";
import { fnv1a } from "../model/models.js";

interface Points {
  x: number[][];
  y: number[];
}

const golden = readFixture<{ generators: { moons: Points; circles: Points; blobSizes: number[] } }>("data").generators;

/** Rows as [x…] with their target. */
function rowsOf({ x, y, inputShape: [width] }: Dataset): { x: number[]; y: number }[] {
  return Array.from(y, (target, row) => ({ x: [...x.subarray(row * width, (row + 1) * width)], y: target }));
}

function bytesOf(data: Dataset): Uint8Array {
  return new Uint8Array([data.x, data.y].flatMap((part) => [...new Uint8Array(part.slice().buffer)]));
}

function countsOf(data: Dataset): number[] {
  const counts: number[] = [];
  for (const label of data.y) counts[label] = (counts[label] ?? 0) + 1;
  return counts;
}

function deviationOf(values: number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}

const distanceOf = ([a, b]: number[]) => Math.hypot(a, b);

const makers: Record<string, (seed: number) => Dataset> = {
  spiral: (seed) => spiral({ samplesPerClass: 40, seed }),
  moons: (seed) => moons({ samples: 50, noise: 0.1, seed }),
  circles: (seed) => circles({ samples: 50, noise: 0.1, seed }),
  blobs: (seed) => blobs({ samples: 50, seed }),
  xor: (seed) => xor({ samples: 50, noise: 0.1, seed }),
  gaussianQuantiles: (seed) => gaussianQuantiles({ seed }),
  regression: (seed) => regression({ noise: 1, seed }),
  ...Object.fromEntries(
    playgroundNames.map((name) => [
      `playground ${name}`,
      (seed: number) => playground(name, { samples: 60, noise: 0.2, seed }),
    ]),
  ),
};

describe.each(Object.entries(makers))("%s", (_, make) => {
  it("gives the same rows for the same seed, and others for another", () => {
    expect(bytesOf(make(5))).toEqual(bytesOf(make(5)));
    expect(bytesOf(make(5))).not.toEqual(bytesOf(make(6)));
  });
});

it("gives the same bits in every engine", () => {
  const hashes = Object.values(makers).map((make) => fnv1a(bytesOf(make(1))));
  expect(hashes).toEqual([
    "371920de",
    "756afcf7",
    "b14befca",
    "98dbc4fb",
    "300989eb",
    "1856feaa",
    "4ccdf01d",
    "c58de435",
    "4e15339d",
    "335dd922",
    "1f1e452a",
    "1d025ed8",
    "5afdede8",
  ]);
});

describe("spiral", () => {
  it("without noise: radius 0 to 1, angle 4c to 4(c + 1), x = r sin, y = r cos", () => {
    const rows = rowsOf(spiral({ samplesPerClass: 5, classes: 2, noise: 0 }));
    const expected = [0, 1].flatMap((label) =>
      [0, 0.25, 0.5, 0.75, 1].flatMap((r) => [r * Math.sin(4 * (label + r)), r * Math.cos(4 * (label + r))]),
    );
    expect(rows.flatMap(({ x }) => x)).toBeAllClose(expected, { rtol: 1e-6, atol: 1e-7 });
    expect(rows.map(({ y }) => y)).toEqual([0, 0, 0, 0, 0, 1, 1, 1, 1, 1]);
  });

  it("turns as often as twist says, and one point is the origin", () => {
    const [, point] = rowsOf(spiral({ samplesPerClass: 2, classes: 1, noise: 0, twist: 2.5 }));
    expect(point.x).toBeAllClose([Math.sin(10), Math.cos(10)], { rtol: 1e-6, atol: 1e-7 });
    expect([...spiral({ samplesPerClass: 1, classes: 1 }).x]).toEqual([0, 0]);
  });

  it("has noise in the angle alone, of the given deviation", () => {
    const n = 2000;
    const rows = rowsOf(spiral({ samplesPerClass: n, classes: 1, noise: 0.3, seed: 2 })).slice(1);
    const errors = rows.map(({ x: [x, y] }, i) => {
      const planned = (4 * (i + 1)) / (n - 1);
      const off = Math.atan2(x, y) - planned;
      return off - 2 * Math.PI * Math.round(off / (2 * Math.PI));
    });
    rows.forEach(({ x }, i) => {
      expect(distanceOf(x)).toBeCloseTo((i + 1) / (n - 1), 5);
    });
    expect(deviationOf(errors)).toBeGreaterThan(0.28);
    expect(deviationOf(errors)).toBeLessThan(0.32);
  });
});

describe("moons and circles", () => {
  it.each([
    ["moons", moons({ samples: 11, shuffle: false }), golden.moons],
    ["circles", circles({ samples: 11, factor: 0.3, shuffle: false }), golden.circles],
  ])("%s: scikit-learn's points", (_, data, { x, y }) => {
    expect(data.x).toBeAllClose(x.flat(), { rtol: 1e-6, atol: 1e-7 });
    expect([...data.y]).toEqual(y);
  });

  it.each([
    ["moons", moons],
    ["circles", circles],
  ])("%s: shuffled are the same points in another order; noise has its deviation", (_, make) => {
    const key = ({ x, y }: { x: number[]; y: number }) => [...x, y].join();
    const plain = rowsOf(make({ samples: 2000, shuffle: false })).map(key);
    const shuffled = rowsOf(make({ samples: 2000, seed: 3 })).map(key);
    expect(shuffled).not.toEqual(plain);
    expect(shuffled.sort()).toEqual(plain.sort());
    const noisy = make({ samples: 2000, shuffle: false, noise: 0.2 });
    const clean = make({ samples: 2000, shuffle: false });
    const deviation = deviationOf(Array.from(noisy.x, (value, i) => value - clean.x[i]));
    expect(deviation).toBeGreaterThan(0.19);
    expect(deviation).toBeLessThan(0.21);
  });
});

describe("blobs", () => {
  it("shares rows out as scikit-learn does", () => {
    expect(countsOf(blobs({ samples: 11, centers: 4 }))).toEqual(golden.blobSizes);
  });

  it("lie around the given centres", () => {
    const centers = [
      [10, 0, -5],
      [-20, 3, 8],
    ];
    const rows = rowsOf(blobs({ samples: 4000, centers, clusterStd: 2, seed: 4 }));
    centers.forEach((center, label) => {
      const own = rows.filter(({ y }) => y === label);
      center.forEach((expected, column) => {
        const values = own.map(({ x }) => x[column]);
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length - expected)).toBeLessThan(0.2);
        expect(Math.abs(deviationOf(values) - 2)).toBeLessThan(0.15);
      });
    });
  });

  it("draw centres in the box", () => {
    const { x } = blobs({ samples: 300, centers: 300, clusterStd: 0, centerBox: [3, 4], features: 5 });
    expect(x).toHaveLength(1500);
    expect(Math.min(...x)).toBeGreaterThanOrEqual(3);
    expect(Math.max(...x)).toBeLessThan(4);
    expect(Math.max(...x) - Math.min(...x)).toBeGreaterThan(0.9);
  });
});

describe("xor", () => {
  it("is the truth table without options", () => {
    expect([...xor().x]).toEqual([0, 0, 0, 1, 1, 0, 1, 1]);
    expect([...xor().y]).toEqual([0, 1, 1, 0]);
  });

  it("scatters around the corners", () => {
    for (const { x, y } of rowsOf(xor({ samples: 400, noise: 0.08, seed: 1 }))) {
      expect(y).toBe(Math.round(x[0]) ^ Math.round(x[1]));
    }
  });
});

describe("gaussianQuantiles", () => {
  it("cuts the cloud into rings of equal size", () => {
    const rows = rowsOf(gaussianQuantiles({ samples: 1001, classes: 4, features: 3, variance: 4, seed: 2 }));
    const ranked = rows.sort((a, b) => Math.hypot(...a.x) - Math.hypot(...b.x));
    expect(ranked.map(({ y }) => y)).toEqual(rows.map((_, i) => Math.min(3, Math.floor(i / 250))));
    const deviation = deviationOf(rows.flatMap(({ x }) => x));
    expect(Math.abs(deviation - 2)).toBeLessThan(0.1);
  });
});

describe("regression", () => {
  it("is the plane of its coefficients", () => {
    const { x, y, coefficients } = regression({ samples: 50, features: 4, informative: 2, bias: 7, seed: 3 });
    expect(coefficients[0] * coefficients[1]).toBeGreaterThan(0);
    expect([...coefficients.slice(2)]).toEqual([0, 0]);
    const expected = Array.from(y, (_, row) => 7 + x[4 * row] * coefficients[0] + x[4 * row + 1] * coefficients[1]);
    expect(y).toBeAllClose(expected, { rtol: 1e-5, atol: 1e-4 });
  });

  it("has noise of the given deviation", () => {
    const [clean, noisy] = [0, 3].map((noise) => regression({ samples: 3000, features: 1, informative: 0, noise }));
    expect(Math.max(...clean.y)).toBe(0);
    expect(Math.abs(deviationOf([...noisy.y]) - 3)).toBeLessThan(0.15);
  });
});

describe("playground", () => {
  const bumps = [
    [-4, 2.5, 1],
    [0, 2.5, -1],
    [4, 2.5, 1],
    [-4, -2.5, -1],
    [0, -2.5, 1],
    [4, -2.5, -1],
  ];
  const heights = (x: number[]) =>
    bumps.map(([a, b, sign]) => sign * Math.max(0, 1 - distanceOf([x[0] - a, x[1] - b]) / 2));
  const rules: [name: (typeof playgroundNames)[number], target: (x: number[]) => number][] = [
    ["circle", (x) => Number(distanceOf(x) < 2.5)],
    ["xor", ([a, b]) => Number(a * b >= 0)],
    ["plane", ([a, b]) => (a + b) / 10],
    ["multiGauss", (x) => heights(x).reduce((best, h) => (Math.abs(h) > Math.abs(best) ? h : best), 0)],
  ];
  it.each(rules)("%s without noise follows its rule, with noise not everywhere", (name, target) => {
    const clean = rowsOf(playground(name, { samples: 400 }));
    expect(clean.map(({ y }) => y)).toBeAllClose(
      clean.map(({ x }) => target(x)),
      { rtol: 1e-5, atol: 1e-6 },
    );
    const noisy = rowsOf(playground(name, { samples: 400, noise: 0.5 }));
    const strays = noisy.filter(({ x, y }) => Math.abs(target(x) - y) > 1e-4);
    expect(strays.length).toBeGreaterThan(20);
    expect(Math.max(...clean.flatMap(({ x }) => x.map(Math.abs)))).toBeLessThan(name === "xor" ? 5.3 : 6);
  });

  it("circle leaves a gap between disc and ring; xor leaves the axes free", () => {
    const radii = rowsOf(playground("circle")).map(({ x }) => distanceOf(x));
    expect(radii.filter((radius) => radius > 2.5 && radius < 3.5)).toEqual([]);
    expect(radii.filter((radius) => radius >= 3.5)).toHaveLength(250);
    const coordinates = rowsOf(playground("xor")).flatMap(({ x }) => x.map(Math.abs));
    expect(Math.min(...coordinates)).toBeGreaterThanOrEqual(0.3);
  });

  it("gauss: clouds around (2, 2) and (-2, -2), wider with noise", () => {
    for (const [noise, variance] of [
      [0, 0.5],
      [0.5, 4],
    ]) {
      const rows = rowsOf(playground("gauss", { samples: 4000, noise }));
      for (const [label, center] of [
        [1, 2],
        [0, -2],
      ]) {
        const values = rows.filter(({ y }) => y === label).flatMap(({ x }) => x.map((value) => value - center));
        expect(Math.abs(deviationOf(values) / Math.sqrt(variance) - 1)).toBeLessThan(0.05);
        expect(Math.abs(values.reduce((sum, value) => sum + value, 0) / values.length)).toBeLessThan(0.1);
      }
    }
  });

  it("spiral: two arms of 1.75 turns", () => {
    const rows = rowsOf(playground("spiral", { samples: 20 }));
    const expected = [0, Math.PI].flatMap((turn) =>
      Array.from({ length: 10 }, (_, i) => {
        const angle = 0.35 * Math.PI * i + turn;
        return [(i / 2) * Math.sin(angle), (i / 2) * Math.cos(angle)];
      }),
    );
    expect(rows.flatMap(({ x }) => x)).toBeAllClose(expected.flat(), { rtol: 1e-5, atol: 1e-6 });
    expect(rows.map(({ y }) => y)).toEqual([...Array(10).fill(1), ...Array(10).fill(0)]);
  });

  it("rounds an odd number up where there are two halves", () => {
    expect(playgroundNames.map((name) => playground(name, { samples: 7 }).length)).toEqual([8, 7, 8, 8, 7, 7]);
  });
});
