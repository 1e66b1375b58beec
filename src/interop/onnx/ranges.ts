/** Bounds of what operators compute from a whole interval of inputs, and where they switch from one formula to another. */
import { erfc } from "../../base/erfc.js";
import { expm1 } from "../../base/math.js";
import { sigmoid, tanh } from "../../base/sigmoids.js";
import { elementwiseOf } from "./elementwise.js";
import { ElementType } from "./messages.js";
import { floatOf, intOf, type Node } from "./source.js";

/** The values of a tensor for all inputs of an interval. */
export interface Range {
  readonly low: number;
  readonly high: number;
  /** `scale x + offset` if that is what the tensor is, whatever the column. */
  readonly line: { readonly scale: number; readonly offset: number } | null;
}

/** Decides which formula an operator takes on an interval. */
export interface Switches {
  /** The sign of a range; `null` if it has several, so that the interval must be divided. */
  sign(range: Range, isContinuous: boolean): number | null;
  /** Says that the interval must be divided. */
  divide(): void;
  /** Says that a smooth function changes most where the range is 0. */
  turn(range: Range): void;
  /** A straight line on the interval. */
  line(scale: number, offset: number): Range;
}

export const UNKNOWN: Range = { low: -Infinity, high: Infinity, line: null };

/** The range of constants. */
export function pointsOf(low: number, high = low): Range {
  return { low, high, line: low === high ? { scale: 0, offset: low } : null };
}

function between(...ends: number[]): Range {
  const low = ends.reduce((a, b) => Math.min(a, b));
  const high = ends.reduce((a, b) => Math.max(a, b));
  return Number.isNaN(low) ? UNKNOWN : { low, high, line: null };
}

const hull = (a: Range, b: Range) => between(a.low, a.high, b.low, b.high);
const isPoint = ({ low, high }: Range) => low === high;

function plus(a: Range, b: Range, s: Switches, factor = 1): Range {
  if (a.line && b.line) return s.line(a.line.scale + factor * b.line.scale, a.line.offset + factor * b.line.offset);
  return between(a.low + Math.min(factor * b.low, factor * b.high), a.high + Math.max(factor * b.low, factor * b.high));
}

const minus = (a: Range, b: Range, s: Switches) => plus(a, b, s, -1);

/** 0 times infinity is 0: the infinite end is never reached. */
const product = (a: number, b: number) => (a === 0 || b === 0 ? 0 : a * b);

function times(a: Range, b: Range, s: Switches): Range {
  const factor = isPoint(a) ? a.low : isPoint(b) ? b.low : null;
  const line = isPoint(a) ? b.line : a.line;
  if (factor !== null && line) return s.line(factor * line.scale, factor * line.offset);
  return between(...[a.low, a.high].flatMap((p) => [b.low, b.high].map((q) => product(p, q))));
}

function inverse(a: Range): Range {
  return a.low > 0 || a.high < 0 ? between(1 / a.low, 1 / a.high) : UNKNOWN;
}

function over(a: Range, b: Range, s: Switches): Range {
  return isPoint(b) && b.low !== 0 ? times(a, pointsOf(1 / b.low), s) : times(a, inverse(b), s);
}

function larger(a: Range, b: Range, s: Switches): Range {
  const sign = s.sign(minus(a, b, s), true);
  if (sign === null) return between(Math.max(a.low, b.low), Math.max(a.high, b.high));
  return sign > 0 ? a : b;
}

const negative = (a: Range, s: Switches) => times(a, pointsOf(-1), s);
const smaller = (a: Range, b: Range, s: Switches) => negative(larger(negative(a, s), negative(b, s), s), s);
const clip = (a: Range, low: number, high: number, s: Switches) =>
  smaller(larger(a, pointsOf(low), s), pointsOf(high), s);

/** One formula from 0 on, and another one below. */
function halves(x: Range, below: (x: Range) => Range, s: Switches): Range {
  const sign = s.sign(x, true);
  if (sign === null) return hull(x, below(x));
  return sign > 0 ? x : below(x);
}

function truth(decided: boolean | null): Range {
  return decided === null ? { low: 0, high: 1, line: null } : pointsOf(Number(decided));
}

