/** Checks data against a model, with a refusal in words of what does not fit. */

import { counted } from "../base/counted.js";
import { DataError, located, ShapeError } from "../base/errors.js";
import { formatShape, type Shape, sizeOf } from "../base/shape.js";
import { checkLabels } from "../data/checkLabels.js";
import type { Data } from "../data/dataset.js";
import { fitsShape, shapeOf } from "../data/matrix.js";
import { checkArrays, readArrays, readWeights, shapeOption } from "../data/readArrays.js";
import { type DataArrays, DataRows } from "../data/rows.js";
import { checkInput } from "../specs/layers/facts.js";
import { lossTargets, mostLabels, outputReading, targetColumns, targetKind } from "../specs/losses/facts.js";
import type { TargetKind } from "../specs/losses/options.js";
import type { LossSpec } from "../specs/losses/table.js";
import { type Expectation, refuseRows } from "./feed.js";
import { targetShape } from "./plainRows.js";

/**
 * The data as rows that fit the model.
 * @throws ShapeError, DataError naming the row or shape that does not fit, and the remedy.
 */
export function fitData(where: string, data: Data, { inputShape, layers, outputs, loss }: Expectation): DataRows {
  refuseRows(where, data);
  const labels = lossTargets(loss) === "labels";
  const columns = targetColumns(loss, outputs);
  const wanted = labels || columns === 1 ? [] : [columns];
  const perClass = outputReading(loss) === "classes" && !labels;
  if (wanted.length > 0) refuseOneEach(where, data, { inputShape, outputs: columns, loss });
  const dataset =
    data instanceof DataRows ? data : located(where, () => rowsOf(data, inputShape, targetShape(data?.y, wanted)));
  checkInputShape(where, dataset, inputShape);
  if (dataset.length === 0) throw new DataError(`${where}: expected at least one row, got none.`);
  checkInput(`${where}: x`, layers, dataset);
  const width = sizeOf(dataset.targetShape);
  if (labels && width !== 1) {
    throw new ShapeError(
      `${where}: y: ${loss.type} expects one integer label per row, got rows of ${width}. ` +
        `For one-hot rows use "categoricalCrossentropy".`,
    );
  }
  if (!labels && width !== columns) {
    const hint = perClass && width === 1 ? LABELS_HINT : "";
    throw new ShapeError(
      `${where}: y: expected ${counted(columns, "target")} per row, one for each output, got ${width}.${hint}`,
    );
  }
  if (labels) checkLabels(`${where}: y`, dataset.y, mostLabels(loss, outputs), loss.ignoreClass);
  else checkTargets(`${where}: y`, dataset.y, width, loss);
  return dataset;
}

/** @throws ShapeError unless the shape of a row is that of the model */
export function checkInputShape(where: string, dataset: DataRows, inputShape: Shape): void {
  if (fitsShape(dataset.inputShape, inputShape)) return;
  const expected = formatShape(inputShape, { batch: true });
  throw new ShapeError(
    `${where}: x: expected ${expected}, got ${formatShape([dataset.length, ...dataset.inputShape])}. The model's inputShape decides.`,
  );
}

/** Arrays as rows, with the checks and messages of `Dataset.from`. @throws OptionError, ShapeError, DataError */
function rowsOf(data: DataArrays, inputShape: Shape, targetShape: Shape): DataRows {
  shapeOption.check("Dataset.from: targetShape", targetShape);
  checkArrays(data);
  const { held, y } = readArrays(data, inputShape, targetShape);
  return new DataRows(held, y, inputShape, targetShape, readWeights(data.sampleWeight, y.length / sizeOf(targetShape)));
}

const LABELS_HINT = ` For labels use "sparseCategoricalCrossentropy".`;

/** Refuses one number per row if each row needs several. Without this, the message would say too few rows. */
function refuseOneEach(
  where: string,
  data: Data,
  { inputShape, outputs, loss }: Pick<Expectation, "inputShape" | "outputs" | "loss">,
): void {
  if (data instanceof DataRows) return;
  const { x, y } = data ?? {};
  const [[values = 0, ...row], [targets, ...target]] = [shapeOf(x), shapeOf(y)];
  if (target.length > 0 || targets !== (row.length > 0 ? values : values / sizeOf(inputShape))) return;
  const perClass = outputReading(loss) === "classes";
  const expected = perClass
    ? `${loss.type} expects one target per class in each row`
    : `expected ${counted(outputs, "target")} per row, one for each output`;
  throw new ShapeError(`${where}: y: ${expected}, got one number per row.${perClass ? LABELS_HINT : ""}`);
}

/** Legal values of each kind of targets, in words and as a test of a finite number. */
const legalTargets: Readonly<Record<TargetKind, { words: string; holds: (target: number) => boolean }>> = {
  numbers: { words: "finite numbers", holds: () => true },
  nonNegative: { words: "targets of 0 or more", holds: (target) => target >= 0 },
  probabilities: { words: "targets from 0 to 1", holds: (target) => target >= 0 && target <= 1 },
  signs: { words: "targets of -1 and 1, or of 0 and 1", holds: (target) => target === 0 || Math.abs(target) === 1 },
  labels: { words: "integer labels", holds: Number.isInteger },
};

function checkTargets(where: string, y: Float32Array, width: number, loss: LossSpec): void {
  const kind = targetKind(loss);
  const { words, holds } = legalTargets[kind];
  let bad = y.findIndex((target) => !holds(target));
  // 0 is read as -1; next to a -1 it could mean neither.
  if (bad < 0 && kind === "signs" && y.includes(-1)) bad = y.indexOf(0);
  if (bad < 0) return;
  const row = Math.floor(bad / width);
  throw new DataError(`${where}: row ${row}: ${loss.type} expects ${words}, got ${y[bad]}.`);
}
