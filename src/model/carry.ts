/** Weights that the layers of a new model bring along. */
import type { Weight } from "../state/weights.js";
import type { Taker } from "./carryWeights.js";

/** The weights that each layer brings along. */
export type Carried = readonly (readonly Weight[])[];

/** Gives a new model the weights that its layers brought along. @throws ShapeError; then the model is disposed of. */
export async function carry(model: Taker, carried: Carried): Promise<void> {
  if (carried.flat().length > 0) await (await import("./carryWeights.js")).carryWeights(model, carried);
}
