/** Losses of scores with a margin. */

import { factory } from "./table.js";

/** L = mean over rows and outputs of max(1 − y ŷ, 0). Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const hinge = /* @__PURE__ */ factory("hinge");

/** L = mean over rows and outputs of max(1 − y ŷ, 0)². Targets: −1 and 1, or 0 and 1, where 0 is read as −1. */
export const squaredHinge = /* @__PURE__ */ factory("squaredHinge");

/** L = mean over rows of max(max((1 − y) ŷ) − Σ y ŷ + 1, 0). Targets: one-hot, at least two outputs. */
export const categoricalHinge = /* @__PURE__ */ factory("categoricalHinge");
