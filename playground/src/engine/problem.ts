/** Turns a setup into data: rows, targets, names, split into training and test. Knows no network. */
import { Dataset, trainTestSplit } from "simdgrad";
import { moons, playground, spiral } from "simdgrad/datasets";
import { isOwn, isPlane, type OwnName, type PlaneName, type Setup } from "../setup.js";
import { featuresOf } from "./features.js";
import { areValued, fromText, numberOf } from "./hand.js";
import { mnistSample } from "./images.js";
import type { OwnData } from "./ownData.js";
import type { FieldView } from "./protocol.js";
import type { TableProgram } from "./tableView.js";
import { scaledTargets, type TargetScale, targetScaleOf } from "./targetScale.js";
import { copiesOf, varied } from "./varied.js";

/** Data to learn from. */
export interface Problem {
  readonly train: Dataset;
  /** No rows if all are for training. */
  readonly test: Dataset;
  readonly columns: readonly string[];
  readonly classes: readonly string[] | null;
  /** The two coordinates of a plane, before features are made from them; `null` for other data. */
  readonly plane: { readonly train: Float32Array; readonly test: Float32Array } | null;
  readonly image: readonly [height: number, width: number] | null;
  readonly target: string;
  readonly fields: readonly FieldView[];
  /** True if the model should scale its inputs. */
  readonly wantsScaling: boolean;
  /** The scale of the targets in `train` and `test`; `null` where they are as they came. */
  readonly targetScale: TargetScale | null;
  /** What was done to the user's data, in words. */
  readonly notes: readonly string[];
  /** True if each class has the same share of both parts. */
  readonly isStratified: boolean;
  /** How a program reads the user's table; `null` for other data. */
  readonly program: TableProgram | null;
  /** Varied copies of each training image. */
  readonly copies: number;
}

/** The rows that results are about: those for testing, or, without any, those for training. */
export function scoredPart({ test }: Pick<Problem, "test">): "train" | "test" {
  return test.length > 0 ? "test" : "train";
}

/** Half the side of the square in which planes are shown. */
export const REACH = 6;

const ARMS = 5;

const generators: Record<PlaneName, (setup: Setup) => Dataset> = {
  spiral: (setup) => playground("spiral", shared(setup)),
  circle: (setup) => playground("circle", shared(setup)),
  xor: (setup) => playground("xor", shared(setup)),
  gauss: (setup) => playground("gauss", shared(setup)),
  plane: (setup) => playground("plane", shared(setup)),
  multiGauss: (setup) => playground("multiGauss", shared(setup)),
  hand: ({ points }) => {
    const all = fromText(points);
    const x = Float32Array.from(all.flatMap(({ x1, x2 }) => [x1, x2]));
    const targetOf = areValued(all) ? numberOf : (kind: number) => kind;
    const y = Float32Array.from(all, ({ kind }) => targetOf(kind));
    return Dataset.from({ x, y }, { inputShape: [2], targetShape: [] });
  },
  moons: ({ samples, noise, dataSeed }) =>
    stretched(moons({ samples, noise: 0.4 * noise, seed: dataSeed }), ([x, y]) => [(x - 0.5) * 3.2, (y - 0.25) * 3.6]),
  arms: ({ samples, noise, dataSeed }) => {
    const samplesPerClass = Math.max(2, Math.round(samples / ARMS));
    return stretched(spiral({ samplesPerClass, classes: ARMS, noise, seed: dataSeed }), ([x, y]) => [5 * x, 5 * y]);
  },
};

const shared = ({ samples, noise, dataSeed }: Setup) => ({ samples, noise: 0.5 * noise, seed: dataSeed });

function stretched(data: Dataset, map: (point: readonly [number, number]) => readonly [number, number]): Dataset {
  const x = new Float32Array(data.x.length);
  for (let i = 0; i < x.length; i += 2) x.set(map([data.x[i], data.x[i + 1]]), i);
  return Dataset.from({ x, y: data.y }, { inputShape: [2], targetShape: [] });
}