function comparison(holds: (sign: number) => boolean) {
  return ([a, b]: readonly Range[], s: Switches) => {
    const sign = s.sign(minus(a, b, s), false);
    return truth(sign === null ? null : holds(sign));
  };
}

function power([x, exponent]: readonly Range[], s: Switches): Range {
  const y = exponent.low;
  if (!isPoint(exponent)) return UNKNOWN;
  if (y === 1) return x;
  const f = elementwiseOf({ type: "Pow" } as Node)?.f ?? Math.abs;
  if (y < 0) return inverse(power([x, pointsOf(-y)], s));
  if (Number.isInteger(y) && y % 2 === 0 && x.low < 0 && x.high > 0) return between(0, f(x.low, y), f(x.high, y));
  return between(f(x.low, y), f(x.high, y));
}

/** Floor, Ceil and Cast to whole numbers: constant between two steps. */
function steps(f: (x: number) => number) {
  return ([x]: readonly Range[], s: Switches) => {
    if (f(x.low) !== f(x.high)) s.divide();
    return between(f(x.low), f(x.high));
  };
}

type Bound = (inputs: readonly Range[], s: Switches, node: Node) => Range;

/** A function that only grows, or only falls, fastest where its input is 0. */
const monotone: Bound = ([x], s, node) => {
  const f = elementwiseOf(node)?.f;
  s.turn(x);
  return f ? between(f(x.low), f(x.high)) : UNKNOWN;
};

/** x g(x) with a g that only grows. */
const gated =
  (g: (x: number) => number): Bound =>
  ([x], s) => {
    s.turn(x);
    return times(x, between(g(x.low), g(x.high)), s);
  };

const elu =
  (alpha: number, inner: number, gamma: number): Bound =>
  ([x], s) => {
    const below = (r: Range) => between(alpha * gamma * expm1(r.low / inner), alpha * gamma * expm1(r.high / inner));
    const y = halves(gamma === 1 ? x : times(x, pointsOf(gamma), s), () => below(x), s);
    return y;
  };

const softplus = (x: number) => elementwiseOf({ type: "Softplus" } as Node)?.f(x) ?? 0;

const cast: Bound = (inputs, s, node) => {
  const to = intOf(node, "to", ElementType.Float);
  if (to === ElementType.Bool) {
    const sign = s.sign(inputs[0], false);
    return truth(sign === null ? null : sign !== 0);
  }
  const floats: readonly number[] = [ElementType.Float, ElementType.Double, ElementType.Half, ElementType.Bfloat];
  return floats.includes(to) || isPoint(inputs[0]) ? inputs[0] : steps(Math.trunc)(inputs, s);
};

const shrink: Bound = ([x], s, node) => {
  const [bound, bias] = [floatOf(node, "lambd", 0.5), floatOf(node, "bias", 0)];
  const [under, above] = [bound, -bound].map((by) => s.sign(plus(x, pointsOf(by), s), false));
  if (under === null || above === null)
    return hull(hull(plus(x, pointsOf(bias), s), plus(x, pointsOf(-bias), s)), ZERO);
  return under < 0 ? plus(x, pointsOf(bias), s) : above > 0 ? plus(x, pointsOf(-bias), s) : ZERO;
};

const ZERO = pointsOf(0);
const same: Bound = ([x]) => x;

