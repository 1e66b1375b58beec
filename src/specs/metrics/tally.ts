/** Counts per class, from which precision, recall, kappa and their kin follow. Knows integer labels only. */

/** Weighted counts of rows; all arrays are [classes]. */
export interface Tally {
  readonly classes: number;
  /** Rows of the class that were predicted to be of it. */
  readonly hits: Float64Array;
  /** Rows of the class. */
  readonly support: Float64Array;
  /** Rows that were predicted to be of the class. */
  readonly predicted: Float64Array;
  /** 1 for the classes that occur among labels or predictions, whatever the weights. */
  readonly occurs: Uint8Array;
  /** All rows. */
  readonly total: number;
}

function emptyTally(classes: number) {
  const counts = () => new Float64Array(classes);
  return { classes, hits: counts(), support: counts(), predicted: counts(), occurs: new Uint8Array(classes), total: 0 };
}

/** Counts checked labels and predictions; `classes` defaults to one more than the largest of them. */
export function tallyLabels(
  labels: ArrayLike<number>,
  predictions: ArrayLike<number>,
  weights: ArrayLike<number> | null = null,
  classes = largestOf(labels, predictions) + 1,
): Tally {
  const tally = emptyTally(classes);
  for (let i = 0; i < labels.length; i++) {
    const weight = weights?.[i] ?? 1;
    const [label, prediction] = [labels[i], predictions[i]];
    tally.support[label] += weight;
    tally.predicted[prediction] += weight;
    if (label === prediction) tally.hits[label] += weight;
    tally.occurs[label] = 1;
    tally.occurs[prediction] = 1;
    tally.total += weight;
  }
  return tally;
}

/** Counts each of several yes-or-no outputs as a class: [n, outputs], yes above the thresholds. */
export function tallyOutputs(
  targets: ArrayLike<number>,
  predictions: ArrayLike<number>,
  outputs: number,
  threshold: number,
  weights: ArrayLike<number> | null = null,
): Tally {
  const tally = emptyTally(outputs);
  for (let i = 0; i < targets.length; i++) {
    const output = i % outputs;
    const weight = weights?.[(i - output) / outputs] ?? 1;
    const isTrue = targets[i] > 0.5;
    const isPredicted = predictions[i] > threshold;
    if (isTrue) tally.support[output] += weight;
    if (isPredicted) tally.predicted[output] += weight;
    if (isTrue && isPredicted) tally.hits[output] += weight;
    if (output === 0) tally.total += weight;
  }
  tally.occurs.fill(1);
  return tally;
}

/** Counts the outputs of each row, as if rows were classes: [n, outputs] of 0 and 1. */
export function tallyRows(labels: ArrayLike<number>, predictions: ArrayLike<number>, outputs: number): Tally {
  const tally = emptyTally(labels.length / outputs);
  for (let i = 0; i < labels.length; i++) {
    const row = Math.floor(i / outputs);
    tally.support[row] += labels[i];
    tally.predicted[row] += predictions[i];
    tally.hits[row] += labels[i] * predictions[i];
  }
  tally.total = labels.length;
  return tally;
}

function largestOf(labels: ArrayLike<number>, predictions: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < labels.length; i++) largest = Math.max(largest, labels[i], predictions[i]);
  return largest;
}
