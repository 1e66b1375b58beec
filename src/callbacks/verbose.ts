/** What `verbose: 1` adds to a fit. A module of its own, so that it is loaded only then. */
export { progress as verboseProgress } from "./progress.js";
