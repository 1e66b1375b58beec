/** The flatten layer: a shape, no records. The values of a row lie flat in any case. */
import { checkKeys } from "../../base/errors.js";
import { sizeOf } from "../../base/shape.js";
import type { LayerDefinition } from "./layer.js";

/** Joins all dimensions of a row into one. */
export interface FlattenSpec {
  readonly type: "flatten";
  readonly name?: string;
}

/**
 * Joins all dimensions of a row into one, the last running fastest, as in Keras. Shapes: [*, a, b, …] to [*, a·b·…].
 * It costs nothing: only the shape changes.
 *
 * @example Sequential.create({ inputShape: [28, 28], layers: [flatten(), dense({ units: 10 })] })
 * @throws OptionError for an unknown option.
 */
export function flatten(options: { name?: string } = {}): FlattenSpec {
  checkKeys("flatten", options, ["name"], arguments);
  return { type: "flatten", ...options };
}

export const flattenLayer: LayerDefinition<FlattenSpec> = {
  resolve: (options) => flatten(options as { name?: string }),
  outputShape: (_, inputShape) => [sizeOf(inputShape)],
  emit: (_spec, _context, x) => ({ y: x, backward: (dy) => dy }),
  keepsValues: true,
};
