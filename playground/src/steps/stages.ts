/**
 * The glass box as stages on the diagram: every step that the library explains, with the place in the network that it is
 * about, the numbers on neurons and connections, and the formula with the numbers of any one neuron.
 */
import type { Walk, WalkStep, WalkValue } from "../engine/protocol.js";
import { number, placeOfLargest, sumOfProducts, term } from "./format.js";
import { columnOf, parsed, putIn, rightOf, symbolOf, updated } from "./symbols.js";
import { plainTitle } from "./words.js";

export type Phase = "forward" | "loss" | "backward" | "update";

/** The numbers on the neurons of a layer. */
export interface OnLayer {
  /** As in the formulas: `z₁`, `∂L/∂h₁`. */
  readonly symbol: string;
  readonly values: Float32Array;
  readonly isGradient: boolean;
}

/** The connections that a stage is about. */
export interface OnLinks {
  /** The layer that they lead to; the inputs are layer 0. */
  readonly layer: number;
  readonly isBackward: boolean;
  /** Numbers to read, [from, to]: weights or their gradients. */
  readonly values: Float32Array;
  /** Weights after the update; `null` at other stages. */
  readonly after: Float32Array | null;
  /** What travels along each connection, or changes there: its size and sign are drawn. */
  readonly flow: Float32Array;
}

export interface Stage {
  readonly phase: Phase;
  readonly title: string;
  readonly formula: string;
  readonly note: string;
  /** The layer that the stage is about; the inputs are layer 0. */
  readonly layer: number;
  /** Neurons of that layer, and the one with the most to show. */
  readonly units: number;
  readonly place: number;
  /** By layer; `null` where nothing has arrived yet. */
  readonly board: readonly (OnLayer | null)[];
  readonly links: OnLinks | null;
  /** The loss, as soon as it is known: `L = 0.6931`. */
  readonly loss: string;
  /** The formula with the numbers of a neuron put in. */
  worked(unit: number): readonly string[];
}

/** What is known of a layer of weights, from the steps so far. */
interface Known {
  inputSymbol: string;
  input: Float32Array;
  kernel: Float32Array;
  bias: Float32Array | null;
  z: Float32Array;
  output: WalkValue | null;
  slope: Float32Array | null;
  upstream: Float32Array | null;
  dz: Float32Array;
}

type Draft = Pick<Stage, "title" | "formula" | "layer" | "worked"> & {
  readonly on?: OnLayer;
  readonly links?: OnLinks;
  readonly note?: string;
  readonly place?: number;
};

/** The stages of one training step on one sample. `sizes`: inputs, neurons of each hidden layer, outputs. */
export function stagesOf({ steps, x }: Walk, sizes: readonly number[]): Stage[] {
  const builder = new Builder(sizes);
  builder.begin(x);
  for (const step of steps) builder.add(step);
  return builder.stages;
}

class Builder {
  readonly stages: Stage[] = [];
  readonly #sizes: readonly number[];
  readonly #known: Known[] = [];
  #board: (OnLayer | null)[];
  #phase: Phase = "forward";
  #loss = "";
  /** The layer that the last stage was about. */
  #layer = 0;
  /** Symbols for what has none of its own in the library: scaled inputs, dropout. */
  readonly #symbols = new Map<string, string>();
  /** Name in the trace of the values on each layer. */
  readonly #names: string[] = ["x"];

  constructor(sizes: readonly number[]) {
    this.#sizes = sizes;
    this.#board = sizes.map(() => null);
  }

