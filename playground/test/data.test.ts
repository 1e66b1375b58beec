/** The user's tables as people have them, from the file to the network's predictions, without a page. */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Dataset, Sequential, trainTestSplit } from "simdgrad";
import { TableModel } from "simdgrad/table";
import { describe, expect, it } from "vitest";
import { toCode } from "../src/code.js";
import type { ProblemView } from "../src/engine/protocol.js";
import type { Setup } from "../src/setup.js";
import { houses } from "./samples.js";
import { Session } from "./session.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

async function withTable(text: string, name: string, target: string): Promise<Session> {
  const session = new Session();
  await session.ask({ type: "readCsv", file: new File([text], name) });
  await session.ask({ type: "chooseTarget", target });
  return session;
}

/** The last line that the program of a session prints. */
async function printedBy(session: Session, problem: ProblemView | null): Promise<string | undefined> {
  const code = toCode(session.setup, problem as ProblemView, await session.look());
  const options = { cwd: ROOT, input: code, encoding: "utf8" } as const;
  return execFileSync(process.execPath, ["--input-type=module", "-"], options).trim().split("\n").pop();
}

describe("a target in its own units", () => {
  const values = { sqm: "100", rooms: "4", age: "20", town: "Mill" };

  it("houses: errors and predictions are prices, and as good as those of the table model for the same rows", async () => {
    const session = await withTable(houses, "houses.csv", "price");
    await session.open({ source: "csv" });
    const { results } = await session.train(25);
    const log = session.logs.at(-1);

    const [header, ...lines] = houses.split("\n");
    const places = Dataset.from({ x: lines.map((_, i) => [i]), y: lines.map(() => 0) });
    const parts = trainTestSplit(places, { testSize: 0.3, seed: 1 });
    const csvOf = ({ x }: Dataset) => [header, ...Array.from(x, (i) => lines[i])].join("\n");
    const options = { target: "price", testData: csvOf(parts.test), trials: 4, importance: false, onWarning: () => {} };
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
  });

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

describe("the program for Node ends with the same weights", () => {
  it.each<[string, Partial<Setup>]>([
    ["inputs made of the features", { features: ["x1", "x1²", "x1x2", "sin x2"], samples: 100 }],
    ["all rows for training", { source: "multiGauss", samples: 100, testShare: 0 }],
  ])("%s", async (_, part) => {
    const session = new Session();
    const problem = await session.open({ ...part, hidden: [3] });
    const { hash } = await session.train(2);
    expect(await printedBy(session, problem)).toBe(`${hash}`);
  });
});
