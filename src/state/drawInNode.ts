/** The first values of weights, in Node: the same bits as by `draw.ts`, with large kernels drawn by WebAssembly. */

import { RandomStream, stateOf } from "../base/randomStream.js";
import { sizeOf } from "../base/shape.js";
import { pack } from "../plan/tensor.js";
import type { Parameter } from "../program/types.js";
import { canDrawPanels, openPanelDraw } from "../runtime/panelDraws.js";
import { glorotLimit, initialize } from "../specs/initializers/table.js";

/** True for kernels of the default initializer, which nearly all are. */
function isForPanels({ tensor, initializer, values }: Parameter): boolean {
  return initializer.type === "glorotUniform" && !values && canDrawPanels(tensor);
}

/** Initial values of all parameters as a slab; parameter i is drawn from stream i of the seed. */
export function initialWeights(parameters: readonly Parameter[], seed: number, slab: Float32Array): Float32Array {
  const drawPanels = parameters.some(isForPanels) ? tryToOpen() : null;
  parameters.forEach((parameter, i) => {
    const { tensor, initializer, shape, fanIn, fanOut, values } = parameter;
    if (drawPanels && isForPanels(parameter)) {
      const limit = glorotLimit(fanIn, fanOut);
      drawPanels(tensor, slab, stateOf([seed, i]), -limit, limit);
    } else {
      const random = RandomStream.fromSeed(seed, i);
      pack(tensor, values ?? initialize(initializer, random, sizeOf(shape), fanIn, fanOut), slab);
    }
  });
  return slab;
}

/** `null` in a Node that has no WebAssembly. */
function tryToOpen(): ReturnType<typeof openPanelDraw> | null {
  try {
    return openPanelDraw();
  } catch {
    return null;
  }
}
