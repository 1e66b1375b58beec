/** No builds with common kernels alone, in Node: nothing is downloaded, so every kernel is there from the start. */
import type { commonSources as sources } from "./commonSources.js";

export const commonSources: typeof sources = {};
