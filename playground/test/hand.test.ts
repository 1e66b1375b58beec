/** Points by hand: their text in a link, and the program for Node. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { itInFull } from "../../test/support/inFull.js";
import { toCode } from "../src/code.js";
import { FIRST_POINTS, fromText, type HandPoint, isHandText, nearest, toText } from "../src/engine/hand.js";
import type { ProblemView } from "../src/engine/protocol.js";
import { defaults, type Setup } from "../src/setup.js";
import { fromHash, toHash } from "../src/url.js";
import { Session } from "./session.js";

const pointsOf = (count: number, kinds: number): HandPoint[] =>
  Array.from({ length: count }, (_, i) => ({ x1: (i % 31) / 4 - 3.7, x2: ((i * 7) % 37) / 5 - 3.6, kind: i % kinds }));

describe("points as text", () => {
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

it("are learned, all of them without a share for testing, and too few for two parts", async () => {
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

itInFull.each<[string, Partial<Setup>]>([
  ["all to train on", { points: toText(pointsOf(13, 2)), features: ["x1", "x2²"] }],
  ["three classes in two parts", { points: toText(pointsOf(40, 3)), testShare: 0.3 }],
])("the program for Node ends with the same weights: %s", async (_, part) => {
  const session = new Session();
  const problem = await session.open({ testShare: 0, hidden: [3], ...part, source: "hand" });
  const frame = await session.train(2);
  const input = toCode(session.setup, problem as ProblemView, frame);
  const printed = execFileSync(process.execPath, ["--input-type=module", "-"], { cwd: ROOT, input, encoding: "utf8" });
  expect(printed.trim().split("\n").pop()).toBe(frame.hash);
});

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
