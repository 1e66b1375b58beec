/** A model as a C99 header that needs nothing but math.h. */
import { OptionError, show } from "../../base/errors.js";
import { type Given, oneOf, optional, readOptions, unchecked, via } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import type { Numbers } from "../../data/matrix.js";
import { describeLayer } from "../../specs/layers/facts.js";
import type { ClassName, Portable } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import { C_ROM, cNumber, cText } from "./cParts.js";
import { tableHeaderOf } from "./cTable.js";
import { type CStep, CWriter } from "./cWriter.js";
import { type ClassReading, classReadingOf } from "./names.js";
import { notesOf } from "./notes.js";
import { quantizedStep } from "./quantize.js";
import { calibrate, checkDense } from "./report.js";
import { anySourceOf, type Source } from "./source.js";
import { type LayerSteps, type Step, stepsOf } from "./steps.js";

const cOptions = {
  /** Beginning of every name in the header: letters, digits and `_`. Headers of two models need two. @default "net" */
  prefix: via<string, string>(checkPrefix, "net"),
  /**
   * Kind of the weights of dense layers. `int8` takes a quarter of the memory: each unit has a scale of its own.
   * `quantizationReport` says what it costs. @default "float32"
   */
  weights: oneOf(["float32", "int8"], "float32"),
  /**
   * Rows that show the range of the inputs of dense layers, such as training data; with `weights: "int8"`. Inputs then are
   * integers, too, and sums are integers, which is fast where there is no unit for floats. @default none
   */
  calibration: optional(unchecked<Numbers>()),
  ...writingOptions,
};

/** Options of `exportC`. */
export interface ExportCOptions extends WritingOptions, Given<typeof cOptions> {}

function checkPrefix(where: string, value: unknown): string {
  if (typeof value === "string" && /^[A-Za-z]\w{0,30}$/.test(value)) return value;
  throw new OptionError(`${where}: expected a name of C such as "net", at most 31 signs, got ${show(value)}.`);
}

/**
 * A model as the text of a C99 header, for firmware and other programs without a library. It needs `math.h` and nothing
 * else: no heap, tables in read-only memory (PROGMEM on AVR), at most two rows on the stack. It defines
 *
 * - `NET_INPUTS`, `NET_OUTPUTS`: numbers of inputs and outputs
 * - `void net_predict(const float *input, float *output)`
 * - for a classifier `int net_predict_class(const float *input)`, and with names `const char *net_class_name(int number)`;
 *   for several yes-or-no outputs `void net_predict_classes(const float *input, int *classes)`
 *
 * With float32 weights, outputs agree with those of the model to 2e-6, relative for numbers above 1, for layers of up to some hundred inputs:
 * sums are float32. Layers that scale or encode inputs are included; those that act in training alone are left out.
 *
 * The header of a table model has `int net_predict(const double *row, double *output)`, which returns how many values were
 * filled in or not known, `net_value` for the number that stands for a text, `NET_MISSING` for a gap, and names of columns
 * and classes. Columns of dates, of hashed text, and of numbers such as "1.200,50 €" are refused by name.
 *
 * @param model here or in a worker, a table model, the bytes of its `save()`, or what a `read…` function returned
 * @example await writeFile("net.h", await exportC(model));
 * @throws OptionError for anything that is not a model, calibration without int8 or for a table model, int8 without a dense layer, a prefix that cannot begin a name,
 * and columns that code cannot read; FormatError for bytes that are not its file, and for layers that cannot be written
 */
export async function exportC(model: Source, options: ExportCOptions = {}): Promise<string> {
  const where = "exportC";
  const { prefix, weights, calibration, onWarning } = readOptions(where, cOptions, options, arguments);
  if (calibration !== undefined && weights !== "int8") {
    throw new OptionError(`${where}: calibration is for int8 weights. Add weights: "int8", or leave it out.`);
  }
  const source = await anySourceOf(where, model);
  if ("networks" in source) {
    if (calibration !== undefined) {
      throw new OptionError(
        `${where}: calibration is for networks, whose rows are numbers. Leave it out: this is a table model.`,
      );
    }
    const asInt8 = (step: Step) => (weights === "int8" ? quantizedStep(step, () => null) : step);
    const text = tableHeaderOf(where, source, asInt8, prefix);
    for (const note of notesOf(source.networks)) await onWarning(note);
    return text;
  }
  const layers = stepsOf(where, source);
  const change = weights === "float32" ? (step: Step) => step : await quantizing(where, source, layers, calibration);
  const header = headerOf(source, layers, change, prefix);
  for (const note of [...notesOf([source]), ...namesLeftOut(source, layers)]) await onWarning(note);
  return header;
}

