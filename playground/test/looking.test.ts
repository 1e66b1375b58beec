/** Pictures of a network from other sides: landscape of the loss, bent plane. Compared with numbers by hand and with the library. */
import type { Weight } from "simdgrad";
import { describe, expect, it } from "vitest";
import { classAt, lineWithin, rightShare } from "../src/draw/bend.js";
import { sharesOf } from "../src/draw/heights.js";
import { principalSlice, weightSlice } from "../src/engine/directions.js";
import { createModel } from "../src/engine/network.js";
import { openProblem } from "../src/engine/problem.js";
import type { BentView, LandscapeAxes, LandscapeView } from "../src/engine/protocol.js";
import { defaults, type Setup } from "../src/setup.js";
import { namesOf } from "../src/views/LandscapeTab.js";
import { Session } from "./session.js";

const vectors = (...points: number[][]) => points.map((point) => Float64Array.from(point));

describe("a slice through a path", () => {
  it("of a straight line is the line, and nothing else", () => {
    const { origin, directions, places, share } = principalSlice(vectors([0, 0, 1], [3, 4, 1], [6, 8, 1]));
    expect([...origin]).toEqual([6, 8, 1]);
    const sign = Math.sign(directions[0][0]);
    expect([...directions[0]].map((value) => sign * value)).toEqual(
      [0.6, 0.8, 0].map((value) => expect.closeTo(value, 9)),
    );
    expect(places.map(([x, y]) => [sign * x, y])).toEqual(
      [
        [-10, 0],
        [-5, 0],
        [0, 0],
      ].map(([x, y]) => [expect.closeTo(x, 9), expect.closeTo(y, 6)]),
    );
    expect(share).toBeCloseTo(1, 12);
  });

  it("of a bend has the principal directions: eigenvectors of [[4, 2], [2, 2]]", () => {
    // Offsets from the end are (-2, -1) and (0, -1): the eigenvalues are 3 ± √5.
    const { directions } = principalSlice(vectors([0, 0], [2, 0], [2, 1]));
    const [x, y] = directions[0];
    expect(y / x).toBeCloseTo((Math.sqrt(5) - 1) / 2, 9);
    expect(x * directions[1][0] + y * directions[1][1]).toBeCloseTo(0, 9);
  });

  it("leaves out what lies across it", () => {
    const turns = vectors([2, 0, 0, 0], [0, 2, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0]);
    expect(principalSlice(turns).share).toBeCloseTo(8 / 9, 9);
  });

  it("of two weights has their values for places", () => {
    const { origin, places, share } = weightSlice(vectors([1, 2, 3], [4, 6, 5]), [2, 0]);
    expect([...origin]).toEqual([0, 6, 0]);
    expect(places).toEqual([
      [3, 1],
      [5, 4],
    ]);
    expect(share).toBeCloseTo((4 + 9) / (9 + 16 + 4), 12);
  });
});