function planeProblem(source: PlaneName, setup: Setup): Problem {
  const data = generators[source](setup);
  const isRegression =
    source === "plane" || source === "multiGauss" || (source === "hand" && areValued(fromText(setup.points)));
  const classes = isRegression ? null : classesOf(data);
  const smallest = smallestPart(data, setup);
  const isStratified = classes !== null && (source !== "hand" || canStratify(data.y, classes.length, smallest));
  // A few points by hand are all to train on.
  const isWhole = source === "hand" && (isRegression ? smallest < 1 : !isStratified);
  const { train, test } = split(data, isWhole ? { ...setup, testShare: 0 } : setup, isStratified);
  const withFeatures = (part: Dataset) =>
    part.length === 0
      ? part
      : Dataset.from(
          { x: featuresOf(part.x, setup.features), y: part.y },
          { inputShape: [setup.features.length], targetShape: [] },
        );
  return {
    train: withFeatures(train),
    test: withFeatures(test),
    columns: setup.features,
    classes,
    plane: { train: train.x, test: test.x },
    image: null,
    target: isRegression ? "value" : "class",
    fields: [],
    wantsScaling: false,
    targetScale: null,
    notes: [],
    isStratified,
    program: null,
    copies: 0,
  };
}

function classesOf({ y }: Dataset): string[] {
  const count = y.reduce((most, label) => Math.max(most, label + 1), 2);
  return count > 2 ? Array.from({ length: count }, (_, i) => String(i + 1)) : ["blue", "orange"];
}

/** Rows of the smaller part. */
const smallestPart = ({ length }: Dataset, { testShare }: Setup) => length * Math.min(testShare, 1 - testShare);

/** Rows to train on and rows to test on; without a share for testing all are to train on, in their order. */
function split(data: Dataset, { testShare, dataSeed }: Setup, stratify: boolean): { train: Dataset; test: Dataset } {
  if (testShare === 0) return { train: data, test: data.slice(0, 0) };
  return trainTestSplit(data, { testSize: testShare, stratify, seed: dataSeed });
}

function ownProblem(own: OwnData, setup: Setup): Problem {
  const { x, y, columns, classes, target, image = null, fields = [], notes = [], program = null } = own;
  const data = Dataset.from({ x, y }, { inputShape: [columns.length], targetShape: [] });
  const isStratified = classes !== null && canStratify(y, classes.length, smallestPart(data, setup));
  const parts = split(data, setup, isStratified);
  const targetScale = classes ? null : targetScaleOf(parts.train);
  const copies = image && setup.variations ? copiesOf(parts.train) : 0;
  const ofNumbers = (part: Dataset) => (targetScale ? scaledTargets(part, targetScale) : part);
  return {
    train: image && copies > 0 ? varied(parts.train, image, copies) : ofNumbers(parts.train),
    test: ofNumbers(parts.test),
    plane: null,
    notes: copies > 0 ? [...notes, variedNote(parts.train.length, copies)] : notes,
    wantsScaling: image === null,
    ...{ columns, classes, image, target, fields, targetScale, isStratified, program, copies },
  };
}

const variedNote = (images: number, copies: number) =>
  `Each of the ${images.toLocaleString("en")} training images comes with ${copies} copies: moved, stretched, slanted or thicker.`;

/** True if each class has at least two rows, and each part has room for all classes. */
function canStratify(y: Float32Array, classes: number, smallest: number): boolean {
  const counts = new Array<number>(classes).fill(0);
  for (const label of y) counts[label]++;
  return smallest >= classes && counts.every((count) => count >= 2);
}

async function digitsData(): Promise<OwnData> {
  const { digits } = await import("simdgrad/datasets");
  const { x, y, featureNames, classNames } = await digits();
  return { x: x.map((ink) => ink / 16), y, columns: featureNames, classes: classNames, target: "digit", image: [8, 8] };
}

/** Thrown for a setup about files that are not here. */
export class MissingFiles extends Error {
  constructor(readonly source: OwnName) {
    super(`No ${source === "csv" ? "table" : "images"} yet.`);
  }
}

/** The data of a setup. @throws MissingFiles if the user has not supplied them. */
export async function openProblem(setup: Setup, own: (source: OwnName) => OwnData | undefined): Promise<Problem> {
  const { source } = setup;
  if (isPlane(source)) return planeProblem(source, setup);
  if (isOwn(source)) {
    const data = own(source);
    if (data) return ownProblem(data, setup);
    throw new MissingFiles(source);
  }
  return ownProblem(source === "digits" ? await digitsData() : await mnistSample(), setup);
}
