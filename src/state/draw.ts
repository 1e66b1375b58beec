/** The first values of weights. The build of the library for Node has `drawInNode.ts` in place of this file. */

import { RandomStream } from "../base/randomStream.js";
import { sizeOf } from "../base/shape.js";
import { pack } from "../plan/tensor.js";
import type { Parameter } from "../program/types.js";
import { initialize } from "../specs/initializers/table.js";

/** Initial values of all parameters as a slab; parameter i is drawn from stream i of the seed. */
export function initialWeights(parameters: readonly Parameter[], seed: number, slab: Float32Array): Float32Array {
  parameters.forEach(({ tensor, initializer, shape, fanIn, fanOut, values }, i) => {
    const random = RandomStream.fromSeed(seed, i);
    pack(tensor, values ?? initialize(initializer, random, sizeOf(shape), fanIn, fanOut), slab);
  });
  return slab;
}
