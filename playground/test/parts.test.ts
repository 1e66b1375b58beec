/** What of the playground needs no browser: setups and links, axes, drawn digits, and which part may import which. */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { centredImage } from "../src/draw/digit.js";
import { PrincipalAxes, project, unproject } from "../src/engine/axes.js";
import { thinned } from "../src/engine/logs.js";
import { short } from "../src/numbers.js";
import { defaults, presets, type Setup } from "../src/setup.js";
import { fromHash, toHash } from "../src/url.js";

describe("links", () => {
  const odd: Partial<Setup> = {
    hidden: [],
    features: ["x1²", "sin x2"],
    axes: [3, 1],
    dropout: 0.25,
    learningRate: 1e-5,
  };

  it.each([...presets.map(({ name, setup }) => [name, setup] as const), ["odd", odd] as const])(
    "%s comes back from its link",
    (_, part) => {
      const setup = { ...defaults, ...part };
      expect(fromHash(`#${toHash(setup)}`)).toEqual({ setup, problems: [] });
    },
  );

  it("the defaults are an empty link", () => {
    expect(toHash(defaults)).toBe("");
  });

  it.each([
    "noise=2",
    "noise=",
    "samples=20.5",
    "hidden=0",
    "hidden=8-",
    "hidden=1-1-1-1-1-1-1",
    "features=",
    "features=0-0",
    "features=9",
    "axes=1-1",
    "axes=1",
    "axes=9-1",
    "optimizer=toString",
    "batchNormalization=yes",
    "toString=1",
    "__proto__=1",
  ])("%s is left out and told", (part) => {
    const { setup, problems } = fromHash(`#${part}`);
    expect(setup).toEqual(defaults);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toContain(part.slice(0, part.indexOf("=")));
  });
});

describe("principal axes", () => {
  // Three columns; after standardizing, the first two move together and the third by itself.
  const rows = Array.from({ length: 50 }, (_, i) => [i, 1000 - 20 * i, (i * 17) % 23]);
  const x = Float32Array.from(rows.flat());

  it("the first is the diagonal of what moves together", () => {
    const { directions } = new PrincipalAxes(x, 3).plane([1, 2]);
    const [first, second] = directions;
    expect(Math.abs(first[0])).toBeCloseTo(Math.SQRT1_2, 1);
    expect(first[0]).toBeCloseTo(-first[1], 5);
    expect(Math.abs(second[2])).toBeGreaterThan(0.9);
  });

  it("a point of the plane comes back to its place", () => {
    const plane = new PrincipalAxes(x, 3).plane([2, 1]);
    const points = Float32Array.of(0.5, -1, 2, 0.25);
    expect(Array.from(project(unproject(points, plane), plane))).toEqual(
      Array.from(points, (value) => expect.closeTo(value, 3)),
    );
  });

  it("beyond the last axis is the last", () => {
    const axes = new PrincipalAxes(x, 3);
    expect(axes.plane([8, 1]).directions[0]).toBe(axes.plane([3, 1]).directions[0]);
  });
});

describe("curves", () => {
  it("stay evenly spread, and end with the last epoch", () => {
    const logs = Array.from({ length: 5001 }, (_, i) => ({ epoch: i + 1, loss: 0, valLoss: 0, score: 0, valScore: 0 }));
    const epochs = thinned(logs, 1000).map(({ epoch }) => epoch);
    expect(epochs.slice(0, 3)).toEqual([8, 16, 24]);
    expect(epochs.at(-1)).toBe(5001);
    expect(epochs.length).toBeLessThanOrEqual(1000);
  });
});

describe("a drawing", () => {
  const side = 64;
  const drawing = (isInk: (x: number, y: number) => boolean) => {
    const data = new Uint8ClampedArray(4 * side * side);
    for (let i = 0; i < side * side; i++) data[4 * i + 3] = isInk(i % side, Math.floor(i / side)) ? 255 : 0;
    return { data, width: side, height: side } as ImageData;
  };

  it("is cropped and centred: a bar in a corner becomes a bar in the middle", () => {
    const image = centredImage(
      drawing((x, y) => x >= 2 && x < 6 && y >= 1 && y < 33),
      [8, 8],
    );
    const columns = Array.from({ length: 8 }, (_, j) =>
      Array.from({ length: 8 }, (_, i) => image?.[i * 8 + j] ?? 0).reduce((a, b) => a + b),
    );
    expect(columns.map((sum) => sum > 1)).toEqual([false, false, false, true, true, false, false, false]);
  });

  it("that is empty is none", () => {
    expect(
      centredImage(
        drawing(() => false),
        [8, 8],
      ),
    ).toBeNull();
  });
});

it.each([
  [0, "0"],
  [0.05, "0.0500"],
  [0.00005, "5.0e-5"],
  [-123456, "-1.2e+5"],
  [Number.NaN, "–"],
])("%s is short: %s", (value, text) => {
  expect(short(value)).toBe(text);
});

describe("imports", () => {
  const root = fileURLToPath(new URL("../src", import.meta.url));
  const files = readdirSync(root, { recursive: true, encoding: "utf8" })
    .filter((path) => /\.tsx?$/.test(path))
    .map((path) => path.split(sep).join("/"));
  const importsOf = (path: string) =>
    [
      ...readFileSync(join(root, path), "utf8").matchAll(/^(?:import|\} from)[^;]*?"([^"]+)";|import\("([^"]+)"\)/gm),
    ].map(([, fixed, later]) => fixed ?? later);

  it.each(files)("%s takes what its part may take", (path) => {
    for (const name of importsOf(path)) {
      if (name.startsWith("simdgrad")) expect(path, name).toMatch(/^engine\//);
      if (!name.startsWith(".")) continue;
      const target = relative(root, join(root, path, "..", name))
        .split(sep)
        .join("/");
      expect(target, "stays within the playground").not.toMatch(/^\.\./);
      if (path.startsWith("engine/")) expect(target, name).toMatch(/^(engine\/|setup\.js)/);
      if (path.startsWith("draw/")) expect(target, name).toMatch(/^draw\//);
    }
  });
});
