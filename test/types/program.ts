// Programs as users write them, which `npm run check` compiles against the packed package under strict options: what
// compiles must compile, and what is marked must not. Nothing here runs.
import {
  activation,
  auc,
  type Callback,
  type CompileOptions,
  confusionMatrix,
  dense,
  earlyStopping,
  f1Score,
  fromTable,
  type History,
  type Layer,
  type LearningRate,
  type Logs,
  type Loss,
  type Metric,
  type Optimizer,
  type RuntimeOptions,
  r2Score,
  recall,
  rocAucScore,
  type Score,
  Sequential,
  tableEncoder,
  type WorkerModel,
} from "simdgrad";
import { parseCsv } from "simdgrad/csv";
import { MLPClassifier } from "simdgrad/estimators";
import { choice, gridSearch, integer, logUniform, randomSearch } from "simdgrad/search";

const data = { x: [[0, 1]], y: [1] };

/** Numbers by name. */
export async function logs(model: Sequential): Promise<number> {
  const history = await model.fit(data, { epochs: 3, validationData: data });
  const last: number = history.loss[history.loss.length - 1] ?? 0;
  const losses: number[] = history.loss;
  const [accuracies, twins, short]: number[][] = [history.accuracy, history.valAccuracy, history.valMse];
  // @ts-expect-error misspelled
  history.valAcuracy;
  // @ts-expect-error a name of one's own, which has to be told
  history.sensitivity;
  const own = await model.fit<"sensitivity">(data);
  const sensitivity: number[] = own.valSensitivity.concat(own.sensitivity, own.loss);
  const any: History<string> = await model.fit<string>(data);
  const named: number[] | undefined = any["anything at all"];
  const values: number[] = Object.values(history).map((numbers) => numbers[0] ?? 0);
  const evaluation = await model.evaluate(data);
  const loss: number = evaluation.loss + evaluation.accuracy + (await model.trainOnBatch(data)).loss;
  // @ts-expect-error evaluation has no twins
  evaluation.valLoss;
  // @ts-expect-error misspelled
  evaluation.acuracy;
  for await (const log of model.train(data, { every: "batch" })) {
    const {
      epoch,
      step,
      loss: running,
      accuracy,
    }: { epoch: number; step: number; loss: number; accuracy: number } = log;
    // @ts-expect-error misspelled
    log.lost;
    void [epoch, step, running, accuracy];
  }
  void [last, losses, accuracies, twins, short, sensitivity, named, values];
  return loss;
}

/** Callbacks. */
export const callbacks: Callback[] = [
  earlyStopping({ monitor: "valAccuracy" }),
  earlyStopping({ monitor: "valSensitivity", mode: "max" }),
  { onEpochEnd: (epoch, logs) => console.log(epoch, logs.loss.toFixed(2), logs.valLoss.toFixed(2)) },
  { onEpochEnd: (_, logs: Logs<"sensitivity">) => console.log(logs.sensitivity.toFixed(2)) },
  { onBatchEnd: (_, logs) => console.log(logs().loss.toFixed(2)) },
];

/** What is exported may have the types of the library, unsaid. */
export const metadataOf = (model: Sequential | WorkerModel) => model.metadata;
export const layersOf = (model: Sequential | WorkerModel) => model.layers;
export const weightsOf = (model: Sequential | WorkerModel) => model.getWeights();
export const compiledOf = (model: Sequential) => [model.compiled, model.info(), model.trace(data)] as const;

/** Scores: one number, or one per class or output. */
export function scores(truth: Float32Array, predictions: number[]): void {
  const one: number = f1Score(truth, predictions, { average: "macro", zeroDivision: NaN });
  const each: number[] = f1Score(truth, predictions, { average: "none" });
  const mean: number = r2Score(truth, predictions, { outputs: 2, multioutput: [1, 3] });
  const rows: number[] = r2Score(truth, predictions, { outputs: 2, multioutput: "rawValues" });
  const older: number[] = r2Score(truth, predictions, { outputs: 2, average: "none" });
  const areas: number[] = rocAucScore(truth, predictions, { outputs: 2, average: "none" });
  const list: ((labels: number[], predictions: number[]) => number)[] = [f1Score, r2Score, rocAucScore];
  const last: ReturnType<typeof f1Score> = one;
  const counts: Int32Array = confusionMatrix(truth, predictions, { labels: [1, 0] }).counts;
  const shares: Float64Array = confusionMatrix(truth, predictions, { normalize: "all" }).counts;
  const own: Score<{ average?: "macro" | "none" }> = f1Score;
  // @ts-expect-error misspelled
  f1Score(truth, predictions, { average: "macro", zeroDivison: 1 });
  // @ts-expect-error misspelled, of a list
  r2Score(truth, predictions, { average: "none", output: 2 });
  // @ts-expect-error one number, not a list
  const wrong: number[] = f1Score(truth, predictions, { average: "macro" });
  // @ts-expect-error variances are weights of explained shares alone
  rocAucScore(truth, predictions, { multioutput: "varianceWeighted" });
  void [one, each, mean, rows, older, areas, list, last, counts, shares, own, wrong];
}

/** A model here, in a worker, or either. */
export async function create(options: RuntimeOptions & { worker?: boolean }): Promise<void> {
  const base = { inputShape: [2], layers: [dense({ units: 1 })] };
  const here: Sequential = await Sequential.create(base);
  const there: WorkerModel = await Sequential.create({ ...base, worker: true });
  const either: Sequential | WorkerModel = await Sequential.create({ ...base, ...options });
  const loaded: Sequential = await Sequential.load(here.save());
  const distant: WorkerModel = await Sequential.load(here.save(), { worker: true });
  const history = await there.fit(data);
  const loss: number[] = history.loss;
  // @ts-expect-error misspelled
  history.valAcuracy;
  const own: number[] = (await there.fit<"roc">(data)).valRoc;
  // @ts-expect-error a model is made by create
  new Sequential([dense({ units: 1 })]);
  // @ts-expect-error so
  Sequential.create([dense({ units: 1 })]);
  // @ts-expect-error x and y are one argument
  here.fit([[0, 1]], [1]);
  // @ts-expect-error too many
  here.predict([[0, 1]], [1]);
  // @ts-expect-error frozen
  here.layers[0].trainable = false;
  void [either, loaded, distant, loss, own];
}

