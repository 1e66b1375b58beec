/** Facts that generated code states about a model: names of classes and inputs, and how outputs are read as classes. */
import { SimdgradError } from "../../base/errors.js";
import { readingOf } from "../../model/predictClasses.js";
import { lastActivation } from "../../specs/layers/facts.js";
import type { ClassName, Portable } from "../portable.js";
import type { LayerSteps } from "./steps.js";

/** One of several classes, the second of two where the output is above `cut`, or a yes or no for each output. */
export type ClassReading =
  | { readonly kind: "largest" }
  | { readonly kind: "binary"; readonly cut: number }
  | { readonly kind: "each"; readonly cut: number };

/** The reading of outputs by `predictClasses` of the model; `null` for numbers. */
export function classReadingOf(
  { compiled }: Portable,
  layers: readonly LayerSteps[],
  outputs: number,
): ClassReading | null {
  try {
    const { spec } = layers[layers.length - 1];
    const { task, cut } = readingOf("predictClass", lastActivation(spec), compiled?.loss, outputs);
    if (task === "multiclass") return { kind: "largest" };
    return { kind: task === "binary" ? "binary" : "each", cut: cut() };
  } catch (error) {
    if (error instanceof SimdgradError) return null; // numbers, which is what the error says
    throw error;
  }
}

/** A list of names as JavaScript that may stand in a page: without `<` and line separators. */
export function namesText(names: readonly ClassName[] | null): string {
  return names === null ? "null" : `[${names.map(scriptText).join(", ")}]`;
}

/** Text, a number or a boolean as JavaScript that may stand in a page. */
export function scriptText(value: ClassName): string {
  const escaped = (sign: string) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, "0")}`;
  return JSON.stringify(value).replace(/[<\u2028\u2029]/g, escaped);
}
