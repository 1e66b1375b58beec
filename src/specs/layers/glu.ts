/** The gated linear unit layer: half of a row opens and closes the other half. */
import { ShapeError } from "../../base/errors.js";
import type { Given, Spec } from "../../base/options.js";
import { formatShape, sizeOf } from "../../base/shape.js";
import { sigmoid } from "../../base/sigmoids.js";
import * as Op from "../../plan/layerScriptOps.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";
import { type LayerScript, layerScript } from "./script.js";

/** Options of `glu`. */
const gluOptions = {
  /** @default "glu_1", "glu_2", … */
  name: layerName,
};

/** Options of `glu`. */
export interface GluOptions extends Given<typeof gluOptions> {}

/** A gated linear unit layer with every option spelled out. */
export interface GluSpec extends Spec<"glu", typeof gluOptions> {}

/**
 * y = a · sigmoid(b), where a is the first half of the last dimension, and b the second (Dauphin et al. 2017), as
 * PyTorch's `GLU` and Keras 3's activation "glu". Shapes: [*, …, 2n] to [*, …, n].
 *
 * @example [dense({ units: 64 }), glu()] // 32 outputs
 * @throws OptionError for an unknown option; ShapeError, when a model is made, for an odd last dimension.
 */
export function glu(options: GluOptions = {}): GluSpec {
  return makeLayer("glu", gluLayer, gluOptions, options, arguments);
}

export const gluLayer: LayerDefinition<GluSpec, GluOptions> = {
  resolve: (options) => glu(options),
  outputShape(_, inputShape, name) {
    const last = inputShape[inputShape.length - 1];
    if (last % 2 === 0) return [...inputShape.slice(0, -1), last / 2];
    const shape = formatShape(inputShape, { batch: true });
    throw new ShapeError(
      `${name}: expected an even last dimension, which it halves, got ${shape}. Give the layer before it an even number ` +
        `of units.`,
    );
  },
  emit: emitGlu,
};

function emitGlu(_: GluSpec, { tape, name, inputShape }: EmitContext, x: TensorRef): Emitted {
  const inputs = sizeOf(inputShape);
  const sizes = { inputs, outputs: inputs / 2, size: inputShape[inputShape.length - 1] / 2 };
  const y = tape.rows(`${name}/h`, sizes.outputs);
  tape.emit({ op: Op.Glu, script: layerScript(forward), x, y, ...sizes });
  return {
    y,
    backward(dy, wantsInputGradient) {
      if (!wantsInputGradient) return null;
      const dx = tape.rows(gradientName(x.name), inputs);
      tape.emit({ op: Op.GluBackward, script: layerScript(backward), x, dy, dx, ...sizes });
      return dx;
    },
  };
}

/** y = a sigmoid(b), `size` values at a time */
const forward: LayerScript<typeof Op.Glu> = (f, rows, { x, y, outputs, size }) => {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < outputs; j++) {
      const a = x.at + row * x.stride + j + (j - (j % size));
      f[y.at + row * y.stride + j] = f[a] * sigmoid(f[a + size]);
    }
  }
};

/** da = dy s and db = dy a s (1 − s), with s = sigmoid(b) */
const backward: LayerScript<typeof Op.GluBackward> = (f, rows, { x, dy, dx, outputs, size }) => {
  for (let row = 0; row < rows; row++) {
    for (let j = 0; j < outputs; j++) {
      const place = j + (j - (j % size));
      const a = x.at + row * x.stride + place;
      const to = dx.at + row * dx.stride + place;
      const upstream = f[dy.at + row * dy.stride + j];
      const gate = sigmoid(f[a + size]);
      f[to] = upstream * gate;
      f[to + size] = upstream * f[a] * gate * sigmoid(-f[a + size]);
    }
  }
};
