/** The second half of the program: tests the model on images it has not seen, and reads its own file back. */
import { stat } from "node:fs/promises";
import { argMax, type ConfusionMatrix, confusionMatrix, type Sequential } from "simdgrad";
import type { Images } from "./data.js";
import { digitLines } from "./digits.js";
import { count, fileSize, loss, percent } from "./format.js";
import { checkFile } from "./keep.js";
import type { Settings } from "./options.js";
import { confusionLines, scoreLines } from "./report.js";
import { pairs, section, type Terminal } from "./terminal.js";

/** `pause` lets a signal take effect between the slow parts. */
export async function showTest(
  terminal: Terminal,
  model: Sequential,
  images: Images,
  settings: Settings,
  pause: () => Promise<void>,
): Promise<void> {
  const { test, classes } = images;
  const scores = await model.evaluate(test);
  await pause();
  const probabilities = model.predict(test.x);
  await pause();
  const predicted = argMax(probabilities, classes);
  const matrix = confusionMatrix(test.y, predicted, { classes });
  section(terminal, "Test", scoreOverall(terminal, scores, matrix));
  section(terminal, "Confusion matrix: labels down, predictions across", confusionLines(terminal, matrix));
  section(terminal, "Scores", scoreLines(terminal, test.y, predicted, classes));
  section(terminal, "Test images", digitLines(terminal, { ...images, probabilities, predicted }));
  await pause();
  await checkFile(settings, test.x, probabilities);
  const size = fileSize((await stat(settings.save)).size);
  section(terminal, "Saved", [
    `${terminal.colors.bold(settings.save)}  ${size}: layers, weights and optimizer state`,
    `Loaded again, it predicts the same for all ${count(test.length)} test images, bit for bit.`,
  ]);
}

/** Loss and accuracy, with a warning if a constant answer would have done as well. */
function scoreOverall(
  terminal: Terminal,
  scores: { loss: number } & Record<string, number>,
  { classes, counts }: ConfusionMatrix,
): string[] {
  const { colors } = terminal;
  const rowSums = Array.from({ length: classes }, (_, label) =>
    counts.subarray(label * classes, (label + 1) * classes).reduce((sum, times) => sum + times, 0),
  );
  const all = rowSums.reduce((sum, times) => sum + times, 0);
  const right = rowSums.reduce((sum, _, label) => sum + counts[label * (classes + 1)], 0);
  const isGuessing = right < all && right <= Math.max(...rowSums);
  const paint = isGuessing ? colors.yellow : colors.green;
  const warning = "No better than always naming the most frequent class. Other options may do better.";
  return pairs(terminal, [
    ["loss", loss(scores.loss)],
    ["accuracy", `${colors.bold(paint(percent(scores.accuracy)))}  ${count(right)} of ${count(all)} images`],
    ...(isGuessing ? [["", warning] as const] : []),
  ]);
}
