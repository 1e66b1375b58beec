/**
 * Five small data sets of the scikit-learn distribution, for examples, tests and first steps.
 * Each function imports its numbers when it is called, so that a bundle carries only the sets a program uses.
 * Knows data sets, not models. The numbers in `sets/` are written by scripts/makeDatasets.mjs.
 */

import { checkArguments } from "../base/errors.js";
import { flag, type Given, readOptions } from "../base/options.js";
import { Dataset } from "../data/dataset.js";

/** Description and terms of a built-in set. */
export interface DatasetCard {
  /** The meaning of rows, columns and targets, and the origin of the set. */
  readonly description: string;
  /** The terms under which the data are published, with the names to credit. */
  readonly license: string;
}

/** A Dataset that `fit` takes as it is, with column names. Parts of it keep the names, but not the card. */
export type BuiltInDataset = Dataset & DatasetCard & { readonly featureNames: readonly string[] };

/** A built-in set whose targets are classes, with their names. */
export type BuiltInClasses = BuiltInDataset & { readonly classNames: readonly string[] };

/** Options of `diabetes`. */
const diabetesOptions = {
  /**
   * Subtract the mean of each column and divide by its standard deviation times √442, so that the squares of a column
   * sum to 1, as scikit-learn does. `false`: years, kg/m² and so on, as measured.
   * @default true
   */
  scaled: flag(true),
};

/** Options of `diabetes`. */
export interface DiabetesOptions extends Given<typeof diabetesOptions> {}

/** [decimals, values in units of the last decimal] of one column. */
type Column = readonly [decimals: number, integers: string];

/** The decoded contents of a module of `sets/`. */
interface Decoded {
  x: Float32Array;
  y: Float32Array;
  featureNames: readonly string[];
  classNames?: readonly string[];
}

const PIXELS = 64;
/** Letters of the digits' pixels begin here: "a" is 0. */
const LETTER_ZERO = 97;

function uciLicense(who: string): string {
  return `CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/). ${who}. UCI Machine Learning Repository.`;
}

function decodeColumn([decimals, integers]: Column): number[] {
  return integers.split(" ").map((integer) => Number(`${integer}e-${decimals}`));
}

/** Turns stored columns into rows. */
function rowsOf(columns: readonly (readonly number[])[]): Float32Array {
  const width = columns.length;
  const rows = new Float32Array(columns[0].length * width);
  columns.forEach((values, column) => {
    for (let row = 0; row < values.length; row++) rows[row * width + column] = values[row];
  });
  return rows;
}

/** One digit per row. */
function decodeLabels(digits: string): Float32Array {
  return Float32Array.from(digits, Number);
}

function assemble({ x, y, featureNames, ...names }: Decoded, card: DatasetCard): BuiltInDataset {
  const options = { inputShape: [featureNames.length], targetShape: [], featureNames, ...names };
  return Object.assign(Dataset.from({ x, y }, options), card) as BuiltInDataset;
}

/** Mean 0 and sum of squares 1. */
function scaleColumn(values: readonly number[]): number[] {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const norm = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) * (value - mean), 0));
  return values.map((value) => (value - mean) / norm);
}

/**
 * Iris: 150 flowers of three species, 50 of each, in that order; x [150, 4] sepal and petal lengths and widths in cm.
 * R. A. Fisher, "The use of multiple measurements in taxonomic problems", Annals of Eugenics 7 (1936).
 * scikit-learn's `load_iris`, value for value.
 */
export async function iris(): Promise<BuiltInClasses> {
  checkArguments("iris", arguments, 0);
  const { columns, labels, featureNames, classNames } = await import("./sets/iris.js");
  const decoded = { x: rowsOf(columns.map(decodeColumn)), y: decodeLabels(labels), featureNames, classNames };
  return assemble(decoded, {
    description:
      "150 flowers, 50 of each of 3 species of iris: sepal length and width, petal length and width in cm. " +
      "Target: the species. R. A. Fisher (1936), Annals of Eugenics 7.",
    license: uciLicense("R. A. Fisher, Iris (1936)"),
  }) as BuiltInClasses;
}

/**
 * Wine: 178 wines of three growers of one region; x [178, 13] chemical measures of very different sizes: scale them.
 * scikit-learn's `load_wine`, value for value.
 */
