/**
 * What a model's caller and its worker say to each other, and how values travel: data as buffers that change hands,
 * errors by name. Knows neither workers nor models.
 */
import { Dataset } from "../../data/dataset.js";
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
import type { Logs, Trainer } from "../callbacks/callback.js";
import type { Sequential } from "../sequential.js";

/** Methods that are called on the model in the worker as they are. */
export type RemoteName =
  | "adapt"
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

/** Hooks whose calls travel. `onNonFinite` and the states of callbacks need an answer at once, and stay behind. */
export const travellingHooks = [
  "onTrainBegin",
  "onEpochBegin",
  "onBatchBegin",
  "onBatchEnd",
  "onEpochEnd",
  "onTrainEnd",
] as const;
export type TravellingHook = (typeof travellingHooks)[number];

/** From the caller. */
export type Request =
  | { readonly type: "open"; readonly id: number; readonly options: object; readonly file: Uint8Array | null }
  | {
      readonly type: "call";
      readonly id: number;
      readonly name: RemoteName;
      readonly args: readonly unknown[];
      /** Hooks that someone listens to. */
      readonly hooks: readonly TravellingHook[];
      /** Was the signal aborted before it began? */
      readonly isAborted: boolean;
    }
  | { readonly type: "abort"; readonly id: number }
  | { readonly type: "hooked"; readonly id: number; readonly answer: HookAnswer };

/** What the caller's callbacks want after a hook. */
export interface HookAnswer {
  readonly stopTraining: boolean;
  /** The rate that one of them has set. */
  readonly learningRate: number | null;
  readonly restore: Float32Array | null;
  readonly resumeFrom: Uint8Array | null;
  /** One of them failed; with what, the caller remembers. */
  readonly hasFailed: boolean;
}

/** What a trainer says of itself. */
export type TrainerState = Pick<
  Trainer,
  "stopTraining" | "learningRate" | "epochs" | "metrics" | "validationFreq" | "initialEpoch" | "isInterrupted"
>;

/** What a hook is called with. */
export interface HookCall {
  readonly hook: TravellingHook;
  readonly args: readonly unknown[];
  readonly logs: Logs | null;
  readonly state: TrainerState;
  /** What `snapshot` and `save` give, where a trainer may be asked for them. */
  readonly weights: Float32Array | null;
  readonly file: Uint8Array<ArrayBuffer> | null;
}

/** From the worker. */
export type Reply =
  | { readonly type: "done"; readonly id: number; readonly value: unknown }
  | { readonly type: "failed"; readonly id: number; readonly error: PlainError }
  | { readonly type: "hook"; readonly id: number; readonly call: HookCall }
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

/** A Dataset without its class. */
interface PlainDataset {
  readonly plainDataset: Pick<Dataset, "x" | "y" | "sampleWeight" | "inputShape" | "targetShape">;
}

/** A value as it travels: Datasets as data, arrays in buffers that can be given away. What can be shared is. */
export function toPlain(value: unknown): unknown {
  if (value instanceof Dataset) {
    const { x, y, sampleWeight, inputShape, targetShape } = value;
    return { plainDataset: toPlain({ x, y, sampleWeight, inputShape, targetShape }) };
  }
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) return ownCopy(value as Uint8Array);
  if (typeof value !== "object" || value === null) return value;
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toPlain(inner)]));
}

/** The one copy: the buffer that the user holds stays theirs. Shared memory needs none. */
function ownCopy(array: Uint8Array): Uint8Array {
  return array.buffer instanceof ArrayBuffer ? array.slice() : array;
}

/** The other end of `toPlain`. */
export function fromPlain(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.getPrototypeOf(value) !== Object.prototype) return value;
  if ("plainDataset" in value) {
    const { x, y, sampleWeight, inputShape, targetShape } = (value as PlainDataset).plainDataset;
    const weights = sampleWeight === null ? {} : { sampleWeight };
    return Dataset.from({ x, y, ...weights }, { inputShape, targetShape });
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, fromPlain(inner)]));
}

/** Buffers within a value that is about to be posted and not used again. */
export function buffersOf(value: unknown, found = new Set<ArrayBuffer>()): ArrayBuffer[] {
  if (ArrayBuffer.isView(value)) {
    if (value.buffer instanceof ArrayBuffer && value.byteLength === value.buffer.byteLength) found.add(value.buffer);
  } else if (Array.isArray(value)) {
    if (typeof value[0] === "object") for (const inner of value) buffersOf(inner, found);
  } else if (typeof value === "object" && value !== null) {
    for (const inner of Object.values(value)) buffersOf(inner, found);
  }
  return [...found];
}
