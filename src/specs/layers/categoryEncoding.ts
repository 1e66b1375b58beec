/** The category encoding layer: category numbers as zeros and ones. It comes first, so data are checked on entry. */

import { DataError } from "../../base/errors.js";
import type { NumericArray } from "../../base/kinds.js";
import { type Given, number, oneOf, type Spec } from "../../base/options.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, expectFeatures, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";

/** Options of `categoryEncoding`. */
const categoryEncodingOptions = {
  /** Number of categories: inputs are integers from 0 to numTokens − 1. */
  numTokens: number({ min: 1, max: 2 ** 24, integer: true }),
  /** `multiHot`: one row of zeros and ones for all features together; `oneHot`: one for each. @default "multiHot" */
  outputMode: oneOf(["multiHot", "oneHot"], "multiHot"),
  /** @default "categoryEncoding_1", "categoryEncoding_2", … */
  name: layerName,
};

/** Options of `categoryEncoding`. */
export interface CategoryEncodingOptions extends Given<typeof categoryEncodingOptions> {}

/** A category encoding layer with every option spelled out. */
export interface CategoryEncodingSpec extends Spec<"categoryEncoding", typeof categoryEncodingOptions> {}

/**
 * Turns category numbers into zeros and ones, as in Keras. `multiHot`: [*, n] to [*, numTokens], with a 1 for each
 * category that occurs in the row. `oneHot`: [*, 1] to [*, numTokens], and [*, n] to [*, n, numTokens], with one 1 for
 * each feature; put flatten() after the latter.
 *
 * Only flatten() and reshape() may come before it: `fit`, `evaluate`, `predict` and the like refuse, with a DataError,
 * inputs that are not integers from 0 to numTokens − 1.
 *
 * @example categoryEncoding({ numTokens: 7, outputMode: "oneHot" })
 * @throws OptionError for a missing or impossible numTokens, an unknown mode or option.
 */
export function categoryEncoding(options: CategoryEncodingOptions): CategoryEncodingSpec {
  return makeLayer("categoryEncoding", categoryEncodingLayer, categoryEncodingOptions, options, arguments);
}

export const categoryEncodingLayer: LayerDefinition<CategoryEncodingSpec, CategoryEncodingOptions> = {
  resolve: (options) => categoryEncoding(options),
  outputShape({ numTokens, outputMode }, inputShape, name) {
    const features = expectFeatures(name, inputShape);
    return outputMode === "multiHot" || features === 1 ? [numTokens] : [features, numTokens];
  },
  emit: emitCategoryEncoding,
  detail: ({ outputMode }) => outputMode,
  checkInput: checkCategories,
  scalesInput: true,
};

function checkCategories(where: string, { numTokens }: CategoryEncodingSpec, x: NumericArray, features: number): void {
  for (let i = 0; i < x.length; i++) {
    if (Number.isInteger(x[i]) && x[i] >= 0 && x[i] < numTokens) continue;
    const place = `row ${Math.floor(i / features)}, column ${i % features}`;
    throw new DataError(`${where}: ${place}: expected an integer category from 0 to ${numTokens - 1}, got ${x[i]}.`);
  }
}

function emitCategoryEncoding(spec: CategoryEncodingSpec, { tape, name }: EmitContext, x: TensorRef): Emitted {
  const { numTokens: tokens, outputMode } = spec;
  const features = x.shape[0];
  const together = outputMode === "multiHot";
  const y = tape.rows(`${name}/h`, together ? tokens : features * tokens);
  tape.emit({ op: Op.CategoryEncoding, x, y, features, tokens, together: Number(together) });
  return { y, backward: () => null }; // category numbers have no slope
}
