/**
 * A line search for the strong Wolfe conditions: algorithms 3.5 and 3.6 of Nocedal and Wright, Numerical Optimization,
 * second edition. Knows only numbers. It makes no random choice and calls only the square root: same input, same bits.
 */

/** A point on the line: its distance along it, the value of the function there, and the slope along the line. */
export interface LinePoint {
  readonly t: number;
  readonly value: number;
  readonly slope: number;
}

/** Least share of the slope that a step must gain (Armijo). */
const DECREASE = 1e-4;
/** Largest share of the slope that may remain (curvature). */
const CURVATURE = 0.9;

/**
 * A point with value <= start + 1e-4 · t · slope and |slope| <= 0.9 · |slope at the start|. If `maxEvaluations` are not
 * enough for both, the best point that fulfils the first; `null` if there is none.
 * @param start The point at t = 0; its slope must be negative.
 * @param first The first t to try.
 */
export function strongWolfe(
  evaluate: (t: number) => LinePoint,
  start: LinePoint,
  first: number,
  maxEvaluations = 25,
): LinePoint | null {
  let left = maxEvaluations;
  const evaluated = (t: number) => {
    left--;
    return evaluate(t);
  };
  const falls = ({ t, value }: LinePoint) => value <= start.value + DECREASE * t * start.slope;
  const isFlat = ({ slope }: LinePoint) => Math.abs(slope) <= -CURVATURE * start.slope;

  /** Narrows the interval between `low`, the best point that falls enough, and `high`. */
  const zoom = (low: LinePoint, high: LinePoint): LinePoint | null => {
    let [best, other] = [low, high];
    while (left > 0) {
      const t = between(best, other);
      if (t === best.t || t === other.t) break;
      const point = evaluated(t);
      if (!falls(point) || point.value >= best.value) {
        other = point;
        continue;
      }
      if (isFlat(point)) return point;
      if (point.slope * (other.t - best.t) >= 0) other = best;
      best = point;
    }
    return best.t > 0 ? best : null;
  };

  let previous = start;
  for (let t = first; left > 0; t *= 2) {
    const point = evaluated(t);
    if (!falls(point) || (previous.t > 0 && point.value >= previous.value)) return zoom(previous, point);
    if (isFlat(point)) return point;
    if (point.slope >= 0) return zoom(point, previous);
    previous = point;
  }
  return previous.t > 0 ? previous : null;
}

/** The minimum of the cubic through two points (equation 3.59), kept away from both; the middle if there is none. */
function between(a: LinePoint, b: LinePoint): number {
  const [low, high] = a.t < b.t ? [a.t, b.t] : [b.t, a.t];
  const margin = 0.1 * (high - low);
  const d1 = a.slope + b.slope - (3 * (a.value - b.value)) / (a.t - b.t);
  const d2 = Math.sqrt(d1 * d1 - a.slope * b.slope) * (b.t > a.t ? 1 : -1);
  const t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / (b.slope - a.slope + 2 * d2));
  if (!Number.isFinite(t)) return low + (high - low) / 2;
  return Math.min(Math.max(t, low + margin), high - margin);
}
