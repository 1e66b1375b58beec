// A file scored in parts has the predictions of its rows, and the same bytes whoever did it, however it was stopped.
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  unlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCsv } from "../../src/csv/index.js";
import { DataError, FormatError, OptionError, Sequential } from "../../src/index.js";
import { insideOf } from "../../src/model/insideOf.js";
import { readParquet } from "../../src/parquet/index.js";
import {
  type ScoreOptions,
  type ScoringExecutor,
  type ScoringProgress,
  scoreFile,
  scorePart,
} from "../../src/scoring/index.js";
import { inOrder } from "../../src/scoring/job.js";
import { TableModel } from "../../src/table/index.js";
import { columns, csvText, filesOf, parquetBytes, ROWS, rows, writeModels } from "./tables.js";

let folder: string;
let models: Awaited<ReturnType<typeof writeModels>>;
/** A table model whose facts are altered. */
let damaged: Uint8Array;
let count = 0;
const file = (name: string, bytes: string | Uint8Array) => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};
const output = () => join(folder, `out${count++}`);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "simdgrad-scoring-"));
  models = await writeModels(join(folder, "models"));
  file("rows.parquet", parquetBytes());
  file("rows.csv", csvText());
  const network = await Sequential.load(readFileSync(models.classes));
  insideOf("test", network).attachment = { tableModel: 1 };
  damaged = network.save();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Scores with one thread, or as the options say. */
async function scored(options: Partial<ScoreOptions> = {}) {
  const own = {
    model: models.classes,
    input: join(folder, "rows.parquet"),
    output: output(),
    partRows: 300,
    threads: 1,
    ...options,
  };
  return { folder: own.output, ...(await scoreFile(own)) };
}

/** The columns of all parts, one after the other. */
async function columnsIn(from: string): Promise<Record<string, unknown[]>> {
  const { parts } = JSON.parse(readFileSync(join(from, "manifest.json"), "utf8")) as { parts: { file: string }[] };
  const all: Record<string, unknown[]> = {};
  for (const { file: name } of parts) {
    const path = join(from, name);
    const table = name.endsWith(".csv") ? await parseCsv(readFileSync(path)) : await readParquet(path);
    for (const own of table.names) {
      all[own] = [...(all[own] ?? []), ...Array.from(table.columns[own] as ArrayLike<unknown>)];
    }
  }
  return all;
}

const predictions = async (path: string) => {
  const model = await TableModel.load(readFileSync(path));
  const all = model.predict(rows);
  model.dispose();
  return all;
};

it("a result has its keys in one order, whoever carried it", () => {
  const text = '{"index":0,"file":"f","rows":1,"bytes":2,"sha256":"h","filled":{"age":1,"b":2,"income":3}}';
  // As PostgreSQL's jsonb has them: short keys first.
  const carried = { rows: 1, file: "f", bytes: 2, index: 0, filled: { b: 2, age: 1, income: 3 }, sha256: "h" };
  expect(JSON.stringify(inOrder(carried))).toBe(text);
});

