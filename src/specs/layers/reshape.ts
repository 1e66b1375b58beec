/** The reshape layer: a shape without records. The values of a row are always stored flat. */

import { counted } from "../../base/counted.js";
import { checkNumber, OptionError, ShapeError, show } from "../../base/errors.js";
import { type Given, type Spec, via } from "../../base/options.js";
import { formatShape, type Shape, sizeOf } from "../../base/shape.js";
import { type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `reshape`. */
const reshapeOptions = {
  /** Shape of one row. One dimension may be -1: it is computed from the others. */
  shape: via<Shape, Shape>(checkRowShape),
  /** @default "reshape_1", "reshape_2", … */
  name: layerName,
};

/** Gives the values of a row another shape. */
export interface ReshapeSpec extends Spec<"reshape", typeof reshapeOptions> {}

/**
 * Gives the values of a row another shape of the same size, in the same order, the last dimension running fastest.
 * One dimension may be -1: it is computed from the others. It costs nothing: only the shape changes.
 *
 * @param shape of one row, without the batch dimension
 * @example reshape([28, 28]) // or reshape([28, -1])
 * @throws OptionError for an invalid shape; ShapeError, when a model is made, for a shape of another size.
 */
export function reshape(shape: Shape, options: { name?: string } = {}): ReshapeSpec {
  return makeLayer("reshape", reshapeLayer, reshapeOptions, options, arguments, { shape });
}

function checkRowShape(where: string, shape: unknown): Shape {
  if (!Array.isArray(shape) || shape.length === 0) {
    throw new OptionError(`${where}: expected the shape of one row, such as [28, 28], got ${show(shape)}.`);
  }
  const range = { min: -1, max: 2 ** 24, integer: true };
  const dimensions = Array.from(shape, (n: unknown, i) => checkNumber(`${where}[${i}]`, n, range));
  if (dimensions.includes(0)) throw new OptionError(`${where}: no dimension may be 0, got ${formatShape(dimensions)}.`);
  if (dimensions.filter((n) => n === -1).length > 1) {
    throw new OptionError(`${where}: only one dimension may be -1, got ${formatShape(dimensions)}.`);
  }
  return dimensions;
}

export const reshapeLayer: LayerDefinition<ReshapeSpec, Given<typeof reshapeOptions>> = {
  resolve: ({ shape, ...rest }) => reshape(shape, rest),
  outputShape({ shape }, inputShape, name) {
    const size = sizeOf(inputShape);
    const rest = size / Math.abs(sizeOf(shape));
    const whole = shape.map((n) => (n === -1 ? rest : n));
    if (Number.isInteger(rest) && sizeOf(whole) === size) return whole;
    const got = formatShape(inputShape, { batch: true });
    throw new ShapeError(
      `${name}: expected rows of ${formatShape(shape)}, got ${got}: ${counted(size, "value")}. Give it a shape of that size.`,
    );
  },
  emit: (_spec, _context, x) => ({ y: x, backward: (dy) => dy }),
  keepsValues: true,
  detail: ({ shape }) => formatShape(shape),
};
