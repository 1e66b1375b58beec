/** Messages between the page and the engine. Plain data. */
import type { ExplainStep, ExplainValue } from "simdgrad/explain";
import type { OwnName, PlaneName, Setup } from "../setup.js";
import type { Manner } from "./pace.js";
import type { Reading, TableChoice, TableProgram } from "./tableView.js";
import type { TargetScale } from "./targetScale.js";

/** A unit of the network: hidden layers from 0, then the outputs. */
export interface UnitPlace {
  readonly layer: number;
  readonly unit: number;
}

/** A few samples of a set of two features. */
export interface Thumbnail {
  readonly source: PlaneName;
  readonly points: Float32Array;
  readonly targets: Float32Array;
  /** Number of classes; 0 for numbers. */
  readonly classes: number;
}

/** Views of the model that the page requests in addition to its numbers. */
export interface ViewOptions {
  /** Points per side of the decision boundary; 0 for none. */
  readonly boundary: number;
  /** Points per side of each unit's map; 0 for none. */
  readonly maps: number;
  /** A unit to show as large as the boundary, in its place. */
  readonly unit: UnitPlace | null;
  /** Weights of all layers, and the health of their units. */
  readonly weights: boolean;
  /** Results on the test rows: confusion, worst rows. */
  readonly results: boolean;
}

/** A row of the data. */
export interface RowPlace {
  readonly part: "train" | "test";
  readonly row: number;
}

export type WalkStep = ExplainStep;
export type WalkValue = ExplainValue;

/** One training step on one row: the steps that the library explains, with all their numbers. */
export interface Walk {
  readonly steps: readonly WalkStep[];
  readonly x: Float32Array;
  /** The class, or the number as the network sees it. */
  readonly y: number;
}

/** A weight: its tensor, its place there. */
export interface WeightPlace {
  readonly name: string;
  readonly place: number;
}

/** The plane of a landscape: the principal directions of the run, or two weights. */
export type LandscapeAxes = "principal" | readonly [across: WeightPlace, up: WeightPlace];

/** The training loss over a slice of all possible weights, and the path of the run in it. */
export interface LandscapeView {
  readonly axes: LandscapeAxes;
  readonly side: number;
  /** [side, side], top row first; from `across[0]` to `across[1]`, and from `up[1]` down to `up[0]`. */
  readonly losses: Float32Array;
  readonly across: readonly [low: number, high: number];
  readonly up: readonly [low: number, high: number];
  /** Moments of the run, with their own losses. */
  readonly path: readonly { readonly epoch: number; readonly x: number; readonly y: number; readonly loss: number }[];
  /** Share of the path's spread that lies in the slice. */
  readonly share: number;
}

/** The plane of a layer of two neurons: outputs of the first across, of the second up. */
export interface BentView {
  readonly layer: number;
  /** Training samples [n, 2], and their classes or numbers. */
  readonly points: Float32Array;
  readonly targets: Float32Array;
  /** Lines that were straight on the plane of the inputs: [lines, samples, 2]. */
  readonly grid: Float32Array;
  readonly samples: number;
  /** The layer that takes these outputs: kernel [2, units]; `null` if something stands in between. */
  readonly next: { readonly kernel: Float32Array; readonly bias: Float32Array; readonly isOutput: boolean } | null;
}

/** Pictures that the library draws. */
export const pictureNames = ["boundary", "curves", "network", "confusion"] as const;
export type PictureName = (typeof pictureNames)[number];

/** Requests of the page. */
export type EngineRequest =
  /** `isFresh`: in the initial state, even if a run of this setup was left a moment ago. */
  | { readonly type: "open"; readonly setup: Setup; readonly isFresh: boolean }
  /** The run before the last `open`. */
  | { readonly type: "restore" }
  /** The present run becomes run A of a comparison, and another one of the same setup begins beside it. */
  | { readonly type: "keep" }
  /** Run A by its setup, unless it is there already; `null` ends the comparison. */
  | { readonly type: "compare"; readonly setup: Setup | null; readonly isFresh: boolean }
  /** Run A becomes the present one, and the present one run A. */
  | { readonly type: "exchange" }
  /** Learning rate, batch size and penalty of the running training. */
  | { readonly type: "tune"; readonly setup: Setup }
  | { readonly type: "manner"; readonly manner: Manner }
  /** A weight by hand: its tensor, its place there. */
  | { readonly type: "edit"; readonly name: string; readonly place: number; readonly value: number }
  /** The model as it was after an epoch. */
  | { readonly type: "seek"; readonly epoch: number }
  | { readonly type: "axes"; readonly axes: Setup["axes"] }
  | { readonly type: "play" }
  | { readonly type: "pause" }
  | { readonly type: "step" }
  | { readonly type: "epoch" }
  | { readonly type: "look"; readonly options: ViewOptions }
  | Question;

