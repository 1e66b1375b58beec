// The commands on a table of customers: what they print and write, and the same answers as from the library.
import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseCsv } from "../../src/csv/index.js";
import { type ClassPrediction, TableModel } from "../../src/table/index.js";
import { answersHash, CUSTOMERS_HASH, customers, customersOptions } from "../support/customers.js";
import { type Run, run } from "./run.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = (name: string) => join(folder, name);
const text = customers(600);
const options = ["--target", "churn", "--trials", "4", "--members", "2", "--seed", "3"];
const model = file("model.safetensors");
let trained: Run;

beforeAll(async () => {
  writeFileSync(file("data.csv"), text);
  trained = await run(["train", file("data.csv"), ...options, "-o", model]);
});

async function library() {
  return TableModel.train(text, { target: "churn", trials: 4, members: 2, seed: 3, onWarning: () => {} });
}

describe("train", () => {
  it("says what became of each column, the scores next to the baselines, and what comes next", () => {
    expect(trained).toMatchObject({ code: 0, err: "" });
    const { out } = trained;
    expect(out).not.toContain("\u001b");
    expect(out).toContain("600 rows, 9 columns");
    expect(out).toMatch(/customerID +left out: all 600 values differ\n/);
    expect(out).toMatch(/country +left out: every row has the same value\n/);
    expect(out).toMatch(/tenure +number, 15 missing\n/);
    expect(out).toMatch(/ model +majority +linear\n/);
    expect(out).toMatch(/true +as no +as yes\n/);
    expect(out).toMatch(/What matters.*\n +(?:tenure|contract)/);
    expect(out).toContain(`npx simdgrad predict ${model} new.csv`);
    expect(readdirSync(folder).sort()).toEqual(["data.csv", "model.safetensors"]);
  });

  it("makes the model that the library makes, bit for bit", async () => {
    const own = await library();
    const loaded = await TableModel.load(readFileSync(model));
    expect(loaded.metadata).toMatchObject({ run: { command: "train", options: { target: "churn", seed: 3 } } });
    loaded.metadata = null;
    expect(loaded.save()).toEqual(own.save());
    for (const each of [own, loaded]) each.dispose();
  });

  it("prints one object with --json, and nothing with --quiet; reads standard input", async () => {
    const args = ["train", "-", "--target", "churn", "--trials", "1", "--members", "1", "-o", file("b.safetensors")];
    const { code, out, err } = await run([...args, "--json"], { input: text });
    expect([code, err]).toEqual([0, ""]);
    const facts = JSON.parse(out);
    expect(facts).toMatchObject({
      target: "churn",
      task: "classification",
      stopped: false,
      rows: { train: 480, test: 120 },
    });
    expect(facts.confusionMatrix.flat().reduce((a: number, b: number) => a + b)).toBe(120);
    expect(await run([...args, "--quiet"], { input: text })).toEqual({ code: 0, out: "", err: "" });
  });

  it("writes a page about the model, with the command and the hash of the data", async () => {
    const args = ["train", file("data.csv"), ...options, "-o", file("d.safetensors"), "--report", file("report.html")];
    const { code, out } = await run(args);
    expect([code, out]).toEqual([0, expect.stringMatching(/report\.html {2}\d+ KB\n/)]);
    const page = readFileSync(file("report.html"), "utf8");
    expect(page).toContain(`npx simdgrad train ${file("data.csv")} --target churn`);
    expect(page).toContain(createHash("sha256").update(text).digest("hex"));
    expect(page).not.toContain("<script");
  });

  it("keeps a model of what is known when it is stopped", async () => {
    const args = ["train", file("data.csv"), "--target", "churn", "-o", file("c.safetensors")];
    const { code, err } = await run(args, {
      isWatched: true,
      onErr: (told, stop) => {
        if (told.includes("choosing settings")) stop();
      },
    });
    expect([code, err]).toEqual([130, expect.stringContaining("stopping: the model is made of what is known so far")]);
    expect(err).toContain("\u001b[36m━");
    const loaded = await TableModel.load(readFileSync(file("c.safetensors")));
    expect(loaded.scores?.rocAuc).toBeGreaterThan(0.75);
    loaded.dispose();
    const resumed = await run([...args, "--trials", "6", "--resume"]);
    expect([resumed.code, resumed.err]).toEqual([0, ""]);
    await run([...args.slice(0, -1), file("whole.safetensors"), "--trials", "6"]);
    expect(readFileSync(file("c.safetensors"))).toEqual(readFileSync(file("whole.safetensors")));
    const other = await run([...args, "--resume", "--seed", "4"]);
    expect([other.code, other.err]).toEqual([2, expect.stringContaining("was made with other options")]);
    writeFileSync(file("changed.csv"), text.replace("month", "year"));
    const changed = await run(["train", file("changed.csv"), ...args.slice(2), "--resume"]);
    expect([changed.code, changed.err]).toEqual([2, expect.stringContaining("was not made from this table")]);
  });

  it("tune lists every setting, and writes nothing by itself", async () => {
    const { code, out } = await run(["tune", file("data.csv"), "--target", "churn", "--trials", "5"]);
    expect(code).toBe(0);
    expect(out).toMatch(/Settings that were tried \(5\)/);
    expect(out.match(/none \(linear\)/g)).toHaveLength(3);
    expect(out).toContain("best setting");
  });
});

