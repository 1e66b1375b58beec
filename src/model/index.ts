/** Models and their options: the public part of this room. */

export type { EvaluateOptions } from "./evaluate.js";
export type { SaveOptions } from "./file.js";
export { freeze, type ModelLayer, type TrainedLayer, unfreeze, type WorkerLayer } from "./layers.js";
export type { Model, ModelInfo } from "./model.js";
export type { CompileOptions, RuntimeOptions, SequentialOptions } from "./options.js";
export type { PredictClassesOptions } from "./predictClasses.js";
export type { Trace, TraceOptions, TraceTensor } from "./trace.js";
