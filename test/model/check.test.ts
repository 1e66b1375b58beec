// model.check: each finding where there is one, and none where there is none.
import { describe, expect, it } from "vitest";
import { Random } from "../../src/base/random.js";
import {
  type Activation,
  activation,
  type CheckOptions,
  Dataset,
  dense,
  type FindingCode,
  findingCodes,
  formatFindings,
  type LayerSpec,
  type Loss,
  NonFiniteError,
  normalization,
  OptionError,
  relu,
  rescaling,
  reshape,
  Sequential,
} from "../../src/index.js";
import { blobs, classifier, stateOf } from "./models.js";

const good = blobs(60);

function rows(count: number, columns: number, seed = 1): number[][] {
  const random = Random.fromSeed(seed);
  return Array.from({ length: count }, () => Array.from({ length: columns }, () => random.normal()));
}

const scaled = rows(60, 2);
const labels = (name: (row: number) => number, count = 60) => Array.from({ length: count }, (_, row) => name(row));
const cycle = labels((row) => row % 3);
const withValue = (value: unknown, row = 7, column = 1) =>
  scaled.map((one, i) => (i === row ? one.map((x, j) => (j === column ? value : x)) : one));

async function regressor(layers: LayerSpec[] = []): Promise<Sequential> {
  const model = await Sequential.create({ inputShape: [2], layers: [...layers, dense({ units: 1 })] });
  model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
  return model;
}

const met = new Set<FindingCode>();

type Case = [what: string, data: unknown, options: CheckOptions, found: [FindingCode, string, string][]];

