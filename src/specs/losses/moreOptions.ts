/** Options of the losses in `more.ts`, apart from those of losses with names, which every program contains. */

import { flag, type Given, number } from "../../base/options.js";

/** Options of the losses in `more.ts`. */
export const moreOptions = {
  /**
   * Smooth L1: error from which on it grows linearly, > 0. Tversky: weight of missed targets, >= 0, there by default
   * 0.5. @default 1
   */
  beta: number({ above: 0 }, 1),
  /** Generalized cross-entropy: 0 is the cross-entropy, 1 the absolute error; between them. @default 0.5 */
  q: number({ above: 0, below: 1 }, 0.5),
  /**
   * Multi-class margin: lead of the right class from which on there is no loss. Circle: distance that rows of a class
   * should stay below, 0 to 1, there by default 0.4. @default 1
   */
  margin: number({}, 1),
  /** Multi-class margin: power of the missing lead, 1 or 2. @default 1 */
  p: number({ min: 1, max: 2, integer: true }, 1),
  /** Negative log-likelihoods: adds the terms that do not depend on predictions. @default false */
  full: flag(false),
  /** Poisson: predictions are logarithms of rates. @default true */
  logInput: flag(true),
  /** Gaussian: predictions are logarithms of variances. @default false */
  logVariance: flag(false),
  /** Poisson: added to rates, > 0. Gaussian: smallest variance, > 0, there by default 1e-6. @default 1e-8 */
  eps: number({ above: 0 }, 1e-8),
  /** Circle: a row is not compared with itself. @default true */
  removeDiagonal: flag(true),
};

/** Options of the losses in `more.ts`; each takes some of them. */
export interface MoreLossOptions extends Given<typeof moreOptions> {}
