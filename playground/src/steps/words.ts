/** Titles of the library's steps, in the words of the page: layers by their place, losses and optimizers by their names. */

const names: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/^Prediction: (\w+) of the output layer$/, "Prediction: activation of the output layer, $1"],
  [/the output layer, output$/, "the output layer"],
  [/\b(of|by) output$/, "$1 the output layer"],
  [/^Update of the weights: (\w+), output$/, "Update of the output layer by $1"],
  [/^Update of the weights: (\w+), (hidden\d+)$/, "Update of $2 by $1"],
  [/\bhidden(\d+)\b/, "layer $1"],
  [/^Normalization by batchNormalization(_\d+)?$/, "Batch normalization"],
  [/\bbatchNormalization(_\d+)?\b/, "batch normalization"],
  [/\bbinaryCrossentropy\b/, "binary cross-entropy"],
  [/\bsparseCategoricalCrossentropy\b|\bcategoricalCrossentropy\b/, "cross-entropy"],
  [/\bmeanSquaredError\b/, "mean squared error"],
  [/\bsgd\b/, "gradient descent"],
  [/\bby adam$/, "by Adam"],
  [/\bby adamw$/, "by AdamW"],
  [/\bby nadam$/, "by Nadam"],
  [/\bby adagrad$/, "by Adagrad"],
  [/\bby rmsprop$/, "by RMSprop"],
];

export function plainTitle(title: string): string {
  return names.reduce((text, [pattern, words]) => text.replace(pattern, words), title);
}
