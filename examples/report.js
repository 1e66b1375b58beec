// @ts-check
/** A table of customers to a model, and the model to a page that shows it. Run: node examples/report.js */
import { htmlReport } from "simdgrad/report";
import { TableModel } from "simdgrad/table";
import { runDirectly } from "./support/direct.js";

/**
 * Numbers from 0 to 1, the same for the same seed (Park and Miller 1988).
 * @param {number} seed
 */
function randomOf(seed) {
  let state = seed + 1;
  return () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
}

/**
 * Customers of whom some leave: those with short contracts, high bills and calls to the support.
 * @param {number} count
 * @param {number} seed
 */
export function customers(count, seed) {
  const random = randomOf(seed);
  const below = (/** @type {number} */ limit) => Math.floor(random() * limit);
  return Array.from({ length: count }, (_, i) => {
    const tenure = below(72);
    const contract = ["month", "one year", "two years"][below(3)];
    const calls = below(6);
    const monthly = 20 + below(100);
    const pull = (contract === "month" ? 1.5 : -0.8) - tenure / 24 + calls / 3 + monthly / 80;
    return {
      customer: `C-${10000 + i}`,
      since: `${2024 - Math.floor(tenure / 12)}-0${1 + below(9)}-15`,
      tenure,
      contract,
      calls,
      monthly: i % 50 === 7 ? null : `$${monthly}.00`,
      paperless: random() < 0.6 ? "yes" : "no",
      country: "DE",
      leaves: random() * 4 - 1.2 < pull ? "yes" : "no",
    };
  });
}

/** @param {import("./support/direct.js").Options} [options] */
export async function run({ seed = 1, log = () => {} } = {}) {
  const table = customers(1500, seed);
  const model = await TableModel.train(table, { target: "leaves", trials: 6, members: 3, seed });
  log(String(model));
  const page = htmlReport(model, { title: "Which customers leave", command: "node examples/report.js", table });
  const { scores, evaluation } = model;
  model.dispose();
  return { scores, evaluation, svgs: { "report.html": page } };
}

await runDirectly(import.meta.url, run);
