/** `simdgrad/browser`: models in the storage of a page, as downloads, and from files that people pick. */
export * from "./models.js";
