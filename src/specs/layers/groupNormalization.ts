/** The group normalization layer: groups of channels of each row, by their own mean and variance. */
import { checkNumber, OptionError, ShapeError, show } from "../../base/errors.js";
import { flag, type Given, number, type Spec, via } from "../../base/options.js";
import { type Shape, sizeOf } from "../../base/shape.js";
import type { Floats } from "../../plan/controlBlock.js";
import * as ScriptOp from "../../plan/layerScriptOps.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { compatOption, perCompat } from "../compat.js";
import { type AffineOptions, type AffineSpec, affineOptions, affineParameters } from "./affine.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";
import { type LayerScript, layerScript } from "./script.js";

function checkGroups(where: string, value: unknown): number {
  const groups = checkNumber(where, value, { min: -1, max: 2 ** 24, integer: true }, "-1 or ");
  if (groups === 0) throw new OptionError(`${where}: expected -1 or an integer >= 1, got ${show(value)}.`);
  return groups;
}

/** Options of `groupNormalization`. */
const groupNormalizationOptions = {
  /** Number of groups, which divides the number of channels; -1 for a group for each channel. @default 32 */
  groups: via<number, number>(checkGroups, 32),
  /** Added to the variance, > 0. @default 1e-3, or 1e-5 with compat: "torch" */
  epsilon: number({ above: 0 }, perCompat(1e-3, 1e-5)),
  ...affineOptions,
  /** The library whose default epsilon is used. @default "keras" */
  compat: compatOption,
  /** False freezes gamma and beta. @default true */
  trainable: flag(true),
  /** @default "groupNormalization_1", "groupNormalization_2", … */
  name: layerName,
};

/** Options of `groupNormalization`. */
export interface GroupNormalizationOptions extends AffineOptions, Given<typeof groupNormalizationOptions> {}

/** A group normalization layer with every option spelled out. */
export interface GroupNormalizationSpec
  extends AffineSpec,
    Spec<"groupNormalization", Omit<typeof groupNormalizationOptions, "compat">> {}

/**
 * y = gamma (x − μ) / √(σ² + ε) + beta, with mean μ and biased variance σ² of each group of channels of each row (Wu
 * and He 2018). The last dimension holds the channels; a group takes its channels at all places of the dimensions
 * before it. Shapes: [*, …, channels] to the same; gamma and beta are [channels]. It does the same in `fit`, `evaluate`
 * and `predict`. groups: 1 normalizes a row of features as `layerNormalization` does; -1 is instance normalization.
 * Defaults are those of Keras 3's `GroupNormalization`; PyTorch's epsilon is 1e-5: `compat: "torch"`.
 *
 * @example groupNormalization({ groups: 4 }) // after dense({ units: 32 })
 * @throws OptionError for an unknown option or a number out of range; ShapeError, when a model is made, for groups that
 * do not divide the channels, and for groups of one value, which would all become 0.
 */
export function groupNormalization(options: GroupNormalizationOptions = {}): GroupNormalizationSpec {
  const table = groupNormalizationOptions;
  const { compat: _, ...spec } = makeLayer("groupNormalization", groupNormalizationLayer, table, options, arguments);
  return spec;
}

export const groupNormalizationLayer: LayerDefinition<GroupNormalizationSpec, GroupNormalizationOptions> = {
  resolve: (options) => groupNormalization(options),
  outputShape({ groups }, inputShape, name) {
    const { channels, count, length } = sizesOf(groups, inputShape);
    if (channels % count !== 0) {
      throw new ShapeError(
        `${name}: groups: expected a divisor of the ${channels} channels, got ${groups}. Give a number that divides them.`,
      );
    }
    if (length * channels === count) {
      throw new ShapeError(
        `${name}: groups: ${groups} gives groups of one value, which all become 0. Give fewer groups.`,
      );
    }
    return inputShape;
  },
  parameters: (spec, inputShape) => affineParameters(spec, inputShape[inputShape.length - 1], spec.trainable),
  emit: emitGroupNormalization,
  scalesInput: true,
  detail: ({ groups }) => (groups === -1 ? "instances" : `${groups} groups`),
};

function sizesOf(groups: number, inputShape: Shape) {
  const channels = inputShape[inputShape.length - 1];
  return { channels, count: groups === -1 ? channels : groups, length: sizeOf(inputShape) / channels };
}