const bounds = new Map<string, Bound>([
  ...["Exp", "Expm1", "Log", "Log1p", "Sqrt", "Erf", "Erfc", "Tanh", "Sigmoid", "Softplus", "Softsign"].map(
    (type): [string, Bound] => [type, monotone],
  ),
  ...["Identity", "Dropout", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Expand", "CastLike"].map(
    (type): [string, Bound] => [type, same],
  ),
  ["Add", ([a, b], s) => plus(a, b, s)],
  ["Sub", ([a, b], s) => minus(a, b, s)],
  ["Mul", ([a, b], s) => times(a, b, s)],
  ["Div", ([a, b], s) => over(a, b, s)],
  ["Neg", ([a], s) => negative(a, s)],
  ["Reciprocal", ([a]) => inverse(a)],
  ["Sum", (all, s) => all.reduce((a, b) => plus(a, b, s))],
  [
    "Mean",
    (all, s) =>
      times(
        all.reduce((a, b) => plus(a, b, s)),
        pointsOf(1 / all.length),
        s,
      ),
  ],
  ["Pow", power],
  ["Max", (all, s) => all.reduce((a, b) => larger(a, b, s))],
  ["Min", (all, s) => all.reduce((a, b) => smaller(a, b, s))],
  ["Relu", ([x], s) => larger(x, ZERO, s)],
  ["Abs", ([x], s) => larger(x, negative(x, s), s)],
  [
    "Clip",
    ([x, low, high], s, node) => {
      const [least, most] = [
        low ?? pointsOf(floatOf(node, "min", -Infinity)),
        high ?? pointsOf(floatOf(node, "max", Infinity)),
      ];
      return smaller(larger(x, least, s), most, s);
    },
  ],
  ["PRelu", ([x, slope], s) => halves(x, (r) => times(r, slope, s), s)],
  ["LeakyRelu", ([x], s, node) => halves(x, (r) => times(r, pointsOf(floatOf(node, "alpha", 0.01)), s), s)],
  ["Elu", (x, s, node) => elu(floatOf(node, "alpha", 1), 1, 1)(x, s, node)],
  ["Celu", (x, s, node) => elu(floatOf(node, "alpha", 1), floatOf(node, "alpha", 1), 1)(x, s, node)],
  [
    "Selu",
    (x, s, node) =>
      elu(floatOf(node, "alpha", 1.6732631921768188), 1, floatOf(node, "gamma", 1.0507010221481323))(x, s, node),
  ],
  [
    "HardSigmoid",
    ([x], s, node) => {
      const line = plus(times(x, pointsOf(floatOf(node, "alpha", 0.2)), s), pointsOf(floatOf(node, "beta", 0.5)), s);
      return clip(line, 0, 1, s);
    },
  ],
  ["HardSwish", ([x], s) => times(x, times(clip(plus(x, pointsOf(3), s), 0, 6, s), pointsOf(1 / 6), s), s)],
  [
    "ThresholdedRelu",
    ([x], s, node) => {
      const sign = s.sign(plus(x, pointsOf(-floatOf(node, "alpha", 1)), s), false);
      return sign === null ? hull(x, ZERO) : sign > 0 ? x : ZERO;
    },
  ],
  ["Shrink", shrink],
  ["Mish", gated((x) => tanh(softplus(x)))],
  ["Swish", (x, s, node) => gated((v) => sigmoid(floatOf(node, "alpha", 1) * v))(x, s, node)],
  ["Gelu", gated((x) => 0.5 * erfc(-x * Math.SQRT1_2))],
  [
    "Sign",
    ([x], s) => {
      const sign = s.sign(x, false);
      return sign === null ? between(-1, 1) : pointsOf(sign);
    },
  ],
  ["Floor", steps(Math.floor)],
  ["Ceil", steps(Math.ceil)],
  ["Cast", cast],
  ["Greater", comparison((sign) => sign > 0)],
  ["GreaterOrEqual", comparison((sign) => sign >= 0)],
  ["Less", comparison((sign) => sign < 0)],
  ["LessOrEqual", comparison((sign) => sign <= 0)],
  ["Equal", comparison((sign) => sign === 0)],
  ["Where", ([condition, yes, no]) => (isPoint(condition) ? (condition.low !== 0 ? yes : no) : hull(yes, no))],
  ...["And", "Or", "Xor", "Not"].map((type): [string, Bound] => [type, () => truth(null)]),
]);

/** The range of a node's outputs for those of its inputs; everything for operators that mix columns. */
export function rangeOf(node: Node, inputs: readonly Range[], switches: Switches): Range {
  const f = elementwiseOf(node)?.f;
  if (f && inputs.length > 0 && inputs.every(isPoint)) return pointsOf(f(...inputs.map(({ low }) => low)));
  return bounds.get(node.type)?.(inputs, switches, node) ?? UNKNOWN;
}
