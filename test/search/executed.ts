/** Work that executors do, each as a hash of its result, to be compared with that of one thread. */
import { createHash } from "node:crypto";
import { moons } from "../../src/datasets/index.js";
import { MLPClassifier, MLPRegressor } from "../../src/estimators/index.js";
import { crossValidate, Dataset } from "../../src/index.js";
import type { Executor } from "../../src/search/index.js";
import { TableModel, type TrainTableOptions } from "../../src/table/index.js";

const sha256 = (value: string | Uint8Array) => createHash("sha256").update(value).digest("hex");
const data = moons({ samples: 60, noise: 0.2, seed: 1 });
const sampleWeight = Float32Array.from(data.y.keys(), (row) => 1 + (row % 3));
const weighted = Dataset.from({ x: data.x, y: data.y, sampleWeight }, { inputShape: [2] });
const few = { hiddenLayerSizes: [6], maxEpochs: 5, seed: 3, onWarning: () => {} };

/** A table with text, a gap, three classes and numbers. */
export const tableRows = Array.from({ length: 60 }, (_, i) => ({
  a: i === 7 ? null : (i * 37) % 100,
  b: ["x", "y", "z"][i % 3],
  y: ((i * 37) % 100) / 10 + (i % 3),
  kind: ["low", "middle", "high"][((i * 37) % 100 > 60 ? 1 : 0) + (i % 3 === 2 ? 1 : 0)],
}));

type Options = { readonly executor?: Executor };

async function tableHash(options: TrainTableOptions): Promise<string> {
  const all = { trials: 4, members: 2, epochs: 6, seed: 5, onWarning: () => {}, ...options };
  const model = await TableModel.train(tableRows, all);
  const hash = sha256(model.save());
  model.dispose();
  return hash;
}

export const scenes: [string, (options: Options) => Promise<string>][] = [
  [
    "crossValidate of a classifier",
    async (options) =>
      sha256(JSON.stringify(await crossValidate(new MLPClassifier(few), weighted, { folds: 3, seed: 2, ...options }))),
  ],
  [
    "crossValidate of a regressor, in order",
    async (options) =>
      sha256(
        JSON.stringify(await crossValidate(new MLPRegressor(few), data, { folds: 3, shuffle: false, ...options })),
      ),
  ],
  ["a table model of numbers", (options) => tableHash({ target: "y", exclude: ["kind"], ...options })],
  [
    "a table model of classes",
    (options) => tableHash({ target: "kind", exclude: ["y"], classWeight: "balanced", trials: 12, ...options }),
  ],
];
