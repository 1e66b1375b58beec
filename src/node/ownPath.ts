/** The paths that the callbacks of one `fit` write: each has its own. */
import { resolve } from "node:path";
import { OptionError, show } from "../base/errors.js";
import type { Trainer } from "../callbacks/callback.js";

/** The writers of each fit, by what they write. */
const writers = new WeakMap<Trainer, Map<string, string>>();

/**
 * Gives `path`, which `option` names, to the callback `where` while the fit runs. @throws OptionError if another callback
 * of it has the path
 */
export function claimPath(trainer: Trainer, where: string, path: string, option = "path"): void {
  const taken = writers.get(trainer) ?? new Map<string, string>();
  writers.set(trainer, taken);
  const whole = resolve(path);
  const other = taken.get(whole);
  if (other !== undefined) {
    const who = other === where ? `another ${where}` : other;
    throw new OptionError(
      `${where}: ${option}: ${show(path)} is written by ${who} of this fit, too. Give each its own path.`,
    );
  }
  taken.set(whole, where);
}
