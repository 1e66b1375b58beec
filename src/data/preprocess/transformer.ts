/** The common interface of all transformers, as pipelines use it. Types only. */

/** A transformer that has learned nothing, as plain data: `transformerFromConfig` makes it again. */
export interface TransformerConfig {
  /** Name of its factory. */
  readonly type: string;
  /** Its options; those that are left out have their defaults. */
  readonly options: object;
}

/** A step of pipelines, column transformers and targets: everything of simdgrad that has `fit` and `transform`. */
export interface Transformer {
  readonly type: string;
  // biome-ignore lint/suspicious/noExplicitAny: each takes tables of its own kind, and checks them
  fit(table: any): unknown;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  transform(table: any): any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  inverseTransform?(table: any): any;
  // biome-ignore lint/suspicious/noExplicitAny: as above
  partialFit?(table: any): unknown;
  featureNames(inputs?: readonly string[]): string[];
  getConfig(): TransformerConfig;
  toJSON(): object;
}
