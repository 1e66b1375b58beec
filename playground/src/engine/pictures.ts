/** Pictures of the model as SVG text, by `simdgrad/plot`, which is loaded for the first one. */
import { confusionMatrix, Dataset } from "simdgrad";
import type { Canvas } from "./canvas.js";
import { classOf } from "./classes.js";
import { outputsOf } from "./network.js";
import { scoredPart } from "./problem.js";
import type { EpochLog, PictureName } from "./protocol.js";
import type { Parts } from "./view.js";

type Plot = typeof import("simdgrad/plot");
type Draw = (plot: Plot, parts: Parts, options: { theme: "light" | "dark" }, logs: readonly EpochLog[]) => string;

const drawings: Record<PictureName, Draw> = {
  boundary: ({ decisionBoundary }, { model, problem, canvas }, options) => {
    if (!problem.classes) throw new Error("Values that are numbers have no boundary. Take the PNG of the plane.");
    const predictor = { predict: (points: Float32Array) => model.predict(canvas.rowsOf(points)) };
    return decisionBoundary(predictor, shownRows(canvas, problem.classes), options);
  },
  curves: ({ lossCurves }, { problem }, options, logs) => {
    if (logs.length === 0) throw new Error("There are no curves before the first epoch.");
    const score = problem.classes ? "accuracy" : "meanAbsoluteError";
    const history = {
      epoch: logs.map(({ epoch }) => epoch - 1),
      loss: logs.map(({ loss }) => loss),
      [score]: logs.map((log) => log.score),
      ...(problem.test.length > 0
        ? {
            valLoss: logs.map(({ valLoss }) => valLoss),
            [problem.classes ? "valAccuracy" : "valMeanAbsoluteError"]: logs.map(({ valScore }) => valScore),
          }
        : {}),
    };
    return lossCurves(history, options);
  },
  network: ({ networkDiagram }, { model, problem }, options) => {
    const outputs = outputsOf(problem) > 1 ? problem.classes : [problem.target];
    return networkDiagram(model, { inputs: problem.columns, outputs: outputs ?? [], ...options });
  },
  confusion: ({ confusionMatrixPlot }, { model, problem }, options) => {
    const { classes } = problem;
    const { x, y } = problem[scoredPart(problem)];
    if (!classes) throw new Error("Only classes can be confused; here, a number is learned.");
    const columns = outputsOf(problem);
    const predictions = model.predict(x);
    const decided = Array.from(y, (_, row) => classOf(predictions.subarray(row * columns, (row + 1) * columns)));
    return confusionMatrixPlot(confusionMatrix(y, decided, { classes: classes.length }), {
      labels: classes,
      ...options,
    });
  },
};

function shownRows({ train: { points, targets } }: Canvas, classes: readonly string[]): Dataset {
  return Dataset.from({ x: points, y: targets }, { inputShape: [2], targetShape: [], classNames: [...classes] });
}

export async function drawPicture(
  name: PictureName,
  parts: Parts,
  { isDark, logs }: { isDark: boolean; logs: readonly EpochLog[] },
): Promise<string> {
  return drawings[name](await import("simdgrad/plot"), parts, { theme: isDark ? "dark" : "light" }, logs);
}
