/** The course beside the page: what its checks take and what they do not, with states worked out by hand and real runs. */
import { describe, expect, it } from "vitest";
import { chapters } from "../src/course/chapters.js";
import type { RunState } from "../src/course/checks.js";
import { countDone, readProgress, writeProgress } from "../src/course/progress.js";
import { runStateOf } from "../src/course/runState.js";
import type { EpochLog, Frame, WeightView } from "../src/engine/protocol.js";
import { pageOptions } from "../src/pageOptions.js";
import { checkSetup, defaults, type Setup } from "../src/setup.js";
import { Session } from "./session.js";

const tasks = chapters.flatMap(({ tasks, setup }) => tasks.map((task) => ({ ...task, setup: task.setup ?? setup })));
const taskOf = (id: string) => {
  const task = tasks.find((each) => each.id === id);
  if (!task) throw new Error(`There is no task ${id}.`);
  return task;
};

/** Epochs from 1 on, from what is known of them. */
const logsOf = (parts: readonly Partial<EpochLog>[]): EpochLog[] =>
  parts.map((part, i) => ({ epoch: i + 1, loss: 0.5, valLoss: 0.5, score: 0.5, valScore: 0.5, ...part }));
const repeated = (count: number, part: Partial<EpochLog>) => logsOf(new Array(count).fill(part));
/** Epochs with these training losses. */
const falling = (...losses: number[]) => logsOf(losses.map((loss) => ({ loss })));
const output = (kernel: number[], bias: number): WeightView[] => [
  { name: "output/kernel", shape: [2, 1], data: Float32Array.from(kernel) },
  { name: "output/bias", shape: [1], data: Float32Array.of(bias) },
];
/** Ten classes of ten rows each, `right` of them on the diagonal, but `ofLast` in the last class. */
const confusion = (right: number, ofLast = right) =>
  Array.from({ length: 100 }, (_, i) => {
    const [row, column] = [Math.floor(i / 10), i % 10];
    const own = row === 9 ? ofLast : right;
    return column === row ? own : column === (row + 1) % 10 ? 10 - own : 0;
  });

type Given = Partial<Omit<RunState, "setup">> & { readonly setup?: Partial<Setup> };

function stateOf(id: string, { setup, ...rest }: Given): RunState {
  const logs = rest.logs ?? [];
  const empty = {
    step: 0,
    stepsPerEpoch: 1,
    parameters: 33,
    weights: [],
    health: [],
    confusion: [],
    hasDiverged: false,
  };
  return {
    ...{ ...empty, epoch: logs.at(-1)?.epoch ?? 0, logs, ...rest },
    setup: { ...defaults, ...taskOf(id).setup, ...setup },
  };
}

const good = repeated(12, { loss: 0.05, valLoss: 0.05, score: 0.97, valScore: 0.97 });
const health = (dead: number | null) => [{ name: "hidden1", activation: "relu", dead, saturated: null, gradient: 0 }];