describe("a classifier", () => {
  it.each<Case>([
    ["nothing to say", good, {}, []],
    ["nothing to say of plain arrays", { x: scaled, y: cycle }, { validationSplit: 0.2 }, []],
    ["nothing to say of typed arrays", { x: Float32Array.from(scaled.flat()), y: cycle }, {}, []],
    [
      "ragged rows",
      { x: scaled.map((row, i) => (i % 9 === 4 ? [...row, 1] : row)), y: cycle },
      {},
      [["raggedRows", "error", "x: 7 rows have another length than needed: rows 4, 13, 22, 31, 40 and 2 more"]],
    ],
    [
      "NaN",
      { x: withValue(Number.NaN), y: cycle },
      {},
      [["notFinite", "error", "x: 1 row holds something that is not a finite number: row 7; column 1."]],
    ],
    ["null", { x: withValue(null), y: cycle }, {}, [["notFinite", "error", "number: row 7; column 1."]]],
    ["text", { x: withValue("3"), y: cycle }, {}, [["notFinite", "error", "number: row 7; column 1."]]],
    [
      "NaN in a typed array",
      { x: Float32Array.of(1, 2, Number.NaN, 4), y: [0, 1] },
      {},
      [["notFinite", "error", "number: row 1; column 0."]],
    ],
    ["names as labels", { x: scaled, y: cycle.map((c) => `c${c}`) }, {}, [["notFinite", "error", "y: 60 rows"]]],
    [
      "several faults at once",
      { x: withValue(Number.NaN).map((row, i) => (i === 2 ? [1] : row)), y: cycle.map((c, i) => (i === 5 ? null : c)) },
      {},
      [
        ["raggedRows", "error", "row 2"],
        ["notFinite", "error", "x: 1 row holds"],
        ["notFinite", "error", "y: 1 row holds"],
      ],
    ],
    [
      "one-hot rows",
      { x: scaled, y: cycle.map((c) => [0, 1, 2].map((k) => Number(k === c))) },
      {},
      [["doesNotFit", "error", "one integer label per row"]],
    ],
    ["a label out of range", { x: scaled, y: labels((row) => row % 4) }, {}, [["doesNotFit", "error", "row 3"]]],
    ["too few labels", { x: scaled, y: cycle.slice(1) }, {}, [["doesNotFit", "error", "expected 60 rows"]]],
    ["something else", 5, {}, [["doesNotFit", "error", "got 5"]]],
    [
      "too few rows",
      { x: scaled.slice(0, 12), y: cycle.slice(0, 12) },
      {},
      [["tooFewRows", "warning", "12 rows for 3 classes"]],
    ],
    [
      "a constant column",
      { x: scaled.map(([a]) => [a, 4]), y: cycle },
      {},
      [["constantColumns", "info", "1 of 2 columns of x are constant: 1"]],
    ],
    [
      "large columns",
      { x: scaled.map(([a, b]) => [a, 300 * b]), y: cycle },
      {},
      [["unscaledColumns", "warning", "1 of 2 columns of x are not scaled: 1"]],
    ],
    [
      "numbers that float32 cannot tell apart",
      { x: scaled.map(([a], i) => [a, 2 ** 24 + i]), y: cycle },
      {},
      [
        ["unscaledColumns", "warning", "1 of 2 columns of x are not scaled: 1"],
        [
          "mergedValues",
          "warning",
          "x: column 1: 60 different values are 31 in float32, such as 16777216 and 16777217",
        ],
      ],
    ],
    [
      "pixels",
      { x: scaled.map(([a, b]) => [Math.abs(a) * 100, 120 + b]), y: cycle },
      {},
      [["unscaledColumns", "warning", "2 of 2"]],
    ],
    [
      "unequal columns",
      { x: scaled.map(([a, b]) => [a, 0.001 * b]), y: cycle },
      {},
      [["unscaledColumns", "warning", "differ in scale"]],
    ],
    [
      "a rare class",
      { x: rows(100, 2), y: labels((row) => (row < 3 ? 2 : row % 2), 100) },
      {},
      [["classImbalance", "warning", "class 2 only 3"]],
    ],
    [
      "a missing class",
      { x: scaled, y: labels((row) => row % 2) },
      {},
      [["missingClasses", "warning", "No row is of class 2"]],
    ],
    ["one class", { x: scaled, y: labels(() => 1) }, {}, [["missingClasses", "error", "class 0, 2"]]],
    [
      "sorted labels",
      { x: scaled, y: labels((row) => Math.floor(row / 20)) },
      {},
      [["sortedLabels", "info", "sorted"]],
    ],
    [
      "sorted labels with a split",
      { x: scaled, y: labels((row) => Math.floor(row / 20)) },
      { validationSplit: 0.34 },
      [
        ["classesOnlyInValidation", "error", "Only validation has rows of class 2"],
        ["sortedLabels", "warning", "sorted"],
      ],
    ],
    [
      "falling labels with a stratified split",
      { x: scaled, y: labels((row) => 2 - Math.floor(row / 20)) },
      { validationSplit: { fraction: 0.3, stratify: true } },
      [["sortedLabels", "info", "sorted"]],
    ],
    [
      "duplicates",
      { x: scaled.map((row, i) => (i === 33 ? scaled[3] : row)), y: cycle },
      {},
      [["duplicateRows", "info", "1 row repeats an earlier one: row 33"]],
    ],
    [
      "duplicates with other labels",
      { x: scaled.map((row, i) => (i === 34 ? scaled[3] : row)), y: cycle },
      {},
      [["conflictingRows", "warning", "another target: row 34"]],
    ],
    [
      "duplicates across the split",
      { x: scaled.map((row, i) => (i === 57 ? scaled[3] : row)), y: cycle },
      { validationSplit: 0.1 },
      [
        ["leakedRows", "warning", "1 of 6 rows of validation is in training, too: its row 3"],
        ["duplicateRows", "info", "row 57"],
      ],
    ],
    [
      "validation data from training",
      good,
      { validationData: good.slice(0, 5) },
      [["leakedRows", "warning", "5 of 5"]],
    ],
    ["validation data that do not fit", good, { validationData: { x: [[1]], y: [0] } }, [["doesNotFit", "error", "x"]]],
  ])("%s", async (_, data, options, found) => {
    const model = await classifier();
    const before = stateOf(model);
    const findings = await model.check(data as never, options);
    for (const { code } of findings) met.add(code);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual(
      found.map(([code, severity]) => [code, severity]),
    );
    found.forEach(([, , message], i) => {
      expect(findings[i].message).toContain(message);
      expect(findings[i].remedy.length).toBeGreaterThan(20);
    });
    expect(stateOf(model)).toBe(before);
  });

  it("says names where a Dataset has some", async () => {
    const data = Dataset.from(
      { x: scaled.map(([a]) => [a, 4]), y: labels((row) => row % 2) },
      { featureNames: ["width", "height"], classNames: ["cat", "dog", "fox"] },
    );
    const messages = (await (await classifier()).check(data)).map(({ message }) => message);
    expect(messages).toEqual(["No row is of class fox.", "1 of 2 columns of x are constant: height."]);
  });

  it("other losses: binary targets, and one-hot rows", async () => {
    const compiled = async (units: number, activation: "sigmoid" | "softmax", loss: Loss) => {
      const model = await Sequential.create({ inputShape: [2], layers: [dense({ units, activation })] });
      model.compile({ optimizer: "sgd", loss });
      return model;
    };
    const binary = await compiled(1, "sigmoid", "binaryCrossentropy");
    const rare = { x: rows(100, 2), y: labels((row) => Number(row % 20 === 7), 100) };
    expect((await binary.check(rare)).map(({ code }) => code)).toEqual(["classImbalance"]);
    expect((await binary.check({ x: scaled, y: cycle })).map(({ code }) => code)).toEqual(["doesNotFit"]);
    const categorical = await compiled(3, "softmax", "categoricalCrossentropy");
    const oneHot = labels((row) => Math.floor(row / 20)).map((c) => [0, 1, 2].map((k) => Number(k === c)));
    expect((await categorical.check({ x: scaled, y: oneHot })).map(({ code }) => code)).toEqual(["sortedLabels"]);
    expect((await categorical.check({ x: scaled, y: cycle })).map(({ code }) => code)).toEqual(["doesNotFit"]);
  });
});

