/** Transformers one after the other. After scikit-learn's Pipeline. Knows steps, not what they do. */
import { checkArguments, located, OptionError, show } from "../../base/errors.js";
import { readOptions } from "../../base/options.js";
import { type AnyTable, closeTable, openTable, type Rows, type Transformed } from "./anyTable.js";
import { checkField, checkSaved, plainCopy, savedHead } from "./json.js";
import { copyStep, type Maker, type Step } from "./steps.js";
import { type FitColumnsOptions, fitColumnsOptions } from "./table.js";
import type { Transformer, TransformerConfig } from "./transformer.js";

const TYPE = "transformerPipeline";

/** A pipeline of transformers as JSON. */
export interface TransformerPipelineJSON {
  type: typeof TYPE;
  version: number;
  /** Number of columns that it takes; `null` where they have names. */
  columns: number | null;
  steps: [name: string, step: object][];
}

interface Fitted {
  readonly steps: readonly Step<Transformer>[];
  readonly columns: number | null;
}

/** Transformers one after the other, learned by `fit`. Made by `transformerPipeline` or `transformerFromJSON`. */
export class TransformerPipeline {
  readonly type = TYPE;
  readonly #configs: readonly Step<TransformerConfig>[];
  readonly #maker: Maker;
  #fitted: Fitted | null = null;

  /** Use the factory, or `transformerFromJSON`. */
  constructor(configs: readonly Step<TransformerConfig>[], maker: Maker) {
    this.#configs = configs;
    this.#maker = maker;
  }

  /** Use `transformerFromJSON`. @throws FormatError */
  static read(where: string, json: unknown, maker: Maker): TransformerPipeline {
    const saved = checkSaved(where, json, [TYPE]);
    const isCount = (value: unknown) => value === null || (Number.isSafeInteger(value) && Number(value) > 0);
    const columns = checkField<number | null>(where, saved, "columns", "an integer from 1 or null", isCount);
    const isStep = (step: unknown) => Array.isArray(step) && step.length === 2 && isName(step[0]);
    const areSteps = (value: unknown) => Array.isArray(value) && value.length > 0 && value.every(isStep);
    const steps = checkField<Step<unknown>[]>(where, saved, "steps", "named steps", areSteps).map(
      ([name, step]): Step<Transformer> => [name, maker.read(`${where}: ${show(name)}`, step)],
    );
    const pipeline = new TransformerPipeline(
      steps.map(([name, step]) => [name, step.getConfig()]),
      maker,
    );
    pipeline.#fitted = { steps, columns };
    return pipeline;
  }

  /** Names of the steps, in their order. */
  get stepNames(): string[] {
    return this.#configs.map(([name]) => name);
  }

