// docs/guides/commandLine.md: its commands, one after the other, in a folder with two tables.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { customers } from "../support/customers.js";
import { run } from "./run.js";

const guide = readFileSync(new URL("../../docs/guides/commandLine.md", import.meta.url), "utf8");
const commands = [...guide.replace(/^```console$[\s\S]*?^```$/gm, "").matchAll(/^npx simdgrad (.*)$/gm)].map(
  ([, words]) => words,
);
const folder = mkdtempSync(join(tmpdir(), "simdgrad-cli-"));
const before = process.cwd();
let stop = () => {};

beforeAll(() => {
  writeFileSync(join(folder, "customers.csv"), customers(300));
  writeFileSync(join(folder, "new.csv"), customers(300).replace(/,churn$/m, ",note"));
  process.chdir(folder);
});
afterAll(() => {
  process.chdir(before);
  rmSync(folder, { recursive: true, force: true });
});

describe("the guide", () => {
  it("has commands", () => expect(commands.length).toBeGreaterThan(8));

  it.each(commands)("%s", async (command) => {
    const [line, file] = command.split(" < ");
    const { code, out } = await run(line.replace("--port 3000", "--port 0").split(" "), {
      input: file ? readFileSync(file) : "",
      onOut: (text) => {
        if (text.includes("Ctrl-C stops it")) stop();
      },
      onStart: (abort) => {
        stop = abort;
      },
    });
    expect(code).toBe(line.startsWith("serve") ? 130 : 0);
    if (!line.includes("-o ")) expect(out.length).toBeGreaterThan(100);
  });
});