describe("predict", () => {
  it.each<[to: string[], says: string]>([
    [[], "stopped before the last row."],
    [["-o", file("never.csv")], "stopped before the last row; nothing was written."],
  ])("says what there is when it is stopped, with %j", async (to, says) => {
    const stopped = await run(["predict", model, file("data.csv"), ...to], { onStart: (stop) => stop() });
    expect([stopped.code, stopped.err]).toEqual([130, `error: ${says}\n`]);
  });

  it("adds the library's predictions to the rows of the file", async () => {
    const own = await library();
    const { columns, names, rows } = await parseCsv(text, { onWarning: () => {} });
    const objects = Array.from({ length: rows }, (_, row) =>
      Object.fromEntries(names.map((name) => [name, columns[name][row]])),
    );
    const expected = own.predict(objects) as ClassPrediction[];
    const { code, out, err } = await run(["predict", model, file("data.csv")]);
    expect([code, err]).toEqual([
      0,
      expect.stringMatching(/^warning: tenure: no value, so \d+ is used \(15 rows\)\n$/),
    ]);
    const lines = text.trim().split("\n");
    const answers = ["prediction,probability", ...expected.map(({ label, probability }) => `${label},${probability}`)];
    expect(out.trim().split("\n")).toEqual(lines.map((line, i) => `${line},${answers[i]}`));
    const { out: jsonl } = await run(["predict", model, "-", "--jsonl", "-q"], { input: text });
    expect(
      jsonl
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line)),
    ).toEqual(JSON.parse(JSON.stringify(expected)));
    const json = await run(["predict", model, file("data.csv"), "--json"]);
    expect(JSON.parse(json.out)).toEqual({
      target: "churn",
      rows: 600,
      predictions: JSON.parse(JSON.stringify(expected)),
    });
    own.dispose();
  });

  it("writes a file whole, and takes another threshold", async () => {
    const { code, out } = await run([
      "predict",
      model,
      file("data.csv"),
      "-o",
      file("out.csv"),
      "--threshold",
      "0.999",
    ]);
    expect([code, out]).toEqual([0, expect.stringMatching(/out\.csv: 600 rows in/)]);
    expect(readFileSync(file("out.csv"), "utf8").match(/,no,0\.\d+$/gm)?.length).toBeGreaterThan(590);
  });
});

it("the command line, the library and browsers make the same model of a CSV file", async () => {
  const csv = customers(300);
  writeFileSync(file("same.csv"), csv);
  const library = await TableModel.train(csv, { ...customersOptions, onWarning: () => {} });
  const ofPath = await TableModel.train(file("same.csv"), { ...customersOptions, onWarning: () => {} });
  const words = ["--target", "churn", "--trials", "5", "--members", "2", "--seed", "3", "-q"];
  expect((await run(["train", file("same.csv"), "-o", file("same.safetensors"), ...words])).code).toBe(0);
  const ofCli = await TableModel.load(readFileSync(file("same.safetensors")));
  const models = [library, ofPath, ofCli];
  // test/browsers/cases/storage.test.ts holds browsers to it.
  expect(models.map(answersHash)).toEqual(models.map(() => CUSTOMERS_HASH));
  for (const model of models) model.dispose();
});

