/** A Dataset with other targets, whose x is held as before. Knows rows, not models. */
import type { Shape } from "../base/shape.js";
import { Dataset } from "./dataset.js";
import { type DataArrays, heldRows } from "./rows.js";

/** @throws ShapeError, DataError as `Dataset.from` for targets that do not fit. */
export function withTargets(dataset: Dataset, y: DataArrays["y"], targetShape: Shape): Dataset {
  const { inputShape, featureNames, sampleWeight } = dataset;
  const { x, scale } = heldRows(dataset);
  return Dataset.from(
    { x, y, ...(sampleWeight && { sampleWeight }) },
    { inputShape, targetShape, ...(featureNames && { featureNames }), ...(scale && { scale }) },
  );
}