describe("a regression", () => {
  const y = scaled.map(([a, b]) => a - b);

  it.each<Case>([
    [
      "nothing to say, of sorted targets either",
      { x: scaled, y: y.toSorted((a, b) => a - b) },
      { validationSplit: 0.3 },
      [],
    ],
    [
      "large targets",
      { x: scaled, y: y.map((v) => 1e4 * v) },
      {},
      [["unscaledTargets", "warning", "Targets are not scaled"]],
    ],
    [
      "too few rows",
      { x: scaled.slice(0, 20), y: y.slice(0, 20) },
      {},
      [["tooFewRows", "warning", "There are 20 rows."]],
    ],
    [
      "only constant columns",
      { x: scaled.map(() => [1, 2]), y: y.map(() => 0) },
      {},
      [
        ["constantColumns", "error", "2 of 2"],
        ["duplicateRows", "info", "59 rows"],
      ],
    ],
  ])("%s", async (_, data, options, found) => {
    const findings = await (await regressor()).check(data as never, options);
    for (const { code } of findings) met.add(code);
    expect(findings.map(({ code, severity }) => [code, severity])).toEqual(
      found.map(([code, severity]) => [code, severity]),
    );
    for (const [i, [, , message]] of found.entries()) expect(findings[i].message).toContain(message);
  });

  it("targets need not be scaled before a last layer that does it, which is said where it helps", async () => {
    const data = { x: scaled, y: y.map((v) => 1e4 * v + 5e3) };
    const model = await regressor();
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const [{ remedy }] = await model.check(data);
    const [, scale, offset] = /rescaling\(\{ scale: (\d+), offset: (\d+) \}\)/.exec(remedy) ?? expect.fail(remedy);
    const layers = [dense({ units: 1 }), rescaling({ scale: Number(scale), offset: Number(offset) })];
    const mended = await Sequential.create({ inputShape: [2], layers });
    mended.compile({ optimizer: "adam", loss: "meanSquaredError" });
    expect(await mended.check(data)).toEqual([]);
    // Plain gradients grow with the square of the layer's scale.
    model.compile({ optimizer: "sgd", loss: "meanSquaredError" });
    expect((await model.check(data))[0].remedy).not.toContain("rescaling");
  });

  it.each<[end: Activation, targets: number[], found: FindingCode[]]>([
    ["sigmoid", [0, 1, 0.5], []],
    ["sigmoid", [0, 1.5], ["unreachableTargets"]],
    ["tanh", [-1, 1], []],
    ["tanh", [-1.25], ["unreachableTargets"]],
    ["relu", [0, 4], []],
    ["relu", [-0.5], ["unreachableTargets"]],
    [relu({ negativeSlope: 0.1 }), [-0.5], []],
    [relu({ maxValue: 2 }), [2.5], ["unreachableTargets"]],
    ["linear", [-3, 3], []],
  ])("last activation %o, targets %o: %o", async (end, targets, found) => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1, activation: end })] });
    model.compile({ optimizer: "adam", loss: "meanSquaredError" });
    const data = { x: scaled, y: scaled.map((_, row) => targets[row % targets.length]) };
    const findings = await model.check(data);
    for (const { code } of findings) met.add(code);
    expect(findings.map(({ code }) => code)).toEqual(found);
  });

  it("columns need not be scaled before a layer that does it", async () => {
    const data = { x: scaled.map(([a, b]) => [a, 300 * b]), y };
    const model = await regressor([normalization()]);
    expect(await model.check(data)).toEqual([]);
  });
});

