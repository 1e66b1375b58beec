/**
 * Kernels without a rival of their own, against the reference backend: the same records in pure JavaScript. The rows come
 * from the tables of layers, activations and losses, so that a new one has a row.
 */
import { sizeOf } from "../src/base/shape.js";
import * as Op from "../src/plan/ops.js";
import type { Tape } from "../src/plan/tape.js";
import type { TensorRef } from "../src/plan/tensor.js";
import { activationNames, resolveActivation } from "../src/specs/activations.js";
import {
  alphaDropout,
  categoryEncoding,
  gaussianDropout,
  gaussianNoise,
  type LayerSpec,
  layerNormalization,
  normalization,
  prelu,
  rescaling,
  rmsNormalization,
  unitNormalization,
} from "../src/specs/layers/all.js";
import { emitActivation, emitActivationBackward } from "../src/specs/layers/emitActivation.js";
import { emitLayer, lastActivation, placeLayers } from "../src/specs/layers/facts.js";
import type { EmitContext } from "../src/specs/layers/layer.js";
import { fuseLoss, lossNumbers, targetKind } from "../src/specs/losses/facts.js";
import { type LossName, lossTable, resolveLoss } from "../src/specs/losses/table.js";
import { type ContestCase, REFERENCE, type Setup } from "./cases.js";
import { OpSession } from "./opSession.js";
import { assertClose, seeded, seededLabels } from "./verify.js";

const [ROWS, COLUMNS] = [128, 256];

type Tensors = Record<string, TensorRef>;

/** One side of a row: its session, with inputs written. */
type Opener = (setup: Setup) => Promise<OpSession<Tensors>>;

/** A row whose rival is the reference backend; sides must agree on the tensors of those names. */
function row(name: string, open: Opener, results: readonly string[]): ContestCase {
  return {
    group: "kernels",
    name,
    async open(setup: Setup) {
      const [op, reference] = [await open(setup), await open({ ...setup, backend: "reference" })];
      const verify = () => {
        for (const side of [op, reference]) side.run();
        for (const result of results) {
          assertClose(`${name}: ${result}`, op.read(result), reference.read(result), { rtol: 1e-4, atol: 1e-5 });
        }
      };
      return { engine: () => op.engine, verify, ours: () => op.run(), rivals: { [REFERENCE]: () => reference.run() } };
    },
  };
}

/** Layers with kernels, in training, forward and back. */
const layers: readonly LayerSpec[] = [
  prelu(),
  layerNormalization(),
  rmsNormalization(),
  unitNormalization(),
  gaussianNoise(0.1),
  gaussianDropout(0.2),
  alphaDropout(0.2),
  rescaling({ scale: 0.5, offset: 1 }),
  normalization(),
  categoryEncoding({ numTokens: 16 }),
];

function layerRow(spec: LayerSpec): ContestCase {
  const columns = spec.type === "categoryEncoding" ? 1 : COLUMNS;
  const [layer] = placeLayers([spec], [columns]);
  const outputs = sizeOf(layer.outputShape);
  const emit = (tape: Tape): Tensors => {
    const parameters = Object.fromEntries(
      layer.parameters.map(({ name, shape }) => [name, tape.parameter(name, shape)]),
    );
    const [x, dy] = [tape.rows("x", columns), tape.rows("dy", outputs)];
    const context: EmitContext = {
      ...{ tape, name: layer.name, inputShape: [columns], parameters, activation: lastActivation(spec) },
      ...{ stepwise: true, training: true, withLoss: true, seed: 1, stream: 0 },
    };
    const { y, backward } = emitLayer(spec, context, x);
    const dx = backward(dy, columns > 1);
    return { x, dy, y, ...parameters, ...(dx && { dx }) };
  };
  const open: Opener = async (setup) => {
    const op = await OpSession.open(setup, ROWS, emit);
    const labels = Float32Array.from(seededLabels(ROWS, 16, 1));
    op.write("x", columns === 1 ? labels : seeded(ROWS * columns, 1, 2));
    op.write("dy", seeded(ROWS * outputs, 2));
    for (const { name, shape } of layer.parameters)
      op.write(
        name,
        seeded(sizeOf(shape), 3).map((v) => 1 + v / 2),
      );
    return op;
  };
  return row(`layer ${spec.type} ${ROWS}x${columns}`, open, columns > 1 ? ["y", "dx"] : ["y"]);
}

