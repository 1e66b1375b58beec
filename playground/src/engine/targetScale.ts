/** Targets that are numbers, in standard deviations from the mean of the training rows, and back in their own units. */
import { Dataset } from "simdgrad";

/** Mean and standard deviation of the training rows. */
export interface TargetScale {
  readonly mean: number;
  readonly deviation: number;
}

export function targetScaleOf({ y, length }: Dataset): TargetScale {
  const mean = y.reduce((sum, value) => sum + value, 0) / length;
  const deviation = Math.sqrt(y.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length) || 1;
  return { mean, deviation };
}

/** The same rows with scaled targets. */
export function scaledTargets(data: Dataset, { mean, deviation }: TargetScale): Dataset {
  if (data.length === 0) return data;
  const { x, y, inputShape } = data;
  return Dataset.from({ x, y: y.map((value) => (value - mean) / deviation) }, { inputShape, targetShape: [] });
}

/** Scaled numbers in the units of the target; as they are where nothing was scaled. */
export function natural(values: Float32Array, scale: TargetScale | null): Float32Array {
  return scale ? values.map((value) => scale.mean + scale.deviation * value) : values;
}

/** Factors that give loss and error in the units of the target: squares for the loss. */
export function unitsOf(scale: TargetScale | null): { readonly loss: number; readonly error: number } {
  const error = scale?.deviation ?? 1;
  return { loss: error * error, error };
}
