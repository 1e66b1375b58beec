/**
 * Messages between a model's caller and its worker. Errors are sent by name. Values in messages are packed
 * (`values.ts`). Knows neither workers nor models.
 */
import {
  BackendError,
  DataError,
  FormatError,
  NonFiniteError,
  OptionError,
  ShapeError,
  SimdgradError,
} from "../base/errors.js";
import type { hookNames, Trainer } from "../callbacks/callback.js";
import type { Model } from "../model/model.js";
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { StoredState } from "../training/trainingState.js";
import { define, pack, unpack } from "./values.js";

/** Methods of a class, and its properties. */
export type MethodName<T> = { [K in keyof T]: T[K] extends (...args: never[]) => unknown ? K : never }[keyof T];
type PropertyName<T> = Exclude<keyof T & string, MethodName<T>>;

/** The properties of the model, which the caller's side knows without asking. */
export interface Mirror extends Pick<Model, Exclude<PropertyName<Model>, "layers">> {
  readonly layers: readonly PlacedLayer[];
}

/** Methods called on the worker's model; the others are built from these, or end it. */
export type RemoteName = Exclude<MethodName<Model>, "train" | "dispose" | symbol>;

/** A hook of a callback, or the method that restores its state. */
export type Hook = (typeof hookNames)[number] | "setState";

/** A callback as the worker sees it. */
export interface CallbackShape {
  readonly name: string | undefined;
  readonly hooks: readonly Hook[];
  /** True if results of its trainer are sent ahead of each hook, because the callback cannot ask for them. */
  readonly isAhead: boolean;
  readonly state: SentState;
}

/** The state that a callback stores: `null` if it stores none, `"failed"` if its `getState` has thrown. */
export type SentState = StoredState["state"] | null | "failed";

/** A message from the caller. */
export type Request =
  | { readonly type: "open"; readonly id: number; readonly options: unknown; readonly file: unknown }
  | {
      readonly type: "call";
      readonly id: number;
      readonly name: RemoteName;
      readonly args: unknown;
      readonly callbacks: unknown;
      /** True if the signal was aborted before. */
      readonly isAborted: boolean;
    }
  /** Sets a property of the model. */
  | { readonly type: "set"; readonly id: number; readonly name: keyof Mirror; readonly value: unknown }
  /** Asks for the promised result of a method of the trainer. */
  | { readonly type: "later"; readonly id: number; readonly call: number }
  | { readonly type: "abort"; readonly id: number }
  /** The current states of the callbacks. */
  | { readonly type: "states"; readonly id: number; readonly states: unknown }
  /** Uses the trainer; the caller may wait at the mailbox for the result. */
  | ({ readonly type: "ask"; readonly mailbox: Int32Array } & TrainerUse)
  | { readonly type: "fetch"; readonly id: number; readonly mailbox: Int32Array; readonly memory: Uint8Array }
  | ({ readonly type: "tell" } & TrainerUse)
  | { readonly type: "answer"; readonly id: number; readonly question: number; readonly answer: Answer };

/** Calls a method of the trainer, or reads a property, or sets it if there is an argument. */
export interface TrainerUse {
  readonly id: number;
  readonly member: string;
  readonly args: unknown;
  readonly states: unknown;
}

/** The answer to a question, or the fact that the caller's code has thrown; the caller remembers the error. */
export type Answer = { readonly value: unknown } | { readonly hasFailed: true };

/** A message from the worker. */
export type Reply =
  /** With the properties of the model, if the call may have changed them. */
  | { readonly type: "done"; readonly id: number; readonly value: unknown; readonly mirror: unknown }
  /** `isCallers`: the error came from the caller's own code. */
  | { readonly type: "failed"; readonly id: number; readonly error: PlainError; readonly isCallers: boolean }
  | { readonly type: "question"; readonly id: number; readonly question: number; readonly asked: unknown }
  /** The model's file, to resume from if the worker ends. */
  | { readonly type: "keep"; readonly file: unknown };

/** A question from the worker to the caller during a call. */
export type Question = HookQuestion | PullQuestion | WarnQuestion;

/** Passes a warning on; the answer comes when the caller has taken it. */
export interface WarnQuestion {
  readonly type: "warn";
  readonly message: string;
}

export interface HookQuestion {
  readonly type: "hook";
  /** Position of the callback among all. */
  readonly callback: number;
  readonly hook: Hook;
  readonly args: readonly HookArgument[];
  readonly trainer: TrainerState | null;
}

