// tensorBoard: event files read back by a reader of their own, in runs that end, are killed and resume.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  type Callback,
  dense,
  exponentialDecay,
  type FitOptions,
  f1,
  modelCheckpoint,
  OptionError,
  Sequential,
  SimdgradError,
  sgd,
} from "../../src/index.js";
import { backupAndRestore, type TensorBoardOptions, tensorBoard } from "../../src/node/index.js";
import { blobs, classifier } from "../model/models.js";
import { itInFull } from "../support/inFull.js";
import { eventsOf, type ReadEvent } from "../support/readEvents.js";

const data = blobs(20);
const held = blobs(9, { seed: 8 });

let logDir: string;
beforeEach(async () => {
  logDir = await mkdtemp(join(tmpdir(), "simdgrad-"));
});
afterEach(() => rm(logDir, { recursive: true }));

const filesOf = (part: string) => (existsSync(join(logDir, part)) ? readdirSync(join(logDir, part)).sort() : []);

/** Events of a part but for the versions, which begin each file. */
function read(part: string): ReadEvent[] {
  return filesOf(part).flatMap((name) => {
    const [first, ...events] = eventsOf(readFileSync(join(logDir, part, name)));
    expect(first).toEqual({ time: expect.any(Number), step: 0, version: "brain.Event:2" });
    return events;
  });
}

/** The values under a tag, by step. */
const series = (part: string, tag: string) =>
  read(part)
    .filter((event) => event.tag === tag)
    .map(({ step, value }) => [step, value]);

const rounded = (values: readonly number[]) => values.map((value, i) => [i, Math.fround(value)]);

async function log(options: TensorBoardOptions = {}, fit: FitOptions = {}, metrics: readonly (string | object)[] = []) {
  const model = await classifier({ metrics: metrics as [] });
  const callbacks = [tensorBoard({ logDir, ...options }), ...(fit.callbacks ?? [])];
  return { model, history: await model.fit<string>(data, { batchSize: 8, ...fit, callbacks }) };
}

