export { type CompactOptions, compact } from "./compact.js";
