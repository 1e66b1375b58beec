/** Slopes of a trial's loss by central differences, to compare gradients with. Knows no layers. */
import type { Trial } from "./trial.js";

const STEP = 1e-5;

/** Share of the model's largest gradient: the error by rounding and the third derivative at this step. */
export const SLOPE_TOLERANCE = 1e-6;

/** (L(p + ε) − L(p − ε)) / 2ε for the parameter at each position; `loss` gives L for the parameters as they are. */
export function slopesOf({ params }: Trial, positions: readonly number[], loss: () => number): number[] {
  return positions.map((position) => {
    const value = params[position];
    params[position] = value + STEP;
    const above = loss();
    params[position] = value - STEP;
    const below = loss();
    params[position] = value;
    return (above - below) / (2 * STEP);
  });
}

/** The largest absolute value; 0 of none. */
export function largest(values: ArrayLike<number>): number {
  let most = 0;
  for (let i = 0; i < values.length; i++) most = Math.max(most, Math.abs(values[i]));
  return most;
}
