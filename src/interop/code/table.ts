/** A table model as text: what its columns become, its networks, and how their answers are joined. */
import { type LearnedColumn, outputsOf, typeOf } from "../../data/columns/column.js";
import { fillText } from "../../data/columns/describe.js";
import type { Category } from "../../data/preprocess/table.js";
import { scriptText } from "./names.js";
import { ScriptWriter, weightsText } from "./scriptWriter.js";
import { stepsOf } from "./steps.js";
import { SCRIPT_TABLE } from "./tableParts.js";
import type { TableSource } from "./tableSource.js";

/** The numbers that a column's cells become; fields have the values that stand in tables. */
function columnText(column: LearnedColumn): string {
  const { name, categories, fill } = column;
  const type = typeOf(column);
  const fields: [string, unknown][] = [
    ["name", name],
    ["type", type],
    ["fill", fill],
    ["fillText", fillText(column) ?? "nothing"],
    ["width", outputsOf(column).length],
  ];
  if (categories) fields.push(["categories", categories], ["hasOther", column.other === true]);
  else if ("kind" in column && column.kind === "boolean") fields.push(["words", column.words]);
  else fields.push(["fromText", "fromText" in column && column.fromText === true]);
  return `  { ${fields.map(([key, value]) => `${key}: ${valueText(value)}`).join(", ")} },`;
}

function valueText(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(valueText).join(", ")}]`;
  return value === null ? "null" : scriptText(value as Category);
}

/** The text of a module that answers as `TableModel.predict` does; pages hold it, too. */
export function tableModuleOf(where: string, { file, networks }: TableSource): string {
  const writer = new ScriptWriter();
  let layer = 0;
  const runs = networks.map((network, i) => {
    const calls = stepsOf(where, network).flatMap((steps) => {
      layer++;
      return writer.write({ ...steps, name: `network ${i + 1}, ${steps.name}` }, layer);
    });
    return `function network${i + 1}(row) {\n  let x = row;\n${calls.map((call) => `  x = ${call};\n`).join("")}  return x;\n}`;
  });
  const { target, classes, threshold, temperature, errorBound, targetCenter, targetScale } = file;
  const facts = [
    "/** The column that is predicted. */",
    `export const target = ${scriptText(target.name)};`,
    "/** The classes, the positive one of two last; null where the target is a number. */",
    `export const classes = ${valueText(classes)};`,
    "/** For two classes: the probability of the second from which it is predicted. */",
    `export const threshold = ${threshold};`,
    "/** The columns of a row: their types, known categories, and what stands for a missing value. */",
    `export const columns = [\n${file.features.map(columnText).join("\n")}\n];`,
    "/** Columns that rows may have, and that are not read. */",
    `const ignored = ${valueText([target.name, ...file.ignored])};`,
    "/** Mean and deviation of each number that columns become. */",
    `const center = ${JSON.stringify(file.center)};`,
    `const scale = ${JSON.stringify(file.scale)};`,
    "/** Probabilities are calibrated by it. */",
    `const temperature = ${temperature};`,
    "/** Mean and deviation of the target, and the error that nine of ten rows did not exceed; for numbers. */",
    `const numbers = { center: ${targetCenter}, scale: ${targetScale}, bound: ${errorBound ?? 0} };`,
  ].join("\n");
  const parts = [
    "// A model of a table without dependencies, written by simdgrad.\n" +
      "// Its answers agree with those of TableModel.predict to 1e-6 in probabilities, and in deviations of the target.",
    facts,
    SCRIPT_TABLE,
    `const networks = [${runs.map((_, i) => `network${i + 1}`).join(", ")}];`,
    ...runs,
    ...writer.functions(),
    ...weightsText(writer),
  ];
  return `${parts.join("\n\n")}\n`;
}
