/** A model as steps over one row, which every kind of generated code writes out. Each layer of the registry has a row. */
import { FormatError } from "../../base/errors.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { ActivationSpec } from "../../specs/activations.js";
import type { LayerSpec } from "../../specs/layers/all.js";
import { addEveryLayer } from "../../specs/layers/every.js";
import { type PlacedLayer, placeLayers } from "../../specs/layers/facts.js";
import type { Portable } from "../portable.js";
import { formulaOf } from "./formulas.js";

/** The numbers of a table, as many as its step says. */
export type Table = Float32Array;

/** One step. All but `dense`, `categories` and `glu` may write their results over their input. */
export type Step =
  /** y = x · kernel + bias, with the kernel as [units, inputs]. */
  | { kind: "dense"; inputs: number; units: number; kernel: Table; bias: Table | null }
  /** y = (x − center) · scale + shift, column by column. */
  | { kind: "standardize"; columns: number; center: Table; scale: Table; shift: Table | null }
  | { kind: "line"; columns: number; scale: number; offset: number }
  /** y = f(x) by its formula in z. */
  | { kind: "activation"; columns: number; name: string; formula: string }
  | { kind: "prelu"; columns: number; alpha: Table }
  /** Over `size` values that are `inner` apart, for each of `outer` blocks. */
  | { kind: "softmax"; outer: number; size: number; inner: number; mask: readonly boolean[] | null }
  | { kind: "logSoftmax"; columns: number }
  | { kind: "sparsemax"; columns: number }
  /** The row by its own mean and variance. */
  | { kind: "row"; columns: number; epsilon: number; gamma: Table | null; beta: Table | null }
  /** Groups of `size` channels at each of `length` places, by their own mean and variance. */
  | {
      kind: "groups";
      length: number;
      groups: number;
      size: number;
      epsilon: number;
      gamma: Table | null;
      beta: Table | null;
    }
  /** y = scale x / √(max(share Σx², floor) + epsilon) */
  | { kind: "root"; columns: number; share: number; floor: number; epsilon: number; scale: Table | null }
  /** y = a sigmoid(b), `size` values at a time. */
  | { kind: "glu"; outputs: number; size: number }
  | { kind: "categories"; features: number; tokens: number; isTogether: boolean };

/** A step of one kind. */
export type StepOf<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

/** A layer with its steps; none where it changes nothing. */
export interface LayerSteps extends Pick<PlacedLayer, "name" | "spec" | "inputShape" | "outputShape"> {
  readonly steps: readonly Step[];
}

/** A layer that is being written down. */
interface Place extends PlacedLayer {
  /** Values of a weight. */
  weight(name: string): Table;
  /** Values of a weight that the layer may not have. */
  optional(name: string): Table | null;
}

type Lower<Type extends LayerSpec["type"]> = (
  spec: Extract<LayerSpec, { type: Type }>,
  place: Place,
) => readonly Step[];

const nothing = () => [];

/** Factors of columns are rounded as often as the model rounds them, so that they have the same bits. */
const fround = (value: number) => Math.fround(value);

