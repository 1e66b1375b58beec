/** The options a model was compiled with: the public part of this room. */

export type { Compiled } from "./types.js";
