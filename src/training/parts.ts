/**
 * The parts of one `fit`, by name: what it trains, what a step needs, where rows come from, and who is told. Made by
 * `model/openFit.ts`, used by `Fit`; `trainOnBatch` and `findLearningRate` make only those of a step. Types only.
 */

import type { NonFiniteError } from "../base/errors.js";
import type { Signal } from "../base/kinds.js";
import type { Callback } from "../callbacks/callback.js";
import type { Logs } from "../callbacks/logTypes.js";
import type { Compiled, Program } from "../program/types.js";
import type { Session } from "../runtime/session.js";
import type { BatchSource } from "./batches.js";
import type { Collector } from "./collector.js";
import type { Progress, Run, StoredState } from "./trainingState.js";

/** The part of an AbortController that tells of the end of a model. Programs may have no types of one. */
export interface Disposal {
  readonly signal: Signal;
  abort(): void;
}

/** The model that is trained. */
export interface FitHost {
  /** Aborted when the model is disposed of; made by the first wait that must end then. */
  disposal?: Disposal;
  /** @throws BackendError for a model that was disposed of. */
  checkUsable(where: string): void;
  /** A session with room for `rows` rows that continues with the weights and sums of the present one. */
  enlarge(rows: number): Session;
}

/**
 * Moves the weights after the train section has run on a batch whose mean loss is `loss`. Returns true at a minimum,
 * from which there is no lower point.
 */
export type Minimize = (session: Session, batch: { loss: number; rows: number; learningRate: number }) => boolean;

/**
 * Loss and metrics on the validation data, keys prefixed with `val`; `null` for an epoch without validation. The promise
 * gives `null` if the signal came while a stream was awaited, or between its batches: a resumed fit validates anew.
 */
export type Validate = (epoch: number) => Promise<Logs<string> | null> | null;

/** Those who are told what happens: the callbacks. Methods return `null` if there is nothing to wait for. */
export interface Told {
  /** Rows of the last step that this fit has taken; 0 before it. */
  readonly stepRows: number;
  trainBegin(): Promise<void> | null;
  trainEnd(): Promise<void> | null;
  /** Finds those with a hook for each batch, which they may have got in `onTrainBegin`. */
  listen(): void;
  epochBegin(): Promise<void> | null;
  /** Notifies the remaining callbacks: when one of them saves the model, the others are notified on resuming. */
  epochEnd(end: NonNullable<Run["epochEnd"]>): Promise<void> | null;
  /** Notifies of a batch once, if it is called again after its promise. */
  batchBegin(): Promise<void> | null;
  batchEnd(): Promise<void> | null;
  /** True if a callback wants training to end normally. All callbacks are told of the error. */
  endsQuietly(error: NonFiniteError): Promise<boolean>;
  /** The states of the callbacks, in their order. @throws OptionError for values that a file cannot hold. */
  states(): StoredState[];
}

/** The parts that a step needs. */
export interface StepParts {
  readonly session: Session;
  readonly program: Program;
  readonly compiled: Compiled;
  /** The model's own, or a copy for steps that the model forgets. */
  readonly progress: Progress;
  /** Set if a metric needs every row of an epoch. */
  readonly collector: Collector | null;
  /** Moves the weights, for an optimizer that emits no updates. */
  readonly minimize: Minimize | null;
}

/** The parts of a fit. They do not change, except the session; its position is the `Run`. */
export interface FitParts extends StepParts {
  readonly host: FitHost;
  /** Replaced by a larger one when a stream brings a larger batch. */
  session: Session;
  /** Puts averages in the place of weights, or weights back, if the averages are the model between epochs. */
  readonly average: ((use: boolean) => void) | null;
  readonly source: BatchSource;
  readonly epochs: number;
  /** The option of `fit`. If it is set, passes over the data follow each other without regard to epochs. */
  readonly stepsPerEpoch: number | null;
  readonly callbacks: readonly Callback[];
  readonly validate: Validate | null;
  readonly signal: Signal | null;
}
