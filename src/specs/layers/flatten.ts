/** The flatten layer: a shape without records. The values of a row are always stored flat. */
import type { Spec } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import { type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `flatten`. */
const flattenOptions = {
  /** @default "flatten_1", "flatten_2", … */
  name: layerName,
};

/** Joins all dimensions of a row into one. */
export interface FlattenSpec extends Spec<"flatten", typeof flattenOptions> {}

/**
 * Joins all dimensions of a row into one, the last running fastest, as in Keras. Shapes: [*, a, b, …] to [*, a·b·…].
 * It costs nothing: only the shape changes.
 *
 * @example Sequential.create({ inputShape: [28, 28], layers: [flatten(), dense({ units: 10 })] })
 * @throws OptionError for an unknown option.
 */
export function flatten(options: { name?: string } = {}): FlattenSpec {
  return makeLayer("flatten", flattenLayer, flattenOptions, options, arguments);
}

export const flattenLayer: LayerDefinition<FlattenSpec, { name?: string }> = {
  resolve: (options) => flatten(options),
  outputShape: (_, inputShape) => [sizeOf(inputShape)],
  emit: (_spec, _context, x) => ({ y: x, backward: (dy) => dy }),
  keepsValues: true,
};
