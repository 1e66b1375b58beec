// The program as a process: its signals, pipes and exit codes, and what a kill leaves.
import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, expect, it } from "vitest";
import { TableModel } from "../../src/table/index.js";
import { customers } from "../support/customers.js";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const PROGRAM = join(ROOT, "build/cli/index.js");
const folder = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
const text = customers(20_000);
const [header, ...lines] = text.trim().split("\n");
const { FORCE_COLOR: _, NO_COLOR: __, ...env } = process.env;

function start(...argv: string[]) {
  const child = spawn(process.execPath, [PROGRAM, ...argv], { cwd: folder, env });
  let [out, err] = ["", ""];
  child.stdout.on("data", (chunk) => {
    out += chunk;
  });
  child.stderr.on("data", (chunk) => {
    err += chunk;
  });
  const ended = new Promise<{ code: number | null; signal: string | null; out: string; err: string }>((resolve) => {
    child.on("close", (code, signal) => resolve({ code, signal, out, err }));
  });
  return { child, ended };
}

async function until(isTrue: () => boolean, child: ChildProcess): Promise<void> {
  while (!isTrue()) {
    if (child.exitCode !== null) throw new Error("it ended before");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

const temporaries = () => readdirSync(folder).filter((name) => name.endsWith(".tmp"));

beforeAll(() => {
  writeFileSync(join(folder, "data.csv"), text);
  writeFileSync(join(folder, "small.csv"), `${[header, ...lines.slice(0, 300)].join("\n")}\n`);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it("trains, and ends with 0; --json is all there is, under FORCE_COLOR too", async () => {
  env.FORCE_COLOR = "1";
  const { ended } = start("train", "small.csv", "--target", "churn", "--trials", "1", "--members", "1", "--json");
  const { code, out, err } = await ended;
  delete env.FORCE_COLOR;
  expect([code, err]).toEqual([0, ""]);
  expect(JSON.parse(out)).toMatchObject({ output: "model.safetensors", target: "churn" });
});

it("Ctrl-C in the middle of training saves the model, and ends with 130", async () => {
  const { child, ended } = start("train", "data.csv", "--target", "churn", "-o", "stopped.safetensors");
  child.stdout.once("data", () => child.kill("SIGINT")); // the first line comes when training begins
  const { code, err } = await ended;
  expect([code, err]).toEqual([130, expect.stringContaining("stopping")]);
  const model = await TableModel.load(readFileSync(join(folder, "stopped.safetensors")));
  expect(model.trials.length).toBeLessThan(19);
  model.dispose();
});

it("kill -9 in the middle of writing leaves the old file, and the next run clears up", async () => {
  writeFileSync(join(folder, "kept.csv"), "old");
  const { child, ended } = start("predict", "model.safetensors", "-", "-o", "kept.csv");
  child.stdin.on("error", () => {});
  child.stdin.write(text);
  await until(() => temporaries().length > 0, child);
  child.kill("SIGKILL");
  expect((await ended).signal).toBe("SIGKILL");
  expect(readFileSync(join(folder, "kept.csv"), "utf8")).toBe("old");
  const again = start("predict", "model.safetensors", "small.csv", "-o", "kept.csv", "-q");
  expect(await again.ended).toMatchObject({ code: 0, out: "", err: "" });
  expect(readFileSync(join(folder, "kept.csv"), "utf8").split("\n")).toHaveLength(302);
  expect(temporaries()).toEqual([]);
});

it("kill -9 while train saves leaves the old file or the new one, whole, and the next run clears up", async () => {
  const path = join(folder, "saved.safetensors");
  const options = ["--target", "churn", "--trials", "1", "--members", "1", "-o", "saved.safetensors", "-q"];
  expect(await start("train", "small.csv", ...options).ended).toMatchObject({ code: 0, err: "" });
  const old = readFileSync(path);
  const { child, ended } = start("train", "small.csv", ...options, "--seed", "1");
  const watcher = watch(folder, (_, name) => {
    if (name?.startsWith(".saved")) child.kill("SIGKILL"); // the temporary file is there, or just renamed
  });
  const { signal, code } = await ended;
  watcher.close();
  expect(signal === "SIGKILL" || code === 0).toBe(true);
  const now = readFileSync(path);
  const model = await TableModel.load(now); // its checksum says that it is whole
  expect(model.training.seed).toBe(now.equals(old) ? 0 : 1);
  model.dispose();
  expect(await start("train", "small.csv", ...options, "--seed", "1").ended).toMatchObject({ code: 0, err: "" });
  expect(temporaries()).toEqual([]);
});

it("Ctrl-C in the middle of predictions leaves nothing half-written", async () => {
  const { child, ended } = start("predict", "model.safetensors", "-", "-o", "new.csv");
  child.stdin.on("error", () => {});
  child.stdin.write(text);
  await until(() => temporaries().length > 0, child);
  child.kill("SIGINT");
  child.stdin.end(lines.join("\n"));
  expect(await ended).toMatchObject({ code: 130, err: expect.stringContaining("nothing was written") });
  expect(existsSync(join(folder, "new.csv"))).toBe(false);
  expect(temporaries()).toEqual([]);
});

it("ends quietly when the reader of its output has gone", async () => {
  const { child, ended } = start("predict", "model.safetensors", "data.csv", "-q");
  child.stdout.once("data", () => child.stdout.destroy());
  expect(await ended).toMatchObject({ code: 141, err: "" });
});

it.runIf(existsSync("/dev/full"))("says that the disk of its output is full", () => {
  const full = openSync("/dev/full", "w");
  const { status, stderr } = spawnSync(process.execPath, [PROGRAM, "inspect", "small.csv"], {
    ...{ cwd: folder, env, encoding: "utf8", stdio: ["ignore", full, "pipe"] },
  });
  closeSync(full);
  expect([status, stderr]).toEqual([
    1,
    expect.stringMatching(/^error: standard output could not be written: ENOSPC.*\n$/),
  ]);
});

it("init writes programs that repeat the run", async () => {
  const { code, out } = await start("init", "--dir", "app").ended;
  expect([code, out]).toEqual([0, expect.stringContaining("app/train.js")]);
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(ROOT, join(folder, "node_modules/simdgrad"), "dir");
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const before = await TableModel.load(readFileSync(join(folder, "model.safetensors")));
  expect(before.metadata).not.toBeNull();
  before.metadata = null;
  expect(execFileSync(process.execPath, ["train.js"], { cwd: join(folder, "app"), encoding: "utf8" })).toContain(
    "TableModel: classification of churn",
  );
  expect(readFileSync(join(folder, "model.safetensors"))).toEqual(Buffer.from(before.save()));
  before.dispose();
  const server = spawn(process.execPath, ["--check", "server.js"], { cwd: join(folder, "app") });
  expect(await new Promise((resolve) => server.on("close", resolve))).toBe(0);
});
