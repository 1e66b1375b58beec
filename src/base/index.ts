/** Errors and shapes: the public part of this room. */

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
export type { Shape } from "./shape.js";
