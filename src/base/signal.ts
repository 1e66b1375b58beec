/** The option by which callers end work early. */
import { OptionError, show } from "./errors.js";
import { kindOf, type Signal } from "./kinds.js";
import { type Option, optional, via } from "./options.js";

/** A type of its own, so that declarations name `Signal` and not what it is where they are made. */
export interface SignalOption extends Option<Signal, Signal, "optional"> {}

/** An AbortSignal, or nothing. */
export const signalOption: SignalOption = optional(via<Signal, Signal>(checkSignal));

function checkSignal(where: string, value: unknown): Signal {
  if (kindOf(value) === "AbortSignal") return value as Signal;
  throw new OptionError(`${where}: expected an AbortSignal, got ${show(value)}.`);
}
