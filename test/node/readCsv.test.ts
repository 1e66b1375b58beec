// readCsv: what parseCsv makes of the bytes of a file, and warnings that name it.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { parseCsv } from "../../src/csv/index.js";
import { readCsv } from "../../src/node/index.js";

const path = join(mkdtempSync(join(tmpdir(), "simdgrad-read-csv-")), "ages.csv");

it("reads a file in UTF-16 as parseCsv reads its text", async () => {
  const text = "\ufeffname;age\nÅse;31\nBo;54\n";
  writeFileSync(path, text, "utf16le");
  expect(await readCsv(path)).toEqual(await parseCsv(text));
});

it("names the file in warnings", async () => {
  writeFileSync(path, "age,n\n31,1\nold,2\n");
  const told: string[] = [];
  await readCsv(path, { onWarning: (message) => told.push(message) });
  expect(told).toEqual([expect.stringContaining(`readCsv: ${path}: column "age": 1 of 2 cells are numbers`)]);
  await expect(readCsv(path, { onWarning: 3 } as never)).rejects.toThrow("onWarning: expected a function, got 3");
  await expect(readCsv(path, null as never)).rejects.toThrow("expected an options object, got null");
});
