/**
 * The glass box as stages on the diagram: every step that the library explains, with the place in the network that it is
 * about, the numbers on neurons and connections, and the formula with the numbers of any one neuron.
 */
import type { Walk, WalkStep, WalkValue } from "../engine/protocol.js";
import {
  activation,
  handedBack,
  knownFrom,
  slope,
  sumGradient,
  update,
  weightedSums,
  weightGradients,
} from "./dense.js";
import { number, placeOfLargest } from "./format.js";
import { parsed, symbolOf } from "./symbols.js";
import type { Draft, Known, OnLayer, Phase, Stage } from "./types.js";
import { plainTitle } from "./words.js";

/** Inputs, neurons of each hidden layer, and outputs of the network that a sample went through. */
export function sizesOf({ x, steps }: Walk): number[] {
  const sums = steps.flatMap(({ results }) => results.filter(({ symbol }) => /^z[₀-₉]+$/.test(symbol)));
  return [x.length, ...sums.map(({ data }) => data.length)];
}

/** The stages of one training step on one sample. */
export function stagesOf(walk: Walk): Stage[] {
  const builder = new Builder(walk, sizesOf(walk));
  for (const step of walk.steps) builder.add(step);
  return builder.stages;
}

class Builder {
  readonly stages: Stage[] = [];
  readonly #sizes: readonly number[];
  /** The output of the true class; 0 if there is only one. */
  readonly #target: number;
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

  constructor({ x, y }: Walk, sizes: readonly number[]) {
    this.#sizes = sizes;
    this.#target = (sizes.at(-1) ?? 1) > 1 ? y : 0;
    this.#board = sizes.map(() => null);
    const on = { symbol: "x", values: x, isGradient: false };
    const worked = (unit: number) => [`x[${unit}] = ${number(x[unit])}`];
    this.#push({ title: "One sample enters", formula: "x", layer: 0, on, worked });
  }

  add(given: WalkStep): void {
    const step = { ...given, formula: this.#text(given.formula), worked: given.worked.map((line) => this.#text(line)) };
    const results = step.results.map((result) => ({ result, ...parsed(result.symbol, this.#sizes.length - 1) }));
    const find = (kind: string, ...letters: string[]) =>
      results.find((each) => each.kind === kind && letters.includes(each.letter));
    const loss = step.results.find(({ symbol }) => symbol === "L");
    const sums = find("value", "z");
    const output = find("value", "h", "ŷ");
    const slopes = find("slope", "z");
    const dz = find("gradient", "z");
    const dKernel = find("gradient", "W");
    if (loss) this.#addLoss(step, loss);
    else if (find("change", "W", "b")) this.#addUpdates(step);
    else if (sums) this.#addSums(step, sums.layer);
    else if (output) this.#addActivation(step, output.layer, output.result);
    else if (slopes) this.#addSlope(step, slopes.layer, slopes.result);
    else if (dz) {
      this.#known[dz.layer].dz = dz.result.data;
      this.#push(sumGradient(step, this.#known[dz.layer], dz.result));
    } else if (dKernel) this.#push(weightGradients(step, this.#known[dKernel.layer], dKernel.result));
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
    this.#known[layer] = knownFrom(step, layer, this.#board[layer - 1]?.values ?? new Float32Array());
    this.#push(weightedSums(step, this.#known[layer]));
  }

  #addActivation(step: WalkStep, layer: number, output: WalkValue): void {
    this.#known[layer].output = output;
    this.#names[layer] = output.name;
    this.#push(activation(step, this.#known[layer], output));
  }

  #addLoss({ title, formula, note, worked }: WalkStep, { name, data }: WalkValue): void {
    const isNew = name !== "loss";
    const [before, after] = [this.#loss, number(data[0])];
    this.#loss = isNew ? `${before} → ${after}` : `L = ${after}`;
    this.#phase = isNew ? "update" : "loss";
    const notes = [note, isNew ? "The network itself has not changed: press Step or Play to train it." : ""];
    this.#push({
      title,
      formula: isNew ? "" : formula,
      note: notes.filter(Boolean).join(" "),
      layer: this.#sizes.length - 1,
      place: this.#target,
      worked: () => worked,
    });
  }

  #addSlope(step: WalkStep, layer: number, slopes: WalkValue): void {
    const known = this.#known[layer];
    known.slope = slopes.shape[0] === 1 ? slopes.data : null;
    known.upstream = this.#board[layer]?.values ?? null;
    this.#push(slope(step, known, slopes));
  }

  /** Gradients handed back, batch normalization, scaled inputs, dropout, and whatever else the library explains. */
  #addOther(step: WalkStep): void {
    const result = step.results.at(-1);
    if (!result) return;
    if (this.#phase === "loss") this.#phase = "backward";
    const isGradient = this.#phase !== "forward";
    const layer = this.#layer;
    const after = this.#known[layer];
    if (after && this.#text(result.symbol) === `∂L/∂${after.inputSymbol}`) {
      this.#push(handedBack(step, after, { ...result, symbol: this.#text(result.symbol) }));
      return;
    }
    const words = isGradient ? this.#wordsBack(result) : this.#words(result);
    const symbol = this.#text(result.symbol);
    const { data } = result;
    const fits = data.length === this.#sizes[layer];
    const place = fits ? placeOfLargest(data) : 0;
    this.#push({
      title: step.title,
      formula: step.formula,
      note: step.note,
      ...words,
      layer,
      place,
      ...(fits ? { on: { symbol, values: data, isGradient } } : {}),
      worked: (unit) => {
        if (step.worked.length > 0 && (unit === place || !fits)) return step.worked;
        return fits ? [`${symbol}[${unit}] = ${number(data[unit])}`] : [];
      },
    });
  }

  /** Forward: gives scaled inputs and dropout a symbol, and words. */
  #words({ name }: WalkValue): Partial<Draft> {
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

  #wordsBack({ symbol, name }: WalkValue): Partial<Draft> {
    const before = this.#board[this.#layer]?.symbol ?? "";
    if (symbol !== name || !this.#symbols.has(name)) return {};
    const formula = `${this.#text(symbol)} = 0 where the output was dropped, else ${before} / (1 − rate)`;
    return { title: "Gradient handed back by dropout", formula };
  }

  /** The update happens everywhere at once; it is shown layer by layer. */
  #addUpdates(step: WalkStep): void {
    this.#phase = "update";
    const last = this.#sizes.length - 1;
    for (const known of this.#known) {
      const draft = known && update(step, known, known.layer === last ? "output" : `hidden${known.layer}`);
      if (draft) this.#push(draft);
    }
  }
}