describe("the landscape of a run", () => {
  const setup: Setup = { ...defaults, source: "moons", samples: 80, hidden: [3], batchSize: 8, learningRate: 0.05 };

  /** The training loss with these weights, from a model of its own. */
  async function lossWith(weights: readonly Weight[]): Promise<number> {
    const problem = await openProblem(setup, () => undefined);
    const model = await createModel(setup, problem);
    model.setWeights(weights);
    const { loss } = (await model.evaluate(problem.train)) as { loss: number };
    model.dispose();
    return loss;
  }

  it("has the losses that the library has at these weights", async () => {
    const session = new Session();
    await session.open(setup);
    await expect(session.ask({ type: "landscape", axes: "principal", side: 3 })).rejects.toThrow("no path yet");
    const weights = [(await session.look()).weights ?? []];
    for (let epoch = 1; epoch <= 4; epoch++) weights.push((await session.train(epoch)).weights ?? []);
    const losses = await Promise.all(weights.map(lossWith));

    const seen = await session.ask<LandscapeView>({ type: "landscape", axes: "principal", side: 3 });
    expect(seen.path.map(({ epoch }) => epoch)).toEqual([0, 1, 2, 3, 4]);
    expect(seen.path.map(({ loss }) => loss)).toEqual(losses);
    expect(losses[4]).toBeLessThan(losses[0]);
    expect([seen.path[4].x, seen.path[4].y]).toEqual([0, 0]);

    const end = weights[4];
    const axes: LandscapeAxes = [
      { name: "output/kernel", place: 1 },
      { name: "hidden1/bias", place: 2 },
    ];
    const plane = await session.ask<LandscapeView>({ type: "landscape", axes, side: 3 });
    const weightAt = (name: string, place: number) => end.find((each) => each.name === name)?.data[place];
    expect([plane.path[4].x, plane.path[4].y]).toEqual([weightAt("output/kernel", 1), weightAt("hidden1/bias", 2)]);
    // The corner at the bottom right: both weights at an end of their range.
    const corner = end.map((weight) => {
      const data = weight.data.slice();
      if (weight.name === "output/kernel") data[1] = plane.across[1];
      if (weight.name === "hidden1/bias") data[2] = plane.up[0];
      return { ...weight, data };
    });
    expect(plane.losses[8]).toBe(Math.fround(await lossWith(corner)));
    expect(new Set(plane.losses).size).toBeGreaterThan(5);

    // A slice that nobody waits for any more is given up.
    session.send({ type: "landscape", axes, side: 50, id: 1000 } as never);
    const next = await session.ask<LandscapeView>({ type: "landscape", axes, side: 2 });
    expect(next.side).toBe(2);
    expect(session.events.find((event) => event.type === "refused" && event.id === 1000)).toMatchObject({
      message: expect.stringContaining("Another slice"),
    });
    await expect(
      session.ask({ type: "landscape", axes: [axes[0], { name: "hidden9/bias", place: 0 }], side: 2 }),
    ).rejects.toThrow("not in the network");
  });

  it("names weights by layer and neuron", async () => {
    const problem = await openProblem(setup, () => undefined);
    const model = await createModel(setup, problem);
    const names = namesOf(model.getWeights(), problem.columns).map(({ label }) => label);
    model.dispose();
    expect(names).toHaveLength(13);
    expect([names[0], names[4], names[6], names[9], names[12]]).toEqual([
      "layer 1, neuron 1: from x1",
      "layer 1, neuron 2: from x2",
      "layer 1, neuron 1: bias",
      "output 1: from neuron 1",
      "output 1: bias",
    ]);
  });

  it("is drawn by the logarithm of the loss", () => {
    const shares = sharesOf(Float32Array.of(0.01, 0.1, 1, Number.POSITIVE_INFINITY));
    expect([...shares]).toEqual([0, 0.5, 1, 1].map((share) => expect.closeTo(share, 6)));
  });
});

describe("the plane of a layer of two neurons", () => {
  const next = { kernel: Float32Array.of(1, 2), bias: Float32Array.of(-1), isOutput: true };

  it("a line is drawn from edge to edge: 2x + 4y = 1", () => {
    const span = { low: -1, high: 1 };
    expect(lineWithin([2, 4, -1], [span, span])).toEqual([-1, 0.75, 1, -0.25]);
    expect(lineWithin([0, 1, -2], [span, span])).toBeNull();
    expect(lineWithin([0, 2, 1], [span, span])).toEqual([-1, -0.5, 1, -0.5]);
  });

  it("counts the samples on the side of their class", () => {
    const points = Float32Array.of(1, 1, 0, 0, 3, -0.9, -1, 0.5);
    expect(rightShare({ points, targets: Float32Array.of(1, 0, 0, 0), next })).toBe(0.75);
    // Three classes: the largest of a, b and −1.
    const three = { kernel: Float32Array.of(1, 0, 0, 0, 1, 0), bias: Float32Array.of(0, 0, -1), isOutput: true };
    expect([classAt(three, 2, 1), classAt(three, 1, 2), classAt(three, -3, -2)]).toEqual([0, 1, 2]);
  });

  it("is what the library says: the line decides as the network does", async () => {
    const session = new Session();
    await session.open({ source: "circle", samples: 100, hidden: [4, 2], learningRate: 0.05, testShare: 0 });
    const { results } = await session.train(30);
    const view = await session.ask<BentView>({ type: "bend", layer: 1 });
    expect(view.points).toHaveLength(200);
    expect([...view.points, ...view.grid].every((value) => Math.abs(value) <= 1)).toBe(true);
    const [tn, , , tp] = results?.confusion ?? [];
    expect(rightShare(view)).toBeCloseTo((tn + tp) / 100, 12);
    expect(rightShare(view)).toBeGreaterThan(0.6);
    await expect(session.ask({ type: "bend", layer: 0 })).rejects.toThrow("two neurons");
  });
});
