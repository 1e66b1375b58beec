// Estimators in files: labels, options and scales come back, predictions to the bit, and training resumes.
import { describe, expect, it } from "vitest";
import { blobs } from "../../src/datasets/index.js";
import {
  MLPClassifier,
  type MLPClassifierOptions,
  MLPRegressor,
  type MLPRegressorOptions,
} from "../../src/estimators/index.js";
import {
  adam,
  type Callback,
  Dataset,
  dense,
  exponentialDecay,
  FormatError,
  OptionError,
  Sequential,
  SimdgradError,
  sgd,
  type Trainer,
} from "../../src/index.js";
import { insideOf } from "../../src/model/insideOf.js";

const onWarning = () => {};
const { x, y } = blobs({ samples: 60, centers: 3, clusterStd: 0.3, seed: 4 });
const places = { inputShape: [2], targetShape: [] };
const classNames = ["pear", "constructor", "quince"];
const named = Dataset.from({ x, y }, { ...places, classNames });
const small = { hiddenLayerSizes: [6], learningRate: 0.05, maxEpochs: 12, seed: 3, onWarning } as const;
const local = { onWarning };

/** Without `learningRate`, where the optimizer brings its own. */
const own = { hiddenLayerSizes: [6], maxEpochs: 12, seed: 3, onWarning } as const;

const classifiers: [what: string, options: MLPClassifierOptions, data: Parameters<MLPClassifier["fit"]>[0]][] = [
  ["class names", small, named],
  ["numbers", { ...small, warmStart: true }, { x, y: y.map((label) => 2 * label - 1) }],
  ["booleans", { ...small, earlyStopping: true, patience: 3 }, { x, y: Array.from(y, (label) => label === 1) }],
  ["two texts, and weights", { ...small, classWeight: { yes: 3 } }, { x, y: Array.from(y, (c) => (c ? "yes" : "no")) }],
  [
    "an optimizer of its own",
    { ...own, optimizer: sgd({ learningRate: 0.1, momentum: 0.5 }), activation: "tanh" },
    named,
  ],
  [
    "a schedule",
    {
      ...own,
      optimizer: adam({ learningRate: exponentialDecay({ initialLearningRate: 0.1, decaySteps: 9, decayRate: 0.5 }) }),
    },
    named,
  ],
  ["L-BFGS", { ...own, optimizer: "lbfgs", classWeight: "balanced", batchSize: 7, alpha: 0.1, shuffle: false }, named],
];

describe.each(classifiers)("a classifier of %s", (_what, options, data) => {
  it("comes back as it was, and as its own file", async () => {
    const classifier = await new MLPClassifier(options).fit(data);
    const bytes = classifier.save();
    const loaded = await MLPClassifier.load(bytes, local);
    expect(loaded.classes).toEqual(classifier.classes);
    expect(loaded.predictProba(x)).toEqual(classifier.predictProba(x));
    expect(loaded.predict(x)).toEqual(classifier.predict(x));
    expect(loaded.score(data)).toBe(classifier.score(data));
    expect([loaded.lossCurve, loaded.validationScores, loaded.hasConverged]).toEqual([
      classifier.lossCurve,
      classifier.validationScores,
      classifier.hasConverged,
    ]);
    expect(loaded.save()).toEqual(bytes);
  });

  it("resumes as if it had never stopped, by portions, warm and anew", async () => {
    const classifier = await new MLPClassifier(options).fit(data);
    const loaded = await MLPClassifier.load(classifier.save(), local);
    for (const step of ["fit", "partialFit", "fit"] as const) {
      const isBalanced = step === "partialFit" && options.classWeight === "balanced";
      for (const estimator of [classifier, loaded]) {
        if (isBalanced) await expect(estimator.partialFit(data)).rejects.toThrow(OptionError);
        else await estimator[step](data);
      }
      expect(loaded.predictProba(x)).toEqual(classifier.predictProba(x));
      expect(loaded.lossCurve).toEqual(classifier.lossCurve);
    }
  });
});

const targets = Array.from(y, (label, row) => [100 * label + x[2 * row], 7]);
const regressors: [what: string, options: MLPRegressorOptions, data: Parameters<MLPRegressor["fit"]>[0]][] = [
  ["one target", small, { x, y: x.filter((_, i) => i % 2 === 0) }],
  [
    "targets in their own scale",
    { ...small, standardizeTarget: true, earlyStopping: true },
    { x: rowsOf(x), y: targets },
  ],
];

function rowsOf(flat: Float32Array): number[][] {
  return Array.from({ length: flat.length / 2 }, (_, row) => [flat[2 * row], flat[2 * row + 1]]);
}

