/** The predictions of numbers for the test rows, as pictures. */
import { scatterPlot } from "../plot/chart.js";
import { histogram } from "../plot/histogram.js";
import { extentOf } from "../plot/scale.js";
import type { Theme } from "../plot/theme.js";
import type { NumberEvaluation } from "../table/evaluation.js";
import { paragraph, pictures, section, words } from "./page.js";
import type { ShownRows } from "./results.js";

const SIZE = { width: 440, height: 400 };

export function numbersSection({ name, count, evaluation }: ShownRows<NumberEvaluation>, theme: Theme): string {
  const { points } = evaluation;
  const [low, high] = extentOf(points.flat()) ?? [0, 1];
  const residuals = points.map(([truth, predicted]) => predicted - truth);
  const against = points.map(([truth, predicted]): [number, number] => [predicted, truth]);
  const byValue = points.map(([, predicted], i): [number, number] => [predicted, residuals[i]]);
  const told =
    points.length < count
      ? `Pictures show ${points.length} of the ${count} ${name}.`
      : `Pictures show all ${points.length} ${name}.`;
  const axis = low < high ? { min: low, max: high } : {};
  const equal: [[number, number], [number, number]] = [[low, low], [high, high]]; // biome-ignore format: one
  const zero: [[number, number], [number, number]] = [[low, 0], [high, 0]]; // biome-ignore format: one
  const [x, y] = [
    { label: "predicted", ...axis },
    { label: "true", ...axis },
  ];
  return section(
    "predictions",
    `Predictions for the ${name}`,
    paragraph(words(`${told} A residual is the predicted number less the true one.`)),
    pictures(
      scatterPlot({
        ...SIZE,
        theme,
        title: "Predicted against true",
        panels: [{ x, y, series: [{ name: "rows", points: against }], guide: equal }],
      }),
      scatterPlot({
        ...SIZE,
        theme,
        title: "Residuals",
        panels: [{ x, y: { label: "residual" }, series: [{ name: "rows", points: byValue }], guide: zero }],
      }),
      histogram(residuals, { ...SIZE, theme, title: "Distribution of the residuals", x: { label: "residual" } }),
    ),
  );
}