/** Plain data where factories could be called, with as few options as these need. */
export const optimizers: Optimizer[] = [
  "adam",
  { type: "adam", learningRate: 0.1 },
  { type: "adamw", weightDecay: 0.01, beta1: 0.8 },
  { type: "sgd", momentum: 0.9, nesterov: true, clipNorm: 1 },
  { type: "rmsprop" },
  { type: "nadam", compat: "torch" },
  { type: "lion" },
  { type: "adagrad" },
  { type: "adadelta", rho: 0.9 },
  { type: "lbfgs", historySize: 5 },
  { type: "sgd", learningRate: { type: "exponentialDecay", initialLearningRate: 0.1, decaySteps: 10, decayRate: 0.9 } },
  // @ts-expect-error no such option
  { type: "adam", lr: 0.1 },
  // @ts-expect-error an option of another optimizer
  { type: "adam", momentum: 0.9 },
];

export const rates: LearningRate[] = [
  0.1,
  (step, epoch) => 0.1 / (1 + step + epoch),
  { type: "cosineDecay", initialLearningRate: 0.1, decaySteps: 10 },
  { type: "oneCycle", maxLearningRate: 0.1, totalSteps: 10 },
  { type: "polynomialDecay", initialLearningRate: 0.1, decaySteps: 10, power: 2 },
  // @ts-expect-error what it begins with is missing
  { type: "cosineDecay", decaySteps: 10 },
];

export const losses: Loss[] = [
  "mse",
  "bce",
  { type: "huber", delta: 2 },
  { type: "binaryCrossentropy" },
  { type: "bce", fromLogits: true },
  // @ts-expect-error misspelled
  "binary_crossentropy",
];

export const metrics: Metric[] = [
  "acc",
  "accuracy",
  recall({ name: "sensitivity" }),
  auc(),
  { type: "fbeta", beta: 2 },
  // @ts-expect-error misspelled
  "acuracy",
];

export const layers: Layer[] = [
  dense({ units: 3, activation: "relu", kernelInitializer: { type: "randomNormal", standardDeviation: 0.1 } }),
  { type: "dense", units: 3 },
  { type: "dense", units: 3, activation: { type: "leakyRelu" }, kernelRegularizer: { type: "l1l2", l2: 0.01 } },
  { type: "dense", units: 3, kernelConstraint: { type: "maxNorm" }, kernelInitializer: { type: "orthogonal" } },
  { type: "dense", units: 3, biasInitializer: { type: "constant", value: 1 }, kernelInitializer: "heNormal" },
  activation({ type: "gelu", approximate: true }),
  { type: "activation", activation: "relu" },
  { type: "dropout", rate: 0.5 },
  { type: "batchNormalization", momentum: 0.9 },
  { type: "layerNormalization" },
  { type: "gaussianNoise", standardDeviation: 0.1 },
  { type: "normalization" },
  { type: "rescaling", scale: 2 },
  { type: "categoryEncoding", numTokens: 3 },
  { type: "reshape", shape: [2, 2] },
  { type: "flatten" },
  // @ts-expect-error the number of units is missing
  { type: "dense" },
  // @ts-expect-error no such option
  { type: "dense", units: 3, rate: 0.5 },
];

export const compiling: CompileOptions = {
  optimizer: { type: "adam", learningRate: 0.1 },
  loss: { type: "categoricalCrossentropy", labelSmoothing: 0.1 },
  metrics: ["acc", { type: "topKCategoricalAccuracy", k: 3 }],
};

/** Rows of an interface, as forms and databases have them. */
interface Customer {
  age: number;
  region: string;
  churned: boolean;
}

export async function table(customers: Customer[]): Promise<number> {
  const { data: encoded } = fromTable(customers, { target: "churned" });
  tableEncoder({ target: "churned" }).fit(customers);
  fromTable(await parseCsv("a,b\n1,2"), { target: "b" });
  return encoded.length;
}

/** Searches know the options of estimators. */
export async function search(): Promise<void> {
  await gridSearch(data, {
    estimator: "classifier",
    grid: { learningRate: [0.1, 0.01], hiddenLayerSizes: [[10], []] },
  });
  await randomSearch(data, {
    estimator: "regressor",
    space: { alpha: logUniform(1e-5, 1e-1), batchSize: integer(8, 64), activation: choice(["relu", "tanh"]) },
  });
  // @ts-expect-error misspelled
  await gridSearch(data, { estimator: "classifier", grid: { learningRat: [0.1] } });
  // @ts-expect-error a value of another kind
  await gridSearch(data, { estimator: "classifier", grid: { learningRate: ["fast"] } });
  // @ts-expect-error misspelled
  new MLPClassifier({ learning_rate: 0.1 });
  // @ts-expect-error neither a number nor "auto"
  new MLPClassifier({ batchSize: "full" });
  // @ts-expect-error of the regressor
  new MLPClassifier({ standardizeTarget: true });
  new MLPClassifier({ classWeight: { cat: 2 }, batchSize: "auto", callbacks: [earlyStopping()], threads: 2 });
  await new MLPClassifier({ signal: new AbortController().signal }).fit(data);
}
