/** Stages of a sample's way through the diagram. Plain data, but for the formula with the numbers of any one neuron. */
import type { WalkValue } from "../engine/protocol.js";

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
export interface Known {
  readonly layer: number;
  readonly inputSymbol: string;
  readonly input: Float32Array;
  readonly kernel: Float32Array;
  readonly bias: Float32Array | null;
  readonly z: Float32Array;
  output: WalkValue | null;
  slope: Float32Array | null;
  upstream: Float32Array | null;
  dz: Float32Array;
}

/** A stage before it gets its place among the others. */
export type Draft = Pick<Stage, "title" | "formula" | "layer" | "worked"> & {
  readonly on?: OnLayer;
  readonly links?: OnLinks;
  readonly note?: string;
  readonly place?: number;
};