/** Requests that are answered. */
export type Question =
  | { readonly type: "predict"; readonly id: number; readonly x: Float32Array }
  | { readonly type: "predictRow"; readonly id: number; readonly values: Readonly<Record<string, string>> }
  | { readonly type: "row"; readonly id: number; readonly place: RowPlace }
  | { readonly type: "explain"; readonly id: number; readonly place: RowPlace }
  | { readonly type: "walk"; readonly id: number; readonly place: RowPlace }
  /** `asItCame`: a model that was brought, before it was trained here. */
  | { readonly type: "save"; readonly id: number; readonly asItCame?: boolean }
  | { readonly type: "load"; readonly id: number; readonly files: readonly File[] }
  | { readonly type: "findRate"; readonly id: number }
  | { readonly type: "bend"; readonly id: number; readonly layer: number }
  | { readonly type: "landscape"; readonly id: number; readonly axes: LandscapeAxes; readonly side: number }
  /** Samples of each set of two features, as thumbnails show them. */
  | { readonly type: "thumbnails"; readonly id: number }
  | {
      readonly type: "picture";
      readonly id: number;
      readonly name: PictureName;
      readonly isDark: boolean;
      readonly logs: readonly EpochLog[];
    }
  | { readonly type: "receive"; readonly id: number; readonly files: readonly File[] }
  | { readonly type: "readTable"; readonly id: number; readonly file: File; readonly reading: Reading }
  | { readonly type: "useTable"; readonly id: number; readonly choice: TableChoice }
  | { readonly type: "readImages"; readonly id: number; readonly files: readonly File[] };

/** Backend and engine of the model. */
export interface EngineInfo {
  readonly backend: string;
  readonly variant: string | null;
  readonly parameters: number;
  /** The model as `summary()` prints it. */
  readonly summary: string;
  /** Settings of a model that was brought; `null` for one that the page made. */
  readonly own: OwnModel | null;
}

/** Settings of a model that was brought: they need not be those of the page. */
export interface OwnModel {
  /** The epoch with which it came. */
  readonly epoch: number;
  /** Of the hidden layers, each once. */
  readonly activations: readonly string[];
  readonly optimizer: string;
  readonly loss: string;
}

/** Rows as the page draws them: all, or an evenly spread part, because more would hide the picture under them. */
export interface PointsView {
  /** [n, 2]: the plane's own, or along the chosen principal axes. */
  readonly points: Float32Array;
  /** Class numbers, or numbers in the units of the target. */
  readonly targets: Float32Array;
  /** The row of each point. */
  readonly rows: Int32Array;
}

/** An axis of the plane: a place on it, times `scale`, plus `center`, is the number that its name means. */
export interface AxisView {
  readonly name: string;
  readonly center: number;
  readonly scale: number;
}

/** A field of the form that asks about a row of the user's table. */
export interface FieldView {
  readonly name: string;
  /** Choices; `null` for numbers. */
  readonly categories: readonly string[] | null;
  /** The median, or the most frequent category. */
  readonly typical: string;
}

/** Threads of the model, added at the first step that is large enough, and the reason why there are no more. */
export interface ThreadsView {
  readonly threads: number;
  readonly threadsReason: string;
}

/** Data as the page draws them. */
export interface ProblemView {
  readonly classes: readonly string[] | null;
  readonly columns: readonly string[];
  readonly image: readonly [height: number, width: number] | null;
  readonly isPlane: boolean;
  /** Columns of the user's table; empty for other data. */
  readonly fields: readonly FieldView[];
  /** Name of the target. */
  readonly target: string;
  /** Number of principal axes to choose from; 0 for data that are a plane themselves. */
  readonly axes: number;
  /** Across and up. */
  readonly ends: readonly [AxisView, AxisView];
  readonly trainRows: number;
  readonly testRows: number;
  readonly train: PointsView;
  readonly test: PointsView;
  /** Half the side of the square around the points. */
  readonly reach: number;
  /** Rows per class, training and test together; empty for numbers. */
  readonly counts: readonly number[];
  /** What was done to the user's data, in words. */
  readonly notes: readonly string[];
  /** Targets that are numbers: those of the two full colours are `center - reach` and `center + reach`. */
  readonly span: ValueSpan;
  /** Mean and standard deviation by which the network sees the target; `null` where it sees it as it is. */
  readonly targetScale: TargetScale | null;
  /** True if each class has the same share of the training and the test rows. */
  readonly isStratified: boolean;
  /** How a program reads the user's table; `null` for other data. */
  readonly program: TableProgram | null;
  /** Varied copies of each training image, which count as training rows. */
  readonly copies: number;
}

