// Learns from a CSV file and writes one file: node train.js customers.csv churn churn.safetensors
import { writeFile } from "node:fs/promises";
import { TableModel } from "simdgrad/table";

const [table, target, file] = process.argv.slice(2);
const model = await TableModel.train(table, { target, trials: 8 });
console.log(String(model));
await writeFile(file, model.save());
