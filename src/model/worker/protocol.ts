/**
 * What a model's caller and its worker say to each other. Knows neither workers nor models; `values.ts` says how values
 * travel.
 */

import {
  BackendError,
  DataError,
  FormatError,
  type NonFiniteDetails,
  NonFiniteError,
  OptionError,
  ShapeError,
  SimdgradError,
} from "../../errors.js";
import type { JsonObject } from "../../json.js";
import type { PlacedLayer } from "../../layers/index.js";
import type { CallbackState, HookName, StepTensors, Trainer, TrainerNeed } from "../callbacks/callback.js";
import type { Compiled } from "../compile.js";
import type { Logs } from "../logTypes.js";
import type { Sequential } from "../sequential.js";

/** Methods that are called on the model in the worker as they are. */
export type RemoteName =
  | "adapt"
  | "check"
  | "compile"
  | "fit"
  | "trainOnBatch"
  | "evaluate"
  | "predict"
  | "getWeights"
  | "setWeights"
  | "useAverages"
  | "summary"
  | "info"
  | "trace"
  | "save";

/** A method of the model as it is called from afar. */
export type Remote<Name extends RemoteName> = (
  ...args: Parameters<Sequential[Name]>
) => Promise<Awaited<ReturnType<Sequential[Name]>>>;

/** What the caller keeps of the model. */
export interface Mirror {
  readonly layers: readonly PlacedLayer[];
  readonly compiled: Compiled | null;
  readonly metadata: JsonObject | null;
}

/** A callback of the caller: the hooks it has, and what it remembers. */
export interface DistantCallback {
  readonly name: string | undefined;
  readonly hooks: readonly HookName[];
  /** `null` for a callback without a state. */
  readonly state: CallbackState | null;
}

/** From the caller. */
export type Request =
  | {
      readonly type: "open";
      readonly id: number;
      readonly options: object;
      readonly file: Uint8Array | null;
      /** Metadata that were set since the file was made. */
      readonly metadata: JsonObject | null | undefined;
    }
  | {
      readonly type: "call";
      readonly id: number;
      readonly name: RemoteName;
      readonly args: readonly unknown[];
      readonly callbacks: readonly DistantCallback[];
      /** True if the signal was aborted before the call. */
      readonly isAborted: boolean;
    }
  | { readonly type: "metadata"; readonly metadata: JsonObject | null }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "need"; readonly id: number; readonly needs: readonly TrainerNeed[] }
  | { readonly type: "hooked"; readonly id: number; readonly answer: HookAnswer }
  | { readonly type: "pulled"; readonly id: number; readonly reader: number; readonly result: Pulled }
  /** The end of the model, where no worker ends with it. */
  | { readonly type: "end" };

/** An element of a stream, or its end, or a failure that the caller remembers. */
export interface Pulled {
  readonly done: boolean;
  readonly value: unknown;
  readonly hasFailed: boolean;
}

/** What a callback of the caller wants after a hook. */
export interface HookAnswer {
  readonly stopTraining: boolean;
  /** The rate that it has set. */
  readonly learningRate: number | null;
  readonly restore: Float32Array | null;
  readonly resumeFrom: Uint8Array | null;
  /** What it remembers now. */
  readonly state: CallbackState | null;
  /** Of `onNonFinite`: true if training is to end in good order. */
  readonly isForgiven: boolean;
  /** True if it failed; the caller remembers with what. */
  readonly hasFailed: boolean;
}

/** What a trainer says of itself. */
export type TrainerState = Pick<
  Trainer,
  "stopTraining" | "learningRate" | "epochs" | "metrics" | "validationFreq" | "initialEpoch" | "isInterrupted"
>;

/** What a trainer is asked for in a hook. */
export interface TrainerData {
  readonly weights: Float32Array | null;
  readonly file: Uint8Array<ArrayBuffer> | null;
  readonly step: StepTensors | null;
}

/** A call of one hook of one callback. */
export interface HookCall {
  /** Place of the callback. */
  readonly index: number;
  readonly hook: HookName;
  readonly args: readonly unknown[];
  readonly logs: Logs<string> | null;
  readonly error: PlainError | null;
  readonly state: TrainerState;
}

/** From the worker. */
export type Reply =
  | { readonly type: "done"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: PlainError }
  | { readonly type: "hook"; readonly id: number; readonly call: HookCall }
  | { readonly type: "needed"; readonly id: number; readonly data: TrainerData }
  | { readonly type: "setState"; readonly id: number; readonly index: number; readonly state: CallbackState }
  | { readonly type: "warning"; readonly id: number; readonly message: string }
  /** The next element of a pass over stream `stream`, or with `ends` its end. */
  | {
      readonly type: "pull";
      readonly id: number;
      readonly stream: number;
      readonly pass: number;
      readonly reader: number;
      readonly ends: boolean;
    }
  /** The model's file, to go on from if the worker should die. */
  | { readonly type: "keep"; readonly file: Uint8Array };

/** An error of the library, or of an engine, as data. */
export interface PlainError {
  readonly name: string;
  readonly message: string;
  readonly details: NonFiniteDetails | undefined;
}

const errorClasses = { ShapeError, OptionError, DataError, FormatError, BackendError, SimdgradError };

export function toPlainError(error: unknown): PlainError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), details: undefined };
  const details = error instanceof NonFiniteError ? error.details : undefined;
  return { name: error.name, message: error.message, details };
}

/** The error in a class of this side; what is not the library's own becomes a BackendError. */
export function fromPlainError({ name, message, details }: PlainError): SimdgradError {
  if (name === "NonFiniteError") return new NonFiniteError(message, details);
  if (Object.hasOwn(errorClasses, name)) return new errorClasses[name as keyof typeof errorClasses](message);
  return new BackendError(`${name} in the worker of a model: ${message}`);
}
