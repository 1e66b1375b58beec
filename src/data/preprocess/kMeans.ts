/** Groups of numbers around centres. Knows numbers only. */

/** As scikit-learn's `KMeans`: most rounds, and the share of the variance below which a move of the centres is none. */
const MOST_ROUNDS = 300;
const TOLERANCE = 1e-4;

/** The place of the nearest centre; of equally near ones the first. */
function nearest(value: number, centers: Float64Array): number {
  let best = 0;
  for (let i = 1; i < centers.length; i++) {
    // Squares of the distances, less that of the value.
    const [own, other] = [centers[i] * (centers[i] - 2 * value), centers[best] * (centers[best] - 2 * value)];
    if (own < other) best = i;
  }
  return best;
}

/**
 * Centres of the groups of numbers, found by Lloyd's rounds from given centres (Lloyd 1982): each number belongs to the
 * nearest centre, each centre moves to the mean of its numbers. One without numbers moves to the number that is
 * farthest from its centre. Ends where no number changes its group, or the centres hardly move.
 */
export function kMeans(values: Float64Array, start: Float64Array): Float64Array {
  const n = values.length;
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const shifted = values.map((value) => value - mean);
  const variance = shifted.reduce((sum, value) => sum + value * value, 0) / n;
  let centers = start.map((center) => center - mean);
  let groups = new Int32Array(n).fill(-1);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const own = Int32Array.from(shifted, (value) => nearest(value, centers));
    const next = meansOf(shifted, own, centers);
    const isSame = own.every((group, i) => group === groups[i]);
    const move = next.reduce((sum, center, i) => sum + (center - centers[i]) * (center - centers[i]), 0);
    centers = next;
    if (isSame || move <= TOLERANCE * variance) break;
    groups = own;
  }
  return centers.map((center) => center + mean);
}

function meansOf(values: Float64Array, groups: Int32Array, centers: Float64Array): Float64Array<ArrayBuffer> {
  const sums = new Float64Array(centers.length);
  const counts = new Float64Array(centers.length);
  values.forEach((value, i) => {
    sums[groups[i]] += value;
    counts[groups[i]]++;
  });
  const empty = Array.from(counts.keys()).filter((group) => counts[group] === 0);
  if (empty.length > 0) {
    const distance = (i: number) => Math.abs(values[i] - centers[groups[i]]);
    const far = Array.from(values.keys()).sort((a, b) => distance(b) - distance(a));
    empty.forEach((group, k) => {
      const i = far[k];
      sums[groups[i]] -= values[i];
      counts[groups[i]]--;
      sums[group] = values[i];
      counts[group] = 1;
    });
  }
  return sums.map((sum, group) => (counts[group] > 0 ? sum / counts[group] : centers[group]));
}
