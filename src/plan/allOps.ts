/**
 * All ops as one object, for what reads records of any op: the reference backend, and views of a plan. A module apart
 * from `ops.ts`, which models import, so that programs hold this object only if they need it.
 */
export * from "./ops.js";