function activationRow(name: (typeof activationNames)[number]): ContestCase {
  const spec = resolveActivation("bench", name);
  const emit = (tape: Tape): Tensors => {
    const [z, dy] = [tape.rows("z", COLUMNS), tape.rows("dy", COLUMNS)];
    const y = emitActivation(tape, spec, z, "y");
    const context = { tape, stepwise: true } as EmitContext;
    return { z, dy, y, dz: emitActivationBackward(context, spec, { z, y }, dy, "dz") };
  };
  const open: Opener = async (setup) => {
    const op = await OpSession.open(setup, ROWS, emit);
    op.write("z", seeded(ROWS * COLUMNS, 1, 4));
    op.write("dy", seeded(ROWS * COLUMNS, 2));
    return op;
  };
  return row(`activation ${name} ${ROWS}x${COLUMNS}`, open, ["y", "dz"]);
}

/** Predictions, and targets of its kind. */
function lossData(kind: ReturnType<typeof targetKind>) {
  const count = ROWS * COLUMNS;
  const shares = seeded(count, 1).map((value) => 0.5 + 0.45 * value);
  const bits = seeded(count, 2).map((value) => Number(value > 0));
  const targets = kind === "numbers" ? seeded(count, 2) : kind === "signs" ? bits.map((bit) => 2 * bit - 1) : bits;
  return { predictions: shares, targets };
}

function lossRow(type: LossName, fromLogits: boolean): ContestCase {
  const spec = resolveLoss("bench", { type, ...(fromLogits && { fromLogits }) });
  const kind = targetKind(spec);
  const emit = (tape: Tape): Tensors => {
    const [predictions, dPredictions] = ["p", "d"].map((name) => tape.rows(name, COLUMNS));
    const targets = kind === "labels" ? tape.labels("t") : tape.rows("t", COLUMNS);
    const [sampleWeights, rowLoss] = ["weights", "rowLoss"].map((name) => tape.rowScalars(name));
    const tensors = { predictions, targets, sampleWeights, dPredictions, rowLoss };
    const numbers = { ...lossNumbers(spec), weights: null };
    tape.emit({ op: Op.Loss, ...tensors, columns: COLUMNS, kind: fuseLoss(spec, { type: "linear" }).kind, ...numbers });
    return tensors;
  };
  const open: Opener = async (setup) => {
    const op = await OpSession.open(setup, ROWS, emit);
    const { predictions, targets } = lossData(kind);
    op.write("predictions", predictions);
    op.write("sampleWeights", new Float32Array(ROWS).fill(1));
    const labels = Float32Array.from(seededLabels(ROWS, COLUMNS, 3));
    if (kind === "labels") op.session.writeLabels(op.tensors.targets, labels, null, 0, ROWS);
    else op.write("targets", targets);
    return op;
  };
  const title = fromLogits ? `${type} of logits` : type;
  return row(`loss ${title} ${ROWS}x${COLUMNS}`, open, ["rowLoss", "dPredictions"]);
}

const lossTypes = Object.keys(lossTable) as (keyof typeof lossTable)[];

export const referenceCases: ContestCase[] = [
  ...layers.map(layerRow),
  ...activationNames.filter((name) => name !== "linear").map(activationRow),
  ...lossTypes.flatMap((type) =>
    ("logits" in lossTable[type] ? [false, true] : [false]).map((of) => lossRow(type, of)),
  ),
];
