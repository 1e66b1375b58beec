/** The material of all steps: the trace, the blocks, and the small functions that word their values. */
import { placeOfLargest } from "../base/largest.js";
import type { Trace, TraceTensor } from "../model/trace.js";
import type { BackendFactory } from "../runtime/backend.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { LossSpec } from "../specs/losses/table.js";
import type { Block } from "./blocks.js";
import type { GradientTerm } from "./penalties.js";

/** A value in a step. */
export interface ExplainValue {
  /** As in the formula: `z₁`, `∂L/∂W₁`. */
  readonly symbol: string;
  /** Its name in `model.trace()` or `model.getWeights()`; empty if it has none. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** One step of the explanation. */
export interface ExplainStep {
  /** From 1. For a network with one hidden layer, 1 to 13 are forward and backward pass. */
  readonly number: number;
  readonly title: string;
  readonly formula: string;
  /** The formula with numbers put in, for one element each. */
  readonly worked: readonly string[];
  /** The results of the step. */
  readonly results: readonly ExplainValue[];
  /** Anything else worth knowing; empty if there is nothing. */
  readonly note: string;
}

export type Draft = Omit<ExplainStep, "number" | "note"> & { readonly note?: string };

/** The parts from which the steps are built. */
export interface Scene {
  readonly trace: Trace;
  readonly loss: LossSpec;
  readonly blocks: readonly Block[];
  /** As traced: batch normalization is frozen. */
  readonly layers: readonly PlacedLayer[];
  /** Makes the backend that the model runs on. */
  readonly create: BackendFactory;
}

/** Place of an element in a matrix: `1, 0`, counted from 0. */
export function placeIn(shape: readonly number[], at: number): string {
  const columns = shape[shape.length - 1];
  return shape.length === 2 ? `${Math.floor(at / columns)}, ${at % columns}` : String(at);
}

/** The element that is worked: the largest, which says more than a 0. */
export function placeToShow(data: Float32Array): number {
  return placeOfLargest(data.map(Math.abs), 0, data.length);
}

export function value(symbol: string, name: string, { shape, data }: TraceTensor): ExplainValue {
  return { symbol, name, shape, data };
}

/** `dense_1/h` gives `dense_1/dh`, `x` gives `dx`, `predictions` gives `dPredictions`. */
export function gradientOf(name: string): string {
  return name.replace(/[^/]+$/, (own) => `d${own.length > 1 ? own[0].toUpperCase() + own.slice(1) : own}`);
}

export const by = (symbol: string) => `∂L/∂${symbol}`;
export const added = (terms: readonly GradientTerm[] = []) => terms.map(({ formula }) => ` + ${formula}`).join("");
export const addedAt = (terms: readonly GradientTerm[], at: number) =>
  terms.map(({ worked }) => ` + ${worked(at)}`).join("");

/** The row itself, where it goes in. */
export function given({ trace }: Scene, { input }: Block): ExplainValue[] {
  return input.name === "x" ? [value("x", "x", trace.x)] : [];
}
