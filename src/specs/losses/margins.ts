/** Losses of scores and embeddings with a margin. */

import { factory, moreFactory } from "./factory.js";
import { moreLosses } from "./more.js";

/** L = mean over rows and outputs of max(1 − y ŷ, 0). Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const hinge = /* @__PURE__ */ factory("hinge");

/** L = mean over rows and outputs of max(1 − y ŷ, 0)². Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const squaredHinge = /* @__PURE__ */ factory("squaredHinge");

/** L = mean over rows of max(max((1 − y) ŷ) − Σ y ŷ + 1, 0). Targets: one-hot, at least two outputs. */
export const categoricalHinge = /* @__PURE__ */ factory("categoricalHinge");

/**
 * L = mean over rows and outputs of ln(1 + e^(−y ŷ)): PyTorch's `SoftMarginLoss`. Targets: −1 and 1, or 0 and 1, where
 * 0 is read as −1; for outputs without activation.
 */
export const softMargin = /* @__PURE__ */ moreFactory(moreLosses, "softMargin");

/**
 * L = mean over rows of Σ max(margin − ŷ[label] + ŷ[j], 0)^p / classes over the other classes j: PyTorch's
 * `MultiMarginLoss`; for its `weight` give `fit` a classWeight. Targets: integer labels; for outputs without
 * activation.
 * @throws OptionError unless p is 1 or 2.
 */
export const multiMargin = /* @__PURE__ */ moreFactory(moreLosses, "multiMargin");

/**
 * L = mean over rows of Σ Σ y[i] (1 − y[j]) max(1 − ŷ[i] + ŷ[j], 0) / outputs over all pairs i, j: every output whose
 * target is 1 should lead those whose target is 0 by 1. PyTorch's `MultiLabelMarginLoss`, whose targets are lists of
 * labels. Targets: 0 and 1, or probabilities, one per output; for outputs without activation.
 */
export const multiLabelMargin = /* @__PURE__ */ moreFactory(moreLosses, "multiLabelMargin");

/**
 * Circle loss (Sun et al. 2020; Keras's `Circle`): embeddings of a class draw together, those of others apart. L = mean
 * over rows of ln(1 + Σ e^(gamma (margin + d) (d − margin)) · Σ e^(gamma max(1 + margin − d, 0) (1 − margin − d))), the
 * first sum over the other rows of the batch with the same label, the second over those with another one, with the
 * distance d = max(1 − ŷᵢ·ŷⱼ, 0). Rows without one of the two have no loss, and the mean leaves them out.
 *
 * Outputs are embeddings of length 1, at least two numbers: end the model with `unitNormalization()`. Targets: one
 * integer label per row, from 0 to 2²⁴ − 1, whatever the number of outputs. The loss depends on `batchSize`, also in
 * `evaluate`, and takes time that grows with its square: choose it so that a batch has several rows of a class. Metrics
 * are functions.
 * @throws OptionError for an unknown option or one out of range; in training, for outputs of another length.
 */
export const circle = /* @__PURE__ */ moreFactory(moreLosses, "circle");
