/** The option that lets callers stop work early. */
import { OptionError, show } from "./errors.js";
import { kindOf, type Signal } from "./kinds.js";
import { type Option, optional, via } from "./options.js";

/** A separate type, so that declarations name `Signal` and not the type it resolves to when they are built. */
export interface SignalOption extends Option<Signal, Signal, "optional"> {}

/** An optional AbortSignal. */
export const signalOption: SignalOption = optional(via<Signal, Signal>(checkSignal));

function checkSignal(where: string, value: unknown): Signal {
  if (kindOf(value) === "AbortSignal") return value as Signal;
  throw new OptionError(`${where}: expected an AbortSignal, got ${show(value)}.`);
}
