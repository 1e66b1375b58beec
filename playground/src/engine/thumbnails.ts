/** Samples of each set of two features, for small pictures. */
import { defaults, planeNames } from "../setup.js";
import { openProblem } from "./problem.js";
import type { Thumbnail } from "./protocol.js";

const SAMPLES = 160;

export function thumbnails(): Promise<Thumbnail[]> {
  return Promise.all(
    planeNames.map(async (source) => {
      const setup = { ...defaults, source, samples: SAMPLES, testShare: 0 };
      const { plane, train, classes } = await openProblem(setup, () => undefined);
      return { source, points: plane?.train ?? new Float32Array(), targets: train.y, classes: classes?.length ?? 0 };
    }),
  );
}
