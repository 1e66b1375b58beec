/** The reshape layer: a shape, no records. The values of a row lie flat in any case. */
import { checkKeys, checkNumber, OptionError, ShapeError, show } from "../../base/errors.js";
import { formatShape, type Shape, sizeOf } from "../../base/shape.js";
import type { LayerDefinition } from "./layer.js";

/** Gives the values of a row another shape. */
export interface ReshapeSpec {
  readonly type: "reshape";
  /** One dimension may be -1: what remains. */
  readonly shape: Shape;
  readonly name?: string;
}

/**
 * Gives the values of a row another shape of the same size, in the same order, the last dimension running fastest.
 * One dimension may be -1: it becomes what remains. It costs nothing: only the shape changes.
 *
 * @param shape of one row, without the batch dimension
 * @example reshape([28, 28]) // or reshape([28, -1])
 * @throws OptionError for a shape that is none; ShapeError, when a model is made, for a shape of another size.
 */
export function reshape(shape: Shape, options: { name?: string } = {}): ReshapeSpec {
  checkKeys("reshape", options, ["name"], arguments);
  if (!Array.isArray(shape) || shape.length === 0) {
    throw new OptionError(`reshape: expected the shape of one row, such as [28, 28], got ${show(shape)}.`);
  }
  const range = { min: -1, max: 2 ** 24, integer: true };
  const dimensions = Array.from(shape, (n: unknown, i) => checkNumber(`reshape: shape[${i}]`, n, range));
  if (dimensions.includes(0)) throw new OptionError(`reshape: no dimension may be 0, got ${formatShape(dimensions)}.`);
  if (dimensions.filter((n) => n === -1).length > 1) {
    throw new OptionError(`reshape: only one dimension may be -1, got ${formatShape(dimensions)}.`);
  }
  return { type: "reshape", shape: dimensions, ...options };
}

export const reshapeLayer: LayerDefinition<ReshapeSpec> = {
  resolve(options) {
    const { shape, ...rest } = options as { shape: Shape; name?: string };
    return reshape(shape, rest);
  },
  outputShape({ shape }, inputShape, name) {
    const size = sizeOf(inputShape);
    const rest = size / Math.abs(sizeOf(shape));
    const whole = shape.map((n) => (n === -1 ? rest : n));
    if (Number.isInteger(rest) && sizeOf(whole) === size) return whole;
    const got = formatShape(inputShape, { batch: true });
    throw new ShapeError(
      `${name}: expected rows of ${formatShape(shape)}, got ${got}: ${size} values. Give it a shape of that size.`,
    );
  },
  emit: (_spec, _context, x) => ({ y: x, backward: (dy) => dy }),
  keepsValues: true,
  detail: ({ shape }) => formatShape(shape),
};
