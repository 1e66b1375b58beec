/** The entry of the Wasm modules with threads. */
export { dismiss } from "./barrier";
export { run, widen } from "./index";
export { resume, runShared, serve } from "./run";