describe("scoreFile", () => {
  it.each(["rows.parquet", "rows.csv"])("has the predictions of `predict` for %s, of classes", async (name) => {
    const { folder: from, rows: done, manifest } = await scored({ input: join(folder, name) });
    const expected = await predictions(models.classes);
    const { prediction, probability } = await columnsIn(from);
    expect(prediction).toEqual(expected.map((one) => "label" in one && one.label));
    expect(probability).toEqual(expected.map((one) => "label" in one && one.probability));
    expect(done).toBe(ROWS);
    expect(manifest?.filled).toEqual({ age: ROWS / 50 });
    expect(manifest?.parts.length).toBeGreaterThan(2);
  });

  it("has numbers with their intervals, and columns that are kept, with their types", async () => {
    const { folder: from } = await scored({ model: models.numbers, keep: ["id", "since", "colour"] });
    const expected = await predictions(models.numbers);
    const { prediction, low, high, id, since, colour } = await columnsIn(from);
    expect(prediction).toEqual(expected.map((one) => "value" in one && one.value));
    expect([low, high]).toEqual([0, 1].map((end) => expected.map((one) => "value" in one && one.interval[end])));
    expect(id).toEqual(columns.id.map(String));
    expect(since).toEqual(rows.map((row) => row.since));
    expect(colour).toEqual(columns.colour);
  });

  it("has the outputs of a network for the columns that are named", async () => {
    const network = await Sequential.load(readFileSync(models.network));
    const x = Float32Array.from(rows.flatMap(({ income, member }) => [income, Number(member)]));
    const y = network.predict(x);
    network.dispose();
    const { folder: from } = await scored({ model: models.network, features: ["income", "member"], format: "csv" });
    const { prediction_0, prediction_1 } = await columnsIn(from);
    expect(prediction_0.flatMap((value, i) => [value, prediction_1[i]])).toEqual(Array.from(y));
  });

  it("cuts CSV where rows end, whatever is in quotes, and names the line of an error", async () => {
    const whole = await scored({ input: join(folder, "rows.csv"), partRows: 2 ** 20 });
    const parts = await scored({ input: join(folder, "rows.csv"), partRows: 60 });
    expect(parts.totalParts).toBeGreaterThan(9);
    expect(whole.totalParts).toBe(1);
    expect(await columnsIn(parts.folder)).toEqual(await columnsIn(whole.folder));
    const marked = await scored({ input: file("marked.csv", `\ufeffsep=;\n\n${csvText(";")}`) });
    expect(await columnsIn(marked.folder)).toEqual(await columnsIn(whole.folder));
    const bad = file("bad.csv", `${csvText()}1,2\n`);
    const line = csvText().split("\n").length;
    await expect(scored({ input: bad })).rejects.toThrow(`bad.csv: line ${line}: expected 5 cells, got 2`);
  });

  describe("has the same bytes", () => {
    let expected: Record<string, string>;
    beforeAll(async () => {
      expected = filesOf((await scored()).folder);
      expect(Object.keys(expected)).toEqual(["manifest.json", ...[0, 1, 2, 3].map((i) => `part-0000${i}.parquet`)]);
    });

    it("with threads", async () => {
      expect(filesOf((await scored({ threads: 2 })).folder)).toEqual(expected);
    });

    it("after it was stopped, and goes on from the parts that are there and whole", async () => {
      const own = { output: output() };
      const untilPart = (last: number) => {
        const stop = new AbortController();
        return scored({ ...own, signal: stop.signal, onProgress: ({ parts }) => parts === last && stop.abort() });
      };
      expect(await untilPart(2)).toMatchObject({ isComplete: false, manifest: null, parts: 2 });
      appendFileSync(join(own.output, "parts.jsonl"), '{"index":3,"file"'); // a line that was cut off
      appendFileSync(join(own.output, "part-00001.parquet"), "x");
      const told: number[] = [];
      expect(await untilPart(2)).toMatchObject({ isComplete: false, oldRows: 300, parts: 2 });
      const last = await scored({ ...own, onProgress: ({ parts }) => told.push(parts) });
      expect(last).toMatchObject({ isComplete: true, oldRows: 600, rows: ROWS });
      expect(told).toEqual([2, 3, 4]);
      expect(filesOf(own.output)).toEqual(expected);
    });

    it("from lanes that all end at once, and each part is told of by itself", async () => {
      const told: number[][] = [];
      const executor: ScoringExecutor = {
        openScoring: async (job, parts) => {
          const results = Promise.all(parts.map((part) => scorePart(job, part)));
          return parts.map((_, i) => ({ run: async () => (await results)[i], close: () => {} }));
        },
      };
      const onProgress = ({ parts, rows: scoredRows }: ScoringProgress) => told.push([parts, scoredRows]);
      expect(filesOf((await scored({ executor, onProgress })).folder)).toEqual(expected);
      expect(told).toEqual([0, 300, 600, 900, ROWS].map((scoredRows, i) => [i, scoredRows]));
    });

    it("unless onProgress promises something that fails, or the journal cannot be written", async () => {
      const onProgress = () => Promise.reject(new Error("nobody listens"));
      await expect(scored({ onProgress })).rejects.toThrow("nobody listens");
      const own = { output: output() };
      const journal = join(own.output, "parts.jsonl");
      const spoil = ({ parts }: { parts: number }) => {
        if (parts > 0) return;
        rmSync(journal);
        mkdirSync(journal);
      };
      await expect(scored({ ...own, threads: 2, onProgress: spoil })).rejects.toMatchObject({ code: "EISDIR" });
    });

    it("after a part was lost from a finished folder; otherwise nothing is done again", async () => {
      const { folder: from } = await scored();
      unlinkSync(join(from, "part-00002.parquet"));
      expect(await scored({ output: from })).toMatchObject({ oldRows: 700, rows: ROWS });
      expect(filesOf(from)).toEqual(expected);
      expect(await scored({ output: from })).toMatchObject({ oldRows: ROWS });
    });
  });

  it.each(["input", "model"] as const)("refuses to replace its own %s", async (option) => {
    const { folder: from } = await scored({ format: "csv" });
    rmSync(join(from, "manifest.json"));
    const path = join(from, option === "input" ? "part-00000.csv" : "manifest.json");
    if (option === "model") writeFileSync(path, readFileSync(models.numbers));
    const before = readFileSync(path);
    await expect(scored({ [option]: path, output: `${from}/../${basename(from)}` })).rejects.toThrow(
      `"${basename(path)}", which is read, under the name of a part. Give another folder.`,
    );
    expect(readFileSync(path)).toEqual(before);
  });

  it("refuses to go on in a folder of another scoring", async () => {
    const { folder: from } = await scored();
    const error = await scored({ output: from, model: models.numbers }).catch((caught) => caught);
    expect(error).toBeInstanceOf(OptionError);
    expect(error.message).toMatch(
      /holds parts of another scoring \(model .*\)\. Give another folder\. To score anew, delete \S+, \S+ and the files part-… in/,
    );
    const named = readdirSync(from).filter((name) => error.message.includes(name) || name.startsWith("part-"));
    expect(named).toEqual(readdirSync(from));
  });

  it("refuses one of two scorings that begin a folder at once; two that are the same share it", async () => {
    const both = async (own: Partial<ScoreOptions>) => {
      const to = output();
      const ended = await Promise.allSettled([scored({ output: to }), scored({ output: to, ...own })]);
      const reasons = ended.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
      const kept = ended[0].status === "rejected" ? own : {};
      expect(filesOf(to)).toEqual(filesOf((await scored(kept)).folder));
      return reasons;
    };
    expect(await both({})).toEqual([]);
    expect(await both({ keep: ["id"] })).toEqual([expect.stringMatching(/holds parts of another scoring/)]);
  });

  it.each<[how: string, change: (path: string) => void]>([
    ["rewritten", (path) => writeFileSync(path, csvText().replaceAll("red", "rot"))],
    ["appended to", (path) => appendFileSync(path, "\n")],
    ["deleted", (path) => rmSync(path)],
  ])("keeps no part of a file that is %s meanwhile", async (_, change) => {
    const own = { input: file("live.csv", csvText()), output: output() };
    const onProgress = ({ parts }: ScoringProgress) => parts === 1 && change(own.input);
    await expect(scored({ ...own, onProgress })).rejects.toThrow(DataError);
    expect(readFileSync(join(own.output, "parts.jsonl"), "utf8").split("\n")).toHaveLength(2);
    file("live.csv", csvText()); // as it was
    await expect(scored(own)).resolves.toMatchObject({ isComplete: true });
  });

  it.each<[string, () => Partial<ScoreOptions>, new (text: string) => Error, RegExp]>([
    ["a file that is not there", () => ({ input: "gone.parquet" }), DataError, /gone\.parquet: it could not be read/],
    ["a model that is not there", () => ({ model: "gone" }), DataError, /model: gone could not be read/],
    [
      "a file that is not a model",
      () => ({ model: join(folder, "rows.csv") }),
      FormatError,
      /^scoreFile: model: rows\.csv: /,
    ],
    [
      "a table model that is damaged",
      () => ({ model: file("damaged.safetensors", damaged) }),
      FormatError,
      /^scoreFile: model: damaged\.safetensors: the description of the table does not fit/,
    ],
    ["an unknown option", () => ({ part: 1 }) as object, OptionError, /unknown option "part"/],
    ["rows of a part", () => ({ partRows: 0 }), OptionError, /partRows/],
    [
      "an executor",
      () => ({ executor: 7 }) as object,
      OptionError,
      /executor: expected an executor such as bullExecutor/,
    ],
    ["a kept column", () => ({ keep: ["idd"] }), OptionError, /keep: rows.parquet has no column "idd"/],
    ["a column kept twice", () => ({ keep: ["id", "id"] }), OptionError, /keep: "id" is there twice/],
    ["features of a table model", () => ({ features: ["age"] }), OptionError, /a table model knows its columns/],
    ["a threshold", () => ({ model: models.numbers, threshold: 0.5 }), OptionError, /expected a model of two classes/],
    [
      "no features",
      () => ({ model: models.network }),
      OptionError,
      /the network has 2 inputs, got none. Give features/,
    ],
    [
      "a missing column",
      () => ({ input: file("less.csv", "age,income,colour\n1,2,3\n") }),
      DataError,
      /less\.csv: it lacks the columns "member", "since"/,
    ],
    [
      "text for a network",
      () => ({ model: models.network, features: ["income", "colour"] }),
      DataError,
      /rows\.parquet, row \d+: column "colour": expected a number, got "/,
    ],
    ["missing values, if strict", () => ({ strict: true }), DataError, /rows\.parquet, row 7: age: no value/],
    [
      "UTF-16",
      () => ({ input: file("wide.csv", Buffer.from(csvText(), "utf16le")) }),
      FormatError,
      /UTF-8, got UTF-16/,
    ],
    ["a header alone", () => ({ input: file("bare.csv", "age,income\n") }), DataError, /bare\.csv: .*at least one row/],
    [
      "an open quote",
      () => ({ input: file("open.csv", `${csvText()}"1,2`) }),
      FormatError,
      /open\.csv: line \d+: a quote is/,
    ],
  ])("refuses %s", async (_what, options, kind, message) => {
    const error = await scored(options()).catch((caught) => caught);
    expect(error).toBeInstanceOf(kind);
    expect(error.message).toMatch(message);
  });
});
