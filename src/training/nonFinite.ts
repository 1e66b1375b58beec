/** From a step that was refused to the error that says why. The search for the cause is loaded when a step fails. */
import { NonFiniteError } from "../base/errors.js";
import { RefusedStep } from "./refusedStep.js";

/** The error for what a step threw. @param checkAlive Throws when the model was disposed of meanwhile. */
export async function explained(error: unknown, checkAlive = () => {}): Promise<unknown> {
  if (!(error instanceof RefusedStep)) return error;
  const found = await import("./diagnose.js").catch(() => null);
  checkAlive();
  if (found) return found.diagnose(error);
  const { epoch, step } = error.position;
  const details = { epoch, step, tensor: "loss", cause: "unknown" };
  return new NonFiniteError(`fit: epoch ${epoch}, step ${step}: the step is not finite.`, details);
}
