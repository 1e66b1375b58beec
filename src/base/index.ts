/** Errors, shapes and JSON: the public part of this room. */

export {
  BackendError,
  DataError,
  FormatError,
  type NonFiniteDetails,
  NonFiniteError,
  OptionError,
  ShapeError,
  SimdgradError,
} from "./errors.js";
export type { Json, JsonObject } from "./json.js";
export type { Shape } from "./shape.js";
