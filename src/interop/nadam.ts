/** The number that Nadam of Keras and PyTorch keeps, and ours computes anew. */
import { exp, log } from "../base/math.js";

const LOG_096 = /* @__PURE__ */ log(0.96);

/** The product of β₁ (1 − ½ · 0.96^(t · momentumDecay)) over the steps t = 1 … `step`. */
export function nadamProduct(beta1: number, momentumDecay: number, step: number): number {
  let product = 1;
  for (let t = 1; t <= step && product > 0; t++) product *= beta1 * (1 - 0.5 * exp(t * momentumDecay * LOG_096));
  return product;
}
