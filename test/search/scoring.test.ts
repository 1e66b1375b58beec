// Scores that a search ranks by: those of the functions of that name, with the weights of the rows; larger is better.
import { describe, expect, it } from "vitest";
import * as simdgrad from "../../src/index.js";
import { boundsOf, type ScoringName, scorerOf, scorings } from "../../src/search/scoring.js";

const { Dataset } = simdgrad;
const x = Array.from({ length: 8 }, (_, row) => [row]);
const sampleWeight = [1, 2, 1, 3, 1, 1, 2, 1];

type Score = (truth: ArrayLike<number>, predictions: ArrayLike<number>, options: object) => number;
const scoreNamed = (name: string) => (simdgrad as unknown as Record<string, Score>)[`${name}Score`];

/** `f1Macro`: the function `f1Score` with average: "macro". */
function expectedOf(scoring: string, truth: number[], predictions: ArrayLike<number>, options: object): number {
  const sign = scoring.startsWith("negative") ? -1 : 1;
  const name = scoring.replace(/^negative(.)/, (_, first: string) => first.toLowerCase());
  const [, stem = name, average] = /^(f1|precision|recall|jaccard)(Macro|Micro|Weighted)$/.exec(name) ?? [];
  return (
    sign * scoreNamed(stem)(truth, predictions, { ...options, ...(average && { average: average.toLowerCase() }) })
  );
}

const ofProbabilities = ["rocAuc", "averagePrecision", "negativeLogLoss", "negativeBrier"];

describe.each<[string, number[], number[]]>([
  ["two classes", [0, 1, 1, 0, 1, 0, 1, 1], [0.2, 0.9, 0.4, 0.6, 0.7, 0.1, 0.8, 0.3].flatMap((p) => [1 - p, p])],
  [
    "three classes",
    [0, 1, 2, 0, 1, 2, 1, 1],
    [0.6, 0.2, 0.9, 0.3, 0.5, 0.1, 0.3, 0.8].flatMap((p, i) => [
      p / 2,
      i % 2 ? (1 - p) / 4 : p / 2,
      i % 2 ? 1 - p / 2 - (1 - p) / 4 : 1 - p,
    ]),
  ],
])("%s", (_, y, probabilities) => {
  const classes = probabilities.length / 8;
  const predicted = simdgrad.argMax(probabilities, classes);
  const predictor = { predict: () => predicted, predictProba: () => Float32Array.from(probabilities) };
  it.each(Object.keys(scorings.classifier))("%s", (scoring) => {
    const score = scorerOf("classifier", scoring as ScoringName)(predictor, Dataset.from({ x, y, sampleWeight }));
    const all = Float32Array.from(probabilities);
    const isRanking = scoring === "rocAuc" || scoring === "averagePrecision";
    const scores = isRanking && classes === 2 ? all.filter((_, i) => i % 2 === 1) : all;
    const expected = expectedOf(scoring, y, ofProbabilities.includes(scoring) ? scores : predicted, { sampleWeight });
    expect(score).toBe(expected);
    const { min, max } = boundsOf(scoring as ScoringName);
    expect(score).toBeGreaterThanOrEqual(min);
    expect(score).toBeLessThanOrEqual(max);
  });
});

describe.each([1, 2])("%i numbers", (outputs) => {
  const y = Array.from({ length: 8 * outputs }, (_, i) => 1 + ((i * 5) % 7));
  const predicted = Float32Array.from(y, (value, i) => value + ((i * 3) % 5) / 4 - 0.5);
  it.each(Object.keys(scorings.regressor))("%s", (scoring) => {
    const rows = Array.from({ length: 8 }, (_, row) => y.slice(row * outputs, (row + 1) * outputs));
    const data = Dataset.from({ x, y: outputs === 1 ? y : rows, sampleWeight });
    const score = scorerOf("regressor", scoring as ScoringName)({ predict: () => predicted }, data);
    expect(score).toBe(expectedOf(scoring, y, predicted, { sampleWeight, outputs }));
    expect(score).toBeLessThanOrEqual(boundsOf(scoring as ScoringName).max);
  });
});
