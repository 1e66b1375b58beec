// A model that a format cannot hold goes where the refusal says: every entry that it names takes the model.
import { describe, expect, it } from "vitest";
import { activation, activationNames, dense, FormatError, Sequential } from "../../src/index.js";
import { exportBrain } from "../../src/interop/brain/index.js";
import { exportModule } from "../../src/interop/code/index.js";
import { exportKeras } from "../../src/interop/keras/index.js";
import { exportOnnx } from "../../src/interop/onnx/index.js";
import { exportSklearn } from "../../src/interop/sklearn/index.js";
import { exportTfjs } from "../../src/interop/tfjs/index.js";
import { exportTorch } from "../../src/interop/torch/index.js";
import { layerTypes } from "../../src/specs/layers/all.js";
import { plainLayers } from "./plainLayers.js";

const quiet = { onWarning: () => {} };
const writers: Readonly<Record<string, (model: Sequential) => Promise<unknown>>> = {
  brain: (model) => exportBrain(model, quiet),
  code: (model) => exportModule(model, quiet),
  keras: (model) => exportKeras(model, quiet),
  onnx: (model) => exportOnnx(model, quiet),
  sklearn: (model) => exportSklearn(model, quiet),
  tfjs: (model) => exportTfjs(model, quiet),
  torch: (model) => exportTorch(model, quiet),
};

/** What is wrong with the refusals of a model. */
async function faultsOf(model: Sequential): Promise<string[]> {
  const faults: string[] = [];
  for (const [format, write] of Object.entries(writers)) {
    const error = await write(model).then(
      () => null,
      (refusal: Error) => refusal,
    );
    if (!error) continue;
    if (!(error instanceof FormatError) || !/^export\w+: \w+_\d+: /.test(error.message)) faults.push(error.message);
    const named = [...error.message.matchAll(/simdgrad\/(\w+)/g)].map(([, entry]) => entry);
    if (named.length === 0) faults.push(`no other format: ${error.message}`);
    for (const entry of named) {
      await writers[entry](model).catch(() => faults.push(`${format} names ${entry}: ${error.message}`));
    }
  }
  return faults;
}

describe("a refusal of a format names the layer, and others that take the model", () => {
  it.each(layerTypes)("%s", async (type) => {
    expect(await faultsOf(await Sequential.create({ ...plainLayers(type), threads: 1 }))).toEqual([]);
  });

  it.each(activationNames)("the activation %s", async (name) => {
    for (const layers of [[dense({ units: 3, activation: name })], [dense({ units: 3 }), activation(name)]]) {
      expect(await faultsOf(await Sequential.create({ inputShape: [4], layers, threads: 1 }))).toEqual([]);
    }
  });
});
