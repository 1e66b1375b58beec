/** Agreement of numbers that were predicted with those that came: correlations, output by output. Knows arrays only. */
import { outputMeans, outputVariances, type RegressionRows } from "./columns.js";

/**
 * Lin's concordance correlation coefficient of each output (1989): 2 cov(y, ŷ) / (var y + var ŷ + (mean y − mean ŷ)²),
 * from −1 to 1; 1 only where ŷ = y. NaN where both are the same constant.
 */
export function concordanceCorrelation(input: RegressionRows): number[] {
  const targets = outputMeans(input, (y) => y);
  const predictions = outputMeans(input, (_, p) => p);
  const products = outputMeans(input, (y, p, j) => (y - targets[j]) * (p - predictions[j]));
  const spreads = outputMeans(input, (y, p, j) => square(y - targets[j]) + square(p - predictions[j]));
  return products.map((product, j) => (2 * product) / (spreads[j] + square(targets[j] - predictions[j])));
}

/** Pearson's correlation of each output: cov(y, ŷ) / √(var y · var ŷ), from −1 to 1; NaN if one of them is constant. */
export function pearsonCorrelation(input: RegressionRows): number[] {
  const targets = outputMeans(input, (y) => y);
  const predictions = outputMeans(input, (_, p) => p);
  const products = outputMeans(input, (y, p, j) => (y - targets[j]) * (p - predictions[j]));
  const spreads = [outputVariances(input), outputVariances(input, (_, p) => p)];
  return products.map((product, j) => product / Math.sqrt(spreads[0][j] * spreads[1][j]));
}

function square(x: number): number {
  return x * x;
}
