// @ts-check
/** Fits one period of the sine. Run: node examples/regression.js */
import { adam, dense, Sequential } from "simdgrad";
import { runDirectly } from "./support/direct.js";

const POINTS = 200;
const x = Float32Array.from({ length: POINTS }, (_, i) => -Math.PI + (2 * Math.PI * i) / (POINTS - 1));
const y = x.map(Math.sin);

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, epochs = 200, log = () => {} } = {}) {
  const model = await Sequential.create({
    inputShape: [1],
    layers: [
      dense({ units: 16, activation: "tanh" }),
      dense({ units: 16, activation: "tanh" }),
      dense({ units: 1 }), // linear: the output may be any number
    ],
    seed,
  });
  model.compile({ optimizer: adam({ learningRate: 0.01 }), loss: "meanSquaredError", metrics: ["meanAbsoluteError"] });

  const { loss } = await model.fit({ x, y }, { epochs, batchSize: 20 });
  for (const epoch of [1, 10, 50, 100, 200]) {
    if (epoch <= epochs) log(`epoch ${String(epoch).padStart(3)}  loss ${loss[epoch - 1].toFixed(6)}`);
  }
  const { meanAbsoluteError } = await model.evaluate({ x, y });
  log(`\nmean absolute error ${meanAbsoluteError.toFixed(4)}\n`);

  const predicted = model.predict(x);
  model.dispose();
  log(plot(y, predicted));
  log("\n. data   o prediction   * both");
  return { loss, meanAbsoluteError };
}

/**
 * Values from -1 to 1 as text, one column for every few points.
 * @param {Float32Array} data
 * @param {Float32Array} prediction
 */
function plot(data, prediction, { columns = 72, rows = 17 } = {}) {
  const grid = Array.from({ length: rows }, () => Array(columns).fill(" "));
  const rowOf = (/** @type {number} */ value) => {
    return Math.min(rows - 1, Math.max(0, Math.round(((1 - value) / 2) * (rows - 1))));
  };
  for (let column = 0; column < columns; column++) {
    const point = Math.round((column * (data.length - 1)) / (columns - 1));
    grid[rowOf(data[point])][column] = ".";
    const cell = grid[rowOf(prediction[point])];
    cell[column] = cell[column] === "." ? "*" : "o";
  }
  return grid.map((line) => `|${line.join("").trimEnd()}`).join("\n");
}

await runDirectly(import.meta.url, run);