describe.each(regressors)("a regressor of %s", (_what, options, data) => {
  it("comes back unchanged, and resumes", async () => {
    const regressor = await new MLPRegressor(options).fit(data);
    const loaded = await MLPRegressor.load(regressor.save(), local);
    expect(loaded.predict(x)).toEqual(regressor.predict(x));
    expect(loaded.validationScores).toEqual(regressor.validationScores);
    for (const step of ["partialFit", "fit"] as const) {
      for (const estimator of [regressor, loaded]) await estimator[step](data);
      expect(loaded.predict(x)).toEqual(regressor.predict(x));
    }
    expect(loaded.score(data)).toBe(regressor.score(data));
  });
});

describe("the file", () => {
  it("without the optimizer's memory predicts the same, and still learns", async () => {
    const classifier = await new MLPClassifier(small).fit(named);
    const bytes = classifier.save({ optimizer: false });
    expect(bytes.length).toBeLessThan(classifier.save().length);
    const loaded = await MLPClassifier.load(bytes, local);
    expect(loaded.predictProba(x)).toEqual(classifier.predictProba(x));
    await loaded.partialFit(named);
    expect(loaded.lossCurve).toHaveLength(classifier.lossCurve.length + 1);
    expect(() => classifier.save({ optimiser: false } as never)).toThrow(OptionError);
  });

  it("is one of a model, and the model's own is one of the estimator", async () => {
    const classifier = await new MLPClassifier(small).fit(named);
    const model = await Sequential.load(classifier.save());
    expect(model.predict(x)).toEqual(classifier.predictProba(x));
    const loaded = await MLPClassifier.load(model.save(), local);
    expect(loaded.classes).toEqual(classNames);
    expect((await MLPClassifier.load(classifier.model.save(), local)).predict(x)).toEqual(classifier.predict(x));
  });

  it("is what a callback saves in mid-training, too", async () => {
    const files: Uint8Array<ArrayBuffer>[] = [];
    let trainer: Trainer;
    const checkpoint: Callback = {
      onTrainBegin(started) {
        trainer = started;
      },
      onEpochEnd: () => void files.push(trainer.save()),
    };
    const classifier = await new MLPClassifier({ ...small, callbacks: [checkpoint] }).fit(named);
    const [first] = files;
    const loaded = await MLPClassifier.load(first, local);
    expect(loaded.classes).toEqual(classNames);
    expect(loaded.predictProba(x)).not.toEqual(classifier.predictProba(x));
  });

  it("takes the user's metadata, which stays when fit makes a new network", async () => {
    const classifier = new MLPClassifier(small);
    expect(classifier.metadata).toBeNull();
    classifier.metadata = { by: "me" };
    expect(classifier.metadata).toEqual({ by: "me" });
    await classifier.fit(named);
    expect(classifier.model.metadata).toEqual({ by: "me" });
    classifier.model.metadata = { by: "them", list: [1, null] };
    await classifier.fit(named);
    expect(classifier.metadata).toEqual({ by: "them", list: [1, null] });
    const loaded = await MLPClassifier.load(classifier.save(), local);
    expect(loaded.metadata).toEqual({ by: "them", list: [1, null] });
    expect((await Sequential.load(classifier.save())).metadata).toEqual({ by: "them", list: [1, null] });
    loaded.metadata = null;
    expect(loaded.model.metadata).toBeNull();
    for (const bad of ["text", { at: new Date() }, { n: Number.NaN }, [1]]) {
      for (const estimator of [loaded, new MLPRegressor()]) {
        expect(() => Object.assign(estimator, { metadata: bad })).toThrow(OptionError);
      }
    }
    expect(loaded.metadata).toBeNull();
  });

  it("has no form as JSON, and says which it has", async () => {
    for (const estimator of [new MLPClassifier(), await new MLPRegressor(small).fit({ x, y })]) {
      expect(() => JSON.stringify({ estimator })).toThrow(OptionError);
      expect(() => JSON.stringify(estimator)).toThrow(
        /^MLP\w+: JSON does not hold a network. Keep the bytes of save\(\)/,
      );
    }
  });

  it("holds no function for a learning rate", async () => {
    const optimizer = adam({ learningRate: () => 0.1 });
    const classifier = await new MLPClassifier({ ...own, optimizer }).fit(named);
    expect(() => classifier.save()).toThrow(/^MLPClassifier.save: .*learningRate is a function/);
  });

  it("needs a fit first", () => {
    expect(() => new MLPClassifier().save()).toThrow(/Call await fit\(\{ x, y \}\) first/);
    expect(() => new MLPRegressor().save()).toThrow(OptionError);
  });
});

