/** `simdgrad/plot`: pictures as SVG text, and small ones in plain characters. No logic. */

export { type DecisionBoundaryOptions, decisionBoundary, type Predictor } from "./boundary.js";
export { type ChartOptions, lineChart, type Panel, type Points, type Series, scatterPlot } from "./chart.js";
export { type ConfusionMatrixPlotOptions, confusionMatrixPlot } from "./confusion.js";
export {
  type Curves,
  type LossCurvesOptions,
  lossCurves,
  type Named,
  type PrecisionRecallPlotOptions,
  precisionRecallPlot,
  type RocPlotOptions,
  rocPlot,
} from "./curves.js";
export { type HistogramOptions, histogram } from "./histogram.js";
export { type NetworkDiagramOptions, networkDiagram } from "./network.js";
export type { Axis } from "./scale.js";
export type { PictureOptions } from "./svg.js";
export { type Cell, type SparklineOptions, sparkline, type TableOptions, table } from "./text.js";
export type { Theme } from "./theme.js";
export { type WeightImagesOptions, type WeightSource, weightImages } from "./weights.js";
