/** False in the small builds, which leave out what only some layers need (`use` in asconfig.json; src/plan/common.ts). */
declare const EVERY: bool;
