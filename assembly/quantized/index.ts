/**
 * The entry of the builds for quantized models. The caller runs one function after the other over a block of rows. All
 * give the same bits in both builds: integer sums are exact, and no multiplication is fused with an addition.
 */
export { listedRows, listSteps, productRows } from "./products";
export { activateRows, quantizeRows, scaleRows } from "./rows";
