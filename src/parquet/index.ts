/** `simdgrad/parquet`: tables from Parquet. Node only. */
export { type ParquetOptions, type ParquetTable, readParquet } from "./readParquet.js";
