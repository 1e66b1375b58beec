/** Sends warnings about data to the caller's function, or to the console. */
import { OptionError, show } from "../base/errors.js";

/** Receives a warning as text. */
export type OnWarning = (message: string) => void;

/** @throws OptionError unless it is a function. */
export function checkOnWarning(where: string, onWarning: unknown = console.warn): OnWarning {
  if (typeof onWarning === "function") return onWarning as OnWarning;
  throw new OptionError(`${where}: onWarning: expected a function, got ${show(onWarning)}.`);
}