/** A state that passes, and states that nearly do. */
const cases: Record<string, { passes: Given; fails: readonly Given[] }> = {
  "neuron-line": {
    passes: { logs: good },
    fails: [{ logs: repeated(12, { valScore: 0.94 }) }, { logs: good, setup: { hidden: [2] } }, {}],
  },
  "neuron-hand": {
    passes: { weights: output([0, 1], 4) },
    fails: [{ weights: output([0, 1], 3) }, { weights: output([1, 0], 4) }, { weights: [] }],
  },
  "neuron-count": { passes: { parameters: 17 }, fails: [{ parameters: 16 }, { parameters: 18 }] },
  "activation-linear": {
    passes: { logs: repeated(20, { score: 0.66 }) },
    fails: [
      { logs: repeated(19, { score: 0.66 }) },
      { logs: repeated(20, { score: 0.76 }) },
      { logs: repeated(20, { score: 0.66 }), setup: { activation: "tanh" } },
      { logs: repeated(20, { score: 0.66 }), setup: { features: ["x1²"] } },
    ],
  },
  "activation-bend": {
    passes: { logs: good },
    fails: [
      { logs: good, setup: { hidden: [5] } },
      { logs: good, setup: { hidden: [] } },
      { logs: good, setup: { features: ["x1", "x1²"] } },
      { logs: repeated(9, { valScore: 0.949 }) },
    ],
  },
  "activation-dead": {
    passes: { health: health(0.125) },
    fails: [{ health: health(0) }, { health: health(null) }, { health: health(0.5), setup: { activation: "tanh" } }],
  },
  "step-one": {
    passes: { epoch: 0, step: 1, stepsPerEpoch: 22 },
    fails: [
      { epoch: 0, step: 0 },
      { epoch: 0, step: 2, stepsPerEpoch: 22 },
      { epoch: 2, step: 0 },
    ],
  },
  "step-down": {
    passes: { logs: falling(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1) },
    fails: [
      { logs: falling(10, 9, 8, 7, 6, 5, 4, 3, 2, 1) },
      { logs: falling(11, 10, 9, 8, 7, 7, 5, 4, 3, 2, 1) },
      { logs: falling(11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1), setup: { batchSize: 16 } },
    ],
  },
  "step-far": {
    passes: { logs: falling(0.7, 0.3, 0.61) },
    fails: [{ logs: falling(0.7, 0.3, 0.59) }, { logs: falling(0.7, 0.3, 2), setup: { optimizer: "adam" } }, {}],
  },
  "training-line": {
    passes: { logs: repeated(20, { score: 0.54 }) },
    fails: [
      { logs: repeated(20, { score: 0.54 }), setup: { hidden: [3] } },
      { logs: repeated(20, { score: 0.7 }) },
      { logs: repeated(20, { score: 0.54 }), setup: { features: ["x1", "x2", "x1x2"] } },
    ],
  },
  "training-loss": {
    passes: { logs: falling(0.7, 0.099) },
    fails: [{ logs: falling(0.099, 0.1) }, { logs: falling(0.05), setup: { hidden: [] } }, {}],
  },
  "training-small": {
    passes: { logs: good },
    fails: [{ logs: good, setup: { hidden: [2, 2] } }, { logs: repeated(9, { valScore: 0.9 }) }],
  },
  "descend-far": {
    passes: { hasDiverged: true },
    fails: [{ logs: falling(0.5, 0.9) }, { hasDiverged: true, setup: { source: "xor" } }],
  },
  "descend-single": {
    passes: { logs: repeated(12, { loss: 0.19 }) },
    fails: [{ logs: repeated(13, { loss: 0.19 }) }, { logs: repeated(3, { loss: 0.1 }), setup: { batchSize: 2 } }],
  },
  "descend-adam": {
    passes: { logs: repeated(100, { loss: 0.09 }) },
    fails: [{ logs: repeated(101, { loss: 0.09 }) }, { logs: good, setup: { optimizer: "sgd" } }],
  },
  "digits-guess": {
    passes: { confusion: confusion(1) },
    fails: [{ confusion: confusion(3) }, { confusion: confusion(1), logs: repeated(1, {}) }, { confusion: [] }],
  },
  "digits-accuracy": { passes: { logs: good }, fails: [{ logs: repeated(5, { valScore: 0.94 }) }] },
  "digits-recall": {
    passes: { confusion: confusion(9) },
    fails: [{ confusion: confusion(10, 8) }, { confusion: [] }],
  },
  "spiral-accuracy": { passes: { logs: good }, fails: [{ logs: good, setup: { source: "spiral" } }] },
  "spiral-overfit": {
    passes: {
      logs: logsOf([
        { loss: 0.5, valLoss: 0.4 },
        { loss: 0.2, valLoss: 0.61 },
      ]),
    },
    fails: [
      {
        logs: logsOf([
          { loss: 0.5, valLoss: 0.4 },
          { loss: 0.2, valLoss: 0.59 },
        ]),
      },
      {
        logs: logsOf([
          { loss: 0.5, valLoss: 0.4 },
          { loss: 0.6, valLoss: 0.9 },
        ]),
      },
      {},
    ],
  },
  "spiral-penalty": {
    passes: { logs: repeated(30, { score: 0.3 }) },
    fails: [
      { logs: repeated(30, { score: 0.3 }), setup: { regularization: "none" } },
      { logs: repeated(29, { score: 0.3 }) },
      { logs: repeated(30, { score: 0.7 }) },
    ],
  },
  "mnist-accuracy": { passes: { logs: good }, fails: [{ logs: repeated(3, { valScore: 0.87 }) }] },
  "mnist-small": { passes: { logs: good, parameters: 9999 }, fails: [{ logs: good, parameters: 10_000 }] },
};

