/** Exports of `simdgrad/explain`. No logic. */
export { type Explanation, explain } from "./explain.js";
export type { ExplainStep, ExplainValue } from "./scene.js";
