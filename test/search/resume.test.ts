// Results so far: read while a search runs, kept as JSON, taken back after every record was checked.
import { describe, expect, it } from "vitest";
import { moons } from "../../src/datasets/index.js";
import { OptionError, SimdgradError } from "../../src/index.js";
import {
  formatSearch,
  type GridSearchOptions,
  gridSearch,
  type HalvingOptions,
  logUniform,
  type PartialSearchResult,
  SearchError,
  type SearchResult,
  successiveHalving,
} from "../../src/search/index.js";
import { isQuick } from "../support/inFull.js";
import { timeless } from "./timeless.js";

const data = moons({ samples: 60, noise: 0.1, seed: 1 });
const options = {
  ...{ estimator: "classifier", options: { maxEpochs: 5, learningRate: 0.02, hiddenLayerSizes: [4] }, folds: 3 },
  ...{ grid: { alpha: [1e-4, 1e-2, -1], batchSize: [16, 32] }, workers: 1 },
} satisfies GridSearchOptions;

const json = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

/** The results so far at each call of onTrial, as JSON, and the result. */
async function watched(): Promise<{ parts: PartialSearchResult[]; whole: SearchResult }> {
  const parts: PartialSearchResult[] = [];
  const whole = await gridSearch(data, { ...options, onTrial: (_, { result }) => void parts.push(json(result)) });
  return { parts, whole };
}

describe("results so far", () => {
  it("grow with every trial, and each resumes to the same end", async () => {
    const { parts, whole } = await watched();
    expect(parts).toHaveLength(8); // two baselines and six candidates
    expect(parts.map(({ records }) => records.length)).toEqual([3, 6, 9, 12, 15, 18, 21, 24]);
    expect(parts.map(({ best }) => best === null)).toEqual([true, true, false, false, false, false, false, false]);
    expect(parts.every(({ isComplete }) => !isComplete)).toBe(true);
    for (const part of [parts[0], parts[4], parts[7], json(whole)]) {
      let trainings = 0;
      const count = () => void trainings++;
      const resumed = await gridSearch(data, { ...options, resume: part, onTrial: count });
      expect(timeless(resumed)).toEqual(timeless(whole));
      expect(trainings).toBe(8 - part.records.length / 3);
      formatSearch(part);
    }
  });

  it("resume in workers to the same end, whatever the order of options", async () => {
    const { parts, whole } = await watched();
    const reversed = json(parts[3]).records.map(({ subject, ...rest }) => {
      const { kind, options: own } = subject;
      return { ...rest, subject: { options: Object.fromEntries(Object.entries(own).toReversed()), kind } };
    });
    const resume = { fingerprint: parts[3].fingerprint, records: reversed.toReversed() };
    for (const workers of isQuick ? [2] : [2, 4]) {
      expect(timeless(await gridSearch(data, { ...options, workers, resume }))).toEqual(timeless(whole));
    }
  });

  it("go into a larger grid", async () => {
    const { whole } = await watched();
    const grid = { ...options.grid, alpha: [...options.grid.alpha, 1e-3] };
    const fresh = await gridSearch(data, { ...options, grid });
    const resumed = await gridSearch(data, { ...options, grid, resume: json(whole) });
    expect(timeless(resumed)).toEqual(timeless(fresh));
  });

  it("are in the error where a search is over too early", async () => {
    const controller = new AbortController();
    const onTrial = () => controller.abort();
    const error = await gridSearch(data, { ...options, signal: controller.signal, onTrial }).catch((reason) => reason);
    expect(error).toBeInstanceOf(SearchError);
    const { result, message } = error as SearchError;
    expect(message).toContain("before one candidate had all its scores");
    expect(result.records).toHaveLength(3);
    const { whole } = await watched();
    expect(timeless(await gridSearch(data, { ...options, resume: json(result) }))).toEqual(timeless(whole));
  });

  it("of an aborted search are returned", async () => {
    const controller = new AbortController();
    const onTrial = ({ kind }: { kind: string }) => kind === "candidate" && controller.abort();
    const part = await gridSearch(data, { ...options, signal: controller.signal, onTrial: onTrial as never });
    expect(part).toMatchObject({ isComplete: false, trials: [part.best] });
    expect(part.records).toHaveLength(9);
  });

  it("of halving keep rounds that a search so far has not come to", async () => {
    const halving: HalvingOptions = {
      ...{ estimator: "classifier", options: { hiddenLayerSizes: [4] }, folds: 2, workers: 1 },
      ...{ space: { alpha: logUniform(1e-5, 1) }, trials: 6, factor: 2, minEpochs: 2, maxEpochs: 8 },
    };
    const whole = await successiveHalving(data, halving);
    const controller = new AbortController();
    const aborted = { ...halving, signal: controller.signal, onTrial: () => controller.abort() };
    const resume = json({
      ...whole,
      records: whole.records.filter(({ subject }) => subject.options.alpha !== whole.best.options.alpha),
    });
    const part = await successiveHalving(data, { ...aborted, resume }).catch((error: SearchError) => error.result);
    expect(part.records.length).toBeGreaterThanOrEqual(resume.records.length);
    expect(timeless(await successiveHalving(data, { ...halving, resume: json(part) }))).toEqual(timeless(whole));
  });

  it("try failures of the machine again, and keep those of the options", async () => {
    const { whole } = await watched();
    const records = json(whole.records).map((record, i) => {
      if (i % 4 !== 0) return record;
      const { score: _, ...rest } = record;
      return { ...rest, score: null, error: { name: "BackendError", message: "Its worker ended." } };
    });
    expect(timeless(await gridSearch(data, { ...options, resume: { ...whole, records } }))).toEqual(timeless(whole));
  });
});

