/** Products of columns up to a degree. After scikit-learn's PolynomialFeatures. */
import { counted } from "../../base/counted.js";
import { checkArguments, checkNumber, DataError, OptionError, show } from "../../base/errors.js";
import { flag, type Given, type Kept, readOptions, via } from "../../base/options.js";
import { asFormat } from "./json.js";
import { RowTransformer, readSaved, type Values } from "./numberTransformer.js";
import { type Columns, refuseMissing } from "./table.js";

const TYPE = "polynomialFeatures";
/** More columns than this are not what anybody wants. */
const MOST_COLUMNS = 2 ** 20;

type Degree = number | readonly [least: number, most: number];

/** @throws OptionError for anything but an integer from 0, or two in rising order. */
function checkDegree(where: string, degree: unknown): Degree {
  const whole = { min: 0, max: 64, integer: true };
  if (typeof degree === "number") return checkNumber(where, degree, whole);
  if (!Array.isArray(degree) || degree.length !== 2) {
    throw new OptionError(`${where}: expected a degree or [least, most], got ${show(degree)}.`);
  }
  const least = checkNumber(`${where}: least`, degree[0], whole);
  return [least, checkNumber(`${where}: most`, degree[1], { ...whole, min: Math.max(least, 1) })];
}

const table = {
  /** The greatest degree of a product, or `[least, most]`. @default 2 */
  degree: via<Degree, Degree>(checkDegree, 2),
  /** Only products of different columns: x0 x1, but not x0². @default false */
  interactionOnly: flag(false),
  /** A column of ones, the product of degree 0; it is there where the least degree is 0. @default true */
  includeBias: flag(true),
};

/** Options of `polynomialFeatures`. */
export interface PolynomialFeaturesOptions extends Given<typeof table> {}

type Options = Kept<typeof table>;

/** A product: the places of its factors, in rising order. */
type Product = readonly number[];

interface Learned {
  readonly products: readonly Product[];
}

/** Multiplies columns. Made by `polynomialFeatures` or `fromJSON`. It learns nothing but the number of columns. */
export class PolynomialFeatures extends RowTransformer<Options, Learned> {
  /** A transformer from what `toJSON` returned. @throws FormatError for anything else. */
  static fromJSON(json: unknown): PolynomialFeatures {
    checkArguments("PolynomialFeatures.fromJSON", arguments, 1);
    const read = (options: object) => readOptions(TYPE, table, options);
    const { options, columns } = readSaved("PolynomialFeatures.fromJSON", json, TYPE, read);
    const products = asFormat("PolynomialFeatures.fromJSON", () => productsOf(columns, options));
    return new PolynomialFeatures(TYPE, options).restore(columns, { products });
  }

  /** The exponent of each column in each product: [products][columns]. @throws OptionError before `fit`. */
  get powers(): number[][] {
    const { columns, learned } = this.fitted();
    return learned.products.map((product) => {
      const powers = new Array<number>(columns).fill(0);
      for (const column of product) powers[column]++;
      return powers;
    });
  }

  protected learn(where: string, rows: Columns): Learned {
    refuseMissing(where, rows);
    return { products: productsOf(rows.columns, this.options) };
  }

  protected apply(where: string, rows: Columns, { products }: Learned): Values {
    refuseMissing(where, rows);
    const values = allocate(where, rows.rows, products.length);
    for (let row = 0; row < rows.rows; row++) {
      const from = row * rows.columns;
      products.forEach((product, place) => {
        let value = 1;
        for (const column of product) value *= rows.values[from + column];
        values[row * products.length + place] = value;
      });
    }
    return { values, columns: products.length };
  }

  protected namesOf(inputs: readonly string[], { products }: Learned): string[] {
    return products.map((product) => {
      const factors = [...new Set(product)].map((column) => {
        const power = product.filter((own) => own === column).length;
        return power === 1 ? inputs[column] : `${inputs[column]}^${power}`;
      });
      return factors.join(" ") || "1";
    });
  }

  protected save(): object {
    return {};
  }
}

function allocate(where: string, rows: number, columns: number): Float64Array {
  try {
    return new Float64Array(rows * columns);
  } catch (cause) {
    const expected = `expected products that fit into memory, got ${counted(rows, "row")} of ${columns}`;
    throw new DataError(`${where}: ${expected}. Lower the degree, or take interactionOnly: true.`, { cause });
  }
}

/** Number of products of a degree: a binomial coefficient. */
function countOf(columns: number, degree: number, interactionOnly: boolean): number {
  const choices = interactionOnly ? columns : columns + degree - 1;
  let count = 1;
  for (let i = 0; i < degree; i++) count = (count * Math.max(choices - i, 0)) / (i + 1);
  return Math.round(count);
}

/** All products in scikit-learn's order: by degree, then by their factors. @throws OptionError for too many. */
function productsOf(columns: number, { degree, interactionOnly, includeBias }: Options): Product[] {
  const [least, most] = typeof degree === "number" ? [0, degree] : degree;
  // Counted before any is made: those of a lower degree alone may take long.
  let total = least === 0 && includeBias ? 1 : 0;
  for (let own = 1; own <= most; own++) {
    const count = countOf(columns, own, interactionOnly);
    total += own >= least ? count : 0;
    if (total > MOST_COLUMNS || count > MOST_COLUMNS) {
      const expected = `expected at most ${MOST_COLUMNS} products`;
      throw new OptionError(`${TYPE}: degree: ${expected}, got ${count} of degree ${own}. Lower the degree.`);
    }
  }
  const products: Product[] = least === 0 && includeBias ? [[]] : [];
  let before: Product[] = [[]];
  for (let own = 1; own <= most; own++) {
    const longer: Product[] = [];
    for (const product of before) {
      const last = product[product.length - 1] ?? 0;
      const first = interactionOnly && product.length > 0 ? last + 1 : last;
      for (let column = first; column < columns; column++) longer.push([...product, column]);
    }
    if (own >= least) for (const product of longer) products.push(product);
    before = longer;
  }
  if (products.length > 0) return products;
  throw new OptionError(
    `${TYPE}: degree: expected at least one product, got none. Raise the degree, or includeBias: true.`,
  );
}

/**
 * All products of columns up to `degree`: of a and b 1, a, b, a², a b, b². There is no way back. scikit-learn's
 * `PolynomialFeatures`.
 * @throws OptionError
 */
export function polynomialFeatures(options: PolynomialFeaturesOptions = {}): PolynomialFeatures {
  return new PolynomialFeatures(TYPE, readOptions(TYPE, table, options, arguments));
}
