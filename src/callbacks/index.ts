/** Callbacks of training: the public part of this room. */

export type {
  BatchPosition,
  Callback,
  CallbackState,
  CallbackValue,
  StepTensor,
  StepTensors,
  Trainer,
} from "./callback.js";
export { type EarlyStoppingOptions, earlyStopping } from "./earlyStopping.js";
export { learningRateScheduler, type ReduceLROnPlateauOptions, reduceLROnPlateau } from "./learningRate.js";
export type { Evaluation, History, LogName, Logs, MonitorName, TrainLog } from "./logTypes.js";
export {
  type CheckpointMoment,
  type CheckpointOptions,
  type ModelCheckpointOptions,
  modelCheckpoint,
} from "./modelCheckpoint.js";
export type { MonitorMode, MonitorOptions } from "./monitor.js";
export { type ProgressOptions, progress } from "./progress.js";
export { terminateOnNaN } from "./terminateOnNaN.js";
export { type TrainingControl, trainingControl } from "./trainingControl.js";
