/** False in the small builds, which leave out what only some layers need (`use` in asconfig.json; src/plan/common.ts). */
declare const EVERY: bool;
/** Defined in the relaxed build for quantized models, where `madd` rounds twice as in the strict builds. */
declare const EXACT: bool;
