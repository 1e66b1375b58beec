/** The softmax layer: along one dimension of a row, with values that take no part. */
import { counted } from "../../base/counted.js";
import { checkBoolean, OptionError, ShapeError } from "../../base/errors.js";
import { exp } from "../../base/math.js";
import { type Given, listOf, nullable, number, type Spec, via } from "../../base/options.js";
import { formatShape, type Shape, sizeOf } from "../../base/shape.js";
import * as Op from "../../plan/layerScriptOps.js";
import type { TensorRef } from "../../plan/tensor.js";
import { activationLayer } from "./activation.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";
import { type LayerScript, layerScript } from "./script.js";

const list = /* @__PURE__ */ listOf<boolean, boolean>("a list of booleans", /* @__PURE__ */ via(checkBoolean), 1);

function checkMask(where: string, value: unknown): readonly boolean[] {
  const mask = list.check(where, value);
  if (!mask.includes(true)) throw new OptionError(`${where}: at least one value must take part. Set one to true.`);
  return mask;
}

/** Options of `softmax`. */
const softmaxOptions = {
  /** Dimension of a row, from 0, or from the end with -1. @default -1 */
  axis: number({ min: -(2 ** 24), max: 2 ** 24, integer: true }, -1),
  /** True for each value along the axis that takes part; the others become 0. `null` for all. @default null */
  mask: nullable<readonly boolean[], readonly boolean[]>(/* @__PURE__ */ via(checkMask)),
  /** @default "softmax_1", "softmax_2", … */
  name: layerName,
};

/** Options of `softmax`. */
export interface SoftmaxOptions extends Given<typeof softmaxOptions> {}

/** A softmax layer with every option spelled out. */
export interface SoftmaxSpec extends Spec<"softmax", typeof softmaxOptions> {}

/**
 * y = eˣ / Σeˣ along one dimension of a row, over the values that the mask lets take part; the others become 0, and
 * get no gradient. Shapes: [*, …] to [*, …]. As Keras 3's `Softmax(axis)`; its mask is an input, this one is the same
 * for all rows: outputs that a model has but that cannot occur. `axis` counts the dimensions of a row, without the
 * batch.
 *
 * @example softmax({ mask: [true, true, false] })
 * @throws OptionError for an unknown option, or a mask that lets none take part; ShapeError, when a model is made, for
 * an axis that a row does not have, a mask of another length, and an axis of one value, which becomes 1.
 */
export function softmax(options: SoftmaxOptions = {}): SoftmaxSpec {
  return makeLayer("softmax", softmaxLayer, softmaxOptions, options, arguments);
}

/** True if it is the activation of that name, which a loss can take over. */
const isPlain = ({ axis, mask }: SoftmaxSpec, { length }: Shape) =>
  !mask && length === 1 && (axis === -1 || axis === 0);

export const softmaxLayer: LayerDefinition<SoftmaxSpec, SoftmaxOptions> = {
  resolve: (options) => softmax(options),
  outputShape({ axis, mask }, inputShape, name) {
    const size = inputShape.at(axis);
    const shape = formatShape(inputShape, { batch: true });
    if (size === undefined || axis >= inputShape.length) {
      const range = `from ${-inputShape.length} to ${inputShape.length - 1}`;
      throw new ShapeError(
        `${name}: axis: expected a dimension of rows of ${shape}, ${range}, got ${axis}. Give one of these.`,
      );
    }
    if (mask && mask.length !== size) {
      const got = `got ${mask.length}`;
      throw new ShapeError(
        `${name}: mask: expected ${counted(size, "boolean")} for ${shape}, ${got}. Give one for each value.`,
      );
    }
    if (size === 1)
      throw new ShapeError(`${name}: softmax over one value is 1 for every row. Use another axis, or leave it out.`);
    return inputShape;
  },
  emit: emitSoftmax,
  detail: ({ axis, mask }) => [axis !== -1 && `axis ${axis}`, mask && "masked"].filter(Boolean).join(", ") || null,
};

function emitSoftmax(spec: SoftmaxSpec, context: EmitContext, x: TensorRef): Emitted {
  const { tape, name, stepwise, inputShape } = context;
  if (isPlain(spec, inputShape)) {
    const activation = { type: "softmax" } as const;
    return activationLayer.emit({ type: "activation", activation }, { ...context, activation }, x);
  }
  const axis = spec.axis < 0 ? inputShape.length + spec.axis : spec.axis;
  const [outer, inner] = [inputShape.slice(0, axis), inputShape.slice(axis + 1)].map((part) => sizeOf(part));
  const sizes = { size: inputShape[axis], inner, outer };
  const mask = spec.mask && tape.constant(`${name}/mask`, spec.mask.map(Number));
  const columns = x.shape[0];
  const y = tape.rows(`${name}/h`, columns);
  tape.emit({ op: Op.MaskedSoftmax, script: layerScript(forward), x, y, mask, ...sizes });
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (!wantsInputGradient) return null;
      const dx = stepwise ? tape.rows(gradientName(x.name), columns) : dy;
      tape.emit({ op: Op.MaskedSoftmaxBackward, script: layerScript(backward), y, dy, dx, ...sizes });
      return dx;
    },
  };
}

/** The index of the first value of a group in a row. */
const firstOf = (group: number, { size, inner }: { size: number; inner: number }) =>
  Math.floor(group / inner) * size * inner + (group % inner);

/** y = eˣ / Σeˣ over the values of a group that take part, 0 for the others; all 0 if every one is −∞. */
const forward: LayerScript<typeof Op.MaskedSoftmax> = (f, rows, record) => {
  const { x, y, mask, size, inner, outer } = record;
  const powers = new Float64Array(size);
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < outer * inner; group++) {
      const first = firstOf(group, record);
      const from = x.at + row * x.stride + first;
      let largest = -Infinity;
      for (let k = 0; k < size; k++) {
        powers[k] = mask && f[mask + k] === 0 ? -Infinity : f[from + k * inner];
        if (powers[k] > largest) largest = powers[k];
      }
      let sum = 0;
      for (let k = 0; k < size; k++) {
        powers[k] = powers[k] === -Infinity ? 0 : exp(powers[k] - largest);
        sum += powers[k];
      }
      const to = y.at + row * y.stride + first;
      for (let k = 0; k < size; k++) f[to + k * inner] = sum === 0 ? 0 : powers[k] / sum;
    }
  }
};

/** dx = y (dy − Σ y dy), group by group */
const backward: LayerScript<typeof Op.MaskedSoftmaxBackward> = (f, rows, record) => {
  const { y, dy, dx, size, inner, outer } = record;
  for (let row = 0; row < rows; row++) {
    for (let group = 0; group < outer * inner; group++) {
      const first = firstOf(group, record);
      const [output, upstream, to] = [y, dy, dx].map(({ at, stride }) => at + row * stride + first);
      let sum = 0;
      for (let k = 0; k < size; k++) sum += f[output + k * inner] * f[upstream + k * inner];
      for (let k = 0; k < size; k++) f[to + k * inner] = f[output + k * inner] * (f[upstream + k * inner] - sum);
    }
  }
};
