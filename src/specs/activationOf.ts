/** From the code of an activation in a record back to its name. Loaded with the first fit that has callbacks. */
import { ActivationKind } from "../plan/op.js";
import { type ActivationCode, type ActivationName, activationNames, activationTable } from "./activations.js";

/** The name of a kind with the number `alpha`. */
export function activationOf({
  activation: kind,
  alpha,
}: Pick<ActivationCode, "activation" | "alpha">): ActivationName {
  if (kind === ActivationKind.GeluTanh) return "gelu";
  if (kind === ActivationKind.GeneralRelu) return "relu";
  if (kind === ActivationKind.ClippedRelu && alpha !== 6) return "relu";
  return activationNames.find((name) => activationTable[name].kind === kind) ?? "linear";
}
