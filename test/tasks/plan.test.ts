// A plan whose tasks run in any order, twice, damaged or killed gives the bits of the search in one process.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Worker } from "node:worker_threads";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TaskResult } from "../../src/data/executor.js";
import { moons } from "../../src/datasets/index.js";
import { MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import { Dataset, OptionError } from "../../src/index.js";
import { decodeRows } from "../../src/jobs/dataFile.js";
import {
  gridSearch,
  type PartialSearchResult,
  randomSearch,
  type SearchResult,
  uniform,
} from "../../src/search/index.js";
import { encodeTable } from "../../src/table/encoded.js";
import { TableModel } from "../../src/table/index.js";
import { DeterminismError, JobError, openPlan, writePlan } from "../../src/tasks/index.js";
import { readResultFile, writeResultFile } from "../../src/tasks/results.js";
import { run } from "../cli/run.js";
import { itInFull } from "../support/inFull.js";

const PROGRAM = fileURLToPath(new URL("../../build/cli/index.js", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "simdgrad-plan-"));
const path = join(folder, "plan.json");
const data = moons({ samples: 60, noise: 0.1, seed: 1 });
const search = {
  estimator: "classifier",
  options: { hiddenLayerSizes: [8], maxEpochs: 20, patience: 60, learningRate: 0.02 },
  folds: 3,
  seed: 7,
  grid: { alpha: [1e-4, 1e-2, -1], batchSize: [4, 16] },
} as const;
/** Baselines and candidates, on each fold. */
const TASKS = (2 + 6) * 3;
const every = Array.from({ length: TASKS }, (_, i) => i);

/** One hash of all scores and weights, and of the best. */
function hashOf({ records, best }: PartialSearchResult): string {
  const all = records.map(({ subject, fold, score, weights, error }) => [subject, fold, score, weights, error]);
  expect(all.filter(([, , , weights]) => weights !== undefined)).toHaveLength(5 * 3);
  return createHash("sha256")
    .update(JSON.stringify([all, best?.options, best?.mean]))
    .digest("hex");
}

const out = (name: string) => join(folder, name);
const fresh = (name: string) => {
  rmSync(out(name), { recursive: true, force: true });
  return { out: out(name) };
};
let one: SearchResult;

beforeAll(async () => {
  one = await gridSearch(data, { ...search, workers: 1 });
  expect((await writePlan(path, gridSearch, data, search)).tasks).toBe(TASKS);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("a plan", () => {
  it("gives the bits of one process, run backwards and twice, by two threads", async () => {
    const plan = await openPlan(path, { concurrency: 2, onWarning: () => {} });
    const to = fresh("backwards");
    await Promise.all([...every].reverse().map((index) => plan.run(index, to)));
    const again = await Promise.all(every.map((index) => plan.run(index, to)));
    expect(again.filter(({ isNew }) => isNew)).toEqual([]);
    plan.close();
    const { result, missing } = await plan.gather(to);
    expect(missing).toEqual([]);
    expect(hashOf(result)).toBe(hashOf(one));
    expect(result.trials.map(({ options }) => options)).toEqual(one.trials.map(({ options }) => options));
    expect(result.trials.filter(({ error }) => error)).toHaveLength(2); // alpha -1 is refused
    const best = await MLPClassifier.load(await plan.fitBest(result));
    const own = await new MLPClassifier({ ...one.best.options, onWarning: () => {} }).fit(data);
    expect(best.predictProba(data.x)).toEqual(own.predictProba(data.x));
    expect(best.metadata).toMatchObject({ search: { scoring: "accuracy", mean: one.best.mean } });
  });

  it("closed while tasks run, ends its threads at once; the tasks say so", async () => {
    const long = { ...search.options, hiddenLayerSizes: [64, 64], maxEpochs: 100_000, patience: 100_000, tolerance: 0 };
    const at = join(fresh("endless").out, "plan.json");
    await writePlan(at, gridSearch, data, { ...search, options: long, grid: { alpha: [1e-4, 1e-2] } });
    const plan = await openPlan(at, { concurrency: 2, onWarning: () => {} });
    const workers: Worker[] = [];
    const onWorker = (worker: Worker) => workers.push(worker);
    process.on("worker", onWorker);
    const to = fresh("closed");
    // The first ones are of a baseline that is quick; two train, and one waits.
    await Promise.all([0, 1].map((index) => plan.run(index, to)));
    const running = [6, 7, 8].map((index) => plan.run(index, to).catch((error) => error));
    await new Promise((resolve) => setTimeout(resolve, 100));
    const began = performance.now();
    plan.close();
    for (const error of await Promise.all(running)) {
      expect(error).toBeInstanceOf(JobError);
      expect(error.message).toMatch(/plan\.json: closed before the task had a result\. Open it again/);
    }
    expect(performance.now() - began).toBeLessThan(2000);
    while (workers.some(({ threadId }) => threadId >= 0)) await new Promise((resolve) => setTimeout(resolve, 10));
    await expect(plan.run(9, to)).rejects.toThrow(/closed before/);
    process.off("worker", onWorker);
    expect(workers).toHaveLength(2); // none was started anew
    expect(await plan.run(0, to)).toMatchObject({ isNew: false });
  });

  itInFull("loses nothing but the running task to a kill, and says what is missing", async () => {
    const to = fresh("killed");
    const child = spawn(process.execPath, [PROGRAM, "task", path, "--index", `0-${TASKS - 1}`, "--out", to.out]);
    await new Promise<void>((resolve) => {
      let seen = 0;
      child.stdout.on("data", (text: Buffer) => {
        seen += text.toString().split("\n").length - 1;
        if (seen >= 4) resolve();
      });
      child.once("exit", () => resolve());
    });
    child.kill("SIGKILL");
    await new Promise((resolve) =>
      child.exitCode === null && child.signalCode === null ? child.once("exit", resolve) : resolve(0),
    );
    const plan = await openPlan(path);
    const { missing } = await plan.gather(to);
    const there = readdirSync(to.out).filter((name) => /^t[0-9a-f]{31}\.json$/.test(name)).length;
    expect(there).toBeGreaterThanOrEqual(4);
    expect(missing).toEqual(every.slice(there));
    for (const index of missing) await plan.run(index, to);
    expect(hashOf((await plan.gather(to)).result)).toBe(hashOf(one));
  });

  it("computes damaged and foreign results anew, with a warning", async () => {
    const told: string[] = [];
    const plan = await openPlan(path, { onWarning: (message) => told.push(message) });
    const to = { out: out("backwards") };
    const [first, second, third] = await Promise.all([3, 4, 5].map((index) => plan.run(index, to)));
    writeFileSync(first.file, readFileSync(first.file).subarray(0, 50));
    copyFileSync(third.file, second.file);
    const text = readFileSync(third.file, "utf8");
    writeFileSync(third.file, text.replace(/"score":[\d.]+/, '"score":7'));
    expect((await plan.gather(to)).missing).toEqual([3, 4, 5]);
    expect(told.map((message) => /Run the task again/.test(message))).toEqual([true, true, true]);
    for (const before of [first, second, third]) {
      const { result, isNew } = await plan.run(before.index, to);
      expect([isNew, result.score, result.weights]).toEqual([true, before.result.score, before.result.weights]);
    }
    expect(told.slice(3).map((message) => /damaged.*computed anew/.test(message))).toEqual([true, true, true]);
    expect(hashOf((await plan.gather(to)).result)).toBe(hashOf(one));
  });

  it("tells of two machines that differ", async () => {
    const to = { out: out("differ") };
    const { file } = await (await openPlan(path)).run(6, to);
    const text = readFileSync(file, "utf8");
    writeFileSync(file, "");
    // Another machine writes while this one trains.
    const onWarning = () => writeFileSync(file, text.replace(/"weights":"../, '"weights":"00'));
    const plan = await openPlan(path, { onWarning });
    await expect(plan.run(6, to)).rejects.toThrow(DeterminismError);
    await expect(plan.run(-1, to)).rejects.toThrow(OptionError);
    await expect(plan.run(TASKS, to)).rejects.toThrow(`integer >= 0 and <= ${TASKS - 1}, got ${TASKS}`);
  });

  it.each<[before: string, own: string, stays: string | null]>([
    ["a score", "the same score", "a score"],
    ["a score", "another score", null],
    ["a score", "a machine's failure", "a score"],
    ["a score", "a failure of its options", null],
    ["a machine's failure", "a score", "a score"],
    ["a machine's failure", "a failure of its options", "a failure of its options"],
    ["a failure of its options", "a machine's failure", "a failure of its options"],
    ["a failure of its options", "a failure of its options", "a failure of its options"],
    ["a failure of its options", "a score", null],
  ])("keeps of %s and then %s: %s", async (before, own, stays) => {
    const failed = (name: string) => ({ score: null, seconds: 1, error: { name, message: "so" } });
    const weights = "0".repeat(64);
    const results = new Map<string, TaskResult>([
      ["a score", { score: 0.5, seconds: 1, weights }],
      ["the same score", { score: 0.5, seconds: 2, weights }],
      ["another score", { score: 0.5, seconds: 1, weights: "1".repeat(64) }],
      ["a machine's failure", failed("BackendError")],
      ["a failure of its options", failed("OptionError")],
    ]);
    const [first, second] = [before, own].map((name) => results.get(name) as TaskResult);
    const { out } = fresh("kept");
    const folder = { where: "plan", out, remedy: "", warn: () => {} };
    const task = { subject: { kind: "candidate", options: {} }, fold: 0 } as const;
    const named = { id: "t0", task };
    const problem = { scoring: "accuracy", folds: [{ train: new Uint32Array(), test: new Uint32Array() }] };
    await writeResultFile(folder, named, first, problem);
    const writing = writeResultFile(folder, named, second, problem);
    if (stays === null) return expect(writing).rejects.toThrow(DeterminismError);
    const kept = results.get(stays);
    expect([await writing, await readResultFile(folder, named, problem)]).toEqual([kept, kept]);
  });

  const altered = (name: string, from: string | RegExp, to: string) => {
    const at = join(folder, name, "plan.json");
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(at, readFileSync(path, "utf8").replace(from, to));
    return at;
  };

  it.each([
    [
      "of another version",
      /"library":"[^"]*"/,
      '"library":"0.0.9"',
      /made by simdgrad "0\.0\.9".*Install simdgrad@0\.0\.9/,
    ],
    ["that is not JSON", /^\{/, "", /expected a plan.*npx simdgrad plan/],
    ["without a search", '"gridSearch"', '"successiveHalving"', /damaged.*gridSearch.*successiveHalving/],
    ["without tasks", /"tasks":\[[\s\S]*\]/, '"tasks":[]', /damaged: parts are missing/],
    ["with a task that cannot be", '"kind":"linear"', '"kind":"cubic"', /damaged: task 3.*"cubic"/],
  ])("refuses a plan %s", async (name, from, to, says) => {
    const opening = openPlan(altered(name, from, to));
    await expect(opening).rejects.toThrow(JobError);
    await expect(opening).rejects.toThrow(says);
  });

  it("says where the data should be, and that they are damaged", async () => {
    const plan = await openPlan(altered("alone", "", ""));
    const name = readdirSync(folder).find((file) => file.endsWith(".simdgrad-data")) as string;
    await expect(plan.run(0, { out: out("alone") })).rejects.toThrow(`${join(folder, "alone", name)} is missing`);
    await expect(plan.gather({ out: out("alone") })).rejects.toThrow("Copy it there");
    writeFileSync(join(folder, "alone", name), readFileSync(join(folder, name)).subarray(1));
    await expect(plan.run(0, { out: out("alone") })).rejects.toThrow(
      /damaged: its hash is [0-9a-f]{64}\. Copy it again/,
    );
    copyFileSync(join(folder, name), join(folder, "alone", name));
    expect((await plan.run(0, { out: out("alone") })).isFinal).toBe(true);
  });

  it("takes random draws, an estimator of its own, and one share instead of folds", async () => {
    const estimator = new MLPRegressor({
      hiddenLayerSizes: [4],
      maxEpochs: 5,
      standardizeTarget: true,
      onWarning: () => {},
    });
    const options = { estimator, space: { alpha: uniform(0, 1) }, trials: 2, holdOut: 0.3, seed: 2 } as const;
    const at = join(folder, "random.json");
    await writePlan(at, randomSearch, data, options);
    const plan = await openPlan(at);
    for (let i = 0; i < plan.tasks; i++) await plan.run(i, { out: out("random") });
    const { result } = await plan.gather({ out: out("random") });
    const here = await randomSearch(data, { ...options, workers: 1 });
    const plain = ({ trials, baselines }: PartialSearchResult) =>
      [...trials, ...baselines].map(({ options: own, scores }) => [own, scores]);
    expect(plain(result)).toEqual(plain(here));
  });
});

describe("the command line", () => {
  const text = (head: string, row: (i: number) => string) =>
    `${head}\n${Array.from({ length: 90 }, (_, i) => row(i)).join("\n")}\n`;
  const words = (at: string) => ["task", at, "--out", `${at}.out`];

  /** Rows as they are in a file beside the plan. */
  const rowsIn = (at: string, key: "data" | "test") => {
    const plan = JSON.parse(readFileSync(at, "utf8"));
    const { sha256 } = key === "data" ? plan.data : plan.table.test;
    const { x, y, inputShape } = decodeRows(readFileSync(join(folder, `${sha256}.simdgrad-data`)));
    return Dataset.from({ x, y }, { inputShape, targetShape: [] });
  };

  it("plans, runs and gathers a table of classes; the model predicts from its rows", async () => {
    const csv = text(
      "size,colour,sold",
      (i) => `${(i * 7) % 31},${["red", "blue"][i % 2]},${(i * 7) % 31 > 14 ? "yes" : "no"}`,
    );
    writeFileSync(join(folder, "sold.csv"), csv);
    const at = join(folder, "sold.json");
    const grid = ["--grid", "alpha=1e-4,1e-2", "--grid", "hiddenLayerSizes=[4],[6,4]", "--options", "maxEpochs=8"];
    const planned = await run([
      "plan",
      join(folder, "sold.csv"),
      "--target",
      "sold",
      ...grid,
      "--folds",
      "2",
      "-o",
      at,
    ]);
    expect([planned.code, planned.err]).toEqual([0, ""]);
    expect(planned.out).toContain("12 tasks");
    expect((await run(["task", at, "--count"])).out).toBe("12\n");
    const first = await run(words(at), { env: { SLURM_ARRAY_TASK_ID: "3" } });
    expect([first.code, first.err, first.out]).toEqual([0, "", expect.stringMatching(/^3 {2}linear, fold 1: 0\.\d+/)]);
    await run(words(at), { env: { JOB_COMPLETION_INDEX: "4" } });
    const some = await run(["gather", at, "--out", `${at}.out`]);
    expect([some.code, some.err]).toEqual([
      1,
      expect.stringContaining(
        `10 of 12 tasks have no result in ${at}.out. Run: npx simdgrad task ${at} --out ${at}.out --index 0-2,5-11`,
      ),
    ]);
    await run([...words(at), "--of", "2"], { env: { AWS_BATCH_JOB_ARRAY_INDEX: "0" } });
    await run([...words(at), "--of", "2", "--index", "1"]);
    const file = join(folder, "sold.safetensors");
    const gathered = await run(["gather", at, "--out", `${at}.out`, "--model", file, "--json"]);
    expect(gathered.code).toBe(0);
    const { best, missing } = JSON.parse(gathered.out);
    expect(missing).toEqual([]);
    const estimator = await new MLPClassifier({ ...best.options, onWarning: () => {} }).fit(rowsIn(at, "data"));
    const test = rowsIn(at, "test");
    const model = await TableModel.load(readFileSync(file));
    expect(model.scores?.accuracy).toBe(estimator.score(test));
    expect(model.rows).toEqual({ train: 72, test: 18 });
    const raw = csv
      .trim()
      .split("\n")
      .slice(1)
      .map((line) => line.split(","));
    const answers = model.predict(raw.map(([size, colour]) => ({ size, colour }))) as { label: string }[];
    const all = [rowsIn(at, "data"), test].flatMap((rows) => estimator.predict(rows));
    // The same answers, however the rows were shared out.
    const yes = (labels: readonly unknown[], label: unknown) => labels.filter((own) => own === label).length;
    expect(
      yes(
        answers.map(({ label }) => label),
        "yes",
      ),
    ).toBe(yes(all, 1));
    expect((await run(["inspect", file])).out).toContain("classification of sold");
  });

  it("does the same with numbers, whose scale the model keeps", async () => {
    writeFileSync(
      join(folder, "price.csv"),
      text("size,price", (i) => `${(i * 7) % 31},${1000 * ((i * 7) % 31) + ((i * 37) % 11)}.5`),
    );
    const at = join(folder, "price.json");
    const planned = await run(
      [
        "plan",
        join(folder, "price.csv"),
        "--target",
        "price",
        "--grid",
        "alpha=1e-4",
        "--options",
        '{"maxEpochs":30}',
        "--random",
        "1",
        "--hold-out",
        "0.2",
        "-q",
      ],
      { env: {} },
    );
    expect(planned.code).toBe(0);
    writeFileSync(at, planned.out);
    for (const name of readdirSync(".").filter((each) => each.endsWith(".simdgrad-data"))) {
      copyFileSync(name, join(folder, name));
      rmSync(name);
    }
    await run([...words(at), "--index", "0-2"]);
    const file = join(folder, "price.safetensors");
    const gathered = await run(["gather", at, "--out", `${at}.out`, "--model", file, "-q"]);
    expect([gathered.code, gathered.err]).toEqual([0, ""]);
    const options = JSON.parse(readFileSync(at, "utf8")).tasks[2].subject.options;
    expect(options).toEqual({ standardizeTarget: true, maxEpochs: 30, alpha: 1e-4 });
    const estimator = await new MLPRegressor({ ...options, onWarning: () => {} }).fit(rowsIn(at, "data"));
    const model = await TableModel.load(readFileSync(file));
    expect(model.scores?.r2).toBeCloseTo(estimator.score(rowsIn(at, "test")), 5);
    const { value } = model.predict({ size: 30 }) as { value: number };
    expect(value).toBeGreaterThan(15_000);
  });

  it.each<[number, "price" | "kind", number]>([
    [0, "price", 1],
    [0.2, "price", 0],
    [0, "kind", 0],
  ])("of testSize %s and target %s says that intervals are too narrow: %s times", async (testSize, target, times) => {
    const rows = Array.from({ length: 40 }, (_, i) => ({ size: i, price: 3 * i + (i % 3), kind: i % 2 ? "a" : "b" }));
    const told: string[] = [];
    const onWarning = (message: string) => told.push(message);
    await encodeTable("makePlan", rows, { target, testSize, exclude: [] }, { task: undefined, seed: 0, onWarning });
    expect(told.filter((message) => message.includes("interval around a number too narrow"))).toHaveLength(times);
  });

  it("stops by Ctrl-C and keeps what is done", async () => {
    const to = fresh("stopped");
    let lines = 0;
    let stop = () => {};
    const { code, err } = await run(["task", path, "--out", to.out, "--index", `0-${TASKS - 1}`], {
      onStart: (abort) => {
        stop = abort;
      },
      onOut: () => {
        if (++lines === 2) stop();
      },
    });
    expect([code, err]).toEqual([130, "error: stopped; tasks that are done are kept.\n"]);
    expect(readdirSync(to.out).length).toBeGreaterThanOrEqual(2);
  });

  it("begins no task after one that cannot have a result", async () => {
    const to = fresh("torn");
    const plan = await openPlan(path, { onWarning: () => {} });
    const done = await Promise.all(every.map((index) => plan.run(index, to)));
    rmSync(done[0].file);
    mkdirSync(done[0].file); // cannot be read, nor written
    let lines = 0;
    const argv = ["task", path, "--out", to.out, "--index", `0-${TASKS - 1}`, "--concurrency", "2"];
    const { code, err } = await run(argv, { onOut: () => lines++ });
    expect(code).toBe(1);
    expect(err).toContain(done[0].file);
    await new Promise((resolve) => setTimeout(resolve, 200));
    expect(lines).toBeLessThan(TASKS / 2);
  });

  it.each([
    ["no index", ["task", "PLAN", "--out", "r"], "Give --index 0, or start it by a scheduler"],
    ["an index that no task has", ["task", "PLAN", "--out", "r", "--index", "24"], "indexes from 0 to 23; got 24"],
    ["a share that is not there", ["task", "PLAN", "--out", "r", "--index", "4", "--of", "4"], "there are 4 shares"],
    ["an index that is not a number", ["task", "PLAN", "--out", "r", "--index", "7-3"], "such as 5 or 3,7-9"],
    ["no folder", ["task", "PLAN", "--index", "0"], "Give --out results"],
    ["gathering without a folder", ["gather", "PLAN"], "--out <folder>"],
    ["no table", ["plan", "--target", "y"], "npx simdgrad plan data.csv --target"],
    ["no target", ["plan", "DATA"], "Add --target <column>, one of size, price"],
    [
      "an unknown option in the grid",
      ["plan", "DATA", "--target", "price", "--grid", "alhpa=1"],
      'Did you mean "alpha"',
    ],
    ["a grid that is not one", ["plan", "DATA", "--target", "price", "--grid", "alpha"], "such as alpha=1e-4,1e-3"],
    ["an unknown scoring", ["plan", "DATA", "--target", "price", "--scoring", "f2"], "scoring"],
    ["an unknown scheduler", ["plan", "--template", "pbs"], "slurm, kubernetes, parallel"],
  ])("says what to do: %s", async (_, argv, says) => {
    const given = argv.map((word) => (word === "PLAN" ? path : word === "DATA" ? join(folder, "price.csv") : word));
    const { code, err } = await run(given);
    expect(err).toContain(says);
    expect(code).toBe(2);
  });

  it("prints scripts for schedulers, which name commands that exist", async () => {
    for (const name of ["slurm", "kubernetes", "parallel"]) {
      const { code, out: script } = await run(["plan", "--template", name]);
      expect(code).toBe(0);
      expect(script).toContain("npx simdgrad gather plan.json --out results");
    }
  });
});
