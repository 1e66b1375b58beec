/**
 * Batch normalization of one row. A training step takes mean and variance from its batch; a single row has none, so the
 * moving statistics stand in, as they do in `predict`, and the layer counts as frozen.
 */
import type { PlacedLayer } from "../specs/layers/facts.js";
import type { Block } from "./blocks.js";
import { formatNumber, formatTerm } from "./format.js";
import { inputTerms } from "./penalties.js";
import { added, addedAt, by, type Draft, given, gradientOf, placeToShow, type Scene, value } from "./scene.js";

/** The layers of a model, those that normalize by a batch frozen. */
export function withMovingStatistics(layers: readonly PlacedLayer[]): PlacedLayer[] {
  return layers.map((layer) => {
    if (layer.spec.type !== "batchNormalization") return layer;
    const parameters = layer.parameters.map((parameter) => ({ ...parameter, trainable: false }));
    return { ...layer, spec: { ...layer.spec, trainable: false }, parameters };
  });
}

/** The texts of a batch normalization: forward, and back. */
interface NormalizationText {
  readonly symbol: string;
  readonly formula: string;
  readonly worked: (at: number, x: number, y: number) => string;
  readonly backFormula: string;
  readonly workedBack: (at: number, dy: number) => string;
  readonly note: string;
}

const NOTE =
  "A training step takes mean and variance from its batch. One row has none, so these are the moving mean μ and " +
  "variance σ², as in predict, and γ, β stay as they are.";

/** The texts for a block that is a batch normalization; `null` for any other. */
function normalizationText(
  layers: readonly PlacedLayer[],
  { name, input, output, weights }: Block,
): NormalizationText | null {
  const spec = layers.find((layer) => layer.name === name)?.spec;
  if (spec?.type !== "batchNormalization") return null;
  const of = (own: string) => weights.find((weight) => weight.name === `${name}/${own}`)?.data;
  const [gamma, beta, mean, variance] = ["gamma", "beta", "movingMean", "movingVariance"].map(of);
  const [x, y] = [input.symbol, output.symbol];
  const scale = gamma ? "γ · " : "";
  const root = (at: number) => `√(${formatNumber(variance?.[at] ?? 1)} + ${formatNumber(spec.epsilon)})`;
  const factor = (at: number) => (gamma ? `${formatTerm(gamma[at])} · ` : "");
  return {
    symbol: y,
    formula: `${y} = ${scale}(${x} − μ) / √(σ² + ε)${beta ? " + β" : ""}`,
    worked: (at, from, to) => {
      const offset = beta ? ` + ${formatTerm(beta[at])}` : "";
      return `${y}[${at}] = ${factor(at)}(${formatNumber(from)} − ${formatTerm(mean?.[at] ?? 0)}) / ${root(at)}${offset} = ${formatNumber(to)}`;
    },
    backFormula: `∂L/∂${x} = ∂L/∂${y} · ${gamma ? "γ" : "1"} / √(σ² + ε)`,
    workedBack: (at, dy) =>
      `∂L/∂${x}[${at}] = ${formatTerm(dy)} · ${gamma ? formatTerm(gamma[at]) : "1"} / ${root(at)}`,
    note: NOTE,
  };
}

/** The step of a batch normalization, forward or backward; `null` for any other block, and where no gradient goes on. */
export function normalized(scene: Scene, block: Block, isBackward: boolean): Draft | null {
  const text = normalizationText(scene.layers, block);
  if (!text || (isBackward && !scene.trace[gradientOf(block.input.name)])) return null;
  const { trace } = scene;
  const { name, input, output, weights } = block;
  const [x, y] = [trace[input.name].data, trace[output.name]];
  if (isBackward) {
    const [dy, dx] = [trace[gradientOf(output.name)].data, trace[gradientOf(input.name)]];
    const at = placeToShow(dx.data);
    const terms = inputTerms(block, trace);
    return {
      title: `Gradient handed back by ${name}`,
      formula: `${text.backFormula}${added(terms)}`,
      worked: [`${text.workedBack(at, dy[at])}${addedAt(terms, at)} = ${formatNumber(dx.data[at])}`],
      results: [value(by(input.symbol), gradientOf(input.name), dx)],
    };
  }
  const at = placeToShow(y.data);
  const symbols = new Map([
    ["gamma", "γ"],
    ["beta", "β"],
    ["movingMean", "μ"],
    ["movingVariance", "σ²"],
  ]);
  const own = weights.map((weight) =>
    value(symbols.get(weight.name.slice(name.length + 1)) ?? weight.name, weight.name, weight),
  );
  return {
    title: `Normalization by ${name}`,
    formula: text.formula,
    worked: [text.worked(at, x[at], y.data[at])],
    results: [...given(scene, block), ...own, value(text.symbol, output.name, y)],
    note: text.note,
  };
}
