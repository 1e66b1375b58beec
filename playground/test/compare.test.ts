/** Two runs beside each other: each ends with the bits that it would have alone, and both are in the link. */
import { describe, expect, it } from "vitest";
import { toCode } from "../src/code.js";
import { differencesOf, verdictOf } from "../src/compare.js";
import type { EngineEvent, EpochLog, Frame, ProblemView } from "../src/engine/protocol.js";
import { lessonHash, noLesson } from "../src/lesson.js";
import { pageOptions, splitHash } from "../src/pageOptions.js";
import { defaults, onDataOf, type Setup } from "../src/setup.js";
import { fromHash, otherFromHash, toHash } from "../src/url.js";
import { Session } from "./session.js";

const small: Partial<Setup> = { source: "xor", samples: 60, hidden: [3], batchSize: 8 };
const a: Setup = { ...defaults, ...small };
const b: Setup = { ...a, activation: "relu", learningRate: 0.05, batchSize: 16 };

async function hashAlone(setup: Setup, epochs: number): Promise<string> {
  const session = new Session();
  await session.open(setup);
  return (await session.train(epochs)).hash;
}

/** Looks until something holds. */
async function until(session: Session, holds: (frame: Frame) => boolean): Promise<Frame> {
  for (;;) {
    const frame = await session.look();
    if (holds(frame)) return frame;
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const manner = { tempo: "max", stops: false } as const;
const epochOf = (frame: Frame) => [frame.other?.epoch, frame.epoch];

/** Opens B in the place of the present run; the session's own `open` waits for an answer. */
function change(session: Session, setup: Setup): void {
  session.setup = setup;
  session.send({ type: "open", setup, isFresh: false });
}

describe("two runs", () => {
  it("A is kept as it is; B begins, and A follows in step once B has come as far", async () => {
    const session = new Session();
    await session.open(a);
    session.send({ type: "manner", manner });
    const kept = (await session.train(4)).hash;
    session.send({ type: "keep" });
    change(session, b);
    const [first, third] = [await session.train(1), await session.train(3)];
    expect(epochOf(first)).toEqual([4, 1]);
    expect(third.other).toMatchObject({ epoch: 4, hash: kept });
    expect(third.hash).toBe(await hashAlone(b, 3));
    session.send({ type: "play" });
    await until(session, ({ epoch }) => epoch >= 9);
    session.send({ type: "pause" });
    const end = await until(session, ({ isRunning }) => !isRunning);
    expect(end.other?.epoch).toBe(end.epoch);
    expect(end.hash).toBe(await hashAlone(b, end.epoch));
    expect(end.other?.hash).toBe(await hashAlone(a, end.epoch));
  });

  it("from a link both begin together; they are exchanged, and A may rest", async () => {
    const session = new Session();
    await session.open(b);
    session.send({ type: "manner", manner: { ...manner, stops: true } });
    session.send({ type: "compare", setup: a, isFresh: false });
    const both = await session.train(2);
    expect(epochOf(both)).toEqual([2, 2]);
    const hashes = [await hashAlone(a, 2), await hashAlone(b, 2)];
    expect([both.other?.hash, both.hash]).toEqual(hashes);
    session.send({ type: "exchange" });
    const turned = await session.look();
    expect([turned.hash, turned.other?.hash]).toEqual(hashes);
    session.send({ type: "manner", manner: { ...manner, trainsBoth: false } });
    expect(epochOf(await session.train(3))).toEqual([2, 3]);
    session.send({ type: "compare", setup: null, isFresh: false });
    expect((await session.look()).other).toBeNull();
  });

  it("a comparison that ends at once gives the run back", async () => {
    const session = new Session();
    await session.open(a);
    const { hash } = await session.train(3);
    session.send({ type: "keep" });
    expect((await session.look()).epoch).toBe(0);
    session.send({ type: "compare", setup: null, isFresh: false });
    expect(await session.look()).toMatchObject({ epoch: 3, hash, other: null });
    expect((await session.train(4)).hash).toBe(await hashAlone(a, 4));
  });

  it("A that diverges is told by its name, and B goes on", async () => {
    const session = new Session();
    const steep: Partial<Setup> = { source: "plane", features: ["x1²", "x2²"], hidden: [], optimizer: "sgd" };
    await session.open({ ...steep, learningRate: 0.0001 });
    session.send({ type: "manner", manner });
    session.send({ type: "compare", setup: { ...session.setup, learningRate: 10 }, isFresh: false });
    session.send({ type: "play" });
    const isTold = (event: EngineEvent) => event.type === "error" && /^Run A has ended/.test(event.error.message);
    const frame = await until(session, ({ epoch }) => epoch >= 20 && session.events.some(isTold));
    expect(frame.other?.isRunning).toBe(false);
    session.send({ type: "pause" });
    const end = await until(session, ({ isRunning }) => !isRunning);
    expect(end.hash).toBe(await hashAlone(session.setup, end.epoch));
  });
});

describe("the link of two runs", () => {
  it("has what differs in A", () => {
    const hash = toHash(b, a);
    expect(hash).toBe(
      "source=xor&samples=60&hidden=3&activation=relu&learningRate=0.05&compare=true" +
        "&a.activation=tanh&a.learningRate=0.01&a.batchSize=8",
    );
    const { setup, problems } = fromHash(`#${hash}`);
    expect([setup, problems]).toEqual([b, []]);
    expect(otherFromHash(`#${hash}`, setup)).toEqual({ other: a, problems: [] });
    expect(otherFromHash(`#${toHash(a, a)}`, a)).toEqual({ other: a, problems: [] });
    expect(otherFromHash(`#${toHash(a)}`, a)).toEqual({ other: null, problems: [] });
  });

  it.each([
    ["compare=true&a.noise=0.5", "run A, noise: both runs have the same data"],
    ["compare=true&a.hidden=x", "run A, hidden: "],
    ["compare=true&a.colour=red", "run A, colour: unknown"],
    ["a.hidden=4", "a.hidden: no run A"],
  ])("%s is left out and told", (part, problem) => {
    const { other, problems } = otherFromHash(`#${part}`, b);
    expect(other).toEqual(part.startsWith("compare") ? b : null);
    expect(problems).toEqual([expect.stringContaining(problem)]);
  });

  it("is a part of a lesson", () => {
    const hash = `#${lessonHash({ ...noLesson, title: "Two rates" }, splitHash(`#${toHash(b, a)}`).setup)}`;
    expect(pageOptions("", hash).title).toBe("Two rates");
    expect(fromHash(hash)).toEqual({ setup: b, problems: [] });
    expect(otherFromHash(hash, b).other).toEqual(a);
  });

  it("other data are those of both", () => {
    expect(onDataOf({ ...b, source: "moons", noise: 0.4 }, a)).toEqual({ ...a, source: "moons", noise: 0.4 });
  });
});

it("says what differs, and who is ahead after the last epoch that both have", async () => {
  expect(differencesOf(a, b).map((each) => [each.label, each.a, each.b])).toEqual([
    ["Activation", "tanh", "relu"],
    ["Learning rate", "0.01", "0.05"],
    ["Batch size", "8", "16"],
  ]);
  expect(differencesOf(a, { ...a, regularizationRate: 0.1 })).toEqual([]);
  const logs = (...losses: number[]): EpochLog[] =>
    losses.map((valLoss, i) => ({ epoch: i + 1, loss: 2, valLoss, score: 0, valScore: 0 }));
  expect(verdictOf(logs(0.5, 0.25), logs(0.75, 0.125, 0.1))).toBe(
    "After epoch 2 run B has the lower test loss: 0.125 against 0.250.",
  );
  expect(verdictOf([], logs(0.75))).toMatch(/^Once both have trained/);
  const session = new Session();
  const problem = (await session.open(b)) as ProblemView;
  expect(toCode(b, problem, null, { other: a })).toContain(
    "// Run B of a comparison. Run A has activation tanh instead of relu, learningRate 0.01 instead of 0.05, batchSize 8 instead of 16.\n",
  );
});
