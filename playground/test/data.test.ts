/** The user's tables as people have them, from the file to the network's predictions, without a page. */
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { Dataset, Sequential, trainTestSplit } from "simdgrad";
import { mnist } from "simdgrad/node";
import { TableModel } from "simdgrad/table";
import { afterAll, describe, expect, it } from "vitest";
import { itInFull, sampleInQuick } from "../../test/support/inFull.js";
import { toCode } from "../src/code.js";
import { centredImage, PEN, SIDE } from "../src/draw/digit.js";
import { classOf } from "../src/engine/classes.js";
import { createModel } from "../src/engine/network.js";
import type { Problem } from "../src/engine/problem.js";
import type { ProblemView } from "../src/engine/protocol.js";
import { AUTO, type CellType, type Reading, type TableChoice, type TableView } from "../src/engine/tableView.js";
import { copiesOf, varied } from "../src/engine/varied.js";
import { defaults, forImages, type Setup } from "../src/setup.js";
import { european, flowers, houses, stars, titanic, utf16, windows1252 } from "./samples.js";
import { Session } from "./session.js";
import { drawn, strokesOf } from "./strokes.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

type Content = string | Uint8Array<ArrayBuffer>;

/** A table as the dialog uses it unless a person chooses otherwise. */
function choiceOf({ columns, target }: TableView, change: Partial<Record<string, CellType>> = {}): TableChoice {
  const own = columns.find(({ name }) => name === target);
  const inputs = columns.flatMap(({ name, type, reason }) => {
    const chosen = change[name] ?? (reason === "" ? type : null);
    return name !== target && chosen ? [{ name, type: chosen }] : [];
  });
  return { target: { name: target, type: (change[target] as "number") ?? own?.asTarget ?? "category" }, inputs };
}

async function read(session: Session, content: Content, name: string, reading: Partial<Reading> = {}) {
  const file = new File([content], name);
  return session.ask<TableView>({ type: "readTable", file, reading: { ...AUTO, ...reading } });
}

async function withTable(content: Content, name: string, target: string): Promise<Session> {
  const session = new Session();
  const view = await read(session, content, name);
  await session.ask({ type: "useTable", choice: choiceOf({ ...view, target }) });
  return session;
}

