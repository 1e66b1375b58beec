/** Scores of yes and no at the best threshold that holds another score at a level. Knows checked arrays only. */

import type { LevelOptions } from "./classOptions.js";
import { type BinaryRows, rank } from "./ranking.js";

/** Weights of the rows that are wrongly and rightly above a threshold. */
interface Above {
  readonly falsePositives: number;
  readonly truePositives: number;
}

/** Scores of what lies above a threshold; 0 / 0 is 0. */
const rates = {
  precision: ({ truePositives, falsePositives }: Above) => share(truePositives, truePositives + falsePositives),
  recall: ({ truePositives }: Above, positives: number) => share(truePositives, positives),
  sensitivity: ({ truePositives }: Above, positives: number) => share(truePositives, positives),
  specificity: ({ falsePositives }: Above, _: number, negatives: number) =>
    share(negatives - falsePositives, negatives),
};

type Rate = keyof typeof rates;

/** The largest `wanted` among thresholds at which `held` is at least its option; 0 if there is none. */
export function atThresholds(rows: BinaryRows, options: Partial<LevelOptions>, held: Rate, wanted: Rate): number {
  const { positives, negatives, above } = pointsOf(rows, options.numThresholds);
  const least = options[held] as number;
  let best = 0;
  for (const point of above) {
    if (rates[held](point, positives, negatives) < least) continue;
    best = Math.max(best, rates[wanted](point, positives, negatives));
  }
  return best;
}

/** Each threshold that makes a difference, or `count` of them at equal distances from 0 to 1. */
function pointsOf(rows: BinaryRows, count: number | undefined) {
  const { thresholds, falsePositives, truePositives, positives, negatives } = rank(rows);
  const pointAt = (i: number): Above =>
    i < 0
      ? { falsePositives: 0, truePositives: 0 }
      : { falsePositives: falsePositives[i], truePositives: truePositives[i] };
  const places = Array.from({ length: thresholds.length + 1 }, (_, i) => i - 1);
  if (count === undefined) return { positives, negatives, above: places.map(pointAt) };
  let place = -1; // of the smallest score above the threshold; thresholds fall
  const above = evenly(count).map((threshold) => {
    while (place + 1 < thresholds.length && thresholds[place + 1] > threshold) place++;
    return pointAt(place);
  });
  return { positives, negatives, above };
}

/** Thresholds from 1 to 0 as float32, as Keras compares. */
function evenly(count: number): number[] {
  if (count === 1) return [0.5];
  return Array.from({ length: count }, (_, i) => Math.fround((count - 1 - i) / (count - 1)));
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : part / whole;
}
