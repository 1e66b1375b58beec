/** Inputs without targets, for what is loaded when it is needed. */
import { Dataset } from "../data/dataset.js";
import { toRows } from "../data/matrix.js";
import { checkInput } from "../specs/layers/facts.js";
import type { Expectation } from "./feed.js";
import { checkInputShape } from "./fitData.js";

/**
 * The inputs alone, as rows that fit the model. Takes data with or without targets, or plain rows.
 * @throws ShapeError, DataError as `fitData`.
 */
export function fitInputs(
  where: string,
  data: unknown,
  { inputShape, layers }: Pick<Expectation, "inputShape" | "layers">,
): Float32Array {
  const hasX = typeof data === "object" && data !== null && "x" in data;
  if (data instanceof Dataset) checkInputShape(where, data, inputShape);
  const x = toRows(`${where}: x`, hasX ? data.x : data, inputShape);
  checkInput(`${where}: x`, layers, { x });
  return x;
}
