/** Shapes: their sizes, and how messages show them. A shape lists the dimensions of one tensor, outermost first. */

export type Shape = readonly number[];

/** Number of elements, the product of the dimensions; 1 for the empty shape. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, dimension) => product * dimension, 1);
}

/** Rounds up to a multiple of `step`. */
export function roundUp(size: number, step: number): number {
  return Math.ceil(size / step) * step;
}

/** `[*, 784]`; the batch dimension, if requested, is shown as `*`. */
export function formatShape(shape: Shape, { batch = false } = {}): string {
  return `[${[...(batch ? ["*"] : []), ...shape].join(", ")}]`;
}
