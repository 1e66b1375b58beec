/** Losses of scores with a margin. */

import { factory, moreFactory } from "./factory.js";
import { moreLosses } from "./more.js";

/** L = mean over rows and outputs of max(1 − y ŷ, 0). Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const hinge = /* @__PURE__ */ factory("hinge");

/** L = mean over rows and outputs of max(1 − y ŷ, 0)². Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const squaredHinge = /* @__PURE__ */ factory("squaredHinge");

/** L = mean over rows of max(max((1 − y) ŷ) − Σ y ŷ + 1, 0). Targets: one-hot, at least two outputs. */
export const categoricalHinge = /* @__PURE__ */ factory("categoricalHinge");

/**
 * L = mean over rows and outputs of ln(1 + e^(−y ŷ)): PyTorch's `SoftMarginLoss`. Targets: −1 and 1, or 0 and 1, where 0
 * is read as −1; for outputs without activation.
 */
export const softMargin = /* @__PURE__ */ moreFactory(moreLosses, "softMargin");

/**
 * L = mean over rows of Σ max(margin − ŷ[label] + ŷ[j], 0)^p / classes over the other classes j: PyTorch's
 * `MultiMarginLoss`; for its `weight` give `fit` a classWeight. Targets: integer labels; for outputs without activation.
 * @throws OptionError unless p is 1 or 2.
 */
export const multiMargin = /* @__PURE__ */ moreFactory(moreLosses, "multiMargin");

/**
 * L = mean over rows of Σ Σ y[i] (1 − y[j]) max(1 − ŷ[i] + ŷ[j], 0) / outputs over all pairs i, j: every output whose
 * target is 1 should lead those whose target is 0 by 1. PyTorch's `MultiLabelMarginLoss`, whose targets are lists of
 * labels. Targets: 0 and 1, or probabilities, one per output; for outputs without activation.
 */
export const multiLabelMargin = /* @__PURE__ */ moreFactory(moreLosses, "multiLabelMargin");
