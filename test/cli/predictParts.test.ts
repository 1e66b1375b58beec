// `predict --out` writes a folder of parts and goes on with it; `predict` and `evaluate` read Parquet.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parquetBytes, ROWS, writeModels } from "../scoring/tables.js";
import { run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-cli-parts-"));
const file = (name: string) => join(folder, name);
let models: Awaited<ReturnType<typeof writeModels>>;

beforeAll(async () => {
  models = await writeModels(file("models"));
  writeFileSync(file("rows.parquet"), parquetBytes(500));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const parts = (...more: string[]) => run(["predict", models.classes, file("rows.parquet"), "--threads", "1", ...more]);

describe("predict --out", () => {
  it("writes parts and a manifest, says how many rows, and does nothing twice", async () => {
    const first = await parts("--out", file("scored"), "--keep", "id", "--format", "csv");
    expect(first).toMatchObject({
      code: 0,
      err: expect.stringMatching(/age: 20 cells were missing, unknown or unrea/),
    });
    expect(first.out).toMatch(/scored: 1,000 rows in 1 part and manifest\.json \([\d.]+ s, [\d,]+ rows\/s\)/);
    expect(readdirSync(file("scored")).sort()).toEqual(["manifest.json", "part-00000.csv"]);
    const { out } = await parts("--out", file("scored"), "--keep", "id", "--format", "csv", "--json");
    expect(JSON.parse(out)).toMatchObject({ command: "predict", rows: ROWS, oldRows: ROWS, parts: 1 });
  });

  it("shows progress, and after Ctrl-C says how to go on", async () => {
    const own = ["predict", models.numbers, file("rows.parquet"), "--out", file("stopped"), "--threads", "1"];
    const { code, err } = await run(own, { isWatched: true, onStart: (stop) => stop() });
    expect(code).toBe(130);
    expect(err).toMatch(/0 rows, part 0 of 1, 0 rows\/s/);
    expect(err).toMatch(/stopped: 0 of 1 parts are in .*\. The same command goes on from there\./);
    expect(await run(own)).toMatchObject({ code: 0 });
  });

  it.each([
    ["one file and a folder", ["--out", "a", "-o", "b.csv"], /--out writes a folder of parts: leave out -o/],
    ["options of parts alone", ["--keep", "id"], /--keep is for parts: give --out/],
    ["a column that is not there", ["--out", "a", "--keep", "idd"], /keep: rows\.parquet has no column "idd"/],
    ["another format", ["--out", "a", "--format", "json"], /Allowed choices are parquet, csv/],
  ])("refuses %s", async (_what, more, message) => {
    const { code, err } = await parts(...more);
    expect(code).toBe(2);
    expect(err).toMatch(message);
  });

  it("refuses a folder with parts of other options, by the name of its own option", async () => {
    expect((await parts("--out", file("other"))).code).toBe(0);
    const { code, err } = await parts("--out", file("other"), "--strict");
    expect([code, err]).toEqual([2, expect.stringMatching(/^error: --out: ".*" holds parts of another scoring/)]);
  });

  it("refuses standard input", async () => {
    const { code, err } = await run(["predict", models.classes, "-", "--out", file("a")]);
    expect([code, err]).toEqual([2, expect.stringMatching(/--out reads a file twice/)]);
  });
});

it("reads Parquet into one file", async () => {
  const { code } = await parts("-o", file("one.csv"), "-q");
  expect(code).toBe(0);
});
