export { type ExportCOptions, exportC } from "./c.js";
export { exportModule } from "./module.js";
export { type ExportPageOptions, exportPage, type Pad } from "./page.js";
export type { Source } from "./source.js";
