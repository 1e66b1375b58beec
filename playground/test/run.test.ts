/** The engine's run without a browser: tempo, time line, settings that change while it goes on, and when it stops. */
import { describe, expect, it } from "vitest";
import { Engine } from "../src/engine/engine.js";
import { Pace } from "../src/engine/pace.js";
import { Plateau } from "../src/engine/plateau.js";
import type { EngineEvent, EngineRequest, Frame } from "../src/engine/protocol.js";
import { Timeline } from "../src/engine/timeline.js";
import { ticksBetween } from "../src/numbers.js";
import { pageOptions, splitHash } from "../src/pageOptions.js";
import { defaults, type Setup } from "../src/setup.js";
import { fromHash } from "../src/url.js";
import { readOut } from "../src/views/readOut.js";

const small: Setup = { ...defaults, source: "xor", samples: 60, hidden: [3], batchSize: 8 };

/** The engine as the page uses it. */
class Bench {
  readonly #events: EngineEvent[] = [];
  readonly #engine = new Engine((event) => this.#events.push(event));

  send(request: EngineRequest): void {
    this.#engine.take(request);
  }

  open(setup: Setup, isFresh = false): void {
    this.send({ type: "open", setup, isFresh });
  }

  async frame(): Promise<Frame> {
    this.#events.length = 0;
    this.send({ type: "look", options: { boundary: 0, maps: 0, unit: null, weights: true, results: false } });
    for (;;) {
      const error = this.#events.find((event) => event.type === "error");
      if (error) throw new Error(error.error.message);
      const event = this.#events.find((each) => each.type === "frame");
      if (event) return event.frame;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** The frame at rest. */
  async rest(): Promise<Frame> {
    for (;;) {
      const frame = await this.frame();
      if (!frame.isRunning) return frame;
    }
  }

  async epochs(count: number): Promise<Frame> {
    for (let i = 0; i < count; i++) {
      this.send({ type: "epoch" });
      await this.rest();
    }
    return this.frame();
  }
}

async function hashAfter(epochs: number, setup: Setup = small): Promise<string> {
  const bench = new Bench();
  bench.open(setup);
  return (await bench.epochs(epochs)).hash;
}

describe("a run", () => {
  it("goes back to an epoch, and on from there with the same bits", async () => {
    const bench = new Bench();
    bench.open(small);
    const { hash, moments } = await bench.epochs(6);
    expect(moments).toEqual([0, 1, 2, 3, 4, 5, 6]);
    bench.send({ type: "seek", epoch: 2 });
    expect(await bench.frame()).toMatchObject({ epoch: 2, hash: await hashAfter(2) });
    bench.send({ type: "seek", epoch: 6 });
    expect(await bench.frame()).toMatchObject({ epoch: 6, hash });
    bench.send({ type: "seek", epoch: 2 });
    expect(await bench.epochs(1)).toMatchObject({ epoch: 3, moments: [0, 1, 2, 3] });
    expect((await bench.epochs(3)).hash).toBe(hash);
  });

  it("has the same bits at any tempo, and pauses at the end of an epoch", async () => {
    const bench = new Bench();
    bench.send({ type: "manner", manner: { tempo: "60", stops: false } });
    bench.open(small);
    bench.send({ type: "play" });
    while ((await bench.frame()).epoch < 3);
    bench.send({ type: "pause" });
    const { epoch, step, hash } = await bench.rest();
    expect(step).toBe(0);
    expect(hash).toBe(await hashAfter(epoch));
  });

  it("takes over settings: the rate at once, the batch size with the next epoch, and says so", async () => {
    const bench = new Bench();
    bench.open(small);
    const before = await bench.epochs(2);
    expect(before.isTuned).toBe(false);
    bench.send({ type: "tune", setup: { ...small, learningRate: 0, batchSize: 20 } });
    const frame = await bench.epochs(1);
    // A rate of 0 changes no weight.
    expect(frame).toMatchObject({ epoch: 3, hash: before.hash, isTuned: true, stepsPerEpoch: 3 });
  });

  it("takes over a penalty, with weights, optimizer and epoch", async () => {
    const bench = new Bench();
    bench.open(small);
    const before = await bench.epochs(2);
    bench.send({ type: "tune", setup: { ...small, regularization: "l2", regularizationRate: 0.5 } });
    expect(await bench.frame()).toMatchObject({ epoch: 2, hash: before.hash, isTuned: true });
    // A penalty of zero is none: the same bits as without, so nothing was lost on the way.
    bench.send({ type: "tune", setup: { ...small, regularization: "l2", regularizationRate: 0 } });
    expect((await bench.epochs(2)).hash).toBe(await hashAfter(4));
  });

  it("that Reset has left comes back, and so does one whose setup is opened again", async () => {
    const bench = new Bench();
    bench.open(small);
    const { hash } = await bench.epochs(2);
    bench.open(small, true);
    expect((await bench.frame()).epoch).toBe(0);
    bench.send({ type: "restore" });
    expect(await bench.frame()).toMatchObject({ epoch: 2, hash });
    bench.open({ ...small, seed: 7 });
    expect((await bench.frame()).epoch).toBe(0);
    bench.open(small);
    expect(await bench.frame()).toMatchObject({ epoch: 2, hash });
    expect((await bench.epochs(1)).hash).toBe(await hashAfter(3));
  });

  it("takes a weight by hand, at the end of the time line only", async () => {
    const bench = new Bench();
    bench.open(small);
    await bench.epochs(2);
    bench.send({ type: "edit", name: "hidden1/kernel", place: 4, value: 1.5 });
    const edited = await bench.frame();
    expect(edited.weights?.find(({ name }) => name === "hidden1/kernel")?.data[4]).toBe(1.5);
    expect(edited.isTuned).toBe(true);
    bench.send({ type: "seek", epoch: 0 });
    await bench.frame();
    bench.send({ type: "edit", name: "hidden1/kernel", place: 4, value: 2 });
    await expect(bench.frame()).rejects.toThrow("Weights of the past cannot be changed");
    bench.send({ type: "seek", epoch: 2 });
    expect((await bench.frame()).hash).toBe(edited.hash);
  });

  it("stops by itself once the test loss is flat", async () => {
    const bench = new Bench();
    bench.send({ type: "manner", manner: { tempo: "max", stops: true } });
    bench.open({ ...small, learningRate: 0.00001, optimizer: "sgd" });
    bench.send({ type: "play" });
    while (!(await bench.frame()).isRunning);
    const { stopped, epoch } = await bench.rest();
    expect(stopped).toMatch(/^the test loss has not improved since epoch \d+$/);
    expect(epoch).toBeGreaterThan(100);
  });
});

describe("a plateau", () => {
  const reasonOf = (losses: (epoch: number) => [loss: number, valLoss: number], epochs: number) => {
    const plateau = new Plateau();
    for (let epoch = 1; epoch <= epochs; epoch++) {
      const [loss, valLoss] = losses(epoch);
      const reason = plateau.take({ epoch, loss, valLoss });
      if (reason) return [epoch, reason];
    }
    return null;
  };

  it.each([
    ["a loss that falls", (epoch: number): [number, number] => [1 / epoch, 1 / epoch], 300, null],
    [
      "a loss that is flat from epoch 10",
      (epoch: number): [number, number] => [0.5, Math.max(0.1, 1 - epoch / 10)],
      300,
      [109, "the test loss has not improved since epoch 9"],
    ],
    [
      "overfitting",
      (epoch: number): [number, number] => [1 / epoch, 0.3 + Math.abs(epoch - 20) / 100],
      300,
      [120, "the test loss has not improved since epoch 20, while the training loss still fell: the network overfits"],
    ],
  ])("%s", (_, losses, epochs, expected) => {
    expect(reasonOf(losses, epochs)).toEqual(expected);
  });
});

it("the time line keeps at most 200 moments, evenly spread, the first among them", () => {
  const timeline = new Timeline<{ epoch: number; bytes: Uint8Array }>();
  for (let epoch = 0; epoch <= 5000; epoch++) {
    if (timeline.wants(epoch)) timeline.add({ epoch, bytes: new Uint8Array(1) });
  }
  const { epochs } = timeline;
  expect(epochs.length).toBeLessThanOrEqual(200);
  expect(epochs.length).toBeGreaterThan(100);
  expect(new Set(epochs.slice(1).map((epoch, i) => epoch - epochs[i])).size).toBe(1);
  expect([timeline.at(0)?.epoch, timeline.at(33)?.epoch, timeline.at(1e9)?.epoch]).toEqual([0, 32, 4992]);
  timeline.cut(100);
  expect(timeline.epochs).toEqual([0, 32, 64, 96]);
});

it("large moments are fewer", () => {
  const timeline = new Timeline<{ epoch: number; bytes: { byteLength: number } }>();
  for (let epoch = 0; epoch < 100; epoch++) timeline.add({ epoch, bytes: { byteLength: 2 ** 22 } });
  expect(timeline.epochs.length).toBeLessThanOrEqual(8);
});

it("another tempo ends a wait", async () => {
  const pace = new Pace();
  expect(pace.after("epoch")).toBeUndefined();
  pace.tempo = "1";
  pace.after("epoch");
  const wait = pace.after("epoch");
  expect(pace.isWaiting).toBe(true);
  pace.tempo = "max";
  await wait;
  expect(pace.isWaiting).toBe(false);
});

describe("options of the page in a link", () => {
  it("stand beside the setup", () => {
    const hash = "#source=xor&embed&autoplay=false&speed=10&title=Two%20lines&goal=0.95&hide=data-curves";
    expect(fromHash(hash)).toEqual({ setup: { ...defaults, source: "xor" }, problems: [] });
    expect(pageOptions("?stop=false", hash)).toEqual({
      embed: true,
      autoplay: false,
      speed: "10",
      stop: false,
      title: "Two lines",
      task: "",
      goal: { accuracy: 0.95, loss: null, error: null, epochs: null },
      chapter: null,
      hide: ["data", "curves"],
    });
    expect(splitHash(hash).setup).toBe("source=xor");
  });

  it("that make no sense are left out", () => {
    expect(pageOptions("", "#speed=fast&goal=2&hide=everything")).toMatchObject({ speed: null, goal: null, hide: [] });
  });
});

it.each([
  [-6, 6, 4, [-5, 0, 5]],
  [0, 1, 5, [0, 0.2, 0.4, 0.6, 0.8, 1]],
  [1234, 5678, 4, [2000, 4000]],
  [3, 3, 4, []],
])("ticks from %s to %s", (low, high, count, ticks) => {
  expect(ticksBetween(low, high, count)).toEqual(ticks);
});

describe("the read-out of the plane", () => {
  const scaled = [
    { name: "age", center: 40, scale: 10 },
    { name: "rooms", center: 4, scale: 2 },
  ] as const;
  const points = Float32Array.of(-1, 1, 1, -1);
  const train = { points, targets: Float32Array.of(1, 0), rows: Int32Array.of(0, 1) };
  const seen = { ends: scaled, reach: 2, classes: ["no", "yes"], target: "bought", train };
  const values = Float32Array.of(0.9, 0.2, 0.3, 0.4); // top left, top right, bottom left, bottom right

  it.each([
    [[-1, 1], "age 30.0, rooms 6.00: yes, p = 0.90; the sample here: yes"],
    [[1.5, 1.5], "age 55.0, rooms 7.00: no, p = 0.80"],
    [[1, -1], "age 50.0, rooms 2.00: no, p = 0.60; the sample here: no"],
  ] as const)("at %s", (place, text) => {
    expect(readOut(seen, place, { values, isUnit: false })).toBe(text);
  });
});

it("a table of two columns is drawn on them, a wider one on columns or principal axes", async () => {
  const { Dataset } = await import("simdgrad");
  const { openCanvas } = await import("../src/engine/canvas.js");
  const rows = [
    [1, 10, 5],
    [2, 30, 5],
    [3, 20, 8],
  ];
  const canvasOf = (width: number, axes: Setup["axes"]) => {
    const x = Float32Array.from(rows.flatMap((row) => row.slice(0, width)));
    const train = Dataset.from({ x, y: [0, 1, 0] }, { inputShape: [width], targetShape: [] });
    const columns = ["a", "b", "c"].slice(0, width);
    const problem = { train, test: train, columns, plane: null, image: null, targetScale: null };
    return openCanvas(problem as unknown as Parameters<typeof openCanvas>[0], { ...defaults, axes });
  };
  const natural = ({ ends, train }: ReturnType<typeof canvasOf>) =>
    Array.from(train.points, (value, i) => Math.round(ends[i % 2].center + ends[i % 2].scale * value));
  const two = canvasOf(2, [1, 2]);
  expect(two.ends.map(({ name }) => name)).toEqual(["a", "b"]);
  expect(natural(two)).toEqual([1, 10, 2, 30, 3, 20]);
  expect(Array.from(two.rowsOf(two.train.points), Math.round)).toEqual([1, 10, 2, 30, 3, 20]);
  const three = canvasOf(3, [103, 101]);
  expect(three.ends.map(({ name }) => name)).toEqual(["c", "a"]);
  expect(natural(three)).toEqual([5, 1, 5, 2, 8, 3]);
  expect(canvasOf(3, [1, 2]).ends[0].name).toBe("principal axis 1");
  expect(fromHash("#axes=101-2").problems).toHaveLength(1);
  expect(fromHash("#axes=103-101").setup.axes).toEqual([103, 101]);
});