  begin(x: Float32Array): void {
    const on = { symbol: "x", values: x, isGradient: false };
    this.#push({
      title: "One sample enters",
      formula: "x",
      layer: 0,
      on,
      worked: (unit) => [`x[${unit}] = ${number(x[unit])}`],
    });
  }

  add(step: WalkStep): void {
    const results = step.results.map((result) => ({ result, ...parsed(result.symbol, this.#sizes.length - 1) }));
    const find = (kind: string, letters: string) =>
      results.find((each) => each.kind === kind && letters.includes(each.letter) && each.letter !== "");
    const loss = step.results.find(({ symbol }) => symbol === "L");
    const sums = find("value", "z");
    const output = find("value", "hŷ");
    const slope = find("slope", "z");
    const dz = find("gradient", "z");
    const dKernel = find("gradient", "W");
    if (loss) this.#addLoss(step, loss);
    else if (find("change", "Wb")) this.#addUpdates(step);
    else if (sums) this.#addSums(step, sums.layer);
    else if (output) this.#addActivation(step, output.layer, output.result);
    else if (slope) this.#addSlope(step, slope.layer, slope.result);
    else if (dz) this.#addSumGradient(step, dz.layer, dz.result);
    else if (dKernel) this.#addWeightGradient(step, dKernel.layer, dKernel.result);
    else this.#addOther(step);
  }

  #push({ on, links, note = "", place, ...draft }: Draft): void {
    if (on) this.#board = this.#board.map((before, layer) => (layer === draft.layer ? on : before));
    this.#layer = draft.layer;
    this.stages.push({
      phase: this.#phase,
      units: this.#sizes[draft.layer],
      place: place ?? (on ? placeOfLargest(on.values) : 0),
      board: this.#board,
      links: links ?? null,
      loss: this.#loss,
      note,
      ...draft,
      title: plainTitle(draft.title),
    });
  }

  /** The library's words, with the page's symbols. */
  #text(text: string): string {
    let own = text;
    for (const [name, symbol] of this.#symbols) own = own.replaceAll(name, symbol);
    return own;
  }

  #addSums(step: WalkStep, layer: number): void {
    const of = (letter: string) => step.results.find(({ symbol }) => parsed(symbol, 0).letter === letter);
    const [kernel, bias, z] = [of("W"), of("b"), of("z")] as [WalkValue, WalkValue | undefined, WalkValue];
    const input = this.#board[layer - 1]?.values ?? new Float32Array();
    const units = z.data.length;
    this.#known[layer] = {
      inputSymbol: /= (\S+) W/.exec(step.formula)?.[1] ?? "",
      input,
      kernel: kernel.data,
      bias: bias?.data ?? null,
      z: z.data,
      output: null,
      slope: null,
      upstream: null,
      dz: new Float32Array(units),
    };
    this.#push({
      title: step.title,
      formula: this.#text(step.formula),
      note: step.note,
      layer,
      on: { symbol: z.symbol, values: z.data, isGradient: false },
      links: {
        layer,
        isBackward: false,
        values: kernel.data,
        after: null,
        flow: kernel.data.map((weight, at) => weight * input[Math.floor(at / units)]),
      },
      worked: (unit) => {
        const sum = sumOfProducts(input, columnOf(kernel.data, unit, units), bias ? bias.data[unit] : null);
        return [`${z.symbol}[${unit}] = ${sum} = ${number(z.data[unit])}`];
      },
    });
  }

  #addActivation(step: WalkStep, layer: number, output: WalkValue): void {
    const known = this.#known[layer];
    const { symbol, data } = output;
    known.output = output;
    this.#names[layer] = output.name;
    this.#push({
      title: step.title,
      formula: step.formula,
      note: step.note,
      layer,
      on: { symbol, values: data, isGradient: false },
      worked: (unit) => {
        const numbers = putIn(rightOf(step.formula), symbolOf("z", layer), known.z, unit);
        return [`${symbol}[${unit}] = ${numbers} = ${number(data[unit])}`];
      },
    });
  }

  #addLoss(step: WalkStep, { name, data }: WalkValue): void {
    const layer = this.#sizes.length - 1;
    const isNew = name !== "loss";
    const [before, after] = [this.#loss, number(data[0])];
    this.#loss = isNew ? `${before} → ${after}` : `L = ${after}`;
    this.#phase = isNew ? "update" : "loss";
    const place = placeOfLargest(this.#board[layer]?.values ?? []);
    const note = [step.note, isNew ? "The network itself has not changed: press Step or Play to train it." : ""];
    this.#push({
      title: step.title,
      formula: isNew ? "" : this.#text(step.formula),
      note: note.filter(Boolean).join(" "),
      layer,
      place,
      worked: () => step.worked.map((line) => this.#text(line)),
    });
  }

  #addSlope(step: WalkStep, layer: number, { symbol, shape, data }: WalkValue): void {
    const known = this.#known[layer];
    const { output, z } = known;
    const isElementwise = shape[0] === 1;
    known.slope = isElementwise ? data : null;
    known.upstream = this.#board[layer]?.values ?? null;
    const [own, right] = [symbolOf("z", layer), rightOf(step.formula)];
    this.#push({
      title: step.title,
      formula: step.formula,
      note: step.note,
      layer,
      ...(isElementwise ? { on: { symbol, values: data, isGradient: true } } : {}),
      worked: (unit) => {
        if (!isElementwise) return step.worked;
        const [place, value] = [`${symbol}[${unit}] =`, number(data[unit])];
        if (right.includes("where")) return [`${place} ${value}, as ${own}[${unit}] = ${number(z[unit])}`];
        const numbers = putIn(right, own, z, unit).replaceAll(output?.symbol ?? "", term(output?.data[unit] ?? 0));
        return [numbers === right ? `${place} ${value}` : `${place} ${numbers} = ${value}`];
      },
    });
  }

  #addSumGradient(step: WalkStep, layer: number, { symbol, data }: WalkValue): void {
    const known = this.#known[layer];
    const { slope, upstream } = known;
    known.dz = data;
    this.#push({
      title: step.title,
      formula: step.formula,
      note: step.note,
      layer,
      on: { symbol, values: data, isGradient: true },
      worked: (unit) => {
        const product = slope && upstream ? `${term(upstream[unit])} · ${term(slope[unit])} = ` : "";
        return [`${symbol}[${unit}] = ${product}${number(data[unit])}`];
      },
    });
  }

  #addWeightGradient(step: WalkStep, layer: number, { symbol, data }: WalkValue): void {
    const { input, dz } = this.#known[layer];
    const units = dz.length;
    const largest = placeOfLargest(data);
    const bias = step.results.find((each) => parsed(each.symbol, 0).letter === "b");
    this.#push({
      title: step.title,
      formula: this.#text(step.formula),
      note: step.note,
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
        const first = at === largest && !isBare ? this.#text(step.worked[0] ?? own) : own;
        return [first, ...(bias ? [`${bias.symbol}[${unit}] = ${number(bias.data[unit])}`] : [])];
      },
    });
  }

  /** Gradients handed back, batch normalization, scaled inputs, dropout, and whatever else the library explains. */
  #addOther(step: WalkStep): void {
    const result = step.results.at(-1);
    if (!result) return;
    if (this.#phase === "loss") this.#phase = "backward";
    const isGradient = this.#phase !== "forward";
    const layer = this.#layer;
    const above = this.#known[layer];
    if (above && result.symbol === `∂L/∂${above.inputSymbol}`) {
      this.#addHandedBack(step, result, above);
      return;
    }
    const words = isGradient ? this.#textsBack(result) : this.#texts(result);
    const symbol = this.#text(result.symbol);
    const { data } = result;
    const fits = data.length === this.#sizes[layer];
    const place = fits ? placeOfLargest(data) : 0;
    this.#push({
      title: step.title,
      formula: this.#text(step.formula),
      note: step.note,
      ...words,
      layer,
      place,
      ...(fits ? { on: { symbol, values: data, isGradient } } : {}),
      worked: (unit) => {
        if (step.worked.length > 0 && (unit === place || !fits)) return step.worked.map((line) => this.#text(line));
        return fits ? [`${symbol}[${unit}] = ${number(data[unit])}`] : [];
      },
    });
  }

  /** Forward: gives scaled inputs and dropout a symbol, and words. */
  #texts({ name }: WalkValue): Partial<Draft> {
    const layer = this.#layer;
    const before = this.#board[layer]?.symbol ?? "x";
    const nameBefore = this.#names[layer] ?? "";
    this.#names[layer] = name;
    this.#symbols.set(nameBefore.replace(/h$/, "dh"), `∂L/∂${before}`);
    if (/^normalization/.test(name)) {
      this.#symbols.set(name, "x′");
      return { title: "The inputs, scaled", formula: "x′ = (x − mean) / standard deviation" };
    }
    if (!/^dropout/.test(name)) return {};
    const own = symbolOf("d", layer);
    this.#symbols.set(name, own);
    return { title: `Dropout of hidden${layer}`, formula: `${own} = 0 by chance, else ${before} / (1 − rate)` };
  }

  #textsBack({ symbol, name }: WalkValue): Partial<Draft> {
    const before = this.#board[this.#layer]?.symbol ?? "";
    if (symbol !== name || !this.#symbols.has(name)) return {};
    const formula = `${this.#text(symbol)} = 0 where the output was dropped, else ${before} / (1 − rate)`;
    return { title: "Gradient handed back by dropout", formula };
  }

  #addHandedBack(step: WalkStep, { symbol, data }: WalkValue, { kernel, dz }: Known): void {
    const [layer, units] = [this.#layer, dz.length];
    const own = this.#text(symbol);
    this.#push({
      title: step.title,
      formula: this.#text(step.formula),
      note: step.note,
      layer: layer - 1,
      on: { symbol: own, values: data, isGradient: true },
      links: {
        layer,
        isBackward: true,
        values: kernel,
        after: null,
        flow: kernel.map((weight, at) => weight * dz[at % units]),
      },
      worked: (unit) => {
        const sum = sumOfProducts(dz, kernel.subarray(unit * units, (unit + 1) * units), null);
        return [`${own}[${unit}] = ${sum} = ${number(data[unit])}`];
      },
    });
  }

  /** The update happens everywhere at once; it is shown layer by layer. */
  #addUpdates(step: WalkStep): void {
    this.#phase = "update";
    for (let layer = 1; layer < this.#sizes.length; layer++) {
      const of = (letter: string) => step.results.find(({ symbol }) => symbol === `Δ${symbolOf(letter, layer)}`);
      const [kernel, bias] = [of("W"), of("b")];
      const known = this.#known[layer];
      if (!kernel || !known) continue;
      const units = known.dz.length;
      const change = kernel.data;
      const largest = placeOfLargest(change);
      const after = known.kernel.map((weight, at) => weight + change[at]);
      this.#push({
        title: `${step.title}, ${layer === this.#sizes.length - 1 ? "output" : `hidden${layer}`}`,
        formula: step.formula,
        note: step.note,
        layer,
        place: largest % units,
        links: { layer, isBackward: false, values: known.kernel, after, flow: change },
        worked: (unit) => {
          const row = placeOfLargest(columnOf(change, unit, units));
          const at = row * units + unit;
          const lines = [updated(`${symbolOf("W", layer)}[${row}, ${unit}]`, known.kernel[at], change[at])];
          if (bias && known.bias)
            lines.push(updated(`${symbolOf("b", layer)}[${unit}]`, known.bias[unit], bias.data[unit]));
          return lines;
        },
      });
    }
  }
}
