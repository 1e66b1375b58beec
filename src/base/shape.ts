/** Shapes: their sizes, and how messages show them. A shape lists the dimensions of one tensor, outermost first. */

export type Shape = readonly number[];

/** Number of elements, the product of the dimensions; 1 for the empty shape. */
export function sizeOf(shape: Shape): number {
  // Indexed, because `predict` asks for several sizes, and shapes are arrays of several kinds.
  let size = 1;
  for (let i = 0; i < shape.length; i++) size *= shape[i];
  return size;
}

/** Rounds up to a multiple of `step`. */
export function roundUp(size: number, step: number): number {
  return Math.ceil(size / step) * step;
}

/** `[*, 784]`; the batch dimension, if requested, is shown as `*`. */
export function formatShape(shape: Shape, { batch = false } = {}): string {
  return `[${[...(batch ? ["*"] : []), ...shape].join(", ")}]`;
}
