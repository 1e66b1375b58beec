// Scores a file of any size, a thousand rows at a time: node score.js churn.safetensors new.ndjson scored.ndjson
import { createReadStream, createWriteStream } from "node:fs";
import { readFile } from "node:fs/promises";
import { createInterface } from "node:readline";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { TableModel } from "simdgrad/table";

const [file, from, to] = process.argv.slice(2);
const model = await TableModel.load(await readFile(file));

/** One line of JSON for each row, with the prediction in it. */
async function* scored(lines) {
  let rows = [];
  const answers = () => model.predict(rows).map((answer, i) => `${JSON.stringify({ ...rows[i], ...answer })}\n`);
  for await (const line of lines) {
    if (line.trim() !== "") rows.push(JSON.parse(line));
    if (rows.length < 1000) continue;
    yield answers().join("");
    rows = [];
  }
  yield answers().join("");
}

const lines = createInterface({ input: createReadStream(from) });
await pipeline(Readable.from(scored(lines)), createWriteStream(to));
