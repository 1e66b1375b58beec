/** The only entry of the Wasm module. Its one import is `env.memory`; without threads `run` is all that is used. */
export { dismiss } from "./barrier";
export { resume, run, runShared, serve } from "./run";
