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

/** Rows of which each may be predicted to be of several classes. */
export interface Choices {
  /** [rows, outputs] */
  readonly predictions: ArrayLike<number>;
  readonly rows: number;
  readonly outputs: number;
  isTrue(row: number, c: number): boolean;
  readonly weights: ArrayLike<number> | null;
}

/**
 * Counts each output as a class: yes if it is among the `topK` largest of its row, where the first of equal ones
 * counts, and above the threshold; if only one of these is given, it alone decides.
 */
export function tallyChoices(
  { predictions, rows, outputs, isTrue, weights }: Choices,
  { topK, threshold = -Infinity }: { readonly topK: number | undefined; readonly threshold: number | undefined },
): Tally {
  const tally = emptyTally(outputs);
  const columns = Array.from({ length: outputs }, (_, c) => c);
  for (let row = 0; row < rows; row++) {
    const weight = weights?.[row] ?? 1;
    const score = (c: number) => predictions[row * outputs + c];
    const chosen = topK === undefined ? columns : columns.toSorted((a, b) => score(b) - score(a)).slice(0, topK);
    for (const c of chosen) {
      if (!(score(c) > threshold)) continue;
      tally.predicted[c] += weight;
      tally.occurs[c] = 1;
      if (isTrue(row, c)) tally.hits[c] += weight;
    }
    for (const c of columns) {
      if (!isTrue(row, c)) continue;
      tally.support[c] += weight;
      tally.occurs[c] = 1;
    }
    tally.total += weight;
  }
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
