/** The optimizers of table models. */
import { adam, adamw } from "../specs/optimizers/adam.js";
import { nadam } from "../specs/optimizers/adamax.js";
import { rmsprop } from "../specs/optimizers/adaptive.js";
import { sgd } from "../specs/optimizers/sgd.js";

/** Makes the optimizer of a learning rate. Steps of momentum are smaller than those of the others. */
export const OPTIMIZERS = {
  adam: (learningRate: number) => adam({ learningRate, clipNorm: 10 }),
  adamw: (learningRate: number) => adamw({ learningRate, clipNorm: 10 }),
  nadam: (learningRate: number) => nadam({ learningRate, clipNorm: 10 }),
  rmsprop: (learningRate: number) => rmsprop({ learningRate, clipNorm: 10 }),
  sgd: (learningRate: number) => sgd({ learningRate: 10 * learningRate, momentum: 0.9, clipNorm: 10 }),
} as const;

/** Names of the optimizers of table models. */
export type TableOptimizer = keyof typeof OPTIMIZERS;

/** The same, the default first. */
export const tableOptimizers = Object.keys(OPTIMIZERS) as TableOptimizer[];
