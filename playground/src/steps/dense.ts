/** The stages of a layer of weights: forward, back, and its update. Each takes a step, and returns what it shows. */
import type { WalkStep, WalkValue } from "../engine/protocol.js";
import { number, placeOfLargest, sumOfProducts, term } from "./format.js";
import { byMoments, columnOf, parsed, putIn, rightOf, symbolOf, updated } from "./symbols.js";
import type { Draft, Known } from "./types.js";

const wordsOf = ({ title, formula, note }: WalkStep) => ({ title, formula, note });

/** What the step of the weighted sums tells about its layer. */
export function knownFrom(step: WalkStep, layer: number, input: Float32Array): Known {
  const of = (letter: string) => step.results.find(({ symbol }) => parsed(symbol, 0).letter === letter)?.data;
  const z = of("z") ?? new Float32Array();
  return {
    layer,
    inputSymbol: /= (\S+) W/.exec(step.formula)?.[1] ?? "",
    input,
    kernel: of("W") ?? new Float32Array(),
    bias: of("b") ?? null,
    z,
    output: null,
    slope: null,
    upstream: null,
    dz: new Float32Array(z.length),
  };
}

export function weightedSums(step: WalkStep, { layer, input, kernel, bias, z }: Known): Draft {
  const units = z.length;
  const symbol = symbolOf("z", layer);
  return {
    ...wordsOf(step),
    layer,
    on: { symbol, values: z, isGradient: false },
    links: {
      layer,
      isBackward: false,
      values: kernel,
      after: null,
      flow: kernel.map((weight, at) => weight * input[Math.floor(at / units)]),
    },
    worked: (unit) => {
      const sum = sumOfProducts(input, columnOf(kernel, unit, units), bias ? bias[unit] : null);
      return [`${symbol}[${unit}] = ${sum} = ${number(z[unit])}`];
    },
  };
}

export function activation(step: WalkStep, { layer, z }: Known, { symbol, data }: WalkValue): Draft {
  return {
    ...wordsOf(step),
    layer,
    on: { symbol, values: data, isGradient: false },
    worked: (unit) => {
      const numbers = putIn(rightOf(step.formula), symbolOf("z", layer), z, unit);
      return [`${symbol}[${unit}] = ${numbers} = ${number(data[unit])}`];
    },
  };
}

/** The derivative of the activation; a matrix, which the neurons do not show, if it takes whole rows. */
export function slope(step: WalkStep, { layer, output, z }: Known, { symbol, shape, data }: WalkValue): Draft {
  const isElementwise = shape[0] === 1;
  const [own, right] = [symbolOf("z", layer), rightOf(step.formula)];
  return {
    ...wordsOf(step),
    layer,
    ...(isElementwise ? { on: { symbol, values: data, isGradient: true } } : {}),
    worked: (unit) => {
      if (!isElementwise) return step.worked;
      const [place, value] = [`${symbol}[${unit}] =`, number(data[unit])];
      if (right.includes("where")) return [`${place} ${value}, as ${own}[${unit}] = ${number(z[unit])}`];
      const numbers = putIn(right, own, z, unit).replaceAll(output?.symbol ?? "", term(output?.data[unit] ?? 0));
      return [numbers === right ? `${place} ${value}` : `${place} ${numbers} = ${value}`];
    },
  };
}

export function sumGradient(step: WalkStep, known: Known, { symbol, data }: WalkValue): Draft {
  const { layer, upstream, slope: slopes } = known;
  return {
    ...wordsOf(step),
    layer,
    on: { symbol, values: data, isGradient: true },
    worked: (unit) => {
      const product = slopes && upstream ? `${term(upstream[unit])} · ${term(slopes[unit])} = ` : "";
      return [`${symbol}[${unit}] = ${product}${number(data[unit])}`];
    },
  };
}

/** The largest gradient of the neuron's weights is worked, and that of its bias. */
export function weightGradients(step: WalkStep, { layer, input, dz }: Known, { symbol, data }: WalkValue): Draft {
  const units = dz.length;
  const largest = placeOfLargest(data);
  const bias = step.results.find((each) => parsed(each.symbol, 0).letter === "b");
  return {
    ...wordsOf(step),
    layer,
    place: largest % units,
    links: { layer, isBackward: true, values: data, after: null, flow: data },
    worked: (unit) => {
      const row = placeOfLargest(columnOf(data, unit, units));
      const at = row * units + unit;
      const line = `${symbol}[${row}, ${unit}] = ${term(input[row])} · ${term(dz[unit])}`;
      // Penalties are terms of the gradient, too.
      const penalty = data[at] - input[row] * dz[unit];
      const isBare = Math.abs(penalty) <= 1e-5 * Math.abs(data[at]) + 1e-12;
      const own = `${line}${isBare ? "" : ` + ${term(penalty)}`} = ${number(data[at])}`;
      const first = at === largest && !isBare ? (step.worked[0] ?? own) : own;
      return [first, ...(bias ? [`${bias.symbol}[${unit}] = ${number(bias.data[unit])}`] : [])];
    },
  };
}

/** The gradient of what the layer takes in: that of the neurons before it. */
export function handedBack(step: WalkStep, { layer, kernel, dz }: Known, { symbol, data }: WalkValue): Draft {
  const units = dz.length;
  return {
    ...wordsOf(step),
    layer: layer - 1,
    on: { symbol, values: data, isGradient: true },
    links: {
      layer,
      isBackward: true,
      values: kernel,
      after: null,
      flow: kernel.map((weight, at) => weight * dz[at % units]),
    },
    worked: (unit) => {
      const sum = sumOfProducts(dz, kernel.subarray(unit * units, (unit + 1) * units), null);
      return [`${symbol}[${unit}] = ${sum} = ${number(data[unit])}`];
    },
  };
}

/** The update of one layer; `null` if its weights do not change. The weight of the neuron that changes most is worked. */
export function update(step: WalkStep, { layer, kernel, bias, dz }: Known, name: string): Draft | null {
  const of = (letter: string) => step.results.find(({ symbol }) => symbol === `Δ${symbolOf(letter, layer)}`)?.data;
  const [change, biasChange] = [of("W"), of("b")];
  const moment = (hat: string) => step.results.find(({ symbol }) => symbol === `${hat}(${symbolOf("W", layer)})`)?.data;
  const [mean, square] = [moment("m̂"), moment("v̂")];
  if (!change) return null;
  const units = dz.length;
  const after = kernel.map((weight, at) => weight + change[at]);
  return {
    ...wordsOf(step),
    title: `${step.title}, ${name}`,
    layer,
    place: placeOfLargest(change) % units,
    links: { layer, isBackward: false, values: kernel, after, flow: change },
    worked: (unit) => {
      const row = placeOfLargest(columnOf(change, unit, units));
      const at = row * units + unit;
      const own = `${symbolOf("W", layer)}[${row}, ${unit}]`;
      const lines =
        mean && square
          ? [
              `m̂ = ${number(mean[at])}, v̂ = ${number(square[at])}`,
              byMoments(own, kernel[at], change[at], step.formula, mean[at], square[at]),
            ]
          : [updated(own, kernel[at], change[at])];
      if (bias && biasChange) lines.push(updated(`${symbolOf("b", layer)}[${unit}]`, bias[unit], biasChange[unit]));
      return lines;
    },
  };
}
