/** What the page and the engine say to each other. Plain data. */
import type { Setup } from "../setup.js";

/** A unit of the network: hidden layers from 0, then the outputs. */
export interface UnitPlace {
  readonly layer: number;
  readonly unit: number;
}

/** What the page wants to see of the model beside its numbers. */
export interface Wishes {
  /** Points per side of the decision boundary; 0 for none. */
  readonly boundary: number;
  /** Points per side of each unit's map; 0 for none. */
  readonly maps: number;
  /** A unit to see as large as the boundary, in its place. */
  readonly unit: UnitPlace | null;
  /** Weights of all layers, and how alive their units are. */
  readonly weights: boolean;
  /** What becomes of the test rows: confusion, worst rows. */
  readonly results: boolean;
}

/** A row of the data. */
export interface RowPlace {
  readonly part: "train" | "test";
  readonly row: number;
}

/** Pictures that the library draws. */
export const pictureNames = ["boundary", "curves", "network", "confusion"] as const;
export type PictureName = (typeof pictureNames)[number];

/** Orders of the page. */
export type Order =
  | { readonly type: "open"; readonly setup: Setup }
  | { readonly type: "axes"; readonly axes: Setup["axes"] }
  | { readonly type: "play" }
  | { readonly type: "pause" }
  | { readonly type: "step" }
  | { readonly type: "epoch" }
  | { readonly type: "look"; readonly wishes: Wishes }
  | Question;

/** Orders that are answered. */
export type Question =
  | { readonly type: "predict"; readonly id: number; readonly x: Float32Array }
  | { readonly type: "predictRow"; readonly id: number; readonly values: Readonly<Record<string, string>> }
  | { readonly type: "row"; readonly id: number; readonly place: RowPlace }
  | { readonly type: "explain"; readonly id: number; readonly place: RowPlace }
  | { readonly type: "save"; readonly id: number }
  | { readonly type: "load"; readonly id: number; readonly bytes: Uint8Array }
  | { readonly type: "findRate"; readonly id: number }
  | {
      readonly type: "picture";
      readonly id: number;
      readonly name: PictureName;
      readonly isDark: boolean;
      readonly logs: readonly EpochLog[];
    }
  | { readonly type: "readCsv"; readonly id: number; readonly file: File }
  | { readonly type: "chooseTarget"; readonly id: number; readonly target: string }
  | { readonly type: "readImages"; readonly id: number; readonly files: readonly File[] };

/** What runs the model. */
export interface EngineInfo {
  readonly backend: string;
  readonly variant: string | null;
  readonly parameters: number;
  /** The model as `summary()` prints it. */
  readonly summary: string;
}

/** Rows as the page draws them: all, or so many of them, evenly spread, that more would hide what is under them. */
export interface PointsView {
  /** [n, 2]: the plane's own, or along the chosen principal axes. */
  readonly points: Float32Array;
  readonly targets: Float32Array;
  /** The row of each point. */
  readonly rows: Int32Array;
}

/** What a user may fill in to ask about a row of their table. */
export interface FieldView {
  readonly name: string;
  /** What there is to choose from; `null` for numbers. */
  readonly categories: readonly string[] | null;
  /** The median, or the most frequent category. */
  readonly typical: string;
}

/** Threads of the model, which are added at the first step that is large enough, and why there are not more. */
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
  /** Name of what is learned. */
  readonly target: string;
  /** Principal axes to choose from; 0 for data that are a plane themselves. */
  readonly axes: number;
  readonly trainRows: number;
  readonly testRows: number;
  readonly train: PointsView;
  readonly test: PointsView;
  /** Half the side of the square around the points. */
  readonly reach: number;
  /** Rows per class, training and test together; empty for numbers. */
  readonly counts: readonly number[];
}

/** Losses and metrics after an epoch. */
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

/** How the units of a layer do. */
export interface LayerHealth {
  readonly name: string;
  /** Share of units that are 0 on every row looked at; `null` for activations that cannot die. */
  readonly dead: number | null;
  /** Share of outputs near an end of their range; `null` for activations without ends. */
  readonly saturated: number | null;
  /** Mean size of the kernel's gradient. */
  readonly gradient: number;
}

/** What became of the test rows. */
export interface Results {
  /** [classes, classes], row: true class; empty for numbers. */
  readonly confusion: readonly number[];
  /** Rows of the test that are furthest off, the worst first. */
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

/** The state of training, and what was wished for. */
export interface Frame {
  readonly epoch: number;
  readonly step: number;
  readonly stepsPerEpoch: number;
  readonly isRunning: boolean;
  readonly samplesPerSecond: number;
  /** Since the last frame. */
  readonly logs: readonly EpochLog[];
  /** [side, side] or [side, side, classes], top row first. */
  readonly boundary: Float32Array | null;
  /** The unit that was asked for: [side, side]. */
  readonly unit: Float32Array | null;
  /** Of each hidden layer, then the outputs, for each unit: [side, side]. */
  readonly maps: readonly (readonly Float32Array[])[] | null;
  readonly weights: readonly WeightView[] | null;
  readonly health: readonly LayerHealth[] | null;
  /** Comes with the weights. */
  readonly threads: ThreadsView | null;
  readonly results: Results | null;
  /** Names all weights: equal hashes, equal bits. */
  readonly hash: string;
}

/** What went wrong, and what might help. */
export interface Trouble {
  readonly message: string;
  /** A change to the setup that is likely to help. */
  readonly remedy: { readonly label: string; readonly change: Partial<Setup> } | null;
}

/** News of the engine. */
export type News =
  | { readonly type: "ready" }
  /** The same data on other axes. */
  | { readonly type: "turned"; readonly problem: ProblemView }
  | { readonly type: "opened"; readonly problem: ProblemView; readonly info: EngineInfo }
  | { readonly type: "frame"; readonly frame: Frame }
  | { readonly type: "trouble"; readonly trouble: Trouble }
  | { readonly type: "answer"; readonly id: number; readonly value: unknown }
  | { readonly type: "refused"; readonly id: number; readonly message: string };
