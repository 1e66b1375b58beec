/**
 * Where `trace` comes from: it is there with the model. The build for bundlers has `tracingForBundlers.ts` in place of this
 * file, as a page should not download it before it needs it.
 */
import { traceModel } from "./trace.js";

export { traceModel };

/** For the other form. */
export function keepTrace(_loaded: typeof traceModel): void {}
