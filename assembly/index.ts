/** The entry of the Wasm modules without threads. A module imports only `env.memory`. */
export { run } from "./run";
export { widen } from "./widen";
