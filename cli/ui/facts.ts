/** A model as JSON. */
import type { TableModel } from "simdgrad/table";

/** Everything about a model, for `--json`. */
export function factsOf(model: TableModel) {
  const { target, task, classes, threshold, rows, scores, baselines, confusionMatrix, importance } = model;
  const { columns, excluded, warnings, trials } = model;
  return {
    target,
    task,
    classes,
    threshold,
    rows,
    scores,
    baselines,
    confusionMatrix,
    importance,
    columns,
    excluded,
    warnings,
    trials,
  };
}