describe("the checks of the course", () => {
  it("each task has cases here, and an id of its own", () => {
    expect(tasks.map(({ id }) => id)).toEqual(Object.keys(cases));
    expect(chapters).toHaveLength(8);
  });

  it.each(Object.keys(cases))("%s: a state that passes, and those that do not", (id) => {
    const { check } = taskOf(id);
    const { passes, fails } = cases[id];
    expect(check(stateOf(id, passes))).toBe(true);
    fails.forEach((given, i) => {
      expect(check(stateOf(id, given)), `state ${i} must not pass`).toBe(false);
    });
  });

  it.each(chapters.map(({ title, setup }) => [title, setup] as const))(
    "%s: its setup is a possible one",
    (_, setup) => {
      expect(checkSetup(setup)).toEqual({ setup: { ...defaults, ...setup }, problems: [] });
    },
  );

  it("real runs pass them, and not from the start", async () => {
    const session = new Session();
    const opened = async (id: string) => {
      await session.open(taskOf(id).setup);
      const seen = session.events.findLast((event) => event.type === "opened");
      if (seen?.type !== "opened") throw new Error("It did not open.");
      const from = session.events.length;
      return (frame: Frame) => {
        const logs = session.events.slice(from).flatMap((event) => (event.type === "frame" ? event.frame.logs : []));
        const handle = { frame, slow: frame, logs, info: seen.info, error: null, opened: seen.setup };
        const state = runStateOf(session.setup, handle);
        return state !== null && taskOf(id).check(state);
      };
    };
    const line = await opened("training-line");
    expect(line(await session.train(19))).toBe(false);
    expect(line(await session.train(20))).toBe(true);
    const hand = await opened("neuron-hand");
    const edit = (name: string, place: number, value: number) =>
      session.send({ type: "edit", name: `output/${name}`, place, value });
    edit("kernel", 0, 0);
    edit("kernel", 1, 1);
    expect(hand(await session.look())).toBe(false);
    edit("bias", 0, 4);
    expect(hand(await session.look())).toBe(true);
  });

  it("a setup that is not open yet is not judged by the run before it", () => {
    const frame = { epoch: 20, step: 0, stepsPerEpoch: 1 } as Frame;
    const handle = { frame, slow: null, logs: [], info: { parameters: 3 } as never, error: null, opened: defaults };
    expect(runStateOf({ ...defaults, hidden: [] }, handle)).toBeNull();
    expect(runStateOf({ ...defaults, learningRate: 1 }, handle)?.setup.learningRate).toBe(1);
  });
});

describe("progress", () => {
  it("comes back from the browser's memory, without tasks that are gone", () => {
    const done = new Set(["step-one", "xyz", "training-line"]);
    const back = readProgress(writeProgress(done));
    expect([...back]).toEqual(["step-one", "training-line"]);
    expect([2, 3, 4].map((chapter) => countDone(chapter, back).done)).toEqual([1, 1, 0]);
    expect(readProgress(null).size).toBe(0);
  });

  it.each([
    ["#chapter=4", 4],
    ["#chapter=9", null],
    ["#source=xor", null],
  ])("%s opens chapter %s", (hash, chapter) => {
    expect(pageOptions("", hash).chapter).toBe(chapter);
  });
});
