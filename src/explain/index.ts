/** What `simdgrad/explain` exports. No logic. */
export { type Explanation, explain } from "./explain.js";
export type { ExplainStep, ExplainValue } from "./steps.js";
