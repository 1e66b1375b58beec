/** The functions of generated C headers of table models; `net` becomes the prefix. */
import { cDouble } from "./cParts.js";
import type { TableSource } from "./tableSource.js";

export const C_MISSING = `/* Stands for a value that is missing; so do numbers beyond 3.4e38 and those that are not a number. */
#define NET_MISSING (-3.4e38)`;

export const C_COLUMN = `static inline int net_is_missing(double value) {
  return !(value > NET_MISSING && value < -NET_MISSING);
}

/* The place of a category; \`fill\` if it is missing, and \`other\` if it is not known. */
static inline int net_place(double value, int fill, int count, int other, int *told) {
  if (!net_is_missing(value)) {
    int place = value >= 0.0 && value < (double)count ? (int)value : -1;
    if (place >= 0 && (double)place == value) return place;
  }
  (*told)++;
  if (!net_is_missing(value)) return other;
  return fill == -1 ? other : fill;
}`;

/** Sizes of the networks of a table model. */
interface Sizes {
  readonly inputs: number;
  readonly outputs: number;
  readonly networks: number;
}

/** The functions that join the answers of the networks. */
export function tableCodeOf(file: TableSource["file"], { inputs, outputs, networks }: Sizes): string[] {
  const { classes, temperature, threshold, targetCenter, targetScale } = file;
  const runs = Array.from({ length: networks }, (_, i) => {
    const add =
      outputs === 1 ? "  output[0] += (double)y[0];" : "  for (j = 0; j < NET_OUTPUTS; j++) output[j] += (double)y[j];";
    return `  net_network${i + 1}(x, y);\n${add}`;
  });
  const isBinary = classes?.length === 2;
  const join =
    classes === null
      ? [`  output[0] = output[0] / ${networks}.0 * ${cDouble(targetScale)} + ${cDouble(targetCenter)};`]
      : isBinary
        ? [`  output[1] = output[0] / ${networks}.0;`, "  output[0] = 1.0 - output[1];"]
        : [`  for (j = 0; j < NET_OUTPUTS; j++) output[j] /= ${networks}.0;`];
  const isCalibrated = classes !== null && temperature !== 1;
  const needsIndex = outputs > 1;
  const predict = `/*
 * ${classes === null ? "The number" : "The probabilities of the classes"} for a row. Returns how many of its values were filled in or not known, or -1 if
 * one is missing that nothing stands for: outputs are then left as they are.
 */
static inline int net_predict(const double *row, double *output) {
  float x[${inputs}], y[${outputs}];
${needsIndex ? "  int j;\n" : ""}  int told = net_read(row, x);
  if (told < 0) return told;
${needsIndex ? "  for (j = 0; j < NET_OUTPUTS; j++) output[j] = 0.0;" : "  output[0] = 0.0;"}
${[...runs, ...join, ...(isCalibrated ? ["  net_calibrate(output);"] : []), "  return told;"].join("\n")}
}`;
  if (classes === null) return [predict];
  const calibrate = `/* Powers of the probabilities, with a sum of 1. */
static inline void net_calibrate(double *output) {
  const double least = -690.77552789821371; /* ln 1e-300 */
  double sum = 0.0;
  int j;
  for (j = 0; j < NET_OUTPUTS; j++) {
    double power = output[j] > 0.0 ? log(output[j]) : least;
    output[j] = exp((power < least ? least : power) / ${cDouble(temperature)});
    sum += output[j];
  }
  for (j = 0; j < NET_OUTPUTS; j++) output[j] /= sum;
}`;
  const choice =
    threshold !== null && isBinary
      ? `  return output[1] >= ${cDouble(threshold)};`
      : "  for (j = 1; j < NET_OUTPUTS; j++) {\n    if (output[j] > output[largest]) largest = j;\n  }\n  return largest;";
  const predictClass = `/* The number of the class of a row; -1 if a value is missing that nothing stands for. */
static inline int net_predict_class(const double *row) {
  double output[NET_OUTPUTS];
${choice.includes("largest") ? "  int j, largest = 0;\n" : ""}  if (net_predict(row, output) < 0) return -1;
${choice}
}`;
  return [...(isCalibrated ? [calibrate] : []), predict, predictClass];
}
