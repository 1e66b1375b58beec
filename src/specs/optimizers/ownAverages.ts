/** The options of averages, in optimizers that take an average of their own. */
import { OptionError } from "../../base/errors.js";
import { type CommonSpec, commonOptions } from "./optimizer.js";

/** Options of averages, which an optimizer with an average of its own does not take. */
export type OwnAverages = "useEma" | "emaMomentum" | "emaOverwriteFrequency";

/** Refuses options of the averages of an optimizer that takes its own. @throws OptionError */
export function checkOwnAverages(spec: CommonSpec & { readonly type: string }): void {
  const { type, useEma, emaMomentum, emaOverwriteFrequency } = spec;
  const isPlain = emaMomentum === commonOptions.emaMomentum.fallback;
  if (useEma && isPlain && emaOverwriteFrequency === null) return;
  const option = !useEma ? "useEma" : isPlain ? "emaOverwriteFrequency" : "emaMomentum";
  throw new OptionError(`${type}: ${option}: this optimizer takes an average of its own. Leave ${option} out.`);
}