/** A range of numbers, by its middle. */
export interface ValueSpan {
  readonly center: number;
  readonly reach: number;
}

/** Losses and metrics after an epoch, in the units of the target; NaN for those of the test rows if there are none. */
export interface EpochLog {
  readonly epoch: number;
  readonly loss: number;
  readonly valLoss: number;
  /** Accuracy, or mean absolute error. */
  readonly score: number;
  readonly valScore: number;
}

/** A weight tensor, as it is now. */
export interface WeightView {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Health of a layer's units. */
export interface LayerHealth {
  readonly name: string;
  /** The layer's own activation, which need not be the page's. */
  readonly activation: string;
  /** Share of units that are 0 on every sampled row; `null` for activations that cannot die. */
  readonly dead: number | null;
  /** Share of outputs near an end of their range; `null` for activations without ends. */
  readonly saturated: number | null;
  /** Mean size of the kernel's gradient. */
  readonly gradient: number;
}

/** Results on the test rows; on the training rows if there are no others. */
export interface Results {
  readonly part: "train" | "test";
  /** [classes, classes], row: true class; empty for numbers. */
  readonly confusion: readonly number[];
  /** Rows with the largest errors, the worst first. */
  readonly worst: readonly WorstRow[];
}

export interface WorstRow {
  readonly row: number;
  readonly x: Float32Array;
  readonly target: number;
  /** Probabilities, or the number. */
  readonly predictions: Float32Array;
  readonly loss: number;
}

/** The state of training, and the requested views. */
export interface Frame {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly isRunning: boolean;
  readonly samplesPerSecond: number;
  /** Since the last frame. */
  readonly logs: readonly EpochLog[];
  /** The reason why training stopped by itself. */
  readonly stopped: string | null;
  /** True if settings were changed while it trained: a link to them does not end with these weights. */
  readonly isTuned: boolean;
  /** Epochs to go back to, the last one included; come with the weights. */
  readonly moments: readonly number[] | null;
  /** Milliseconds that this look took. */
  readonly cost: number;
  /** [side, side] or [side, side, classes], top row first; numbers in the units of the target. */
  readonly boundary: Float32Array | null;
  /** The requested unit: [side, side]. */
  readonly unit: Float32Array | null;
  /** A map [side, side] of each unit, by hidden layer and then the outputs. */
  readonly maps: readonly (readonly Float32Array[])[] | null;
  readonly weights: readonly WeightView[] | null;
  readonly health: readonly LayerHealth[] | null;
  /** Comes with the weights. */
  readonly threads: ThreadsView | null;
  readonly results: Results | null;
  /** Hash of all weights: equal hashes mean equal bits. */
  readonly hash: string;
  /** Run A of a comparison; `null` if nothing is compared. */
  readonly other: OtherFrame | null;
}

/** Run A of a comparison. */
export interface OtherView {
  readonly setup: Setup;
  readonly parameters: number;
  readonly logs: readonly EpochLog[];
}

/** The state of run A, on the plane of the present run. */
export type OtherFrame = Pick<
  Frame,
  "epoch" | "step" | "stepsPerEpoch" | "isRunning" | "logs" | "stopped" | "isTuned" | "boundary" | "hash"
>;

/** An error, and a possible remedy. */
export interface EngineError {
  readonly message: string;
  /** A change to the setup that will probably help. */
  readonly remedy: { readonly label: string; readonly change: Partial<Setup> } | null;
}

/** Events of the engine. */
export type EngineEvent =
  | { readonly type: "ready" }
  /** The same data on other axes. */
  | { readonly type: "turned"; readonly problem: ProblemView }
  | {
      readonly type: "opened";
      readonly setup: Setup;
      readonly problem: ProblemView;
      readonly info: EngineInfo;
      readonly logs: readonly EpochLog[];
    }
  /** The data of the setup are not here: files that the user has not supplied, or a set that could not be loaded. */
  | { readonly type: "missing"; readonly source: OwnName | null }
  | { readonly type: "compared"; readonly other: OtherView | null }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "error"; readonly error: EngineError }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refused"; readonly id: number; readonly message: string };
