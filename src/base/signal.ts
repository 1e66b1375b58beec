/** The option by which callers end work early. */
import { OptionError, show } from "./errors.js";
import { kindOf, type Signal } from "./kinds.js";
import { optional, via } from "./options.js";

/** An AbortSignal, or nothing. */
export const signalOption = optional(via<Signal, Signal>(checkSignal));

function checkSignal(where: string, value: unknown): Signal {
  if (kindOf(value) === "AbortSignal") return value as Signal;
  throw new OptionError(`${where}: expected an AbortSignal, got ${show(value)}.`);
}
