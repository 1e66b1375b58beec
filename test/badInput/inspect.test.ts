// Wrong models, data and options of checkGradients, watch, profile and describeTape.
import { MLPClassifier } from "../../src/estimators/index.js";
import { checkGradients, dense, describeTape, profile, Sequential, watch } from "../../src/index.js";
import { blobs } from "../model/models.js";
import { describeRefusals } from "./refusals.js";

const data = blobs(4);
const uncompiled = () => Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });

describeRefusals("checkGradients", [
  ["no model", "OptionError", ["checkGradients", "a model", "null"], () => checkGradients(null as never, data)],
  [
    "before compile",
    "OptionError",
    ["checkGradients", "compile"],
    async () => checkGradients(await uncompiled(), data),
  ],
  ["other rows", "ShapeError", ["expected [2]"], (model) => checkGradients(model, { x: [[1, 2, 3]], y: [0] })],
  ["NaN", "DataError", ["NaN"], (model) => checkGradients(model, { x: [[1, Number.NaN]], y: [0] })],
  ["an epsilon of 0", "OptionError", ["epsilon", "> 0", "0"], (model) => checkGradients(model, data, { epsilon: 0 })],
  ["half a sample", "OptionError", ["sample", "0.5"], (model) => checkGradients(model, data, { sample: 0.5 })],
  [
    "an unknown option",
    "OptionError",
    ['"eps"', "Known: epsilon"],
    (model) => checkGradients(model, data, { eps: 1 } as never),
  ],
]);

describeRefusals("watch", [
  ["every 0", "OptionError", ["watch: every", ">= 1"], () => watch({ every: 0 })],
  ["an invalid log", "OptionError", ["watch: log", "a function", "true"], () => watch({ log: true as never })],
  ["an unknown option", "OptionError", ['"evry"', 'mean "every"'], () => watch({ evry: 2 } as never)],
]);

describeRefusals("profile", [
  ["no model", "OptionError", ["profile", "a model", "an object"], () => profile({} as never, data)],
  ["before compile", "OptionError", ["profile", "compile"], async () => profile(await uncompiled(), data)],
  ["no time", "OptionError", ["profile: time", "> 0"], (model) => profile(model, data, { time: 0 })],
  [
    "an unknown option",
    "OptionError",
    ['"times"', 'mean "time"'],
    (model) => profile(model, data, { times: 1 } as never),
  ],
]);

const inWorker = () => Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })], worker: true });
const isInWorker = [
  "describeTape: expected a model",
  "It is in a worker: give await Sequential.load(await model.save())",
];

describeRefusals("describeTape", [
  [
    "a model in a worker",
    "OptionError",
    isInWorker,
    async () => {
      const model = await inWorker();
      try {
        describeTape(model as never);
      } finally {
        model.dispose();
      }
    },
  ],
  ["a layer", "OptionError", ["expected a model, got an object."], ({ layers }) => describeTape(layers[0] as never)],
  ["an estimator", "OptionError", ["got an object. Give its model."], () => describeTape(new MLPClassifier() as never)],
  ["no model", "OptionError", ["describeTape", "got 3"], () => describeTape(3 as never)],
]);
