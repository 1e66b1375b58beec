export { type ExportCOptions, exportC } from "./c.js";
export { type ExportModuleOptions, exportModule } from "./module.js";
export { type ExportPageOptions, exportPage, type Pad } from "./page.js";
export {
  type QuantizationReport,
  type QuantizationReportOptions,
  type QuantizedLayer,
  quantizationReport,
} from "./report.js";
export type { Source } from "./source.js";