describe("the numbers of each epoch", () => {
  it("are under Keras's names, those of validation in a folder of their own", async () => {
    const { history } = await log({}, { epochs: 3, validationData: held }, ["accuracy", f1({ name: "valid" })]);
    const { loss, accuracy, valid, valLoss, valAccuracy, valValid } = history;
    expect(series("train", "epoch_loss")).toEqual(rounded(loss));
    expect(series("train", "epoch_accuracy")).toEqual(rounded(accuracy));
    expect(series("train", "epoch_valid")).toEqual(rounded(valid));
    expect(series("validation", "epoch_loss")).toEqual(rounded(valLoss));
    expect(series("validation", "epoch_accuracy")).toEqual(rounded(valAccuracy));
    expect(series("validation", "epoch_valid")).toEqual(rounded(valValid));
    expect(new Set(read("validation").map(({ tag }) => tag)).size).toBe(3);
    const [name] = filesOf("train");
    expect(name).toMatch(/^events\.out\.tfevents\.\d{10}\.[\w.-]+\.\d+\.\d+$/);
  });

  it("have times that rise and are those of this run", async () => {
    const begin = Date.now() / 1000;
    await log({}, { epochs: 3 });
    const times = read("train").map(({ time }) => time);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    expect(times[0]).toBeGreaterThanOrEqual(begin);
    expect(times[times.length - 1]).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it("come with the learning rate of the next step, and with numbers that other callbacks add", async () => {
    const model = await classifier({ metrics: [] });
    const learningRate = exponentialDecay({ initialLearningRate: 0.5, decaySteps: 1, decayRate: 0.5 });
    model.compile({ optimizer: sgd({ learningRate }), loss: "sparseCategoricalCrossentropy" });
    const extra: Callback = { onEpochEnd: (epoch, logs) => Object.assign(logs, { mine: epoch + 0.5, note: "text" }) };
    await model.fit(data, { epochs: 2, callbacks: [extra, tensorBoard({ logDir })] });
    expect(series("train", "epoch_learning_rate")).toEqual(rounded([0.25, 0.125]));
    expect(series("train", "epoch_mine")).toEqual(rounded([0.5, 1.5]));
    expect(series("train", "epoch_note")).toEqual([]);
  });

  it("are there for validated epochs only, and no folder is made without validation", async () => {
    await log({}, { epochs: 4, validationData: held, validationFreq: 2 });
    expect(series("validation", "epoch_loss").map(([step]) => step)).toEqual([1, 3]);
    await rm(join(logDir, "validation"), { recursive: true });
    await log({}, { epochs: 1 });
    expect(filesOf("validation")).toEqual([]);
  });
});

describe("updateFreq", () => {
  it.each<[NonNullable<TensorBoardOptions["updateFreq"]>, number[]]>([
    ["epoch", []],
    ["batch", [1, 2, 3, 4, 5, 6]],
    [1, [1, 2, 3, 4, 5, 6]],
    [4, [4]],
    [7, []],
  ])("%o writes running means after batches %o", async (updateFreq, steps) => {
    const means: number[] = [];
    const mean: Callback = { onBatchEnd: (_, logs) => void means.push(logs().loss) };
    await log({ updateFreq }, { epochs: 2, callbacks: [mean] });
    expect(series("train", "batch_loss")).toEqual(steps.map((step) => [step, Math.fround(means[step - 1])]));
    expect(series("train", "epoch_loss").length).toBe(2);
  });
});

describe("histogramFreq", () => {
  it("writes the weights by name in the epochs that it counts", async () => {
    const { model } = await log({ histogramFreq: 2 }, { epochs: 3 });
    const histograms = read("train").filter(({ histogram }) => histogram);
    const weights = model.getWeights();
    const tags = weights.map(({ name }) => `${name}/histogram`);
    expect(histograms.map(({ tag, step }) => [step, tag])).toEqual(
      [0, 2].flatMap((step) => tags.map((tag) => [step, tag])),
    );
    // The last ones are the weights as they are now.
    histograms.slice(tags.length).forEach(({ histogram }, i) => {
      const values = [...weights[i].data];
      const { min, max, num, limits, counts } = histogram as NonNullable<typeof histogram>;
      expect([min, max, num]).toEqual([Math.min(...values), Math.max(...values), values.length]);
      limits.forEach((limit, bucket) => {
        const below = (edge: number) => values.filter((value) => value < edge || edge === max).length;
        expect(counts[bucket]).toBe(below(limit) - (bucket === 0 ? 0 : below(limits[bucket - 1])));
      });
    });
  });
});

describe("a model in a worker", () => {
  it("writes the same numbers and histograms", async () => {
    const options = {
      inputShape: [2],
      layers: [dense({ units: 3, activation: "softmax" as const })],
      seed: 2,
      threads: 1,
    };
    const written: object[] = [];
    for (const worker of [false, true]) {
      const model = await Sequential.create({ ...options, worker });
      await model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
      const callbacks = [tensorBoard({ logDir, histogramFreq: 1, updateFreq: 2 })];
      await model.fit(data, { epochs: 2, batchSize: 8, validationData: held, callbacks });
      model.dispose();
      written.push(["train", "validation"].map((part) => read(part).map(({ time: _, ...event }) => event)));
      await rm(logDir, { recursive: true });
    }
    expect(written[1]).toEqual(written[0]);
    await writeFile(logDir, ""); // for afterEach
  });
});

describe("a run that resumes", () => {
  const options = { epochs: 6, batchSize: 8, validationData: held };
  const settings = (): TensorBoardOptions => ({ logDir, updateFreq: "batch", histogramFreq: 3 });
  const withoutTimes = () =>
    ["train", "validation"].map((part) => {
      expect(filesOf(part).length).toBe(1);
      return read(part).map(({ time: _, ...event }) => event);
    });

  async function whole() {
    await (await classifier()).fit(data, { ...options, callbacks: [tensorBoard(settings())] });
    const all = withoutTimes();
    await rm(logDir, { recursive: true });
    return all;
  }

  it.each([1, 4, 7, 9, 16])("after step %i continues its files as if it had never stopped", async (stop) => {
    const expected = await whole();
    const model = await classifier();
    const abort = new AbortController();
    let steps = 0;
    const stopper: Callback = { onBatchEnd: () => void (++steps === stop && abort.abort()) };
    await model.fit(data, { ...options, signal: abort.signal, callbacks: [tensorBoard(settings()), stopper] });
    const again = await Sequential.load(model.save());
    await again.fit(data, { ...options, resume: true, callbacks: [tensorBoard(settings())] });
    expect(withoutTimes()).toEqual(expected);
  });

  // After one step nothing has been validated yet.
  it.each([1, 10])(
    "from a checkpoint at step %i removes what is trained again, and what a crash cut short",
    async (step) => {
      const expected = await whole();
      const kept: Uint8Array<ArrayBuffer>[] = [];
      const keep = modelCheckpoint({ save: (bytes) => void kept.push(bytes), saveFreq: 1 });
      await (await classifier()).fit(data, { ...options, callbacks: [tensorBoard(settings()), keep] });
      const [name] = filesOf("train");
      appendFileSync(join(logDir, "train", name), new Uint8Array(9));
      const again = await Sequential.load(kept[step - 1]);
      await again.fit(data, { ...options, resume: true, callbacks: [tensorBoard(settings()), keep] });
      expect(withoutTimes()).toEqual(expected);
    },
  );

  it("from backupAndRestore continues its files", async () => {
    const expected = await whole();
    const path = join(logDir, "backup");
    let epochs = 0;
    const crash: Callback = {
      onEpochBegin() {
        if (++epochs === 4) throw new Error("the machine has failed");
      },
    };
    const callbacks = () => [tensorBoard(settings()), backupAndRestore({ path })];
    const first = (await classifier()).fit(data, { ...options, callbacks: [...callbacks(), crash] });
    await expect(first).rejects.toThrow("the machine has failed");
    await (await classifier()).fit(data, { ...options, callbacks: callbacks() });
    expect(withoutTimes()).toEqual(expected);
  });

  it("without its files, or with shorter ones, begins new ones", async () => {
    const model = await classifier();
    const abort = new AbortController();
    const stopper: Callback = { onEpochEnd: (epoch) => void (epoch === 2 && abort.abort()) };
    await model.fit(data, { ...options, signal: abort.signal, callbacks: [tensorBoard({ logDir }), stopper] });
    const bytes = model.save();
    const [name] = filesOf("train");
    truncateSync(join(logDir, "train", name), statSync(join(logDir, "train", name)).size - 1);
    await rm(join(logDir, "validation"), { recursive: true });
    await (await Sequential.load(bytes)).fit(data, { ...options, resume: true, callbacks: [tensorBoard({ logDir })] });
    expect(filesOf("train").length).toBe(2);
    const last = filesOf("train").filter((own) => own !== name)[0];
    const steps = eventsOf(readFileSync(join(logDir, "train", last))).filter(({ tag }) => tag === "epoch_loss");
    expect(steps.map(({ step }) => step)).toEqual([3, 4, 5]);
    expect(series("validation", "epoch_loss").map(([step]) => step)).toEqual([3, 4, 5]);
  });

  it("does not follow a path in a state", async () => {
    const callback = tensorBoard({ logDir: join(logDir, "logs") });
    const outside = join(logDir, "outside");
    await writeFile(outside, "whole");
    const place = { name: "../../outside", bytes: 1 };
    const wicked: Callback = {
      name: "tensorBoard",
      onTrainBegin: (trainer) => {
        callback.onTrainBegin?.(trainer);
        callback.setState?.({ batches: 0, train: place, validation: null });
      },
      onEpochBegin: (epoch) => callback.onEpochBegin?.(epoch),
    };
    await (await classifier()).fit(data, { callbacks: [wicked] });
    expect(readFileSync(outside, "utf8")).toBe("whole");
  });
});

describe("files", () => {
  it("each fit adds its own, and one callback serves several fits", async () => {
    const model = await classifier();
    const callback = tensorBoard({ logDir });
    await model.fit(data, { epochs: 1, callbacks: [callback] });
    await model.fit(data, { epochs: 3, initialEpoch: 1, callbacks: [callback] });
    expect(filesOf("train").length).toBe(2);
    expect(series("train", "epoch_loss").map(([step]) => step)).toEqual([0, 1, 2]);
  });

  itInFull("a process that is killed leaves every finished epoch in whole records", async () => {
    const source = (path: string) => JSON.stringify(fileURLToPath(new URL(`../../src/${path}`, import.meta.url)));
    const program = `
      const { Sequential } = await import(${source("sequential.ts")});
      const { dense } = await import(${source("specs/layers/dense.ts")});
      const { tensorBoard } = await import(${source("node/tensorBoard.ts")});
      const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 1 })] });
      model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
      const tell = { onEpochEnd: (epoch) => { if (epoch === 5) console.log("six epochs"); } };
      await model.fit({ x: [[1]], y: [1] }, { epochs: 1e9, callbacks: [tensorBoard({ logDir: ${JSON.stringify(logDir)}, updateFreq: "batch" }), tell] });`;
    const child = spawn(process.execPath, ["--import", "tsx", "--input-type=module", "-e", program]);
    await once(child.stdout, "data");
    child.kill("SIGINT");
    await once(child, "exit");
    const steps = series("train", "epoch_loss").map(([step]) => step);
    expect(steps.slice(0, 6)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it("an error names the path", async () => {
    await writeFile(join(logDir, "train"), "in the way");
    const attempt = log();
    await expect(attempt).rejects.toThrow(SimdgradError);
    await expect(attempt).rejects.toThrow(`tensorBoard: ${join(logDir, "train", "events.out.tfevents.")}`);
  });
});

describe("options", () => {
  it.each<[string, unknown, RegExp]>([
    ["null", null, /tensorBoard: expected an options object, got null/],
    ["a path instead of options", "logs", /expected an options object, got "logs"/],
    ["Keras's spelling", { log_dir: "x" }, /unknown option "log_dir". Did you mean "logDir"\?/],
    ["a histogram frequency in Keras's spelling", { histogram_freq: 1 }, /Did you mean "histogramFreq"\?/],
    ["writeGraph", { writeGraph: true }, /unknown option "writeGraph".* Known: logDir, histogramFreq, updateFreq/],
    ["an empty path", { logDir: "" }, /logDir: expected a path, got ""/],
    ["a path with a zero", { logDir: "a\0b" }, /logDir: expected a path/],
    ["no path", { logDir: null }, /logDir: expected a path, got null/],
    ["a URL", { logDir: new URL("file:///tmp") }, /logDir: expected a path, got an object/],
    ["a negative frequency", { histogramFreq: -1 }, /histogramFreq: expected an integer >= 0, got -1/],
    ["half a frequency", { histogramFreq: 0.5 }, /histogramFreq: expected an integer >= 0, got 0.5/],
    ["true", { histogramFreq: true }, /histogramFreq: expected an integer >= 0, got true/],
    ["0 batches", { updateFreq: 0 }, /updateFreq: expected an integer >= 1, got 0/],
    ["half a batch", { updateFreq: 1.5 }, /updateFreq: expected an integer >= 1, got 1.5/],
    [
      "another word",
      { updateFreq: "step" },
      /updateFreq: expected "epoch", "batch" or a number of batches, got "step"/,
    ],
    ["null batches", { updateFreq: null }, /updateFreq: expected "epoch", "batch" or a number of batches, got null/],
    ["an infinity of batches", { updateFreq: Infinity }, /updateFreq: expected an integer >= 1, got Infinity/],
  ])("rejects %s", (_, options, message) => {
    expect(() => tensorBoard(options as never)).toThrow(message);
    expect(() => tensorBoard(options as never)).toThrow(OptionError);
  });
});