describe("evaluate and inspect", () => {
  it("score rows that were not trained on, with the confusion", async () => {
    const { code, out } = await run(["evaluate", model, file("data.csv")]);
    expect(code).toBe(0);
    expect(out).toMatch(/these rows +in training\n/);
    const { scores, confusionMatrix } = JSON.parse(
      (await run(["evaluate", model, file("data.csv"), "--json", "-q"])).out,
    );
    const [[a, b], [c, d]] = confusionMatrix;
    expect(a + b + c + d).toBe(600);
    expect((a + d) / 600).toBeCloseTo(scores.accuracy, 12);
  });

  it("score rows with and without a target, and write a page with the worst of them", async () => {
    const [first, ...rest] = readFileSync(file("data.csv"), "utf8").trim().split("\n");
    const some = rest.map((line, i) => (i % 10 === 0 ? line.replace(/,(?:yes|no)$/, ",") : line));
    writeFileSync(file("some.csv"), [first, ...some].join("\n"));
    const { code, out, err } = await run(["evaluate", model, file("some.csv"), "--report", file("other.html")]);
    expect([code, err]).toEqual([0, expect.stringContaining("60 rows have no churn and are left out.")]);
    expect(out).toMatch(/Scores of 540 rows\n[\s\S]*Files\n.*other\.html {2}\d+ KB/);
    const page = readFileSync(file("other.html"), "utf8");
    expect(page).toContain("Predictions for the evaluated rows");
    expect(page).toContain("SHA-256 of the evaluated data");
    expect(page.slice(page.indexOf("Worst rows"))).toMatch(/<td>(?:month|year)<\/td>/);
    const streamed = await run(["evaluate", model, "-", "--json", "-q"], { input: readFileSync(file("some.csv")) });
    const whole = await run(["evaluate", model, file("some.csv"), "--json", "-q"]);
    expect(JSON.parse(streamed.out)).toEqual({ ...JSON.parse(whole.out), data: "standard input" });
  });

  it("score the rows of another file while training, which are in the model", async () => {
    const [first, ...rest] = readFileSync(file("data.csv"), "utf8").trim().split("\n");
    writeFileSync(file("first.csv"), [first, ...rest.slice(0, 400)].join("\n"));
    writeFileSync(file("held.csv"), [first, ...rest.slice(400)].join("\n"));
    const own = file("tested.safetensors");
    const args = ["--target", "churn", "--trials", "2", "--members", "1", "-o", own, "--report", file("tested.html")];
    args.push("--hidden", "6,5", "--epochs", "4", "--optimizer", "nadam", "--missing", "mean");
    const { code, out } = await run(["train", file("first.csv"), ...args, "--test", file("held.csv")]);
    expect(code).toBe(0);
    expect(out).toContain(`Scores of 200 rows of ${file("held.csv")}`);
    const evaluated = JSON.parse((await run(["evaluate", own, file("held.csv"), "--json", "-q"])).out);
    const inspected = JSON.parse((await run(["inspect", own, "--json"])).out);
    expect(inspected.scores).toEqual(evaluated.scores);
    expect(inspected.rows).toEqual({ train: 400, test: 200 });
    expect(inspected.trials[0].hiddenLayerSizes).toEqual([6, 5]);
    expect(inspected.metadata.run.options).toMatchObject({ epochs: 4, optimizer: "nadam", missing: "mean" });
    const page = readFileSync(file("tested.html"), "utf8");
    expect(page.slice(page.indexOf("Worst rows"))).toMatch(/<td>(?:month|year)<\/td>/);
    expect(page).toContain("SHA-256 of the test data");
    expect((await run(["init", own, "--dir", file("held")])).code).toBe(0);
    expect(readFileSync(file("held/train.js"), "utf8")).toContain('testData: "../held.csv"');
  });

  it("show what is in a table and in a model", async () => {
    const data = await run(["inspect", file("data.csv")]);
    expect(data).toMatchObject({ code: 0, err: "" });
    expect(data.out).toMatch(/customerID +category +600 +all 600 values differ\n/);
    expect(data.out).toMatch(/tenure +number +2\.5 % +\d+ +0 to 71, mean/);
    const own = await run(["inspect", model]);
    expect(own.out).toContain("classification of churn, learned from 480 rows");
    expect(own.out).toContain("Best settings that were tried");
    expect(JSON.parse((await run(["inspect", model, "--json"])).out).metadata.run.command).toBe("train");
  });

  it.each([
    ["commas of decimals", "a;y\n1,5;x\n2,25;y\n3,5;x\n", /^ {2}a +number, written as text +3/m],
    ["amounts", "a,y\n$1.50,x\n$2,y\n,x\n", /^ {2}a +number, written as text +33 % +2/m],
    ["words", "a,y\nu,x\nv,y\nu,x\n", /^ {2}a +category +2/m],
    ["codes", "a,y\n007,x\n010,y\n", /^ {2}a +category +2/m],
  ])("inspect names the type that a model reads of %s", async (_, input, says) => {
    expect((await run(["inspect", "-"], { input })).out).toMatch(says);
  });

  it.each([
    ["the last column", "a,b\n1,x\n2,y\n", /--target b\n/],
    ["the last one with cells", "a,b,c\n1,x,\n2,y,\n", /--target b\n/],
    ["none, of one column", "a\n1\n2\n", /^(?!.*--target)/s],
  ])("propose as target %s", async (_, input, says) => {
    expect((await run(["inspect", "-"], { input })).out).toMatch(says);
  });
});
