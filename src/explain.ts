/** What `simdgrad/explain` exports. No logic. */
export { type Explanation, explain } from "./explain/explain.js";
export type { ExplainStep, ExplainValue } from "./explain/steps.js";
