// The recipes of examples/recipes/, run on files, requests and, for the form, built for a page.
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installAside } from "../scripts/installAside.mjs";
import { type ClassPrediction, TableModel } from "../src/table/index.js";
import { csvOf, tables } from "./table/tables.js";

const root = fileURLToPath(new URL("../", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "recipes-"));
const at = (name: string) => join(folder, name);
const run = (...args: string[]) => execFileSync(process.execPath, args, { cwd: folder, encoding: "utf8" });
const row = { tenure: 3, contract: "monthly", internet: "fibre", calls: 6 };

let model: TableModel;
beforeAll(async () => {
  cpSync(join(root, "examples/recipes"), folder, { recursive: true });
  writeFileSync(at("package.json"), `{ "type": "module" }`);
  const aside = installAside("recipes", ["fastify@5.12.8"]);
  symlinkSync(aside, at("node_modules"), "dir");
  try {
    symlinkSync(root, join(aside, "simdgrad"), "dir");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
  }
  const [{ train, test }] = await tables();
  writeFileSync(at("customers.csv"), csvOf(train.slice(0, 600)));
  writeFileSync(at("recent.csv"), csvOf(test.slice(0, 600)));
  writeFileSync(
    at("new.ndjson"),
    test
      .slice(0, 2300)
      .map((each) => JSON.stringify(each))
      .join("\n"),
  );
  expect(run("train.js", "customers.csv", "churn", "churn.safetensors")).toContain(
    "TableModel: classification of churn",
  );
  model = await TableModel.load(readFileSync(at("churn.safetensors")));
}, 120_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it.each(["train.js", "server.js"])("%s has at most 8 lines", (name) => {
  const lines = readFileSync(at(name), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "" && !line.startsWith("//"));
  expect(lines.length).toBeLessThanOrEqual(8);
});

it("server.js answers a row and rows over HTTP", async () => {
  const child: ChildProcess = spawn(process.execPath, ["server.js", "churn.safetensors"], {
    cwd: folder,
    env: { ...process.env, PORT: "0" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    const address = await new Promise<string>((resolve) => {
      child.stdout?.once("data", (text) => resolve(String(text).trim()));
    });
    const post = async (body: unknown) =>
      (
        await fetch(`${address}/predict`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: JSON.stringify(body),
        })
      ).json();
    expect(await post(row)).toEqual(model.predict(row));
    expect(await post([row, { ...row, tenure: 70 }])).toEqual(model.predict([row, { ...row, tenure: 70 }]));
  } finally {
    child.kill();
  }
});

it("score.js scores every row of a file", () => {
  run("score.js", "churn.safetensors", "new.ndjson", "scored.ndjson");
  const rows = readFileSync(at("new.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const scored = readFileSync(at("scored.ndjson"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  const answers = model.predict(rows as object[]) as ClassPrediction[];
  expect(scored.map(({ label, probability }) => [label, probability])).toEqual(
    answers.map(({ label, probability }) => [label, probability]),
  );
});

it("retrain.js replaces a model only by a better one", () => {
  expect(run("retrain.js", "customers.csv", "recent.csv", "churn", "kept.safetensors")).toMatch(
    /^before none, after 0\.\d+: replaced/,
  );
  const bytes = readFileSync(at("kept.safetensors"));
  expect(run("retrain.js", "customers.csv", "recent.csv", "churn", "kept.safetensors")).toMatch(
    /^before (0\.\d+), after \1: kept/,
  );
  expect(readFileSync(at("kept.safetensors"))).toEqual(bytes);
});

describe("edge.js", () => {
  let server: Server;
  let MODEL_URL: string;
  beforeAll(async () => {
    server = createServer((_, response) => response.end(readFileSync(at("churn.safetensors"))));
    await new Promise<void>((resolve) => server.listen(0, resolve));
    MODEL_URL = `http://localhost:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => server.close());

  it("answers, and says what is wrong with a request", async () => {
    const { default: edge } = await import(pathToFileURL(at("edge.js")).href);
    const ask = async (body: string, method = "POST") => {
      const request = new Request("http://edge/", { method, ...(method === "POST" && { body }) });
      const response: Response = await edge.fetch(request, { MODEL_URL });
      return [response.status, await response.json()];
    };
    expect(await ask(JSON.stringify(row))).toEqual([200, model.predict(row)]);
    expect(await ask("[1]")).toEqual([400, { error: expect.stringContaining("row 0: expected an object") }]);
    expect(await ask("{")).toEqual([400, { error: expect.any(String) }]);
    expect(await ask("", "GET")).toEqual([405, { error: "POST a row as JSON" }]);
  });
});

it("Form.jsx builds for a page with its worker", async () => {
  const { outputFiles } = await build({
    entryPoints: [at("Form.jsx"), at("predictor.js")],
    ...{ bundle: true, write: false, format: "esm", platform: "browser", outdir: at("dist"), jsx: "automatic" },
    external: ["react", "react/jsx-runtime", "#wasm/*", "#worker/*"],
    logLevel: "error",
  });
  expect(outputFiles.map(({ path }) => path.slice(at("dist/").length))).toEqual(["Form.js", "predictor.js"]);
});
