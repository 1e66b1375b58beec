/** Copies of the states of callbacks, to save with a run and to restore. */
import { show } from "../base/errors.js";
import { copyObject } from "../base/json.js";
import type { Callback, CallbackState } from "../callbacks/callback.js";
import { isFloat32Array, type StoredState } from "./trainingState.js";

/** The states of the callbacks, in their order. @throws OptionError for values that a file cannot hold. */
export function statesOf(callbacks: readonly Callback[]): StoredState[] {
  return callbacks.flatMap(({ name, getState }, i) => {
    if (!getState) return [];
    const where = `fit: callbacks: ${show(name)}: getState`;
    return [{ name: name as string, state: copyState(where, getState.call(callbacks[i])) }];
  });
}

/** A copy of the state of a callback. @throws OptionError for values that a file cannot hold. */
export function copyState(where: string, state: CallbackState): CallbackState {
  const copied = copyObject(where, withoutUndefined(state), (value) => {
    if (typeof value === "number") return value;
    return isFloat32Array(value) ? value.slice() : undefined;
  });
  return copied as CallbackState;
}

function withoutUndefined(state: CallbackState): CallbackState {
  if (typeof state !== "object" || state === null || Array.isArray(state)) return state;
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}
