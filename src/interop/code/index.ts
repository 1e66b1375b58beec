export { type ExportCOptions, exportC } from "./c.js";
export { exportModule } from "./module.js";
export type { Source } from "./source.js";