export async function wine(): Promise<BuiltInClasses> {
  checkArguments("wine", arguments, 0);
  const { columns, labels, featureNames, classNames } = await import("./sets/wine.js");
  const decoded = { x: rowsOf(columns.map(decodeColumn)), y: decodeLabels(labels), featureNames, classNames };
  return assemble(decoded, {
    description:
      "178 wines of one region in Italy, 13 chemical measures each. Target: which of 3 growers made it. " +
      "S. Aeberhard and M. Forina (1991).",
    license: uciLicense("S. Aeberhard and M. Forina, Wine (1991)"),
  }) as BuiltInClasses;
}

/**
 * Breast cancer Wisconsin (diagnostic): 569 tumours; x [569, 30] measures of their cell nuclei (mean, standard error
 * and worst of ten) of very different sizes: scale them. Class 0 is malignant (212 rows), 1 benign (357).
 * scikit-learn's `load_breast_cancer`, value for value.
 */
export async function breastCancer(): Promise<BuiltInClasses> {
  checkArguments("breastCancer", arguments, 0);
  const { columns, labels, featureNames, classNames } = await import("./sets/breastCancer.js");
  const decoded = { x: rowsOf(columns.map(decodeColumn)), y: decodeLabels(labels), featureNames, classNames };
  return assemble(decoded, {
    description:
      "569 breast tumours, 30 measures of the cell nuclei in an image of each. Target: 0 malignant, 1 benign. " +
      "W. H. Wolberg, W. N. Street and O. L. Mangasarian (1995).",
    license: uciLicense(
      "W. Wolberg, O. Mangasarian, N. Street and W. Street, Breast Cancer Wisconsin (Diagnostic) (1995)",
    ),
  }) as BuiltInClasses;
}

/**
 * Digits: 1797 handwritten digits; x [1797, 64] images of 8 × 8 pixels, row by row, of brightness 0 to 16 (divide by
 * 16, or scale). scikit-learn's `load_digits`, value for value: the test part of the UCI set.
 */
export async function digits(): Promise<BuiltInClasses> {
  checkArguments("digits", arguments, 0);
  const { pixels, labels } = await import("./sets/digits.js");
  const x = Float32Array.from(pixels, (letter) => letter.charCodeAt(0) - LETTER_ZERO);
  const featureNames = Array.from({ length: PIXELS }, (_, i) => `pixel_${Math.floor(i / 8)}_${i % 8}`);
  const classNames = Array.from({ length: 10 }, (_, digit) => String(digit));
  return assemble(
    { x, y: decodeLabels(labels), featureNames, classNames },
    {
      description:
        "1797 handwritten digits as 8 × 8 pixels of brightness 0 to 16, row by row. Target: the digit. " +
        "E. Alpaydin and C. Kaynak (1998), the test part of Optical Recognition of Handwritten Digits.",
      license: uciLicense("E. Alpaydin and C. Kaynak, Optical Recognition of Handwritten Digits (1998)"),
    },
  ) as BuiltInClasses;
}

/**
 * Diabetes: 442 patients; x [442, 10] age, sex, body mass index, blood pressure and six blood values; y a measure of
 * how far the disease had progressed a year later (25 to 346): regression. scikit-learn's `load_diabetes`.
 * B. Efron, T. Hastie, I. Johnstone and R. Tibshirani, "Least Angle Regression", Annals of Statistics 32 (2004).
 */
export async function diabetes(options: DiabetesOptions = {}): Promise<BuiltInDataset> {
  const { scaled } = readOptions("diabetes", diabetesOptions, options, arguments);
  const { columns, targets, featureNames } = await import("./sets/diabetes.js");
  const values = columns.map(decodeColumn);
  const x = rowsOf(scaled ? values.map(scaleColumn) : values);
  return assemble(
    { x, y: rowsOf(targets.map(decodeColumn)), featureNames },
    {
      description:
        "442 diabetes patients: age, sex, body mass index, blood pressure and 6 blood values " +
        `(${scaled ? "each column with mean 0 and sum of squares 1" : "as measured"}). ` +
        "Target: progression of the disease after one year. B. Efron and others (2004), Least Angle Regression.",
      license:
        "Published with Efron, Hastie, Johnstone and Tibshirani, Least Angle Regression (2004); " +
        "distributed with scikit-learn under the BSD 3-Clause License.",
    },
  );
}
