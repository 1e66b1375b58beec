/** Symbols of the library's formulas, and formulas with the numbers of one neuron put in. */
import { number, shown, term } from "./format.js";

const SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉";
/** A letter with the number of its layer: `z₁`, `∂L/∂W₂`, `Δb₁`, `∂h₁/∂z₁`. */
const SYMBOL = /^(∂L\/∂|Δ|∂.*\/∂)?([zhnWbŷ])([₀-₉]*)$/;

export function updated(name: string, old: number, change: number): string {
  return `${name} ← ${number(old)} + ${term(change)} = ${number(old + change)}`;
}

/** The update of a weight by Adam, with its corrected moments put into the formula `W ← W − 0.01 · m̂ / (√v̂ + ε)`. */
export function byMoments(name: string, old: number, change: number, formula: string, m: number, v: number): string {
  const [, rate = "η"] = /W ← W − (\S+) · m̂/.exec(formula) ?? [];
  return `${name} ← ${number(old)} − ${rate} · ${term(m)} / (√${term(v)} + ε) = ${number(old + change)}`;
}

/** The values that lead to one neuron, or change there. */
export function columnOf(matrix: Float32Array, unit: number, units: number): Float32Array {
  return Float32Array.from({ length: matrix.length / units }, (_, row) => matrix[row * units + unit]);
}

export const rightOf = (formula: string) => formula.slice(formula.indexOf("=") + 2);

/** A formula of the sums of a layer with the numbers of one neuron. */
export function putIn(formula: string, symbol: string, z: Float32Array, unit: number): string {
  if (formula === symbol) return `${symbol}[${unit}]`;
  if (formula.includes("Σ")) {
    const terms = shown(z.length).map((i) => (i === null ? "…" : `e^${term(z[i])}`));
    return `e^${term(z[unit])} / (${terms.join(" + ")})`;
  }
  return formula.replaceAll(symbol, term(z[unit])).replace(/(\(|, |′\()\((−[^()]*)\)/g, "$1$2");
}

export function symbolOf(letter: string, layer: number): string {
  return letter + Array.from(String(layer), (digit) => SUBSCRIPTS[Number(digit)]).join("");
}

/** The kind, the letter and the layer of a symbol; without a letter if it is none of those that formulas use. */
export function parsed(symbol: string, last: number) {
  const [, before = "", letter = "", digits = ""] = SYMBOL.exec(symbol) ?? [];
  const layer = letter === "ŷ" ? last : Number(Array.from(digits, (digit) => SUBSCRIPTS.indexOf(digit)).join(""));
  const kinds: Record<string, string> = { "": "value", "∂L/∂": "gradient", Δ: "change" };
  return { kind: kinds[before] ?? "slope", letter, layer };
}
