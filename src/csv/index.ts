/** `simdgrad/csv`: CSV text to columns with types, for `fromTable`. */
export type { CsvColumn, CsvColumnReport, CsvColumnType } from "./infer.js";
export type { CsvOptions } from "./options.js";
export { type CsvTable, parseCsv } from "./parseCsv.js";
