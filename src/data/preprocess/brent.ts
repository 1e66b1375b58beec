/** The least value of a function of one number. Knows numbers only. */

const GOLDEN = 1.618034;
/** 2 - golden ratio. */
const SECTION = 0.381966;
/** As SciPy's `brent`: near the root of the rounding of float64, below which a minimum cannot be told. */
const TOLERANCE = 1.48e-8;
/** Keeps the tolerance off zero for a minimum at 0. */
const SMALLEST = 1e-11;
const MOST_STEPS = 500;
const MOST_GROWTH = 110;
const TINY = 1e-21;

type Fn = (x: number) => number;

/**
 * Three places in order, the one between with the least value. Grows downhill from two, by parabolas and the golden
 * ratio.
 */
function bracket(f: Fn, first: number, second: number): [a: number, b: number, c: number] {
  let [a, b] = [first, second];
  let [fa, fb] = [f(a), f(b)];
  if (fa < fb) [a, b, fa, fb] = [b, a, fb, fa];
  let c = b + GOLDEN * (b - a);
  let fc = f(c);
  for (let step = 0; fc < fb && step < 1000; step++) {
    const right = (b - a) * (fb - fc);
    const left = (b - c) * (fb - fa);
    const curve = left - right;
    const width = 2 * (Math.abs(curve) < TINY ? TINY : curve);
    let next = b - ((b - c) * left - (b - a) * right) / width;
    const limit = b + MOST_GROWTH * (c - b);
    let value: number;
    if ((next - c) * (b - next) > 0) {
      value = f(next);
      if (value < fc) return [b, next, c];
      if (value > fb) return [a, b, next];
      next = c + GOLDEN * (c - b);
      value = f(next);
    } else if ((next - limit) * (limit - c) >= 0) {
      next = limit;
      value = f(next);
    } else if ((next - limit) * (c - next) > 0) {
      value = f(next);
      if (value < fc) {
        [b, c] = [c, next];
        next = c + GOLDEN * (c - b);
        [fb, fc] = [fc, value];
        value = f(next);
      }
    } else {
      next = c + GOLDEN * (c - b);
      value = f(next);
    }
    [a, b, c] = [b, c, next];
    [fa, fb, fc] = [fb, fc, value];
  }
  return [a, b, c];
}

/**
 * A minimum of `f` near the two places (Brent 1973, chapter 5: parabolas, and golden sections where these do not
 * help), to within 1.48e-8 of its size.
 */
export function minimize(f: Fn, first: number, second: number): number {
  const [a, b, c] = bracket(f, first, second);
  let [low, high] = a < c ? [a, c] : [c, a];
  let best = b;
  let [value, secondBest, third] = [f(b), b, b];
  let [secondValue, thirdValue] = [value, value];
  let [move, before] = [0, 0];
  for (let step = 0; step < MOST_STEPS; step++) {
    const tolerance = TOLERANCE * Math.abs(best) + SMALLEST;
    const middle = (low + high) / 2;
    if (Math.abs(best - middle) < 2 * tolerance - (high - low) / 2) break;
    const section = () => {
      before = best >= middle ? low - best : high - best;
      return SECTION * before;
    };
    if (Math.abs(before) <= tolerance) move = section();
    else {
      const one = (best - secondBest) * (value - thirdValue);
      const other = (best - third) * (value - secondValue);
      let numerator = (best - third) * other - (best - secondBest) * one;
      const denominator = 2 * Math.abs(other - one);
      if (other > one) numerator = -numerator;
      const last = before;
      before = move;
      const isInside = numerator > denominator * (low - best) && numerator < denominator * (high - best);
      if (isInside && Math.abs(numerator) < Math.abs(0.5 * denominator * last)) {
        move = numerator / denominator;
        const place = best + move;
        if (place - low < 2 * tolerance || high - place < 2 * tolerance) move = middle >= best ? tolerance : -tolerance;
      } else move = section();
    }
    const place = best + (Math.abs(move) >= tolerance ? move : move >= 0 ? tolerance : -tolerance);
    const found = f(place);
    if (found > value) {
      if (place < best) low = place;
      else high = place;
      if (found <= secondValue || secondBest === best) {
        [third, thirdValue, secondBest, secondValue] = [secondBest, secondValue, place, found];
      } else if (found <= thirdValue || third === best || third === secondBest) {
        [third, thirdValue] = [place, found];
      }
    } else {
      if (place >= best) low = best;
      else high = best;
      [third, thirdValue, secondBest, secondValue] = [secondBest, secondValue, best, value];
      [best, value] = [place, found];
    }
  }
  return best;
}
