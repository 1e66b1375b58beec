/** Functions for the records of an update: each has the name of its op. */
export * from "./adam.js";
export * from "./adaptive.js";
export * from "./constraints.js";
export * from "./gradients.js";
export * from "./penalties.js";
export * from "./sgd.js";
export * from "./weights.js";
