/** The place of the largest number. */

/**
 * The place, from 0, of the largest of `count` numbers from `begin` on; of equal ones the first. NaN is never larger.
 */
export function placeOfLargest(values: ArrayLike<number>, begin: number, count: number): number {
  let best = begin;
  for (let at = begin + 1; at < begin + count; at++) if (values[at] > values[best]) best = at;
  return best - begin;
}
