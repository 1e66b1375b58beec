/** Where warnings about data go: to the function that the caller gives, or to the console. */
import { OptionError, show } from "../base/errors.js";

/** Takes a warning, in words. */
export type OnWarning = (message: string) => void;

/** @throws OptionError unless it is a function. */
export function checkOnWarning(where: string, onWarning: unknown = console.warn): OnWarning {
  if (typeof onWarning === "function") return onWarning as OnWarning;
  throw new OptionError(`${where}: onWarning: expected a function, got ${show(onWarning)}.`);
}