describe("records that no search of this kind has made", () => {
  type Alter = (record: Record<string, unknown>, result: Record<string, unknown>) => void;
  const subject = (record: Record<string, unknown>) => record.subject as Record<string, unknown>;
  const altered: [what: string, message: RegExp, alter: Alter][] = [
    ["a fold far away", /records\[7\]: fold: .*<= 2, got 100000000/, (record) => Object.assign(record, { fold: 1e8 })],
    ["a fold below 0", /fold: /, (record) => Object.assign(record, { fold: -1 })],
    ["a fold that is text", /fold: /, (record) => Object.assign(record, { fold: "__proto__" })],
    ["no fold", /fold: /, (record) => Reflect.deleteProperty(record, "fold")],
    ["a fold twice", /fold 0 .* twice/, (record) => Object.assign(record, { fold: 0 })],
    ["a score of NaN", /score: .*NaN/, (record) => Object.assign(record, { score: Number.NaN })],
    ["a score of Infinity", /score: .*Infinity/, (record) => Object.assign(record, { score: Infinity })],
    ["no score, and no reason", /score: .*null/, (record) => Object.assign(record, { score: null })],
    ["an accuracy of 2", /score: .*got 2/, (record) => Object.assign(record, { score: 2 })],
    [
      "a score along with a reason",
      /score: expected null/,
      (record) => Object.assign(record, { error: { name: "x", message: "y" } }),
    ],
    ["a reason without words", /error: name/, (record) => Object.assign(record, { score: null, error: {} })],
    ["a time of text", /seconds: /, (record) => Object.assign(record, { seconds: "1" })],
    ["a negative time", /seconds: /, (record) => Object.assign(record, { seconds: -1 })],
    ["no subject", /subject: /, (record) => Object.assign(record, { subject: null })],
    [
      "another kind of subject",
      /not a candidate of this search/,
      (record) => Object.assign(subject(record), { kind: "toString" }),
    ],
    ["options that are a list", /options: /, (record) => Object.assign(subject(record), { options: [] })],
    [
      "other options",
      /not a candidate of this search/,
      (record) => Object.assign(subject(record), { options: { alpha: 3 } }),
    ],
    [
      "an invalid record",
      /records\[0\]: expected an object/,
      (_, result) => Object.assign(result, { records: [null] }),
    ],
    [
      "records that are not a list",
      /resume: expected the result/,
      (_, result) => Object.assign(result, { records: {} }),
    ],
    ["other data", /resume: expected the result/, (_, result) => Object.assign(result, { fingerprint: "00000000" })],
  ];
  it.each(altered)("rejects %s", async (_what, message, alter) => {
    const { whole } = await known;
    const result = structuredClone(whole) as unknown as Record<string, unknown>;
    alter((result.records as Record<string, unknown>[])[7], result);
    const search = gridSearch(data, { ...options, resume: result as never });
    await expect(search).rejects.toThrow(OptionError);
    await expect(search).rejects.toThrow(message);
  });
  const known = watched();

  it.each([[null], [5], ["{}"], [[]], [{}]])("rejects %j for a result", async (resume) => {
    await expect(gridSearch(data, { ...options, resume: resume as never })).rejects.toThrow(OptionError);
  });

  it("rejects the result of other folds, options, scoring, data", async () => {
    const { whole: resume } = await known;
    for (const other of [{ folds: 4 }, { seed: 1 }, { scoring: "f1Macro" }, { options: { maxEpochs: 6 } }] as const) {
      await expect(gridSearch(data, { ...options, ...other, resume })).rejects.toThrow(/resume/);
    }
    await expect(gridSearch(moons({ samples: 60, noise: 0.1, seed: 2 }), { ...options, resume })).rejects.toThrow(
      /resume/,
    );
    await expect(gridSearch(data, { ...options, grid: { alpha: [1e-4] }, resume })).rejects.toThrow(/not a candidate/);
  });
});

describe("formatSearch", () => {
  it.each([
    ["nothing", () => undefined],
    ["null", () => null],
    ["a number", () => 5],
    ["a list", () => []],
    ["another estimator", (whole: SearchResult) => ({ ...whole, estimator: "constructor" })],
    ["no trials", (whole: SearchResult) => ({ ...whole, trials: null })],
    ["an invalid trial", (whole: SearchResult) => ({ ...whole, trials: [null] })],
    ["a trial without a mean", (whole: SearchResult) => ({ ...whole, trials: [{ ...whole.best, mean: null }] })],
    ["a time of text", (whole: SearchResult) => ({ ...whole, seconds: "1" })],
  ])("rejects %s", async (_what, make) => {
    const { whole } = await watched();
    const attempt = () => formatSearch(make(whole) as never);
    expect(attempt).toThrow(SimdgradError);
    expect(attempt).toThrow(/^formatSearch: /);
  });
});