/** The change of steps to int8. */
async function quantizing(
  where: string,
  source: Portable,
  layers: readonly LayerSteps[],
  calibration: Numbers | undefined,
): Promise<(step: Step) => CStep> {
  checkDense(where, layers);
  const ranges = calibration === undefined ? [] : await calibrate(where, source, layers, calibration);
  const inOrder = ranges[Symbol.iterator]();
  return (step) => quantizedStep(step, () => inOrder.next().value ?? null);
}

/** The reading of outputs as classes. */
function readingIn(source: Portable, layers: readonly LayerSteps[]): ClassReading | null {
  return classReadingOf(source, layers, sizeOf(layers[layers.length - 1].outputShape));
}

/** True if the header has a function that names a class. */
const hasNames = (reading: ClassReading | null) => reading !== null && reading.kind !== "each";

/** Sentences on names that a header has no place for. */
function namesLeftOut(source: Portable, layers: readonly LayerSteps[]): string[] {
  const isWithout = source.classes !== null && !hasNames(readingIn(source, layers));
  return [
    ...(source.features ? ["Names of features are left out: C takes inputs in their order."] : []),
    ...(isWithout ? ["Names of classes are left out: C gives outputs in their order."] : []),
  ];
}

function headerOf(
  source: Portable,
  layers: readonly LayerSteps[],
  change: (step: Step) => CStep,
  prefix: string,
): string {
  const [inputs, outputs] = [sizeOf(source.inputShape), sizeOf(layers[layers.length - 1].outputShape)];
  const writer = new CWriter();
  layers.forEach(({ name, steps }, i) => {
    for (const step of steps) writer.write(name, change(step), i + 1);
  });
  const isQuantized = writer.hasInt8;
  const predict = writer.predict(inputs, outputs, "net_predict");
  const reading = readingIn(source, layers);
  const code = [
    `#ifndef NET_H\n#define NET_H\n\n#include <math.h>${isQuantized ? "\n#include <stdint.h>" : ""}`,
    C_ROM,
    `/* Numbers of inputs and outputs. */\n#define NET_INPUTS ${inputs}\n#define NET_OUTPUTS ${outputs}`,
    ...writer.tables,
    ...writer.functions(),
    predict,
    ...(reading ? [CLASS_FUNCTIONS[reading.kind]("cut" in reading ? reading.cut : 0)] : []),
  ].map((part) => part.replace(/\bnet_/g, `${prefix}_`).replace(/\bNET_/g, `${prefix.toUpperCase()}_`));
  const names = hasNames(reading) && source.classes ? [nameFunction(prefix, source.classes)] : [];
  return `${[commentOf(layers, isQuantized), ...code, ...names, "#endif"].join("\n\n")}\n`;
}

function commentOf(layers: readonly LayerSteps[], isQuantized: boolean): string {
  return [
    "/*",
    ...(isQuantized
      ? [" * A neural network without dependencies, written by simdgrad, with int8 weights."]
      : [
          " * A neural network without dependencies, written by simdgrad. Its outputs agree with those of simdgrad to 2e-6,",
          " * relative for numbers above 1.",
        ]),
    " *",
    ...layers.map(({ name, spec, outputShape }) => ` * ${name}: ${describeLayer(spec)}, [${outputShape.join(", ")}]`),
    " */",
  ].join("\n");
}

const CLASS_FUNCTIONS: { readonly [Kind in ClassReading["kind"]]: (cut: number) => string } = {
  largest: () => `/* The number of the class of a row: that of the largest output. */
static inline int net_predict_class(const float *input) {
  float output[NET_OUTPUTS];
  int j, largest = 0;
  net_predict(input, output);
  for (j = 1; j < NET_OUTPUTS; j++) {
    if (output[j] > output[largest]) largest = j;
  }
  return largest;
}`,
  binary: (cut) => `/* The class of a row: 0 or 1. */
static inline int net_predict_class(const float *input) {
  float output[NET_OUTPUTS];
  net_predict(input, output);
  return output[0] > ${cNumber(cut)};
}`,
  each: (cut) => `/* A 0 or a 1 for each output. */
static inline void net_predict_classes(const float *input, int *classes) {
  float output[NET_OUTPUTS];
  int j;
  net_predict(input, output);
  for (j = 0; j < NET_OUTPUTS; j++) classes[j] = output[j] > ${cNumber(cut)};
}`,
};

function nameFunction(prefix: string, classes: readonly ClassName[]): string {
  return `/* The name of a class, as UTF-8. */
static inline const char *${prefix}_class_name(int number) {
  static const char *const names[] = {
${classes.map((name) => `    ${cText(String(name))},\n`).join("")}  };
  return names[number];
}`;
}
