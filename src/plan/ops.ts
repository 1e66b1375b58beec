/**
 * All ops, one constant each: its opcode, the fields of its records in the order of their words, and the amount of
 * work. The types of records, the encoder, the reference backend, traces, profiles and `assembly/ops/` follow from
 * them. Import this file as a namespace, `import * as Op`: a program then holds the ops that it uses, and no others.
 */
export * from "./coreOps.js";
export * from "./layerOps.js";
export * from "./rareUpdateOps.js";
export * from "./ruleOps.js";
export * from "./updateOps.js";
