// Callbacks that write files: their contents, the files after a crash, and rejected options.
import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { OptionError, SimdgradError } from "../../src/index.js";
import { backupAndRestore, csvLogger, loadModel, modelCheckpoint, tensorBoard } from "../../src/node/index.js";
import { blobs, classifier, stateOf } from "../model/models.js";
import { itInFull } from "../support/inFull.js";

const data = blobs(20);
const held = blobs(9, { seed: 8 });

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "simdgrad-"));
});
afterEach(() => rm(dir, { recursive: true }));

describe("two callbacks of a fit with one path are refused before training", () => {
  const makers = {
    backupAndRestore,
    csvLogger,
    modelCheckpoint,
    tensorBoard: ({ path }: { path: string }) => tensorBoard({ logDir: path }),
  };
  type Name = keyof typeof makers;
  it.each<[Name, Name]>([
    ["modelCheckpoint", "modelCheckpoint"],
    ["modelCheckpoint", "backupAndRestore"],
    ["backupAndRestore", "modelCheckpoint"],
    ["csvLogger", "backupAndRestore"],
    ["csvLogger", "csvLogger"],
    ["tensorBoard", "tensorBoard"],
    ["csvLogger", "tensorBoard"],
  ])("%s and %s", async (one, other) => {
    const [path, same] = [join(dir, "run"), `${dir}/deep/../run`];
    const both = [makers[one]({ path }), makers[other]({ path: same })];
    const model = await classifier();
    const option = other === "tensorBoard" ? "logDir" : "path";
    const who = one === other ? `another ${one}` : one;
    await expect(model.fit(data, { callbacks: both })).rejects.toThrow(
      new OptionError(`${other}: ${option}: "${same}" is written by ${who} of this fit, too. Give each its own path.`),
    );
    expect(await readdir(dir)).toEqual([]);
    const own = [makers[one]({ path }), makers[other]({ path: join(dir, "other") })];
    await model.fit(data, { epochs: 2, callbacks: own });
    await model.fit(data, { epochs: 4, callbacks: own });
  });
});

it.each([true, false])("a path beside the previous file of a checkpoint, keepPrevious: %s", async (keepPrevious) => {
  const path = join(dir, "run");
  const callbacks = [modelCheckpoint({ path, keepPrevious }), csvLogger({ path: `${path}.previous` })];
  const fitting = (await classifier()).fit(data, { callbacks });
  const says = `csvLogger: path: "${path}.previous" is written by modelCheckpoint of this fit, too. Give each its own path.`;
  if (keepPrevious) await expect(fitting).rejects.toThrow(new OptionError(says));
  else await fitting;
  expect(await readdir(dir)).toEqual(keepPrevious ? [] : ["run", "run.previous"]);
});

