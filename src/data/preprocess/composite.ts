/** Makes transformers of all types, and those that hold others: `transformerPipeline` and `columnTransformer`. */
import { checkArguments, checkKeys, located, OptionError, show } from "../../base/errors.js";
import { type Given, readOptions, unchecked, via } from "../../base/options.js";
import { type ColumnList, checkColumnList } from "./columnChoice.js";
import { type ColumnChoice, ColumnTransformer, type PartConfig } from "./columnTransformer.js";
import { checkSaved, plainCopy, savedOptions } from "./json.js";
import { leafOf, leafTypes } from "./leaves.js";
import { type Maker, type NamedStep, nameSteps, type Step, splitStep } from "./steps.js";
import type { Transformer, TransformerConfig } from "./transformer.js";
import { TransformerPipeline } from "./transformerPipeline.js";

const PIPELINE = "transformerPipeline";
const COLUMNS = "columnTransformer";

/** A step of a pipeline: a transformer, or `"passthrough"` for rows that stay as they are. */
export type PipelineStep = Transformer | TransformerConfig | "passthrough";

/** The treatment of columns: a transformer, or left as they are, or left out. */
export type ColumnStep = Transformer | TransformerConfig | ColumnChoice;

/** A treatment and its columns, under a name of its own or that of its type. */
export type ColumnPart =
  | readonly [step: ColumnStep, columns: ColumnList]
  | readonly [name: string, step: ColumnStep, columns: ColumnList];

const columnOptions = {
  /** Treatment of the columns that no part names; they come last. @default "drop" */
  remainder: via<ColumnStep, TransformerConfig | ColumnChoice>(columnStep, "drop"),
};

/** Options of `columnTransformer`. */
export interface ColumnTransformerOptions extends Given<typeof columnOptions> {}

/** Options in configurations, as `getConfig` gives them. */
const configOptions = {
  [COLUMNS]: { parts: unchecked<readonly ColumnPart[]>(), ...columnOptions },
  [PIPELINE]: { steps: unchecked<readonly NamedStep<PipelineStep>[]>() },
};

const maker: Maker = {
  make(where, config) {
    const { type, options = {} } = (config ?? {}) as Partial<TransformerConfig>;
    const leaf = leafOf(type);
    if (!leaf && type !== PIPELINE && type !== COLUMNS) {
      const got = show(typeof type === "string" ? type : config);
      throw new OptionError(`${where}: expected a transformer such as standardScaler(), got ${got}.`);
    }
    checkKeys(where, config, ["type", "options"]);
    return located(where, () => {
      if (leaf) return leaf.make(options);
      if (type === COLUMNS) {
        const { parts, remainder } = readOptions(COLUMNS, configOptions[COLUMNS], options);
        return columnTransformer(parts, { remainder });
      }
      return transformerPipeline(readOptions(PIPELINE, configOptions[PIPELINE], options).steps);
    });
  },
  read(where, json) {
    const saved = checkSaved(where, json, [...leafTypes(), PIPELINE, COLUMNS]);
    const { type } = saved;
    if (type === PIPELINE) return TransformerPipeline.read(where, json, maker);
    if (type !== COLUMNS) return located(where, () => leafOf(type)?.read(json) as Transformer);
    const made = savedOptions(where, saved, (options) => maker.make(COLUMNS, { type, options }));
    return ColumnTransformer.read(where, json, made as ColumnTransformer);
  },
};

/** A transformer that has learned nothing, from what `getConfig` returned. @throws OptionError for anything else. */
export function transformerFromConfig(config: TransformerConfig): Transformer {
  checkArguments("transformerFromConfig", arguments, 1);
  return maker.make("transformerFromConfig", config);
}

/** A transformer of any type from what its `toJSON` returned. @throws FormatError for anything else. */
export function transformerFromJSON(json: unknown): Transformer {
  checkArguments("transformerFromJSON", arguments, 1);
  return maker.read("transformerFromJSON", json);
}

/** The configuration of a transformer, or one as plain data, checked. @throws OptionError for anything else. */
export function configOf(where: string, step: unknown): TransformerConfig {
  const own = step as Partial<Transformer> | null | undefined;
  const config = (typeof own?.getConfig === "function" ? own.getConfig() : step) as TransformerConfig;
  maker.make(where, config);
  return plainCopy(config);
}

/**
 * The configuration of a step of a pipeline: a transformer, or `"passthrough"`. @throws OptionError for anything else.
 */