describe("the last layer of a cross-entropy", () => {
  const binary = labels((row) => row % 2);

  it.each<[loss: Loss, end: LayerSpec[], message: RegExp | null]>([
    ["binaryCrossentropy", [dense({ units: 1, activation: "sigmoid" })], null],
    ["binaryCrossentropy", [dense({ units: 1 }), activation("hardSigmoid")], null],
    ["binaryCrossentropy", [dense({ units: 1, activation: "sigmoid" }), reshape([1])], null],
    ["binaryCrossentropy", [dense({ units: 1, activation: "tanh" }), rescaling({ scale: 0.5, offset: 0.5 })], null],
    [{ type: "binaryCrossentropy", fromLogits: true }, [dense({ units: 1 })], null],
    ["binaryCrossentropy", [dense({ units: 1 })], /ends with linear\. → .*"sigmoid", or give .*fromLogits: true/],
    ["binaryCrossentropy", [dense({ units: 1, activation: "relu" })], /ends with relu\. → .*"sigmoid"\.$/],
    ["binaryCrossentropy", [dense({ units: 1 }), activation("tanh"), reshape([1])], /ends with tanh/],
    ["binaryFocalCrossentropy", [dense({ units: 1, activation: "softplus" })], /ends with softplus/],
    ["sparseCategoricalCrossentropy", [dense({ units: 2, activation: "softplus" })], null],
    ["sparseCategoricalCrossentropy", [dense({ units: 2 })], /ends with linear\. → .*"softmax", or/],
    ["sparseCategoricalCrossentropy", [dense({ units: 2, activation: "logSoftmax" })], /ends with logSoftmax/],
  ])("%o after %o", async (loss, layers, message) => {
    const model = await Sequential.create({ inputShape: [2], layers });
    model.compile({ optimizer: "adam", loss });
    const found = (await model.check({ x: scaled, y: binary })).filter(({ code }) => code === "lastLayer");
    for (const { code } of found) met.add(code);
    expect(found.length).toBe(message ? 1 : 0);
    if (message) expect(`${found[0].message} → ${found[0].remedy}`).toMatch(message);
    const warnings: string[] = [];
    const fitted = model.fit({ x: scaled, y: binary }, { onWarning: (text) => void warnings.push(text) });
    await fitted.catch((error: unknown) => expect(error).toBeInstanceOf(NonFiniteError));
    expect(warnings.length).toBe(message ? 1 : 0);
    if (message) expect(warnings[0]).toMatch(/^fit: .*ends with/);
  });
});

describe("the rest", () => {
  it("formatFindings prints the worst first, with remedies", async () => {
    expect(formatFindings([])).toMatch(/^Nothing was found/);
    const sorted = { x: scaled.map(([a]) => [a, 4]), y: labels((row) => Math.floor(row / 20)) };
    const text = formatFindings(await (await classifier()).check(sorted, { validationSplit: 0.34 }));
    expect(text.split("\n").map((line) => line.slice(0, 9))).toEqual([
      "error    ",
      "         ",
      "warning  ",
      "         ",
      "info     ",
      "         ",
    ]);
    expect(text).toContain(
      "classesOnlyInValidation: Only validation has rows of class 2.\n         → Give validationSplit",
    );
  });

  it.each<[string, unknown, RegExp]>([
    ["an unknown option", { validation: 0.2 }, /check: unknown option "validation".*validationData/],
    ["an invalid split", { validationSplit: "0.2" }, /validationSplit: expected a finite number/],
    ["both", { validationSplit: 0.2, validationData: good }, /not both/],
    ["null", null, /check: expected an options object, got null/],
  ])("rejects %s", async (_, options, message) => {
    const attempt = (await classifier()).check(good, options as never);
    await expect(attempt).rejects.toThrow(message);
    await expect(attempt).rejects.toBeInstanceOf(OptionError);
  });

  it("needs compile", async () => {
    const model = await Sequential.create({ inputShape: [2], layers: [dense({ units: 1 })] });
    await expect(model.check(good)).rejects.toThrow(/check: call compile/);
  });

  it("every code was met above", () => {
    expect([...met].sort()).toEqual([...findingCodes].sort());
  });
});
