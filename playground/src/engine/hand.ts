/** Points that a person has put into the plane, as text for a link: four signs for each. Knows no page and no model. */

export interface HandPoint {
  readonly x1: number;
  readonly x2: number;
  /** Its class, from 0; of points with a value that value, as `kindOf` writes it. */
  readonly kind: number;
}

export const KINDS = 5;
export const FEWEST_POINTS = 2;
export const MOST_HAND_POINTS = 400;

/** Values lie from -1 to 1, 0.05 apart; their kinds from 8 to 48. */
export const VALUE_STEP = 0.05;
const PER_VALUE = 20;
const ZERO = 28;

export const kindOf = (value: number) => Math.round(Math.min(1, Math.max(-1, value)) * PER_VALUE) + ZERO;
export const numberOf = (kind: number) => (kind - ZERO) / PER_VALUE;

const isClass = ({ kind }: HandPoint) => kind < KINDS;
const isValue = ({ kind }: HandPoint) => Math.abs(numberOf(kind)) <= 1;

/** True if the points have values, not classes. */
export const areValued = (points: readonly HandPoint[]) => points.length > 0 && points.every(isValue);

/** Values of classes: those of the two colours at the ends, the others between them. */
const VALUES = [-1, 1, 0, -0.5, 0.5];

/** The same points with values, or with the first two classes. */
export function withValues(points: readonly HandPoint[], wantsValues: boolean): HandPoint[] {
  if (wantsValues === areValued(points)) return [...points];
  return points.map((point) => ({
    ...point,
    kind: wantsValues ? kindOf(VALUES[point.kind]) : Number(numberOf(point.kind) > 0),
  }));
}

const SIGNS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
const WIDTH = 4;
/** Places along an axis, 0.025 apart, from -6 to 6. */
const PLACES = 481;
const PER_UNIT = 40;
const MIDDLE = 240;

const placeOf = (value: number) => Math.min(PLACES - 1, Math.max(0, Math.round(value * PER_UNIT) + MIDDLE));
const numberAt = (place: number) => (place - MIDDLE) / PER_UNIT;

export function toText(points: readonly HandPoint[]): string {
  const text = ({ x1, x2, kind }: HandPoint) => {
    const word = (placeOf(x1) * 512 + placeOf(x2)) * 64 + kind;
    return [18, 12, 6, 0].map((shift) => SIGNS[(word >> shift) & 63]).join("");
  };
  return points.map(text).join("");
}

export function fromText(text: string): HandPoint[] {
  return Array.from({ length: text.length / WIDTH }, (_, i) => {
    const signs = [...text.slice(WIDTH * i, WIDTH * (i + 1))];
    const word = signs.reduce((sum, sign) => sum * 64 + SIGNS.indexOf(sign), 0);
    return { x1: numberAt(word >> 15), x2: numberAt((word >> 6) & 511), kind: word & 63 };
  });
}

/** True for text of points that the page can show. */
export function isHandText(text: unknown): text is string {
  if (typeof text !== "string" || text.length % WIDTH !== 0 || !/^[\w-]*$/.test(text)) return false;
  const points = fromText(text);
  if (points.length < FEWEST_POINTS || points.length > MOST_HAND_POINTS) return false;
  const isInside = points.every(({ x1, x2 }) => Math.max(Math.abs(x1), Math.abs(x2)) <= 6);
  return isInside && (points.every(isClass) || areValued(points));
}

/** The points that are there at first: two groups that no line parts. */
export const FIRST_POINTS = toText(
  [
    [-3, 2, 0],
    [-2, 3, 0],
    [-4, 1, 0],
    [3, -2, 0],
    [2, -3, 0],
    [4, -1, 0],
    [-3, -2, 1],
    [-2, -3, 1],
    [-4, -1, 1],
    [3, 2, 1],
    [2, 3, 1],
    [4, 1, 1],
  ].map(([x1, x2, kind]) => ({ x1, x2, kind })),
);

/** The place of the nearest point within a distance; -1 if there is none. */
export function nearest(points: readonly HandPoint[], [x, y]: readonly [number, number], within: number): number {
  const distances = points.map(({ x1, x2 }) => Math.hypot(x1 - x, x2 - y));
  const least = distances.reduce((best, distance) => Math.min(best, distance), Infinity);
  return least <= within ? distances.indexOf(least) : -1;
}
