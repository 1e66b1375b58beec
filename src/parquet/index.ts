/** `simdgrad/parquet`: tables from Parquet, at once or in pieces. Node only. */
export { type ParquetChunk, parquetChunks } from "./parquetChunks.js";
export { type ParquetOptions, type ParquetTable, readParquet } from "./readParquet.js";
