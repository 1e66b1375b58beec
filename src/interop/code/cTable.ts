/** A table model as a C header: what its columns become, its networks, and how their answers are joined. */
import { type LearnedColumn, outputsOf, typeOf } from "../../data/columns/column.js";
import type { Category } from "../../data/preprocess/table.js";
import { C_ROM, cDouble, cText } from "./cParts.js";
import { C_COLUMN, C_MISSING, tableCodeOf } from "./cTableParts.js";
import { type CStep, CWriter } from "./cWriter.js";
import { type Step, stepsOf } from "./steps.js";
import type { TableSource } from "./tableSource.js";

/** The values that a column knows by their text, in their order; numbers have none. */
function valuesOf(column: LearnedColumn): readonly Category[] {
  if (column.categories) return column.categories;
  return "kind" in column && column.kind === "boolean" ? column.words : [];
}

/** Names of C for columns: capital letters, digits and `_`, each once. */
function constantsOf(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const plain = name
      .toUpperCase()
      .replace(/[^A-Z0-9]+/g, "_")
      .slice(0, 40);
    let own = plain;
    for (let i = 2; taken.has(own); i++) own = `${plain}_${i}`;
    taken.add(own);
    return own;
  });
}

/** A text for each number, by a function of that number. */
function textsOf(comment: string, name: string, texts: readonly string[]): string {
  return `/* ${comment} */
static inline const char *${name}(int number) {
  static const char *const names[] = {
${texts.map((text) => `    ${cText(text)},\n`).join("")}  };
  return names[number];
}`;
}

/** The lines that put the numbers of a column into x. */
function columnLines(column: LearnedColumn, i: number, at: number, { center, scale }: TableSource["file"]): string[] {
  const scaled = (value: string, place: number) =>
    `  x[${place}] = (float)((${value} - ${cDouble(center[place])}) / ${cDouble(scale[place])});`;
  const { categories, fill } = column;
  if (categories) {
    const place = fill === null ? -2 : categories.indexOf(fill);
    const other = "other" in column && column.other === true ? categories.length : -1;
    const width = outputsOf(column).length;
    return [
      `  place = net_place(row[${i}], ${place}, ${categories.length}, ${other}, &told);`,
      ...(fill === null ? ["  if (place == -2) return -1;"] : []),
      ...Array.from({ length: width }, (_, k) => scaled(`(double)(place == ${k})`, at + k)),
    ];
  }
  const isBit = typeOf(column) === "boolean";
  return [
    `  value = row[${i}];`,
    isBit ? "  if (value != 0.0 && value != 1.0) {" : "  if (net_is_missing(value)) {",
    ...(fill === null ? ["    return -1;"] : [`    value = ${cDouble(Number(fill))};`, "    told++;"]),
    "  }",
    scaled("value", at),
  ];
}

/** The function that reads a row. */
function encoder({ file }: TableSource): string {
  const { features } = file;
  let at = 0;
  const lines = features.flatMap((column, i) => {
    const own = columnLines(column, i, at, file);
    at += outputsOf(column).length;
    return own;
  });
  const hasPlaces = features.some(({ categories }) => categories);
  const hasValues = features.some(({ categories }) => !categories);
  return [
    "/* The numbers that the columns of a row become. Returns how many values were filled in or not known, or -1. */",
    "static inline int net_read(const double *row, float *x) {",
    "  int told = 0;",
    ...(hasPlaces ? ["  int place;"] : []),
    ...(hasValues ? ["  double value;"] : []),
    ...lines,
    "  return told;",
    "}",
  ].join("\n");
}

