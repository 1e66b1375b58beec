export { exportModule } from "./module.js";
export type { Source } from "./source.js";
