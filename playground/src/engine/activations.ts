/** The activations of a model's dense layers: those of a model that was brought need not be the page's. */
import type { ModelLayer } from "simdgrad";

/** The activation of a dense layer. */
export interface OwnActivation {
  /** Name of the dense layer. */
  readonly name: string;
  readonly activation: string;
  /** Name of the layer that computes it: the dense layer, or the one after it. */
  readonly at: string;
}

/** The activation of each dense layer, in it or after it. */
export function activationsOf(layers: readonly Pick<ModelLayer, "name" | "spec">[]): OwnActivation[] {
  return layers.flatMap(({ name, spec }, i): OwnActivation[] => {
    if (spec.type !== "dense") return [];
    const own = typeOf(spec.activation);
    const next = layers[i + 1];
    const after = next?.spec.type === "activation" ? next.spec.activation : next?.spec.type === "softmax" && "softmax";
    return [
      own === "linear" && after
        ? { name, activation: typeOf(after), at: next.name }
        : { name, activation: own, at: name },
    ];
  });
}

function typeOf(activation: string | { readonly type: string } | undefined): string {
  return typeof activation === "string" ? activation : (activation?.type ?? "linear");
}