export function stepConfigOf(where: string, step: unknown): TransformerConfig {
  if (step === "passthrough") return { type: step, options: {} };
  if (typeof step !== "string") return configOf(where, step);
  throw new OptionError(`${where}: expected a transformer or "passthrough", got ${show(step)}.`);
}

/** The type of a transformer, or of a step of a pipeline, that cannot be undone; `null` where all can. */
export function withoutInverse(config: TransformerConfig): string | null {
  if (config.type !== PIPELINE) return maker.make(PIPELINE, config).inverseTransform ? null : config.type;
  const { steps } = config.options as { steps: readonly Step<TransformerConfig>[] };
  return steps.map(([, step]) => withoutInverse(step)).find((type) => type !== null) ?? null;
}

/**
 * Transformers one after the other, as one: each is fitted to what those before it make of the rows. A step is a
 * transformer, or `[name, transformer]`; without a name it has that of its type. `"passthrough"` in the place of a
 * transformer leaves the rows as they are. Those given are copied, so they do not learn what the pipeline learns.
 * scikit-learn's `Pipeline` and `make_pipeline` of transformers; with an estimator at the
 * end it is `estimatorPipeline` of `simdgrad/estimators`. (`pipeline` is a stream of rows.)
 * @throws OptionError
 */
export function transformerPipeline(steps: readonly NamedStep<PipelineStep>[]): TransformerPipeline {
  checkArguments(PIPELINE, arguments, 1);
  if (!Array.isArray(steps) || steps.length === 0) {
    throw new OptionError(`${PIPELINE}: expected a list with at least one transformer, got ${show(steps)}.`);
  }
  const split = Array.from(steps, (step: NamedStep<unknown>, i) => {
    const { name, step: own } = splitStep(`${PIPELINE}: step ${i}`, step);
    return { name, config: stepConfigOf(`${PIPELINE}: step ${i}`, own) };
  });
  const named = split.map(({ name, config }) => ({ name, type: config.type }));
  const names = nameSteps(PIPELINE, named);
  return new TransformerPipeline(
    split.map(({ config }, i) => [names[i], config]),
    maker,
  );
}

/**
 * Transformers side by side, each for columns of its own: `[transformer, columns]` or `[name, transformer, columns]`,
 * with columns by place from 0, or by name where the table has names: a Dataset with `featureNames`, an array of
 * objects, or columns such as `parseCsv` gives. In the place of a transformer, `"passthrough"` leaves columns as they
 * are, and `"drop"` leaves them out. scikit-learn's `ColumnTransformer`.
 *
 * ```js
 * const columns = columnTransformer([
 *   [transformerPipeline([simpleImputer(), standardScaler()]), ["age", "income"]],
 *   [oneHotEncoder({ handleUnknown: "ignore" }), ["colour"]],
 * ]);
 * columns.fitTransform([{ age: 31, income: 1200, colour: "red" }, { age: null, income: 900, colour: "blue" }]);
 * ```
 * @throws OptionError
 */
export function columnTransformer(
  parts: readonly ColumnPart[],
  options: ColumnTransformerOptions = {},
): ColumnTransformer {
  const { remainder } = readOptions(COLUMNS, columnOptions, options, arguments);
  const isPart = (part: unknown) => Array.isArray(part) && (part.length === 2 || part.length === 3);
  if (!Array.isArray(parts) || parts.length === 0 || !parts.every(isPart)) {
    const example = '[[standardScaler(), ["age"]]]';
    throw new OptionError(`${COLUMNS}: expected a list of parts such as ${example}, got ${show(parts)}.`);
  }
  const split = parts.map((part, i) => {
    const where = `${COLUMNS}: part ${i}`;
    const [name, step, columns] = part.length === 3 ? part : [null, ...part];
    if ((name !== null && typeof name !== "string") || name === "remainder") {
      throw new OptionError(`${where}: expected a name other than "remainder" first, got ${show(name)}.`);
    }
    return { name, step: columnStep(where, step), columns: checkColumnList(`${where}: columns`, columns) };
  });
  const types = split.map(({ name, step }) => ({ name, type: typeof step === "string" ? step : step.type }));
  const names = nameSteps(COLUMNS, types);
  const configs = split.map(({ step, columns }, i): PartConfig => [names[i], step, columns]);
  return new ColumnTransformer(configs, remainder, maker);
}

function columnStep(where: string, step: unknown): TransformerConfig | ColumnChoice {
  if (step === "drop" || step === "passthrough") return step;
  if (typeof step !== "string") return configOf(where, step);
  throw new OptionError(`${where}: expected a transformer, "passthrough" or "drop", got ${show(step)}.`);
}
