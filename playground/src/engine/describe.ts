/** Descriptions of data and model for the page. */
import type { Dataset, Sequential } from "simdgrad";
import { activationsOf } from "./activations.js";
import type { EngineInfo, OwnModel, ProblemView } from "./protocol.js";
import type { Parts } from "./view.js";

/** Texts of browsers about a part of the page that did not arrive. */
const NOT_LOADED = /dynamically imported module|importing a module script|failed to fetch|load failed/i;

export function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  if (!NOT_LOADED.test(message)) return message;
  return "A part of this page could not be loaded: there seems to be no connection. Connect, and reload the page.";
}

/** A row of a data set, as `explain` takes it. @throws Error for a row that does not exist. */
export function oneRow({ x, y, inputShape, length }: Dataset, row: number): { x: number[][]; y: number[] } {
  if (!(row >= 0 && row < length)) throw new Error(`Row: expected 0 to ${length - 1}, got ${row}.`);
  const [columns] = inputShape;
  return { x: [Array.from(x.subarray(row * columns, (row + 1) * columns))], y: [y[row]] };
}

/** Standard deviations from the mean to a full colour. */
const SPREAD = 2;

export function describeProblem({ problem, canvas }: Pick<Parts, "problem" | "canvas">): ProblemView {
  const {
    classes,
    columns,
    image,
    plane,
    fields,
    target,
    train,
    test,
    notes,
    targetScale,
    isStratified,
    program,
    copies,
  } = problem;
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
    ends: canvas.ends,
    trainRows: train.length,
    testRows: test.length,
    train: canvas.train,
    test: canvas.test,
    reach: canvas.reach,
    counts,
    notes,
    targetScale,
    isStratified,
    program,
    copies,
    span: targetScale ? { center: targetScale.mean, reach: SPREAD * targetScale.deviation } : { center: 0, reach: 1 },
  };
}

export function describeModel(model: Sequential): Omit<EngineInfo, "own"> {
  const { backend, variant } = model.info();
  const parameters = model.getWeights().reduce((sum, { data }) => sum + data.length, 0);
  return { backend, variant, parameters, summary: model.summary() };
}

/** Settings of a model that was brought, which are its own. */
export function ownOf({ layers, compiled }: Sequential, epoch: number): OwnModel {
  const hidden = activationsOf(layers).slice(0, -1);
  return {
    epoch,
    activations: [...new Set(hidden.map(({ activation }) => activation))],
    optimizer: compiled?.optimizer.type ?? "",
    loss: compiled?.loss.type ?? "",
  };
}
