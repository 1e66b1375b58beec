// Files replaced in one step: several writers, links, modes, and what dead writers leave.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAtomically } from "../../src/node/atomicFile.js";
import { itInFull } from "../support/inFull.js";

const isWindows = process.platform === "win32";
let dir: string;
let path: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "simdgrad-"));
  path = join(dir, "model");
});
afterEach(() => rmSync(dir, { recursive: true }));

const bytes = (text: string) => new TextEncoder().encode(text);
const text = (file: string) => readFileSync(file, "utf8");
const write = (to: string, content: string, previous?: string) =>
  writeAtomically("test", to, bytes(content), { previous });

describe("writeAtomically", () => {
  it("leaves one whole file after many writers at a time, and nothing else", async () => {
    const contents = Array.from({ length: 40 }, (_, i) => String(i).repeat(50_000));
    await Promise.all(contents.map((content) => write(path, content)));
    expect(contents).toContain(text(path));
    expect(readdirSync(dir)).toEqual(["model"]);
  });

  it("keeps the file before it, with many writers at a time, too", async () => {
    const previous = join(dir, "previous");
    await write(path, "first", previous);
    expect(existsSync(previous)).toBe(false);
    await Promise.all(Array.from({ length: 20 }, (_, i) => write(path, `content ${i}`, previous)));
    expect(text(previous)).toMatch(/^(first|content \d+)$/);
    expect(readdirSync(dir).sort()).toEqual(["model", "previous"]);
    await write(path, "last", previous);
    await write(path, "last", previous);
    expect(readdirSync(dir).sort()).toEqual(["model", "previous"]);
  });

  it.skipIf(isWindows)("keeps the mode of the file", async () => {
    for (const mode of [0o600, 0o640, 0o666]) {
      await write(path, "old");
      chmodSync(path, mode);
      await write(path, "new");
      expect(statSync(path).mode & 0o777).toBe(mode);
    }
  });

  it.skipIf(isWindows)("writes through a symbolic link, which stays", async () => {
    const target = join(dir, "target");
    symlinkSync("target", path);
    for (const content of ["where there was no file", "where there was one"]) {
      await write(path, content);
      expect(text(target)).toBe(content);
      expect(lstatSync(path).isSymbolicLink()).toBe(true);
    }
  });

  it.skipIf(isWindows)("names the path where a link points to itself", async () => {
    symlinkSync("model", path);
    await expect(write(path, "lost")).rejects.toThrow(`${path} could not be written`);
  });

  it.skipIf(isWindows)(
    "follows a relative link in a folder that is a link itself, and a link as the file before",
    async () => {
      mkdirSync(join(dir, "real", "deep"), { recursive: true });
      symlinkSync(join("real", "deep"), join(dir, "folder"));
      symlinkSync(join("..", "target"), join(dir, "folder", "model"));
      symlinkSync("kept", join(dir, "previous"));
      for (const content of ["first", "second"])
        await write(join(dir, "folder", "model"), content, join(dir, "previous"));
      expect(text(join(dir, "real", "target"))).toBe("second");
      expect(text(join(dir, "kept"))).toBe("first");
      expect(lstatSync(join(dir, "previous")).isSymbolicLink()).toBe(true);
    },
  );

  it.skipIf(isWindows)("replaces no folder and no device", async () => {
    mkdirSync(path);
    for (const there of [path, "/dev/null"]) {
      await expect(write(there, "lost")).rejects.toThrow(`${there} could not be written: there is something`);
    }
    expect(lstatSync("/dev/null").isCharacterDevice()).toBe(true);
    expect(readdirSync(dir)).toEqual(["model"]);
  });

  it("takes names as long as file systems do", async () => {
    const long = join(dir, `${"é".repeat(120)}.safetensors`);
    await write(long, "whole");
    expect(text(long)).toBe("whole");
  });

  it.skipIf(isWindows || process.getuid?.() === 0)("needs no right to list the folder", async () => {
    chmodSync(dir, 0o300);
    await write(path, "whole");
    chmodSync(dir, 0o700);
    expect(text(path)).toBe("whole");
  });

  it("removes temporary files of processes that are gone, and no others", async () => {
    const host = hostname().replace(/[^\w-]/g, "_");
    const gone = spawnSync(process.execPath, ["-e", "console.log(process.pid)"], { encoding: "utf8" }).stdout.trim();
    const letters = "0123456789abcdef";
    const dead = `.model.${host}-${gone}-${letters}.tmp`;
    const others = [
      `.model.${host}-${process.pid}-${letters}.tmp`,
      `.model.${host}-${process.ppid}-${letters}.tmp`,
      `.model.elsewhere-${gone}-${letters}.tmp`,
      `.other.${host}-${gone}-${letters}.tmp`,
      `.model.${host}-${gone}.tmp`,
    ];
    for (const name of [dead, ...others]) writeFileSync(join(dir, name), "half");
    writeFileSync(join(dir, dead.replace("model", "kept")), "half");
    await write(path, "whole", join(dir, "kept"));
    expect(readdirSync(dir).sort()).toEqual([...others, "model"].sort());
  });
});

itInFull(
  "two processes of two threads write one path, and every reader sees a whole file",
  { timeout: 60_000 },
  async () => {
    const plain = join(mkdtempSync(join(dir, "js-")), "atomicFile.mjs");
    const source = fileURLToPath(new URL("../../src/node/atomicFile.ts", import.meta.url));
    buildSync({ entryPoints: [source], bundle: true, platform: "node", format: "esm", outfile: plain });
    const module = JSON.stringify(pathToFileURL(plain).href);
    const writer = `
    import { workerData } from "node:worker_threads";
    const { writeAtomically } = await import(${module});
    for (let i = 0; i < 40; i++) await writeAtomically("test", ${JSON.stringify(path)}, new Uint8Array(200_000).fill(workerData));`;
    const program = `
    import { Worker } from "node:worker_threads";
    const url = new URL("data:text/javascript," + encodeURIComponent(${JSON.stringify(writer)}));
    for (const letter of [1, 2]) new Worker(url, { workerData: 10 * process.argv[1] + letter });`;
    const letters = new Set<number>();
    let running = 2;
    const codes = [1, 2].map((number) => {
      const args = ["--input-type=module", "--eval", program, String(number)];
      const child = spawn(process.execPath, args, { stdio: "inherit" });
      return new Promise((resolve) => child.on("exit", resolve)).finally(() => running--);
    });
    while (running > 0) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      if (!existsSync(path)) continue;
      const read = readFileSync(path);
      expect(read.length).toBe(200_000);
      expect(read.every((letter) => letter === read[0])).toBe(true);
      letters.add(read[0]);
    }
    expect(await Promise.all(codes)).toEqual([0, 0]);
    expect(letters.size).toBeGreaterThan(1);
    expect(readdirSync(dir).filter((name) => !name.startsWith("js-"))).toEqual(["model"]);
  },
);
