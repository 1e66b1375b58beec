// Files replaced in one step: several writers, links, modes, and what dead writers leave.
import { spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
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
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { writeAtomically } from "../../src/node/atomicFile.js";

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
  it("leaves one whole file after many writers at a time, and nothing beside it", async () => {
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
    await write(path, "whole");
    expect(readdirSync(dir).sort()).toEqual([...others, "model"].sort());
  });
});