/** An argument of a hook; a function is replaced by its result. */
export type HookArgument =
  | { readonly kind: "trainer" }
  | { readonly kind: "error"; readonly error: PlainError }
  | { readonly kind: "returned" | "value"; readonly value: unknown };

/** The state of a trainer when a hook is called. */
export interface TrainerState {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly methods: readonly string[];
  /** Results of methods that the caller cannot ask for. */
  readonly ahead: Readonly<Partial<Pick<TrainerAnswers, "snapshot" | "save" | "inspect">>>;
}

type TrainerAnswers = { readonly [K in MethodName<Trainer>]: ReturnType<Trainer[K]> };

/** The result of a hook. */
export interface HookAnswer {
  readonly returned: unknown;
  /** The last argument of the hook, which it may have changed. */
  readonly logs: unknown;
  /** The states of all callbacks. */
  readonly states: readonly SentState[];
}

/** Asks for elements of a stream, or ends it. */
export interface PullQuestion {
  readonly type: "next" | "return";
  readonly stream: number;
  /** Number of one pass through the stream. */
  readonly walk: number;
  readonly epoch: number;
  readonly count: number;
}

export interface PullAnswer {
  readonly elements: readonly unknown[];
  readonly isDone: boolean;
}

/** What was thrown, as data. */
export interface PlainError {
  readonly name?: string;
  /** Missing if it was no error, but `value`. */
  readonly message?: string;
  readonly cause?: PlainError;
  /** The errors of an AggregateError. */
  readonly errors?: readonly PlainError[];
  /** Other fields of the error, by name. */
  readonly fields?: readonly (readonly [name: string, value: PlainError])[];
  readonly value?: unknown;
  /** True if `value` was packed, as it cannot be cloned. */
  readonly isPacked?: true;
}

/** Causes of causes that are sent. */
const DEEPEST = 9;

const errorClasses = {
  ...{ ShapeError, OptionError, DataError, FormatError, NonFiniteError, BackendError, SimdgradError },
  ...{ RangeError, SyntaxError, TypeError, Error },
};

/** Own fields that are sent by themselves, or belong to the place where the error was made. */
const KNOWN_FIELDS = ["name", "message", "stack", "cause"];

/** @param sent Errors that were sent with their fields, which is done once: fields may lead back to their error. */
export function toPlainError(error: unknown, depth = 0, sent = new Set<unknown>()): PlainError {
  if (!(error instanceof Error)) return plainValue(error);
  const { name, message, cause } = error;
  const inner = (value: unknown) => toPlainError(value, depth + 1, sent);
  const isDeep = depth >= DEEPEST;
  const hasFields = !isDeep && !sent.has(error);
  sent.add(error);
  const isMany = error instanceof AggregateError && Array.isArray(error.errors);
  const isField = (key: string) => !KNOWN_FIELDS.includes(key) && !(isMany && key === "errors");
  const fields = hasFields ? Object.entries(error).filter(([key]) => isField(key)) : [];
  return {
    ...{ name, message },
    ...(!isDeep && Object.hasOwn(error, "cause") && { cause: inner(cause) }),
    ...(isMany && { errors: hasFields ? error.errors.map(inner) : [] }),
    ...(fields.length > 0 && { fields: fields.map(([key, value]) => [key, inner(value)]) }),
  };
}

function plainValue(value: unknown): PlainError {
  try {
    return { value: structuredClone(value) };
  } catch {
    return { value: pack(value).value, isPacked: true };
  }
}

/** What was thrown, in a class of this side. An error of an unknown class is an Error with its name. */
export function fromPlainError({ name = "", message, cause, errors, fields = [], ...rest }: PlainError): unknown {
  if (message === undefined) return rest.isPacked ? unpack(rest.value) : rest.value;
  const Class = Object.hasOwn(errorClasses, name) ? errorClasses[name as keyof typeof errorClasses] : Error;
  const error = errors ? new AggregateError(errors.map(fromPlainError), message) : new Class(message);
  if (cause) Object.defineProperty(error, "cause", { ...HIDDEN, value: fromPlainError(cause) });
  if (error.name !== name) error.name = name;
  for (const [key, value] of fields) define(error, key, fromPlainError(value));
  return error;
}

/** How engines keep the cause of an error. */
const HIDDEN = { configurable: true, writable: true, enumerable: false };
