/** This library: a table from its CSV file to a trained model and to probabilities. Argument: the spec as JSON. */
import { readFileSync } from "node:fs";
import { parseCsv } from "../../../build/node/csv/index.js";
import { rocAucScore } from "../../../build/node/index.js";
import { TableModel } from "../../../build/node/table/index.js";

const { train, test, hidden, epochs } = JSON.parse(process.argv[2]);

let start = performance.now();
const options = { target: "inside", testSize: 0, trials: 1, members: 1, hiddenLayerSizes: hidden, epochs, seed: 1 };
const model = await TableModel.train(train, { ...options, importance: false, threads: 1, onWarning() {} });
const trained = (performance.now() - start) / 1000;

const table = await parseCsv(readFileSync(test, "utf8"));
const { names } = table;
const rows = Array.from({ length: table.rows }, (_, i) =>
  Object.fromEntries(names.map((name) => [name, table.columns[name][i]])),
);
model.predict(rows);
start = performance.now();
const predictions = model.predict(rows);
const predicted = (performance.now() - start) / 1000;
const score = rocAucScore(
  rows.map(({ inside }) => Number(inside === "out")),
  predictions.map(({ probabilities }) => probabilities.out),
);
const { version } = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
console.log(JSON.stringify({ version, train: trained, predict: predicted, rocAuc: score }));
