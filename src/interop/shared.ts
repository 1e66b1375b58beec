/** Names that the entry of every format exports: the model as plain data, and the ways between it and a model. */

export { portableOf, type Savable } from "./fromModel.js";
export type { ClassName, Portable, PortableLayer, PortableTensor, PortableTraining } from "./portable.js";
export { type Imported, modelOf } from "./toModel.js";
