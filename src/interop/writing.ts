/** Options that every writer has. */
import { func, type Given } from "../base/options.js";

/** Options that every writer has. */
export const writingOptions = {
  /** Told each thing that the format does not keep, in one sentence. @default console.warn */
  onWarning: func<(message: string) => unknown>(() => console.warn),
};

/** Options that every writer has. */
export interface WritingOptions extends Given<typeof writingOptions> {}
