/** The table of the optimizers that every program has: one entry per type. `more.ts` adds the others. */
import { adamDefinition, adamwDefinition } from "./adam.js";
import { adamaxDefinition, lionDefinition, nadamDefinition } from "./adamax.js";
import { adadeltaDefinition, adagradDefinition, rmspropDefinition } from "./adaptive.js";
import { lbfgsDefinition } from "./lbfgs.js";
import { radamDefinition } from "./radam.js";
import { sgdDefinition } from "./sgd.js";

export const optimizerTable = {
  sgd: sgdDefinition,
  adam: adamDefinition,
  adamw: adamwDefinition,
  rmsprop: rmspropDefinition,
  adagrad: adagradDefinition,
  adadelta: adadeltaDefinition,
  adamax: adamaxDefinition,
  nadam: nadamDefinition,
  radam: radamDefinition,
  lion: lionDefinition,
  lbfgs: lbfgsDefinition,
};
