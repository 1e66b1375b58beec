/** `simdgrad/node`: functions that need a file system. Node only. */
export { type BackupOptions, backupAndRestore } from "./backupAndRestore.js";
export { type CsvLoggerOptions, csvLogger } from "./csvLogger.js";
export { type ImageData, type MnistOptions, mnist } from "./mnist.js";
export { type FileCheckpointOptions, modelCheckpoint } from "./modelCheckpoint.js";
export { loadModel, saveModel } from "./models.js";
export { readCsv } from "./readCsv.js";
export { type FileContents, saveFile } from "./saveFile.js";
export { type TensorBoardOptions, tensorBoard } from "./tensorBoard.js";
