/** A model as a plain chain of dense layers, for formats that know nothing else. */
import { FormatError } from "../base/errors.js";
import { type ActivationSpec, resolveActivation } from "../specs/activations.js";
import type { DenseSpec } from "../specs/layers/dense.js";
import type { Portable, PortableLayer, PortableTensor } from "./portable.js";

/** A dense layer with the activation after it, whichever way it was spelled. */
export interface Link {
  readonly name: string;
  readonly spec: DenseSpec;
  readonly kernel: PortableTensor;
  /** `null` without a bias. */
  readonly bias: PortableTensor | null;
  readonly activation: ActivationSpec;
}

/** The scale of the inputs: (x − mean) / scale. */
export interface InputScale {
  readonly mean: Float32Array;
  readonly variance: Float32Array;
}

/** A chain of dense layers. */
export interface Chain {
  /** `null` if the inputs are taken as they are. */
  readonly scale: InputScale | null;
  readonly links: readonly Link[];
  /** Names of layers that do nothing but in training, with their types. */
  readonly idle: readonly string[];
}

/** Layers that pass their input on when a model predicts. */
const IDLE: ReadonlySet<string> = /* @__PURE__ */ new Set([
  ...["dropout", "alphaDropout", "gaussianDropout", "gaussianNoise", "activityRegularization"],
]);

/** True for a type of layer that acts in training alone. */
export function isIdle(type: string): boolean {
  return IDLE.has(type);
}

/** Layers that keep the values of a row, and so do nothing before the first dense layer. */
const SHAPING = new Set(["flatten", "reshape"]);

/**
 * The dense layers of a model, each with its activation.
 * @param what the format, for messages: "scikit-learn's MLP"
 * @throws FormatError naming a layer of another kind
 */
export function chainOf(where: string, what: string, { layers }: Portable): Chain {
  const links: Link[] = [];
  const idle: string[] = [];
  let scale: InputScale | null = null;
  for (const layer of layers) {
    const { name, spec } = layer;
    const isFirst = links.length === 0 && scale === null;
    const last = links[links.length - 1];
    if (spec.type === "dense") links.push(linkOf(layer, spec));
    else if (spec.type === "activation" && last?.activation.type === "linear") {
      links[links.length - 1] = { ...last, activation: spec.activation };
    } else if (spec.type === "normalization" && isFirst) scale = scaleOf(layer);
    else if (isIdle(spec.type)) idle.push(`${name} (${spec.type})`);
    else if (!(SHAPING.has(spec.type) && links.length === 0)) {
      throw new FormatError(
        `${where}: ${name}: ${what} has dense layers only${scale || !isFirst ? "" : " after scaled inputs"}, ` +
          `got ${spec.type}. Export to another format, such as simdgrad/onnx, or leave the layer out.`,
      );
    }
  }
  return { scale, links, idle };
}

function linkOf({ name, weights }: PortableLayer, spec: DenseSpec): Link {
  const kernel = weights.get("kernel") as PortableTensor;
  return { name, spec, kernel, bias: weights.get("bias") ?? null, activation: spec.activation };
}

function scaleOf({ weights }: PortableLayer): InputScale {
  return {
    mean: (weights.get("mean") as PortableTensor).data,
    variance: (weights.get("variance") as PortableTensor).data,
  };
}

/** One sentence about layers that only training needs; none if there are none. */
export function idleNotes(idle: readonly string[]): string[] {
  return idle.length > 0 ? [`Only training needs ${idle.join(", ")}; left out.`] : [];
}

/** One sentence for each thing in layers that only training needs, for formats that only predict. */
export function trainingNotes({ layers }: Pick<Portable, "layers">): string[] {
  const idle = layers.filter(({ spec }) => isIdle(spec.type));
  const dense = layers.filter(({ spec }) => spec.type === "spectralNormalization");
  return [
    ...idleNotes(idle.map(({ name }) => name)),
    ...dense.map(({ name }) => `${name} becomes a dense layer: its vector is left out.`),
  ];
}

/** An activation in words, with a word about options that are not its own. */
export function activationText(spec: ActivationSpec): string {
  const isPlain = JSON.stringify(resolveActivation("activation", spec.type)) === JSON.stringify(spec);
  return isPlain ? spec.type : `${spec.type} with options`;
}
