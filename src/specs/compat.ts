/** The choice between Keras and PyTorch where their formulas or defaults differ. */
import { oneOf } from "../base/options.js";

/** The library whose formula is used: where formulas differ, so do the trajectories. */
export type Compat = "keras" | "torch";

/** The option that chooses the formula. */
export const compatOption = oneOf<Compat>(["keras", "torch"], "keras");

/** A default that depends on the library of the formula. */
// @__NO_SIDE_EFFECTS__
export function perCompat<T>(keras: T, torch: T): (given: { readonly compat?: unknown }) => T {
  return ({ compat }) => (compat === "torch" ? torch : keras);
}
