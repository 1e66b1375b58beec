/**
 * Transformers for columns of their own, side by side. After scikit-learn's ColumnTransformer. Knows columns, not what
 * is done with them.
 */
import { counted } from "../../base/counted.js";
import { checkArguments, FormatError, located, OptionError, show } from "../../base/errors.js";
import { readOptions } from "../../base/options.js";
import { distinctNames } from "../distinctNames.js";
import { type AnyTable, closeTable, type Transformed } from "./anyTable.js";
import { type ColumnList, placesOf, type ReadTable, readTable, type Wanted } from "./columnChoice.js";
import { asFormat, checkField, checkSaved, plainCopy, savedHead } from "./json.js";
import { inputNames } from "./names.js";
import { copyStep, type Maker, type Step } from "./steps.js";
import { type FitColumnsOptions, fitColumnsOptions } from "./table.js";
import type { Transformer, TransformerConfig } from "./transformer.js";

const TYPE = "columnTransformer";
const REMAINDER = "remainder";

/** The treatment of columns without a transformer. */
export type ColumnChoice = "drop" | "passthrough";

/** A part: its name, what becomes of its columns, and which they are. */
export type PartConfig = readonly [name: string, step: TransformerConfig | ColumnChoice, columns: ColumnList];

/** A column transformer as JSON. */
export interface ColumnTransformerJSON {
  type: typeof TYPE;
  version: number;
  options: { parts: PartConfig[]; remainder: TransformerConfig | ColumnChoice };
  /** Number of columns that it takes, and their names if they have some. */
  columns: number;
  names: string[] | null;
  /** The transformer of each part, as JSON; `null` where there is none. */
  fitted: (object | null)[];
}

/** A part that was fitted. */
interface Part {
  readonly name: string;
  readonly places: readonly number[];
  readonly step: Transformer | ColumnChoice;
}

interface Fitted extends Wanted {
  readonly parts: readonly Part[];
}

/** Transformers for columns of their own, learned by `fit`. Made by `columnTransformer` or `transformerFromJSON`. */
export class ColumnTransformer {
  readonly type = TYPE;
  readonly #parts: readonly PartConfig[];
  readonly #remainder: TransformerConfig | ColumnChoice;
  readonly #maker: Maker;
  #fitted: Fitted | null = null;

  /** Use the factory, or `transformerFromJSON`. */
  constructor(parts: readonly PartConfig[], remainder: TransformerConfig | ColumnChoice, maker: Maker) {
    this.#parts = parts;
    this.#remainder = remainder;
    this.#maker = maker;
  }

  /** Use `transformerFromJSON`. @param made One of the same options, which is not fitted. @throws FormatError */
  static read(where: string, json: unknown, made: ColumnTransformer): ColumnTransformer {
    const saved = checkSaved(where, json, [TYPE]);
    const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) > 0;
    const columns = checkField<number>(where, saved, "columns", "an integer from 1", isCount);
    const areNames = (value: unknown) =>
      value === null ||
      (Array.isArray(value) && value.length === columns && value.every((name) => typeof name === "string"));
    const names = checkField<string[] | null>(where, saved, "names", `null or ${counted(columns, "name")}`, areNames);
    const parts = asFormat(where, () => made.#place({ columns, names }));
    const isList = (value: unknown) => Array.isArray(value) && value.length === parts.length;
    const fitted = checkField<unknown[]>(where, saved, "fitted", `${counted(parts.length, "part")}`, isList);
    const read = parts.map((part, i): Part => {
      if ((typeof part.step === "string") !== (fitted[i] === null)) {
        throw new FormatError(`${where}: fitted: ${show(part.name)}: got ${show(fitted[i])}. The JSON was altered.`);
      }
      const step =
        typeof part.step === "string" ? part.step : made.#maker.read(`${where}: ${show(part.name)}`, fitted[i]);
      return { ...part, step };
    });
    made.#fitted = wantedOf({ columns, names }, read);
    return made;
  }

  /** Names of the parts, in their order; that of the columns that no part names is `remainder`. */
  get stepNames(): string[] {
    return this.#parts.map(([name]) => name);
  }

  /** A copy of a part's transformer as it was fitted. @throws OptionError before `fit`, and for another name. */
  step(name: string): Transformer {
    checkArguments("step", arguments, 1);
    const steps = this.#learned().parts.flatMap(({ name, step }): Step<Transformer>[] =>
      typeof step === "string" ? [] : [[name, step]],
    );
    return copyStep(`${TYPE}.step`, name, steps, this.#maker);
  }

