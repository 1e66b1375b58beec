// For cron: learns from today's file, and replaces the model only if the new one is better on rows neither has seen.
// node retrain.js today.csv recent.csv churn churn.safetensors
import { readFile, rename, writeFile } from "node:fs/promises";
import { TableModel } from "simdgrad/table";

const [table, recent, target, file] = process.argv.slice(2);
const scoreOf = async (model) => {
  const { rocAuc, accuracy, r2 } = await model.evaluate(recent);
  return rocAuc ?? accuracy ?? r2;
};

const before = await readFile(file).then(
  (bytes) => TableModel.load(bytes),
  (error) => {
    if (error.code === "ENOENT") return null;
    throw error;
  },
);
const after = await TableModel.train(table, { target, trials: 8, testSize: 0 });
const [old, fresh] = [before && (await scoreOf(before)), await scoreOf(after)];
const isBetter = old === null || fresh > old;
console.log(`before ${old?.toFixed(4) ?? "none"}, after ${fresh.toFixed(4)}: ${isBetter ? "replaced" : "kept"}`);
if (isBetter) {
  // A reader sees the old file or the new one, never half of one.
  await writeFile(`${file}.new`, after.save());
  await rename(`${file}.new`, file);
}
