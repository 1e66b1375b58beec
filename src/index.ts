/** The public API: what the rooms show of themselves. No logic. */

export * from "./base/index.js";
export * from "./callbacks/index.js";
export * from "./check/index.js";
export * from "./data/index.js";
export * from "./inspect/index.js";
export * from "./model/index.js";
export * from "./program/index.js";
export * from "./remote/index.js";
export * from "./runtime/index.js";
export { Sequential } from "./sequential.js";
export * from "./specs/index.js";
export * from "./state/index.js";
export * from "./training/index.js";
