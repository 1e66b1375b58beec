/** The activity regularization layer: a penalty on the values that pass it, as part of the loss. */
import { type Given, number, type Spec } from "../../base/options.js";
import * as ScriptOp from "../../plan/layerScriptOps.js";
import * as Op from "../../plan/ops.js";
import type { TensorRef } from "../../plan/tensor.js";
import { type EmitContext, type Emitted, gradientName, type LayerDefinition, layerName } from "./layer.js";
import { makeLayer } from "./registry.js";
import { type LayerScript, layerScript } from "./script.js";

/** Options of `activityRegularization`. */
const activityRegularizationOptions = {
  /** Factor of Σ|x|, >= 0. @default 0 */
  l1: number({ min: 0 }, 0),
  /** Factor of Σx², >= 0. @default 0 */
  l2: number({ min: 0 }, 0),
  /** @default "activityRegularization_1", "activityRegularization_2", … */
  name: layerName,
};

/** Options of `activityRegularization`. */
export interface ActivityRegularizationOptions extends Given<typeof activityRegularizationOptions> {}

/** An activity regularization layer with every option spelled out. */
export interface ActivityRegularizationSpec
  extends Spec<"activityRegularization", typeof activityRegularizationOptions> {}

/**
 * Passes its input on, and adds l1 Σ|x| + l2 Σx² to the loss: the sum over a row, and its mean over the rows of a
 * batch, as in Keras 3.15 and in tf.keras 2, so that factors do not depend on the batch size. First versions of Keras 3
 * add the sum over the batch. The penalty is part of the loss in `fit` and `evaluate`; sample weights do not change it.
 * Put the layer after the one whose outputs count, in place of Keras's `activity_regularizer`.
 * Shapes: [*, …] to [*, …].
 * @throws OptionError for an unknown option or a factor that is not >= 0.
 */
export function activityRegularization(options: ActivityRegularizationOptions = {}): ActivityRegularizationSpec {
  const table = activityRegularizationOptions;
  return makeLayer("activityRegularization", activityRegularizationLayer, table, options, arguments);
}

export const activityRegularizationLayer: LayerDefinition<ActivityRegularizationSpec, ActivityRegularizationOptions> = {
  resolve: (options) => activityRegularization(options),
  outputShape: (_, inputShape) => inputShape,
  emit: emitActivityRegularization,
  keepsValues: true,
  detail: ({ l1, l2 }) => [l1 && `l1 ${l1}`, l2 && `l2 ${l2}`].filter(Boolean).join(", ") || null,
};

function emitActivityRegularization(
  { l1, l2 }: ActivityRegularizationSpec,
  { tape, name, stepwise, withLoss }: EmitContext,
  x: TensorRef,
): Emitted {
  if (!withLoss || (l1 === 0 && l2 === 0)) return { y: x, backward: (dy) => dy };
  const constants = { columns: x.shape[0], l1, l2 };
  const rowLoss = tape.rowScalars(`${name}/penalty`);
  tape.emit({ op: ScriptOp.ActivityPenalty, script: layerScript(penalty), x, rowLoss, ...constants });
  tape.emit({ op: Op.LossTotal, rowLoss });
  return {
    y: x,
    backward(dy) {
      const dx = stepwise ? tape.rows(gradientName(x.name), constants.columns) : dy;
      tape.emit({ op: ScriptOp.ActivityPenaltyBackward, script: layerScript(backward), x, dy, dx, ...constants });
      return dx;
    },
  };
}

/** l1 Σ|x| + l2 Σx² of each row */
const penalty: LayerScript<typeof ScriptOp.ActivityPenalty> = (f, rows, { x, rowLoss, columns, l1, l2 }) => {
  for (let row = 0; row < rows; row++) {
    const from = x.at + row * x.stride;
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += l1 * Math.abs(f[from + j]) + l2 * f[from + j] * f[from + j];
    f[rowLoss + row] = sum;
  }
};

/** dx = dy + (l1 sign(x) + 2 l2 x) / rows */
const backward: LayerScript<typeof ScriptOp.ActivityPenaltyBackward> = (f, rows, { x, dy, dx, columns, l1, l2 }) => {
  for (let row = 0; row < rows; row++) {
    const [from, upstream, to] = [x, dy, dx].map(({ at, stride }) => at + row * stride);
    for (let j = 0; j < columns; j++) {
      const slope = l1 * Math.sign(f[from + j]) + 2 * l2 * f[from + j];
      f[to + j] = f[upstream + j] + slope / rows;
    }
  }
};
