/** The only entry of the Wasm module: one export, and one import, `env.memory`. */
export { run } from "./run";
