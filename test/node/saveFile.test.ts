// Files of one's own: whole or not at all, from text, bytes and pieces.
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { saveFile } from "../../src/node/index.js";

const folder = mkdtempSync(join(tmpdir(), "simdgrad-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, "sub", "file.txt");

async function* pieces(error?: Error) {
  yield "one ";
  yield new TextEncoder().encode("two ");
  if (error) throw error;
  yield "three";
}

it("writes text, bytes and pieces, and makes folders", async () => {
  await saveFile(path, "é");
  expect(readFileSync(path, "utf8")).toBe("é");
  await saveFile(path, Uint8Array.of(65, 66));
  expect(readFileSync(path, "utf8")).toBe("AB");
  await saveFile(path, pieces());
  expect(readFileSync(path, "utf8")).toBe("one two three");
});

it("leaves the old file, and nothing beside it, if pieces end with an error, which it throws", async () => {
  writeFileSync(path, "old");
  const error = new Error("no more");
  await expect(saveFile(path, pieces(error))).rejects.toBe(error);
  expect(readFileSync(path, "utf8")).toBe("old");
  expect(readdirSync(join(folder, "sub"))).toEqual(["file.txt"]);
});

it.each([
  [
    "a number",
    () => saveFile(path, 3 as never),
    "saveFile: expected text, a Uint8Array or an async iterable of them, got 3.",
  ],
  ["nothing", () => saveFile(path, undefined as never), "got undefined"],
  ["another array", () => saveFile(path, new Float32Array(2) as never), "got a Float32Array"],
  ["no path", () => saveFile("", "x"), "saveFile: path: expected a path"],
  [
    "a third argument",
    () => (saveFile as (...args: unknown[]) => Promise<void>)(path, "x", {}),
    "expected 2 arguments, got 3",
  ],
  ["a folder", () => saveFile(folder, "x"), "not a file"],
])("refuses %s", async (_, call, message) => {
  await expect(call()).rejects.toThrow(message);
});
