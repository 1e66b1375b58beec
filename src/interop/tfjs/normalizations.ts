/** `normalization`, which TensorFlow.js does not have, as a `BatchNormalization` that computes the same, and back. */

import { batchNormalization } from "../../specs/layers/batchNormalization.js";
import { normalization } from "../../specs/layers/normalization.js";
import { type Config, isConfig } from "../keras/dialect.js";
import type { Portable, PortableLayer, PortableTensor } from "../portable.js";

/** A power of two, so that 1 − ε + ε is 1 exactly. */
const EPSILON = 1 / 1024;

/** A frozen batch normalization in the place of each normalization: γ = 1 / max(√variance, 1e-7). */
export function replaceNormalizations({ layers }: Portable): { layers: PortableLayer[]; replaced: Config } {
  const replaced: Record<string, Config> = {};
  const others = layers.map((layer): PortableLayer => {
    if (layer.spec.type !== "normalization") return layer;
    const mean = layer.weights.get("mean") as PortableTensor;
    const variance = layer.weights.get("variance") as PortableTensor;
    const { type: _, ...given } = layer.spec;
    replaced[layer.name] = { spec: given, mean: Array.from(mean.data), variance: Array.from(variance.data) };
    const { shape } = mean;
    const weights = new Map<string, PortableTensor>([
      ["gamma", { shape, data: variance.data.map((value) => 1 / Math.max(Math.sqrt(value), 1e-7)) }],
      ["movingMean", mean],
      ["movingVariance", { shape, data: new Float32Array(mean.data.length).fill(1 - EPSILON) }],
    ]);
    const spec = batchNormalization({ center: false, epsilon: EPSILON, trainable: false, name: layer.name });
    return { name: layer.name, spec, weights };
  });
  return { layers: others, replaced };
}

/** The normalizations again that `replaceNormalizations` has replaced, if their statistics are still the same. */
export function restoreNormalizations(source: Portable, own: Config): Portable {
  const known = isConfig(own.simdgrad) && isConfig(own.simdgrad.normalizations) ? own.simdgrad.normalizations : {};
  const layers = source.layers.map((layer): PortableLayer => {
    const kept = Object.hasOwn(known, layer.name) ? known[layer.name] : null;
    const restored = isConfig(kept) && layer.spec.type === "batchNormalization" ? restoredFrom(layer, kept) : null;
    return restored ?? layer;
  });
  return { ...source, layers };
}

function restoredFrom(layer: PortableLayer, { spec, mean, variance }: Config): PortableLayer | null {
  const gamma = layer.weights.get("gamma")?.data;
  const moving = layer.weights.get("movingMean")?.data;
  if (!gamma || !moving || !isList(mean, moving.length) || !isList(variance, moving.length)) return null;
  const isSame = moving.every((value, i) => value === mean[i] && gamma[i] === scaleOf(variance[i]));
  if (!isSame) return null;
  const shape = [moving.length];
  const weights = new Map([
    ["mean", { shape, data: Float32Array.from(mean) }],
    ["variance", { shape, data: Float32Array.from(variance) }],
  ]);
  const made = isConfig(spec) ? normalization(spec) : normalization();
  return { name: layer.name, spec: made, weights };
}

const scaleOf = (variance: number) => Math.fround(1 / Math.max(Math.sqrt(variance), 1e-7));

function isList(value: unknown, length: number): value is number[] {
  return Array.isArray(value) && value.length === length && value.every((one) => Number.isFinite(one));
}
