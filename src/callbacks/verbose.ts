/** The callback that `verbose: 1` adds to a fit. A separate module, so that it is loaded only then. */
export { progress as verboseProgress } from "./progress.js";