/** The place of a text among the values of a column. */
function finder(features: readonly LearnedColumn[], prefix: string): string {
  const all = features.map(valuesOf);
  const begins = all.map((_, i) => all.slice(0, i).reduce((sum, { length }) => sum + length, 0));
  const texts = all.flat().map((value) => cText(String(value)));
  return `/* The number that stands in a row for a text of a column, its place among those known; -1 if it is not known. */
static inline double ${prefix}_value(int column, const char *text) {
  static const char *const texts[] = {
${texts.map((text) => `    ${text},\n`).join("")}    0
  };
  static const int begins[] = {${[...begins, texts.length].join(", ")}};
  int i;
  for (i = begins[column]; i < begins[column + 1]; i++) {
    if (strcmp(texts[i], text) == 0) return (double)(i - begins[column]);
  }
  return -1.0;
}`;
}

/** The text of a header that answers as `TableModel.predict` does. */
export function tableHeaderOf(
  where: string,
  source: TableSource,
  change: (step: Step) => CStep,
  prefix: string,
): string {
  const { file, networks } = source;
  const { features, target, classes, errorBound } = file;
  const width = features.flatMap(outputsOf).length;
  const outputs = classes === null || classes.length === 2 ? 1 : classes.length;
  const writer = new CWriter();
  let layer = 0;
  const runs = networks.map((network, i) => {
    for (const { name, steps } of stepsOf(where, network)) {
      layer++;
      for (const step of steps) writer.write(`network ${i + 1}, ${name}`, change(step), layer);
    }
    return writer.predict(width, outputs, `net_network${i + 1}`);
  });
  const capital = prefix.toUpperCase();
  const constants = constantsOf(features.map(({ name }) => name));
  const code = [
    `#ifndef NET_H\n#define NET_H\n\n#include <math.h>${writer.hasInt8 ? "\n#include <stdint.h>" : ""}\n#include <string.h>`,
    C_ROM,
    `/* Numbers of the columns of a row, and of outputs. */
#define NET_INPUTS ${features.length}
#define NET_OUTPUTS ${classes?.length ?? 1}`,
    C_MISSING,
    ...(errorBound === null
      ? []
      : [`/* Nine of ten rows lay within this distance of the output. */\n#define NET_BOUND ${cDouble(errorBound)}`]),
    C_COLUMN,
    encoder(source),
    ...writer.tables,
    ...writer.functions(),
    ...runs,
    ...tableCodeOf(file, { inputs: width, outputs, networks: networks.length }),
  ].map((part) => part.replace(/\bnet_/g, `${prefix}_`).replace(/\bNET_/g, `${capital}_`));
  const columns = `/* Places of the columns in a row. */
enum {
${constants.map((name, i) => `  ${capital}_COLUMN_${name} = ${i}${i === constants.length - 1 ? "" : ","}\n`).join("")}};`;
  const names = [
    columns,
    textsOf(
      "The name of a column, as UTF-8.",
      `${prefix}_column_name`,
      features.map(({ name }) => name),
    ),
    finder(features, prefix),
    ...(classes ? [textsOf("The name of a class, as UTF-8.", `${prefix}_class_name`, classes.map(String))] : []),
  ];
  const [title, ...lines] = commentLines(writer.hasInt8, prefix);
  const about = `/*\n${[title, ...lines].map((line) => `${` * ${line}`.trimEnd()}\n`).join("")} */`;
  const isTold = `/* The column that is predicted, as UTF-8. */\n#define ${capital}_TARGET ${cText(target.name)}`;
  return `${[about, ...code, isTold, ...names, "#endif"].join("\n\n")}\n`;
}

function commentLines(isQuantized: boolean, prefix: string): string[] {
  return [
    `A model of a table without dependencies, written by simdgrad${isQuantized ? ", with int8 weights" : ""}.`,
    ...(isQuantized
      ? []
      : [
          "Its answers agree with those of TableModel.predict to 2e-6 in probabilities, and in deviations of the target,",
          "where a double has 64 bits.",
        ]),
    "",
    "A row has a number for each column, in their order. A number stands for itself, no and yes are 0 and 1, and a",
    `category is its place among those known: ${prefix}_value finds it by its text.`,
  ];
}
