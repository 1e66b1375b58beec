// The doors of the generators.
import {
  blobs,
  circles,
  gaussianQuantiles,
  moons,
  playground,
  regression,
  spiral,
  xor,
} from "../../src/datasets/index.js";
import { describeRefusals, type Refusal } from "./refusals.js";

type Maker = (options: never) => unknown;

const refused = (make: Maker, options: unknown, ...says: string[]): Refusal => [
  `${make.name} ${JSON.stringify(options)}`,
  "OptionError",
  [make.name, ...says],
  () => make(options as never),
];

describeRefusals("generators", [
  refused(spiral, null, "options object", "null"),
  refused(spiral, { samples: 5 }, 'unknown option "samples"', "Known: samplesPerClass"),
  refused(spiral, { samplesPerClass: 0 }, "samplesPerClass", ">= 1", "got 0"),
  refused(spiral, { classes: 2.5 }, "classes", "an integer", "got 2.5"),
  refused(spiral, { noise: -1 }, "noise", ">= 0", "got -1"),
  refused(spiral, { noise: Number.NaN }, "noise", "a finite number"),
  refused(spiral, { twist: "2" }, "twist", '"2"'),
  refused(spiral, { seed: -1 }, "seed", ">= 0", "got -1"),
  refused(spiral, { samplesPerClass: 2 ** 24, classes: 1000 }, "at most 268435456 values"),
  refused(moons, { samples: 1 }, "samples", ">= 2", "got 1"),
  refused(moons, { samples: "100" }, "samples", '"100"'),
  refused(moons, { rows: 100 }, 'unknown option "rows"'),
  refused(moons, { shuffle: 1 }, "shuffle", "true or false", "got 1"),
  refused(circles, { factor: 1 }, "factor", "< 1", "got 1"),
  refused(circles, { factors: 0.5 }, 'mean "factor"'),
  refused(blobs, { centers: 0 }, "centers", ">= 1", "got 0"),
  refused(blobs, { centers: "three" }, "centers", '"three"'),
  refused(blobs, { centers: [[1, 2]], features: 3 }, "features", "expected 2", "got 3"),
  refused(blobs, { centerBox: [1] }, "centerBox", "[low, high]", "got [1]"),
  refused(blobs, { centerBox: [2, 1] }, "centerBox: high", ">= 2", "got 1"),
  refused(blobs, { centerBox: ["a", 1] }, "centerBox", '"a"'),
  refused(blobs, { clusterStd: Number.POSITIVE_INFINITY }, "clusterStd", "Infinity"),
  ["blobs around nothing", "DataError", ["blobs: centers", "[]"], () => blobs({ centers: [] })],
  ["blobs around NaN", "DataError", ["blobs: centers: row 0", "NaN"], () => blobs({ centers: [[Number.NaN]] })],
  ["blobs around ragged centres", "ShapeError", ["blobs: centers: row 1"], () => blobs({ centers: [[1, 2], [3]] })],
  refused(xor, { samples: -4 }, "samples", ">= 1", "got -4"),
  refused(gaussianQuantiles, { samples: 2, classes: 3 }, "samples", ">= 3", "got 2"),
  refused(gaussianQuantiles, { variance: 0 }, "variance", "> 0", "got 0"),
  refused(regression, { features: 2, informative: 3 }, "informative", "<= 2", "got 3"),
  refused(regression, { bias: Number.NaN }, "bias", "NaN"),
  ["playground name", "OptionError", ["playground", 'mean "spiral"'], () => playground("spirals" as never)],
  ["playground without a name", "OptionError", ["playground", "undefined"], () => playground(undefined as never)],
  ["playground noise", "OptionError", ["playground: noise", "<= 0.5"], () => playground("xor", { noise: 50 })],
]);
