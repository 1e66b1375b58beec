/** The only entry of the Wasm module. It imports only `env.memory`; without threads, only `run` and `widen` are used. */
export { dismiss } from "./barrier";
export { resume, run, runShared, serve } from "./run";
export { widen } from "./widen";