function emitGroupNormalization(spec: GroupNormalizationSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, parameters, stepwise, inputShape } = context;
  const { gamma = null, beta = null } = parameters;
  const columns = x.shape[0];
  const { channels, count: groups, length } = sizesOf(spec.groups, inputShape);
  const sizes = { length, groups, size: channels / groups, epsilon: spec.epsilon };
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: ScriptOp.GroupNormalization, script: layerScript(forward), x, y, gamma, beta, ...sizes });
  const emitSum = (from: TensorRef, parameter: TensorRef) => {
    const out = tape.twin(parameter, "grads");
    if (length === 1) tape.emit({ op: Op.ColumnSum, x: from, out, columns });
    else tape.emit({ op: ScriptOp.ChannelSum, script: layerScript(channelSum), x: from, out, length, channels });
  };
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (spec.trainable && beta) emitSum(dy, beta);
      const slope = spec.trainable && gamma ? tape.rows(`${name}/slope`, columns) : null;
      const inPlace = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      const dx = wantsInputGradient ? inPlace : null;
      const script = layerScript(backward);
      const record = { op: ScriptOp.GroupNormalizationBackward, script, x, dy, dx, slope, gamma, ...sizes };
      if (dx || slope) tape.emit(record);
      if (gamma && slope) emitSum(slope, gamma);
      return dx;
    },
  };
}

interface Sizes {
  readonly length: number;
  readonly groups: number;
  readonly size: number;
  readonly epsilon: number;
}

/** Mean, and 1 / √(variance + epsilon), of the group whose first value lies at `from`. */
function describe(f: Floats, from: number, { length, groups, size, epsilon }: Sizes): { mean: number; s: number } {
  const channels = groups * size;
  let [sum, squares] = [0, 0];
  for (let i = 0; i < length; i++) for (let k = 0; k < size; k++) sum += f[from + i * channels + k];
  const mean = sum / (length * size);
  for (let i = 0; i < length; i++) {
    for (let k = 0; k < size; k++) {
      const d = f[from + i * channels + k] - mean;
      squares += d * d;
    }
  }
  return { mean, s: 1 / Math.sqrt(squares / (length * size) + epsilon) };
}

const forward: LayerScript<typeof ScriptOp.GroupNormalization> = (f, rows, record) => {
  const { x, y, gamma, beta, length, groups, size } = record;
  const channels = groups * size;
  for (let row = 0; row < rows; row++) {
    const [from, to] = [x.at + row * x.stride, y.at + row * y.stride];
    for (let first = 0; first < channels; first += size) {
      const { mean, s } = describe(f, from + first, record);
      for (let i = 0; i < length; i++) {
        for (let channel = first; channel < first + size; channel++) {
          const j = i * channels + channel;
          const value = (f[from + j] - mean) * s * (gamma ? f[gamma + channel] : 1);
          f[to + j] = value + (beta ? f[beta + channel] : 0);
        }
      }
    }
  }
};

/** With g = gamma dy, d = x − mean: dx = s (g − mean(g) − d s² mean(d g)), slope = d s dy. */
const backward: LayerScript<typeof ScriptOp.GroupNormalizationBackward> = (f, rows, record) => {
  const { x, dy, dx, slope, gamma, length, groups, size } = record;
  const channels = groups * size;
  const count = length * size;
  for (let row = 0; row < rows; row++) {
    const [from, upstream] = [x.at + row * x.stride, dy.at + row * dy.stride];
    for (let first = 0; first < channels; first += size) {
      const { mean, s } = describe(f, from + first, record);
      let [sum, product] = [0, 0];
      for (let i = 0; i < length; i++) {
        for (let channel = first; channel < first + size; channel++) {
          const j = i * channels + channel;
          const g = f[upstream + j] * (gamma ? f[gamma + channel] : 1);
          sum += g;
          product += (f[from + j] - mean) * g;
        }
      }
      for (let i = 0; i < length; i++) {
        for (let channel = first; channel < first + size; channel++) {
          const j = i * channels + channel;
          const [given, d] = [f[upstream + j], f[from + j] - mean];
          const g = given * (gamma ? f[gamma + channel] : 1);
          if (slope.at) f[slope.at + row * slope.stride + j] = d * s * given;
          if (dx.at) f[dx.at + row * dx.stride + j] = s * (g - sum / count - (d * s * s * product) / count);
        }
      }
    }
  }
};

/** out = sum of x over rows and places, channel by channel */
const channelSum: LayerScript<typeof ScriptOp.ChannelSum> = (f, rows, { x, out, length, channels }) => {
  for (let channel = 0; channel < channels; channel++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) {
      for (let i = 0; i < length; i++) sum += f[x.at + row * x.stride + i * channels + channel];
    }
    f[out + channel] = sum;
  }
};
