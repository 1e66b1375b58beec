/** The training loss over a slice of all possible weights, with the path that a run has taken. Loaded when asked for. */
import { Sequential, type Weight } from "simdgrad";
import { principalSlice, type Slice, weightSlice } from "./directions.js";
import { compileOptions, runtimeOf } from "./network.js";
import type { LandscapeAxes, LandscapeView } from "./protocol.js";
import { unitsOf } from "./targetScale.js";
import type { Parts } from "./view.js";

/** A moment of a run. */
export interface Passed {
  readonly epoch: number;
  readonly weights: readonly Weight[];
}

/** Most training rows whose mean loss is a height. */
const MOST_ROWS = 500;
/** Room around the path, as a share of its extent, and the least half extent. */
const ROOM = 0.35;
const LEAST = 0.5;
/** Milliseconds after which others have their turn. */
const TURN = 12;

/**
 * Losses of a grid of `side` by `side` weights, and those on the path. Others have a turn in between.
 * @throws Error once `isOver` says that nobody waits any more, or if the run has no path yet
 */
export async function landscapeOf(
  { setup, problem, model }: Pick<Parts, "setup" | "problem" | "model">,
  path: readonly Passed[],
  { axes, side }: { readonly axes: LandscapeAxes; readonly side: number },
  isOver: () => boolean,
): Promise<LandscapeView> {
  if (path.length < 2) throw new Error("There is no path yet: train for an epoch or more.");
  const vectors = path.map(({ weights }) => flat(weights));
  const slice = axes === "principal" ? principalSlice(vectors) : weightSlice(vectors, placesOf(axes, path[0].weights));
  const [across, up] = spansOf(slice, axes === "principal");
  const copy = await Sequential.create({
    inputShape: problem.train.inputShape,
    layers: model.layers.map(({ spec }) => spec),
    ...runtimeOf(setup),
    threads: 1,
  });
  try {
    copy.compile(compileOptions(setup, problem));
    const every = Math.ceil(problem.train.length / MOST_ROWS);
    const count = Math.ceil(problem.train.length / every);
    const rows = problem.train.select(Int32Array.from({ length: count }, (_, i) => i * every));
    const units = unitsOf(problem.targetScale).loss;
    let began = performance.now();
    const lossAt = async (weights: readonly Weight[]): Promise<number> => {
      if (performance.now() - began > TURN) {
        await new Promise((resolve) => setTimeout(resolve));
        began = performance.now();
      }
      if (isOver()) throw new Error("Another slice was asked for.");
      copy.setWeights(weights);
      return units * ((await copy.evaluate(rows)) as { loss: number }).loss;
    };
    const [shape] = path.map(({ weights }) => weights);
    const losses = new Float32Array(side * side);
    for (let i = 0; i < losses.length; i++) {
      const x = at(across, (i % side) / (side - 1));
      const y = at(up, 1 - Math.floor(i / side) / (side - 1));
      losses[i] = await lossAt(unflat(pointOf(slice, x, y), shape));
    }
    const points = [];
    for (const [i, { epoch, weights }] of path.entries()) {
      points.push({ epoch, x: slice.places[i][0], y: slice.places[i][1], loss: await lossAt(weights) });
    }
    return { axes, side, losses, across, up, path: points, share: slice.share };
  } finally {
    copy.dispose();
  }
}

const at = ([low, high]: readonly [number, number], share: number) => low + share * (high - low);

function pointOf({ origin, directions: [first, second] }: Slice, x: number, y: number): Float64Array {
  return origin.map((value, j) => value + x * first[j] + y * second[j]);
}

/** The extent of the path in each direction, with room around it; principal directions share one scale. */
function spansOf({ places }: Slice, isSquare: boolean): [[number, number], [number, number]] {
  const [across, up] = [0, 1].map((side) => {
    const values = places.map((place) => place[side]);
    const low = values.reduce((a, b) => Math.min(a, b));
    const high = values.reduce((a, b) => Math.max(a, b));
    return { center: (low + high) / 2, half: Math.max(LEAST, (0.5 + ROOM) * (high - low)) };
  });
  const most = Math.max(across.half, up.half);
  const span = ({ center, half }: typeof across): [number, number] => {
    // A thin path is seen from its side, but not flat.
    const reach = isSquare ? Math.max(half, most / 2) : half;
    return [center - reach, center + reach];
  };
  return [span(across), span(up)];
}

function flat(weights: readonly Weight[]): Float64Array {
  const all = new Float64Array(weights.reduce((sum, { data }) => sum + data.length, 0));
  let at = 0;
  for (const { data } of weights) {
    all.set(data, at);
    at += data.length;
  }
  return all;
}

function unflat(all: Float64Array, shape: readonly Weight[]): Weight[] {
  let at = 0;
  return shape.map((weight) => {
    const data = Float32Array.from(all.subarray(at, at + weight.data.length));
    at += weight.data.length;
    return { ...weight, data };
  });
}

/** Places of two weights in the vector of all. @throws Error for a weight that is not there */
function placesOf(axes: Exclude<LandscapeAxes, "principal">, weights: readonly Weight[]): [number, number] {
  return axes.map(({ name, place }) => {
    let at = 0;
    for (const weight of weights) {
      if (weight.name === name && place < weight.data.length) return at + place;
      at += weight.data.length;
    }
    throw new Error("This weight is not in the network any more: choose another.");
  }) as [number, number];
}