describe("modelCheckpoint", () => {
  it("saves after each epoch what can be resumed, and keeps the one before", async () => {
    const path = join(dir, "deep", "model");
    const whole = await classifier();
    await whole.fit(data, { epochs: 3, batchSize: 8, callbacks: [modelCheckpoint({ path })] });
    expect((await readdir(join(dir, "deep"))).sort()).toEqual(["model", "model.previous"]);
    const expected = await classifier();
    await expected.fit(data, { epochs: 2, batchSize: 8 });
    const previous = await loadModel(`${path}.previous`);
    expect(previous.getWeights()).toEqual(expected.getWeights());
    await previous.fit(data, { epochs: 3, batchSize: 8, callbacks: [modelCheckpoint({ path })], resume: true });
    expect(stateOf(previous)).toBe(stateOf(whole));
  });

  it("saves under numbered names, without a previous one where it is not wanted", async () => {
    const path = join(dir, "epoch-{epoch:3}-{valAccuracy:1}");
    const options = { epochs: 2, validationData: held, callbacks: [modelCheckpoint({ path, keepPrevious: false })] };
    const { valAccuracy } = await (await classifier()).fit(data, options);
    const names = valAccuracy.map((value, i) => `epoch-00${i + 1}-${value.toFixed(1)}`);
    expect((await readdir(dir)).sort()).toEqual(names);
  });

  it("saves only the best, and after steps", async () => {
    const model = await classifier();
    const path = join(dir, "{epoch}-{step}");
    await model.fit(data, { epochs: 2, batchSize: 5, callbacks: [modelCheckpoint({ path, saveFreq: 3 })] });
    expect((await readdir(dir)).sort()).toEqual(["1-3", "2-2"]);
    const best = join(dir, "best-{epoch}");
    const seen: number[] = [];
    const callbacks = [
      modelCheckpoint({ path: best, monitor: "loss", saveBestOnly: true, initialBest: 0 }),
      modelCheckpoint({ path: join(dir, "other-{epoch}"), monitor: "accuracy", saveBestOnly: true, initialBest: 1 }),
      { onEpochEnd: (epoch: number) => seen.push(epoch) },
    ];
    await model.fit(data, { epochs: 2, callbacks });
    expect(seen).toEqual([0, 1]);
    expect((await readdir(dir)).sort()).toEqual(["1-3", "2-2"]);
  });

  it.each<[string, object, RegExp]>([
    ["no path", {}, /modelCheckpoint: path: expected a path, got undefined/],
    ["an empty path", { path: "" }, /path: expected a path, got ""/],
    ["another name", { path: "x", file: "y" }, /unknown option "file"/],
    ["keepPrevious", { path: "x", keepPrevious: 1 }, /keepPrevious: expected true or false, got 1/],
    ["saveFreq", { path: "x", saveFreq: 0 }, /saveFreq: expected "epoch" or an integer >= 1, got 0/],
    ["saveBestOnly", { path: "x", saveBestOnly: "yes" }, /saveBestOnly: expected true or false/],
    ["mode", { path: "x", mode: "less" }, /mode: expected one of .*"less"/],
  ])("rejects %s", (_, options, message) => {
    expect(() => modelCheckpoint(options as never)).toThrow(message);
    expect(() => modelCheckpoint(options as never)).toThrow(OptionError);
  });

  it("fails with fit: an unknown placeholder, and a place where nothing can be written", async () => {
    const attempt = async (path: string) => (await classifier()).fit(data, { callbacks: [modelCheckpoint({ path })] });
    await expect(attempt(join(dir, "{acc}"))).rejects.toThrow(
      /\{acc\} stands for nothing. There is \{epoch\}, \{loss\}/,
    );
    await writeFile(join(dir, "file"), "");
    await expect(attempt(join(dir, "file", "model"))).rejects.toThrow(/modelCheckpoint: .*could not be written/);
    await mkdir(join(dir, "folder"));
    await expect(attempt(join(dir, "folder"))).rejects.toBeInstanceOf(SimdgradError);
    expect((await readdir(dir)).sort()).toEqual(["file", "folder"]);
  });

  itInFull("killed at any moment, it leaves a model that can be trained on", async () => {
    const path = join(dir, "model");
    const program = `
      import { dense, Sequential } from "simdgrad";
      import { modelCheckpoint } from "simdgrad/node";
      const model = await Sequential.create({ inputShape: [1], layers: [dense({ units: 2000 }), dense({ units: 1 })] });
      model.compile({ optimizer: "adam", loss: "meanSquaredError" });
      const started = { onEpochEnd: (epoch) => epoch === 2 && console.log("started") };
      const callbacks = [modelCheckpoint({ path: ${JSON.stringify(path)} }), started];
      await model.fit({ x: [0, 1], y: [1, 0] }, { epochs: 1e6, callbacks });`;
    const root = fileURLToPath(new URL("../..", import.meta.url));
    for (const milliseconds of [0, 3, 7]) {
      const args = ["--input-type=module", "--eval", program];
      const child = spawn(process.execPath, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"] });
      const ended = new Promise((resolve) => child.on("exit", resolve));
      await Promise.race([new Promise((resolve) => child.stdout.once("data", resolve)), ended]);
      expect(child.exitCode).toBe(null);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      child.kill("SIGKILL");
      await ended;
      for (const file of [path, `${path}.previous`]) {
        const model = await loadModel(file);
        const callbacks = [modelCheckpoint({ path: join(dir, "other") })];
        const { epoch } = await model.fit(
          { x: [0, 1], y: [1, 0] },
          { epochs: 1e6, callbacks: [...callbacks, stopAtOnce()], resume: true },
        );
        expect(epoch[0]).toBeGreaterThan(0);
      }
    }
  });
});

/** Ends training after its first epoch. */
function stopAtOnce() {
  let stop = () => {};
  return {
    onTrainBegin: (trainer: { stopTraining: boolean }) => {
      stop = () => {
        trainer.stopTraining = true;
      };
    },
    onBatchEnd: () => stop(),
  };
}

describe("csvLogger", () => {
  const path = () => join(dir, "logs", "log.csv");
  const rowsOf = async (separator = ",") => {
    const text = await readFile(path(), "utf8");
    expect(text.endsWith("\n")).toBe(true);
    return text
      .trimEnd()
      .split("\n")
      .map((line) => line.split(separator));
  };

  it("writes the history, bit for bit", async () => {
    const { epoch, loss, accuracy } = await (await classifier()).fit(data, {
      epochs: 3,
      callbacks: [csvLogger({ path: path() })],
    });
    const [header, ...rows] = await rowsOf();
    expect(header).toEqual(["epoch", "loss", "accuracy"]);
    expect(rows.map((row) => row.map(Number))).toEqual(epoch.map((i) => [i, loss[i], accuracy[i]]));
  });

  it("replaces the file, or appends to it", async () => {
    const model = await classifier();
    const log = (options: object, epochs: number, initialEpoch = 0) =>
      model.fit(data, { epochs, initialEpoch, callbacks: [csvLogger({ path: path(), separator: ";", ...options })] });
    await log({}, 3);
    await log({}, 2);
    expect(await rowsOf(";")).toHaveLength(3);
    await log({ append: true }, 4, 2);
    const rows = await rowsOf(";");
    expect(rows.map(([epoch]) => epoch)).toEqual(["epoch", "0", "1", "2", "3"]);
  });

  it("adds columns that come later, and leaves empty what an epoch does not have", async () => {
    const callbacks = [csvLogger({ path: path() })];
    const { valLoss } = await (await classifier()).fit(data, {
      epochs: 3,
      validationData: held,
      validationFreq: 2,
      callbacks,
    });
    const [header, ...rows] = await rowsOf();
    expect(header).toEqual(["epoch", "loss", "accuracy", "valLoss", "valAccuracy"]);
    expect(rows.map((row) => row[3])).toEqual(["", String(valLoss[0]), ""]);
    expect(rows.map((row) => row.length)).toEqual([5, 5, 5]);
  });

  it.each<[string, object, RegExp]>([
    ["no path", {}, /csvLogger: path: expected a path, got undefined/],
    ["another name", { path: "x", file: "y" }, /unknown option "file"/],
    ["append", { path: "x", append: 1 }, /append: expected true or false, got 1/],
    ["a long separator", { path: "x", separator: ", " }, /separator: expected one character/],
    ["a digit", { path: "x", separator: "1" }, /separator: expected one character such as ";", got "1"/],
    ["a line end", { path: "x", separator: "\n" }, /separator: expected one character/],
  ])("rejects %s", (_, options, message) => {
    expect(() => csvLogger(options as never)).toThrow(message);
    expect(() => csvLogger(options as never)).toThrow(OptionError);
  });

  it("fails with fit where nothing can be written", async () => {
    await mkdir(path(), { recursive: true });
    const attempt = (await classifier()).fit(data, { callbacks: [csvLogger({ path: path() })] });
    await expect(attempt).rejects.toThrow(/csvLogger: .*log.csv could not be written/);
    await expect(attempt).rejects.toBeInstanceOf(SimdgradError);
  });
});
