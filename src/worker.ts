/**
 * The entry point `simdgrad/worker`, for pages whose models are all in workers: the names of the main entry point, with a
 * `Sequential` of its own; what looks into models of this thread is not there. No logic.
 */

export * from "./base/index.js";
export * from "./callbacks/index.js";
export * from "./check/index.js";
export * from "./data/index.js";
export * from "./model/index.js";
export * from "./program/index.js";
export * from "./remote/index.js";
export { type InWorker, Sequential } from "./remote/sequential.js";
export * from "./runtime/index.js";
export * from "./specs/index.js";
export * from "./state/index.js";
export * from "./training/index.js";
