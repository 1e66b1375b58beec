/** Titles of the library's steps, in the words of the page: layers by their place, losses and optimizers by their names. */

const names: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^Prediction: (\w+) of the output layer$/, "Prediction: activation of the output layer, $1"],
  [/the output layer, output$/, "the output layer"],
  [/\b(of|by) output$/, "$1 the output layer"],
  [/, output$/, ": the output layer"],
  [/, hidden(\d+)$/, ": layer $1"],
  [/\bhidden(\d+)\b/, "layer $1"],
  [/^Normalization by batchNormalization(_\d+)?$/, "Batch normalization"],
  [/\bbatchNormalization(_\d+)?\b/, "batch normalization"],
  [/\bbinaryCrossentropy\b/, "binary cross-entropy"],
  [/\bsparseCategoricalCrossentropy\b|\bcategoricalCrossentropy\b/, "cross-entropy"],
  [/\bmeanSquaredError\b/, "mean squared error"],
  [/\bsgd\b/, "gradient descent"],
  [/^Update of the weights: (adam|adamw|nadam|adagrad)\b/, "Update of the weights by $1"],
];

export function plainTitle(title: string): string {
  return names.reduce((text, [pattern, words]) => text.replace(pattern, words), title);
}