/** Every layer: its steps outside training. */
const table: { [Type in LayerSpec["type"]]: Lower<Type> } = {
  dense: ({ activation }, place) => denseSteps(activation, place),
  spectralNormalization: ({ activation }, place) => denseSteps(activation, place),
  activation: ({ activation }, { inputShape }) => activationSteps(activation, inputShape),
  prelu: (_, { inputShape, weight }) => [{ kind: "prelu", columns: sizeOf(inputShape), alpha: weight("alpha") }],
  glu: (_, { inputShape }) => [
    { kind: "glu", outputs: sizeOf(inputShape) / 2, size: inputShape[inputShape.length - 1] / 2 },
  ],
  softmax({ axis, mask }, { inputShape }) {
    const at = axis < 0 ? inputShape.length + axis : axis;
    const [outer, inner] = [inputShape.slice(0, at), inputShape.slice(at + 1)].map((part) => sizeOf(part));
    return [{ kind: "softmax", outer, size: inputShape[at], inner, mask }];
  },
  batchNormalization({ epsilon }, { optional, weight }) {
    const [center, variance, gamma] = [weight("movingMean"), weight("movingVariance"), optional("gamma")];
    const scale = variance.map(
      (value, i) => (gamma ? gamma[i] : 1) / fround(Math.sqrt(fround(value + fround(epsilon)))),
    );
    return [{ kind: "standardize", columns: center.length, center, scale, shift: optional("beta") }];
  },
  normalization(_, { weight }) {
    const scale = weight("variance").map((value) => 1 / fround(Math.max(Math.sqrt(value), 1e-7)));
    const center = weight("mean");
    return [{ kind: "standardize", columns: center.length, center, scale, shift: null }];
  },
  layerNormalization: ({ epsilon }, { inputShape: [columns], optional }) => [
    { kind: "row", columns, epsilon, gamma: optional("gamma"), beta: optional("beta") },
  ],
  groupNormalization({ groups: given, epsilon }, { inputShape, optional }) {
    const channels = inputShape[inputShape.length - 1];
    const groups = given === -1 ? channels : given;
    const sizes = { length: sizeOf(inputShape) / channels, groups, size: channels / groups };
    return [{ kind: "groups", ...sizes, epsilon, gamma: optional("gamma"), beta: optional("beta") }];
  },
  rmsNormalization: ({ epsilon }, { inputShape: [columns], weight }) => [
    { kind: "root", columns, share: 1 / columns, floor: 0, epsilon, scale: weight("scale") },
  ],
  unitNormalization: (_, { inputShape: [columns] }) => [
    { kind: "root", columns, share: 1, floor: 1e-12, epsilon: 0, scale: null },
  ],
  rescaling: ({ scale, offset }, { inputShape }) => [{ kind: "line", columns: sizeOf(inputShape), scale, offset }],
  categoryEncoding: ({ numTokens: tokens, outputMode }, { inputShape: [features] }) => [
    { kind: "categories", features, tokens, isTogether: outputMode === "multiHot" },
  ],
  flatten: nothing,
  reshape: nothing,
  dropout: nothing,
  alphaDropout: nothing,
  gaussianDropout: nothing,
  gaussianNoise: nothing,
  activityRegularization: nothing,
};

function denseSteps(activation: ActivationSpec, { inputShape, outputShape, weight, optional }: Place): Step[] {
  const [inputs, units] = [sizeOf(inputShape), sizeOf(outputShape)];
  const stored = weight("kernel");
  const kernel = new Float32Array(stored.length);
  for (let i = 0; i < inputs; i++) for (let j = 0; j < units; j++) kernel[j * inputs + i] = stored[i * units + j];
  return [
    { kind: "dense", inputs, units, kernel, bias: optional("bias") },
    ...activationSteps(activation, outputShape),
  ];
}

function activationSteps(activation: ActivationSpec, shape: Shape): Step[] {
  const columns = sizeOf(shape);
  const { type: name } = activation;
  if (name === "softmax") return [{ kind: "softmax", outer: 1, size: columns, inner: 1, mask: null }];
  if (name === "logSoftmax" || name === "sparsemax") return [{ kind: name, columns }];
  const formula = formulaOf(activation) ?? "";
  return formula === "z" ? [] : [{ kind: "activation", columns, name, formula }];
}

/** The layers of a model with their steps. @throws FormatError for a layer that has none, or lacks a weight */
export function stepsOf(where: string, { layers, inputShape }: Portable): LayerSteps[] {
  addEveryLayer();
  const placed = placeLayers(
    layers.map(({ spec }) => spec),
    inputShape,
  );
  return placed.map((layer, i) => {
    const { name, spec, outputShape } = layer;
    const lower = Object.hasOwn(table, spec.type) ? (table[spec.type] as Lower<LayerSpec["type"]>) : null;
    if (!lower) throw new FormatError(`${where}: ${name}: ${spec.type} cannot be written as code. Leave it out.`);
    const optional = (own: string) => layers[i].weights.get(own)?.data ?? null;
    const weight = (own: string) => {
      const data = optional(own);
      if (data) return data;
      throw new FormatError(`${where}: ${name}/${own} is missing. Give the model itself, or what portableOf returned.`);
    };
    const steps = lower(spec as never, { ...layer, weight, optional });
    return { name, spec, inputShape: layer.inputShape, outputShape, steps };
  });
}
