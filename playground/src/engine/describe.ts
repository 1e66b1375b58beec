/** Descriptions of data and model for the page. */
import type { Dataset, Sequential } from "simdgrad";
import type { EngineInfo, ProblemView } from "./protocol.js";
import type { Parts } from "./view.js";

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** A row of a data set, as `explain` takes it. @throws Error for a row that does not exist. */
export function oneRow({ x, y, inputShape, length }: Dataset, row: number): { x: number[][]; y: number[] } {
  if (!(row >= 0 && row < length)) throw new Error(`Row: expected 0 to ${length - 1}, got ${row}.`);
  const [columns] = inputShape;
  return { x: [Array.from(x.subarray(row * columns, (row + 1) * columns))], y: [y[row]] };
}

export function describeProblem({ problem, canvas }: Pick<Parts, "problem" | "canvas">): ProblemView {
  const { classes, columns, image, plane, fields, target, train, test } = problem;
  const counts = new Array<number>(classes?.length ?? 0).fill(0);
  if (classes) for (const { y } of [train, test]) for (const label of y) counts[label]++;
  return {
    classes,
    columns,
    image,
    fields,
    target,
    isPlane: plane !== null,
    axes: canvas.axes,
    trainRows: train.length,
    testRows: test.length,
    train: canvas.train,
    test: canvas.test,
    reach: canvas.reach,
    counts,
  };
}

export function describeModel(model: Sequential): EngineInfo {
  const { backend, variant } = model.info();
  const parameters = model.getWeights().reduce((sum, { data }) => sum + data.length, 0);
  return { backend, variant, parameters, summary: model.summary() };
}
