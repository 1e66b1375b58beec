// Output of csvLogger: names that need quotes, existing files, and runs that resume.
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { parseCsv } from "../../src/csv/index.js";
import { type Callback, type FitOptions, f1, modelCheckpoint, OptionError, Sequential } from "../../src/index.js";
import { backupAndRestore, type CsvLoggerOptions, csvLogger } from "../../src/node/index.js";
import { blobs, classifier } from "../model/models.js";

const data = blobs(20);
const held = blobs(9, { seed: 8 });

let dir: string;
let path: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "simdgrad-"));
  path = join(dir, "logs", "log.csv");
});
afterEach(() => rm(dir, { recursive: true }));

const read = () => readFile(path, "utf8");

async function found(text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}

async function log(options: Partial<CsvLoggerOptions> = {}, fit: FitOptions = {}, names: readonly string[] = []) {
  const model = await classifier({ metrics: names.map((name) => f1({ name })) });
  return model.fit<string>(data, { ...fit, callbacks: [csvLogger({ path, ...options }), ...(fit.callbacks ?? [])] });
}

describe("a name is a cell of its own:", () => {
  it.each<[name: string, cell: string, separator?: string]>([
    ["F1, macro", '"F1, macro"'],
    ["F1; macro", "F1; macro"],
    ["F1; macro", '"F1; macro"', ";"],
    ["F1, macro", "F1, macro", ";"],
    ['the "best"', '"the ""best"""'],
    ["two\nlines", '"two\nlines"'],
    ["two\r\nlines", '"two\r\nlines"'],
    [" wide ", '" wide "'],
    ["a\tb", '"a\tb"', "\t"],
    ['=HYPERLINK("http://x","y")', `"'=HYPERLINK(""http://x"",""y"")"`],
    ["=1+1", "'=1+1"],
    ["+1", "'+1"],
    ["-1", "'-1"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    [" =1", "' =1"],
    ["'=1", "''=1"],
    ["'quoted'", "'quoted'"],
    ["a=1", "a=1"],
    ["constructor", "constructor"],
    ["__proto__", "__proto__"],
  ])("%j is %j", async (name, cell, separator = ",") => {
    const { loss, [name]: values } = await log({ separator }, { epochs: 2 }, [name]);
    const rows = [0, 1].map((i) => [i, loss[i], values[i]].join(separator));
    expect(await read()).toBe(`${[["epoch", "loss", cell].join(separator), ...rows].join("\n")}\n`);
    const first = await read();
    // Read back, it is the same name: nothing is added, nothing refused.
    await log({ separator, append: true }, { epochs: 2 }, [name]);
    expect(await read()).toBe(first + first.slice(first.indexOf(rows[0])));
  });

  it("a reader of CSV finds as many cells in each line", async () => {
    await log({}, { epochs: 2, validationData: held, validationFreq: 2 }, ["F1, macro", 'x "y"']);
    const { columns } = await parseCsv(await read());
    const names = ["F1, macro", 'x "y"', "valLoss", "valF1, macro", 'valX "y"'];
    expect(Object.keys(columns)).toEqual(["epoch", "loss", ...names]);
  });
});

describe("append", () => {
  const line = "0,0.5,0.25\n";

  it.each<[what: string, before: string, after: string]>([
    ["nothing", "", "epoch,loss,score\n"],
    ["a byte-order mark", "\uFEFF", "epoch,loss,score\n"],
    ["a header", "epoch,loss,score\n", "epoch,loss,score\n"],
    ["a header without its end", "epoch,loss,score", "epoch,loss,score\n"],
    ["lines", `epoch,loss,score\n${line}`, `epoch,loss,score\n${line}`],
    ["a last line without its end", `epoch,loss,score\n${line}${line.trim()}`, `epoch,loss,score\n${line}${line}`],
    ["lines of Windows", "epoch,loss,score\r\n0,0.5,0.25\r\n", "epoch,loss,score\r\n0,0.5,0.25\r\n"],
    ["quotes that are not needed", `"epoch","loss","score"\n${line}`, `"epoch","loss","score"\n${line}`],
    ["a byte-order mark and lines", `\uFEFFepoch,loss,score\n${line}`, `\uFEFFepoch,loss,score\n${line}`],
  ])("continues after %s", async (_, before, after) => {
    await found(before);
    const { loss, score } = await log({ append: true }, {}, ["score"]);
    expect(await read()).toBe(`${after}0,${loss[0]},${score[0]}\n`);
  });

  it("writes each number below its name, in the order of the file, and skips validation", async () => {
    await found(`valLoss,score,loss,epoch,valScore\n1,2,3,0,5\n`);
    const { loss, score } = await log({ append: true }, {}, ["score"]);
    expect(await read()).toBe(`valLoss,score,loss,epoch,valScore\n1,2,3,0,5\n,${score[0]},${loss[0]},0,\n`);
  });

  it("adds the columns of validation to a file that has none", async () => {
    await found(`epoch,loss\n0,0.5\n`);
    const { loss, valLoss } = await log({ append: true }, { validationData: held });
    expect(await read()).toBe(`epoch,loss,valLoss\n0,0.5,\n0,${loss[0]},${valLoss[0]}\n`);
  });

  it.each<[what: string, text: string, epochs: number]>([
    ["lacks a metric", `epoch,loss\n0,0.5\n`, 0],
    ["lacks the epoch", `loss,score\n0.5,0.5\n`, 0],
    ["has another separator", `epoch;loss;score\n0;0.5;0.5\n`, 0],
    ["is something else", `hello\nworld\n`, 0],
    ["is not CSV", `"epoch,loss,score`, 0],
    ["has another metric", `epoch,loss,score,recall\n0,0.5,0.5,1\n`, 1],
    ["has the name of every object", `epoch,loss,score,constructor\n0,0.5,0.5,1\n`, 1],
  ])("rejects a file that %s, and leaves it", async (_, text, epochs) => {
    await found(text);
    const begun: number[] = [];
    const callbacks: Callback[] = [{ onBatchEnd: ({ epoch, step }) => void (step === 0 && begun.push(epoch)) }];
    const attempt = log({ append: true }, { epochs: 3, batchSize: 5, callbacks }, ["score"]);
    await expect(attempt).rejects.toBeInstanceOf(OptionError);
    await expect(attempt).rejects.toThrow(
      /csvLogger: .*log\.csv has the columns .*this fit has epoch, loss, score\. Give another path/s,
    );
    expect(await read()).toBe(text);
    expect(begun).toHaveLength(epochs);
  });
});

/** Fails after the step, or at the end of the epoch if it is null. */
function failAt(epoch: number, step: number | null): Callback {
  const fail = () => {
    throw new Error("gone");
  };
  if (step === null) return { onEpochEnd: (ended) => ended === epoch && fail() };
  return { onBatchEnd: (position) => position.epoch === epoch && position.step === step && fail() };
}

const sound = { epochs: 5, batchSize: 5, validationData: held, validationFreq: 2 };

describe.each<[order: string, every: "epoch" | number]>([
  ["before", "epoch"],
  ["after", "epoch"],
  ["after", 3],
])("with backupAndRestore %s it, every %s", (order, every) => {
  const callbacksOf = (more: readonly Callback[], options: Partial<CsvLoggerOptions> = {}) => {
    const logger = csvLogger({ path, ...options });
    const backup = backupAndRestore({ path: join(dir, "backup"), every });
    return [...(order === "before" ? [backup, logger] : [logger, backup]), ...more];
  };

  it.each<[number, number | null]>([
    [0, 3],
    [0, null],
    [2, 1],
    [4, null],
  ])("writes each epoch once, when the run ended in epoch %i after step %s", async (epoch, step) => {
    const fit = async (callbacks: readonly Callback[]) => (await classifier()).fit(data, { ...sound, callbacks });
    await fit([csvLogger({ path })]);
    const whole = await read();
    expect(whole.split("\n")).toHaveLength(7);
    await writeFile(path, "an older log\n");
    await expect(fit(callbacksOf([failAt(epoch, step)]))).rejects.toThrow("gone");
    await fit(callbacksOf([]));
    expect(await read()).toBe(whole);
  });

  it("keeps the lines that it appends to", async () => {
    const older = "epoch,loss,accuracy\n7,1,0\n8,0.5,1\n";
    const fit = async (callbacks: readonly Callback[]) => (await classifier()).fit(data, { ...sound, callbacks });
    await found(older);
    await fit([csvLogger({ path, append: true })]);
    const whole = await read();
    await found(older);
    await expect(fit(callbacksOf([failAt(2, 3)], { append: true }))).rejects.toThrow("gone");
    await fit(callbacksOf([], { append: true }));
    expect(await read()).toBe(whole);
  });
});

it("a run that resumes from a checkpoint takes out the epochs that it trains again", async () => {
  const files: Uint8Array<ArrayBuffer>[] = [];
  const callbacks = () => [csvLogger({ path }), modelCheckpoint({ save: (bytes) => void files.push(bytes) })];
  await (await classifier()).fit(data, { ...sound, callbacks: callbacks() });
  const whole = await read();
  const loaded = await Sequential.load(files[1]);
  const { epoch } = await loaded.fit(data, { ...sound, callbacks: callbacks(), resume: true });
  expect(epoch).toEqual([2, 3, 4]);
  expect(await read()).toBe(whole);
  // A log that is lost begins with the epochs that remain.
  await rm(path);
  const [header, ...lines] = whole.split("\n");
  await (await Sequential.load(files[3])).fit(data, { ...sound, callbacks: callbacks(), resume: true });
  expect((await read()).split("\n")).toEqual([
    header.split(",").slice(0, 3).join(","),
    lines[4].replace(/,+$/, ""),
    "",
  ]);
});

it("a run that is stopped before it goes on keeps its lines for the next", async () => {
  const files: Uint8Array<ArrayBuffer>[] = [];
  const callbacks = () => [csvLogger({ path }), modelCheckpoint({ save: (bytes) => void files.push(bytes) })];
  await (await classifier()).fit(data, { ...sound, callbacks: callbacks() });
  const whole = await read();
  const loaded = await Sequential.load(files[2]);
  const signal = AbortSignal.abort();
  for (let i = 0; i < 2; i++) await loaded.fit(data, { ...sound, callbacks: callbacks(), resume: true, signal });
  await loaded.fit(data, { ...sound, callbacks: callbacks(), resume: true });
  expect(await read()).toBe(whole);
});

it("a model in a worker writes the same, and resumes the same", async () => {
  const here = async () => (await classifier()).fit(data, { ...sound, callbacks: [csvLogger({ path })] });
  await here();
  const whole = await read();
  const far = async (more: readonly Callback[]) => {
    const model = await Sequential.load((await classifier()).save(), { worker: true });
    const callbacks = [csvLogger({ path }), backupAndRestore({ path: join(dir, "backup"), every: 3 }), ...more];
    await model.fit(data, { ...sound, callbacks }).finally(() => model.dispose());
  };
  await expect(far([failAt(2, 3)])).rejects.toThrow("gone");
  await far([]);
  expect(await read()).toBe(whole);
});

it("two logs keep apart", async () => {
  const [a, b] = [join(dir, "a.csv"), join(dir, "b.csv")];
  const callbacks = (more: readonly Callback[]) => [
    ...[
      csvLogger({ path: a }),
      csvLogger({ path: b, separator: ";" }),
      backupAndRestore({ path: join(dir, "backup") }),
    ],
    ...more,
  ];
  const fit = async (more: readonly Callback[]) =>
    (await classifier()).fit(data, { ...sound, callbacks: callbacks(more) });
  await fit([]);
  const whole = [await readFile(a, "utf8"), await readFile(b, "utf8")];
  await expect(fit([failAt(3, 1)])).rejects.toThrow("gone");
  await fit([]);
  expect([await readFile(a, "utf8"), await readFile(b, "utf8")]).toEqual(whole);
});
