// Table models compared with scikit-learn on the same rows: fixtures/tables.json, by fixtures/make_tables.py.
import { beforeAll, describe, expect, it } from "vitest";
import fixture from "../../fixtures/tables.json" with { type: "json" };
import { TableModel } from "../../src/table/index.js";
import { type Split, tables } from "./tables.js";

let splits: Split[];
beforeAll(async () => {
  splits = await tables();
});

/** Our score less the better of scikit-learn's linear model and network. Four settings suffice for rings. */
async function gain(name: Exclude<keyof typeof fixture, "scikit-learn">): Promise<number> {
  const { target, train, test } = splits.find((each) => each.name === name) as Split;
  const options = { target, testSize: 0, trials: name === "rings" ? 4 : 19, importance: false, threads: 1 };
  const model = await TableModel.train(train, { ...options, onWarning: () => {} });
  const scores = await model.evaluate(test);
  model.dispose();
  return (scores.rocAuc ?? scores.r2) - Math.max(fixture[name].linear, fixture[name].network);
}

describe("table models are not worse than scikit-learn's better model", () => {
  it("by more than 0.005 for churn", async () => {
    expect(await gain("churn")).toBeGreaterThan(-0.005);
  });

  it("on average of five other sets", async () => {
    const gains: number[] = [];
    for (const name of ["rings", "iris", "wine", "breastCancer", "diabetes"] as const) gains.push(await gain(name));
    expect(gains.reduce((sum, own) => sum + own, 0) / gains.length).toBeGreaterThan(-1e-9);
  });
});