describe("load", () => {
  const fitted = new MLPClassifier(small).fit(named);

  it.each([
    [
      "the file of a regressor",
      async () => (await new MLPRegressor(small).fit({ x, y })).save(),
      /got that of an MLPRegressor\. Use MLPRegressor\.load/,
    ],
    [
      "the file of a model",
      async () => (await Sequential.create({ inputShape: [2], layers: [dense({ units: 3 })] })).save(),
      /got that of a model alone\. Use Sequential\.load/,
    ],
    ["no file", async () => new Uint8Array(), /^MLPClassifier\.load: .*0 bytes are too few/],
    ["text", async () => "{}" as never, /^MLPClassifier\.load: expected the bytes/],
  ])("rejects %s", async (_what, make, message) => {
    const bytes = await make();
    await expect(MLPClassifier.load(bytes)).rejects.toThrow(FormatError);
    await expect(MLPClassifier.load(bytes)).rejects.toThrow(message);
  });

  it.each([
    ["options that are of the estimator", { maxEpochs: 3 }, /unknown option "maxEpochs"/],
    ["an unknown backend", { backend: "gpu" }, /backend/],
    ["an invalid callback", { callbacks: 5 }, /callbacks/],
    ["null", null, /options/],
  ])("rejects %s", async (_what, options, message) => {
    const bytes = (await fitted).save();
    await expect(MLPClassifier.load(bytes, options as never)).rejects.toThrow(OptionError);
    await expect(MLPClassifier.load(bytes, options as never)).rejects.toThrow(message);
  });

  it("gives a loaded estimator the callbacks, signal and warnings of its new program", async () => {
    const bytes = (await fitted).save();
    const told: string[] = [];
    const loaded = await MLPClassifier.load(bytes, {
      backend: "reference",
      callbacks: [{ onTrainBegin: () => void told.push("callback") }],
      onWarning: () => void told.push("warning"),
    });
    expect(loaded.model.info().backend).toBe("reference");
    await loaded.fit(named);
    expect(told).toEqual(["callback", "warning"]);
  });

  const knowledge = { labels: ["a", "b", "c"], areNames: false };
  it.each([
    ["another version", { version: 2 }],
    ["no options", { options: null }],
    ["unknown options", { options: { hiddenLayers: [1] } }],
    ["options that a file does not have", { options: { callbacks: [] } }],
    ["values that are refused", { options: { maxEpochs: -1 } }],
    ["no classes", { knowledge: null }],
    ["classes that are not a list", { knowledge: { ...knowledge, labels: { length: 3 } } }],
    ["too few classes", { knowledge: { ...knowledge, labels: ["a", "b"] } }],
    ["one class", { knowledge: { ...knowledge, labels: ["a"] } }],
    ["a class twice", { knowledge: { ...knowledge, labels: ["a", "b", "a"] } }],
    ["classes of two types", { knowledge: { ...knowledge, labels: ["a", 1, true] } }],
    ["classes that are objects", { knowledge: { ...knowledge, labels: [{}, [], null] } }],
    ["names that may be", { knowledge: { ...knowledge, areNames: "yes" } }],
    ["a curve that is not a list", { lossCurve: {} }],
    ["a curve of text", { lossCurve: ["1"] }],
    ["scores of text", { scores: ["1"] }],
    ["a doubtful end", { hasConverged: null }],
  ])("rejects a crafted file with %s", async (_what, change) => {
    const model = await Sequential.load((await fitted).save());
    const inside = insideOf("test", model);
    inside.attachment = { ...inside.attachment, ...change } as never;
    const attempt = MLPClassifier.load(model.save());
    await expect(attempt).rejects.toThrow(FormatError);
    await expect(attempt).rejects.toThrow(/^MLPClassifier\.load: /);
    await expect(attempt).rejects.toBeInstanceOf(SimdgradError);
  });

  it("rejects a crafted scale of targets", async () => {
    const regressor = await new MLPRegressor({ ...small, standardizeTarget: true }).fit({ x, y });
    for (const scale of [{}, "x", { type: "standardScaler", version: 1, center: [1, 2], scale: [1, 1], base: 0 }]) {
      const model = await Sequential.load(regressor.save());
      const inside = insideOf("test", model);
      inside.attachment = { ...inside.attachment, knowledge: scale };
      await expect(MLPRegressor.load(model.save())).rejects.toThrow(FormatError);
    }
  });
});
