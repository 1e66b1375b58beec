/** The form of fixtures/layerSteps.json. */
export interface LayerStep {
  /** Plain data of the layer. */
  readonly layer: { readonly type: string };
  readonly inputShape: readonly number[];
  readonly x: readonly (readonly number[])[];
  readonly dy: readonly (readonly number[])[];
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly y: readonly (readonly number[])[];
  readonly dx: readonly (readonly number[])[];
  /** Gradients by weights that are trained. */
  readonly gradients: Readonly<Record<string, readonly number[]>>;
  /** Weights that the layer itself changes, after the step. */
  readonly after?: Readonly<Record<string, readonly number[]>>;
}
