/** The engine's run without a browser: tempo, time line, settings that change while it goes on, and when it stops. */
import { describe, expect, it } from "vitest";
import { Engine } from "../src/engine/engine.js";
import { Pace } from "../src/engine/pace.js";
import { Plateau } from "../src/engine/plateau.js";
import type { EngineEvent, EngineRequest, Frame } from "../src/engine/protocol.js";
import { Timeline } from "../src/engine/timeline.js";
import { pageOptions, splitHash } from "../src/pageOptions.js";
import { defaults, type Setup } from "../src/setup.js";
import { fromHash } from "../src/url.js";

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
      goal: 0.95,
      hide: ["data", "curves"],
    });
    expect(splitHash(hash).setup).toBe("source=xor");
  });

  it("that make no sense are left out", () => {
    expect(pageOptions("", "#speed=fast&goal=2&hide=everything")).toMatchObject({ speed: null, goal: null, hide: [] });
  });
});
