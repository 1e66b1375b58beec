/** Numbers as integers from −127 to 127 with a scale for each list of them. */

/** Value i is of the list `listOf(i)`: about its integer times the scale of the list, which is the largest by 127, or 1. */
export function toInt8(values: ArrayLike<number>, lists: number, listOf: (i: number) => number) {
  const scale = new Float32Array(lists);
  for (let i = 0; i < values.length; i++) scale[listOf(i)] = Math.max(scale[listOf(i)], Math.abs(values[i]));
  for (let list = 0; list < lists; list++) scale[list] = scale[list] / 127 || 1;
  const inSteps = (value: number, i: number) => Math.max(-127, Math.min(127, Math.round(value / scale[listOf(i)])));
  return { values: Int8Array.from(values, inSteps), scale };
}