const folder = mkdtempSync(join(tmpdir(), "tables-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** The last line that the program of a session prints. */
async function printedBy(session: Session, problem: ProblemView | null): Promise<string | undefined> {
  const code = toCode(session.setup, problem as ProblemView, await session.look());
  const options = { cwd: ROOT, input: code.replaceAll(/"(?=table\.)/g, `"${folder}/`), encoding: "utf8" } as const;
  return execFileSync(process.execPath, ["--input-type=module", "-"], options).trim().split("\n").pop();
}

describe("a target in its own units", () => {
  const values = { sqm: "100", rooms: "4", age: "20", town: "Mill" };

  itInFull(
    "houses: errors and predictions are prices, and as good as those of the table model for the same rows",
    async () => {
      const session = await withTable(houses, "houses.csv", "price");
      await session.open({ source: "csv" });
      const { results } = await session.train(25);
      const log = session.logs.at(-1);

      const [header, ...lines] = houses.split("\n");
      const places = Dataset.from({ x: lines.map((_, i) => [i]), y: lines.map(() => 0) });
      const parts = trainTestSplit(places, { testSize: 0.3, seed: 1 });
      const csvOf = ({ x }: Dataset) => [header, ...Array.from(x, (i) => lines[i])].join("\n");
      const options = {
        target: "price",
        testData: csvOf(parts.test),
        trials: 4,
        importance: false,
        onWarning: () => {},
      };
      const { scores } = await TableModel.train(csvOf(parts.train), options);
      expect(log?.valScore).toBeLessThanOrEqual(1.1 * (scores as unknown as { mae: number }).mae);

      const model = await Sequential.load(await session.ask<Uint8Array>({ type: "save" }));
      const price = (row: number) => Number(lines[Array.from(parts.test.x)[row]].split(",")[4]);
      for (const { row, x, target, predictions } of results?.worst ?? []) {
        expect(target).toBeCloseTo(price(row), -1);
        expect(model.predict(x)[0] / predictions[0]).toBeCloseTo(1, 5);
      }
      const [told] = await session.ask<Float32Array>({ type: "predictRow", values });
      expect(told).toBeGreaterThan(300_000);
      expect(told).toBeLessThan(500_000);
    },
  );

  it("a model that was saved comes back, and goes on with the same weights", async () => {
    const session = await withTable(houses, "houses.csv", "price");
    await session.open({ source: "csv" });
    const { hash } = await session.train(2);
    const [before] = await session.ask<Float32Array>({ type: "predictRow", values });
    const bytes = await session.ask<Uint8Array<ArrayBuffer>>({ type: "save" });
    await session.open({ source: "csv" });
    await session.ask({ type: "load", files: [new File([bytes], "model.safetensors")] });
    expect((await session.look()).hash).toBe(hash);
    expect(await session.ask<Float32Array>({ type: "predictRow", values })).toEqual(Float32Array.of(before));
    expect(session.events.filter(({ type }) => type === "error")).toEqual([]);
  });
});

it("all rows train where none are for testing: XOR as a table of four rows is learned", async () => {
  const session = await withTable("a,b,xor\n0,0,0\n0,1,1\n1,0,1\n1,1,0\n", "xor.csv", "xor");
  const problem = await session.open({ source: "csv", testShare: 0 });
  expect(problem).toMatchObject({ trainRows: 4, testRows: 0 });
  const { results } = await session.train(100);
  expect(session.logs.at(-1)).toMatchObject({ score: 1, valLoss: Number.NaN, valScore: Number.NaN });
  expect(results).toMatchObject({ part: "train", confusion: [2, 0, 0, 2] });
});

it("a setup about a file that is not here leaves nothing of the last one to train", async () => {
  const session = new Session();
  await session.open({});
  expect(await session.open({ source: "csv" })).toBeNull();
  expect(session.events.at(-1)).toEqual({ type: "missing", source: "csv" });
  await expect(session.ask({ type: "save" })).rejects.toThrow("choose data first");
});

it("a set that cannot be loaded leaves nothing of the last one to train under its name", async () => {
  const session = new Session();
  await session.open({});
  expect(await session.open({ source: "mnist" })).toBeNull(); // the build puts its images into the page
  await expect(session.ask({ type: "save" })).rejects.toThrow("choose data first");
  expect(session.events.filter(({ type }) => type === "error")).toHaveLength(1);
});

describe("the program for Node ends with the same weights", () => {
  const setups: [string, Partial<Setup>][] = [
    ["inputs made of the features", { features: ["x1", "x1²", "x1x2", "sin x2"], samples: 100 }],
    ["varied copies of images", { source: "digits", variations: true, testShare: 0.9 }],
    ["all rows for training", { source: "multiGauss", samples: 100, testShare: 0 }],
    ...(["spiral", "moons", "digits", "multiGauss"] as const).map((source): [string, Partial<Setup>] => [
      `${source}, with all that may be in a network`,
      { source, regularization: "l2", dropout: 0.1, batchNormalization: true },
    ]),
  ];
  it.each(sampleInQuick(setups))("%s", async (_, part) => {
    const session = new Session();
    const problem = await session.open({ ...part, hidden: [3] });
    const { hash } = await session.train(2);
    expect(await printedBy(session, problem)).toBe(hash);
  });
});

describe("the program for a table ends with the same weights", () => {
  type Table = [name: string, content: Content, reading: Partial<Reading>, change: Partial<Record<string, CellType>>];
  const tables: Table[] = [
    ["table.csv", titanic, {}, { Cabin: "text" }],
    ["table.csv.gz", Uint8Array.from(gzipSync(flowers)), {}, {}],
    ["table.txt", windows1252(european), {}, {}],
    ["table.csv", houses.slice(houses.indexOf("\n") + 1), { header: false }, {}],
    ["table.json", JSON.stringify([4, 7, 1, 8, 2, 9].map((a, i) => ({ a, b: i % 2 ? "u" : null, c: a * i }))), {}, {}],
  ];
  it.each(sampleInQuick(tables))("%s", async (name, content, reading, change) => {
    writeFileSync(join(folder, name), content);
    const session = new Session();
    const view = await read(session, content, name, reading);
    await session.ask({ type: "useTable", choice: choiceOf(view, change) });
    const problem = await session.open({ source: "csv", hidden: [3] });
    const { hash } = await session.train(2);
    expect(await printedBy(session, problem)).toBe(hash);
  });
});

describe("tables as people have them", () => {
  const look = async (content: Content, name = "table.csv", reading: Partial<Reading> = {}) => {
    const view = await read(new Session(), content, name, reading);
    return { ...view, of: Object.fromEntries(view.columns.map((column) => [column.name, column])) };
  };

  it("the Titanic: names, tickets and numbers of rows are ignored, and the reasons stay", async () => {
    const { of, target } = await look(titanic);
    expect(target).toBe("Survived");
    expect(of.Survived.asTarget).toBe("category");
    expect(of.PassengerId.reason).toMatch(/count the rows/);
    for (const name of ["Name", "Ticket"]) expect(of[name].reason, name).not.toBe("");
    expect(of.Age).toMatchObject({ type: "number", reason: "" });
    expect(of.Age.missing).toBeGreaterThan(0);
    const session = await withTable(titanic, "titanic.csv", "Embarked");
    const problem = await session.open({ source: "csv" });
    const notes = problem?.notes.join("\n");
    expect(notes).toMatch(/^Ignored: PassengerId \(the values count the rows\); .*Name .*Ticket/);
    expect(notes).toMatch(/2 rows that do not say their Embarked are left out/);
    expect((await session.open({ source: "csv", hidden: [2] }))?.notes).toEqual(problem?.notes);
  });

  it.each<[string, Content]>([
    ["UTF-8", european],
    ["windows-1252", windows1252(european)],
    ["UTF-16, as Excel's Unicode text", utf16(european.replaceAll(";", "\t"))],
    ["UTF-16 without a mark", utf16(european, false)],
    ["with sep=;", `sep=;\r\n${european}`],
    ["gzipped", Uint8Array.from(gzipSync(european))],
  ])("European numbers, dates, money and shares: %s", async (_, content) => {
    const { of, found, rows } = await look(content);
    expect(found).toMatchObject({ decimal: ",", header: true });
    expect(rows).toBe(40);
    const types = Object.fromEntries(Object.values(of).map(({ name, type }) => [name, type]));
    expect(types).toEqual({
      Größe: "number",
      Anteil: "number",
      Datum: "date",
      Stück: "number",
      Ort: "category",
      Preis: "number",
    });
    const session = new Session();
    const view = await read(session, content, "preise.csv");
    await session.ask({ type: "useTable", choice: choiceOf({ ...view, target: "Preis" }) });
    const problem = await session.open({ source: "csv", testShare: 0 });
    expect(problem?.classes).toBeNull();
    const { mean } = problem?.targetScale ?? { mean: 0 };
    // 1.200,50 € and 150 € more in each row.
    expect(mean).toBeCloseTo(1200.5 + 150 * 19.5, 2);
    const typical = Object.fromEntries(problem?.fields.map(({ name, typical: text }) => [name, text]) ?? []);
    expect(typical).toMatchObject({ Größe: "20.75", Anteil: "29.5", Stück: "20500" });
    expect(typical.Datum).toMatch(/^2025-12-\d\d$/);
  });

  it.each<[string, string, boolean, string[]]>([
    ["numbers and a class", "-0.56,0.26,0\n0.1,0.3,1\n0.2,0.4,1\n", false, ["c0", "c1", "c2"]],
    ["nothing but text", "x,o,win\no,x,lose\nx,x,win\nx,o,lose\n", false, ["c0", "c1", "c2"]],
    ["names over text", "left,right,end\no,x,lose\nx,x,win\nx,o,lose\n", true, ["left", "right", "end"]],
    ["years as names", "town,2019,2020\nHill,4,5\nPort,6,7\n", true, ["town", "2019", "2020"]],
    ["the same name twice", "a,a,\n1,2,3\n4,5,6\n", true, ["a", "a_2", "column_3"]],
    ["a European row of data", "1,5;2,5;a\n2,5;3,75;b\n", false, ["c0", "c1", "c2"]],
  ])("a header is guessed: %s", async (_, text, header, names) => {
    const { found, columns } = await look(text);
    expect(found?.header).toBe(header);
    expect(columns.map(({ name }) => name)).toEqual(names);
    const other = await look(text, "table.csv", { header: !header });
    expect(other.rows).toBe(header ? text.trim().split("\n").length : text.trim().split("\n").length - 1);
  });

  it("stars are classes or numbers, as one likes", async () => {
    const session = new Session();
    const view = await read(session, stars, "stars.csv");
    expect(view.target).toBe("stars");
    for (const [type, classes] of [["category", ["1", "2", "3", "4", "5"]] as const, ["number", null] as const]) {
      await session.ask({ type: "useTable", choice: choiceOf(view, { stars: type }) });
      expect((await session.open({ source: "csv" }))?.classes).toEqual(classes);
    }
  });

  it("a form takes a decimal comma, and says what it cannot read", async () => {
    const session = await withTable(european, "preise.csv", "Preis");
    await session.open({ source: "csv" });
    const predict = (values: Record<string, string>) => session.ask<Float32Array>({ type: "predictRow", values });
    expect(await predict({ Größe: "20,5" })).toEqual(await predict({ Größe: "20.5" }));
    expect(await predict({ Datum: "24.12.2025" })).toEqual(await predict({ Datum: "2025-12-24" }));
    for (const text of ["many", "0x10"]) {
      await expect(predict({ Größe: text })).rejects.toThrow(`Größe: expected a number, got "${text}"`);
    }
    await expect(predict({ Datum: "soon" })).rejects.toThrow(/^Datum: expected a date/);
  });

  it.each<[string, string, Content, RegExp]>([
    ["rows of different length", "a.csv", "a,b,c\n1,2,3\n4,5\n6,7,8\n", /^line 3: expected 3 cells, got 2\./],
    ["an open quote", "a.csv", 'a,b\n"1,2\n', /^line 2: a quote/],
    ["nothing", "a.csv", " \n", /^a\.csv is empty/],
    ["names alone", "a.csv", "a,b\n", /no row of data/],
    ["a spreadsheet", "a.xlsx", Uint8Array.of(0x50, 0x4b, 3, 4, 0), /spreadsheet.*save the sheet as CSV/],
    ["JSON of another form", "a.json", "[1, 2]", /list of rows/],
    ["broken JSON", "a.json", '[{"a": 1}', /not complete JSON/],
    ["a damaged archive", "a.csv.gz", Uint8Array.of(0x1f, 0x8b, 8, 0, 1, 2, 3), /damaged/],
  ])("%s is refused without words for programmers", async (_, name, content, message) => {
    const error = await look(content, name).catch((refusal: Error) => refusal);
    expect((error as Error).message).toMatch(message);
    expect((error as Error).message).not.toMatch(/parseCsv|fromTable|TextDecoder|types:|header:|delimiter:/);
  });
});

describe("files that are dropped", () => {
  const receive = (...files: [name: string, content: Content][]) =>
    new Session().ask<{ kind: string }>({
      type: "receive",
      files: files.map(([name, part]) => new File([part], name)),
    });
  const safetensors = Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 0x7b, 0x7d);

  it.each<[string, Content, string]>([
    ["a.csv", "a,b\n1,2\n", "table"],
    ["a.dat.gz", Uint8Array.from(gzipSync("a,b\n1,2\n")), "table"],
    ["a.json", '[{"a": 1}]', "table"],
    ["a.txt", utf16("a\tb\n1\t2\n"), "table"],
    ["model.json", '{"format": "layers-model"}', "model"],
    ["a.safetensors", safetensors, "model"],
    ["a.onnx", Uint8Array.of(8, 7), "model"],
    ["labels", Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0), "images"],
    ["labels.gz", Uint8Array.from(gzipSync(Uint8Array.of(0, 0, 8, 1, 0, 0, 0, 0))), "images"],
  ])("%s is told by its bytes", async (name, content, kind) => {
    expect(await receive([name, content])).toEqual({ kind });
  });

  it.each<[string, Content, RegExp]>([
    ["photo.png", Uint8Array.of(0x89, 0x50, 0x4e, 0x47), /photo\.png is a picture.*draw it/],
    ["sums.xlsx", Uint8Array.of(0x50, 0x4b, 3, 4), /sums\.xlsx is a spreadsheet.*CSV/],
    ["a.zip", Uint8Array.of(0x50, 0x4b, 3, 4), /packed folder/],
    ["a.pdf", "%PDF-1.7", /document/],
    ["a.exe", Uint8Array.of(0x4d, 0x5a, 0x90, 0, 3, 0), /does not know/],
  ])("%s is refused in words of the page", async (name, content, message) => {
    await expect(receive([name, content])).rejects.toThrow(message);
  });
});

itInFull("of 100 handwritten digits that are drawn on the pad, at least 90 are read", async () => {
  const { train: all, test: others } = await mnist();
  const { train, test } = trainTestSplit(all.slice(0, 2000), { testSize: 0.3, stratify: true, seed: 1 });
  const setup = { ...defaults, ...forImages };
  const rows = varied(train, [28, 28], copiesOf(train));
  const classes = Array.from({ length: 10 }, (_, i) => String(i));
  const model = await createModel(setup, { train: rows, test, classes, wantsScaling: false } as unknown as Problem);
  await model.fit(rows, { epochs: 6, batchSize: setup.batchSize });
  const right = Array.from({ length: 100 }, (_, i) => {
    const pad = drawn(strokesOf(others.x.slice(i * 784, (i + 1) * 784)), SIDE, PEN);
    return classOf(model.predict(centredImage(pad, [28, 28]) as Float32Array)) === others.y[i];
  });
  model.dispose();
  expect(right.filter(Boolean).length).toBeGreaterThanOrEqual(90);
});
