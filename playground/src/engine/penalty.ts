/** A model in training with another penalty on its weights. Loaded once someone changes one within a run. */
import { l1, l2, type Sequential } from "simdgrad";
import { modelOf, portableOf } from "simdgrad/formats";
import type { Setup } from "../setup.js";
import { runtimeOf } from "./network.js";

/** A new model with the same weights, memory of the optimizer and epoch, and the penalty of the setup. */
export async function withPenalty(model: Sequential, setup: Setup): Promise<Sequential> {
  const { regularization, regularizationRate } = setup;
  const kernelRegularizer = { none: null, l1: l1(regularizationRate), l2: l2(regularizationRate) }[regularization];
  const source = await portableOf(model);
  const layers = source.layers.map((layer) => {
    if (layer.spec.type !== "dense") return layer;
    const { kernelRegularizer: _, ...spec } = layer.spec;
    return { ...layer, spec: { ...spec, ...(kernelRegularizer ? { kernelRegularizer } : {}) } };
  });
  return modelOf({ ...source, layers } as typeof source, runtimeOf(setup));
}