  /** Type, parts and remainder as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: TYPE, options: plainCopy({ parts: this.#parts, remainder: this.#remainder }) };
  }

  /**
   * Names of the columns that `transform` gives: `age`, `colour_red`, … A name that is there already gets a number.
   * @param inputs Names of the columns that it takes. @default those of `fit`, or x0, x1, …
   * @throws ShapeError, OptionError
   */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    const { parts, columns, names } = this.#learned();
    const own = inputNames(TYPE, inputs ?? names ?? undefined, columns);
    return distinctNames(
      parts.flatMap(({ places, step }) => {
        if (step === "drop") return [];
        const taken = places.map((place) => own[place]);
        return step === "passthrough" ? taken : step.featureNames(taken);
      }),
    );
  }

  /**
   * Fits each part to its columns. @returns itself; where a part fails, it stays as it was
   * @throws OptionError for columns that are not there; what a part throws, with its name before the message.
   */
  fit(table: AnyTable, options: FitColumnsOptions = {}): this {
    const where = `${TYPE}.fit`;
    const { features } = readOptions(where, fitColumnsOptions, options, arguments);
    const read = readTable(where, table, undefined, features);
    const parts = located(where, () => this.#place(read));
    for (const part of parts) {
      const { step } = part;
      if (typeof step !== "string") located(at(where, part, read.names), () => step.fit(pick(read, part)));
    }
    this.#fitted = wantedOf(read, parts);
    return this;
  }

  /** Columns of the parts side by side, in their order, then those of the remainder. @throws as `fit`. */
  transform<Table extends AnyTable>(table: Table): Transformed<Table> {
    checkArguments("transform", arguments, 1);
    const where = `${TYPE}.transform`;
    const fitted = this.#learned();
    const read = readTable(where, table, fitted);
    const made = fitted.parts.flatMap((part) => {
      const { step } = part;
      if (step === "drop") return [];
      const rows = pick(read, part);
      return [step === "passthrough" ? rows : located(at(where, part, fitted.names), () => step.transform(rows))];
    });
    const joined = read.rows.map((_, row) => made.flatMap((rows) => Array.from(rows[row] as number[])));
    return closeTable(table, joined, (names) => this.featureNames(names));
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform<Table extends AnyTable>(table: Table, options: FitColumnsOptions = {}): Transformed<Table> {
    checkArguments("fitTransform", arguments, 2);
    return this.fit(table, options).transform(table);
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): ColumnTransformerJSON {
    const { parts, columns, names } = this.#learned();
    return {
      ...savedHead(TYPE),
      options: plainCopy({ parts: [...this.#parts], remainder: this.#remainder }),
      columns,
      names: names && [...names],
      fitted: parts.map(({ step }) => (typeof step === "string" ? null : step.toJSON())),
    };
  }

  /** The parts, and the remainder if columns are left, with the places of their columns in a table. */
  #place(table: Omit<ReadTable, "rows">): Part[] {
    const stepOf = (step: TransformerConfig | ColumnChoice) =>
      typeof step === "string" ? step : this.#maker.make(TYPE, step);
    const parts = this.#parts.map(
      ([name, step, columns]): Part => ({ name, step: stepOf(step), places: placesOf(show(name), columns, table) }),
    );
    const taken = new Set(parts.flatMap(({ places }) => places));
    const places = Array.from({ length: table.columns }, (_, place) => place).filter((place) => !taken.has(place));
    if (places.length > 0) parts.push({ name: REMAINDER, step: stepOf(this.#remainder), places });
    if (parts.some(({ step }) => step !== "drop")) return parts;
    throw new OptionError('expected at least one column that is not dropped, got none. Try remainder: "passthrough".');
  }

  #learned(): Fitted {
    if (this.#fitted) return this.#fitted;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }
}

function wantedOf({ columns, names }: Omit<ReadTable, "rows">, parts: readonly Part[]): Fitted {
  const used = new Set(parts.flatMap(({ places, step }) => (step === "drop" ? [] : places)));
  return { columns, names, used, parts };
}

function pick({ rows }: ReadTable, { places }: Part): unknown[][] {
  return rows.map((row) => places.map((place) => row[place]));
}

/** Says which part, and of which columns, since its own messages count from 0. */
function at(where: string, { name, places }: Part, names: readonly string[] | null): string {
  const shown = places.slice(0, 6).map((place) => names?.[place] ?? place);
  return `${where}: ${show(name)} of columns ${shown.join(", ")}${places.length > 6 ? ", …" : ""}`;
}
