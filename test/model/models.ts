/** Small models and data for the tests of the public API, and fingerprints of their state. */

import { Random } from "../../src/base/random.js";
import {
  type CompileOptions,
  Dataset,
  dense,
  type LayerSpec,
  type RuntimeOptions,
  Sequential,
  type SequentialOptions,
  type Weight,
} from "../../src/index.js";

/** Points around one centre per class, in order of rows 0, 1, 2, 0, 1, 2, …: easy to learn. */
export function blobs(rows: number, { features = 2, classes = 3, seed = 7 } = {}): Dataset {
  const random = Random.fromSeed(seed);
  const centres = Array.from({ length: classes }, () => Array.from({ length: features }, () => 2 * random.normal()));
  const y = Array.from({ length: rows }, (_, row) => row % classes);
  const x = y.map((label) => centres[label].map((centre) => centre + 0.3 * random.normal()));
  return Dataset.from({ x, y });
}

/** 2 → 8 tanh → 3 softmax, compiled with Adam unless told otherwise. */
export async function classifier({
  optimizer = "adam",
  loss = "sparseCategoricalCrossentropy",
  metrics = ["accuracy"],
  ...options
}: Partial<CompileOptions & SequentialOptions & RuntimeOptions> = {}): Promise<Sequential> {
  const layers: LayerSpec[] = [dense({ units: 8, activation: "tanh" }), dense({ units: 3, activation: "softmax" })];
  const model = await Sequential.create({ inputShape: [2], layers, seed: 1, ...options });
  model.compile({ optimizer, loss, metrics });
  return model;
}

/** FNV-1a, 32 bits, as 8 hexadecimal digits. */
export function fnv1a(bytes: Uint8Array, hash = 0x811c9dc5): string {
  for (const byte of bytes) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, "0");
}

/** A fingerprint of everything that is saved: layers, weights, optimizer slots and progress. */
export function stateOf(model: Sequential): string {
  return fnv1a(model.save());
}

/** The bits of all weights, one after the other. */
export function weightBytes(model: Sequential): Uint8Array {
  return bytesOfWeights(model.getWeights());
}

export function bytesOfWeights(weights: readonly Weight[]): Uint8Array {
  const bits = weights.map(({ data }) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return Uint8Array.from(bits.flatMap((part) => [...part]));
}
