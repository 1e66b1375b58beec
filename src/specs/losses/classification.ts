/** Losses of probabilities: cross-entropies and the divergence. */

import { factory, moreFactory } from "./factory.js";
import { moreLosses } from "./more.js";

/** L = mean over rows of Σ y ln(y / ŷ), with y and ŷ kept within [1e-7, 1]. Targets: probabilities, 0 to 1. */
export const klDivergence = /* @__PURE__ */ factory("klDivergence");

/**
 * L = −mean(posWeight y ln ŷ + (1 − y) ln(1 − ŷ)); targets 0 to 1, one per output, each with its own posWeight if that
 * is a list. After a sigmoid layer the loss is computed from the logits, which is exact; otherwise ŷ is clipped
 * to [1e-7, 1 − 1e-7] as in Keras.
 * @throws OptionError for an unknown option or one out of range.
 */
export const binaryCrossentropy = /* @__PURE__ */ factory("binaryCrossentropy");

/**
 * L = −mean over rows of Σ y ln ŷ; targets one-hot or soft, one per class. After a softmax layer it is computed
 * from the logits; else rows of ŷ are scaled to sum 1 and clipped to [1e-7, 1 − 1e-7] as in Keras.
 * @throws OptionError for an unknown option or one out of range.
 */
export const categoricalCrossentropy = /* @__PURE__ */ factory("categoricalCrossentropy");

/**
 * `categoricalCrossentropy` for integer labels: L = −mean over rows of ln ŷ[label]. Rows whose label is `ignoreClass`
 * have neither loss nor gradient, and the mean of a batch divides by the number of its other rows, as in Keras 3 (and
 * PyTorch's `ignore_index`); metrics skip them too, whereas Keras's count them. The loss of an epoch of training
 * weights batches by all of their rows, as Keras's; `evaluate` divides by all rows that count.
 * @throws OptionError for an unknown option, or an ignoreClass that is neither an integer nor `null`.
 */
export const sparseCategoricalCrossentropy = /* @__PURE__ */ factory("sparseCategoricalCrossentropy");

/**
 * L = mean of m^gamma times the binary cross-entropy, with m = y (1 − ŷ) + (1 − y) ŷ, so that predictions that are
 * nearly right count little (Lin et al. 2017); with `applyClassBalancing` also times y alpha + (1 − y)(1 − alpha).
 * Logits and clipping as `binaryCrossentropy`.
 * @throws OptionError for an unknown option or one out of range.
 */
export const binaryFocalCrossentropy = /* @__PURE__ */ factory("binaryFocalCrossentropy");

/**
 * L = −mean over rows of Σ alpha y (1 − ŷ)^gamma ln ŷ (Lin et al. 2017), alpha one number or one per class. Targets,
 * logits and clipping as `categoricalCrossentropy`.
 * @throws OptionError for an unknown option or one out of range.
 */
export const categoricalFocalCrossentropy = /* @__PURE__ */ factory("categoricalFocalCrossentropy");

/**
 * L = mean over rows of (1 − p^q) / q, with p = ŷ[label] kept above 1e-7: near the cross-entropy for small q, near the
 * absolute error for q near 1, which wrong labels disturb less (Zhang and Sabuncu 2018; Keras's
 * `CategoricalGeneralizedCrossEntropy`). Targets: integer labels, after softmax.
 * @throws OptionError unless 0 < q < 1.
 */
export const categoricalGeneralizedCrossEntropy = /* @__PURE__ */ moreFactory(
  moreLosses,
  "categoricalGeneralizedCrossEntropy",
);

/**
 * L = mean over rows of 1 − 2 Σ y ŷ / (Σ y + Σ ŷ + 1e-7): the share of outputs and targets that do not overlap, for
 * masks (Milletari et al. 2016). Keras's `Dice(axis=-1)`; Keras's default takes one sum over all rows of a batch.
 * Targets: probabilities, 0 to 1, one per output, after sigmoid.
 */
export const dice = /* @__PURE__ */ moreFactory(moreLosses, "dice");

/**
 * L = mean over rows of 1 − Σ y ŷ / (Σ y ŷ + alpha Σ (1 − y) ŷ + beta Σ y (1 − ŷ) + 1e-7): `dice` with a weight for
 * outputs beyond their targets, and one for missed targets (Salehi et al. 2017). Keras's `Tversky(alpha, beta)` per
 * row, as its `axis=-1`; Keras 3.15 has alpha and beta the other way round (ADR 23). Targets: probabilities, 0 to 1,
 * one per output, after sigmoid.
 * @throws OptionError for a weight below 0.
 */
export const tversky = /* @__PURE__ */ moreFactory(moreLosses, "tversky");
