/** Our layers as PyTorch's modules: the code that makes them, and the names of their weights. */
import { FormatError } from "../../base/errors.js";
import type { Shape } from "../../base/shape.js";
import type { ActivationSpec } from "../../specs/activations.js";
import type { PlacedLayer } from "../../specs/layers/facts.js";
import { isIdle } from "../chain.js";

/** A weight of a module: PyTorch's name for it, and ours. */
export interface TorchWeight {
  /** `weight`, `running_mean` */
  readonly name: string;
  /** `kernel`; `null` for a value that our layer does not have, which is `fill` throughout. */
  readonly own: string | null;
  readonly fill?: number;
  /** Its shape in PyTorch. */
  readonly shape: Shape;
  /** True if the optimizer moves it. */
  readonly isTrained: boolean;
  /** True for a parameter, false for a buffer. */
  readonly isParameter: boolean;
  /** True if rows and columns change places. */
  readonly isTransposed: boolean;
}

/** A module of `nn.Sequential`. */
export interface TorchModule {
  /** The name of our layer. */
  readonly layer: string;
  /** `nn.Linear(5, 3)` */
  readonly code: string;
  readonly weights: readonly TorchWeight[];
  /** Name of a class of the generated file that the code needs. */
  readonly needs?: string;
  /** Things that training does otherwise there, one sentence each. */
  readonly notes?: readonly string[];
}

/** A number as Python reads it, to the last bit. */
export function py(value: number): string {
  return Number.isInteger(value) && Math.abs(value) < 1e15 ? value.toFixed(1) : String(value);
}

const bool = (value: boolean) => (value ? "True" : "False");

/** The module of an activation. @throws FormatError if PyTorch has none with its options */
function activationModule(where: string, activation: ActivationSpec): Omit<TorchModule, "layer" | "weights"> | null {
  switch (activation.type) {
    case "linear":
      return null;
    case "relu":
      return reluModule(activation);
    case "leakyRelu":
      return { code: `nn.LeakyReLU(${py(activation.negativeSlope)})` };
    case "elu":
      return { code: `nn.ELU(${py(activation.alpha)})` };
    case "celu":
      return { code: `nn.CELU(${py(activation.alpha)})` };
    case "softShrink":
      return { code: `nn.Softshrink(${py(activation.threshold)})` };
    case "hardShrink":
      return { code: `nn.Hardshrink(${py(activation.threshold)})` };
    case "gelu":
      return { code: `nn.GELU(approximate="${activation.approximate ? "tanh" : "none"}")` };
    case "threshold":
      return { code: `nn.Threshold(${py(activation.threshold)}, ${py(activation.defaultValue)})` };
    case "squareplus":
      return { code: `Squareplus(${py(activation.b)})`, needs: "Squareplus" };
    case "sparsemax":
      return { code: "Sparsemax()", needs: "Sparsemax" };
    default: {
      const code = PLAIN[activation.type];
      if (!code) {
        throw new FormatError(`${where}: PyTorch has no ${activation.type}. Leave it out, or export to simdgrad/onnx.`);
      }
      return code.startsWith("nn.") ? { code } : { code, needs: code.slice(0, -2) };
    }
  }
}

/** Modules without options. Names without `nn.` are classes of the generated file. */
const PLAIN: Readonly<Record<string, string | undefined>> = {
  relu6: "nn.ReLU6()",
  selu: "nn.SELU()",
  sigmoid: "nn.Sigmoid()",
  hardSigmoid: "nn.Hardsigmoid()",
  logSigmoid: "nn.LogSigmoid()",
  tanh: "nn.Tanh()",
  hardTanh: "nn.Hardtanh()",
  tanhShrink: "nn.Tanhshrink()",
  softplus: "nn.Softplus()",
  softsign: "nn.Softsign()",
  silu: "nn.SiLU()",
  hardSilu: "nn.Hardswish()",
  mish: "nn.Mish()",
  softmax: "nn.Softmax(dim=-1)",
  logSoftmax: "nn.LogSoftmax(dim=-1)",
  exponential: "Exponential()",
  sparsePlus: "SparsePlus()",
  sparseSigmoid: "SparseSigmoid()",
};

function reluModule(spec: ActivationSpec & { type: "relu" }): Omit<TorchModule, "layer" | "weights"> {
  const { negativeSlope = 0, maxValue = null, threshold = 0 } = spec;
  if (threshold === 0 && maxValue === null) {
    return { code: negativeSlope === 0 ? "nn.ReLU()" : `nn.LeakyReLU(${py(negativeSlope)})` };
  }
  if (threshold === 0 && negativeSlope === 0 && maxValue !== null) return { code: `nn.Hardtanh(0.0, ${py(maxValue)})` };
  const limit = maxValue === null ? "None" : py(maxValue);
  return { code: `Relu(${py(negativeSlope)}, ${limit}, ${py(threshold)})`, needs: "Relu" };
}

