/** Small tables in files, and models for them: the same for all tests of scoring. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parquetWriteBuffer } from "hyparquet-writer/src/write.js";
import { dense, Sequential } from "../../src/index.js";
import { TableModel } from "../../src/table/index.js";

export const ROWS = 1000;

/** Numbers from 0 to 1 that are the same everywhere. */
function* numbers(): Generator<number, never> {
  for (let state = 1; ; ) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    yield state / 2 ** 32;
  }
}

const random = numbers();
const next = () => random.next().value;
const colours = ["red", 'dark, "green"', "blue\nand white"];

export const columns = {
  id: Array.from({ length: ROWS }, (_, i) => BigInt(i) + 9007199254740993n),
  age: Array.from({ length: ROWS }, (_, i) => (i % 50 === 7 ? null : Math.round(next() * 80))),
  income: Array.from({ length: ROWS }, () => next() * 5),
  colour: Array.from({ length: ROWS }, () => colours[Math.floor(next() * 3)]),
  member: Array.from({ length: ROWS }, () => next() > 0.5),
  since: Array.from({ length: ROWS }, (_, i) => new Date(Date.UTC(2020, 0, 1 + (i % 700)))),
};

const names = ["age", "income", "colour", "member", "since"] as const;

/** Rows as a CSV file has them. */
export const rows = Array.from({ length: ROWS }, (_, i) => ({
  age: columns.age[i],
  income: columns.income[i],
  colour: columns.colour[i],
  member: columns.member[i],
  since: columns.since[i].toISOString().slice(0, 10),
}));

export function parquetBytes(rowGroupSize = 150, codec: "SNAPPY" | "UNCOMPRESSED" = "SNAPPY"): Uint8Array {
  return new Uint8Array(
    parquetWriteBuffer({
      columnData: [
        { name: "id", data: columns.id, type: "INT64" },
        { name: "age", data: columns.age, type: "DOUBLE" },
        { name: "income", data: columns.income, type: "DOUBLE" },
        { name: "colour", data: columns.colour, type: "STRING" },
        { name: "member", data: columns.member, type: "BOOLEAN" },
        { name: "since", data: columns.since, type: "TIMESTAMP" },
      ],
      rowGroupSize,
      codec,
    }),
  );
}

const quoted = (cell: unknown) => (cell === null ? "" : `"${String(cell).replaceAll('"', '""')}"`);
export const csvText = (sign = ",") =>
  `${names.join(sign)}\n${rows.map((row) => names.map((name) => quoted(row[name])).join(sign)).join("\n")}\n`;

/** Two table models and a network, as files. */
export async function writeModels(folder: string): Promise<Record<"classes" | "numbers" | "network", string>> {
  mkdirSync(folder, { recursive: true });
  const train = { hiddenLayerSizes: [4], trials: 1, epochs: 2, members: 1, threads: 1, onWarning: () => {} };
  const labelled = rows.map((row) => ({ ...row, label: row.income > 2.5 ? "yes" : "no", value: row.income * 2 }));
  const models = {
    classes: await TableModel.train(labelled, { target: "label", exclude: ["value"], ...train }),
    numbers: await TableModel.train(labelled, { target: "value", exclude: ["label"], ...train }),
    network: await Sequential.create({
      inputShape: [2],
      layers: [dense({ units: 3, activation: "relu" }), dense({ units: 2 })],
      seed: 1,
    }),
  };
  return Object.fromEntries(
    Object.entries(models).map(([name, model]) => {
      const path = join(folder, `${name}.safetensors`);
      writeFileSync(path, model.save());
      model.dispose();
      return [name, path];
    }),
  ) as Record<keyof typeof models, string>;
}

/** The files of a folder by name, whose bytes must not differ. */
export function filesOf(folder: string): Record<string, string> {
  const found = readdirSync(folder).sort();
  return Object.fromEntries(found.map((name) => [name, readFileSync(join(folder, name), "latin1")]));
}
