// A module that builds candidates, for searches in workers. It brings the built library, another copy than the tests'.

import { MLPClassifier } from "../../build/js/estimators/index.js";
import { adam, dense, Sequential } from "../../build/js/index.js";

/**
 * @param {{ kind?: string, units: number, rate?: number, maxEpochs?: number }} parameters
 * @param {{ inputShape: number[], outputs: number, fold: number }} context
 */
export async function build({ kind = "plan", units, rate = 0.05, maxEpochs = 20 }, { inputShape, outputs, fold }) {
  if (kind === "error") throw new TypeError("no such kind");
  if (kind === "fold 1") throw new RangeError(`fold ${fold} of ${outputs} outputs`);
  if (kind === "estimator") {
    const options = { hiddenLayerSizes: [units], learningRate: rate, maxEpochs, seed: 3, threads: 1 };
    return new MLPClassifier({ ...options, onWarning: () => {} });
  }
  const layers = [dense({ units, activation: "relu" }), dense({ units: 1, activation: "sigmoid" })];
  const optimizer = adam({ learningRate: rate });
  const fit = { epochs: maxEpochs };
  if (kind === "plan") return { seed: 3, layers, compile: { optimizer, loss: "binaryCrossentropy" }, fit };
  const model = await Sequential.create({ seed: 3, threads: 1, inputShape, layers });
  model.compile({ optimizer, loss: "binaryCrossentropy" });
  return kind === "model" ? model : { model, fit };
}
