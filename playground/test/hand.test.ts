/** Points by hand: their text in a link, and the program for Node. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { itInFull } from "../../test/support/inFull.js";
import { toCode } from "../src/code.js";
import {
  areValued,
  FIRST_POINTS,
  fromText,
  type HandPoint,
  isHandText,
  kindOf,
  nearest,
  numberOf,
  toText,
  withValues,
} from "../src/engine/hand.js";
import type { ProblemView } from "../src/engine/protocol.js";
import { defaults, type Setup } from "../src/setup.js";
import { fromHash, toHash } from "../src/url.js";
import { Session } from "./session.js";

const pointsOf = (count: number, kinds: number): HandPoint[] =>
  Array.from({ length: count }, (_, i) => ({ x1: (i % 31) / 4 - 3.7, x2: ((i * 7) % 37) / 5 - 3.6, kind: i % kinds }));

/** Points on the slope (x1 - x2) / 8, as near as their values can be. */
const slope = (count: number) =>
  pointsOf(count, 1).map((point) => ({ ...point, kind: kindOf((point.x1 - point.x2) / 8) }));

describe("points as text", () => {
  it("have values from -1 to 1, 0.05 apart, in the same four signs", () => {
    const values = Array.from({ length: 41 }, (_, i) => (i - 20) / 20);
    const text = toText(values.map((value) => ({ x1: value, x2: -value, kind: kindOf(value) })));
    expect(isHandText(text)).toBe(true);
    expect(fromText(text).map(({ kind }) => numberOf(kind))).toEqual(values);
    expect([-7, 1.01, 0.024].map((value) => numberOf(kindOf(value)))).toEqual([-1, 1, 0]);
  });

  it("classes become values, and values classes", () => {
    const points = pointsOf(5, 5);
    const valued = withValues(points, true);
    expect(valued.map(({ kind }) => numberOf(kind))).toEqual([-1, 1, 0, -0.5, 0.5]);
    expect([areValued(points), areValued(valued)]).toEqual([false, true]);
    expect(withValues(valued, false).map(({ kind }) => kind)).toEqual([0, 1, 0, 0, 1]);
    expect(withValues(points, false)).toEqual(points);
  });

  it("come back on a grid of 0.025, from four signs each", () => {
    const points = [...pointsOf(20, 5), { x1: -6, x2: 6, kind: 4 }, { x1: 6, x2: -6, kind: 0 }];
    const text = toText(points);
    expect(text).toMatch(/^[\w-]{88}$/);
    fromText(text).forEach(({ x1, x2, kind }, i) => {
      expect(kind).toBe(points[i].kind);
      expect(Math.abs(x1 - points[i].x1)).toBeLessThanOrEqual(0.0125 + 1e-9);
      expect(Math.abs(x2 - points[i].x2)).toBeLessThanOrEqual(0.0125 + 1e-9);
    });
    expect(toText(fromText(text))).toBe(text);
  });

  it("travel in the link", () => {
    const setup: Setup = { ...defaults, source: "hand", points: toText(pointsOf(30, 3)) };
    expect(fromHash(`#${toHash(setup)}`)).toEqual({ setup, problems: [] });
    expect(toHash(setup)).toHaveLength("source=hand&points=".length + 120);
  });

  it.each([
    ["one point", FIRST_POINTS.slice(0, 4)],
    ["half a point", FIRST_POINTS.slice(0, 10)],
    ["unknown signs", `${FIRST_POINTS}a+b=`],
    ["outside the plane", `${FIRST_POINTS}____`],
    ["a sixth class", toText([...pointsOf(4, 2), { x1: 0, x2: 0, kind: 5 }])],
    ["a value above 1", toText([...slope(4), { x1: 0, x2: 0, kind: 49 }])],
    ["a class among values", toText([...slope(4), { x1: 0, x2: 0, kind: 1 }])],
    ["401 points", toText(pointsOf(401, 2))],
  ])("%s is refused", (_, text) => {
    expect(isHandText(text)).toBe(false);
    expect(fromHash(`#points=${encodeURIComponent(text)}`).setup.points).toBe(FIRST_POINTS);
  });

  it("the nearest point within a distance", () => {
    const points = fromText(FIRST_POINTS);
    expect(points[nearest(points, [3.2, 1.8], 0.5)]).toEqual({ x1: 3, x2: 2, kind: 1 });
    expect(nearest(points, [0, 0], 0.5)).toBe(-1);
  });
});

itInFull("are learned, all of them without a share for testing, and too few for two parts", async () => {
  const session = new Session();
  expect(await session.open({ source: "hand", testShare: 0 })).toMatchObject({ trainRows: 12, testRows: 0 });
  await session.train(150);
  expect(session.logs.at(-1)?.score).toBe(1);
  const few = toText([...pointsOf(2, 2), { x1: 0, x2: 0, kind: 2 }]);
  expect(await session.open({ source: "hand", points: few, testShare: 0.3 })).toMatchObject({
    classes: ["1", "2", "3"],
    trainRows: 3,
    testRows: 0,
  });
});

it("with values are learned as numbers, in two parts where there are rows for both", async () => {
  const session = new Session();
  const setup: Partial<Setup> = { source: "hand", hidden: [], learningRate: 0.05 };
  const problem = await session.open({ ...setup, points: toText(slope(40)), testShare: 0.3 });
  expect(problem).toMatchObject({ classes: null, target: "value", trainRows: 28, testRows: 12 });
  const { weights } = await session.train(100);
  const [kernel, bias] = weights?.map(({ data }) => [...data]) ?? [];
  expect([...kernel, ...bias]).toEqual([1 / 8, -1 / 8, 0].map((value) => expect.closeTo(value, 2)));
  const two = toText(slope(2));
  expect(await session.open({ ...setup, points: two, testShare: 0.3 })).toMatchObject({ trainRows: 2, testRows: 0 });
});

itInFull.each<[string, Partial<Setup>]>([
  ["all to train on", { points: toText(pointsOf(13, 2)), features: ["x1", "x2²"] }],
  ["three classes in two parts", { points: toText(pointsOf(40, 3)), testShare: 0.3 }],
  ["values in two parts", { points: toText(slope(40)), testShare: 0.3 }],
  ["two values", { points: toText(slope(2)), testShare: 0.3 }],
])("the program for Node ends with the same weights: %s", async (_, part) => {
  const session = new Session();
  const problem = await session.open({ testShare: 0, hidden: [3], ...part, source: "hand" });
  const frame = await session.train(2);
  const input = toCode(session.setup, problem as ProblemView, frame);
  const printed = execFileSync(process.execPath, ["--input-type=module", "-"], { cwd: ROOT, input, encoding: "utf8" });
  expect(printed.trim().split("\n").pop()).toBe(frame.hash);
});

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
