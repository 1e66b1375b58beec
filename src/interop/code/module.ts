/** A model as a JavaScript module that needs nothing else. */
import { readOptions } from "../../base/options.js";
import { sizeOf } from "../../base/shape.js";
import { describeLayer } from "../../specs/layers/facts.js";
import type { Portable } from "../portable.js";
import { type WritingOptions, writingOptions } from "../writing.js";
import { SCRIPT_ROWS } from "./moduleParts.js";
import { type ClassReading, classReadingOf, namesText } from "./names.js";
import { notesOf } from "./notes.js";
import { ScriptWriter, weightsText } from "./scriptWriter.js";
import { anySourceOf, type Source } from "./source.js";
import { type LayerSteps, stepsOf } from "./steps.js";
import { tableModuleOf } from "./table.js";

/** Options of `exportModule`. */
export interface ExportModuleOptions extends WritingOptions {}

/**
 * A model as the text of a JavaScript module without imports, for pages, servers and functions that should not load a
 * library. It holds the weights as base64 and every layer as plain loops, and exports `predict`, `inputs`, `outputs`,
 * `features`, `classes` and, for a classifier, `predictClass`. Both take a row, as a list of numbers or as an object by
 * the names in `metadata.features`, or a list of rows. Predictions agree with those of the model to 2e-6, relative for
 * numbers above 1. Layers that scale or encode inputs are included; those that act in training alone are left out.
 *
 * The module of a table model exports `predict`, which takes and gives what `TableModel.predict` does, warnings included,
 * and `columns`, `target`, `classes` and `threshold`. Answers agree to 1e-6, numbers in deviations of the target. Columns of dates, of hashed text, and of numbers
 * such as "1.200,50 €" are refused by name.
 *
 * @param model here or in a worker, a table model, the bytes of its `save()`, or what a `read…` function returned
 * @example await writeFile("model.js", await exportModule(model));
 * @throws OptionError for anything that is not a model, for unknown options, and for columns that code cannot read; FormatError for bytes that are not its file, and for layers that
 * cannot be written
 */
export async function exportModule(model: Source, options: ExportModuleOptions = {}): Promise<string> {
  const where = "exportModule";
  const { onWarning } = readOptions(where, writingOptions, options, arguments);
  const source = await anySourceOf(where, model);
  const isTable = "networks" in source;
  const text = isTable ? tableModuleOf(where, source) : moduleOf(where, source);
  for (const note of notesOf(isTable ? source.networks : [source])) await onWarning(note);
  return text;
}

/** The comment at the top of a generated module. */
const TITLE = "// A neural network without dependencies, written by simdgrad.";
const TOLERANCE = "// Its predictions agree with those of simdgrad to 2e-6, relative for numbers above 1.";

/** The text of a module; pages hold it, too. */
export function moduleOf(where: string, source: Portable): string {
  const layers = stepsOf(where, source);
  const outputs = sizeOf(layers[layers.length - 1].outputShape);
  const writer = new ScriptWriter();
  const calls = layers.flatMap((layer, i) => writer.write(layer, i + 1));
  const reading = classReadingOf(source, layers, outputs);
  const lines = calls.map((call) => `  x = ${call};\n`).join("");
  const parts = [
    `${TITLE}\n${TOLERANCE}`,
    factsOf(source, layers, outputs),
    `/** The outputs for a row as a list of ${outputs}; for several rows a list of such lists. */
export function predict(input) {
  return forEachRow(input, (outputs) => Array.from(outputs));
}`,
    ...(reading ? [predictClassOf(reading)] : []),
    SCRIPT_ROWS,
    `/** The outputs for one row of numbers. */\nfunction run(row) {\n  let x = row;\n${lines}  return x;\n}`,
    ...writer.functions(),
    ...weightsText(writer),
  ];
  return `${parts.join("\n\n")}\n`;
}

function factsOf({ inputShape, classes, features }: Portable, layers: readonly LayerSteps[], outputs: number): string {
  return [
    ...layers.map(({ name, spec, outputShape }) => `// ${name}: ${describeLayer(spec)}, [${outputShape.join(", ")}]`),
    "",
    "/** Number of inputs. */",
    `export const inputs = ${sizeOf(inputShape)};`,
    "/** Number of outputs. */",
    `export const outputs = ${outputs};`,
    "/** Names of the inputs, or null. */",
    `export const features = ${namesText(features)};`,
    "/** Names of the classes, or null. */",
    `export const classes = ${namesText(classes)};`,
  ].join("\n");
}

const CLASS_ANSWERS: { readonly [Kind in ClassReading["kind"]]: (cut: number) => { doc: string; body: string } } = {
  largest: () => ({
    doc: "The class of a row, or of each of several rows: its name, or its number where classes have no names.",
    body: "nameOf(outputs.indexOf(outputs.reduce((most, value) => Math.max(most, value))))",
  }),
  binary: (cut) => ({
    doc: "The class of a row, or of each of several rows: its name, or 0 or 1 where classes have no names.",
    body: `nameOf(outputs[0] > ${cut} ? 1 : 0)`,
  }),
  each: (cut) => ({
    doc: "A list of 0 and 1 for a row, one for each output; for several rows a list of such lists.",
    body: `Array.from(outputs, (output) => (output > ${cut} ? 1 : 0))`,
  }),
};

function predictClassOf(reading: ClassReading): string {
  const { doc, body } = CLASS_ANSWERS[reading.kind]("cut" in reading ? reading.cut : 0);
  const nameOf = body.startsWith("nameOf")
    ? "const nameOf = (number) => (classes ? classes[number] : number);\n\n"
    : "";
  return `${nameOf}/** ${doc} */
export function predictClass(input) {
  return forEachRow(input, (outputs) => ${body});
}`;
}
