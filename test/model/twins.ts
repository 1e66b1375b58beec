/** One scenario on a model here and on one in a worker: what it saw, and the bits of the model afterwards. */
import { dense, dropout, Sequential, type WorkerModel } from "../../src/index.js";

export type Model = Sequential | WorkerModel;

/** Records of a scenario: results, logs and warnings. `place` names a folder of its own. */
export type Scenario = (model: Model, place: string) => Promise<unknown>;

/** Warnings are not compared. */
export const quiet = { onWarning: () => {} };

let places = 0;

export async function createTwin(worker: boolean): Promise<Model> {
  const layers = [dense({ units: 8, activation: "relu" }), dropout(0.2), dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 5, threads: 1, worker });
  await model.compile({ optimizer: "adam", loss: "sparseCategoricalCrossentropy", metrics: ["accuracy"] });
  return model;
}

/** What a scenario saw on a model, or the error by class and words; then the model's weights, and its file. */
export async function outcomeOn(model: Model, scenario: Scenario, place = ""): Promise<unknown> {
  const seen = await Promise.resolve(scenario(model, place)).catch((error: Error) => {
    if (error?.name === "AssertionError") throw error; // of an expect in the scenario
    return [error?.constructor.name, error?.message];
  });
  return { seen, weights: await model.getWeights(), file: [...(await model.save())] };
}

/** The same on a model of its own. */
export async function outcomeOf(scenario: Scenario, worker: boolean): Promise<unknown> {
  const model = await createTwin(worker);
  try {
    return await outcomeOn(model, scenario, `${worker ? "there" : "here"}-${++places}`);
  } finally {
    model.dispose();
  }
}