  /**
   * A copy of a step as it was fitted, to look at what it learned. @throws OptionError before `fit`, and for another
   * name.
   */
  step(name: string): Transformer {
    checkArguments("step", arguments, 1);
    return copyStep(`${TYPE}.step`, name, this.#learned().steps, this.#maker);
  }

  /** Type and steps as plain data, for `transformerFromConfig`. */
  getConfig(): TransformerConfig {
    return { type: TYPE, options: { steps: plainCopy(this.#configs) } };
  }

  /** Names of the columns that `transform` gives. @throws ShapeError, OptionError */
  featureNames(inputs?: readonly string[]): string[] {
    checkArguments("featureNames", arguments, 1);
    let names = inputs;
    for (const [, step] of this.#learned().steps) names = step.featureNames(names);
    return names as string[];
  }

  /**
   * Fits the steps, each to what those before it make of the rows. @returns itself; where a step fails, it stays as it
   * was
   * @throws what a step throws, with the name of the step before the message.
   */
  fit(table: AnyTable, options: FitColumnsOptions = {}): this {
    this.#run(table, readOptions(`${TYPE}.fit`, fitColumnsOptions, options, arguments), false);
    return this;
  }

  /**
   * Each step learns from further rows, as those before it make them with what they know by then. Every step needs a
   * `partialFit`: `standardScaler`, `minMaxScaler`, `maxAbsScaler`, those that learn nothing, and pipelines of these.
   * @returns itself; where a step fails, it stays as it was
   * @throws OptionError for a step that needs all rows at once; what a step throws, with the name of the step.
   */
  partialFit(table: AnyTable, options: FitColumnsOptions = {}): this {
    const where = `${TYPE}.partialFit`;
    const { features } = readOptions(where, fitColumnsOptions, options, arguments);
    const before = this.#fitted;
    const steps = this.#configs.map(([name, config], i): Step<Transformer> => {
      const step = before ? copyStep(where, name, before.steps, this.#maker) : this.#maker.make(where, config);
      if (step.partialFit) return [name, step];
      const remedy = "Call fit with all rows, or leave the step out";
      throw new OptionError(`${where}: step ${i}, ${show(name)}: ${config.type} has no partialFit. ${remedy}.`);
    });
    let { rows, columns } = openTable(where, table, before?.columns ?? features);
    for (const [i, [name, step]] of steps.entries()) {
      located(`${where}: ${show(name)}`, () => {
        step.partialFit?.(rows);
        if (i < steps.length - 1) rows = step.transform(rows);
      });
    }
    this.#fitted = { steps, columns };
    return this;
  }

  /** The rows, changed by one step after the other. @throws as `fit`. */
  transform<Table extends AnyTable>(table: Table): Transformed<Table> {
    checkArguments("transform", arguments, 1);
    const { steps, columns } = this.#learned();
    const where = `${TYPE}.transform`;
    let { rows } = openTable(where, table, columns ?? undefined);
    for (const [name, step] of steps) rows = located(`${where}: ${show(name)}`, () => step.transform(rows));
    return closeTable(table, rows as number[][], (names) => this.featureNames(names));
  }

  /** `fit`, then `transform` of the same rows. */
  fitTransform<Table extends AnyTable>(table: Table, options: FitColumnsOptions = {}): Transformed<Table> {
    const rows = this.#run(table, readOptions(`${TYPE}.fitTransform`, fitColumnsOptions, options, arguments), true);
    return closeTable(table, rows as number[][], (names) => this.featureNames(names));
  }

  /**
   * Undoes `transform`, the last step first. @throws OptionError where a step has no way back; DataError, ShapeError.
   */
  inverseTransform(rows: readonly ArrayLike<number>[]): number[][] {
    checkArguments("inverseTransform", arguments, 1);
    const where = `${TYPE}.inverseTransform`;
    let undone: unknown = rows;
    for (const [name, step] of [...this.#learned().steps].reverse()) {
      if (!step.inverseTransform) {
        throw new OptionError(`${where}: ${show(name)}: ${step.type} has no inverseTransform. Leave the step out.`);
      }
      undone = located(`${where}: ${show(name)}`, () => step.inverseTransform?.(undone));
    }
    return undone as number[][];
  }

  /** Plain data for `JSON.stringify`. @throws OptionError before `fit`. */
  toJSON(): TransformerPipelineJSON {
    const { steps, columns } = this.#learned();
    return { ...savedHead(TYPE), columns, steps: steps.map(([name, step]) => [name, step.toJSON()]) };
  }

  /**
   * Fits new steps, and takes them when all are fitted; gives what the last makes of the rows, where that is wanted.
   */
  #run(table: AnyTable, { features }: FitColumnsOptions, wantsResult: boolean): Rows {
    const where = `${TYPE}.fit`;
    const { rows: given, columns } = openTable(where, table, features);
    let rows = given;
    const steps = this.#configs.map(([name, config], i): Step<Transformer> => {
      const step = this.#maker.make(where, config);
      located(`${where}: ${show(name)}`, () => {
        step.fit(rows);
        if (wantsResult || i < this.#configs.length - 1) rows = step.transform(rows);
      });
      return [name, step];
    });
    this.#fitted = { steps, columns };
    return rows;
  }

  #learned(): Fitted {
    if (this.#fitted) return this.#fitted;
    throw new OptionError(`${TYPE}: nothing has been learned yet. Call fit(rows) first.`);
  }
}

/** True for what a step may be called. */
export function isName(value: unknown): boolean {
  return typeof value === "string" && value !== "" && !value.includes(".");
}
