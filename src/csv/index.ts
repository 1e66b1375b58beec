/** `simdgrad/csv`: tables from CSV, at once or in pieces. */
export { type ByteStream, type CsvChunk, csvChunks } from "./chunks.js";
export type { CsvColumn, CsvColumnReport, CsvColumnType } from "./infer.js";
export type { CsvOptions } from "./options.js";
export { type CsvTable, parseCsv } from "./parseCsv.js";
export { type SampleCsvOptions, type SampledCsv, sampleCsv } from "./sampleCsv.js";
