/** Random numbers of layers that draw some while they train. */
import { Random } from "../../base/random.js";
import type { EmitContext } from "./layer.js";

/** Keeps the streams of layers apart from those of initializers and shuffles. */
const LAYER_STREAM = 0x4c41;

/** The key of a layer's own stream of random numbers, from its position and the model's seed or its own. */
export function layerKey({ seed, stream }: EmitContext, ownSeed = seed): { key0: number; key1: number } {
  const random = Random.fromSeed(ownSeed, LAYER_STREAM, stream);
  return { key0: random.uint32() | 0, key1: random.uint32() | 0 };
}
