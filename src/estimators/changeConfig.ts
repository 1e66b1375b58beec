/** Configurations with other options, those of steps by path: `scale.withMean`. Knows no data. */
import { didYouMean, OptionError, show } from "../base/errors.js";
import { configOf, stepConfigOf } from "../data/preprocess/composite.js";
import type { TransformerConfig } from "../data/preprocess/transformer.js";
import { type EstimatorConfig, innermost } from "./estimator.js";
import { optionNames } from "./options.js";

/** A step's place for messages, and how the whole looks with another value there. */
interface Place<Whole> {
  readonly config: TransformerConfig | "drop" | "passthrough";
  with(config: TransformerConfig): Whole;
}

/** A configuration with other options. @throws OptionError */
export function changeConfig(
  where: string,
  config: EstimatorConfig,
  options: Readonly<Record<string, unknown>>,
): EstimatorConfig {
  const own = ownNames(config);
  const mine = Object.fromEntries(Object.entries(options).filter(([name]) => own.includes(name)));
  let changed = withInnermost(config, mine);
  for (const [path, value] of Object.entries(options)) {
    if (!own.includes(path)) changed = changeStep(`${where}: ${path}`, changed, path.split("."), value);
  }
  return changed;
}

/** Names of the options of the network. */
export function ownNames(config: EstimatorConfig): string[] {
  return optionNames(innermost(config).type);
}

function withInnermost(config: EstimatorConfig, options: object): EstimatorConfig {
  switch (config.type) {
    case "EstimatorPipeline":
      return { ...config, estimator: withInnermost(config.estimator, options) };
    case "TransformedTargetRegressor":
      return { ...config, regressor: withInnermost(config.regressor, options) };
    default:
      return { ...config, options: { ...config.options, ...options } } as EstimatorConfig;
  }
}

function changeStep(where: string, config: EstimatorConfig, path: readonly string[], value: unknown): EstimatorConfig {
  const [name, ...rest] = path;
  const known: string[] = [];
  const isWrapper = config.type === "EstimatorPipeline" || config.type === "TransformedTargetRegressor";
  if (isWrapper && name === "steps" && rest.length > 0) return changeStep(where, config, rest, value);
  if (config.type === "EstimatorPipeline") {
    const { steps, name: last, estimator } = config;
    if (name === last && rest.length > 0) return { ...config, estimator: changeStep(where, estimator, rest, value) };
    const at = steps.findIndex(([own]) => own === name);
    if (at >= 0) {
      const changed =
        rest.length === 0 ? stepConfigOf(where, value) : changeTransformer(where, steps[at][1], rest, value);
      return { ...config, steps: steps.with(at, [name, changed as TransformerConfig]) };
    }
    known.push(...steps.map(([own]) => own), last);
  }
  if (config.type === "TransformedTargetRegressor") {
    const { regressor, transformer } = config;
    if (name === "regressor" && rest.length > 0)
      return { ...config, regressor: changeStep(where, regressor, rest, value) };
    if (name === "transformer" && !("func" in transformer)) {
      const changed = rest.length === 0 ? configOf(where, value) : changeTransformer(where, transformer, rest, value);
      return { ...config, transformer: changed as TransformerConfig };
    }
    known.push("transformer", "regressor");
  }
  if (config.type === "MLPClassifier" || config.type === "MLPRegressor") {
    if (rest.length === 0 && optionNames(config.type).includes(name)) return withInnermost(config, { [name]: value });
    known.push(...optionNames(config.type));
  }
  const hint = `${didYouMean(name, known)} Known: ${known.slice(0, 12).map(show).join(", ")}.`;
  throw new OptionError(`${where}: ${show(name)} is neither an option nor a step.${hint}`);
}

/** A transformer with another option, at the end of a path, or another in its place. @throws OptionError */
function changeTransformer(
  where: string,
  config: TransformerConfig | "drop" | "passthrough",
  path: readonly string[],
  value: unknown,
): TransformerConfig | "drop" | "passthrough" {
  if (path.length === 0) return value === "drop" || value === "passthrough" ? value : configOf(where, value);
  if (typeof config === "string") throw new OptionError(`${where}: ${show(config)} has no options.`);
  const [name, ...rest] = path;
  const places = placesOf(config);
  const place = places.get(name);
  if (place)
    return configOf(where, place.with(changeTransformer(where, place.config, rest, value) as TransformerConfig));
  if (rest.length === 0 && places.size === 0)
    return configOf(where, { ...config, options: { ...config.options, [name]: value } });
  const known = [...places.keys()].map(show).join(", ");
  throw new OptionError(`${where}: ${config.type} has no step ${show(name)}. Known: ${known || "its options"}.`);
}

/** Steps of a pipeline, parts of a column transformer; none of any other. */
function placesOf(config: TransformerConfig): Map<string, Place<TransformerConfig>> {
  const {
    steps = [],
    parts = [],
    remainder,
  } = config.options as {
    steps?: readonly [string, TransformerConfig][];
    parts?: readonly [string, TransformerConfig, unknown][];
    remainder?: TransformerConfig;
  };
  const withOption = (name: string, value: unknown) => ({ ...config, options: { ...config.options, [name]: value } });
  const places = new Map<string, Place<TransformerConfig>>();
  for (const [i, [name, own]] of steps.entries()) {
    places.set(name, { config: own, with: (made) => withOption("steps", steps.with(i, [name, made])) });
  }
  for (const [i, [name, own, columns]] of parts.entries()) {
    places.set(name, { config: own, with: (made) => withOption("parts", parts.with(i, [name, made, columns])) });
  }
  if (remainder) places.set("remainder", { config: remainder, with: (made) => withOption("remainder", made) });
  return places;
}
