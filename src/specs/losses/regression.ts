/** Losses of numbers: errors, quantiles, directions and counts. */

import { factory, moreFactory } from "./factory.js";
import { moreLosses } from "./more.js";

/** L = mean over rows and outputs of (ŷ − y)². Targets: one number per output. */
export const meanSquaredError = /* @__PURE__ */ factory("meanSquaredError");

/** L = mean over rows and outputs of |ŷ − y|. Targets: one number per output. */
export const meanAbsoluteError = /* @__PURE__ */ factory("meanAbsoluteError");

/** L = mean over rows and outputs of 100 |ŷ − y| / max(|y|, 1e-7). Targets: one number per output. */
export const meanAbsolutePercentageError = /* @__PURE__ */ factory("meanAbsolutePercentageError");

/** L = mean over rows and outputs of (ln(1 + ŷ) − ln(1 + y))²; ŷ and y are kept above 1e-7. Targets: >= 0. */
export const meanSquaredLogarithmicError = /* @__PURE__ */ factory("meanSquaredLogarithmicError");

/**
 * L = mean over rows and outputs of e²/2 where |e| <= delta, else delta (|e| − delta/2), with e = ŷ − y (Huber 1964).
 * PyTorch's `HuberLoss`. Targets: one number per output.
 * @throws OptionError unless delta > 0.
 */
export const huber = /* @__PURE__ */ factory("huber");

/** L = mean over rows and outputs of ln cosh(ŷ − y). Targets: one number per output. */
export const logCosh = /* @__PURE__ */ factory("logCosh");

/**
 * L = mean over rows and outputs of max(q e, (q − 1) e), with e = y − ŷ and q = quantile: the prediction becomes the
 * q-quantile of the targets, the median by default (Koenker and Bassett 1978; scikit-learn's
 * `mean_pinball_loss(alpha)`). Targets: one number per output.
 * @throws OptionError unless 0 < quantile < 1.
 */
export const pinball = /* @__PURE__ */ factory("pinball");

/**
 * L = −mean over rows of the cosine of the angle between ŷ and y: −1 where they point the same way. As in Keras, norms
 * are at least 1e-7; a ŷ that short gets no gradient. Targets: numbers, at least two outputs.
 */
export const cosineSimilarity = /* @__PURE__ */ factory("cosineSimilarity");

/**
 * L = mean over rows and outputs of ŷ − y ln(ŷ + 1e-7), for rates ŷ > 0: end with exponential or softplus.
 * Targets: >= 0.
 */
export const poisson = /* @__PURE__ */ factory("poisson");

/**
 * L = mean over rows and outputs of e²/(2 beta) where |e| < beta, else |e| − beta/2, with e = ŷ − y: PyTorch's
 * `SmoothL1Loss`, which is `huber` divided by its delta. For PyTorch's beta of 0 use `meanAbsoluteError`. Targets: one
 * number per output.
 * @throws OptionError unless beta > 0.
 */
export const smoothL1 = /* @__PURE__ */ moreFactory(moreLosses, "smoothL1");

/**
 * L = mean over rows and outputs of e^ŷ − y ŷ, for logarithms of rates, or with `logInput: false` of
 * ŷ − y ln(ŷ + eps), for rates: PyTorch's `PoissonNLLLoss`. With `full` also Stirling's y ln y − y + ln(2π y)/2 for
 * y > 1, which does not change gradients. Targets: >= 0.
 * @throws OptionError unless eps > 0.
 */
export const poissonNll = /* @__PURE__ */ moreFactory(moreLosses, "poissonNll");

/**
 * L = mean over rows and targets of (ln v + (m − y)²/v)/2 (Nix and Weigend 1994; PyTorch's `GaussianNLLLoss`). A model
 * for n targets has 2n outputs: n means m, then n variances v >= eps. Variances below eps count as eps, also those
 * below 0, which PyTorch refuses; as in PyTorch, they keep the gradient of eps. With `logVariance` the second half are
 * logarithms of variances, so that a linear last layer suits both halves. With `full` also ln(2π)/2. Metrics read means
 * alone.
 * @throws OptionError unless eps > 0; by `compile`, for an odd number of outputs.
 */
export const gaussianNll = /* @__PURE__ */ moreFactory(moreLosses, "gaussianNll");