/** The modules of a layer: none if only training needs it. @throws FormatError naming the layer */
export function modulesOf(where: string, layer: PlacedLayer): TorchModule[] {
  const { name, spec, inputShape } = layer;
  const place = `${where}: ${name}`;
  const plain = (code: string, more: Partial<TorchModule> = {}): TorchModule => ({
    layer: name,
    code,
    weights: [],
    ...more,
  });
  const activated = (activation: ActivationSpec) => {
    const found = activationModule(place, activation);
    return found ? [plain(found.code, found)] : [];
  };
  const features = inputShape[inputShape.length - 1];
  switch (spec.type) {
    case "dense":
    case "spectralNormalization": {
      const { units, useBias, trainable } = spec;
      const list = [
        weightOf(layer, "weight", "kernel", trainable, true),
        ...(useBias ? [weightOf(layer, "bias", "bias", trainable)] : []),
      ];
      const notes = spec.type === "dense" ? [] : [`${name}: its kernel is not divided by its norm in PyTorch.`];
      if (spec.kernelConstraint || spec.biasConstraint) notes.push(`${name}: constraints of weights are left out.`);
      const code = `nn.Linear(${features}, ${units}, bias=${bool(useBias)})`;
      return [plain(code, { weights: list, notes }), ...activated(spec.activation)];
    }
    case "activation":
      return activated(spec.activation);
    case "prelu":
      if (inputShape.length === 1) {
        return [plain(`nn.PReLU(${features})`, { weights: [weightOf(layer, "weight", "alpha", spec.trainable)] })];
      }
      break;
    case "glu":
      return [plain("nn.GLU(dim=-1)")];
    case "softmax": {
      const dim = spec.axis < 0 ? spec.axis : spec.axis + 1;
      if (spec.mask === null) return [plain(`nn.Softmax(dim=${dim})`)];
      break;
    }
    case "flatten":
      return [plain("nn.Flatten()")];
    case "reshape":
      return [plain("nn.Flatten()"), plain(`nn.Unflatten(1, (${spec.shape.join(", ")},))`)];
    case "dropout":
      return [plain(`nn.Dropout(${py(spec.rate)})`)];
    case "alphaDropout":
      return [plain(`nn.AlphaDropout(${py(spec.rate)})`)];
    case "rescaling":
      return [plain(`Rescaling(${py(spec.scale)}, ${py(spec.offset)})`, { needs: "Rescaling" })];
    case "unitNormalization":
      return [plain("UnitNormalization()", { needs: "UnitNormalization" })];
    case "normalization": {
      const list = ["mean", "variance"].map((own) => ({ ...weightOf(layer, own, own, false), isParameter: false }));
      return [plain(`Normalization(${features})`, { weights: list, needs: "Normalization" })];
    }
    case "rmsNormalization": {
      const list = [weightOf(layer, "weight", "scale", spec.trainable)];
      return [plain(`nn.RMSNorm(${features}, eps=${py(spec.epsilon)})`, { weights: list })];
    }
    case "layerNormalization":
      return [
        plain(`nn.LayerNorm(${features}, eps=${py(spec.epsilon)})`, {
          weights: affine(layer, features, spec.trainable),
        }),
      ];
    case "groupNormalization": {
      const groups = spec.groups === -1 ? features : spec.groups;
      if (inputShape.length > 1) break;
      const code = `nn.GroupNorm(${groups}, ${features}, eps=${py(spec.epsilon)})`;
      return [plain(code, { weights: affine(layer, features, spec.trainable) })];
    }
    case "batchNormalization": {
      const isTorch = spec.compat === "torch";
      const moving = ["movingMean", "movingVariance"].map((own, i) => ({
        ...weightOf(layer, i === 0 ? "running_mean" : "running_var", own, false),
        isParameter: false,
      }));
      const notes = isTorch
        ? []
        : [`${name}: PyTorch's moving variance is the unbiased one; compat: "torch" is the same.`];
      if (!spec.trainable)
        notes.push(`${name}: it is frozen here; in PyTorch call eval() on it to keep its statistics.`);
      const momentum = py(isTorch ? spec.momentum : Number((1 - spec.momentum).toPrecision(12)));
      const code = `nn.BatchNorm1d(${features}, eps=${py(spec.epsilon)}, momentum=${momentum})`;
      return [plain(code, { weights: [...affine(layer, features, spec.trainable), ...moving], notes })];
    }
    default:
      if (isIdle(spec.type)) return [];
  }
  const extra =
    spec.type === "softmax" ? " with a mask" : spec.type === "categoryEncoding" ? "" : " of rows of this shape";
  throw new FormatError(
    `${place}: PyTorch has no module for ${spec.type}${extra}. Leave the layer out, or export to simdgrad/onnx.`,
  );
}

function weightOf(
  layer: PlacedLayer,
  name: string,
  own: string,
  isTrained: boolean,
  isTransposed = false,
): TorchWeight {
  const shape = layer.parameters.find((parameter) => parameter.name === own)?.shape as Shape;
  return { name, own, shape: isTransposed ? [...shape].reverse() : shape, isTrained, isParameter: true, isTransposed };
}

/** gamma and beta; ones and zeros that are not trained in the place of those that the layer lacks. */
function affine(layer: PlacedLayer, features: number, isTrained: boolean): TorchWeight[] {
  return ["gamma", "beta"].map((own, i) => {
    const name = i === 0 ? "weight" : "bias";
    if (layer.parameters.some((parameter) => parameter.name === own)) return weightOf(layer, name, own, isTrained);
    const frozen = { isTrained: false, isParameter: true, isTransposed: false };
    return { name, own: null, fill: 1 - i, shape: [features], ...frozen };
  });
}
