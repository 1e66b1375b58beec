/** The callback that `verbose` adds to a fit. A separate module, so that it is loaded only then. */
export { progress as verboseProgress } from "./progress.js";
