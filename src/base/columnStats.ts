/** Means and variances of columns: in float64, added up in the order of the rows. Knows numbers only. */

/** The mean of each column of values in rows, or of what `of` makes of each value. */
export function columnMeans(
  values: ArrayLike<number>,
  columns: number,
  of = (value: number, _column: number) => value,
): Float64Array {
  const sums = new Float64Array(columns);
  for (let i = 0; i < values.length; i++) sums[i % columns] += of(values[i], i % columns);
  return sums.map((sum) => sum / (values.length / columns));
}

/** The variance of each column around its mean, that of the population (ddof 0). */
export function columnVariances(values: ArrayLike<number>, means: Float64Array): Float64Array {
  return columnMeans(values, means.length, (value, column) => (value - means[column]) * (value - means[column]));
}
